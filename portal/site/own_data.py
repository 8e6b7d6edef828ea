"""A person's own data: what there is, taking it away, and having it erased."""

from allauth.account.decorators import reauthentication_required
from allauth.core import ratelimit
from django import forms
from django.contrib import messages
from django.contrib.auth import logout
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from portal import clock
from portal.accounts.forms import sent
from portal.actions.leaving import HoldsRole, addresses_of
from portal.models import JournalEntry, OutgoingMail, User
from portal.permissions import actor, signed_in
from portal.site.own_export import archive, own_files
from vouchers.actions.leaving import StillOpen, erase_person, plan_of


class EraseForm(forms.Form):
    """One box, so that nobody erases by a slip of the hand."""

    understood = forms.BooleanField(
        label=gettext_lazy("I have read this. It cannot be undone."),
        error_messages={"required": gettext_lazy("Tick the box first: erasure cannot be undone")},
    )


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Show how much the portal holds about the person, and what can be done with it."""
    user = signed_in(request)
    return render(
        request,
        "portal/site/own_data.html",
        {
            "addresses": addresses_of(user),
            "memberships": user.memberships.count(),
            "files": own_files(user).count(),
            "letters": _letters_to(user),
            "deeds": JournalEntry.objects.filter(by=user).count(),
        },
    )


@reauthentication_required
@require_http_methods(["GET", "HEAD", "POST"])
def download(request: HttpRequest) -> HttpResponse | FileResponse:
    """Give the person everything as one ZIP file; who had to sign in anew presses again."""
    if request.method != "POST":
        return redirect("own_data")
    user, now = signed_in(request), clock.now()
    if not ratelimit.consume(request, action="own_data", user=user):
        messages.error(request, gettext("You took your data away several times. Try again later."))
        return redirect("own_data")
    name = f"my-data-{now:%Y-%m-%d}.zip"
    return FileResponse(archive(user, now=now), as_attachment=True, filename=name)


@reauthentication_required
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: HttpRequest) -> HttpResponse:
    """Show what erasure means for the person; only the button erases, and signs out."""
    user, form = signed_in(request), EraseForm(sent(request))
    if form.is_valid():
        return _erase(request, user)
    context = {"plan": plan_of(user), "form": form}
    return render(request, "portal/site/own_data_erase.html", context)


def _erase(request: HttpRequest, user: User) -> HttpResponse:
    try:
        erase_person(user, by=actor(request), now=clock.now(), link_now=timezone.now())
    except (HoldsRole, StillOpen):
        # It was possible when the page was shown; the page now says what hinders.
        return redirect("own_data_erase")
    logout(request)
    messages.success(request, gettext("Your account is erased. You are signed out."))
    return redirect("home")


def _letters_to(user: User) -> int:
    return sum(
        OutgoingMail.objects.filter(to__contains=[address], is_private=False).count()
        for address in addresses_of(user)
    )
