"""A random sample that anybody can draw again: the same rows and seed give the same sample."""

import hashlib
from collections.abc import Iterable


def draw(keys: Iterable[str], *, size: int, seed: str) -> list[str]:
    """Return so many keys, chosen by the SHA-256 of seed and key; all where there are no more.

    A key's chance does not depend on its place, and one more key changes at most one of the others.
    """
    return sorted(set(keys), key=lambda key: lot(key, seed=seed))[:size]


def lot(key: str, *, seed: str) -> str:
    """Return the lot of a key: the smallest ones are drawn."""
    return hashlib.sha256(f"{seed}:{key}".encode()).hexdigest()
