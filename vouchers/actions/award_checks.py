"""What is wrong with the lines of a file of historic awards."""

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal, InvalidOperation

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.models import Programme, Region
from portal.money import CENT
from vouchers.actions.award_file import Problem, Row
from vouchers.cases import place_of
from vouchers.enums import AwardState
from vouchers.models import Call, CallVoucherType, Pot
from vouchers.reasons import sentence
from vouchers.rules import crossing, limits
from vouchers.statistics.lives import ENDED, OUTCOMES, PASSED

DATES = (
    "submitted_on",
    "decided_on",
    "accepted_on",
    "completed_on",
    "paid_on",
    "ended_on",
    "told_on",
    *PASSED.values(),
)
AMOUNTS = ("amount", "paid_amount", "recovered_amount")
NUMBERS = ("jobs_expected", "jobs_realised")
LENGTHS = {"reference": 30, "sme_name": 200, "provider_name": 200, "title": 150, "sme_id": 60}
# Each day must not lie before the one named first; an end may follow decision or acceptance.
ORDER = (
    ("submitted_on", "decided_on"),
    ("decided_on", "accepted_on"),
    ("accepted_on", "completed_on"),
    ("completed_on", "paid_on"),
    ("decided_on", "ended_on"),
    ("accepted_on", "ended_on"),
    ("submitted_on", "told_on"),
    *(("submitted_on", column) for column in PASSED.values()),
)
BAD_DAY = gettext_lazy("%(column)s must be a date like 2014-05-04, not %(text)s.")
BAD_AMOUNT = gettext_lazy("%(column)s must be an amount like 4000.00, above 0, not %(text)s.")
BAD_NUMBER = gettext_lazy("%(column)s must be a whole number, not %(text)s.")
OF_AWARDS = ("accepted_on", "ended_on", "jobs_expected")


def check(rows: Iterable[Row], *, today: date) -> list[Problem]:
    """Return what is wrong with each line, by line; the rows are filled on the way."""
    setup = _SetUp()
    seen: dict[str, int] = {}
    problems = []
    for row in rows:
        if not row.problems:
            _check_row(row, setup, seen, today)
        problems += [Problem(row.line, text) for text in row.problems]
    return problems


class _SetUp:
    """Codes that exist, read once for the whole file."""

    def __init__(self) -> None:
        self.programmes = set(Programme.objects.values_list("code", flat=True))
        self.calls = dict(Call.objects.values_list("code", "programme__code"))
        self.regions = {region.code: region for region in Region.objects.all()}
        offers = CallVoucherType.objects.select_related("call__programme", "voucher_type")
        self.offers = {(o.call.code, o.voucher_type.code): o for o in offers}
        pots = Pot.objects.values_list("programme__code", "region__code")
        self.pots = set(pots)
        self.named = set(
            Programme.objects.exclude(regions=None).values_list("code", "regions__region__code")
        )

    def regions_of(self, programme: str) -> set[str]:
        """Return the codes of the regions that the programme names."""
        return {region for code, region in self.named if code == programme}


def _check_row(row: Row, setup: _SetUp, seen: dict[str, int], today: date) -> None:
    _read_values(row)
    _check_codes(row, setup)
    _check_words(row, seen)
    _check_parts(row)
    _check_order(row, today)
    if not row.problems:
        _check_law(row, setup)


def _read_values(row: Row) -> None:
    for name in DATES:
        row.days[name] = _value(row, name, date.fromisoformat, BAD_DAY)
    for name in AMOUNTS:
        row.amounts[name] = _value(row, name, _amount, BAD_AMOUNT)
    for name in NUMBERS:
        row.numbers[name] = _value(row, name, _number, BAD_NUMBER)


def _value[V](row: Row, name: str, read_one: Callable[[str], V], bad: Promise) -> V | None:
    text = row.text.get(name, "")
    if not text:
        return None
    try:
        return read_one(text)
    except (ValueError, InvalidOperation):
        row.problems.append(str(bad) % {"column": name, "text": text[:40]})
        return None


def _amount(text: str) -> Decimal:
    amount = Decimal(text)
    if not amount.is_finite() or amount <= 0 or amount % CENT or amount >= 10**10:
        raise ValueError(text)
    return amount


def _number(text: str) -> int:
    number = int(text)
    if not 0 <= number < 10**9:
        raise ValueError(text)
    return number


