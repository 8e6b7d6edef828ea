"""What happens to an application from its first line to the broker's screening."""

import secrets
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from portal.models import Counter, Organisation, Region
from portal.permissions import Actor
from portal.queue import issue_document, notify
from portal.workflow import Transition, action, digest, lock, move, record
from vouchers import documents
from vouchers.actions import conflicts, returns
from vouchers.actions.hosts import drop_removed, mark_standing
from vouchers.actions.standing import restore
from vouchers.actions.undertakings import undertaking_for
from vouchers.cases import (
    AROUND,
    holidays_of,
    load_parts,
    local_day,
    promise_of,
    rules_in_force,
    size_of_firm,
    verdict_on,
)
from vouchers.enums import ApplicationState, ExtensionState, QuestionKind, RejectReason, ReturnKind
from vouchers.models import (
    Application,
    CallVoucherType,
    ChangeRequest,
    Decision,
    Submission,
)
from vouchers.notifications import (
    ApplicationWithdrawn,
    DraftStarted,
    Ineligible,
    NewApplication,
    Receipt,
    Reinstated,
    Withdrawn,
)
from vouchers.rules import deadlines, eligibility
from vouchers.rules.conditions import asked_among
from vouchers.rules.deadlines import Openness
from vouchers.snapshots import asked_of, content_of
from vouchers.workflow import APPLICATION

APPEAL_DAYS = 10


class NotComplete(Exception):
    """The application misses answers; `missing` names their keys."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__(", ".join(missing))
        self.missing = missing


@action
def start(
    offer: CallVoucherType,
    *,
    organisation: Organisation,
    home_region: Region,
    by: Actor,
    now: datetime,
) -> Application:
    """Start a draft in an open call, and tell by mail where to find it.

    Raises Refused outside the call's instants.
    """
    application = begin(offer, organisation=organisation, home_region=home_region, by=by, now=now)
    notify(DraftStarted(application), now=now)
    return application


@action
def begin(
    offer: CallVoucherType,
    *,
    organisation: Organisation,
    home_region: Region,
    by: Actor,
    now: datetime,
) -> Application:
    """Make a draft's row; who asked for it is told elsewhere. Raises Refused like `start`."""
    deadlines.check_start(offer.window, now=now).require()
    terms = offer.terms_in(home_region)
    application = Application.objects.create(
        key=secrets.token_hex(8),
        call=offer.call,
        voucher_type=offer.voucher_type,
        offer=offer,
        question_set=offer.question_set,
        organisation=organisation,
        undertaking=undertaking_for(organisation),
        home_region=home_region,
        needs_host_signature=terms.needs_host_signature,
        amount=terms.amount if terms.is_lump_sum else None,
        started_at=now,
        started_by=by.user,
        saved_at=now,
    )
    record(application, "start", by=by, now=now, chain=application.journal_chain, after="draft")
    return application


@action
def submit(application: Application, *, by: Actor, now: datetime) -> Submission:
    """Submit a draft, or resubmit a returned application until its own answer-by instant.

    Raises Refused (closed, or the law says no), NotComplete, IllegalMove and PermissionDenied.
    """
    row = lock(application, *AROUND)
    load_parts(row, "organisation__declared_aid")
    asked, is_first = asked_of(row), row.first_submitted_at is None
    move(row, APPLICATION.SUBMIT, by=by, now=now, also=lambda _row: _arrival(row, asked, now=now))
    if row.is_by_extension:
        row.extensions.filter(state=ExtensionState.GIVEN, used_at=None).update(used_at=now)
    if not is_first:
        drop_removed(row, by=by, now=now)
    barred = conflicts.screen(row, is_first=is_first, by=by, now=now)
    number = 1 if is_first else row.submissions.count() + 1
    submission = _freeze(row, asked, number=number, by=by, now=now)
    receipt = Receipt(row, once=str(number), extra={"submission": submission})
    notify(receipt, NewApplication(row, once=str(number), barred=barred), now=now)
    return submission


def _arrival(row: Application, asked: list[Any], *, now: datetime) -> dict[str, Any]:
    """Ask completeness and the law, then return what the receipt of the application fixes."""
    unfinished = unfinished_in(row, asked)
    if unfinished:
        raise NotComplete(unfinished)
    returned = row.state == ApplicationState.RETURNED
    submission = None if returned else _on_its_way(row, now)
    verdict_on(row, now=now, submission=submission).require()
    if returned and row.answer_by:
        deadlines.check_answer(row.answer_by, now=now).require()
    return {**_stamp(row, returned=returned, now=now), **_receipt_stamp(row, now)}


