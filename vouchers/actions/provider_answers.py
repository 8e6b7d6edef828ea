"""The provider's answer to an agreement: by link, or on paper that somebody files."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db.models import F

from portal import links, uploads
from portal.permissions import Actor
from portal.queue import issue_document, notify
from portal.uploads import Checked
from portal.workflow import IllegalMove, action, move, record
from vouchers import documents
from vouchers.actions import agreements, vouchers
from vouchers.cases import local_day
from vouchers.enums import AgreementState, AwardState, EndReason
from vouchers.models import Agreement
from vouchers.notifications import (
    AgreementAsked,
    AgreementReceipt,
    AgreementReminder,
    AgreementSigned,
    AgreementWaits,
)
from vouchers.permissions import PARTNER, is_award_home_broker, may_file_agreement
from vouchers.workflow import AGREEMENT

BEFORE_LAPSE = timedelta(days=7)
SHORT = timedelta(days=8)


class SignedTooEarly(Exception):
    """The paper is signed on a day before the firm accepted, or in the future."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A signed agreement on paper: the file, who signed it for the provider, and on which day."""

    file: Checked
    signatory_name: str
    signatory_role: str
    signed_on: date


@action
def sign_by_link(
    token: str, *, signatory_name: str, signatory_role: str, now: datetime, link_now: datetime
) -> Agreement:
    """Use the link and sign; both get the signed text.

    Raises LinkNotValid, IllegalMove and Refused (too late); then the link stays unused.
    """
    agreement = _spend(token, now=now, link_now=link_now)
    name, role = signatory_name, signatory_role
    return sign(agreement, signatory_name=name, signatory_role=role, by=PARTNER, now=now)


@action
def sign(
    agreement: Agreement, *, signatory_name: str, signatory_role: str, by: Actor, now: datetime
) -> Agreement:
    """Sign for the provider. Raises PermissionDenied, IllegalMove and Refused (too late)."""
    agreement = _answerable(agreement, now=now)
    said = _said(agreement, signatory_name, signatory_role, now=now)
    move(
        agreement,
        AGREEMENT.SIGN,
        by=by,
        now=now,
        also=lambda _row: said,
        text_hash=agreement.text.content_hash,
        personal={"name": signatory_name, "role": signatory_role},
    )
    _conclude(agreement, by=by, now=now)
    return agreement


@action
def decline_by_link(token: str, *, reason: str, now: datetime, link_now: datetime) -> Agreement:
    """Use the link and decline: the award lapses with the reason. Raises as sign_by_link."""
    agreement = _spend(token, now=now, link_now=link_now)
    move(
        agreement,
        AGREEMENT.DECLINE,
        by=PARTNER,
        now=now,
        also=lambda _row: {"reason": reason, "answered_at": now},
        personal={"reason": reason},
    )
    agreements.end_links(agreement, now=link_now)
    why = EndReason.PARTNER_NO
    vouchers.lapse(agreement.award, reason=why, note=reason, by=Actor.clock(), now=now)
    return agreement


def _spend(token: str, *, now: datetime, link_now: datetime) -> Agreement:
    """Use the link and return what it asks, locked; the link's row comes last of all locks."""
    link = links.find(agreements.PURPOSE, token, now=link_now)
    agreement = _answerable(agreements.behind(link), now=now)
    links.use(agreements.PURPOSE, token, now=link_now)
    return agreement


def _answerable(agreement: Agreement, *, now: datetime) -> Agreement:
    """Return the locked agreement of an award that the firm has accepted, in its time."""
    row = agreements.locked(agreement)
    if row.award.state != AwardState.ACCEPTED:
        raise IllegalMove(row.award, AGREEMENT.SIGN)
    agreements.signing_time(row, now=now).require()
    return row


