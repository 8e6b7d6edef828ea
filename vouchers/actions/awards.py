"""Signing, awarding, refusing, and telling."""

from datetime import datetime
from decimal import Decimal
from functools import partial

from django.core.exceptions import PermissionDenied
from django.db.models import prefetch_related_objects

from portal.enums import GrantingMoment
from portal.models import Counter, ProgrammeRegion
from portal.permissions import Actor
from portal.queue import issue_document, notify
from portal.workflow import IllegalMove, action, hold, lock, move, record
from vouchers import documents
from vouchers.actions import agreements, ledger
from vouchers.actions.applications import void_signatures
from vouchers.actions.ledger import PotExhausted, Room
from vouchers.actions.signing import (
    check_amount,
    check_content,
    check_signer,
)
from vouchers.cases import AROUND, load_parts, local_day
from vouchers.cases.letters import answer_until, appeal_day, language_of
from vouchers.cases.reserve import turn_of
from vouchers.enums import ApplicationState, RejectReason, Side
from vouchers.models import (
    Application,
    Award,
    Decision,
    Pot,
    Signature,
    Undertaking,
)
from vouchers.notifications import HostSignatureAsked, MoneyShort, letter_about
from vouchers.permissions import is_home_broker
from vouchers.workflow import APPLICATION


@action
def sign(
    application: Application,
    *,
    side: Side,
    amount: Decimal,
    note: str = "",
    price_reason: str = "",
    by: Actor,
    now: datetime,
) -> Award | None:
    """Sign for a region; the last signature that the type requires executes the award.

    Home's signature carries the amount in EUR, the host's repeats it. Returns the award, or None
    while another signature is missing or when the money is used up (reserve list).
    Raises PermissionDenied, IllegalMove, Refused, HomeSignsFirst, AmountChanged, PartnerRefused,
    PartnerNotConfirmed, PartnerNotListed (the host's), PriceNeedsReason (home's).
    """
    locked = lock(application, *AROUND)
    prefetch_related_objects([locked], "assessments")
    rows = list(locked.signatures.filter(voided_at=None))
    signer = check_signer(locked, side, rows, by=by)
    turn_of(locked).require()
    check_amount(locked, side, amount, rows)
    locked.amount = amount
    if signer.is_last:
        locked.undertaking = _locked_undertaking(locked)
    load_parts(locked)
    check_content(locked, side, price_reason=price_reason, now=now)
    said = {"note": note, "price_reason": price_reason}
    personal = {name: text for name, text in said.items() if text}
    row = Signature.objects.create(
        application=locked,
        side=side,
        region=signer.region,
        signed_by=signer.person,
        organisation=signer.organisation,
        amount=amount,
        note=note,
        price_reason=price_reason,
        signed_at=now,
    )
    record(
        row,
        f"sign_{side}",
        by=by,
        now=now,
        chain=locked.journal_chain,
        application=locked.pk,
        region=signer.region.code,
        amount=amount,
        personal=personal,
    )
    if not signer.is_last:
        notify(HostSignatureAsked(locked, once=str(row.pk)), now=now)
        return None
    return _award(locked, amount=amount, by=by, now=now)


def _locked_undertaking(application: Application) -> Undertaking:
    """Lock what the last signature needs before the law is asked: its headroom is scarce."""
    return Undertaking.objects.select_for_update(no_key=True).get(pk=application.undertaking_id)


def _award(application: Application, *, amount: Decimal, by: Actor, now: datetime) -> Award | None:
    """Award within the pot, or put on the reserve list; the undertaking is locked."""
    pot = Pot.objects.get(programme=application.call.programme_id, region=application.home_region)
    try:
        room = ledger.find_room(pot, amount, call=application.call)
    except PotExhausted:
        if application.state == ApplicationState.RESERVE:
            raise
    else:
        return _approve(application, room, by=by, now=now)
    move(
        application,
        APPLICATION.RESERVE,
        by=by,
        now=now,
        also=partial(_decided, now=now),
        amount=amount,
    )
    void_signatures(application, now=now)
    _decide(application, ApplicationState.RESERVE, by=by, now=now)
    notify(MoneyShort(application), now=now)
    return None


def _approve(application: Application, room: Room, *, by: Actor, now: datetime) -> Award:
    move(
        application,
        APPLICATION.APPROVE,
        by=by,
        now=now,
        also=lambda row: {**_decided(row, now=now), "amount": room.amount},
        amount=room.amount,
    )
    award = make_award(application, room, by=by, now=now)
    _decide(application, ApplicationState.APPROVED, by=by, now=now)
    return award


@action
def make_award(application: Application, room: Room, *, by: Actor, now: datetime) -> Award:
    """Create the award of an approved application and reserve its money in the room found."""
    voucher_type, call, terms = application.voucher_type, application.call, application.terms
    home = application.home_region
    number = Counter.objects.next(f"award:{call.code}:{voucher_type.short_code}")
    is_granted = granting_moment(application) == GrantingMoment.DECISION
    award = Award.objects.create(
        application=application,
        pot=room.pot,
        number=f"{call.code}-{voucher_type.short_code}-{number:03}",
        amount=room.amount,
        aid_basis=terms.aid_basis,
        payee=terms.payee,
        offered_at=now,
        granted_on=local_day(now, home) if is_granted else None,
        granted_zone=home.time_zone if is_granted else "",
    )
    record(
        award,
        "offer",
        by=by,
        now=now,
        chain=application.journal_chain,
        after=award.state,
        number=award.number,
        amount=award.amount,
    )
    ledger.reserve(award, room=room, by=by, now=now)
    return hold(award)


