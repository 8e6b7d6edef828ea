"""A forecast in words: what will happen to each application, what it costs, and why not."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext, ngettext

from portal.permissions import Actor
from portal.templatetags.portal_ui import money
from portal.workflow import IllegalMove
from vouchers.actions.bulk import TurnedOut
from vouchers.actions.entrusting import entrusted
from vouchers.actions.forecast import Outcome
from vouchers.actions.signing import PriceNeedsReason
from vouchers.admin.refusals import sentences
from vouchers.enums import ApplicationState
from vouchers.models import Application
from vouchers.permissions import assessed
from vouchers.reasons import sentence
from vouchers.rules.verdict import Refused


@dataclass(frozen=True, slots=True)
class Line:
    """One application of a preview: what will happen, or why it is left out."""

    application: Application
    words: str
    state: str
    letter: str
    spent: Decimal | None
    free: Decimal | None
    mark: str
    is_left_out: bool


@dataclass(frozen=True, slots=True)
class Money:
    """A region's money before and after, in EUR, as the desk names what is free."""

    label: str
    before: Decimal
    after: Decimal

    @property
    def spent(self) -> Decimal:
        """What leaves it."""
        return self.before - self.after


@dataclass(frozen=True, slots=True)
class Totals:
    """What a preview adds up to."""

    done: int
    left_out: int
    states: list[tuple[str, int]]
    letters: str
    money: list[Money]


def line_of(outcome: Outcome, *, by: Actor) -> Line:
    """Return an outcome as the preview shows it."""
    row, refusal = outcome.application, outcome.refusal
    return Line(
        application=row,
        words=why_not(refusal, row, by=by) if refusal else what(outcome),
        state=_state(outcome.state),
        letter=_letter(outcome),
        spent=outcome.spent,
        free=outcome.free,
        mark=f"{row.pk}:{outcome.mark}",
        is_left_out=refusal is not None,
    )


def totals_of(outcomes: Iterable[Outcome], money_moved: list[Money]) -> Totals:
    """Return what the outcomes add up to."""
    known = list(outcomes)
    done = [outcome for outcome in known if outcome.refusal is None]
    states = Counter(outcome.state for outcome in done)
    told, held = sum(one.is_told for one in done), sum(one.is_held for one in done)
    sent = ngettext("%(told)s applicant is told", "%(told)s applicants are told", told)
    kept = ngettext("%(held)s letter is held", "%(held)s letters are held", held)
    words = [sent % {"told": told}] if told else []
    words += [kept % {"held": held}] if held else []
    return Totals(
        done=len(done),
        left_out=len(known) - len(done),
        states=[(_state(state), number) for state, number in states.items()],
        letters=", ".join(words),
        money=money_moved,
    )


def what(outcome: Outcome) -> str:
    """Say what becomes of the application, in words that hold before and after."""
    if outcome.asks is not None:
        words = gettext("Signature over %(amount)s, which goes to %(region)s to confirm")
        return words % {"amount": money(outcome.amount), "region": outcome.asks}
    if outcome.spent is not None:
        return gettext("Voucher of %(amount)s") % {"amount": money(outcome.spent)}
    if outcome.side is not None:
        return gettext("On the reserve list: the region's money does not reach for it")
    if outcome.state == outcome.application.state:
        held = entrusted(outcome.application)
        if held is None:
            return gettext("Assigned; until now to nobody")
        return gettext("Assigned; until now to %(person)s") % {"person": held}
    return _state(outcome.state)


def why_not(error: Exception, row: Application, *, by: Actor) -> str:
    """Say in one sentence why nothing happens to the application."""
    match error:
        case PermissionDenied() | IllegalMove():
            return _not_offered(error, row, by=by)
        case Refused():
            return "; ".join(sentence(reason) for reason in error.verdict.reasons)
        case TurnedOut():
            words = gettext("It would have become “%(state)s”, other than foreseen, so it was left")
            return words % {"state": _state(error.became)}
        case PriceNeedsReason():
            words = gettext(
                "The partner confirmed %(price)s, below the lump sum: approve it on its own page, "
                "with a reason"
            )
            return words % {"price": money(error.price)}
    return "; ".join(sentences(error))


def _not_offered(error: PermissionDenied | IllegalMove, row: Application, *, by: Actor) -> str:
    if isinstance(error, PermissionDenied):
        if assessed(by, row):
            return gettext("You assess it, so a colleague decides")
        return gettext("Your role may not do this to it")
    if row.state == ApplicationState.IN_ASSESSMENT:
        return gettext("Its assessors have not sent their scores yet")
    words = gettext("It is “%(state)s”, and this does not start from there")
    return words % {"state": _state(error.shown)}


def why_stale(outcome: Outcome, before: str, *, by: Actor) -> str:
    """Say what has changed since a preview that showed the application in the state `before`."""
    row = outcome.application
    if row.state != before:
        words = gettext("Since the preview it has become “%(state)s”")
        return words % {"state": _state(row.state)}
    if outcome.refusal:
        return why_not(outcome.refusal, row, by=by)
    words = gettext("Changed since the preview. Now it would be: %(words)s")
    return words % {"words": what(outcome)}


def _state(state: str) -> str:
    return str(ApplicationState(state).label)


def _letter(outcome: Outcome) -> str:
    if outcome.is_told:
        return gettext("Goes out at once")
    return gettext("Held until the release") if outcome.is_held else ""
