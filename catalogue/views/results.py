"""What the search page shows: facets with counts, chips, pages, and a way out of nothing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalogue.enums import Sort, View
from catalogue.filters import CatalogueFilter
from catalogue.search import FACETS, OWN, PAGE_SIZE, Criteria, Found
from catalogue.views.region_map import MapPoint, points
from portal.models import Region

LEGENDS: Mapping[str, str | Promise] = {
    "kind": pgettext_lazy("facet", "Type"),
    "region": pgettext_lazy("facet", "Region"),
    "country": pgettext_lazy("facet", "Country"),
    "competence": pgettext_lazy("facet", "Competence"),
    "field": pgettext_lazy("facet", "Life-science field"),
    "voucher": pgettext_lazy("facet", "Voucher accepted"),
    "access": pgettext_lazy("facet", "Access"),
    "certificate": pgettext_lazy("facet", "Certificate"),
    "language": pgettext_lazy("facet", "Language"),
    "trl": pgettext_lazy("facet", "Technology readiness"),
}
# Long facets show what gives most first, and fold the rest away.
LONG = {"competence": 8, "field": 5}
# Facets that few people need start folded.
FOLDED = frozenset({"language", "trl", "certificate"})


@dataclass(frozen=True, slots=True)
class Option:
    """One box of a facet with the number of results that it gives."""

    id: str
    value: str
    label: str
    count: int
    checked: bool


@dataclass(frozen=True, slots=True)
class Group:
    """A facet; `more` are the options that stay folded."""

    name: str
    legend: str | Promise
    options: Sequence[Option]
    more: Sequence[Option] = ()
    is_folded: bool = False


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in use, and the address without it."""

    facet: str
    label: str | Promise
    address: str


@dataclass(frozen=True, slots=True)
class WayOut:
    """What to drop when nothing is found: the label, the results that gives, the address."""

    label: str | Promise
    count: int
    address: str
    is_everything: bool = False


