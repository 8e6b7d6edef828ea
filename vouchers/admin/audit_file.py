"""The audit file: one archive of an award, or of a sample of payments, streamed as it is read."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import chain

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import get_language, gettext, override

from portal import clock
from portal.enums import Thing
from portal.exports import Member, csv_lines, folded, stream_zip
from portal.pdf import PdfUnavailable
from portal.permissions import actor
from vouchers.admin.files import note_opened
from vouchers.cases import audit_file
from vouchers.cases.papers import table
from vouchers.documents.audit_index import audit_index_pdf
from vouchers.documents.sample_index import sample_index_pdf
from vouchers.exports import JOURNAL, LEDGER, POPULATION, Lot
from vouchers.models import Award, Claim
from vouchers.permissions import may_take_file
from vouchers.rules import sampling

INDEX = "index.pdf"


def award_archive(request: HttpRequest, award: Award) -> HttpResponseBase:
    """Answer with the archive of an award, and journal who took it away."""
    if not may_take_file(actor(request), award):
        raise PermissionDenied
    now, language = clock.now(), get_language() or "en"
    members = award_members(award, language=language, now=now)
    return _archive(request, members, [award], now=now, name=award.number)


def sample_archive(
    request: HttpRequest,
    drawn: Sequence[Claim],
    population: Sequence[Claim],
    *,
    seed: str,
    period: tuple[date | None, date | None],
) -> HttpResponseBase:
    """Answer with one archive of a sample's awards, and journal who took them away."""
    awards = [claim.award for claim in drawn]
    if not awards or not may_take_all(request, drawn):
        raise PermissionDenied
    now, language = clock.now(), get_language() or "en"
    members = sample_members(
        drawn, population, seed=seed, period=period, language=language, now=now
    )
    return _archive(request, members, awards, now=now, name=f"sample-{seed}")


def may_take_all(request: HttpRequest, claims: Iterable[Claim]) -> bool:
    """Whether the person may take away the audit file of every one of these payments."""
    by = actor(request)
    return all(may_take_file(by, claim.award) for claim in claims)


def _archive(
    request: HttpRequest,
    members: Iterator[Member],
    awards: Iterable[Award],
    *,
    now: datetime,
    name: str,
) -> HttpResponseBase:
    try:
        # The index needs Pango: where it is missing, this is said before anything is sent.
        index = next(members)
    except PdfUnavailable as error:
        return HttpResponse(str(error), status=503, content_type="text/plain; charset=utf-8")
    for award in awards:
        note_opened(request, award.application, Thing.AUDIT_FILE, award.number)
    filename = f"audit-{folded(name)}-{now:%Y-%m-%d}.zip"
    return stream_zip(chain([index], members), at=now, filename=filename)


def award_members(
    award: Award, *, language: str, now: datetime, folder: str = ""
) -> Iterator[Member]:
    """Yield the files of an award, its index first. Raises pdf.PdfUnavailable."""
    with override(language), timezone.override(award.application.home_region.time_zone):
        file = audit_file.read(award)
        journal = b"".join(csv_lines(JOURNAL, file.journal.entries))
        ledger = b"".join(csv_lines(LEDGER, file.lines))
        tables = [
            table("journal.csv", gettext("Journal of this award"), journal, at=now),
            table("ledger.csv", gettext("Money of this award"), ledger, at=now),
        ]
        file = replace(file, papers=[*tables, *file.papers])
        index = audit_index_pdf(file, language=language, now=now)
    yield Member(f"{folder}{INDEX}", lambda: [index])
    for paper in file.papers:
        if paper.size:
            yield Member(f"{folder}{paper.path}", paper.pieces)


def sample_members(
    drawn: Sequence[Claim],
    population: Sequence[Claim],
    *,
    seed: str,
    period: tuple[date | None, date | None],
    language: str,
    now: datetime,
) -> Iterator[Member]:
    """Yield the index of a sample, its population, and a folder for each award of it."""
    named = [(folded(claim.award.number), claim) for claim in drawn]
    index = sample_index_pdf(
        named, population, seed=seed, period=period, language=language, now=now
    )
    yield Member(INDEX, lambda: [index])
    chosen = {claim.pk for claim in drawn}
    lots = (
        Lot(claim, sampling.lot(str(claim), seed=seed), claim.pk in chosen) for claim in population
    )
    yield Member("population.csv", lambda: csv_lines(POPULATION, lots))
    for folder, award in {name: claim.award for name, claim in named}.items():
        yield from award_members(award, language=language, now=now, folder=f"{folder}/")
