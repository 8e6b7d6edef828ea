"""Who acts, and which verbs may they use: predicates and the decorator that asks them."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from portal.enums import MembershipState, Role
from portal.models import Membership, Programme, Region, User


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something: a person, the clock, or an importer that retells history."""

    user: User | None
    label: str
    is_clock: bool = False
    is_importer: bool = False

    @classmethod
    def person(cls, user: User) -> "Actor":
        """Act as a signed-in person."""
        return cls(user=user, label="person")

    @classmethod
    def clock(cls) -> "Actor":
        """Act as the schedule."""
        return cls(user=None, label="clock", is_clock=True)

    @classmethod
    def importer(cls, label: str) -> "Actor":
        """Act as a command that retells history; it may use only historic transitions."""
        return cls(user=None, label=label, is_importer=True)

    @classmethod
    def mail_link(cls, label: str) -> "Actor":
        """Act as somebody without an account who came by a link in a mail."""
        return cls(user=None, label=label)

    def has_role(self, role: Role, scope: Region | Programme | None) -> bool:
        """Whether the person behind the actor holds the role in the region or programme now."""
        return self.user is not None and scope is not None and self.user.has_role(role, scope)

    def acts_for(self, organisation_id: int) -> bool:
        """Whether the person is a current member of the organisation."""
        return self.user is not None and organisation_id in self.user.organisation_ids


def requires(predicate: Callable[[Actor], bool]) -> Callable[..., Any]:
    """Refuse a view with 403 unless the predicate holds for the person."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not predicate(actor(request)):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def signed_in(request: HttpRequest) -> User:
    """Return the person behind the request. Raises PermissionDenied for an anonymous visitor."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def actor(request: HttpRequest) -> Actor:
    """Return the person behind the request as an actor. Raises PermissionDenied when anonymous."""
    return Actor.person(signed_in(request))


def is_manager(by: Actor) -> bool:
    """A manager of any programme."""
    return by.user is not None and bool(by.user.programme_ids(Role.MANAGER))


def is_overseer(by: Actor) -> bool:
    """A manager or auditor of any programme."""
    return by.user is not None and (
        by.user.is_superuser or bool(by.user.programme_ids(Role.MANAGER, Role.AUDITOR))
    )


def may_set_up(by: Actor, scope: Region | Programme | None = None) -> bool:
    """A manager of the programme, or of one that names the region; of any where none is given.

    A set-up command and the operator's first account may too: somebody must be the first.
    """
    if by.is_importer or (by.user is not None and by.user.is_superuser):
        return True
    if by.user is None:
        return False
    managed = by.user.programme_ids(Role.MANAGER)
    if isinstance(scope, Region):
        return scope.programmes.filter(programme__in=managed).exists()
    return bool(managed) if scope is None else scope.pk in managed


def is_owner(by: Actor, membership: Membership) -> bool:
    """An owner of the organisation, who does not decide on their own membership."""
    return (
        by.user is not None
        and membership.user_id != by.user.pk
        and membership.organisation.memberships.filter(
            user=by.user, is_owner=True, state=MembershipState.ACTIVE
        ).exists()
    )


def may_decide_membership(by: Actor, membership: Membership) -> bool:
    """An owner of the organisation, or an access broker of its region; never the asker."""
    if by.user is not None and membership.user_id == by.user.pk:
        return False
    return is_owner(by, membership) or by.has_role(Role.BROKER, membership.organisation.region)


def is_member_self(by: Actor, membership: Membership) -> bool:
    """The person whose membership it is."""
    return by.user is not None and membership.user_id == by.user.pk


def is_staff_member(by: Actor) -> bool:
    """Anybody with a role."""
    return by.user is not None and by.user.is_staff
