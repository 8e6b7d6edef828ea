"""What happens around every view: staff prove who they are, and a move too late is a sentence."""

from collections.abc import Callable
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext

from portal import clock
from portal.models import User
from portal.permissions import actor
from portal.uploads import FileHeld
from portal.workflow import IllegalMove, note_refusal

Handler = Callable[[HttpRequest], HttpResponse]

# Leaving, proving oneself and setting up a second factor show nothing of anybody else.
OPEN_WITHOUT_SECOND_FACTOR = frozenset(
    {"account_logout", "account_reauthenticate", "set_language", "set_theme", "totp_qr"}
)
KEPT_TEXT = "kept_text"
KEPT_AT_MOST = 200_000
# RFC 2606 keeps this ending from real people, so no true account is ever relaxed.
DEMO_ENDING = ".example"


class SecondFactorMiddleware:
    """Staff see nothing personal before they have a second factor."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on; the question is asked once the view is known."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        """Send staff without a second factor to set one up; public pages stay open."""
        if not getattr(view, "login_required", True) or _sets_up(request):
            return None
        user = request.user
        if not isinstance(user, User) or not user.is_staff or is_mfa_enabled(user):
            return None
        if is_relaxed(user):
            # The page says so: portal.context_processors reads this flag.
            request.second_factor_relaxed = True  # type: ignore[attr-defined]
            return None
        return redirect("mfa_activate_totp")


def is_relaxed(user: User) -> bool:
    """Whether a demonstration lets this login, which is nobody's, in without a second factor."""
    return settings.MFA_RELAXED_FOR_DEMO and user.email.endswith(DEMO_ENDING)


def _sets_up(request: HttpRequest) -> bool:
    match = request.resolver_match
    name = (match.url_name if match else None) or ""
    return name.startswith("mfa_") or name in OPEN_WITHOUT_SECOND_FACTOR


def keeps_text[**P](view: Callable[P, HttpResponse]) -> Callable[P, HttpResponse]:
    """Mark a view whose text is kept for its writer when the session has ended."""
    view.keeps_text = True  # type: ignore[attr-defined]
    return view


def kept(request: HttpRequest) -> QueryDict | None:
    """Return what the person sent to this page after the session had ended."""
    text = request.session.get(KEPT_TEXT, {})
    return QueryDict(text["body"]) if text.get("path") == request.path else None


class KeepTextMiddleware(LoginRequiredMiddleware):
    """Ask strangers to sign in; what they sent to a form that keeps text waits in the session."""

    def handle_no_permission(
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseRedirect:
        """Keep the text under its address, then ask to sign in; signing in keeps the session."""
        if request.method == "POST" and getattr(view_func, "keeps_text", False):
            body = request.POST.urlencode()
            if len(body) <= KEPT_AT_MOST:
                request.session[KEPT_TEXT] = {"path": request.path, "body": body}
        return super().handle_no_permission(request, view_func)


class IllegalMoveMiddleware:
    """What the state does not allow now is a 409 with a sentence: a move, a file still held."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on; only an exception is of interest."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Turn IllegalMove and FileHeld into a page with a way back."""
        if isinstance(error, IllegalMove):
            if request.method == "POST" and isinstance(request.user, User):
                by, verb = actor(request), error.transition.name
                note_refusal(error.obj, verb, error, by=by, now=clock.now())
            sentence = _sentence(error)
        elif isinstance(error, FileHeld):
            sentence = gettext("This file is still being checked for viruses. Try again later.")
        else:
            return None
        context = {"sentence": sentence, "back": _way_back(request)}
        return render(request, "409.html", context, status=409)


def _sentence(error: IllegalMove) -> str:
    return gettext("“%(verb)s” is not possible any more: the state is now “%(state)s”.") % {
        "verb": error.transition.label,
        "state": _label(error),
    }


def _way_back(request: HttpRequest) -> str:
    """Return the page the person came from, where it is ours."""
    referer = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(
        referer, {request.get_host()}, require_https=request.is_secure()
    )
    return referer if ours else "/dashboard/"


def _label(error: IllegalMove) -> str:
    labels = dict(error.obj._meta.get_field("state").flatchoices)
    return str(labels.get(error.shown, error.shown))
