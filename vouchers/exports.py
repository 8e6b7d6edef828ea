"""Columns of the files that leave the portal."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from portal.exports import Column
from vouchers.statistics.figures import Cell
from vouchers.statistics.lives import COLUMNS
from vouchers.statistics.shape import Line

APPLICATIONS: tuple[Column[Mapping[str, Any]], ...] = tuple(
    Column(name, partial(lambda row, name: row[name], name=name)) for name in COLUMNS
)

FIGURES: tuple[Column[Line], ...] = (
    Column("figure", lambda line: line.figure),
    Column("programme", lambda line: line.programme),
    Column("call", lambda line: line.call),
    Column("region", lambda line: line.region),
    Column("voucher_type", lambda line: line.voucher_type),
    Column("value", lambda line: line.value),
    Column("unit", lambda line: line.unit),
    Column("as_of", lambda line: line.as_of),
)

MATRIX: tuple[Column[tuple[str, str, Cell]], ...] = (
    Column("home", lambda pair: pair[0]),
    Column("host", lambda pair: pair[1]),
    Column("awards", lambda pair: pair[2].awards),
    Column("value", lambda pair: pair[2].value),
)