@dataclass
class Results:
    """The search page of one request."""

    asked: CatalogueFilter
    criteria: Criteria
    found: Found
    without_words: int = 0
    notices: Sequence[str] = field(default_factory=list)

    @cached_property
    def groups(self) -> list[Group]:
        """The facets, without values that give nothing, except those in use."""
        return [self._group(name) for name in FACETS]

    @cached_property
    def chips(self) -> list[Chip]:
        """The filters in use, in the order of the facets."""
        chips = [
            Chip(name, self._labels(name)[value], self._address(name, value))
            for name in FACETS
            for value in self.criteria.chosen.get(name, ())
        ]
        if self.criteria.left_out:
            chips.append(Chip(OWN, _("Outside my region"), self.with_own))
        return chips

    @property
    def homes(self) -> list[Option]:
        """The regions where the visitor may be at home."""
        own = self.asked.own_region
        return [
            Option(f"home-{region.code}", region.code, region.name, 0, region == own)
            for region in self.asked.regions
        ]

    @property
    def views(self) -> list[Option]:
        """List and map; the value is the address."""
        now = self.asked.shown_as
        return [
            Option(f"view-{view}", self._seen_as(view), str(view.label), 0, view == now)
            for view in View
        ]

    @property
    def is_map(self) -> bool:
        """Whether results are shown on the map."""
        return self.asked.shown_as == View.MAP

    @property
    def with_own(self) -> str:
        """The address that shows the visitor's own region too."""
        return _query(self._parameters() | {OWN: ["1"]})

    @property
    def keeps_own(self) -> bool:
        """Whether the address asks for the visitor's own region too."""
        return bool(self._own())

    @property
    def cleared(self) -> str:
        """The address with the words alone."""
        return _query({"q": [self.criteria.words], **self._place(), OWN: [*self._own()]})

    @property
    def sorts(self) -> list[Option]:
        """The orders to choose from."""
        return [
            Option(f"sort-{sort}", sort.value, str(sort.label), 0, sort == self.criteria.sort)
            for sort in Sort
        ]

    @property
    def first(self) -> int:
        """The number of the first result on the page."""
        return (self.found.page - 1) * PAGE_SIZE + 1

    @property
    def last(self) -> int:
        """The number of the last result on the page."""
        return self.first + len(self.found.records) - 1

    @property
    def previous_url(self) -> str:
        """The address of the page before, empty on the first."""
        return self._page(self.found.page - 1) if self.found.page > 1 else ""

    @property
    def next_url(self) -> str:
        """The address of the page after, empty on the last."""
        return self._page(self.found.page + 1) if self.found.page < self.found.pages else ""

    @cached_property
    def way_out(self) -> WayOut | None:
        """The one filter whose removal gives most; else all filters, else the words."""
        counts = self.found.counts
        best = max(self.chips, key=lambda chip: counts.without.get(chip.facet, 0), default=None)
        if best and counts.without.get(best.facet):
            return self._dropping(best)
        if counts.unfiltered:
            return WayOut("", counts.unfiltered, self._everything(), is_everything=True)
        if self.without_words:
            rest = {**self._parameters(), "q": []}
            return WayOut(self.criteria.words, self.without_words, _query(rest))
        return None

    def _dropping(self, chip: Chip) -> WayOut:
        """Drop a facet as a whole: without one of two values the count would be another."""
        count = self.found.counts.without[chip.facet]
        if chip.facet == OWN:
            return WayOut(chip.label, count, chip.address)
        labels = [str(c.label) for c in self.chips if c.facet == chip.facet]
        rest = {name: v for name, v in self._parameters().items() if name != chip.facet}
        return WayOut(", ".join(labels), count, _query(rest))

    def _everything(self) -> str:
        own = ["1"] if self.asked.own_region else []
        return _query({"q": [self.criteria.words], **self._place(), OWN: own})

    def _group(self, name: str) -> Group:
        chosen = self.criteria.chosen.get(name, ())
        counts = self.found.counts.by_value
        options = [
            Option(f"{name}-{value}", value, label, counts.get((name, value), 0), value in chosen)
            for value, label in self._labels(name).items()
            if self._is_shown(name, value)
        ]
        if name in FOLDED or name in LONG:
            options = [option for option in options if option.count or option.checked]
        if name not in LONG:
            return Group(name, LEGENDS[name], options, is_folded=name in FOLDED and not chosen)
        options.sort(key=lambda option: (not option.checked, -option.count, option.label))
        shown = max(LONG[name], len(chosen))
        return Group(name, LEGENDS[name], options[:shown], options[shown:])

    def _is_shown(self, name: str, value: str) -> bool:
        left_out = self.criteria.left_out
        return not (name == "region" and left_out and value == left_out.code)

    def _labels(self, name: str) -> dict[str, str]:
        choices = self.asked.filters[name].extra["choices"]
        return {str(value): str(label) for value, label in choices}

    def _own(self) -> Iterable[str]:
        return ["1"] if self.asked.form.cleaned_data[OWN] else []

    def _parameters(self) -> dict[str, list[str]]:
        """Return the address in its shortest form, without the page."""
        sort = self.criteria.sort
        return {
            "q": [self.criteria.words] if self.criteria.words else [],
            **{name: [*values] for name, values in self.criteria.chosen.items()},
            "sort": [] if sort == Sort.RELEVANCE else [sort.value],
            **self._place(),
            OWN: [*self._own()],
        }

    def _place(self) -> dict[str, list[str]]:
        """Return where the visitor is, unless we know it, and how results are shown."""
        own = self.asked.own_region
        view = self.asked.shown_as
        return {
            "home": [] if own is None or self.asked.is_home_known else [own.code],
            "view": [] if view == View.LIST else [view.value],
        }

    def _seen_as(self, view: View) -> str:
        shown = [] if view == View.LIST else [view.value]
        return _query({**self._parameters(), "view": shown})

    @cached_property
    def points(self) -> list[MapPoint]:
        """The regions on the map with their results, as if none of them were chosen."""
        counts = self.found.counts.by_value
        regions = self.asked.regions
        return points(
            regions,
            counts={region.code: counts.get(("region", region.code), 0) for region in regions},
            addresses={region.code: self.only_in(region) for region in regions},
            own=self.asked.own_region,
            chosen=self.criteria.chosen.get("region", ()),
        )

    def only_in(self, region: Region) -> str:
        """Return the address of the results in one region, as a list."""
        return _query({**self._parameters(), "region": [region.code], "view": []})

    def _address(self, name: str, value: str) -> str:
        rest = self._parameters()
        return _query({**rest, name: [one for one in rest[name] if one != value]})

    def _page(self, number: int) -> str:
        return _query({**self._parameters(), "page": [str(number)]})


def _query(parameters: Mapping[str, Sequence[str]]) -> str:
    data = QueryDict(mutable=True)
    for name, values in parameters.items():
        if any(values):
            data.setlist(name, [*values])
    return f"?{data.urlencode()}"
