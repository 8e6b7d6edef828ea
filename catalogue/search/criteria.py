"""What is asked of the catalogue, and the facets by which it can be narrowed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Q

from catalogue.enums import Sort
from portal.models import Organisation, Region, User

OWN = "own"


@dataclass(frozen=True, slots=True)
class Facet:
    """One way to narrow: the lookup on records, and in SQL the values of the rows found."""

    lookup: str
    column: str
    is_list: bool = False


FACETS: Mapping[str, Facet] = {
    "kind": Facet("kind__in", "kind"),
    "region": Facet("region__code__in", "region_id"),
    "country": Facet("region__country__in", "region_id"),
    "competence": Facet("terms__overlap", "terms", is_list=True),
    "field": Facet("sub_domains__overlap", "sub_domains", is_list=True),
    "voucher": Facet("voucher_kinds__overlap", "vouchers", is_list=True),
    "access": Facet("access_types__overlap", "access_types", is_list=True),
    "certificate": Facet("certificates__overlap", "certificates", is_list=True),
    "language": Facet("languages__overlap", "languages", is_list=True),
    "trl": Facet("", "concat(trl_from, '-', trl_to)"),
}


@dataclass(frozen=True, slots=True)
class Criteria:
    """What is asked: words, chosen values by facet, the own region to leave out, order, page.

    `origin` is where the visitor is at home: distances are counted from there.
    """

    words: str = ""
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    left_out: Region | None = None
    sort: Sort = Sort.RELEVANCE
    page: int = 1
    origin: Region | None = None

    def conditions(self, rules: Sequence[int]) -> dict[str, Q]:
        """Return one condition for each facet in use; `rules` are the access rules in force."""
        conditions = {
            name: _condition(name, values, rules) for name, values in self.chosen.items() if values
        }
        if self.left_out:
            conditions[OWN] = ~Q(region=self.left_out)
        return conditions


def _condition(name: str, values: Sequence[str], rules: Sequence[int]) -> Q:
    if name == "trl":
        served = Q(pk__in=[])
        for level in values:
            served |= Q(trl_from__lte=int(level), trl_to__gte=int(level))
        return served
    chosen = Q(**{FACETS[name].lookup: [*values]})
    # A voucher can be used only where the provider has accepted the rules in force.
    return chosen & offered(rules) if name == "voucher" else chosen


def offered(rules: Sequence[int]) -> Q:
    """Whether the record's provider has accepted rules in force."""
    return Q(provider__accepted_rules__in=rules)


def own_region(user: object) -> Region | None:
    """Return the region of the visitor's organisations, where there is exactly one."""
    if not isinstance(user, User):
        return None
    homes = Organisation.objects.of(user).exclude(region=None)
    regions = list(Region.objects.filter(pk__in=homes.values("region"))[:2])
    return regions[0] if len(regions) == 1 else None
