"""What stops an action, as sentences beside the form that asked for it."""

from collections.abc import Mapping

from django.forms import Form
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalogue.actions.joining import BelongsElsewhere
from portal.templatetags.portal_ui import money
from vouchers.actions.applications import NotComplete
from vouchers.actions.assessments import HasConflict, ScoreOutOfRange
from vouchers.actions.claims import ClaimNotComplete
from vouchers.actions.ledger import PotExhausted
from vouchers.actions.partners import AlreadyJudged
from vouchers.actions.signing import (
    AmountChanged,
    HomeSignsFirst,
    PartnerNotConfirmed,
    PartnerNotListed,
    PartnerRefused,
    PriceNeedsReason,
)
from vouchers.reasons import sentence
from vouchers.rules.verdict import Refused

REFUSALS = (
    Refused,
    PotExhausted,
    NotComplete,
    HomeSignsFirst,
    AmountChanged,
    PriceNeedsReason,
    PartnerRefused,
    PartnerNotConfirmed,
    PartnerNotListed,
    AlreadyJudged,
    BelongsElsewhere,
    HasConflict,
    ScoreOutOfRange,
    ClaimNotComplete,
)
AMOUNT_CODES = "amount_"
SENTENCES: Mapping[type[Exception], Promise] = {
    HomeSignsFirst: _("The home region signs first, then you confirm"),
    ScoreOutOfRange: _("Give each criterion a score from 0 to 5"),
    PartnerRefused: _(
        "%(partner)s was refused by its region's broker: send the application back, or reject it"
    ),
    PartnerNotConfirmed: _(
        "%(partner)s has not confirmed: the home region sends the application back or rejects it"
    ),
    PartnerNotListed: _(
        "%(partner)s is not in the catalogue: make it a record or refuse it, then confirm"
    ),
    HasConflict: _(
        "A conflict of interest bars %(partner)s: choose somebody else, or have it cleared first"
    ),
    AlreadyJudged: _("%(partner)s has been decided on already: load the page again"),
}
MISSING: Mapping[str, str | Promise] = {
    "eligible": _("Nothing is eligible, so nothing can be paid: send the claim back instead"),
}


def tell(form: Form, error: Exception) -> None:
    """Put the error beside the form, on the amount's field where it is about the amount."""
    if isinstance(error, PriceNeedsReason) and _is_shown(form, "price_reason"):
        form.add_error("price_reason", gettext("Say why the price may be below the lump sum"))
        return
    if not isinstance(error, Refused):
        for words in _sentences(error):
            form.add_error(None, words)
        return
    for reason in error.verdict.reasons:
        about_amount = reason.code.startswith(AMOUNT_CODES) and _is_shown(form, "amount")
        form.add_error("amount" if about_amount else None, sentence(reason))


def _is_shown(form: Form, name: str) -> bool:
    return name in form.fields and not form.fields[name].widget.is_hidden


def _sentences(error: Exception) -> list[str]:
    match error:
        case PotExhausted():
            words = gettext(
                "The region's pot has %(free)s left, so this does not fit. "
                "Choose a lower amount or the reserve list"
            )
            return [words % {"free": money(error.balance.free)}]
        case AmountChanged():
            words = gettext(
                "The home region signed %(signed)s. Load the page again and confirm that amount"
            )
            return [words % {"signed": money(error.signed)}]
        case PriceNeedsReason():
            words = gettext(
                "The partner confirmed %(price)s, below the lump sum: load the page again and say "
                "why you sign"
            )
            return [words % {"price": money(error.price)}]
        case BelongsElsewhere():
            return [_elsewhere(error)]
        case NotComplete() | ClaimNotComplete():
            return [_missing(name) for name in error.missing]
    return [str(SENTENCES[type(error)]) % {"partner": error}]


def _elsewhere(error: BelongsElsewhere) -> str:
    if error.region is None:
        return gettext(
            "People act for %(partner)s in the portal: let one of them ask to have it listed, or "
            "refuse it"
        ) % {"partner": error.found.name}
    return gettext(
        "%(partner)s belongs to %(region)s: refuse it, or ask the Access Broker there"
    ) % {"partner": error.found.name, "region": error.region}


def _missing(name: str) -> str:
    return str(MISSING.get(name, gettext("This is missing: %(name)s") % {"name": name}))
