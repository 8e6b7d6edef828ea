"""What the desk's queue shows: tabs by state and signature, filters by address."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any

import django_filters
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.enums import Role
from portal.models import Region, User
from vouchers.cases.desks import is_looked_after, on_desk_of
from vouchers.enums import SIGNABLE, UNDECIDED, ApplicationState, Side
from vouchers.models import Absence, Application, CallVoucherType, Signature

LONGEST_SEARCH = 100
# Django answers all counts of a statement with 0 when one of them asks for an empty list.
NOWHERE = 0


class Tab(StrEnum):
    """The desk's piles."""

    TO_DECIDE = "to-decide"
    WITH_APPLICANT = "with-applicant"
    WAITING = "waiting"
    TO_SIGN = "to-sign"
    RESERVE = "reserve"
    DECIDED = "decided"


TABS = {
    Tab.TO_DECIDE: _("To decide"),
    Tab.WITH_APPLICANT: _("With applicant"),
    Tab.WAITING: _("Waiting for host"),
    Tab.TO_SIGN: _("To sign as host"),
    Tab.RESERVE: _("Reserve"),
    Tab.DECIDED: pgettext_lazy("tab", "Decided"),
}


class Mine(StrEnum):
    """On whose desk an application is."""

    MINE = "mine"
    NOBODYS = "nobody"


class Sort(StrEnum):
    """What comes first; without one, each tab has an order of its own."""

    PROMISE = "promise"
    NEWEST = "newest"


class Size(StrEnum):
    """How many rows a page has."""

    SHORT = "25"
    LONG = "100"


CLOSED = frozenset(
    {
        ApplicationState.APPROVED,
        ApplicationState.REJECTED,
        ApplicationState.INELIGIBLE,
        ApplicationState.WITHDRAWN,
    }
)


def signed_by(side: Side) -> Exists:
    """Return whether the side's signature stands under an application."""
    return Exists(Signature.objects.filter(application=OuterRef("pk"), side=side, voided_at=None))


def with_signatures(rows: QuerySet[Application]) -> QuerySet[Application]:
    """Add `home_signed` and `host_signed` to applications."""
    return rows.annotate(home_signed=signed_by(Side.HOME), host_signed=signed_by(Side.HOST))


def tab_conditions(user: User) -> dict[Tab, Q]:
    """Return what belongs to each tab; `with_signatures` must have been asked first."""
    own = _own(user)
    half_signed = Q(state__in=SIGNABLE, home_signed=True, host_signed=False)
    waiting = half_signed & Q(needs_host_signature=True)
    return {
        Tab.TO_DECIDE: own & Q(state__in=UNDECIDED) & ~waiting,
        Tab.WITH_APPLICANT: own & Q(state=ApplicationState.RETURNED),
        Tab.WAITING: own & waiting,
        Tab.TO_SIGN: waiting & Q(host_region__in=[*user.region_ids(Role.BROKER), NOWHERE]),
        Tab.RESERVE: own & Q(state=ApplicationState.RESERVE) & ~waiting,
        Tab.DECIDED: Q(state__in=CLOSED),
    }


def _own(user: User) -> Q:
    """What a person decides, oversees or assesses, the host region's side left out."""
    if user.is_superuser:
        return Q()
    return (
        Q(home_region__in=user.region_ids(Role.BROKER, Role.FINANCE))
        | Q(call__programme__in=user.programme_ids(Role.MANAGER, Role.AUDITOR))
        | Q(pk__in=user.assessments.values("application"))
    )


def tab_counts(rows: QuerySet[Application], user: User) -> dict[Tab, int]:
    """Count every tab in one statement."""
    counts = {
        tab.name.lower(): Count("pk", filter=condition)
        for tab, condition in tab_conditions(user).items()
    }
    found = with_signatures(rows).order_by().aggregate(**counts)
    return {tab: found[tab.name.lower()] for tab in Tab}


type Choices = list[tuple[str, str]]


def _distinct(pairs: Iterable[tuple[str, str]]) -> Choices:
    return list(dict.fromkeys(pairs))


class QueueChoices:
    """The choices of the filters, read in two statements; `away` are today's absences."""

    def __init__(self, user: User, *, away: Iterable[Absence] = (), now: datetime) -> None:
        self.assigned = {
            Mine.MINE: on_desk_of(user, away),
            Mine.NOBODYS: Q(~is_looked_after(now)),
        }
        offers = list(
            CallVoucherType.objects.filter(call__in=_calls_of(user))
            .order_by("-call__opens_at", "voucher_type__order")
            .values_list(
                "call__slug", "call__name", "voucher_type__code", "voucher_type__name", named=False
            )
        )
        self.calls = _distinct((call, name) for call, name, _code, _type in offers)
        self.voucher_types = _distinct((code, name) for _call, _name, code, name in offers)
        regions = Region.objects.order_by("name").values_list("code", "name")
        self.regions = [(code.lower(), name) for code, name in regions]


