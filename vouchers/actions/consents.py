"""A partner's consent: asked by the SME, answered by a link in a mail, void with its host."""

from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from portal import links
from portal.enums import Locale
from portal.models import MailLink
from portal.permissions import Actor
from portal.queue import enqueue, notify
from portal.workflow import IllegalMove, action, lock, move, record
from vouchers.actions.drafts import editable, time_left
from vouchers.actions.hosts import PURPOSE, end_links, set_aside
from vouchers.actions.signing import PartnerRefused
from vouchers.actions.whole_parts import HOSTS
from vouchers.enums import EDITABLE, STANDING_CONSENT
from vouchers.models import Host, PartnerConsent
from vouchers.notifications import PartnerAsked, PartnerConfirmed, PartnerDeclined, PartnerReceipt
from vouchers.permissions import PARTNER
from vouchers.workflow import APPLICATION, CONSENT

LIFETIME = timedelta(days=60)
AROUND = (
    "host",
    "application__call__programme",
    "application__home_region",
    "application__organisation",
    "application__voucher_type",
)


class NotNeeded(Exception):
    """The voucher type asks no partner for consent."""


class AlreadyAsked(Exception):
    """The partner has confirmed, or the question waits for its answer."""

    def __init__(self, consent: PartnerConsent) -> None:
        super().__init__(consent.pk)
        self.consent = consent


class NoContact(Exception):
    """Nobody knows an address of the partner."""


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What a partner confirms; price in EUR without VAT."""

    work: str
    price: Decimal
    starts_on: date
    ends_on: date
    has_conflict: bool
    signatory_name: str
    signatory_role: str
    conflict: str = ""


@action
def ask(host: Host, *, by: Actor, now: datetime, link_now: datetime) -> PartnerConsent:
    """Ask the host's contact, who gets one letter; `link_now` is real time, by which links expire.

    Raises Host.DoesNotExist where the applicant has named another meanwhile, NotNeeded,
    PartnerRefused, AlreadyAsked, NoContact, and as save_answers.
    """
    application = editable(host.application, HOSTS, by=by, now=now)
    if not application.terms.needs_consent:
        raise NotNeeded
    row = Host.objects.select_related("region", "record__provider__organisation").get(
        pk=host.pk, application=application
    )
    if row.is_refused:
        raise PartnerRefused(row.name)
    standing = row.consents.filter(state__in=STANDING_CONSENT).first()
    if standing is not None:
        if standing.is_given or standing.expires_at > link_now:
            raise AlreadyAsked(standing)
        set_aside([standing], by=by, now=now)
    name, email = contact_of(row)
    if not email:
        raise NoContact
    consent = PartnerConsent.objects.create(
        application=application,
        host=row,
        partner=row.name,
        contact_name=name,
        contact_email=email,
        language=row.region.language if row.region else Locale.EN,
        asked_at=now,
        asked_by=by.user,
        expires_at=link_now + LIFETIME,
    )
    record(
        consent,
        "ask_consent",
        by=by,
        now=now,
        chain=consent.journal_chain,
        after=consent.state,
        application=application.pk,
        host=row.pk,
    )
    _send(consent, by=by, now=now, link_now=link_now)
    return consent


def contact_of(host: Host) -> tuple[str, str]:
    """Return name and address of whom the portal writes to; of a record nobody else sees them."""
    if host.record is not None:
        return "", host.record.work_contact
    return host.contact_name, host.contact_email


def _send(consent: PartnerConsent, *, by: Actor, now: datetime, link_now: datetime) -> None:
    token = links.make(
        PURPOSE,
        email=consent.contact_email,
        data={"consent": consent.pk},
        lifetime=LIFETIME,
        by=by,
        now=link_now,
    )
    letter = PartnerAsked(consent, once=link_now.isoformat(), token=token)
    enqueue(*letter.letters(), now=now, is_private=True)


@action
def renew(link: MailLink, *, now: datetime, link_now: datetime) -> bool:
    """Mail a new link in place of an expired one.

    False where nothing is asked any more, or a new one was mailed already.
    """
    consent = behind(link)
    lock(consent.application)
    consent = lock(consent, *AROUND)
    is_newest = MailLink.objects.filter(pk=link.pk, replaced_at=None).exists()
    if not (is_newest and is_open(consent, now=now)):
        return False
    end_links(consent, now=link_now)
    consent.expires_at = link_now + LIFETIME
    consent.save(update_fields=["expires_at"])
    record(consent, "renew_consent_link", by=PARTNER, now=now, chain=consent.journal_chain)
    _send(consent, by=PARTNER, now=now, link_now=link_now)
    return True


def behind(link: MailLink) -> PartnerConsent:
    """Return what a link asks for."""
    return PartnerConsent.objects.select_related(*AROUND).get(pk=link.data["consent"])


def is_open(consent: PartnerConsent, *, now: datetime) -> bool:
    """Whether the partner's answer still counts at this instant of the business clock."""
    application = consent.application
    may_be_sent = application.state in EDITABLE and time_left(application, now=now).ok
    return consent.is_waiting and may_be_sent


