"""The catalogue as open data."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from catalogue.exports import FILE, LICENCE, file_rows
from catalogue.models import Record
from portal import clock
from portal.exports import stream_csv


@login_not_required
@require_safe
@cache_control(public=True, max_age=3600)
def catalogue_csv(request: HttpRequest) -> HttpResponseBase:
    """Answer with every public record as UNIQUIP, streamed; anybody may use it for anything."""
    rows = file_rows(Record.objects.public(clock.now()))
    response = stream_csv(FILE, rows, filename="catalogue.csv")
    response["Link"] = f'<{LICENCE}>; rel="license"'
    return response
