"""Experts: the page where the provider names the person, and the pages of the person."""

from allauth.core import ratelimit
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from catalogue.actions import experts
from catalogue.enums import RecordKind
from catalogue.forms.experts import ConsentForm, PersonForm
from catalogue.models import Expert, Record
from catalogue.permissions import may_name_person
from portal import clock
from portal.accounts.forms import sent
from portal.accounts.mail_links import link_view
from portal.enums import LinkPurpose
from portal.models import MailLink
from portal.permissions import actor, signed_in


@require_http_methods(["GET", "HEAD", "POST"])
def person(request: HttpRequest, slug: str) -> HttpResponse:
    """Name the person whom an expert's record describes; the person is asked by mail."""
    record = _record(request, slug)
    known = Expert.objects.filter(record=record).first()
    form = PersonForm(sent(request), instance=Expert(record=record), initial=_initial(known))
    status = 200
    if form.is_valid():
        if ratelimit.consume(request, action="name_person"):
            return _named(request, record, form)
        form.add_error(None, gettext("You named many people in the last hour. Save again later"))
        status = 429
    context = {"record": record, "person": known, "form": form}
    return render(request, "catalogue/provider/person.html", context, status=status)


def _named(request: HttpRequest, record: Record, form: PersonForm) -> HttpResponse:
    """Name the person and say who gets a mail."""
    by, now = actor(request), clock.now()
    try:
        person = experts.name_person(
            record, **form.cleaned_data, by=by, now=now, link_now=timezone.now()
        )
    except experts.StillAsked:
        messages.info(
            request,
            gettext("The person was asked already and has not answered. Nothing was sent."),
        )
        return redirect("provider_person", record.slug)
    messages.success(request, gettext("The person is named. Who must agree gets a mail now."))
    # The record of somebody who was replaced has another address.
    return redirect("provider_person", person.record.slug)


@require_POST
def person_leaves(request: HttpRequest, slug: str) -> HttpResponse:
    """Take the person out on their word."""
    record = _record(request, slug)
    by, now = actor(request), clock.now()
    try:
        # Whose person is forgotten has another address.
        record = experts.withdraw(record, by=by, now=now, link_now=timezone.now())
    except experts.NobodyNamed:
        messages.info(request, gettext("The record names nobody."))
    else:
        messages.success(request, gettext("The person is forgotten and the record is not public."))
    return redirect("provider_person", record.slug)


def _renew_consent(request: HttpRequest, link: MailLink) -> bool:
    return experts.renew_question(link, now=clock.now(), link_now=timezone.now())


@link_view(LinkPurpose.EXPERT_CONSENT, renew=_renew_consent)
def consent(request: HttpRequest, link: MailLink, token: str) -> HttpResponse:
    """Show the person what everybody would read; two buttons answer."""
    form = ConsentForm(sent(request))
    if request.method != "POST" or not form.is_valid():
        context = {"person": experts.described_by(link), "form": form}
        return render(request, "catalogue/links/consent.html", context)
    now, link_now = clock.now(), timezone.now()
    if "agree" not in request.POST:
        row = experts.refuse(token, now=now, link_now=link_now)
        return render(request, "catalogue/links/withdrawn.html", {"record": row})
    known = experts.agree(token, **form.cleaned_data, now=now, link_now=link_now)
    return render(request, "catalogue/links/agreed.html", {"person": known})


def _renew_way_out(request: HttpRequest, link: MailLink) -> bool:
    return experts.renew_way_out(link, now=clock.now(), link_now=timezone.now())


@link_view(LinkPurpose.EXPERT_WITHDRAWAL, renew=_renew_way_out)
def withdrawal(request: HttpRequest, link: MailLink, token: str) -> HttpResponse:
    """Let the person leave: one button acts at once."""
    if request.method != "POST":
        context = {"person": experts.described_by(link)}
        return render(request, "catalogue/links/withdraw.html", context)
    row = experts.withdraw_by_link(token, now=clock.now(), link_now=timezone.now())
    return render(request, "catalogue/links/withdrawn.html", {"record": row})


def _record(request: HttpRequest, slug: str) -> Record:
    """Return an expert's record that the person sees and may name somebody for."""
    rows = Record.objects.visible_to(signed_in(request)).filter(kind=RecordKind.EXPERT)
    record = get_object_or_404(rows.select_related("provider__organisation", "region"), slug=slug)
    if not may_name_person(actor(request), record):
        raise PermissionDenied
    return record


def _initial(known: Expert | None) -> dict[str, str]:
    if known is None:
        return {}
    return {name: getattr(known, name) for name in experts.STORED}
