"""The form in which a record is written: one page in five sections."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from catalogue.enums import (
    AccessMode,
    AccessType,
    Certificate,
    EsfriDomain,
    RecordKind,
    SubDomain,
)
from catalogue.forms.fields import TOO_LONG, LanguagesField, LinesField, boxes
from catalogue.models import Competence, Record
from catalogue.models.content import FIELD_NAMES
from portal.enums import VoucherKind

LONGEST_TEXT = 8000
ONLY_EQUIPMENT = ("manufacturer", "model_name", "facilities")
SECTIONS: Sequence[tuple[str, str | Promise, str | Promise, Sequence[str]]] = (
    (
        "what",
        _("What it is"),
        _("Write for somebody who has never heard of you. Plain words are found more often."),
        (
            "title",
            "summary",
            "description",
            "text_language",
            "facilities",
            "manufacturer",
            "model_name",
            "life_cycle",
            "external_id",
        ),
    ),
    (
        "can",
        _("What it can do"),
        _("Firms search by competences and techniques."),
        (
            "competences",
            "techniques",
            "sub_domains",
            "esfri_domains",
            "trl_from",
            "trl_to",
            "certificates",
            "languages",
            "service_level",
        ),
    ),
    (
        "access",
        _("Access and price"),
        _("What a firm needs to know before it asks."),
        (
            "access_types",
            "access_modes",
            "order_type",
            "voucher_kinds",
            "first_answer_days",
            "lead_time_days",
            "price_kind",
            "sme_discount",
            "is_price_without_vat",
            "minimum_order",
            "sample_conditions",
            "biosafety_level",
        ),
    ),
    (
        "deviations",
        _("Deviations from the common rules"),
        _("The common access rules hold. Say here only where this record differs from them."),
        (
            "admits",
            "data_clause",
            "confidentiality",
            "insurance",
            "transport_limits",
            "needs_ethics_approval",
            "own_rule",
        ),
    ),
    (
        "contact",
        _("Contact and place"),
        _("A named person is never shown to the public; a function address is."),
        (
            "contact_email",
            "contact_phone",
            "contact_url",
            "contact_name",
            "second_contact_name",
            "second_contact_email",
            "second_contact_phone",
            "second_contact_url",
            "website",
            "department",
            "site",
            "building",
            "location_url",
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page."""

    id: str
    title: str | Promise
    lead: str | Promise
    fields: Sequence[BoundField]


@dataclass(frozen=True, slots=True)
class TermGroup:
    """Competences of one group; it is unfolded where one of them is chosen."""

    name: str
    options: Sequence[tuple[str, str, str, bool]]
    is_open: bool