def granting_moment(application: Application) -> GrantingMoment:
    """Return when the aid is granted in the home region's part of the programme."""
    part = ProgrammeRegion.objects.filter(
        programme=application.call.programme_id, region=application.home_region_id
    ).first()
    return GrantingMoment(part.granting_moment) if part else GrantingMoment.ACCEPTANCE


def _decided(row: Application, *, now: datetime) -> dict[str, datetime | None]:
    """Return the instants of a decision: the applicant is told with it unless letters are held."""
    return {"decided_at": now, "told_at": None if is_held(row) else now}


def _reversed(row: Application, *, now: datetime) -> dict[str, datetime | None]:
    if row.told_at is not None:
        raise IllegalMove(row, APPLICATION.REVERSE)
    return _decided(row, now=now)


def _decide(
    application: Application,
    outcome: ApplicationState,
    *,
    reason: str = "",
    message: str = "",
    by: Actor,
    now: datetime,
) -> Decision:
    """Write the decision down, and tell it where the application says that it is told."""
    application.decisions.filter(replaced_at=None).update(replaced_at=now)
    refused = outcome == ApplicationState.REJECTED
    decision = Decision.objects.create(
        application=application,
        outcome=outcome,
        reason=reason,
        message=message,
        decided_at=now,
        decided_by=by.user,
        told_at=application.told_at,
        appeal_by=appeal_day(application, now=now) if refused else None,
    )
    if decision.told_at:
        _announce(decision, by=by, now=now)
    return decision


def is_held(application: Application) -> bool:
    """Whether the applicant's letter waits for the release of the call's voucher type."""
    return application.offer.holds_letters and application.offer.released_at is None


@action
def reject(
    application: Application, *, reason: RejectReason, message: str, by: Actor, now: datetime
) -> Decision:
    """Reject with a reason. Raises IllegalMove and PermissionDenied."""
    move(
        application,
        APPLICATION.REJECT,
        by=by,
        now=now,
        also=partial(_decided, now=now),
        reason=reason,
    )
    void_signatures(application, now=now)
    return _decide(
        application, ApplicationState.REJECTED, reason=reason, message=message, by=by, now=now
    )


@action
def reserve(application: Application, *, message: str = "", by: Actor, now: datetime) -> Decision:
    """Put a good application on the reserve list. Raises IllegalMove and PermissionDenied.

    The arrow is open to a host that signs last on an empty pot; the choice is home's alone.
    """
    if not (by.is_importer or is_home_broker(by, application)):
        raise PermissionDenied("reserve")
    move(
        application,
        APPLICATION.RESERVE,
        by=by,
        now=now,
        also=partial(_decided, now=now),
    )
    void_signatures(application, now=now)
    return _decide(application, ApplicationState.RESERVE, message=message, by=by, now=now)


@action
def reverse(application: Application, *, by: Actor, now: datetime) -> Decision:
    """Move a rejected application to the reserve list while its letter is held.

    Raises PermissionDenied, and IllegalMove also once the applicant has been told.
    """
    move(
        application,
        APPLICATION.REVERSE,
        by=by,
        now=now,
        also=partial(_reversed, now=now),
    )
    return _decide(application, ApplicationState.RESERVE, by=by, now=now)


@action
def tell(decision: Decision, *, message: str, by: Actor, now: datetime) -> None:
    """Tell the applicant: the letter is issued now, from what the record says now.

    `message` is the letter's own text, whose facts are filled in. The days to object begin now.
    """
    application = decision.application
    decision.message, decision.told_at, application.told_at = message, now, now
    if decision.appeal_by:
        decision.appeal_by = appeal_day(application, now=now)
    decision.save(update_fields=["message", "told_at", "appeal_by"])
    application.save(update_fields=["told_at"])
    _announce(decision, by=by, now=now)


def journal_told(decision: Decision, *, by: Actor, now: datetime) -> None:
    """Write down that the applicant knows the decision; inside an action."""
    application = decision.application
    record(
        decision,
        "tell",
        by=by,
        now=now,
        chain=application.journal_chain,
        application=application.pk,
        outcome=decision.outcome,
    )


def _announce(decision: Decision, *, by: Actor, now: datetime) -> None:
    journal_told(decision, by=by, now=now)
    application = decision.application
    if decision.outcome == ApplicationState.APPROVED:
        _issue_letter(application.award, by=by, now=now)
    notify(letter_about(decision), now=now)


def _issue_letter(award: Award, *, by: Actor, now: datetime) -> None:
    """Issue the letter; the SME has its days to answer from now."""
    application = award.application
    award.answer_by = answer_until(application, told_at=now)
    language = language_of(application)
    award.letter = issue_document(
        documents.AWARD_LETTER,
        award,
        number=f"{award.number}-L",
        title=documents.award_letter_title(award, language=language),
        facts=documents.award_letter_facts(award, language=language),
        language=language,
        programme=application.call.programme,
        by=by,
        now=now,
    )
    award.save(update_fields=["answer_by", "letter"])
    agreements.offer(award, language=language, by=by, now=now)
