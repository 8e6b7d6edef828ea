"""The letter of a decision: its own words, the facts that fill them, and what differs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override, pgettext_lazy

from portal.enums import Locale
from portal.models import User
from portal.templatetags.portal_ui import day, instant, money
from vouchers.cases.places import holidays_of, local_day
from vouchers.enums import ApplicationState, LetterFact, TextUse
from vouchers.models import Application, CallVoucherType, Decision, TextBlock
from vouchers.rules import deadlines, letters
from vouchers.rules.letters import Finding, Record

OUTCOMES = (ApplicationState.APPROVED, ApplicationState.RESERVE, ApplicationState.REJECTED)
APPEAL_DAYS = 10
ANSWER_TIME = time(17)
PLACEHOLDERS: Mapping[str, Promise] = {
    "firm": pgettext_lazy("placeholder", "Firm"),
    "provider": pgettext_lazy("placeholder", "Partner"),
    "amount": pgettext_lazy("placeholder", "Amount"),
    "number": pgettext_lazy("placeholder", "Number of the award"),
    "application": pgettext_lazy("placeholder", "Number of the application"),
    "title": pgettext_lazy("placeholder", "Title of the project"),
    "voucher": pgettext_lazy("placeholder", "Voucher"),
    "call": pgettext_lazy("placeholder", "Call"),
    "region": pgettext_lazy("placeholder", "Home region"),
    "decided_on": pgettext_lazy("placeholder", "Day of the decision"),
    "answer_by": pgettext_lazy("placeholder", "Last time to accept"),
    "appeal_by": pgettext_lazy("placeholder", "Last day to object"),
    "starts_on": pgettext_lazy("placeholder", "Work starts not before"),
    "ends_on": pgettext_lazy("placeholder", "Work ends"),
}
# A first wording for each outcome; the names in braces are those of PLACEHOLDERS.
WORDINGS: Mapping[str, Promise] = {
    ApplicationState.APPROVED: _(
        "We are glad to award {firm} the {voucher} voucher {number} of {amount} for the work with "
        "{provider}. Please accept it by {answer_by}."
    ),
    ApplicationState.RESERVE: _(
        "The application {application} of {firm} for {amount} is good enough for a voucher. It "
        "waits on the reserve list of {region} until money comes back."
    ),
    ApplicationState.REJECTED: _(
        "We decided on the application {application} of {firm} on {decided_on} and cannot award a "
        "voucher this time. You may object until {appeal_by}."
    ),
}
NEEDED = {ApplicationState.APPROVED: ("firm", "provider", "amount", "number", "answer_by")}
WORDS = ("title", "voucher", "call", "region")
NEEDED_BY_ALL = ("firm", "application")


@dataclass(frozen=True, slots=True)
class Difference:
    """A finding in words: which fact, what the letter says, what the record says."""

    fact: str | Promise
    said: str
    recorded: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A decision's letter as it would go out at an instant, in the language of its reader."""

    decision: Decision
    language: str
    values: Mapping[str, str]
    text: str
    differences: list[Difference]

    @property
    def offered(self) -> list[tuple[str, str | Promise, str]]:
        """What a text may name: the placeholder, what it is, and what the record says."""
        return [
            (f"{{{name}}}", label, self.values[name])
            for name, label in PLACEHOLDERS.items()
            if self.values[name]
        ]


def held(**chosen: object) -> "QuerySet[Decision]":
    """Return the decisions that nobody has been told, with all that their letters say."""
    rows = Decision.objects.filter(told_at=None, replaced_at=None, outcome__in=OUTCOMES, **chosen)
    return (
        rows.select_related(
            "application__organisation",
            "application__home_region",
            "application__call__programme",
            "application__voucher_type",
            "application__offer",
            "application__started_by",
            "application__award",
        )
        .prefetch_related("application__hosts", "letter_texts")
        .order_by("application__reference")
    )


def letters_of(decisions: Iterable[Decision], *, at: datetime) -> list[Letter]:
    """Return the letters that would go out together at an instant, compared with the record.

    One letter must not name the firm or partner of another.
    """
    together = list(decisions)
    everybody = {name for one in together for name in _names(one.application)}
    blocks = _Blocks()
    return [letter_of(one, at=at, everybody=everybody, blocks=blocks) for one in together]


def letter_of(
    decision: Decision,
    *,
    at: datetime,
    everybody: Iterable[str] = (),
    blocks: "_Blocks | None" = None,
) -> Letter:
    """Return one letter as it would go out at an instant."""
    language = language_of(decision.application)
    texts = decision.letter_texts.all()
    with override(language):
        values = _values(decision, at=at)
        record = _record(decision, values, language=language, everybody=everybody, at=at)
        text = letters.fill(decision.message, values)
        written_in = max(texts, key=lambda one: one.number).language if texts else ""
        found = letters.check(text, record, written_in=written_in)
        if decision.outcome == ApplicationState.APPROVED:
            added = (blocks or _Blocks()).of(decision.application, language)
            found += [finding for block in added for finding in letters.blanks(block)]
        return Letter(
            decision=decision,
            language=language,
            values=values,
            text=text,
            differences=[_in_words(finding) for finding in found],
        )


def wording_of(decision: Decision, *, language: str) -> str:
    """Return a first wording of the letter, whose facts are placeholders."""
    with override(language):
        return str(WORDINGS[decision.outcome])


