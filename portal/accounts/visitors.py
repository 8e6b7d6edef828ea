"""Who uses a public form: a visitor, or somebody who is signed in and need not type it again."""

from django.http import HttpRequest
from django.utils.translation import get_language

from portal.enums import Locale
from portal.models import Organisation, User
from portal.permissions import Actor


def visitor(request: HttpRequest) -> Actor:
    """Return who acts: the person behind the request, else a visitor without an account."""
    user = request.user
    return Actor.person(user) if isinstance(user, User) else Actor(user=None, label="visitor")


def language_of_page() -> str:
    """Return the language in which the page is shown, and its letters are written."""
    language = get_language() or Locale.EN
    return language if language in Locale.values else Locale.EN


def introduction(request: HttpRequest) -> dict[str, str]:
    """Return what we know of who asks, as a form's first values."""
    user = request.user
    if not isinstance(user, User):
        return {}
    organisation = Organisation.objects.of(user).first()
    return {
        "name": user.name,
        "email": user.email,
        "organisation": organisation.name if organisation else "",
    }
