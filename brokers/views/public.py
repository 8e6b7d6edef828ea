"""Find an access broker and ask a question; no account is needed."""

from allauth.core import ratelimit
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from brokers import actions
from brokers.actions import ANSWER_DAYS
from brokers.forms import AskForm
from brokers.models import Enquiry
from catalogue.models import Record
from catalogue.search import own_region
from portal import clock
from portal.accounts.visitors import introduction, language_of_page, visitor
from portal.models import Region

ASKED = "brokers.asked"
YEAR = 365 * 24 * 3600


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
    about = _record(request)
    form = AskForm(request.POST or None, initial=introduction(request))
    status = 200
    if request.method == "POST" and form.is_valid():
        if ratelimit.consume(request, action="ask"):
            return _asked(request, form, region, about)
        form.add_error(None, _too_many(about.region if about else region))
        status = 429
    context = {
        "region": region,
        "form": form,
        "about": about,
        "is_gone": "record" in request.GET and about is None,
        "asked": about.region if about else region,
        "home_region": own_region(request.user),
        "days": ANSWER_DAYS,
        "takes_part": region.programmes.filter(programme__is_historic=False),
        "records": Record.objects.public(clock.now()).filter(region=region).count(),
    }
    return render(request, "brokers/public/page.html", context, status=status)


@login_not_required
@require_safe
def broker_asked(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """Say thank you and when the answer comes; the token stands for the question."""
    try:
        pk = signing.loads(token, salt=ASKED, max_age=YEAR)
    except signing.BadSignature:
        raise Http404 from None
    enquiry = get_object_or_404(Enquiry.objects.select_related("region"), pk=pk, region__slug=slug)
    return render(request, "brokers/public/asked.html", {"enquiry": enquiry})


def _asked(
    request: HttpRequest, form: AskForm, region: Region, about: Record | None
) -> HttpResponse:
    enquiry = actions.ask(
        region=region,
        about=about,
        home_region=own_region(request.user),
        language=language_of_page(),
        **form.cleaned_data,
        by=visitor(request),
        now=clock.now(),
    )
    token = signing.dumps(enquiry.pk, salt=ASKED)
    return redirect("broker_asked", slug=enquiry.region.slug, token=token)


def _record(request: HttpRequest) -> Record | None:
    """Return the public record that the question is about."""
    slug = request.GET.get("record", "").replace("\0", "")
    rows = Record.objects.public(clock.now()).select_related("region")
    return rows.filter(slug=slug).first() if slug else None


def _too_many(region: Region) -> str:
    return gettext(
        "Many questions came from your network in the last hour. Ask later, or write to %(email)s"
    ) % {"email": region.team_email}