@action
def give_by_link(
    token: str, *, said: Confirmation, language: str, now: datetime, link_now: datetime
) -> PartnerConsent:
    """Use the link and confirm. Raises LinkNotValid and as give; then the link stays unused."""
    consent = _spend(token, now=now, link_now=link_now)
    return give(consent, said=said, language=language, by=PARTNER, now=now)


@action
def decline_by_link(
    token: str, *, reason: str, language: str, now: datetime, link_now: datetime
) -> PartnerConsent:
    """Use the link and decline. Raises LinkNotValid and as decline; then the link stays unused."""
    consent = _spend(token, now=now, link_now=link_now)
    return decline(consent, reason=reason, language=language, by=PARTNER, now=now)


def _spend(token: str, *, now: datetime, link_now: datetime) -> PartnerConsent:
    """Use the link and return its locked question.

    The link's row comes last, as for an applicant who changes partners: the other way round each
    of the two would wait for the other.
    """
    consent = _answerable(behind(links.find(PURPOSE, token, now=link_now)), now=now)
    links.use(PURPOSE, token, now=link_now)
    return consent


@action
def give(
    consent: PartnerConsent,
    *,
    said: Confirmation,
    language: str = "",
    by: Actor,
    now: datetime,
) -> PartnerConsent:
    """Confirm work, price and dates; the person gets a copy, the applicant is told.

    Raises PermissionDenied, IllegalMove (also where the application is not edited any more), and
    Refused after the call's end with its grace.
    """
    locked = _answerable(consent, now=now)
    move(
        locked,
        CONSENT.GIVE,
        by=by,
        now=now,
        also=lambda _row: {
            **asdict(said),
            "language": language or locked.language,
            "answered_at": now,
        },
        price=said.price,
        starts_on=said.starts_on,
        ends_on=said.ends_on,
        has_conflict=said.has_conflict,
        personal={"name": said.signatory_name, "role": said.signatory_role},
    )
    end_links(locked, now=now)
    notify(PartnerReceipt(locked), PartnerConfirmed(locked), now=now)
    return locked


@action
def decline(
    consent: PartnerConsent, *, reason: str, language: str = "", by: Actor, now: datetime
) -> PartnerConsent:
    """Say no with a reason; the applicant is told. Raises as give."""
    locked = _answerable(consent, now=now)
    move(
        locked,
        CONSENT.DECLINE,
        by=by,
        now=now,
        also=lambda _row: {
            "reason": reason,
            "language": language or locked.language,
            "answered_at": now,
        },
        personal={"reason": reason},
    )
    end_links(locked, now=now)
    notify(PartnerDeclined(locked), now=now)
    return locked


def _answerable(consent: PartnerConsent, *, now: datetime) -> PartnerConsent:
    """Return the locked consent of an application that may still be sent."""
    application = lock(consent.application, "call__programme", "home_region")
    if application.state not in EDITABLE:
        raise IllegalMove(application, APPLICATION.SUBMIT)
    time_left(application, now=now).require()
    return lock(consent, *AROUND)
