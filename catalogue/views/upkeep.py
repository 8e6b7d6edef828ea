"""The page behind the question whether records are still true."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from catalogue.actions import upkeep
from portal import clock
from portal.accounts.mail_links import link_view
from portal.enums import LinkPurpose
from portal.models import MailLink
from portal.permissions import Actor


def _renew(request: HttpRequest, link: MailLink) -> bool:
    by = Actor.mail_link("link in a mail")
    return upkeep.renew_question(link, by=by, now=clock.now(), link_now=timezone.now())


@link_view(LinkPurpose.RECORD_CONFIRMATION, renew=_renew)
def confirmation(request: HttpRequest, link: MailLink, token: str) -> HttpResponse:
    """Show what the records say; one button confirms them all."""
    if request.method == "POST":
        rows = upkeep.confirm_by_link(token, now=clock.now(), link_now=timezone.now())
        return render(request, "catalogue/links/confirmed.html", {"records": rows})
    return render(request, "catalogue/links/confirm.html", {"records": upkeep.asked_about(link)})
