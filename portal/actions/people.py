"""Staff roles and people's own settings: invite, accept, give, end."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet

from portal import links
from portal.actions import setup
from portal.actions.notices import RoleEnded, StaffInvited
from portal.enums import (
    NECESSARY,
    REGION_ROLES,
    LinkPurpose,
    MailTime,
    Role,
    StaffMail,
    usual_time,
)
from portal.models import MailLink, Programme, ProgrammeRole, Region, RegionRole, User
from portal.models.journal import PORTAL_CHAIN
from portal.permissions import Actor, may_set_up
from portal.queue import enqueue, notify
from portal.workflow import action, record

type Scope = Region | Programme
type AnyRole = RegionRole | ProgrammeRole
INVITATION_LIFETIME = timedelta(days=14)


class LastBroker(Exception):
    """The region would be left without an access broker: a successor must be named."""


class AlreadyHeld(Exception):
    """The person holds this role already."""


class WrongAddress(Exception):
    """The invitation went to an address that the signed-in person has not confirmed."""


class StillNecessary(Exception):
    """The law or a promise sets a day for this, so it cannot be left out."""


class EndNeeded(Exception):
    """An auditor's role ends: the day is missing, or over."""


class InviterGone(Exception):
    """The person who invited may no longer give this role."""


@action
def invite_staff(
    email: str,
    role: Role,
    *,
    scope: Scope,
    programme: Programme,
    organisation: str = "",
    until: date | None = None,
    by: Actor,
    now: datetime,
    link_now: datetime,
) -> MailLink:
    """Mail an invitation to a role in a region or programme; `programme` is the one that invites.

    `until` is the last day of the role in the programme's zone, which an auditor's must have;
    `link_now` is real time, by which links expire. Raises PermissionDenied, AlreadyHeld, EndNeeded.
    """
    _require(by, scope, role)
    _require_end(role, until, programme, now=now)
    if _current(scope, role, now).filter(user__email__iexact=email).exists():
        raise AlreadyHeld(email)
    token = links.make(
        LinkPurpose.STAFF_INVITATION,
        email=email.lower(),
        data={
            "role": role,
            "region": scope.pk if isinstance(scope, Region) else None,
            "programme": programme.pk,
            "organisation": organisation,
            "until": until.isoformat() if until else None,
        },
        lifetime=INVITATION_LIFETIME,
        by=by,
        now=link_now,
    )
    link = links.find(LinkPurpose.STAFF_INVITATION, token, now=link_now)
    record(
        link,
        "invite",
        by=by,
        now=now,
        chain=_chain(scope),
        personal={"email": link.email},
        role=role,
        scope=str(scope),
    )
    letter = StaffInvited(link, token=token, scope=scope, in_programme=programme)
    for one in letter.letters():
        enqueue(one, now=now, is_private=True)
    return link


@action
def accept_invitation(token: str, *, by: Actor, now: datetime, link_now: datetime) -> AnyRole:
    """Use an invitation and give the person its role.

    Raises LinkNotValid, WrongAddress, InviterGone and AlreadyHeld; then the link stays unused.
    """
    link = links.use(LinkPurpose.STAFF_INVITATION, token, now=link_now)
    scope = invited_to(link)
    if by.user is None or not has_verified(by.user, link.email):
        raise WrongAddress(link.email)
    giver = link.made_by
    if giver is None or not may_set_up(Actor.person(giver), scope):
        raise InviterGone
    return _store(
        by.user,
        Role(link.data["role"]),
        scope,
        organisation=link.data["organisation"],
        until=_until(link),
        giver=giver,
        by=by,
        now=now,
    )


@action
def give_role(
    user: User,
    role: Role,
    *,
    scope: Scope,
    organisation: str = "",
    until: date | None = None,
    by: Actor,
    now: datetime,
) -> AnyRole:
    """Give a person a role at once. Raises PermissionDenied, AlreadyHeld and EndNeeded.

    A set-up command may leave an auditor's end open.
    """
    _require(by, scope, role)
    if isinstance(scope, Programme) and not by.is_importer:
        _require_end(role, until, scope, now=now)
    given: dict[str, Any] = {"organisation": organisation, "until": until, "giver": by.user}
    return _store(user, role, scope, **given, by=by, now=now)


