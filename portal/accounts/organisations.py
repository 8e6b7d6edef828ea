"""The organisations a person acts for: register one, join one, decide who else may."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal import clock
from portal.accounts.forms import JoinForm, OrganisationForm, sent
from portal.actions import organisations as actions
from portal.actions.tables import MEMBERSHIP
from portal.enums import MembershipState
from portal.models import Membership, Organisation
from portal.permissions import Actor, actor, signed_in
from portal.workflow import Transition, available

AFTER_ORGANISATION = "after_organisation"
SHOWN_AT_MOST = 10
CURRENT = [MembershipState.REQUESTED, MembershipState.ACTIVE]


@dataclass(frozen=True, slots=True)
class Row:
    """A membership with what the reader may do about it."""

    membership: Membership
    verbs: list[Transition]


@require_safe
def own(request: HttpRequest) -> HttpResponse:
    """List the organisations one acts for or has asked to join."""
    mine = signed_in(request).memberships.filter(state__in=CURRENT).order_by("organisation__name")
    context = {"rows": _rows(mine, actor(request))}
    return render(request, "portal/accounts/organisations.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """Register an organisation; one that is there already is offered to join."""
    form = OrganisationForm(sent(request))
    same = None
    if form.is_valid():
        try:
            made = actions.register_organisation(form.instance, by=actor(request), now=clock.now())
        except actions.SameOrganisation as error:
            same = error.found
        else:
            messages.success(request, gettext("The organisation is registered. You act for it."))
            # Somebody who was about to apply goes on from where the organisation was missing.
            return redirect(
                request.session.pop(AFTER_ORGANISATION, "")
                or reverse("organisation", args=[made.pk])
            )
    context = {"form": form, "same": same}
    return render(request, "portal/accounts/register.html", context)


@require_safe
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an organisation one acts for, its members and those who ask."""
    organisation = _mine(request, pk)
    people = organisation.memberships.filter(state__in=CURRENT).order_by("state", "asked_at")
    context = {
        "organisation": organisation,
        "rows": _rows(people, actor(request)),
        "may_edit": _owns(request, organisation),
    }
    return render(request, "portal/accounts/organisation.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what the organisation says of itself."""
    organisation = _mine(request, pk)
    if not _owns(request, organisation):
        raise PermissionDenied
    form = OrganisationForm(sent(request), instance=organisation)
    if not form.is_valid():
        return render(request, "portal/accounts/edit.html", {"form": form, "pk": pk})
    actions.edit_organisation(organisation, form.changes, by=actor(request), now=clock.now())
    messages.success(request, gettext("The changes are saved."))
    return redirect("organisation", pk)


@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """Find an organisation to join; only its name and town are shown."""
    form = JoinForm(request.GET if "q" in request.GET else None)
    found: list[Organisation] = []
    if form.is_valid():
        named = Organisation.objects.filter(name__icontains=form.cleaned_data["q"])
        found = list(named.only("name", "city")[: SHOWN_AT_MOST + 1])
    context = {
        "form": form,
        "found": found[:SHOWN_AT_MOST],
        "has_more": len(found) > SHOWN_AT_MOST,
        "has_searched": form.is_bound and form.is_valid(),
    }
    return render(request, "portal/accounts/find.html", context)


@require_POST
def join(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask to act for an organisation."""
    organisation = get_object_or_404(Organisation, pk=pk)
    try:
        actions.ask_to_join(organisation, by=actor(request), now=clock.now())
    except actions.AlreadyMember:
        messages.info(request, gettext("You act for this organisation, or have asked to."))
    else:
        messages.success(
            request, gettext("Your request is sent. You get a message when it is answered.")
        )
    return redirect("organisations")


@require_POST
def move(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Do to a membership what the button says."""
    rows = Membership.objects.visible_to(signed_in(request))
    membership = get_object_or_404(rows, pk=pk)
    act = actions.MEMBERSHIP_VERBS.get(verb)
    if act is None:
        raise Http404
    act(membership, by=actor(request), now=clock.now())
    messages.success(request, gettext("Done."))
    if membership.user_id == signed_in(request).pk:
        return redirect("organisations")
    return redirect("organisation", membership.organisation_id)


def _mine(request: HttpRequest, pk: int) -> Organisation:
    return get_object_or_404(Organisation.objects.of(signed_in(request)), pk=pk)


def _owns(request: HttpRequest, organisation: Organisation) -> bool:
    own = organisation.memberships.filter(user=signed_in(request), is_owner=True)
    return own.filter(state=MembershipState.ACTIVE).exists()


def _rows(memberships: QuerySet[Membership], by: Actor) -> list[Row]:
    return [Row(one, available(MEMBERSHIP, one, by)) for one in memberships]