def _on_its_way(application: Application, now: datetime) -> eligibility.Submission:
    return eligibility.Submission(
        window=application.window, started_at=application.started_at, now=now
    )


def unfinished_in(application: Application, asked: list[Any] | None = None) -> list[str]:
    """Return what stands between a draft and its submission: missing keys, then typed sections."""
    typed = (code for code, kept in application.typed.items() if kept)
    return [*missing_in(application, asked), *typed]


def missing_in(application: Application, asked: list[Any] | None = None) -> list[str]:
    """Return the keys of required parts without an answer; `asked` is from asked_of(), if known."""
    basics = ("title", "sector", "bottleneck", "amount", "figures_year", "aid_declared_at")
    missing = [name for name in basics if not getattr(application, name)]
    missing += _partners_missing(application)
    costs = bool(application.cost_lines.all())
    questions = asked_of(application) if asked is None else asked
    return missing + [
        question.key
        for question in asked_among(questions)
        if question.is_required and not _is_given(question, costs=costs)
    ]


def _partners_missing(application: Application) -> list[str]:
    hosts, is_asked = application.hosts.all(), application.terms.needs_consent
    missing = []
    if not hosts or any(host.is_refused for host in hosts):
        missing.append("hosts")
    if is_asked and not (hosts and all(host.confirmed for host in hosts)):
        missing.append("consent")
    return missing


def _is_given(question: Any, *, costs: bool) -> bool:
    if question.kind == QuestionKind.COST_TABLE:
        return costs
    return question.given is not None or bool(question.files)


def _receipt_stamp(row: Application, now: datetime) -> dict[str, Any]:
    """Give the number at first submit; it is kept ever after and has no gaps in its call."""
    reference = row.reference
    if reference is None:
        number = Counter.objects.next(f"application:{row.call.code}")
        reference = f"{row.call.code}-{number:04}"
    return {
        "reference": reference,
        "submitted_at": now,
        "first_submitted_at": row.first_submitted_at or now,
    }


def _stamp(row: Application, *, returned: bool, now: datetime) -> dict[str, Any]:
    """Return what follows from the receipt; completing an incomplete one moves its place."""
    change_requests = _answered(row, now=now)
    last_return = change_requests[-1] if returned and change_requests else None
    moves = last_return is None or last_return.kind == ReturnKind.INCOMPLETE
    openness = row.offer.window.openness(now)
    host = next(iter(row.hosts.all()), None)
    return {
        "complete_at": now if moves else row.complete_at,
        "is_within_grace": not returned and openness is Openness.WITHIN_GRACE,
        "is_by_extension": not returned and openness is Openness.CLOSED,
        "answer_by": None,
        "host_region": host.region if host else None,
        "due_on": promise_of(row, asked=change_requests).due_on(now=now),
        "rules_version": rules_in_force(row, now=now),
        "sme_class": size_of_firm(row, on=local_day(now, row.home_region)) or "",
    }


def _answered(row: Application, *, now: datetime) -> list[ChangeRequest]:
    """Return what was asked so far, which the new submission answers."""
    if row.first_submitted_at is None:
        return []
    row.change_requests.filter(answered_at=None).update(answered_at=now)
    return list(row.change_requests.all())


def _freeze(
    application: Application, asked: list[Any], *, number: int, by: Actor, now: datetime
) -> Submission:
    content = content_of(application, asked)
    submission = Submission(
        application=application,
        number=number,
        at=now,
        by=by.user,
        content=content,
        content_hash=digest(content),
    )
    language = by.user.language if by.user else "en"
    submission.document = issue_document(
        documents.APPLICATION_COPY,
        application,
        number=f"{application.reference}-S{number}",
        title=documents.application_copy_title(submission, language=language),
        facts=documents.application_copy_facts(submission, language=language, asked=asked),
        language=language,
        programme=application.call.programme,
        by=by,
        now=now,
    )
    submission.save()
    record(
        submission,
        "submitted",
        by=by,
        now=now,
        chain=application.journal_chain,
        number=application.reference,
        content_hash=submission.content_hash,
        within_grace=application.is_within_grace,
        by_extension=application.is_by_extension,
    )
    return submission


