"""A broker starts a draft for a firm of its region."""

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from portal import clock
from portal.enums import MembershipState, Role
from portal.models import Membership, Organisation, User
from portal.permissions import actor, signed_in
from vouchers.actions.broker_drafts import NobodyActs, begin_for
from vouchers.forms.broker_drafts import BeginForm
from vouchers.models import CallVoucherType
from vouchers.rules.verdict import Refused
from vouchers.views.checks import sentences
from vouchers.views.standing import page


@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest) -> HttpResponse:
    """Choose a firm of one's region and a voucher, and start its draft."""
    user = signed_in(request)
    if not user.region_ids(Role.BROKER):
        raise PermissionDenied
    firms = Organisation.objects.filter(pk__in=_firms(user).values("organisation"))
    offers = (
        CallVoucherType.objects.accepting(clock.now())
        .filter(call__programme__is_historic=False, voucher_type__is_offered=True)
        .select_related("call", "voucher_type")
    )
    data = request.POST if request.method == "POST" else None
    form = BeginForm(data, firms=firms.select_related("region"), offers=offers)
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "vouchers/applicant/begin_for.html", {"form": form}, status=status)
    try:
        row = begin_for(
            form.cleaned_data["offer"],
            organisation=form.cleaned_data["organisation"],
            by=actor(request),
            now=clock.now(),
        )
    except Refused as refused:
        form.add_error("offer", sentences(refused.verdict))
    except NobodyActs:
        form.add_error("organisation", gettext("Nobody acts for this firm any more"))
    else:
        return redirect(page(row))
    return render(request, "vouchers/applicant/begin_for.html", {"form": form}, status=409)


def _firms(user: User) -> QuerySet[Membership]:
    """Return active memberships in firms of the broker's regions that are not the broker's own."""
    return Membership.objects.filter(
        state=MembershipState.ACTIVE,
        organisation__region__in=user.region_ids(Role.BROKER),
        user__is_active=True,
    ).exclude(organisation__in=user.organisation_ids)
