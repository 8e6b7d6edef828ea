"""The demo's history: CSV files brought in by the same importer as anybody's."""


def load() -> None:
    """Import every history file."""
