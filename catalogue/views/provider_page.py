"""What everybody sees of a provider."""

from datetime import datetime

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db.models import BooleanField, Exists, OuterRef, Q, Value
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from catalogue.models import Provider, Record
from catalogue.models.providers import ProviderQuerySet
from catalogue.search import PAGE_SIZE
from catalogue.views import record_page
from portal import clock
from portal.models import User


def _shown_to(request: HttpRequest, now: datetime) -> ProviderQuerySet:
    """Return providers who agreed to be listed: by the access rules, or by a public record.

    Who looks after a provider sees it before.
    """
    public = Exists(Record.objects.public(now).filter(provider=OuterRef("pk")))
    agreed = Provider.objects.filter(Q(accepted_at__isnull=False) | public)
    user = request.user
    return agreed | Provider.objects.visible_to(user) if isinstance(user, User) else agreed


@login_not_required
@require_safe
def catalogue_provider(request: HttpRequest, slug: str) -> HttpResponse:
    """Show who a provider is, the rules it accepted and its public records."""
    now = clock.now()
    rows = _shown_to(request, now).select_related(
        "organisation", "region", "accepted_rules__programme"
    )
    provider = get_object_or_404(rows, slug=slug)
    is_offered = provider.accepts_current_rules(now)
    records = (
        Record.objects.public(now)
        .filter(provider=provider)
        .annotate(is_offered=Value(is_offered, output_field=BooleanField()))
        .select_related("region", "provider__organisation")
        .prefetch_related("competences")
        .defer("description", "keywords", "search")
        .order_by("title", "pk")
    )
    page = Paginator(records, PAGE_SIZE).get_page(request.GET.get("page"))
    for record in page.object_list:
        record.term_labels = [term.label for term in record.competences.all()]  # type: ignore[attr-defined]
    context = {
        "provider": provider,
        "page": page,
        "previous_url": f"?page={page.previous_page_number()}" if page.has_previous() else "",
        "next_url": f"?page={page.next_page_number()}" if page.has_next() else "",
        "rows": record_page.organisation(provider),
        "is_offered": is_offered,
    }
    return render(request, "catalogue/public/provider.html", context)
