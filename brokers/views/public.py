"""Find an access broker and ask a question; no account is needed."""

from typing import Any

from allauth.core import ratelimit
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_safe

from brokers import actions
from brokers.actions import ANSWER_DAYS
from brokers.forms import AskAboutRecordForm, AskForm, NeedForm
from brokers.models import Enquiry
from brokers.views.asking import to_receipt, too_many
from catalogue.models import Record
from catalogue.search import own_region, recommended
from portal import clock
from portal.accounts.visitors import introduction, language_of_page, visitor
from portal.models import Region

BRING = "bring"


@login_not_required
@require_safe
def broker_list(request: HttpRequest) -> HttpResponse:
    """List every region with its broker."""
    return render(request, "brokers/public/list.html", {"regions": Region.objects.all()})


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def broker_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a region's broker, and take a question."""
    region = get_object_or_404(Region, slug=slug)
    about, home = _record(request), own_region(request.user)
    form = _form(request, about, home)
    status = 200
    if request.method == "POST" and BRING not in request.POST and form.is_valid():
        if ratelimit.consume(request, action="ask"):
            said: dict[str, Any] = {**form.cleaned_data}
            said["home_region"] = said.get("home_region") or home
            return to_receipt(
                actions.ask(
                    region=region,
                    about=about,
                    language=language_of_page(),
                    **said,
                    by=visitor(request),
                    now=clock.now(),
                )
            )
        form.add_error(None, too_many(about.region if about else region))
        status = 429
    context = {
        "region": region,
        "form": form,
        "about": about,
        "is_gone": "record" in request.GET and about is None,
        "asked": about.region if about else region,
        "home_region": home,
        "days": ANSWER_DAYS,
        "takes_part": region.programmes.filter(programme__is_historic=False),
        "records": Record.objects.public(clock.now()).filter(region=region).count(),
    }
    return render(request, "brokers/public/page.html", context, status=status)


@login_not_required
@require_safe
def broker_asked(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """Say when the answer comes, or show it; the token stands for the question."""
    rows = Enquiry.objects.of_token(token).select_related("region", "record__region")
    enquiry, now = get_object_or_404(rows, region__slug=slug), clock.now()
    left = enquiry.days_left(now)
    is_answered_need = enquiry.is_need and bool(enquiry.answer)
    context = {
        "enquiry": enquiry,
        "left": max(left, 0),
        "over": max(-left, 0),
        "records": recommended(enquiry, home=enquiry.region, now=now) if is_answered_need else [],
    }
    return render(request, "brokers/public/asked.html", context)


def _form(request: HttpRequest, about: Record | None, home: Region | None) -> AskForm:
    data, known = request.POST or None, introduction(request)
    if BRING in request.POST:
        # A need comes along as a question; nothing is sent before its own button.
        data, known = None, known | _brought(request)
    if about is None:
        return AskForm(data, initial=known)
    return AskAboutRecordForm(data, initial=({"home_region": home} if home else {}) | known)


def _brought(request: HttpRequest) -> dict[str, Any]:
    """Return what a need's page has filled in already."""
    said = NeedForm(request.POST)
    said.is_valid()
    known = {name: text for name in said.fields if (text := said.data.get(name))}
    return known | {"home_region": said.cleaned_data.get("region")}


def _record(request: HttpRequest) -> Record | None:
    """Return the public record that the question is about."""
    slug = request.GET.get("record", "").replace("\0", "")
    rows = Record.objects.public(clock.now()).select_related("region")
    return rows.filter(slug=slug).first() if slug else None
