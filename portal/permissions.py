"""Who acts, and which verbs may they use: predicates and the decorator that asks them."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from portal.enums import Role
from portal.models import Programme, Region, User


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


def is_staff_member(by: Actor) -> bool:
    """Anybody with a role."""
    return by.user is not None and by.user.is_staff
