"""Co-applicants: invited by the applicant, at home in the parts that they were given."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db.models import Q

from portal import links
from portal.actions.people import WrongAddress, has_verified
from portal.enums import LinkPurpose
from portal.models import MailLink
from portal.permissions import Actor
from portal.queue import enqueue
from portal.workflow import IllegalMove, action, lock, move, record
from vouchers.actions.drafts import EDIT
from vouchers.actions.whole_parts import AID, ORGANISATION
from vouchers.enums import EDITABLE, OPEN_SEAT, SeatRole
from vouchers.models import Application, CoApplicant
from vouchers.notifications import CoApplicantInvited, members_of
from vouchers.permissions import is_applicant
from vouchers.workflow import SEAT

PURPOSE = LinkPurpose.CO_APPLICANT
LIFETIME = timedelta(days=30)
MOST = 20
INVITED = Actor.mail_link("invited")
AROUND = (
    "application__call__programme",
    "application__home_region",
    "application__organisation",
    "application__voucher_type",
)
# Figures and aid are declared in the firm's name, so its own people alone write them.
FIRMS_OWN = frozenset({ORGANISATION, AID})


class ActsForFirm(Exception):
    """The person acts for the firm already and may do everything."""


class AlreadyInvited(Exception):
    """The address has a seat, or an invitation that waits."""


class TooMany(Exception):
    """The application has as many co-applicants as it may."""


@action
def invite(
    application: Application,
    *,
    email: str,
    role: SeatRole,
    sections: Collection[str] = (),
    by: Actor,
    now: datetime,
    link_now: datetime,
) -> CoApplicant:
    """Invite somebody by mail to read the application, or to write some of its parts.

    `link_now` is real time, by which links expire. Raises PermissionDenied, IllegalMove when the
    application cannot be edited, ActsForFirm, AlreadyInvited, TooMany, and ValueError for a part
    that only the firm writes or an editor without parts.
    """
    locked = lock(application, "call__programme", "home_region", "organisation", "voucher_type")
    _require_lead(locked, by)
    if locked.state not in EDITABLE:
        raise IllegalMove(locked, EDIT)
    address = email.lower()
    given = sorted(sections) if role == SeatRole.EDIT else []
    if FIRMS_OWN & set(given) or (role == SeatRole.EDIT and not given):
        raise ValueError(given)
    if address in {reader.email.lower() for reader in members_of(locked)}:
        raise ActsForFirm(address)
    seats = locked.co_applicants.filter(state__in=OPEN_SEAT)
    if seats.filter(Q(email=address) | Q(user__email__iexact=address)).exists():
        raise AlreadyInvited(address)
    if seats.count() >= MOST:
        raise TooMany
    seat = CoApplicant.objects.create(
        application=locked,
        email=address,
        role=role,
        sections=given,
        invited_at=now,
        invited_by=by.user,
    )
    record(
        seat,
        "invite_co_applicant",
        by=by,
        now=now,
        chain=seat.journal_chain,
        personal={"email": address},
        after=seat.state,
        application=locked.pk,
        role=role,
        sections=given,
    )
    _send(seat, by=by, now=now, link_now=link_now)
    return seat


@action
def invite_again(seat: CoApplicant, *, by: Actor, now: datetime, link_now: datetime) -> None:
    """Mail a new link in place of the old one. Raises PermissionDenied and IllegalMove."""
    lock(seat.application)
    row = lock(seat, *AROUND)
    _require_lead(row.application, by)
    if not is_open(row):
        raise IllegalMove(row, SEAT.ACCEPT)
    record(row, "invite_co_applicant_again", by=by, now=now, chain=row.journal_chain)
    _send(row, by=by, now=now, link_now=link_now)


@action
def renew(link: MailLink, *, now: datetime, link_now: datetime) -> bool:
    """Mail a new link in place of an expired one, to the same address.

    False where the invitation was answered or taken back, the application cannot be edited any
    more, or a new link was mailed already.
    """
    seat = behind(link)
    lock(seat.application)
    row = lock(seat, *AROUND, "invited_by")
    is_newest = MailLink.objects.filter(pk=link.pk, replaced_at=None).exists()
    if not (is_newest and is_open(row) and row.invited_by):
        return False
    record(row, "renew_invitation_link", by=INVITED, now=now, chain=row.journal_chain)
    _send(row, by=Actor.person(row.invited_by), now=now, link_now=link_now)
    return True


@action
def accept(token: str, *, by: Actor, now: datetime, link_now: datetime) -> CoApplicant:
    """Take the seat behind a link.

    Raises LinkNotValid, WrongAddress, ActsForFirm and IllegalMove; then the link stays unused.
    """
    link = links.use(PURPOSE, token, now=link_now)
    row = behind(link)
    lock(row.application)
    row = lock(row, "application__call__programme")
    if by.user is None or not has_verified(by.user, link.email):
        raise WrongAddress(link.email)
    if is_applicant(by, row.application):
        raise ActsForFirm(link.email)
    move(row, SEAT.ACCEPT, by=by, now=now, also=lambda _row: {"user": by.user, "accepted_at": now})
    return row


@action
def remove(seat: CoApplicant, *, by: Actor, now: datetime) -> None:
    """Take a seat or an invitation away, or leave it oneself.

    Raises PermissionDenied and IllegalMove.
    """
    lock(seat.application)
    row = lock(seat, "application__call__programme")
    links.replace(PURPOSE, data={"co_applicant": row.pk}, now=now)
    move(row, SEAT.REMOVE, by=by, now=now)


@action
def note_refused(application: Application, *, section: str, by: Actor, now: datetime) -> None:
    """Journal that a co-applicant tried to write a part that is not theirs; refuse nothing here.

    The refusal itself rolls everything back, so this line needs an action of its own.
    """
    record(
        application,
        "refuse_edit",
        by=by,
        now=now,
        chain=application.journal_chain,
        section=section,
    )


def is_open(seat: CoApplicant) -> bool:
    """Whether an invitation waits for its answer, and may be mailed anew."""
    return seat.is_waiting and seat.application.state in EDITABLE


def behind(link: MailLink) -> CoApplicant:
    """Return the seat that a link leads to."""
    return CoApplicant.objects.select_related(*AROUND).get(pk=link.data["co_applicant"])


def _require_lead(application: Application, by: Actor) -> None:
    if not is_applicant(by, application):
        raise PermissionDenied("invite_co_applicant")


def _send(seat: CoApplicant, *, by: Actor, now: datetime, link_now: datetime) -> None:
    links.replace(PURPOSE, data={"co_applicant": seat.pk}, now=link_now)
    token = links.make(
        PURPOSE,
        email=seat.email,
        data={"co_applicant": seat.pk},
        lifetime=LIFETIME,
        by=by,
        now=link_now,
    )
    letter = CoApplicantInvited(
        seat, once=link_now.isoformat(), token=token, asked_by=by.user, days=LIFETIME.days
    )
    enqueue(*letter.letters(), now=now, is_private=True)
