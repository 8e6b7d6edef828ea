"""What everybody sees of the catalogue."""

from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from catalogue.enums import RecordKind
from catalogue.filters import CatalogueFilter
from catalogue.models import Record
from catalogue.search import count_without_words, find, own_region
from catalogue.views import record_page
from catalogue.views.results import Results
from portal import clock
from portal.models import Region

APPLY = {
    RecordKind.FACILITY: _("Apply with this facility"),
    RecordKind.EQUIPMENT: _("Apply with this equipment"),
    RecordKind.EXPERT: _("Apply with this expert"),
    RecordKind.SERVICE: _("Apply with this service"),
}


@login_not_required
@require_safe
def catalogue_search(request: HttpRequest) -> HttpResponse:
    """Search with facets; every state of the page is its address."""
    now = clock.now()
    asked = CatalogueFilter(request.GET, own_region=own_region(request.user))
    criteria = asked.criteria()
    found = find(criteria, now=now, regions=asked.regions)
    labels = {term.slug: term.label for term in asked.terms}
    for record in found.records:
        record.term_labels = [labels[slug] for slug in record.terms if slug in labels]  # type: ignore[attr-defined]
    is_empty = criteria.words and not found.counts.unfiltered
    results = Results(
        asked,
        criteria,
        found,
        without_words=count_without_words(criteria, now=now) if is_empty else 0,
        notices=asked.notices(),
    )
    part = "#update" if _wants_part(request) else ""
    response = render(request, f"catalogue/public/search.html{part}", {"results": results})
    # The same address answers with a page or with a part of it.
    patch_vary_headers(response, ["HX-Request", "Cookie"])
    return response


@login_not_required
@require_safe
def catalogue_record(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one record with its terms, access rules, contact and parts."""
    now = clock.now()
    public = Record.objects.public(now).defer("keywords", "search")
    record = get_object_or_404(
        public.select_related(
            "region",
            "person",
            "provider__organisation",
            "provider__region",
            "provider__accepted_rules__programme",
        ).prefetch_related("competences"),
        slug=slug,
    )
    context = record_context(record, home=own_region(request.user), now=now)
    return render(request, "catalogue/public/record.html", context)


def record_context(record: Record, *, home: Region | None, now: datetime) -> dict[str, Any]:
    """Return what the page of a record shows; a preview shows the same."""
    public = Record.objects.public(now).defer("keywords", "search")
    is_offered = record.provider.accepts_current_rules(now)
    return {
        "record": record,
        "person": record_page.shown_person(record),
        "photos": record.photos.exclude(place=None),
        "facilities": public.filter(equipment=record),
        "parts": public.filter(facilities=record),
        "abilities": record_page.ability(record),
        "terms": record_page.terms(record),
        "places": record_page.place(record),
        "deviations": record_page.deviations(record),
        "provider": record.provider,
        "is_stale": record_page.is_stale(record, now),
        "is_offered": is_offered,
        "can_apply": is_offered and home != record.region,
        "apply": APPLY[RecordKind(record.kind)],
        "own_region": home,
    }


def _wants_part(request: HttpRequest) -> bool:
    """Whether htmx asks; on the way back through the history it needs the whole page."""
    headers = request.headers
    return "HX-Request" in headers and "HX-History-Restore-Request" not in headers
