"""What every page knows: who funds it, where its reader is, how it is shown."""

from collections.abc import Sequence
from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.models import Programme

THEME_COOKIE = "theme"
THEMES = {
    "": pgettext_lazy("display", "As my device"),
    "light": pgettext_lazy("display", "Light"),
    "dark": pgettext_lazy("display", "Dark"),
}
MAIN_LINKS = [
    ("/catalogue/", _("Find a facility")),
    ("/calls/", _("Vouchers")),
    ("/brokers/", _("Access Brokers")),
]
ACCOUNT_LINKS = [
    ("/dashboard/", _("What to do next")),
    ("/applications/", _("Your applications")),
    ("/accounts/organisations/", _("Your organisations")),
    ("/accounts/profile/", _("Your account")),
]
STAFF_LINKS = [("/admin/", _("Desk")), ("/statistics/", _("Results"))]
FOOT_LINKS = [
    ("/about/", _("About the programme")),
    ("/check/", _("Check whether you may apply")),
    ("/need/", _("Describe your need")),
    ("/brokers/", _("Find your Access Broker")),
    ("/provider/join/", _("List your organisation")),
    ("/verify/", _("Check an award letter")),
    ("/accessibility/", _("Accessibility statement")),
    ("/privacy/", _("Privacy and data")),
]


class Link(NamedTuple):
    """One entry of a menu; ``is_current`` is the value of aria-current, or empty."""

    address: str
    label: str | Promise
    is_current: str


class ThemeChoice(NamedTuple):
    """One button of the display switch; ``pressed`` is the value of aria-pressed."""

    value: str
    label: str | Promise
    pressed: str


def site(request: HttpRequest) -> dict[str, object]:
    """Offer menus, display and the programme that the foot of the page names.

    A view that shows a programme gives its own; the default is read only where it is shown.
    """
    theme = chosen_theme(request)
    return {
        "main_links": _links(MAIN_LINKS, request.path),
        "account_links": SimpleLazyObject(lambda: _links(_account(request), request.path)),
        "foot_links": _links(FOOT_LINKS, request.path),
        "theme": theme,
        "theme_choices": [
            ThemeChoice(value, label, "true" if value == theme else "false")
            for value, label in THEMES.items()
        ],
        "programme": SimpleLazyObject(_default_programme),
        "demo_notice": _demo_notice(request),
    }


def chosen_theme(request: HttpRequest) -> str:
    """Return light or dark where the reader chose it; empty where the device decides."""
    theme = request.COOKIES.get(THEME_COOKIE, "")
    return theme if theme in THEMES else ""


def _account(request: HttpRequest) -> list[tuple[str, str | Promise]]:
    staff = STAFF_LINKS if getattr(request.user, "is_staff", False) else []
    return [*ACCOUNT_LINKS[:2], *staff, *ACCOUNT_LINKS[2:]]


def _links(entries: Sequence[tuple[str, str | Promise]], path: str) -> list[Link]:
    return [Link(address, label, _current(address, path)) for address, label in entries]


def _current(address: str, path: str) -> str:
    if path == address:
        return "page"
    return "true" if path.startswith(address) else ""


def _default_programme() -> Programme | None:
    started = Programme.objects.filter(
        is_historic=False, starts_on__lte=clock.today(settings.TIME_ZONE)
    )
    return started.first()


def _demo_notice(request: HttpRequest) -> str:
    if not settings.MFA_RELAXED_FOR_DEMO:
        return ""
    samples = gettext(
        "Demonstration. Organisations and contacts are samples; published figures are real."
    )
    if not getattr(request, "second_factor_relaxed", False):
        return samples
    relaxed = gettext("This login works without a second factor; real staff need one.")
    return f"{samples} {relaxed}"
