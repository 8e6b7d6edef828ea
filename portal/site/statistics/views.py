"""The page of figures, and the same figures as files."""

import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal import clock
from portal.actions.reads import note_export
from portal.enums import Thing
from portal.exports import XLSX, Sheet, stream_csv, write_xlsx
from portal.pdf import PdfUnavailable
from portal.permissions import actor, is_staff_member, requires, signed_in
from portal.site.statistics import charts
from portal.site.statistics.address import StatisticsFilter
from portal.site.statistics.published import compare
from portal.site.statistics.report import as_pdf
from vouchers.exports import APPLICATIONS, FIGURES, MATRIX
from vouchers.models import barred
from vouchers.statistics import lives
from vouchers.statistics.figures import Figures, count
from vouchers.statistics.scope import Scope
from vouchers.statistics.shape import as_json, lines, matrix


def _asked(request: HttpRequest) -> StatisticsFilter:
    """Read the address. Raises Http404 for what the person may not see."""
    asked = StatisticsFilter(MultiValueDict(request.GET.lists()), user=signed_in(request))
    if asked.chosen is None or asked.asks_for_hidden_region:
        raise Http404
    return asked


TEXT = "text/plain; charset=utf-8"


class _BadAddress(Exception):
    """The address cannot be read; the message says what to change."""


def _scope(request: HttpRequest) -> Scope:
    asked = _asked(request)
    scope = asked.scope()
    if scope is None:
        sentences = [error for errors in asked.form.errors.values() for error in errors]
        raise _BadAddress(" ".join(str(sentence) for sentence in sentences))
    return scope


@requires(is_staff_member)
@require_safe
def statistics(request: HttpRequest) -> HttpResponse:
    """Show the figures of a scope; every state of the page is its address."""
    asked = _asked(request)
    scope = asked.scope()
    context: dict[str, Any] = {"form": asked.form, "filter": asked, "programme": asked.chosen}
    if scope:
        context |= _drawn(scope, count(scope))
    return render(request, "portal/site/statistics.html", context)


def _drawn(scope: Scope, figures: Figures) -> dict[str, Any]:
    query = QueryDict(mutable=True)
    for name, value in scope.query.items():
        query.setlist(name, value if isinstance(value, list) else [value])
    return {
        "scope": scope,
        "figures": figures,
        "query": query.urlencode(),
        "counted_at": clock.now(),
        "key_figures": charts.key_figures(figures),
        "funnel": charts.funnel(figures),
        "outcomes": charts.other_outcomes(figures),
        "slices": charts.slices(figures),
        "calls": charts.calls(figures),
        "matrix": charts.matrix(figures),
        "histogram": charts.histogram(figures),
        "purses": charts.purses(figures),
        "published": compare(figures),
    }


@requires(is_staff_member)
@require_safe
def export(request: HttpRequest, kind: str) -> HttpResponseBase:
    """Answer with the figures of the address as CSV, JSON, XLSX or PDF."""
    try:
        scope = _scope(request)
    except _BadAddress as error:
        return HttpResponse(str(error), status=400, content_type=TEXT)
    return FILES[kind](request, scope)


def _filename(scope: Scope, ending: str) -> str:
    return f"{scope.programme.code}-{scope.as_of.isoformat()}{ending}"


def _csv(request: HttpRequest, scope: Scope) -> HttpResponseBase:
    return stream_csv(
        FIGURES,
        lines(count(scope)),
        filename=_filename(scope, ".csv"),
        excel=request.GET.get("excel") == "1",
    )


def _json(_request: HttpRequest, scope: Scope) -> HttpResponse:
    content = json.dumps(as_json(count(scope)), indent=2)
    return HttpResponse(content, content_type="application/json")


def _xlsx(_request: HttpRequest, scope: Scope) -> HttpResponse:
    figures = count(scope)
    book = write_xlsx(
        Sheet(_("Figures"), FIGURES, lines(figures)),
        Sheet(_("Home and host"), MATRIX, matrix(figures)),
    )
    name = _filename(scope, ".xlsx")
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(book, content_type=XLSX, headers=disposition)


def _pdf(_request: HttpRequest, scope: Scope) -> HttpResponse:
    disposition = {"Content-Disposition": f'attachment; filename="{_filename(scope, ".pdf")}"'}
    try:
        report = as_pdf(count(scope))
    except PdfUnavailable as error:
        return HttpResponse(str(error), status=503, content_type=TEXT)
    return HttpResponse(report, content_type="application/pdf", headers=disposition)


FILES = {"csv": _csv, "json": _json, "xlsx": _xlsx, "pdf": _pdf}


@requires(is_staff_member)
@require_safe
def applications(request: HttpRequest) -> HttpResponseBase:
    """Stream one line per application of the scope, in the columns that the import reads."""
    try:
        scope = _scope(request)
    except _BadAddress as error:
        return HttpResponse(str(error), status=400, content_type=TEXT)
    if request.method == "GET":
        firms = scope.applications().values_list("organisation", flat=True).distinct()
        named = {scope.programme: firms}
        note_export(Thing.APPLICATIONS, named, by=actor(request), now=clock.now())
    return stream_csv(
        APPLICATIONS,
        lives.rows(scope.applications().exclude(barred(signed_in(request)))),
        filename=_filename(scope, "-applications.csv"),
        excel=request.GET.get("excel") == "1",
    )
