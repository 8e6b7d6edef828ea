"""An agreement from its text to the provider's question; how it is answered stands elsewhere."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from portal import links
from portal.enums import LinkPurpose, Locale
from portal.models import MailLink
from portal.permissions import Actor
from portal.queue import enqueue, issue_document, notify
from portal.workflow import action, hold, lock, move, record
from vouchers import documents
from vouchers.actions.consents import contact_of
from vouchers.cases import local_day
from vouchers.enums import AwardState
from vouchers.models import Agreement, Award
from vouchers.notifications import AgreementAsked, PartnerAwardEnded
from vouchers.permissions import PARTNER
from vouchers.rules.deadlines import check_signing
from vouchers.rules.verdict import Reason, ReasonCode, Verdict
from vouchers.workflow import AGREEMENT

PURPOSE = LinkPurpose.AGREEMENT
LIFETIME = timedelta(days=60)
AROUND = (
    "text",
    "award__application__call__programme",
    "award__application__home_region",
    "award__application__organisation",
    "award__application__voucher_type",
)


@action
def offer(award: Award, *, language: str, by: Actor, now: datetime) -> Agreement | None:
    """Write down the text that comes with an offer; None where the terms ask for no agreement."""
    application = award.application
    if not application.terms.is_three_party:
        return None
    host = application.hosts.select_related("region", "record__provider__organisation").first()
    consent = host.confirmed if host else None
    name, email = contact_of(host) if host else ("", "")
    text = issue_document(
        documents.AGREEMENT,
        award,
        number=f"{award.number}-A",
        title=documents.agreement_title(award, language=language),
        facts=documents.agreement_facts(award, host, language=language),
        language=language,
        programme=application.call.programme,
        by=by,
        now=now,
    )
    agreement = Agreement.objects.create(
        award=award,
        partner=host.name if host else "",
        contact_name=consent.contact_name if consent else name,
        contact_email=consent.contact_email if consent else email,
        language=consent.language if consent else Locale.EN,
        text=text,
    )
    record(
        agreement,
        "offer_agreement",
        by=by,
        now=now,
        chain=agreement.journal_chain,
        after=agreement.state,
        award=award.pk,
        text_hash=text.content_hash,
    )
    return hold(agreement)


@action
def begin(award: Award, *, by: Actor, now: datetime, link_now: datetime) -> Agreement | None:
    """Ask the provider, once the firm has signed by accepting the award that the caller locked."""
    agreement = Agreement.objects.select_related(*AROUND).filter(award=award).first()
    if agreement is None:
        return None
    agreement.award = award
    home, days = award.application.home_region, award.application.terms.agreement_days
    last_day = local_day(now, home) + timedelta(days=days)
    agreement.sign_by = datetime.combine(last_day, time(17), tzinfo=ZoneInfo(home.time_zone))
    agreement.firm_email = by.user.email if by.user else ""
    agreement.save(update_fields=["sign_by", "firm_email"])
    record(
        agreement,
        "sign_for_firm",
        by=by,
        now=now,
        chain=agreement.journal_chain,
        text_hash=agreement.text.content_hash,
        sign_by=agreement.sign_by,
        personal={"email": agreement.firm_email},
    )
    send_link(agreement, AgreementAsked, by=by, now=now, link_now=link_now)
    return agreement


def send_link(
    agreement: Agreement,
    letter: type[AgreementAsked],
    *,
    by: Actor,
    now: datetime,
    link_now: datetime,
) -> None:
    """Mail the provider a link, which ends earlier ones; inside an action."""
    if not agreement.contact_email:
        return
    end_links(agreement, now=link_now)
    token = links.make(
        PURPOSE,
        email=agreement.contact_email,
        data={"agreement": agreement.pk},
        lifetime=LIFETIME,
        by=by,
        now=link_now,
    )
    letters = letter(agreement, once=link_now.isoformat(), token=token).letters()
    enqueue(*letters, now=now, is_private=True)


def end_links(agreement: Agreement, *, now: datetime) -> None:
    """End the links of a question that is answered or no longer asked; inside an action."""
    links.replace(PURPOSE, data={"agreement": agreement.pk}, now=now)


def behind(link: MailLink) -> Agreement:
    """Return what a link asks to sign."""
    return Agreement.objects.select_related(*AROUND).get(pk=link.data["agreement"])


def is_asked(agreement: Agreement, *, now: datetime) -> bool:
    """Whether the provider's answer still counts."""
    is_accepted = agreement.award.state == AwardState.ACCEPTED
    return agreement.is_open and is_accepted and signing_time(agreement, now=now).ok


def signing_time(agreement: Agreement, *, now: datetime) -> Verdict:
    """Return whether there is still time to sign, told in the home region's zone."""
    if agreement.sign_by is None:
        return Verdict()
    zone = ZoneInfo(agreement.award.application.home_region.time_zone)
    return check_signing(agreement.sign_by.astimezone(zone), now=now)


def signatures_of(award: Award) -> Verdict:
    """Return whether every party has signed, where the award has an agreement."""
    agreement = getattr(award, "agreement", None)
    if agreement is None or agreement.is_signed:
        return Verdict()
    params = {"partner": agreement.partner}
    return Verdict(reasons=(Reason(ReasonCode.AGREEMENT_NOT_SIGNED, params),))


@action
def renew(link: MailLink, *, now: datetime, link_now: datetime) -> bool:
    """Mail a new link in place of an expired one; False where nothing is asked any more."""
    agreement = locked(behind(link))
    is_newest = MailLink.objects.filter(pk=link.pk, replaced_at=None).exists()
    if not (is_newest and is_asked(agreement, now=now)):
        return False
    send_link(agreement, AgreementAsked, by=PARTNER, now=now, link_now=link_now)
    record(agreement, "renew_agreement_link", by=PARTNER, now=now, chain=agreement.journal_chain)
    return True


def locked(agreement: Agreement) -> Agreement:
    """Return the agreement, locked after its award, inside an action."""
    award = lock(
        agreement.award,
        "application__call__programme",
        "application__home_region",
        "application__organisation",
        "application__voucher_type",
    )
    row = lock(agreement, "text")
    row.award = award
    return row


@action
def end(award: Award, *, by: Actor, now: datetime) -> None:
    """Set an agreement aside whose award has ended, and tell a provider that was asked."""
    agreement = Agreement.objects.select_related("text").filter(award=award).first()
    if agreement is None:
        return
    agreement.award = award
    if agreement.is_open:
        move(agreement, AGREEMENT.VOID, by=by, now=now)
        end_links(agreement, now=now)
    if agreement.sign_by is not None:
        notify(PartnerAwardEnded(agreement, once=award.state), now=now)