def _calls_of(user: User) -> QuerySet[Any]:
    return Application.objects.for_desk(user).order_by().values("call")


class QueueFilter(django_filters.FilterSet):
    """Every filter is an address; what an address says wrongly is left out."""

    q = django_filters.CharFilter(
        label=_("Number, firm or title"), method="search", max_length=LONGEST_SEARCH
    )
    state = django_filters.ChoiceFilter(
        label=_("State"),
        choices=[(s.value, s.label) for s in ApplicationState if s != ApplicationState.DRAFT],
        empty_label=_("All states"),
    )
    call = django_filters.ChoiceFilter(
        label=_("Call"), field_name="call__slug", empty_label=_("All calls")
    )
    voucher = django_filters.ChoiceFilter(
        label=_("Voucher"), field_name="voucher_type__code", empty_label=_("All vouchers")
    )
    home = django_filters.ChoiceFilter(
        label=_("Home region"),
        field_name="home_region__code",
        lookup_expr="iexact",
        empty_label=_("All regions"),
    )
    host = django_filters.ChoiceFilter(
        label=_("Host region"),
        field_name="host_region__code",
        lookup_expr="iexact",
        empty_label=_("All regions"),
    )

    assigned = django_filters.ChoiceFilter(
        label=_("Assigned to"),
        choices=[(Mine.MINE.value, _("Me")), (Mine.NOBODYS.value, _("Nobody"))],
        empty_label=_("Anybody"),
        method="of_desk",
    )
    sort = django_filters.ChoiceFilter(
        label=_("First comes"),
        choices=[
            (Sort.PROMISE.value, _("Least time left")),
            (Sort.NEWEST.value, _("Newest arrival")),
        ],
        empty_label=_("As usual in the pile"),
        method="as_it_is",
    )
    length = django_filters.ChoiceFilter(
        label=_("Rows on a page"),
        choices=[(Size.LONG.value, "100")],
        empty_label="25",
        method="as_it_is",
    )

    class Meta:
        model = Application
        fields = ["q", "call", "voucher", "home", "host", "state", "assigned", "sort", "length"]

    def __init__(
        self,
        data: MultiValueDict[str, str],
        queryset: QuerySet[Application],
        *,
        choices: QueueChoices,
    ) -> None:
        super().__init__(data, queryset)
        self.choices = choices
        self.filters["call"].extra["choices"] = choices.calls
        self.filters["voucher"].extra["choices"] = choices.voucher_types
        for name in ("home", "host"):
            self.filters[name].extra["choices"] = choices.regions

    def search(self, rows: QuerySet[Application], _name: str, value: str) -> QuerySet[Application]:
        """Return rows whose number, firm or title holds the words."""
        return rows.filter(
            Q(reference__icontains=value)
            | Q(organisation__name__icontains=value)
            | Q(title__icontains=value)
        )

    def of_desk(self, rows: QuerySet[Application], _name: str, value: str) -> QuerySet[Application]:
        """Return rows on one's own desk, or on nobody's."""
        return rows.filter(self.choices.assigned[Mine(value)])

    def as_it_is(
        self, rows: QuerySet[Application], _name: str, _value: str
    ) -> QuerySet[Application]:
        """Leave out nothing: how the rows stand is the page's business."""
        return rows

    @property
    def sorting(self) -> Sort | None:
        """What the address wants first, if it says so."""
        value = self.form.cleaned_data.get("sort")
        return Sort(value) if value else None

    @property
    def size(self) -> int:
        """How many rows the address wants on a page."""
        return int(self.form.cleaned_data.get("length") or Size.SHORT)

    @property
    def refused(self) -> list[str]:
        """The labels of filters whose value the address gives wrongly."""
        return [str(self.filters[name].label) for name in self.form.errors]

    @property
    def rows(self) -> QuerySet[Application]:
        """The rows that the understood filters leave."""
        self.form.is_valid()
        return self.filter_queryset(self.queryset.all())


def tab_of(data: MultiValueDict[str, str]) -> Tab | None:
    """Return the tab that the address names, the first where it names none; None if unknown."""
    value = data.get("tab", Tab.TO_DECIDE)
    return Tab(value) if value in Tab else None
