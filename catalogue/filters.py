"""The catalogue's address, read forgivingly: what is unknown is left out and named."""

from collections.abc import Sequence
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.datastructures import MultiValueDict
from django.utils.translation import get_language_info, gettext

from catalogue.enums import AccessType, Certificate, RecordKind, Sort, SubDomain, View
from catalogue.models import Competence, Record
from catalogue.search import FACETS, OWN, Criteria
from portal.enums import VoucherKind
from portal.models import Region
from portal.templatetags.portal_ui import country_name

LONGEST = 200
# Languages spoken where the programmes run, and those that guests bring.
LANGUAGES = ("da", "de", "en", "es", "fr", "it", "nl", "pl", "pt", "sv")
OFFERED_VOUCHERS = (VoucherKind.MEET_GREET, VoucherKind.INSIGHT, VoucherKind.COLLABORATION)


class KnownValues(forms.MultipleChoiceField):
    """Keep the values that exist; others are no reason to lose the rest of the address."""

    def clean(self, value: Any) -> list[str]:
        """Return the known values, each once, in the order of the address."""
        return [one for one in dict.fromkeys(value or []) if self.valid_value(one)]


class FacetFilter(django_filters.MultipleChoiceFilter):
    """A facet: any number of known values."""

    field_class = KnownValues


class CatalogueFilter(django_filters.FilterSet):
    """The parameters of the search page, as listed in the portal's promised addresses."""

    q = django_filters.CharFilter()
    kind = FacetFilter(choices=RecordKind.choices)
    region = FacetFilter()
    country = FacetFilter()
    competence = FacetFilter()
    field = FacetFilter(choices=SubDomain.choices)
    access = FacetFilter(choices=AccessType.choices)
    voucher = FacetFilter(choices=[(kind.value, kind.label) for kind in OFFERED_VOUCHERS])
    certificate = FacetFilter(choices=Certificate.choices)
    language = FacetFilter(choices=[(code, code) for code in LANGUAGES])
    trl = FacetFilter(choices=[(str(level), f"TRL {level}") for level in range(1, 10)])
    home = FacetFilter()
    view = FacetFilter(choices=View.choices)
    sort = FacetFilter(choices=Sort.choices)
    own = FacetFilter(choices=[("1", "1")])
    page = django_filters.CharFilter()

    class Meta:
        model = Record
        fields: Sequence[str] = []

    def __init__(self, data: MultiValueDict[str, str], own_region: Region | None = None) -> None:
        """Read the address for a visitor, whose own region's records are left out.

        `own_region` is what we know of a person who signed in; `home=` in the address says another.
        """
        none: QuerySet[Record] = Record.objects.none()
        super().__init__(_printable(data), queryset=none)
        self.regions = list(Region.objects.all())
        self.terms = list(Competence.objects.defer("synonyms"))
        self._offer("region", [(r.code, r.name) for r in self.regions])
        countries = {region.country: country_name(region.country) for region in self.regions}
        self._offer("country", sorted(countries.items(), key=lambda pair: pair[1]))
        self._offer("home", [(r.code, r.name) for r in self.regions])
        self._offer("competence", [(term.slug, term.label) for term in self.terms])
        self._offer("language", [(code, language_name(code)) for code in LANGUAGES])
        self.own_region = self._home() or own_region
        self.is_home_known = self.own_region == own_region

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        self.filters[name].extra["choices"] = choices

    def criteria(self) -> Criteria:
        """Return what is asked for, with everything unknown left out."""
        self.form.is_valid()
        asked = self.form.cleaned_data
        chosen = {name: tuple(asked[name]) for name in FACETS if asked[name]}
        return Criteria(
            words=_words(self.data),
            chosen=chosen,
            left_out=None if self._shows_own(chosen) else self.own_region,
            sort=Sort(asked["sort"][0]) if asked["sort"] else Sort.RELEVANCE,
            page=_page(self.data.get("page", "")),
            origin=self.own_region,
        )

    @property
    def shown_as(self) -> View:
        """Whether results are shown as a list or on the map."""
        self.form.is_valid()
        asked = self.form.cleaned_data["view"]
        return View(asked[0]) if asked else View.LIST

    def _home(self) -> Region | None:
        self.form.is_valid()
        asked = self.form.cleaned_data["home"]
        return next((r for r in self.regions if asked and r.code == asked[0]), None)

    def notices(self) -> list[str]:
        """Say, a sentence each, what of the address was not understood."""
        self.form.is_valid()
        notices = [
            gettext("The catalogue has no “%(value)s” in this filter, so it shows all the others.")
            % {"value": value[:40]}
            for name in [*FACETS, "sort", "home", "view", OWN]
            for value in self.data.getlist(name)
            if value and value not in self.form.cleaned_data[name]
        ]
        if self.form.cleaned_data["sort"] == [Sort.DISTANCE] and not self.own_region:
            notices.append(gettext("Choose your region to see what is nearest to you."))
        if len(self.data.get("q", "")) > LONGEST:
            notices.append(
                gettext("We searched for the first %(number)s characters only.")
                % {"number": LONGEST}
            )
        return notices

    def _shows_own(self, chosen: dict[str, tuple[str, ...]]) -> bool:
        """Whether the visitor asked for the own region: by its switch, or by its name."""
        own = self.own_region.code if self.own_region else ""
        return bool(self.form.cleaned_data[OWN]) or own in chosen.get("region", ())


def language_name(code: str) -> str:
    """Name a language by its two letters, in the reader's language."""
    try:
        return str(get_language_info(code)["name_translated"]).capitalize()
    except KeyError:
        return code


def _printable(data: MultiValueDict[str, str]) -> MultiValueDict[str, str]:
    """PostgreSQL takes no NUL character."""
    clean: MultiValueDict[str, str] = MultiValueDict()
    for name, values in data.lists():
        clean.setlist(name, [value.replace("\0", "") for value in values])
    return clean


def _words(data: MultiValueDict[str, str]) -> str:
    """Return what to search for; signs without a letter or digit search for nothing."""
    words = " ".join(data.get("q", "")[:LONGEST].split())
    return words if any(sign.isalnum() for sign in words) else ""


def _page(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else 1