@action
def end_role(
    held: AnyRole, *, by: Actor, now: datetime, successor: User | None = None
) -> AnyRole | None:
    """End a role; it acts on the person's next request. Returns the successor's role, if any.

    Raises PermissionDenied, and LastBroker where a region's last broker leaves no successor.
    """
    scope = held.region if isinstance(held, RegionRole) else held.programme
    _require(by, scope, Role(held.role))
    # Two brokers who are ended at once must not both count on the other.
    type(scope).objects.select_for_update(no_key=True).get(pk=scope.pk)
    role = Role(held.role)
    heir = None
    if successor is not None and not _holds(successor, role, scope, now):
        heir = _store(
            successor,
            role,
            scope,
            organisation=held.organisation if isinstance(held, RegionRole) else "",
            giver=by.user,
            by=by,
            now=now,
        )
    others = _current(scope, role, now).exclude(user=held.user)
    if role == Role.BROKER and not others.exists():
        raise LastBroker(scope)
    held.ends_at = max(now, held.starts_at)
    held.save(update_fields=["ends_at"])
    record(
        held,
        "end",
        by=by,
        now=now,
        chain=_chain(scope),
        role=role,
        scope=str(scope),
        user=held.user_id,
        successor=successor.pk if successor else None,
    )
    notify(RoleEnded(held, once=now.isoformat()), now=now)
    return heir


@action
def edit_profile(user: User, *, name: str, language: str, by: Actor, now: datetime) -> User:
    """Change a person's own name and language. Raises PermissionDenied for anybody else."""
    if by.user is None or by.user.pk != user.pk:
        raise PermissionDenied
    return setup.edit(
        user,
        {"name": name, "language": language},
        by=by,
        now=now,
        chain=PORTAL_CHAIN,
        is_personal=True,
    )


@action
def choose_mails(
    user: User, *, choices: Mapping[StaffMail, MailTime], by: Actor, now: datetime
) -> User:
    """Choose when to be written about what; only what differs from the usual is kept.

    Raises PermissionDenied for anybody else, and StillNecessary for a never where somebody must
    hear of it.
    """
    if by.user is None or by.user.pk != user.pk:
        raise PermissionDenied
    if any(time == MailTime.NEVER and kind in NECESSARY for kind, time in choices.items()):
        raise StillNecessary
    kept = {kind.value: time.value for kind, time in choices.items() if time != usual_time(kind)}
    return setup.edit(
        user, {"staff_mails": kept}, by=by, now=now, chain=PORTAL_CHAIN, is_personal=True
    )


def invited_to(link: MailLink) -> Scope:
    """Return the region or programme of an invitation."""
    if link.data["region"] is not None:
        return Region.objects.get(pk=link.data["region"])
    return Programme.objects.get(pk=link.data["programme"])


def has_verified(user: User, email: str) -> bool:
    """Whether the person has shown that the address is theirs."""
    return EmailAddress.objects.filter(user=user, email__iexact=email, verified=True).exists()


def _require(by: Actor, scope: Scope, role: Role) -> None:
    if (role in REGION_ROLES) != isinstance(scope, Region):
        raise ValueError(f"{role} does not belong to {scope}.")
    if not may_set_up(by, scope):
        raise PermissionDenied


def _require_end(role: Role, until: date | None, programme: Programme, *, now: datetime) -> None:
    if role == Role.AUDITOR and (until is None or _end_of(until, programme) <= now):
        raise EndNeeded


def _end_of(day: date, programme: Programme) -> datetime:
    """Return the midnight after the day, in the programme's zone."""
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=ZoneInfo(programme.time_zone))


def _until(link: MailLink) -> date | None:
    """Return the last day that an invitation names; of an older one's auditor, the programme's."""
    day = link.data.get("until")
    if day is None and link.data["role"] == Role.AUDITOR:
        return Programme.objects.get(pk=link.data["programme"]).ends_on
    return date.fromisoformat(day) if day else None


def _current(
    scope: Scope, role: Role, now: datetime
) -> QuerySet[RegionRole] | QuerySet[ProgrammeRole]:
    if isinstance(scope, Region):
        return RegionRole.objects.current(now).filter(region=scope, role=role)
    return ProgrammeRole.objects.current(now).filter(programme=scope, role=role)


def _holds(user: User, role: Role, scope: Scope, now: datetime) -> bool:
    return _current(scope, role, now).filter(user=user).exists()


def _store(
    user: User,
    role: Role,
    scope: Scope,
    *,
    organisation: str,
    giver: User | None,
    by: Actor,
    now: datetime,
    until: date | None = None,
) -> AnyRole:
    if _holds(user, role, scope, now):
        raise AlreadyHeld(user)
    held: AnyRole
    if isinstance(scope, Region):
        held = RegionRole(user=user, region=scope, role=role, organisation=organisation)
    else:
        held = ProgrammeRole(user=user, programme=scope, role=role)
        held.ends_at = max(now, _end_of(until, scope)) if until else None
    held.starts_at, held.given_by = now, giver
    return setup.create(held, by=by, now=now, chain=_chain(scope))


def _chain(scope: Scope) -> str:
    return scope.journal_chain if isinstance(scope, Programme) else PORTAL_CHAIN
