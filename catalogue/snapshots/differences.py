"""What a record says, in words, and what a change would say instead."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext

from catalogue.models import Competence, Photo, Record
from catalogue.models.content import FIELD_NAMES
from catalogue.rules.differences import Piece, words

type Content = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that a record says."""

    name: str
    label: str | Promise
    text: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that a change says otherwise; what only one side says is marked."""

    label: str | Promise
    before: Sequence[Piece]
    after: Sequence[Piece]


@dataclass(frozen=True, slots=True)
class Pictures:
    """The photos that a change brings, keeps and takes away."""

    added: Sequence[Photo]
    kept: Sequence[Photo]
    removed: Sequence[Photo]
    is_reordered: bool

    @property
    def differ(self) -> bool:
        """Whether anything about the photos changes."""
        return bool(self.added or self.removed or self.is_reordered)


def described(*contents: Content) -> list[list[Said]]:
    """Say each content in words, with all fields in one order; two queries for all of them."""
    names = _names(contents)
    return [[_said(name, content, names) for name in _ORDER] for content in contents]


def compared(before: Content, after: Content) -> list[Difference]:
    """Return what differs, field by field; photos are compared by `pictures`."""
    old, new = described(before, after)
    return [
        Difference(was.label, *words(was.text, is_now.text))
        for was, is_now in zip(old, new, strict=True)
        if was.text != is_now.text
    ]


def pictures(record: Record, before: Content, after: Content) -> Pictures:
    """Return which photos differ."""
    old, new = list(before.get("photos", [])), list(after.get("photos", []))
    rows = {photo.pk: photo for photo in record.photos.filter(pk__in=[*old, *new])}
    kept = [pk for pk in new if pk in old]
    return Pictures(
        added=[rows[pk] for pk in new if pk not in old and pk in rows],
        kept=[rows[pk] for pk in kept if pk in rows],
        removed=[rows[pk] for pk in old if pk not in new and pk in rows],
        is_reordered=kept != [pk for pk in old if pk in new],
    )


_ORDER = (*FIELD_NAMES[:3], "competences", "facilities", *FIELD_NAMES[3:])
_LABELS = {
    "competences": gettext_lazy("competences"),
    "facilities": gettext_lazy("belongs to"),
}


def _names(contents: Sequence[Content]) -> Mapping[str, Mapping[str, str]]:
    """Return the names of all competences and facilities that the contents mention, by slug."""
    terms = {slug for content in contents for slug in content.get("competences", [])}
    places = {slug for content in contents for slug in content.get("facilities", [])}
    return {
        "competences": {t.slug: t.label for t in Competence.objects.filter(slug__in=terms)},
        "facilities": dict(Record.objects.filter(slug__in=places).values_list("slug", "title"))
        if places
        else {},
    }


def _said(name: str, content: Content, names: Mapping[str, Mapping[str, str]]) -> Said:
    value = content.get(name)
    if name in names:
        known = names[name]
        return Said(name, _LABELS[name], ", ".join(known.get(slug, slug) for slug in value or []))
    field = Record._meta.get_field(name)
    return Said(name, getattr(field, "verbose_name", name), _in_words(field, value))


def _in_words(field: Any, value: Any) -> str:
    if isinstance(field, models.BooleanField):
        return pgettext("answer", "Yes") if value else pgettext("answer", "No")
    if value is None or value == "":
        return ""
    choices = field.base_field if isinstance(field, ArrayField) else field
    labels = {str(one): str(label) for one, label in choices.flatchoices}
    values = value if isinstance(value, list | tuple) else [value]
    words = [labels.get(str(one), str(one)) for one in values]
    # A label may hold commas of its own.
    return ("; " if any("," in word for word in words) else ", ").join(words)