@action
def withdraw(application: Application, *, reason: str = "", by: Actor, now: datetime) -> None:
    """Withdraw what is not decided yet; a draft too. Raises IllegalMove and PermissionDenied."""
    was_submitted = application.reference is not None
    move(application, APPLICATION.WITHDRAW, by=by, now=now, personal={"reason": reason})
    void_signatures(application, now=now)
    if was_submitted:
        once = now.isoformat()
        notify(Withdrawn(application, once=once), now=now)
        notify(ApplicationWithdrawn(application, once=once), now=now)


@action
def reopen(application: Application, *, by: Actor, now: datetime) -> None:
    """Edit a withdrawn application again while the call is open. Raises Refused when closed."""
    deadlines.check_start(application.window, now=now).require()
    move(application, APPLICATION.REOPEN, by=by, now=now)


@action
def send_back(
    application: Application,
    *,
    kind: ReturnKind,
    message: str,
    answer_by: datetime,
    opened: Iterable[str] = (),
    by: Actor,
    now: datetime,
) -> ChangeRequest:
    """Send back with a question; the promise clock stands until it is answered.

    Only the questions and parts in `opened` may be changed; none named opens all.
    """
    move(application, APPLICATION.SEND_BACK, by=by, now=now, kind=kind, answer_by=answer_by)
    void_signatures(application, now=now)
    mark_standing(application)
    return returns.ask(
        application,
        kind=kind,
        message=message,
        answer_by=answer_by,
        opened=opened,
        by=by,
        now=now,
    )


@action
def let_stand(application: Application, *, by: Actor, now: datetime) -> None:
    """An application returned and not answered in time stands as it was first submitted.

    What was written since is kept apart, for the firm to read.
    """
    move(application, APPLICATION.STAND, by=by, now=now)
    restore(application, by=by, now=now)
    application.change_requests.filter(answered_at=None).update(answered_at=now)
    application.answer_by = None
    application.due_on = promise_of(application).due_on(now=now)
    application.save(update_fields=["answer_by", "due_on"])


@action
def find_eligible(application: Application, *, by: Actor, now: datetime) -> None:
    """Screen: complete and within the rules. Raises Refused where the law says no."""
    move(application, APPLICATION.FIND_ELIGIBLE, by=by, now=now)
    verdict_on(application, now=now).require()


@action
def find_ineligible(
    application: Application, *, reason: RejectReason, message: str, by: Actor, now: datetime
) -> Decision:
    """Screen: outside the rules; the applicant is told why and until when to appeal."""
    move(
        application,
        APPLICATION.FIND_INELIGIBLE,
        by=by,
        now=now,
        also=lambda _row: {"decided_at": now, "told_at": now},
        reason=reason,
    )
    decision = Decision.objects.create(
        application=application,
        outcome=ApplicationState.INELIGIBLE,
        reason=reason,
        message=message,
        decided_at=now,
        decided_by=by.user,
        told_at=now,
        appeal_by=appeal_day(application, now=now),
    )
    notify(Ineligible(application, once=str(decision.pk), extra={"decision": decision}), now=now)
    return decision


@action
def reinstate(application: Application, *, reason: str, by: Actor, now: datetime) -> None:
    """Take an ineligible finding back; another person than the one who made it."""
    undecide(application, APPLICATION.REINSTATE, reason=reason, by=by, now=now)
    notify(Reinstated(application, once=now.isoformat()), now=now)


def undecide(
    application: Application, arrow: Transition, *, reason: str, by: Actor, now: datetime
) -> None:
    """Take a decision back, so that the application is open again; inside an action."""
    move(application, arrow, by=by, now=now, personal={"reason": reason})
    application.decisions.filter(replaced_at=None).update(replaced_at=now)
    application.decided_at = application.told_at = None
    application.save(update_fields=["decided_at", "told_at"])


def appeal_day(application: Application, *, now: datetime) -> date:
    """Return the last day to appeal: ten working days of the home region."""
    region = application.home_region
    return deadlines.add_working_days(
        local_day(now, region), APPEAL_DAYS, holidays_of(region.country)
    )


def void_signatures(application: Application, *, now: datetime) -> None:
    """Signatures stand under one content only; inside an action."""
    application.signatures.filter(voided_at=None).update(voided_at=now)
