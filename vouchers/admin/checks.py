"""The automatic checks of the desk: what the law says of an application now, in sentences."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from portal.templatetags.portal_ui import money
from vouchers.cases import case_of, confirmed_price, price_verdict, routes_of
from vouchers.enums import UNDECIDED, ApplicationState
from vouchers.models import Application, Balance, Pot, balances
from vouchers.reasons import arithmetic, sentence
from vouchers.rules import crossing, eligibility
from vouchers.rules.eligibility import Case
from vouchers.rules.verdict import Verdict, combine

CHECKED = UNDECIDED | {ApplicationState.RETURNED, ApplicationState.RESERVE}


@dataclass(frozen=True, slots=True)
class Check:
    """One check: what it is about, its tone, what it says, and the arithmetic behind it."""

    title: str
    tone: str
    words: str
    lines: list[str]

    @property
    def symbol(self) -> str:
        """The icon of the tone."""
        return "check-circle-fill" if self.tone == "ok" else "exclamation-circle-fill"


def checks_on(
    application: Application, *, costs: Decimal, is_private: bool, now: datetime
) -> list[Check]:
    """Return the checks of an open application, `costs` in EUR; the host sees its route."""
    if application.state not in CHECKED:
        return []
    if not is_private:
        return [_check(_("Route"), _crossing(application)), *_conflicts(application)]
    case = case_of(application, now=now)
    blank = Case(
        on=case.on, firm=None, route=None, request=None, count=None, aid=None, submission=None
    )
    questions = {
        _("SME status"): replace(blank, firm=case.firm),
        _("De minimis"): replace(blank, aid=case.aid),
        _("One voucher per type"): replace(blank, count=case.count),
    }
    asked = [_check(title, eligibility.check(part)) for title, part in questions.items()]
    route = _check(_("Route"), _crossing(application))
    partner = [*_conflicts(application), *_price(application, costs)]
    return [asked[0], route, *asked[1:], *partner, _budget(application)]


def _conflicts(application: Application) -> list[Check]:
    """Return a warning for each interest that a partner has declared."""
    given = [host.confirmed for host in application.hosts.all()]
    return [
        Check(
            _("Conflict of interest"),
            "warn",
            _("%(partner)s declares: %(conflict)s")
            % {"partner": consent.partner, "conflict": consent.conflict},
            [],
        )
        for consent in given
        if consent and consent.has_conflict
    ]


def _price(application: Application, costs: Decimal) -> list[Check]:
    """Return a warning where a lump sum is more than the confirmed price, else than the costs."""
    if confirmed_price(application) is not None:
        notes = price_verdict(application).notes
        return [Check(_("Price"), "warn", sentence(note), []) for note in notes]
    amount = application.amount
    if not application.terms.is_lump_sum or amount is None or not 0 < costs < amount:
        return []
    words = _("The costs add up to %(costs)s, below the lump sum of %(amount)s") % {
        "costs": money(costs),
        "amount": money(amount),
    }
    return [Check(_("Price"), "warn", words, [])]


def _crossing(application: Application) -> Verdict:
    routes = routes_of(application)
    return combine(
        *(
            crossing.check(route.rule, home=route.home, host=route.host, regions=route.regions)
            for route in routes
        )
    )


def _check(title: str, verdict: Verdict) -> Check:
    lines = [arithmetic(line) for line in verdict.arithmetic]
    if not verdict.ok:
        return Check(title, "bad", "; ".join(map(sentence, verdict.reasons)), lines)
    if verdict.notes:
        return Check(title, "warn", "; ".join(map(sentence, verdict.notes)), lines)
    return Check(title, "ok", lines[-1] if lines else _("Nothing to check"), lines[:-1])


def _budget(application: Application) -> Check:
    balance = home_balance(application)
    amount = application.amount or 0
    words = _("%(free)s free now, %(after)s after this") % {
        "free": money(balance.free),
        "after": money(balance.free - amount),
    }
    tone = "ok" if balance.free >= amount else "warn"
    return Check(_("Budget"), tone, words, [])


def home_balance(application: Application) -> Balance:
    """Return what the home region's pot in the programme holds, in EUR."""
    pots = Pot.objects.filter(
        programme=application.call.programme_id, region=application.home_region_id
    )
    return _only(balances(pots).values())


def _only(found: Iterable[Balance]) -> Balance:
    return next(iter(found), Balance())
