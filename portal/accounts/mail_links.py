"""One way for every link in a mail: it opens a page, and only the page's button acts."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.core import ratelimit
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from portal import links
from portal.actions.people import has_verified
from portal.enums import LinkFate, LinkPurpose
from portal.links import LinkNotValid
from portal.models import MailLink, User

Answer = Callable[[HttpRequest, MailLink, str], HttpResponse]
Renew = Callable[[HttpRequest, MailLink], bool | None]
RENEW = "renew"


def link_view(
    purpose: LinkPurpose, *, renew: Renew | None = None
) -> Callable[[Answer], Callable[..., HttpResponse]]:
    """Make a view of `answer(request, link, token)`, which shows a page and acts on POST.

    The view takes the token from its address. A link that is used, replaced, expired or unknown
    gets a page that says so (410). Where the purpose can be renewed, an expired one offers a button
    that calls `renew`, which mails a new link to the same address and nowhere else, or returns
    False where nothing is asked any more.
    """

    def decorate(answer: Answer) -> Callable[..., HttpResponse]:
        @login_not_required
        @never_cache
        @require_http_methods(["GET", "HEAD", "POST"])
        @wraps(answer)
        def view(request: HttpRequest, token: str) -> HttpResponse:
            if not ratelimit.consume(request, action="mail_link"):
                return render(request, "429.html", status=429)
            try:
                return answer(request, links.find(purpose, token, now=timezone.now()), token)
            except LinkNotValid as over:
                return _over(request, over, renew)

        return view

    return decorate


class Way(StrEnum):
    """How far somebody is from what only the owner of a link's address may accept."""

    STRANGER = "stranger"
    OTHER_ADDRESS = "other_address"
    OPEN = "open"


def way_to(request: HttpRequest, link: MailLink) -> Way:
    """Say whether the person has signed in, and with the address that the link was sent to."""
    if not isinstance(request.user, User):
        return Way.STRANGER
    return Way.OPEN if has_verified(request.user, link.email) else Way.OTHER_ADDRESS


def invitation_page(
    request: HttpRequest,
    link: MailLink,
    template: str,
    context: Mapping[str, Any],
    accept: Callable[[], HttpResponse],
) -> HttpResponse:
    """Show an invitation; a stranger signs in or up first, then the button accepts it."""
    way = way_to(request, link)
    if request.method == "POST" and way == Way.STRANGER:
        return to_sign_up(request, link)
    if request.method == "POST" and way == Way.OPEN:
        return accept()
    shown = {**context, "link": link, "way": way.value, "sign_in": sign_in_address(request)}
    return render(request, template, shown)


def sign_in_address(request: HttpRequest) -> str:
    """Return the way to sign in and back to this page."""
    return f"{reverse('account_login')}?{urlencode({'next': request.path})}"


def to_sign_up(request: HttpRequest, link: MailLink) -> HttpResponse:
    """Lead to sign-up with the address that the mail has proved, and back to this page."""
    get_adapter(request).stash_verified_email(request, link.email)
    asked = urlencode({"next": request.path, "email": link.email})
    return redirect(f"{reverse('account_signup')}?{asked}")


def _over(
    request: HttpRequest,
    over: LinkNotValid,
    renew: Renew | None,
) -> HttpResponse:
    link = over.link
    can_renew = renew is not None and link is not None and over.fate == LinkFate.EXPIRED
    is_renewed = False
    if can_renew and request.method == "POST" and RENEW in request.POST:
        is_renewed = renew(request, link) is not False  # type: ignore[misc,arg-type]
        can_renew = False
    context = {
        "fate": over.fate.value,
        "can_renew": can_renew,
        "is_renewed": is_renewed,
        "address": _veiled(link.email) if link else "",
    }
    return render(request, "portal/accounts/link_over.html", context, status=410)


def _veiled(email: str) -> str:
    """Return as much of an address as its owner needs to know it again."""
    name, _at, domain = email.partition("@")
    return f"{name[:1]}…@{domain}"
