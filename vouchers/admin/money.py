"""Money at the desk: every pot's balance, and the lines it is the sum of."""

from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from portal import clock
from portal.accounts.forms import sent
from portal.admin import DeskAdmin
from portal.admin.forms import managed
from portal.models import User
from portal.permissions import actor, is_manager, requires, signed_in
from portal.templatetags.portal_ui import money
from vouchers.actions import setup
from vouchers.admin.keyset import newest, page
from vouchers.forms.setup import BudgetForm
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
        """Replace the form by the ledger, and add the page that gives money."""
        ledger = self.page("<int:pk>/change/", require_safe(self.ledger), "change")
        give = self.page("allocate/", requires(is_manager)(self.allocate), "allocate")
        return [ledger, give, *super().get_urls()]

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
            "allocate": self.address("allocate") if is_manager(actor(request)) else "",
        }
        return TemplateResponse(request, "admin/vouchers/pot/list.html", context)

    def allocate(self, request: HttpRequest) -> HttpResponse:
        """Give a region money in a programme; its pot begins with its first money."""
        by = actor(request)
        form = BudgetForm(sent(request), programmes=managed(by).filter(is_historic=False))
        if form.is_valid():
            given = form.cleaned_data
            line = setup.add_budget(**given, by=by, now=clock.now())
            text = gettext("%(region)s has %(amount)s more.")
            said = {"region": given["region"], "amount": money(given["amount"])}
            messages.success(request, text % said)
            return HttpResponseRedirect(self.address("change", line.pot_id))
        return self.form_page(
            request,
            form,
            title=gettext("Give a region money"),
            submit=gettext("Allocate"),
            lead=gettext("A line of the ledger is never changed: check the amount first."),
        )

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
