"""The queue's own address, carried along to an application, and what comes next in it."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.datastructures import MultiValueDict

from portal import clock
from portal.permissions import signed_in
from vouchers.admin.keyset import BY_PROMISE, Edge, Order, newest
from vouchers.cases.desks import absences_now
from vouchers.forms.filters import (
    QueueChoices,
    QueueFilter,
    Sort,
    Tab,
    tab_conditions,
    tab_of,
    with_signatures,
)
from vouchers.models import Application

LONGEST = 1000
KEPT = ("tab", *QueueFilter.base_filters)
ORDERS = {Tab.DECIDED: newest("decided_at")}
SORTED = {Sort.PROMISE: BY_PROMISE, Sort.NEWEST: newest("submitted_at")}


def query_of(data: MultiValueDict[str, str]) -> str:
    """Return the tab and filters that an address of the queue names, without a page."""
    return urlencode([(name, data[name]) for name in KEPT if data.get(name)])[:LONGEST]


def trail_of(query: str) -> str:
    """Return what an application's address carries, so that it leads back to this queue."""
    return "?" + urlencode({"queue": query}) if query else ""


def carried(request: HttpRequest) -> str:
    """Return the queue's query that came along with the request; empty where none did."""
    return query_of(QueryDict(request.GET.get("queue", "")[:LONGEST]))


def queue_address(query: str) -> str:
    """Return the address of the queue with these filters."""
    return reverse("admin:vouchers_application_changelist") + ("?" + query if query else "")


def order_of(filters: QueueFilter, tab: Tab) -> Order:
    """Return what comes first: as the address says, else as the tab has it."""
    return SORTED[filters.sorting] if filters.sorting else ORDERS.get(tab, BY_PROMISE)


def go_on(request: HttpRequest, row: Any) -> HttpResponse:
    """Lead to the application that follows in the queue, from its start where none does."""
    user, now, query = signed_in(request), clock.now(), carried(request)
    data = QueryDict(query)
    choices = QueueChoices(user, away=absences_now(user, now=now), now=now)
    filters = QueueFilter(data, Application.objects.for_desk(user), choices=choices)
    tab = tab_of(data) or Tab.TO_DECIDE
    pile = with_signatures(filters.rows).filter(tab_conditions(user)[tab]).exclude(pk=row.pk)
    order = order_of(filters, tab)
    ordered = pile.order_by(*order.forwards).only("reference")
    place = order.after(Edge(getattr(row, order.field), row.pk))
    found = ordered.filter(place).first() or ordered.first()
    if found is None:
        return HttpResponseRedirect(queue_address(query))
    page = reverse("admin:vouchers_application_change", args=[found.reference])
    return HttpResponseRedirect(page + trail_of(query))
