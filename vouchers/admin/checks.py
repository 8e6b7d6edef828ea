"""The automatic checks of the desk: what the law says of an application now, in sentences."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from portal.models import User
from portal.same_firm import Evidence
from portal.same_firms import same_firms
from portal.templatetags.portal_ui import day, money
from vouchers.cases import (
    BESIDE_DE_MINIMIS,
    Past,
    case_of,
    confirmed_price,
    headroom_of,
    past_of,
    price_verdict,
    routes_of,
)
from vouchers.enums import UNDECIDED, AidBasis, ApplicationState
from vouchers.models import Application, Balance, Pot, balances
from vouchers.reasons import arithmetic, sentence
from vouchers.rules import crossing, eligibility
from vouchers.rules.eligibility import Case
from vouchers.rules.periods import NoRuleInForce
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
    application: Application, *, costs: Decimal, is_private: bool, by: User, now: datetime
) -> list[Check]:
    """Return the checks of an open application, `costs` in EUR; the host sees its route.

    `by` reads them: of a firm in a region that one does not see, they say only that it is there.
    """
    if application.state not in CHECKED:
        return []
    if not is_private:
        return [_check(_("Route"), _crossing(application)), *_conflicts(application)]
    past = past_of(application)
    case = case_of(application, now=now, past=past)
    blank = Case(
        on=case.on, firm=None, route=None, request=None, count=None, aid=None, submission=None
    )
    questions = {
        _("SME status"): replace(blank, firm=case.firm),
        str(application.terms.aid_basis.label): replace(blank, aid=case.aid),
        _("One voucher per type"): replace(blank, count=case.count),
    }
    if case.activity:
        questions[_("Sector")] = replace(blank, activity=case.activity)
    if case.conduct:
        questions[_("What the firm declares")] = replace(blank, conduct=case.conduct)
    asked = [_check(title, eligibility.check(part)) for title, part in questions.items()]
    route = _check(_("Route"), _crossing(application))
    partner = [*_conflicts(application), *_price(application, costs)]
    others = [*_vat_number(application), *_same_firms(application, by=by)]
    beside = _de_minimis(application, past, on=case.on)
    return [asked[0], route, *asked[1:], *beside, *others, *partner, _budget(application)]


def _de_minimis(application: Application, past: Past, *, on: date) -> list[Check]:
    """Tell of de minimis aid where the voucher rests on another act: it decides nothing there."""
    if application.terms.aid_basis not in BESIDE_DE_MINIMIS:
        return []
    try:
        room = headroom_of(application, past=past, on=on)
    except NoRuleInForce:
        return []
    words = _("For information: %(used)s used since %(since)s, %(left)s left of %(limit)s") % {
        "used": money(room.used),
        "since": day(room.since),
        "left": money(room.left),
        "limit": money(room.limit),
    }
    return [Check(str(AidBasis.DE_MINIMIS.label), "ok", words, [])]


EVIDENCE = {
    Evidence.NUMBER: lambda: _("the same number"),
    Evidence.DOMAIN: lambda: _("the same domain and a similar name"),
    Evidence.NAME: lambda: _("a similar name"),
}


def _vat_number(application: Application) -> list[Check]:
    """Return what VIES has answered about the firm's VAT number, if it was asked."""
    check = application.organisation.vat_answer
    if check is None:
        return []
    words = (
        _("VIES knows %(number)s, asked on %(day)s")
        if check.is_known
        else _("VIES does not know %(number)s, asked on %(day)s")
    )
    tone = "ok" if check.is_known else "warn"
    said = {"number": check.number, "day": day(check.asked_at, application.home_region.time_zone)}
    return [Check(_("VAT number"), tone, words % said, [])]


def _same_firms(application: Application, *, by: User) -> list[Check]:
    """Return a warning for each other entry that seems to be the firm."""
    found = same_firms(application.organisation, seen_by=by)
    known = [
        Check(
            _("Same firm"),
            "warn",
            _("%(name)s in %(region)s seems to be this firm: %(evidence)s")
            % {
                "name": one.organisation,
                "region": one.organisation.region or one.organisation.country,
                "evidence": EVIDENCE[one.evidence](),
            },
            [],
        )
        for one in found
        if one.organisation
    ]
    elsewhere = [EVIDENCE[one.evidence]() for one in found if one.organisation is None]
    if elsewhere:
        words = _("This firm seems to be registered in another region too: %(evidence)s")
        known.append(Check(_("Same firm"), "warn", words % {"evidence": elsewhere[0]}, []))
    return known


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
