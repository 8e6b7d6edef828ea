"""Pages of a long list by the key of their edges: the last page costs as much as the first."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlencode

from django.db import models
from django.db.models import F, Q
from django.utils.datastructures import MultiValueDict

PAGE_SIZE = 25
LONGEST_KEY = 18
AFTER, BEFORE = "after", "before"


@dataclass(frozen=True, slots=True)
class Page[M: models.Model]:
    """The rows of a page and the queries that lead to its neighbours, empty at the ends."""

    rows: list[M]
    previous: str
    next: str


@dataclass(frozen=True, slots=True)
class Edge:
    """A place in the list: a row's day or instant, and its id."""

    value: date | None
    pk: int

    def __str__(self) -> str:
        return f"{self.value.isoformat() if self.value else ''}_{self.pk}"


@dataclass(frozen=True, slots=True)
class Order:
    """By a day or an instant, then by id; rows without one come last."""

    field: str
    read: Callable[[str], date]
    is_descending: bool = False

    @property
    def forwards(self) -> list[models.expressions.OrderBy | str]:
        """The order of the list."""
        if self.is_descending:
            return [F(self.field).desc(nulls_last=True), "-pk"]
        return [F(self.field).asc(nulls_last=True), "pk"]

    @property
    def backwards(self) -> list[models.expressions.OrderBy | str]:
        """The order of the list from its end."""
        if self.is_descending:
            return [F(self.field).asc(nulls_first=True), "pk"]
        return [F(self.field).desc(nulls_first=True), "-pk"]

    def edge(self, text: str) -> Edge | None:
        """Return the place that an address names; None where it names none."""
        value, _, pk = text.rpartition("_")
        if not pk.isdecimal() or len(pk) > LONGEST_KEY:
            return None
        try:
            return Edge(self.read(value) if value else None, int(pk))
        except ValueError:
            return None

    def after(self, edge: Edge) -> Q:
        """Return what comes after the place."""
        same = self._same(edge, "lt" if self.is_descending else "gt")
        if edge.value is None:
            return same
        return same | self._beyond(edge, "lt" if self.is_descending else "gt") | self._none()

    def before(self, edge: Edge) -> Q:
        """Return what comes before the place."""
        same = self._same(edge, "gt" if self.is_descending else "lt")
        if edge.value is None:
            return same | ~self._none()
        return same | self._beyond(edge, "gt" if self.is_descending else "lt")

    def _same(self, edge: Edge, side: str) -> Q:
        here = self._none() if edge.value is None else Q(**{self.field: edge.value})
        return here & Q(**{f"pk__{side}": edge.pk})

    def _beyond(self, edge: Edge, side: str) -> Q:
        return Q(**{f"{self.field}__{side}": edge.value})

    def _none(self) -> Q:
        return Q(**{f"{self.field}__isnull": True})


BY_PROMISE = Order("due_on", date.fromisoformat)


def newest(field: str) -> Order:
    """Return the order from the newest instant to the oldest."""
    return Order(field, datetime.fromisoformat, is_descending=True)


def page[M: models.Model](
    rows: models.QuerySet[M],
    data: MultiValueDict[str, str],
    order: Order,
    *,
    size: int = PAGE_SIZE,
) -> Page[M]:
    """Return the page that the address asks for, the first where it asks for none."""
    before = order.edge(data.get(BEFORE) or "")
    if before is not None:
        return _backwards(rows.filter(order.before(before)), data, order, size)
    after = order.edge(data.get(AFTER) or "")
    later = rows.filter(order.after(after)) if after else rows
    found = list(later.order_by(*order.forwards)[: size + 1])
    shown = found[:size]
    return Page(
        shown,
        previous=_leads(data, BEFORE, shown[0], order) if after and shown else "",
        next=_leads(data, AFTER, shown[-1], order) if len(found) > size else "",
    )


def _backwards[M: models.Model](
    rows: models.QuerySet[M], data: MultiValueDict[str, str], order: Order, size: int
) -> Page[M]:
    found = list(rows.order_by(*order.backwards)[: size + 1])
    shown = found[:size][::-1]
    return Page(
        shown,
        previous=_leads(data, BEFORE, shown[0], order) if len(found) > size else "",
        next=_leads(data, AFTER, shown[-1], order) if shown else "",
    )


def _leads(data: MultiValueDict[str, str], name: str, row: models.Model, order: Order) -> str:
    kept = [(key, value) for key, values in data.lists() for value in values if value]
    query = [(key, value) for key, value in kept if key not in {AFTER, BEFORE}]
    edge = Edge(getattr(row, order.field), row.pk)
    return "?" + urlencode([*query, (name, str(edge))])