class RecordForm(forms.ModelForm[Record]):
    """Everything that a record says but its photos; only the title is needed to keep it."""

    description = forms.CharField(
        label=_("Description"),
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea({"rows": 8}),
        error_messages={"max_length": TOO_LONG},
    )
    competences = forms.MultipleChoiceField(  # type: ignore[call-arg]
        label=_("Competences"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        template_name="catalogue/provider/competences.html",
    )
    facilities = forms.MultipleChoiceField(
        label=_("Belongs to"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    techniques = LinesField(
        label=_("Techniques"),
        help_text=_("Methods by their usual names, one a line."),
        longest=100,
        widget=forms.Textarea({"rows": 4}),
    )
    languages = LanguagesField(
        label=_("Languages spoken"),
        help_text=_("By two letters, such as: en, de, nl"),
        longest=2,
        widget=forms.TextInput,
    )
    sub_domains = boxes(Record, "sub_domains", SubDomain.choices)
    esfri_domains = boxes(Record, "esfri_domains", EsfriDomain.choices)
    access_types = boxes(Record, "access_types", AccessType.choices)
    access_modes = boxes(Record, "access_modes", AccessMode.choices)
    voucher_kinds = boxes(Record, "voucher_kinds", VoucherKind.choices)
    certificates = boxes(Record, "certificates", Certificate.choices)

    class Meta:
        model = Record
        fields = FIELD_NAMES
        labels = {
            "life_cycle": _("Life cycle"),
            "access_modes": _("On what terms"),
            "first_answer_days": _("Days until you answer a first question"),
            "lead_time_days": _("Days until a firm can come or send samples"),
            "sme_discount": _("Discount for SMEs in per cent"),
            "data_clause": _("Whose the results are"),
            "contact_email": _("Shared e-mail address"),
            "own_rule": _("Another rule of your own"),
            "department": pgettext_lazy("organisation", "Department"),
        }
        help_texts = {
            "summary": _(
                "One or two sentences for the list of results. Needed before you can send it."
            ),
            "contact_email": _("An address such as lab@example.org, not a person's."),
            "trl_from": _("Technology readiness, from 1 (idea) to 9 (in use)."),
        }
        error_messages = {
            "title": {"required": _("Enter a title"), "max_length": TOO_LONG},
            "summary": {"max_length": TOO_LONG},
        }
        widgets = {"summary": forms.Textarea({"rows": 3})}

    def __init__(
        self,
        data: Any = None,
        *,
        record: Record,
        content: Mapping[str, Any],
    ) -> None:
        """`record` is filled with the content; it is checked and never stored."""
        super().__init__(data, instance=record, initial=dict(content))
        self.terms = list(Competence.objects.order_by("group", "name"))
        choices = [(term.slug, term.label) for term in self.terms]
        self.fields["competences"].choices = choices  # type: ignore[attr-defined]
        self.fields["summary"].required = False
        if record.kind == RecordKind.EQUIPMENT:
            own = record.provider.records.filter(kind=RecordKind.FACILITY)
            places = list(own.values_list("slug", "title"))
            self.fields["facilities"].choices = places  # type: ignore[attr-defined]
        else:
            for name in ONLY_EQUIPMENT:
                del self.fields[name]

    @property
    def sections(self) -> list[Section]:
        """The parts of the page, with the fields that this kind of record has."""
        return [
            Section(code, title, lead, [self[name] for name in names if name in self.fields])
            for code, title, lead, names in SECTIONS
        ]

    @property
    def term_groups(self) -> list[TermGroup]:
        """The competences by group."""
        chosen = set(self["competences"].value() or [])
        options = self._options(chosen)
        return [
            TermGroup(name or gettext("Other"), rows, any(row[3] for row in rows))
            for name, rows in (
                (name, [option for _group, option in found])
                for name, found in groupby(options, key=lambda pair: pair[0])
            )
        ]

    def _options(self, chosen: set[str]) -> Iterable[tuple[str, tuple[str, str, str, bool]]]:
        """Each competence with its group; the first box has the id that the summary jumps to."""
        for place, term in enumerate(self.terms):
            box = f"id_competences_{place}"
            yield term.group, (box, term.slug, term.label, term.slug in chosen)

    def clean_trl_from(self) -> int | None:
        """Refuse a level that does not exist."""
        return self._level("trl_from")

    def clean_trl_to(self) -> int | None:
        """Refuse a level that does not exist."""
        return self._level("trl_to")

    def _level(self, name: str) -> int | None:
        level: int | None = self.cleaned_data[name]
        if level is not None and not 1 <= level <= 9:
            raise ValidationError(gettext("Enter a level from 1 to 9"))
        return level

    def clean(self) -> dict[str, Any]:
        """Say at the field what the database would refuse."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = data.get("trl_from"), data.get("trl_to")
        if first and last and last < first:
            self.add_error("trl_to", gettext("TRL to must not be below TRL from"))
        if (data.get("sme_discount") or 0) > 100:
            self.add_error("sme_discount", gettext("Enter at most 100 per cent"))
        if not 1 <= (data.get("biosafety_level") or 1) <= 4:
            self.add_error("biosafety_level", gettext("Enter a level from 1 to 4"))
        return data

    def clean_external_id(self) -> str:
        """Refuse a number that another record of the provider has."""
        number: str = self.cleaned_data["external_id"]
        others = self.instance.provider.records.exclude(pk=self.instance.pk)
        if number and others.filter(external_id=number).exists():
            raise ValidationError(gettext("Another record of yours has this number"))
        return number

    def changes(self) -> dict[str, Any]:
        """Return what was written, by field."""
        return {name: self.cleaned_data[name] for name in self.fields}
