"""A person's own settings, and the invitation to a staff role."""

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods

from portal import clock
from portal.accounts.forms import ProfileForm, StaffMailForm, sent
from portal.accounts.mail_links import invitation_page, link_view
from portal.actions import people
from portal.enums import LinkPurpose, Role
from portal.models import MailLink, User
from portal.permissions import actor, signed_in

REFUSALS = {
    people.InviterGone: gettext_lazy(
        "The person who invited you may no longer give this role. Ask for a new invitation."
    ),
    people.AlreadyHeld: gettext_lazy("You hold this role already."),
}


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Show and change one's name and language."""
    # A form writes what was typed into its row, and the page's head shows the person as stored.
    user = User.objects.get(pk=signed_in(request).pk)
    form = ProfileForm(sent(request), instance=user)
    if not form.is_valid():
        return render(request, "portal/accounts/profile.html", {"form": form})
    people.edit_profile(signed_in(request), **form.cleaned_data, by=actor(request), now=clock.now())
    language = form.cleaned_data["language"]
    with translation.override(language):
        messages.success(request, gettext("Your settings are saved."))
    response = redirect("profile")
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite="Lax",
    )
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def staff_mails(request: HttpRequest) -> HttpResponse:
    """Let a member of staff choose what comes at once, in the digest, or never."""
    user = signed_in(request)
    if not user.is_staff:
        raise PermissionDenied
    form = StaffMailForm(sent(request), user=user)
    if not form.is_valid():
        return render(request, "portal/accounts/staff_mails.html", {"form": form})
    people.choose_mails(user, choices=form.choices, by=actor(request), now=clock.now())
    messages.success(request, gettext("Your settings are saved."))
    return redirect("staff_mails")


@link_view(LinkPurpose.STAFF_INVITATION)
def invitation(request: HttpRequest, link: MailLink, token: str) -> HttpResponse:
    """Show what a person is invited to; only the button accepts."""
    context = {"role": Role(link.data["role"]).label, "scope": people.invited_to(link)}
    template = "portal/accounts/invitation.html"
    return invitation_page(request, link, template, context, lambda: _accept(request, token))


def _accept(request: HttpRequest, token: str) -> HttpResponse:
    try:
        people.accept_invitation(token, by=actor(request), now=clock.now(), link_now=timezone.now())
    except (people.InviterGone, people.AlreadyHeld) as refusal:
        messages.error(request, REFUSALS[type(refusal)])
        return redirect("invitation", token)
    messages.success(request, gettext("Welcome. Your role starts now."))
    return redirect(settings.LOGIN_REDIRECT_URL)
