"""Pages, one file per audience."""
