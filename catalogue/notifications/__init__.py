"""Letters of the catalogue."""
