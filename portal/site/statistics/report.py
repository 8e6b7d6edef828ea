"""The figures as a report on paper: the same rows as the page, in the programme's frame."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from portal import clock, pdf
from portal.models import Programme, Region
from portal.site.statistics import charts
from portal.templatetags.portal_ui import money
from portal.workflow import digest
from vouchers.documents.frame import frame_of
from vouchers.statistics.figures import Figures
from vouchers.statistics.shape import as_json

TEMPLATE = "portal/pdf/statistics.html"
Table = dict[str, Any]


def as_pdf(figures: Figures) -> bytes:
    """Return the report; the figures travel inside as JSON. Raises pdf.PdfUnavailable."""
    scope, shape = figures.scope, as_json(figures)
    title = _("Results of %(name)s") % {"name": scope.programme.short_name}
    facts = {
        "frame": _frame(figures),
        "as_of": shape["as_of"],
        "scope_words": _scope_words(figures),
        "tables": list(_tables(figures)),
    }
    code = digest(shape)
    number = f"{scope.programme.code} {shape['as_of']}"
    document = {"number": number, "code": code[:8], "title": title, "issued_at": clock.now()}
    return pdf.render(
        TEMPLATE,
        {**facts, "document": document},
        language=get_language() or "en",
        identifier=code,
        attachment=shape,
        title=title,
    )


def _frame(figures: Figures) -> dict[str, Any]:
    programme, region = figures.scope.programme, figures.scope.region
    frame: dict[str, Any] = {**frame_of(programme, region or Region())}
    return frame if region else frame | {"issuer": _office(programme)}


def _office(programme: Programme) -> str:
    return _("Programme office, %(name)s") % {"name": programme.short_name}


def _scope_words(figures: Figures) -> str:
    scope = figures.scope
    parts = [
        _("Calls: %(codes)s.") % {"codes": ", ".join(call.code for call in figures.calls)},
        scope.region and _("Home region: %(name)s.") % {"name": scope.region.name},
        scope.voucher_type and _("Voucher: %(name)s.") % {"name": scope.voucher_type.name},
    ]
    return " ".join(part for part in parts if part)


def _tables(figures: Figures) -> Iterator[Table]:
    yield {
        "title": _("Key figures"),
        "header": [_("Figure"), _("Value"), _("Note")],
        "rows": [[k.label, k.value, k.note] for k in charts.key_figures(figures)],
    }
    yield {
        "title": _("From submitted to paid"),
        "header": [_("Step"), pgettext("count", "Number"), _("Of previous")],
        "rows": [[s.label, s.number, s.share] for s in charts.funnel(figures)],
    }
    yield {
        "title": _("What else became of them"),
        "header": [_("Outcome"), pgettext("count", "Number")],
        "rows": [[label, number] for label, number in charts.other_outcomes(figures)],
    }
    yield {
        "title": _("By voucher type"),
        "header": [_("Voucher"), _("Awards"), _("Value")],
        "rows": [[s.name, s.awards, money(s.value)] for s in charts.slices(figures)],
    }
    yield _calls(figures)
    yield _matrix(figures)
    yield {
        "title": _("Money by region"),
        "header": [_("Region"), _("Budget"), _("Paid"), _("To pay"), _("Left")],
        "rows": [
            [
                p.region.name,
                money(p.line.balance.allocated),
                money(p.line.balance.paid),
                money(p.to_pay),
                money(p.line.balance.free),
            ]
            for p in charts.purses(figures)
        ],
    }


def _calls(figures: Figures) -> Table:
    names = [piece.name for piece in charts.slices(figures)]
    return {
        "title": _("By call"),
        "header": [_("Call"), *names, _("Total"), _("Value")],
        "rows": [
            [call.name, *call.counts, call.total.awards, money(call.total.value)]
            for call in charts.calls(figures)
        ],
    }


def _matrix(figures: Figures) -> Table:
    grid = charts.matrix(figures)
    rows = [
        [row.region.name, *(heat.cell.awards for heat in row.heats), row.total.awards]
        for row in grid.rows
    ]
    totals = [_("Total"), *(cell.awards for cell in grid.totals), grid.total.awards]
    return {
        "title": _("Who works with whom"),
        "header": [_("From region"), *(code for code, _name in grid.hosts), _("Total")],
        "rows": [*rows, totals],
    }