def language_of(application: Application) -> str:
    """Return the language of an application's letters: that of who has started it."""
    person: User | None = application.started_by
    return person.language if person else str(Locale.EN)


def answer_until(application: Application, *, told_at: datetime) -> datetime:
    """Return until when an award that is told at an instant may be accepted: 17:00 at home."""
    home = application.home_region
    days = timedelta(days=application.call.programme.acceptance_days)
    last = local_day(told_at, home) + days
    return datetime.combine(last, ANSWER_TIME, tzinfo=ZoneInfo(home.time_zone))


def appeal_day(application: Application, *, now: datetime) -> date:
    """Return the last day to appeal: ten working days of the home region."""
    region = application.home_region
    return deadlines.add_working_days(
        local_day(now, region), APPEAL_DAYS, holidays_of(region.country)
    )


def next_release(offer: CallVoucherType, *, now: datetime) -> datetime:
    """Return when the held letters of a voucher type go out: as set, or now."""
    return max(offer.release_at or now, now)


class _Blocks:
    """What programme and region add to award letters, read once for each of them."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int, str], list[str]] = {}

    def of(self, application: Application, language: str) -> list[str]:
        """Return the texts that an application's award letter adds, in a language."""
        programme, region = application.call.programme, application.home_region
        key = (programme.pk, region.pk, language)
        if key not in self._known:
            self._known[key] = TextBlock.objects.printed(
                TextUse.AWARD_LETTER, programme=programme, region=region, language=language
            )
        return self._known[key]


def _names(application: Application) -> list[str]:
    hosts = [host.name for host in application.hosts.all()]
    return [name for name in (application.organisation.name, *hosts) if name]


def _amount(decision: Decision) -> Decimal | None:
    application = decision.application
    if decision.outcome == ApplicationState.APPROVED:
        return application.award.amount
    return application.amount


def _values(decision: Decision, *, at: datetime) -> dict[str, str]:
    """Return what the record says, in the language that is active."""
    application = decision.application
    zone = application.home_region.time_zone
    award = application.award if decision.outcome == ApplicationState.APPROVED else None
    is_refused = decision.outcome == ApplicationState.REJECTED
    return {
        "firm": application.organisation.name,
        "provider": ", ".join(host.name for host in application.hosts.all()),
        "amount": money(_amount(decision)),
        "number": award.number if award else "",
        "application": application.reference or "",
        "title": application.title,
        "voucher": application.voucher_type.name,
        "call": application.call.name,
        "region": application.home_region.name,
        "decided_on": day(decision.decided_at, zone),
        "answer_by": instant(answer_until(application, told_at=at), zone) if award else "",
        "appeal_by": day(appeal_day(application, now=at)) if is_refused else "",
        "starts_on": day(award.starts_on) if award else "",
        "ends_on": day(award.ends_on) if award else "",
    }


def _record(
    decision: Decision,
    values: Mapping[str, str],
    *,
    language: str,
    everybody: Iterable[str],
    at: datetime,
) -> Record:
    application = decision.application
    award = application.award if decision.outcome == ApplicationState.APPROVED else None
    own = _names(application)
    numbers = [application.reference, *([award.number, f"{award.number}-L"] if award else [])]
    needed = (*NEEDED_BY_ALL, *NEEDED.get(ApplicationState(decision.outcome), ()))
    return Record(
        amount=_amount(decision),
        days=_days(decision, at=at),
        names=tuple(own),
        numbers=tuple(number for number in numbers if number),
        languages=_languages(language),
        words=tuple(values[name] for name in WORDS if values[name]),
        others=frozenset(everybody) - {*own},
        missing=frozenset(name for name in needed if not values[name]),
    )


def _days(decision: Decision, *, at: datetime) -> frozenset[date]:
    """Return every day that the letter may name."""
    application, home = decision.application, decision.application.home_region
    days = [local_day(decision.decided_at, home), local_day(at, home)]
    if application.submitted_at:
        days.append(local_day(application.submitted_at, home))
    if application.call.reserve_until:
        days.append(application.call.reserve_until)
    if decision.outcome == ApplicationState.REJECTED:
        days.append(appeal_day(application, now=at))
    if decision.outcome == ApplicationState.APPROVED:
        award = application.award
        days.append(answer_until(application, told_at=at).date())
        days += [day for day in (award.starts_on, award.ends_on) if day]
    return frozenset(days)


@cache
def _languages(language: str) -> frozenset[str]:
    """Return the languages of a letter: where ours is not translated, it is in English too."""
    is_translated = any((Path(root) / language).is_dir() for root in settings.LOCALE_PATHS)
    return frozenset({language} if is_translated else {language, settings.LANGUAGE_CODE})


def _in_words(finding: Finding) -> Difference:
    if finding.fact == LetterFact.LANGUAGE:
        said, *recorded = (Locale(str(code)).label for code in (finding.said, *finding.recorded))
        return Difference(finding.fact.label, said, ", ".join(recorded))
    return Difference(finding.fact.label, finding.said, ", ".join(map(_shown, finding.recorded)))


def _shown(value: letters.Value) -> str:
    match value:
        case Decimal():
            return money(value)
        case date():
            return day(value)
        case _:
            return value
