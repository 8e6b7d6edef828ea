"""Finding an application for its applicant, or for who holds a seat at it."""

from collections.abc import Collection

from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from portal import clock
from portal.permissions import actor, signed_in
from vouchers.actions import co_applicants, readings
from vouchers.cases import hosts_with_consents
from vouchers.enums import Reader
from vouchers.models import Application, CoApplicant
from vouchers.permissions import is_applicant, seat_of

# A draft that was thrown away leaves a row that is counted, and nothing to look at.
STILL_THERE = Q(reference__isnull=False) | Q(erased_at=None)


def own(request: HttpRequest, address: str, *, is_bare: bool = False) -> Application:
    """Return one's own application: 404 where it is not visible, 403 where it is another's.

    A bare one comes without its partners, for who only hands it to an action.
    """
    application = find(request, address, is_bare=is_bare)
    if not is_applicant(actor(request), application):
        raise PermissionDenied
    return application


def shared(request: HttpRequest, address: str) -> tuple[Application, CoApplicant | None]:
    """Return one's own application, or one at which the person holds a seat, and the seat.

    404 where it is not visible, 403 where it is another's.
    """
    application, by = find(request, address), actor(request)
    seat = seat_of(by, application)
    if seat is None and not is_applicant(by, application):
        raise PermissionDenied
    return application, seat


def may_edit(
    request: HttpRequest, application: Application, seat: CoApplicant | None, section: str
) -> bool:
    """Whether the part is the reader's to write: a member's always, a co-applicant's if given.

    Sending a part that is not theirs is journalled and raises PermissionDenied.
    """
    if seat is None or seat.may_edit(section):
        return True
    if request.method == "POST":
        co_applicants.note_refused(application, section=section, by=actor(request), now=clock.now())
        raise PermissionDenied
    return False


def note_read(request: HttpRequest, application: Application, news: Collection[str]) -> None:
    """Note that the firm has opened a page that showed it what was unread."""
    if news and request.method == "GET":
        readings.mark_read(application, Reader.APPLICANT, by=actor(request), now=clock.now())


def find(request: HttpRequest, address: str, *, is_bare: bool = False) -> Application:
    """Return an application that the person may see, by its number or its draft's address."""
    visible = Application.objects.visible_to(signed_in(request)).filter(STILL_THERE)
    rows = visible if is_bare else with_parts(visible)
    if address.startswith("draft-"):
        return get_object_or_404(rows, key=address.removeprefix("draft-"))
    return get_object_or_404(rows, reference=address)


def with_parts(rows: QuerySet[Application]) -> QuerySet[Application]:
    """Read what form and panel ask again and again together with the application."""
    return rows.select_related(
        "call__programme",
        "offer",
        "voucher_type",
        "home_region",
        "organisation__profile",
        "undertaking",
    ).prefetch_related(Prefetch("hosts", hosts_with_consents()))
