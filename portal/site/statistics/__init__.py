"""The page of figures and the files that say the same."""
