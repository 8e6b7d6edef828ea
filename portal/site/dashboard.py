"""What each role has to do next, over all apps."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from brokers.models import Enquiry
from catalogue.enums import RecordState, RevisionState
from catalogue.models import Provider, Revision
from catalogue.models.records import ASKED_AFTER
from portal import clock
from portal.enums import MembershipState, Role
from portal.models import Membership, StaffTask, User
from portal.permissions import signed_in
from vouchers.enums import ClaimState
from vouchers.forms.filters import TABS, Tab, tab_conditions, tab_counts, with_signatures
from vouchers.models import Appeal, Application, Claim
from vouchers.views.standing import own_applications, standing

SHOWN = 5


@dataclass(frozen=True, slots=True)
class Duty:
    """One thing that waits, how many of it, and where it is done."""

    title: str
    count: int
    note: str
    url: str


@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    """Show what waits for the person, whatever the person is."""
    user, now = signed_in(request), clock.now()
    firms = user.organisation_ids
    rows = [
        standing(row, now=now, is_shared=row.organisation_id not in firms)
        for row in own_applications(user)[:SHOWN]
    ]
    context = {
        "duties": [duty for duties in DUTIES for duty in duties(user, now)],
        "rows": rows,
        "acts_for_firm": bool(firms),
        "is_broker": bool(user.region_ids(Role.BROKER)),
        "is_staff": user.is_staff,
    }
    return render(request, "portal/site/dashboard.html", context)


def _at_desk(model: str, query: str = "") -> str:
    """Return the address of a list at the desk."""
    return reverse(f"admin:vouchers_{model}_changelist") + query


def _of_desk(user: User, now: datetime) -> Iterator[Duty]:
    """The piles of the desk's queue, as the queue itself counts them."""
    if not user.is_staff:
        return
    rows = Application.objects.for_desk(user)
    counts = tab_counts(rows, user)
    late = with_signatures(rows).filter(tab_conditions(user)[Tab.TO_DECIDE], due_on__lt=now.date())
    notes = {Tab.TO_DECIDE: _overdue(late.count())}
    for tab in (Tab.TO_DECIDE, Tab.TO_SIGN, Tab.WITH_APPLICANT, Tab.RESERVE):
        url = _at_desk("application", f"?tab={tab}")
        yield Duty(str(TABS[tab]), counts[tab], notes.get(tab, ""), url)


def _of_enquiries(user: User, now: datetime) -> Iterator[Duty]:
    if not user.region_ids(Role.BROKER):
        return
    found = Enquiry.objects.to_answer(user).aggregate(
        count=Count("pk"), late=Count("pk", filter=Q(due_on__lt=now.date()))
    )
    title = gettext("Questions and needs to answer")
    url = reverse("admin:brokers_enquiry_changelist") + "?state__exact=new"
    yield Duty(title, found["count"], _overdue(found["late"]), url)


def _of_tasks(user: User, _now: datetime) -> Iterator[Duty]:
    waiting = StaffTask.objects.visible_to(user).filter(done_at=None).count()
    if user.is_staff and waiting:
        url = reverse("admin:portal_stafftask_changelist") + "?done_at__isempty=1"
        yield Duty(gettext("Tasks"), waiting, "", url)


def _of_claims(user: User, _now: datetime) -> Iterator[Duty]:
    regions = user.region_ids(Role.BROKER)
    if regions:
        filed = Claim.objects.for_desk(user).filter(
            award__application__home_region__in=regions, state=ClaimState.FILED
        )
        yield Duty(gettext("Claims to check"), filed.count(), "", _at_desk("claim"))


def _of_appeals(user: User, _now: datetime) -> Iterator[Duty]:
    waiting = Appeal.objects.to_answer(user).count() if user.is_staff else 0
    if waiting:
        url = _at_desk("appeal", "?state__exact=filed")
        yield Duty(gettext("Appeals to answer"), waiting, "", url)


def _of_finance(user: User, _now: datetime) -> Iterator[Duty]:
    regions = user.region_ids(Role.FINANCE)
    if regions:
        claims = Claim.objects.for_desk(user).filter(
            award__application__home_region__in=regions, state=ClaimState.APPROVED
        )
        yield Duty(gettext("Claims to pay"), claims.count(), "", _at_desk("claim"))


def _of_owner(user: User, _now: datetime) -> Iterator[Duty]:
    asking = Membership.objects.filter(
        organisation__memberships__in=user.memberships.filter(
            is_owner=True, state=MembershipState.ACTIVE
        ),
        state=MembershipState.REQUESTED,
    )
    count = asking.count()
    if count:
        yield Duty(gettext("People ask to act for your firm"), count, "", reverse("organisations"))


def _of_provider(user: User, now: datetime) -> Iterator[Duty]:
    """Records of one's own providers that are old, have a dead link, or came back."""
    if not user.organisation_ids:
        return
    public = Q(records__state=RecordState.PUBLISHED)
    is_old = Q(records__confirmed_on__lte=(now - ASKED_AFTER).date())
    came_back = Exists(
        Revision.objects.filter(record=OuterRef("records"), state=RevisionState.RETURNED)
    )
    waits = Q(public & (is_old | ~Q(records__link_problem=""))) | Q(came_back)
    found = Provider.objects.filter(organisation__in=user.organisation_ids).aggregate(
        providers=Count("pk", distinct=True), records=Count("records", filter=waits)
    )
    if found["providers"]:
        title = gettext("Records to confirm or correct")
        yield Duty(title, found["records"], "", reverse("provider_home"))


def _of_curator(user: User, _now: datetime) -> Iterator[Duty]:
    regions = user.region_ids(Role.BROKER)
    if regions:
        waiting = Revision.objects.filter(record__region__in=regions, state=RevisionState.SUBMITTED)
        url = reverse("admin:catalogue_revision_changelist") + "?state__exact=submitted"
        yield Duty(gettext("Changes to approve"), waiting.count(), "", url)


def _overdue(number: int) -> str:
    if not number:
        return ""
    return gettext("%(number)d past the promised day") % {"number": number}


# Each app's duties, in the order of the page.
DUTIES: list[Callable[[User, datetime], Iterator[Duty]]] = [
    _of_desk,
    _of_enquiries,
    _of_tasks,
    _of_claims,
    _of_appeals,
    _of_finance,
    _of_owner,
    _of_provider,
    _of_curator,
]
