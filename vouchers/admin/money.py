"""Money at the desk: every pot's balance, and the lines it is the sum of."""

from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from portal.admin import DeskAdmin
from portal.models import User
from portal.permissions import signed_in
from vouchers.admin.keyset import newest, page
from vouchers.models import Balance, LedgerEntry, Pot, balance_of, balances

BY_TIME = newest("at")


@dataclass(frozen=True, slots=True)
class PotRow:
    """A pot with its balance in EUR."""

    pot: Pot
    balance: Balance


@admin.register(Pot)
class PotAdmin(DeskAdmin[Pot]):
    """Pots and their ledgers; every figure is a sum of lines."""

    def get_urls(self) -> list[URLPattern]:
        """Replace the form by the ledger."""
        ledger = self.page("<int:pk>/change/", require_safe(self.ledger), "change")
        return [ledger, *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the balance of each pot that the person sees."""
        pots = Pot.objects.visible_to(signed_in(request))
        found = balances(pots)
        rows = [
            PotRow(pot, found.get(pot.pk, Balance()))
            for pot in pots.select_related("programme", "region").order_by(
                "programme__is_historic", "-programme__starts_on", "region__name"
            )
        ]
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Budget"),
            "rows": rows,
        }
        return TemplateResponse(request, "admin/vouchers/pot/list.html", context)

    def ledger(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show the lines of one pot, newest first."""
        pot = _find(signed_in(request), pk)
        lines = LedgerEntry.objects.filter(Q(pot=pot) | Q(to_pot=pot)).select_related(
            "award__application", "by", "to_pot__region", "pot__region"
        )
        found = page(lines, request.GET, BY_TIME)
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Ledger of %(region)s") % {"region": pot.region},
            "pot": pot,
            "programme": pot.programme,
            "balance": balance_of(pot),
            "rows": found.rows,
            "previous_url": found.previous,
            "next_url": found.next,
        }
        return TemplateResponse(request, "admin/vouchers/pot/ledger.html", context)


def _find(user: User, pk: int) -> Pot:
    pots = Pot.objects.visible_to(user).select_related("programme", "region")
    found = pots.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found
