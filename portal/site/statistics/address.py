"""The address of the statistics: which programme, calls, region, voucher type and day."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import django_filters
from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import QuerySet
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from portal import clock
from portal.enums import Role
from portal.models import Programme, Region, User
from vouchers.models import Application, Call, VoucherType
from vouchers.statistics.scope import Scope

FIRST, LAST = date(1990, 1, 1), date(2199, 12, 31)
NO_DAY = _("Enter a day from 1990 to 2199.")
UNKNOWN = {"invalid_choice": _("The list has no %(value)s: choose one of it.")}


class DayInput(forms.DateInput):
    """A browser's own control for dates."""

    input_type = "date"


class StatisticsFilter(django_filters.FilterSet):
    """The parameters of /statistics/ and its files, with the choices that a person has."""

    programme = django_filters.ChoiceFilter(
        label=_("Programme"), empty_label=None, error_messages=UNKNOWN
    )
    call = django_filters.MultipleChoiceFilter(
        label=_("Calls"), widget=forms.CheckboxSelectMultiple, error_messages=UNKNOWN
    )
    region = django_filters.ChoiceFilter(label=_("Home region"), error_messages=UNKNOWN)
    voucher_type = django_filters.ChoiceFilter(
        label=_("Voucher"), empty_label=_("All types"), error_messages=UNKNOWN
    )
    as_of = django_filters.DateFilter(
        label=_("As of"),
        widget=DayInput(format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": _("Enter a day like 2014-03-26.")},
        validators=[MinValueValidator(FIRST, NO_DAY), MaxValueValidator(LAST, NO_DAY)],
    )

    class Meta:
        model = Application
        fields: Sequence[str] = []

    def __init__(self, data: MultiValueDict[str, str], *, user: User) -> None:
        """Read the address for a person; what it leaves open gets its usual value."""
        none: QuerySet[Application] = Application.objects.none()
        self.user = user
        asked = _parted(data)
        self.programmes = list(Programme.objects.visible_to(user))
        self.chosen = self._programme(asked)
        self.regions = self._regions()
        if self.chosen and not asked.get("programme"):
            asked["programme"] = self.chosen.code
        if self.is_regional and self.regions and not asked.get("region"):
            asked["region"] = self.regions[0].code
        if self.chosen and not asked.get("as_of"):
            asked["as_of"] = clock.today(self.chosen.time_zone).isoformat()
        super().__init__(asked, queryset=none)
        self._offer()

    @property
    def is_regional(self) -> bool:
        """Whether the person sees the own region only: not a manager or auditor of it."""
        if self.user.is_superuser or self.chosen is None:
            return False
        return self.chosen.pk not in self.user.programme_ids(Role.MANAGER, Role.AUDITOR)

    @property
    def asks_for_hidden_region(self) -> bool:
        """Whether the address names a region that exists, and that the person may not see."""
        code = self.data.get("region", "")
        seen = {region.code for region in self.regions}
        return bool(code) and code not in seen and Region.objects.filter(code=code).exists()

    @property
    def fields_in_a_row(self) -> list[forms.BoundField]:
        """Every filter but the calls, which take a row of their own."""
        return [self.form[name] for name in ("programme", "region", "voucher_type", "as_of")]

    def scope(self) -> Scope | None:
        """Return what to count; nothing where the address is wrong or no programme is seen."""
        if self.chosen is None or not self.form.is_valid():
            # A browser's date control would drop what was typed.
            self.form.fields["as_of"].widget.input_type = "text"
            return None
        asked = self.form.cleaned_data
        calls = [call for call in self.calls if call.code in asked["call"]]
        return Scope(
            programme=self.chosen,
            as_of=asked["as_of"],
            calls=tuple(calls) if len(calls) < len(self.calls) else (),
            region=next((r for r in self.regions if r.code == asked["region"]), None),
            voucher_type=next((t for t in self.types if t.code == asked["voucher_type"]), None),
        )

    def _programme(self, asked: MultiValueDict[str, str]) -> Programme | None:
        """The named one, else that of the named calls, else the newest that still runs."""
        by_code = {programme.code: programme for programme in self.programmes}
        if code := asked.get("programme"):
            return by_code.get(code)
        named = Call.objects.filter(code__in=asked.getlist("call"), programme__in=self.programmes)
        if call := named.first():
            return call.programme
        running = [programme for programme in self.programmes if not programme.is_historic]
        return next(iter([*running, *self.programmes]), None)

    def _regions(self) -> list[Region]:
        seen = Region.objects.filter(programmes__programme=self.chosen).order_by("name")
        if self.is_regional:
            seen = seen.filter(pk__in=self.user.region_ids(Role.BROKER, Role.FINANCE))
        return list(seen)

    def _offer(self) -> None:
        self.calls = list(Call.objects.filter(programme=self.chosen).order_by("opens_at", "code"))
        types = VoucherType.objects.filter(programme=self.chosen)
        self.types = list(types.order_by("order", "code"))
        self._choose("programme", [(p.code, p.short_name) for p in self.programmes])
        self._choose("call", [(call.code, call.code) for call in self.calls])
        self._choose("region", [(region.code, region.name) for region in self.regions])
        self._choose("voucher_type", [(kind.code, kind.name) for kind in self.types])
        self.filters["region"].extra["empty_label"] = None if self.is_regional else _("All regions")

    def _choose(self, name: str, choices: list[tuple[str, Any]]) -> None:
        self.filters[name].extra["choices"] = choices


def _parted(data: MultiValueDict[str, str]) -> MultiValueDict[str, str]:
    """Return a copy in which calls may also stand behind one another, parted by commas."""
    asked: MultiValueDict[str, str] = MultiValueDict()
    for name, values in data.lists():
        parts = [part for value in values for part in value.replace("\0", "").split(",")]
        asked.setlist(name, [part for part in parts if part] if name == "call" else parts)
    return asked
