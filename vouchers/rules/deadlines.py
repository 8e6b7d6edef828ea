"""When a call takes submissions, and how working days and award dates are counted."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from vouchers.rules.periods import add_months
from vouchers.rules.verdict import Line, LineCode, Reason, ReasonCode, Verdict

DAY = timedelta(days=1)
GRACE = timedelta(seconds=60)
SATURDAY = 5
LAST_SECOND = 59
LAST_MICROSECOND = 999_999
END_OF_DAY = time(23, 59, LAST_SECOND)


class Openness(StrEnum):
    """How a call stands at an instant."""

    NOT_YET_OPEN = "not_yet_open"
    OPEN = "open"
    WITHIN_GRACE = "within_grace"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Window:
    """A call's opening and closing instant, aware and in the zone to be shown.

    `closes_at` itself still belongs to the call. A closing at second 59 means the end of that
    minute, so the whole of its last second belongs to the call too.
    """

    opens_at: datetime
    closes_at: datetime
    grace: timedelta = GRACE

    def __post_init__(self) -> None:
        """Raise ValueError for naive instants or a closing before the opening."""
        _require_aware(self.opens_at, self.closes_at)
        if _utc(self.closes_at) < _utc(self.opens_at):
            raise ValueError("a call cannot close before it opens")

    @property
    def last_instant(self) -> datetime:
        """The last instant of the call in UTC, grace left out."""
        ends_a_minute = self.closes_at.second == LAST_SECOND
        closes_at = _utc(self.closes_at)
        return closes_at.replace(microsecond=LAST_MICROSECOND) if ends_a_minute else closes_at

    def openness(self, now: datetime) -> Openness:
        """How the call stands now; `now` is aware."""
        instant = _utc(now)
        if instant < _utc(self.opens_at):
            return Openness.NOT_YET_OPEN
        if instant <= self.last_instant:
            return Openness.OPEN
        within_grace = instant <= self.last_instant + self.grace
        return Openness.WITHIN_GRACE if within_grace else Openness.CLOSED


def check_start(window: Window, *, now: datetime) -> Verdict:
    """Whether a new draft may be started now; grace is for drafts that exist."""
    openness = window.openness(now)
    if openness is Openness.WITHIN_GRACE:
        reason = Reason(ReasonCode.GRACE_FOR_DRAFTS_ONLY, {"closed_at": window.closes_at})
        return Verdict(reasons=(reason,), arithmetic=(_line(window),))
    return _verdict(window, openness)


def check_submit(window: Window, *, started_at: datetime, now: datetime) -> Verdict:
    """Whether a draft begun at `started_at` may be submitted now, with a note within grace."""
    _require_aware(started_at)
    openness = window.openness(now)
    if openness is Openness.WITHIN_GRACE and _utc(started_at) > window.last_instant:
        return check_start(window, now=now)
    return _verdict(window, openness)


def check_answer(answer_by: datetime, *, now: datetime) -> Verdict:
    """Whether a returned application may still be answered, also after the call has closed."""
    return _until(answer_by, ReasonCode.ANSWER_TOO_LATE, "answer_by", now=now)


def check_appeal(appeal_by: datetime, *, now: datetime) -> Verdict:
    """Whether a decision may still be appealed against; the whole last day counts."""
    return _until(appeal_by, ReasonCode.APPEAL_TOO_LATE, "appeal_by", now=now)


def check_acceptance(answer_by: datetime, *, now: datetime) -> Verdict:
    """Whether an offer may still be accepted; the instant itself still counts."""
    return _until(answer_by, ReasonCode.OFFER_ENDED, "answer_by", now=now)


def check_claim(claim_by: datetime, *, now: datetime) -> Verdict:
    """Whether a claim may still be filed for the first time; the instant itself still counts."""
    return _until(claim_by, ReasonCode.CLAIM_TOO_LATE, "claim_by", now=now)


def check_signing(sign_by: datetime, *, now: datetime) -> Verdict:
    """Whether a provider may still sign its agreement; the instant itself still counts."""
    return _until(sign_by, ReasonCode.AGREEMENT_TOO_LATE, "sign_by", now=now)


def is_working_day(day: date, holidays: frozenset[date]) -> bool:
    """Monday to Friday and no holiday."""
    return day.weekday() < SATURDAY and day not in holidays


def add_working_days(start: date, days: int, holidays: frozenset[date]) -> date:
    """The last of so many working days, counted from the day after `start`."""
    return _count_on(start, days, holidays, skipped=frozenset())


def working_days_between(start: date, end: date, holidays: frozenset[date]) -> int:
    """Working days after `start` up to and including `end`; 0 if `end` is not later."""
    return sum(is_working_day(day, holidays) for day in _days(start, end))


@dataclass(frozen=True, slots=True)
class Pause:
    """The clock stands from an instant to an instant; None = it still stands."""

    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """So many working days from an instant, in a region's zone and holidays.

    A day counts unless the clock stood when it began: a pause from Monday to Wednesday moves
    the promise by two working days, a pause within one day by none.
    """

    started_at: datetime
    working_days: int
    zone: ZoneInfo
    holidays: frozenset[date]
    pauses: tuple[Pause, ...] = ()

    def due_on(self, *, now: datetime) -> date:
        """The last promised day, as foreseen now if the clock stands."""
        return _count_on(
            self._day(self.started_at), self.working_days, self.holidays, self._paused(now)
        )

    def used(self, *, now: datetime) -> int:
        """Working days that have counted until now, today included."""
        days = _days(self._day(self.started_at), self._day(now))
        paused = self._paused(now)
        return sum(is_working_day(day, self.holidays) and day not in paused for day in days)

    def is_paused(self, *, now: datetime) -> bool:
        """Whether the clock stands now."""
        return any(
            pause.since <= now and (pause.until is None or now < pause.until)
            for pause in self.pauses
        )

    def _day(self, instant: datetime) -> date:
        return instant.astimezone(self.zone).date()

    def _paused(self, now: datetime) -> frozenset[date]:
        return frozenset(
            day
            for pause in self.pauses
            for day in _days(self._day(pause.since), self._day(pause.until or now))
        )


@dataclass(frozen=True, slots=True)
class AwardCalendar:
    """The days that the award page shows: no work before the first, no claim after the last."""

    starts_on: date
    ends_on: date
    claim_by: date


def award_calendar(starts_on: date, *, validity_months: int, claim_days: int) -> AwardCalendar:
    """Dates of an award that is valid so many calendar months, with so many days to claim."""
    ends_on = add_months(starts_on, validity_months)
    return AwardCalendar(starts_on, ends_on, ends_on + DAY * claim_days)


def _utc(instant: datetime) -> datetime:
    # Instants that share a zone compare by wall clock, which repeats an hour in autumn.
    return instant.astimezone(UTC)


def _require_aware(*instants: datetime) -> None:
    if any(instant.tzinfo is None for instant in instants):
        raise ValueError("an instant needs a time zone")


def _until(last: datetime, code: ReasonCode, name: str, *, now: datetime) -> Verdict:
    if Window(last, last).last_instant < _utc(now):
        return Verdict(reasons=(Reason(code, {name: last}),))
    return Verdict()


def _line(window: Window) -> Line:
    params = {"opens_at": window.opens_at, "closes_at": window.closes_at}
    return Line(LineCode.WINDOW, params)


def _verdict(window: Window, openness: Openness) -> Verdict:
    closed = {"closed_at": window.closes_at}
    reasons = {
        Openness.NOT_YET_OPEN: (
            Reason(ReasonCode.CALL_NOT_YET_OPEN, {"opens_at": window.opens_at}),
        ),
        Openness.CLOSED: (Reason(ReasonCode.CALL_CLOSED, closed),),
    }
    notes = {Openness.WITHIN_GRACE: (Reason(ReasonCode.WITHIN_GRACE, closed),)}
    return Verdict(
        reasons=reasons.get(openness, ()),
        arithmetic=(_line(window),),
        notes=notes.get(openness, ()),
    )


def _days(start: date, end: date) -> Iterable[date]:
    """Every day after `start` up to and including `end`."""
    return (start + DAY * offset for offset in range(1, (end - start).days + 1))


def _count_on(start: date, days: int, holidays: frozenset[date], skipped: frozenset[date]) -> date:
    if days < 0:
        raise ValueError("working days are counted forwards")
    day = start
    while days:
        day += DAY
        days -= is_working_day(day, holidays) and day not in skipped
    return day
