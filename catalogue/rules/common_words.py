"""Words of any letter, in any trade: they stand in a need and say nothing of what is needed.

English, German, Dutch and French, beside the stop words that PostgreSQL knows.
"""

from pathlib import Path

COMMON = frozenset(Path(__file__).with_suffix(".txt").read_text(encoding="utf-8").split())