def _check_codes(row: Row, setup: _SetUp) -> None:
    text = row.text
    known = {
        "programme": text["programme"] in setup.programmes,
        "call": setup.calls.get(text["call"]) == text["programme"],
        "voucher_type": (text["call"], text["voucher_type"]) in setup.offers,
        "sme_region": text["sme_region"] in setup.regions,
        "provider_region": text["provider_region"] in {"", *setup.regions},
        "outcome": row.outcome in {"", *OUTCOMES},
        "ended_as": text["ended_as"] in {"", *ENDED},
    }
    sentences = {
        "programme": _("programme %(code)s does not exist."),
        "call": _("call %(code)s does not exist in the programme."),
        "voucher_type": _("voucher_type %(code)s is not offered in the call."),
        "sme_region": _("sme_region %(code)s does not exist."),
        "provider_region": _("provider_region %(code)s does not exist."),
        "outcome": _("outcome %(code)s is unknown."),
        "ended_as": _("ended_as %(code)s is unknown."),
    }
    row.problems += [
        sentences[name] % {"code": text[name] or '""'} for name, found in known.items() if not found
    ]
    row.offer = setup.offers.get((text["call"], text["voucher_type"]))
    row.home = setup.regions.get(text["sme_region"])
    row.host = setup.regions.get(text["provider_region"])


def _check_words(row: Row, seen: dict[str, int]) -> None:
    needed = ["reference", "sme_name", "title", "submitted_on"]
    if row.is_approved:
        needed += ["provider_name", "provider_region", "amount"]
    if row.outcome:
        needed.append("decided_on")
    row.problems += [_("%(column)s is empty.") % {"column": n} for n in needed if not row.text[n]]
    row.problems += [
        _("%(column)s is longer than %(limit)s characters.") % {"column": name, "limit": limit}
        for name, limit in LENGTHS.items()
        if len(row.text[name]) > limit
    ]
    for name in ("sme_country", "provider_country"):
        country = row.text[name]
        needed_here = name == "sme_country" or bool(row.text["provider_name"])
        if needed_here and not (len(country) == 2 and country.isalpha() and country.isupper()):
            row.problems.append(_("%(column)s must be two letters like NL.") % {"column": name})
    first = seen.setdefault(row.reference, row.line)
    if first != row.line:
        row.problems.append(
            _("reference %(reference)s stands in line %(line)s already.")
            % {"reference": row.reference, "line": first}
        )


def _check_parts(row: Row) -> None:
    """What is only together, and what only an award has."""
    for one, other in (("paid_on", "paid_amount"), ("ended_on", "ended_as")):
        if bool(row.text[one]) != bool(row.text[other]):
            row.problems.append(
                _("%(one)s and %(other)s belong together.") % {"one": one, "other": other}
            )
    if not row.is_approved:
        row.problems += [
            _("Only an approved line has %(column)s.") % {"column": name}
            for name in OF_AWARDS
            if row.text[name]
        ]
    for later, earlier in (("completed_on", "accepted_on"), ("paid_on", "completed_on")):
        if row.text[later] and not row.text[earlier]:
            row.problems.append(
                _("%(later)s needs %(earlier)s.") % {"later": later, "earlier": earlier}
            )
    _check_end(row)


def _check_end(row: Row) -> None:
    ended_as, accepted = row.text["ended_as"], bool(row.text["accepted_on"])
    if ended_as == AwardState.DECLINED and accepted:
        row.problems.append(_("An accepted award cannot be declined: say cancelled or lapsed."))
    if ended_as == AwardState.REVOKED and not accepted:
        row.problems.append(_("Only an accepted award can be revoked."))
    if ended_as not in {"", AwardState.REVOKED} and row.text["completed_on"]:
        row.problems.append(_("A completed award cannot have ended without completion."))


def _check_order(row: Row, today: date) -> None:
    for earlier, later in ORDER:
        first, second = row.days[earlier], row.days[later]
        if first and second and second < first:
            row.problems.append(
                _("%(later)s lies before %(earlier)s.") % {"later": later, "earlier": earlier}
            )
    row.problems += [
        _("%(column)s lies in the future.") % {"column": name}
        for name, day in row.days.items()
        if day and day > today
    ]


def _check_law(row: Row, setup: _SetUp) -> None:
    """Amounts and borders; counts and aid ceilings stay as the history had them."""
    if row.offer is None or row.home is None:
        return
    amount, paid = row.amounts["amount"], row.amounts["paid_amount"]
    terms = row.offer.terms_in(row.home)
    if amount and amount > terms.amount:
        row.problems.append(
            _("amount %(amount)s is above the %(cap)s of this voucher.")
            % {"amount": amount, "cap": terms.amount}
        )
    if amount and paid and paid > amount:
        row.problems.append(
            _("paid_amount %(paid)s is above the amount %(amount)s.")
            % {"paid": paid, "amount": amount}
        )
    if not row.is_approved or amount is None or row.problems:
        return
    programme = row.text["programme"]
    if (programme, row.home.code) not in setup.pots:
        row.problems.append(
            _("sme_region %(code)s has no pot in the programme.") % {"code": row.home.code}
        )
    reasons = (
        *limits.check_amount(terms.amount_rule, amount).reasons,
        *crossing.check(
            terms.crossing_rule,
            home=place_of(row.home),
            host=place_of(row.host),
            regions=setup.regions_of(programme),
        ).reasons,
    )
    row.problems += [f"{sentence(reason)}." for reason in reasons]
