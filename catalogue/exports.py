"""What leaves the catalogue: the open file, and the facts of a page as search engines read them."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, CharField, F, OuterRef, Value, When
from django.db.models.functions import Concat
from django.urls import reverse
from django.utils.translation import gettext

from catalogue import cases
from catalogue.enums import ProviderKind, RecordKind
from catalogue.models import Record, RecordQuerySet
from catalogue.rules.uniquip import COLUMNS, MADE_UP, cells_of
from portal.exports import Column

LICENCE = "https://creativecommons.org/publicdomain/zero/1.0/"
AT_ONCE = 1000
Cells = Mapping[str, str]

# The cells are harmless already, in a way that the importer undoes.
FILE: tuple[Column[Cells], ...] = tuple(
    Column(column.header, partial(lambda cells, header: cells[header], header=column.header))
    for column in COLUMNS
)


def file_rows(public: RecordQuerySet) -> Iterator[Cells]:
    """Yield the cells of public records by header, in one statement and constant memory."""
    made_up = Concat(Value(MADE_UP), F("slug"), output_field=CharField())
    number = Case(When(external_id="", then=made_up), default=F("external_id"))
    related = public.filter(equipment=OuterRef("pk")).order_by("slug").values(number=number)
    rows = (
        public.select_related("provider__organisation", "region")
        .annotate(facility_numbers=ArraySubquery(related))
        .defer("search", "keywords")
        .order_by("slug")
    )
    for record in rows.iterator(chunk_size=AT_ONCE):
        facilities = getattr(record, "facility_numbers", ())
        yield cells_of(cases.published(record, facilities=facilities))


def structured(record: Record) -> dict[str, Any]:
    """Return a record as schema.org describes it: what its page shows, and nothing else."""
    page = cases.page_of(record.slug)
    return {
        "@context": "https://schema.org",
        "@graph": [_thing(record, page), _provider(record, page), _way(record, page)],
    }


def _thing(record: Record, page: str) -> dict[str, Any]:
    shape = SHAPES[RecordKind(record.kind)]
    words = [*(str(term) for term in record.competences.all()), *record.techniques]
    return _said(
        {
            "@id": f"{page}#record",
            "name": record.title,
            "description": record.description or record.summary,
            "url": page,
            **shape(record, words),
        }
    )


def _place(record: Record, words: list[str]) -> dict[str, Any]:
    return {"@type": "Place", "address": _address(record), "keywords": words}


def _product(record: Record, words: list[str]) -> dict[str, Any]:
    maker = record.manufacturer and {"@type": "Organization", "name": record.manufacturer}
    return {
        "@type": "Product",
        "manufacturer": maker,
        "model": record.model_name,
        "keywords": words,
    }


def _service(record: Record, words: list[str]) -> dict[str, Any]:
    provider = {"@id": _provider_id(record)}
    return {"@type": "Service", "category": words, "provider": provider}


def _expert(record: Record, words: list[str]) -> dict[str, Any]:
    """A person only by consent; without it what is offered is a service of the provider."""
    person = getattr(record, "person", None)
    if person is None or not person.agrees:
        return _service(record, words)
    return {
        "@type": "Person",
        "name": person.name or record.title,
        "jobTitle": record.title,
        "email": person.email if person.shows_contact else "",
        "sameAs": f"https://orcid.org/{person.orcid}" if person.orcid else "",
        "affiliation": {"@id": _provider_id(record)},
        "knowsAbout": words,
        "knowsLanguage": record.languages,
    }


SHAPES: Mapping[RecordKind, Callable[[Record, list[str]], dict[str, Any]]] = {
    RecordKind.FACILITY: _place,
    RecordKind.EQUIPMENT: _product,
    RecordKind.EXPERT: _expert,
    RecordKind.SERVICE: _service,
}
# How an organisation stands to what it offers.
HAS = {RecordKind.FACILITY: "location", RecordKind.EQUIPMENT: "owns"}


def _provider_id(record: Record) -> str:
    return f"{cases.page_of(record.slug)}#provider"


def _provider(record: Record, page: str) -> dict[str, Any]:
    provider = record.provider
    is_public = provider.kind == ProviderKind.PUBLIC
    ror = f"https://ror.org/{provider.ror}" if provider.ror else ""
    link = HAS.get(RecordKind(record.kind))
    return _said(
        {
            "@type": "ResearchOrganization" if is_public else "Organization",
            "@id": _provider_id(record),
            "name": provider.organisation.name,
            "identifier": ror,
            "sameAs": ror,
            "url": record.website,
            "email": _function_address(record),
            "address": _address(record),
            **({link: {"@id": f"{page}#record"}} if link else {}),
        }
    )


def _function_address(record: Record) -> str:
    """What the page shows, unless it is the expert's own, which stands with the person."""
    if record.kind == RecordKind.EXPERT:
        return record.provider.organisation.email
    return record.public_contact


def _address(record: Record) -> dict[str, Any]:
    return _said(
        {
            "@type": "PostalAddress",
            "addressLocality": record.provider.organisation.city,
            "addressRegion": record.region.name,
            "addressCountry": record.region.country,
        }
    )


def _way(record: Record, page: str) -> dict[str, Any]:
    """The breadcrumbs above the page's heading."""
    steps = [
        (gettext("Home"), f"{settings.SITE_URL}/"),
        (gettext("Find a facility"), f"{settings.SITE_URL}{reverse('catalogue_search')}"),
        (record.title, page),
    ]
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": place, "name": name, "item": address}
            for place, (name, address) in enumerate(steps, start=1)
        ],
    }


def _said(facts: dict[str, Any]) -> dict[str, Any]:
    """Leave out what nobody gave."""
    return {name: value for name, value in facts.items() if value not in ("", [], None)}
