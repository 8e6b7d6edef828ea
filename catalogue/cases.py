"""Rows as the facts that the file of the catalogue holds, and what fits into them."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.urls import reverse

from catalogue.enums import RecordKind
from catalogue.models import Competence, Provider, Record
from catalogue.models.content import FIELD_NAMES
from catalogue.rules.cells import Vocabulary
from catalogue.rules.uniquip import MADE_UP

# Longer ones are a manual, and more than the search can take in.
LONGEST_DESCRIPTION = 50_000
NAME, EMAIL = "contact_name", "contact_email"
CONTACT = (NAME, "contact_phone", "contact_url", EMAIL)
SECOND_CONTACT = tuple(f"second_{name}" for name in CONTACT)


def vocabulary() -> Vocabulary:
    """Return how long the texts of a record may be, and which words its columns take."""
    lengths = {
        "number": _longest("external_id"),
        "slug": _longest("slug"),
        "description": LONGEST_DESCRIPTION,
    }
    words = {
        "kind": Vocabulary.of(RecordKind.values),
        "competences": Vocabulary.of(Competence.objects.values_list("slug", flat=True)),
    }
    for name in FIELD_NAMES:
        column = _of_one_value(name)
        if column.choices:
            words[name] = Vocabulary.of(str(value) for value, _label in column.choices)
        elif column.max_length:
            lengths[name] = column.max_length
    return Vocabulary(lengths, words)


def _of_one_value(name: str) -> Any:
    column = Record._meta.get_field(name)
    return getattr(column, "base_field", column)


def _longest(name: str) -> int:
    return int(_of_one_value(name).max_length)


def number_of(external_id: str, slug: str) -> str:
    """Return the ID under which a record stands in the file."""
    return external_id or f"{MADE_UP}{slug}"


def page_of(slug: str) -> str:
    """Return the full address of a record's page."""
    return f"{settings.SITE_URL}{reverse('catalogue_record', args=[slug])}"


def office_name(provider: Provider) -> str:
    """Return who answers for its records: the organisation, as long as a contact's name may be."""
    return provider.organisation.name[: _longest(NAME)].strip()


def published(record: Record, *, facilities: Sequence[str]) -> dict[str, Any]:
    """Return what the file says of a record; `facilities` are the IDs of the public ones.

    A person is never named, not even one who agreed to be shown on the page: consent can be taken
    back, and copies of an open file cannot.
    """
    return {
        **record.content.columns(),
        "kind": record.kind,
        "facilities": facilities,
        "number": number_of(record.external_id, record.slug),
        "provider": record.provider.slug,
        "region": record.region.code,
        "slug": record.slug,
        "competences": record.terms,
        "confirmed_on": record.confirmed_on,
        **_contact(record),
        **_second_contact(record),
    }


def _contact(record: Record) -> dict[str, str]:
    """The function that answers, by the ways that are its own, else the organisation's."""
    office = record.provider.organisation
    is_person = bool(record.contact_name) or record.kind == RecordKind.EXPERT
    phone, page = ("", "") if is_person else (record.contact_phone, record.contact_url)
    email = office.email if is_person else record.public_contact
    if not (phone or page or email):
        page = office.website or page_of(record.slug)
    return dict(zip(CONTACT, (office_name(record.provider), phone, page, email), strict=True))


def _second_contact(record: Record) -> dict[str, str]:
    ways = [getattr(record, name) for name in SECOND_CONTACT[1:]]
    is_person = bool(record.second_contact_name) or record.kind == RecordKind.EXPERT
    if is_person or not any(ways):
        return dict.fromkeys(SECOND_CONTACT, "")
    return dict(zip(SECOND_CONTACT, (office_name(record.provider), *ways), strict=True))