@action
def file_paper(agreement: Agreement, *, paper: Paper, by: Actor, now: datetime) -> Agreement:
    """File the agreement that was signed on paper, and say by whom and on which day.

    Raises PermissionDenied, IllegalMove, Refused (too late) and SignedTooEarly.
    """
    row = agreements.locked(agreement)
    if by.user is None or not may_file_agreement(by, row):
        raise PermissionDenied("file_agreement")
    row = _answerable(row, now=now)
    first = row.award.granted_on or paper.signed_on
    if not first <= paper.signed_on <= local_day(now, row.award.application.home_region):
        raise SignedTooEarly
    said = {
        **_said(row, paper.signatory_name, paper.signatory_role, now=now),
        "signed_on": paper.signed_on,
        "filed_by": by.user,
        "paper": uploads.store(paper.file, by=by, now=now),
    }
    move(
        row,
        AGREEMENT.FILE,
        by=by,
        now=now,
        also=lambda _row: said,
        text_hash=row.text.content_hash,
        signed_on=paper.signed_on,
        sha256=paper.file.sha256,
        personal={"name": paper.signatory_name, "role": paper.signatory_role},
    )
    _conclude(row, by=by, now=now)
    return row


def _said(agreement: Agreement, name: str, role: str, *, now: datetime) -> dict[str, object]:
    return {
        "signatory_name": name,
        "signatory_role": role,
        "answered_at": now,
        "signed_on": local_day(now, agreement.award.application.home_region),
    }


def _conclude(agreement: Agreement, *, by: Actor, now: datetime) -> None:
    """Issue the text with all signatures, and give it to both."""
    agreements.end_links(agreement, now=now)
    award, language = agreement.award, agreement.text.language
    agreement.signed = issue_document(
        documents.AGREEMENT,
        award,
        number=f"{award.number}-AS",
        title=documents.agreement_title(award, language=language, is_signed=True),
        facts=documents.signed_agreement_facts(agreement, language=language),
        language=language,
        programme=award.application.call.programme,
        by=by,
        now=now,
    )
    agreement.save(update_fields=["signed"])
    notify(AgreementSigned(agreement), AgreementReceipt(agreement), now=now)


@action
def write_again(
    agreement: Agreement,
    *,
    contact_name: str,
    contact_email: str,
    by: Actor,
    now: datetime,
    link_now: datetime,
) -> None:
    """Write to the provider again, to the contact that the broker names; earlier links end.

    Raises PermissionDenied, and IllegalMove where nothing is asked.
    """
    row = agreements.locked(agreement)
    if not is_award_home_broker(by, row.award):
        raise PermissionDenied("write_again")
    if not agreements.is_asked(row, now=now):
        raise IllegalMove(row, AGREEMENT.SIGN)
    row.contact_name, row.contact_email = contact_name, contact_email
    row.save(update_fields=["contact_name", "contact_email"])
    said = {"name": contact_name, "email": contact_email}
    record(row, "write_to_provider", by=by, now=now, chain=row.journal_chain, personal=said)
    agreements.send_link(row, AgreementAsked, by=by, now=now, link_now=link_now)


def keep_agreements(*, by: Actor, now: datetime, link_now: datetime) -> None:
    """Remind once, 7 days before the provider's time ends; then let the award lapse."""
    waiting = Agreement.objects.filter(
        state=AgreementState.OPEN, award__state=AwardState.ACCEPTED, sign_by__isnull=False
    )
    # Who has a week or less from the start is not reminded on the same day.
    late = waiting.filter(sign_by__gt=F("award__accepted_at") + SHORT, reminded_at=None)
    for agreement in late.filter(sign_by__gt=now, sign_by__lte=now + BEFORE_LAPSE):
        _remind(agreement, by=by, now=now, link_now=link_now)
    for agreement in waiting.filter(sign_by__lt=now).select_related("award"):
        try:
            reason = EndReason.NOT_SIGNED
            vouchers.lapse(agreement.award, reason=reason, by=by, now=now)
        except IllegalMove:
            # The provider signed between the query and the lock.
            continue


@action
def _remind(agreement: Agreement, *, by: Actor, now: datetime, link_now: datetime) -> None:
    row = agreements.locked(agreement)
    if row.reminded_at is not None or not agreements.is_asked(row, now=now):
        return
    row.reminded_at = now
    row.save(update_fields=["reminded_at"])
    agreements.send_link(row, AgreementReminder, by=by, now=now, link_now=link_now)
    notify(AgreementWaits(row), now=now)
