"""Who works on an application: invited by the applicant, accepted from a link in a mail."""

from typing import Any

from allauth.core import ratelimit
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods

from portal import clock
from portal.accounts.mail_links import invitation_page, link_view
from portal.enums import LinkPurpose
from portal.models import MailLink
from portal.permissions import actor
from portal.workflow import IllegalMove
from vouchers.actions import co_applicants
from vouchers.actions.co_applicants import FIRMS_OWN, ActsForFirm, AlreadyInvited, TooMany
from vouchers.enums import EDITABLE, OPEN_SEAT
from vouchers.forms.people import InviteForm
from vouchers.forms.rows import problems_of
from vouchers.models import Application, CoApplicant
from vouchers.views.finding import shared
from vouchers.views.progress import CONSENT, pieces_of

PEOPLE = "application_people"
REFUSALS = {
    ActsForFirm: gettext_lazy("This person acts for your firm already and may do everything."),
    AlreadyInvited: gettext_lazy("This person takes part already, or has an open invitation."),
    TooMany: gettext_lazy("No more people can be invited. Remove somebody first."),
}


@require_http_methods(["GET", "HEAD", "POST"])
def people(request: HttpRequest, address: str) -> HttpResponse:
    """Show who works on the application; its firm invites and removes, others may leave."""
    row, seat = shared(request, address)
    if request.method != "POST":
        return _show(request, row, seat)
    if seat is not None:
        if "leave" not in request.POST:
            raise PermissionDenied
        return _leave(request, seat)
    if "remove" in request.POST:
        return _remove(request, row)
    if "again" in request.POST:
        return _again(request, row)
    return _invite(request, row)


def _parts(row: Application) -> list[tuple[str, str]]:
    """Return the parts of the form that may be given to somebody."""
    pieces = [piece for _title, pieces in pieces_of(row) for piece in pieces]
    return [(p.code, p.name) for p in pieces if p.code not in {*FIRMS_OWN, CONSENT}]


def _show(
    request: HttpRequest,
    row: Application,
    seat: CoApplicant | None,
    form: InviteForm | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    parts = _parts(row)
    form = form or InviteForm(parts=parts)
    open_seats = row.co_applicants.filter(state__in=OPEN_SEAT).select_related("user")
    context: dict[str, Any] = {
        "application": row,
        "seat": seat,
        "seats": [(one, _names(one, dict(parts))) for one in open_seats],
        "form": form,
        "problems": problems_of(form) if form.is_bound else [],
        "can_invite": seat is None and row.state in EDITABLE,
        "programme": row.call.programme,
    }
    return render(request, "vouchers/applicant/people.html", context, status=status)


def _names(seat: CoApplicant, names: dict[str, str]) -> str:
    return ", ".join(names[code] for code in seat.sections if code in names)


def _invite(request: HttpRequest, row: Application) -> HttpResponse:
    form = InviteForm(request.POST, parts=_parts(row))
    if not form.is_valid():
        return _show(request, row, None, form, status=422)
    if not ratelimit.consume(request, action="invite_co_applicant"):
        return render(request, "429.html", status=429)
    try:
        seat = co_applicants.invite(
            row,
            **form.cleaned_data,
            by=actor(request),
            now=clock.now(),
            link_now=timezone.now(),
        )
    except (ActsForFirm, AlreadyInvited, TooMany) as refusal:
        form.add_error("email", str(REFUSALS[type(refusal)]))
        return _show(request, row, None, form, status=422)
    _invited(request, seat)
    return redirect(PEOPLE, row.address)


def _invited(request: HttpRequest, seat: CoApplicant) -> None:
    text = gettext("We have sent an invitation to %(address)s.")
    messages.success(request, text % {"address": seat.email})


def _chosen(row: Application, wanted: str) -> CoApplicant:
    number = int(wanted) if wanted.isascii() and wanted.isdecimal() else 0
    return get_object_or_404(row.co_applicants.select_related("user"), pk=number)


def _again(request: HttpRequest, row: Application) -> HttpResponse:
    seat = _chosen(row, request.POST["again"])
    if not ratelimit.consume(request, action="invite_co_applicant"):
        return render(request, "429.html", status=429)
    co_applicants.invite_again(seat, by=actor(request), now=clock.now(), link_now=timezone.now())
    _invited(request, seat)
    return redirect(PEOPLE, row.address)


def _remove(request: HttpRequest, row: Application) -> HttpResponse:
    seat = _chosen(row, request.POST["remove"])
    co_applicants.remove(seat, by=actor(request), now=clock.now())
    text = gettext("%(name)s does not take part any more.")
    messages.success(request, text % {"name": seat.name})
    return redirect(PEOPLE, row.address)


def _leave(request: HttpRequest, seat: CoApplicant) -> HttpResponse:
    co_applicants.remove(seat, by=actor(request), now=clock.now())
    messages.success(request, gettext("You do not take part any more."))
    return redirect("applications")


def _renew(_request: HttpRequest, link: MailLink) -> bool:
    return co_applicants.renew(link, now=clock.now(), link_now=timezone.now())


@link_view(LinkPurpose.CO_APPLICANT, renew=_renew)
def invitation(request: HttpRequest, link: MailLink, token: str) -> HttpResponse:
    """Show to which application a person is invited; only the button accepts."""
    seat = co_applicants.behind(link)
    row = seat.application
    context = {
        "seat": seat,
        "application": row,
        "parts": _names(seat, dict(_parts(row))),
        "scope": row.home_region,
        "programme": row.call.programme,
    }
    template = "vouchers/applicant/invitation.html"
    return invitation_page(request, link, template, context, lambda: _accept(request, token))


def _accept(request: HttpRequest, token: str) -> HttpResponse:
    try:
        seat = co_applicants.accept(
            token, by=actor(request), now=clock.now(), link_now=timezone.now()
        )
    except ActsForFirm:
        messages.info(request, gettext("You act for this firm already and may do everything."))
        return redirect("applications")
    except IllegalMove:
        messages.error(request, gettext("This invitation was taken back."))
        return redirect("applications")
    messages.success(request, gettext("You take part now."))
    return redirect("application", seat.application.address)
