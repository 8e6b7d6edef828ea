"""Ask to be listed as a provider, see where the request stands, take up an invitation."""

from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from catalogue.actions import joining
from catalogue.actions.joining import AlreadyAsked, AlreadyListed
from catalogue.forms.joining import JoinForm
from catalogue.models import ProviderRequest
from portal import clock
from portal.accounts.forms import sent
from portal.accounts.mail_links import invitation_page, link_view
from portal.accounts.visitors import introduction, language_of_page, visitor
from portal.actions.organisations import AlreadyMember
from portal.actions.people import InviterGone
from portal.enums import LinkPurpose
from portal.models import MailLink
from portal.permissions import Actor, actor

HOME = "/provider/"
REFUSALS = {
    InviterGone: gettext_lazy(
        "The person who invited you may no longer do so. Ask for a new invitation."
    ),
    AlreadyMember: gettext_lazy("You act for this organisation already."),
}


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest) -> HttpResponse:
    """Take a request to be listed, from anybody."""
    form = JoinForm(sent(request), initial=_known(request))
    status = 200
    if form.is_valid():
        if ratelimit.consume(request, action="join"):
            if done := _asked(request, form):
                return done
        else:
            form.add_error(None, _too_many(form))
            status = 429
    context = {"form": form, "days": joining.ANSWER_DAYS}
    return render(request, "catalogue/provider/join.html", context, status=status)


@login_not_required
@require_safe
def asked(request: HttpRequest, token: str) -> HttpResponse:
    """Say thank you, where the request stands and when the answer comes."""
    rows = ProviderRequest.objects.of_token(token).select_related("region")
    return render(request, "catalogue/provider/asked.html", {"it": get_object_or_404(rows)})


def _renew(request: HttpRequest, link: MailLink) -> bool:
    by = Actor.mail_link("invited person")
    return joining.renew_invitation(link, by=by, now=clock.now(), link_now=timezone.now())


@link_view(LinkPurpose.PROVIDER_INVITATION, renew=_renew)
def invitation(request: HttpRequest, link: MailLink, token: str) -> HttpResponse:
    """Show whose records a person shall keep; only the button accepts."""
    provider = joining.invited_to(link)
    context = {"provider": provider, "scope": provider.region}
    template = "catalogue/provider/invitation.html"
    return invitation_page(request, link, template, context, lambda: _accept(request, token))


def _accept(request: HttpRequest, token: str) -> HttpResponse:
    by, now = actor(request), clock.now()
    try:
        joining.accept_invitation(token, by=by, now=now, link_now=timezone.now())
    except (InviterGone, AlreadyMember) as refusal:
        messages.error(request, REFUSALS[type(refusal)])
        return redirect("provider_invitation", token)
    messages.success(request, gettext("Welcome. You keep the records of your organisation now."))
    return redirect(HOME)


def _known(request: HttpRequest) -> dict[str, str]:
    """Return what we know of who asks; a person who acts for a firm may ask for it."""
    known = introduction(request)
    return {**known, "organisation_name": known["organisation"]} if known else {}


def _asked(request: HttpRequest, form: JoinForm) -> HttpResponse | None:
    """Store the request and lead to its receipt; None where the form says whom to ask instead."""
    try:
        made = joining.ask_to_be_listed(
            **form.stated(), language=language_of_page(), by=visitor(request), now=clock.now()
        )
    except AlreadyListed as known:
        form.add_error(None, _whom_to_ask(known))
    except AlreadyAsked:
        form.add_error(
            None,
            gettext(
                "A request for this organisation is with the broker already. The answer goes to "
                "the person who asked"
            ),
        )
    else:
        return redirect("provider_asked", made.token)
    return None


def _whom_to_ask(known: AlreadyListed) -> str:
    provider = known.found
    return gettext(
        "%(name)s is listed already. To keep its records, ask a colleague there to admit you, or "
        "write to the Access Broker of %(region)s, %(email)s"
    ) % {
        "name": provider.organisation.name,
        "region": provider.region.name,
        "email": provider.region.team_email,
    }


def _too_many(form: JoinForm) -> str:
    return gettext(
        "Many requests came from your network in the last hour. Ask later, or write to %(email)s"
    ) % {"email": form.cleaned_data["region"].team_email}
