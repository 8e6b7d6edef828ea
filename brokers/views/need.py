"""Describe a need in plain words: see who can help, and send it to the own region's broker."""

from collections.abc import Sequence

from allauth.core import ratelimit
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from brokers import actions
from brokers.actions import ANSWER_DAYS
from brokers.forms import NeedForm
from brokers.views.asking import to_receipt, too_many
from catalogue.search import Suggestion, own_region, suggest
from portal import clock
from portal.accounts.visitors import introduction, language_of_page, visitor


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def need(request: HttpRequest) -> HttpResponse:
    """Ask for the need; it travels by POST, and asking for suggestions stores nothing."""
    if request.method != "POST":
        home = own_region(request.user)
        form = NeedForm(initial=introduction(request) | ({"region": home} if home else {}))
        return _page(request, form)
    is_sent = "send" in request.POST
    form = NeedForm(request.POST, is_sent=is_sent)
    if not form.is_valid():
        # A need that is not sent yet keeps the suggestions that it had.
        return _page(request, form, _suggestions(request, form) if is_sent else None)
    return _send(request, form) if is_sent else _show(request, form)


def _show(request: HttpRequest, form: NeedForm) -> HttpResponse:
    suggestions = _suggestions(request, form)
    if suggestions is None:
        form.add_error(
            None,
            gettext(
                "Many needs came from your network in the last hour. Ask later, or send yours to"
                " your broker below"
            ),
        )
        return _page(request, form, [], status=429)
    return _page(request, form, suggestions)


def _send(request: HttpRequest, form: NeedForm) -> HttpResponse:
    said = form.cleaned_data
    if not ratelimit.consume(request, action="ask"):
        form.add_error(None, too_many(said["region"]))
        return _page(request, form, status=429)
    enquiry = actions.ask(
        **said, is_need=True, language=language_of_page(), by=visitor(request), now=clock.now()
    )
    return to_receipt(enquiry)


def _suggestions(request: HttpRequest, form: NeedForm) -> list[Suggestion] | None:
    """Look who can help, which costs; None where the network has asked too often."""
    text = form.cleaned_data.get("question", "")
    if not ratelimit.consume(request, action="need"):
        return None
    return suggest(text, home=form.cleaned_data.get("region"), now=clock.now()) if text else []


def _page(
    request: HttpRequest,
    form: NeedForm,
    suggestions: Sequence[Suggestion] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "home": getattr(form, "cleaned_data", {}).get("region"),
        "suggestions": suggestions or [],
        # Before the first try there is nothing to say about results.
        "is_asked": suggestions is not None,
        "is_limited": status == 429,
        "days": ANSWER_DAYS,
    }
    return render(request, "brokers/public/need.html", context, status=status)
