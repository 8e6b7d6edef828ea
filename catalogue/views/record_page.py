"""What a record says, as rows of a term and its words; rows without words are left out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from catalogue.enums import (
    Admits,
    Confidentiality,
    DataClause,
    EsfriDomain,
    LegalStatus,
    LifeCycle,
    RecordKind,
    Structure,
    SubDomain,
)
from catalogue.models import SINKS_AFTER, Expert, Provider, Record


@dataclass(frozen=True, slots=True)
class Row:
    """A term and its words; quoted are the provider's own words, in the record's language."""

    term: str
    words: str
    is_quoted: bool = False


def ability(record: Record) -> list[Row]:
    """Say what it can do: fields, technology readiness, make, certificates."""
    return _said(
        Row(_("Techniques"), ", ".join(record.techniques), is_quoted=True),
        Row(_("Life-science fields"), _labels(SubDomain, record.sub_domains)),
        Row(_("Fields of research"), _labels(EsfriDomain, record.esfri_domains)),
        Row(_("Technology readiness"), _trl(record)),
        Row(_("Manufacturer"), record.manufacturer),
        Row(pgettext("equipment", "Model"), record.model_name),
        Row(_("Certificates"), ", ".join(record.certificates)),
        Row(_("Service level"), record.service_level, is_quoted=True),
        Row(_("Life cycle"), _life(record)),
    )


def terms(record: Record) -> list[Row]:
    """Say on what terms it is used: access, price, samples."""
    return _said(
        Row(_("Access"), ", ".join(record.access_type_labels)),
        Row(_("Terms"), ", ".join(record.access_mode_labels)),
        Row(_("How to order"), record.get_order_type_display()),
        Row(_("Price"), _price(record)),
        Row(_("Discount for SMEs"), _discount(record)),
        Row(_("Smallest order"), record.minimum_order, is_quoted=True),
        Row(_("Samples"), record.sample_conditions, is_quoted=True),
        Row(_("Biosafety level of samples"), _biosafety(record)),
    )


def place(record: Record) -> list[Row]:
    """Say where it stands."""
    return _said(
        Row(_("Department"), record.department, is_quoted=True),
        Row(pgettext("place", "Site"), record.site, is_quoted=True),
        Row(_("Building"), record.building, is_quoted=True),
    )


def deviations(record: Record) -> list[Row]:
    """Say where the record differs from the common access rules."""
    return _said(
        Row(_("Who may use it"), _unless(record.admits, Admits.COMMON, Admits)),
        Row(_("First answer"), _within(record.first_answer_days)),
        Row(_("Smallest order"), record.minimum_order, is_quoted=True),
        Row(_("Biosafety level of samples"), _biosafety(record)),
        Row(_("Results"), _unless(record.data_clause, DataClause.COMMON, DataClause)),
        Row(
            _("Confidentiality"),
            _unless(record.confidentiality, Confidentiality.COMMON, Confidentiality),
        ),
        Row(_("Insurance"), record.insurance, is_quoted=True),
        Row(_("Limits of transport or export"), record.transport_limits, is_quoted=True),
        Row(_("Ethics"), _("An ethics approval is needed") if record.needs_ethics_approval else ""),
        Row(_("Own rule"), record.own_rule, is_quoted=True),
    )


def shown_person(record: Record) -> Expert | None:
    """Return the person behind an expert's record, only while the person agrees."""
    person = getattr(record, "person", None)
    shows = record.kind == RecordKind.EXPERT and person is not None and person.agrees
    return person if shows else None


def is_stale(record: Record, now: datetime) -> bool:
    """Whether nobody has confirmed it for nine months."""
    return record.confirmed_on is None or record.confirmed_on <= (now - SINKS_AFTER).date()


def organisation(provider: Provider) -> list[Row]:
    """Say who a provider is."""
    return _said(
        Row(pgettext("organisation", "Kind"), provider.get_kind_display()),
        Row(_("Legal status"), _label(LegalStatus, provider.legal_status)),
        Row(pgettext("organisation", "Structure"), _label(Structure, provider.structure)),
        Row(_("Life cycle"), _label(LifeCycle, provider.life_cycle)),
        Row(_("Fields of research"), _labels(EsfriDomain, provider.esfri_domains)),
        Row(_("City"), provider.organisation.city),
    )


def _said(*rows: Row) -> list[Row]:
    return [row for row in rows if row.words]


type _Words = type[Admits | Confidentiality | DataClause | LegalStatus | LifeCycle | Structure]


def _label(words: _Words, value: str) -> str:
    return str(words(value).label) if value else ""


def _unless(value: str, common: str, words: _Words) -> str:
    return "" if value == common else _label(words, value)


def _labels(words: type[EsfriDomain | SubDomain], values: Iterable[str]) -> str:
    # Some names of fields hold commas themselves.
    return "; ".join(str(words(value).label) for value in values)


def _trl(record: Record) -> str:
    ends: Sequence[int] = sorted({n for n in (record.trl_from, record.trl_to) if n is not None})
    if not ends:
        return ""
    if len(ends) == 1:
        return _("TRL %(level)s") % {"level": ends[0]}
    return _("TRL %(first)s to %(last)s") % {"first": ends[0], "last": ends[-1]}


def _life(record: Record) -> str:
    """Return nothing while it runs as usual."""
    return _unless(record.life_cycle, LifeCycle.OPERATIONAL, LifeCycle)


def _price(record: Record) -> str:
    sentence = (
        _("%(price)s, prices are without VAT")
        if record.is_price_without_vat
        else _("%(price)s, prices include VAT")
    )
    return sentence % {"price": record.get_price_kind_display()}


def _discount(record: Record) -> str:
    if not record.sme_discount:
        return ""
    # Translators: a share of the price, as your language writes per cent.
    return _("%(share)s%% off the list price") % {"share": record.sme_discount}


def _within(days: int | None) -> str:
    if not days:
        return ""
    return ngettext("Within %(days)s day", "Within %(days)s days", days) % {"days": days}


def _biosafety(record: Record) -> str:
    if record.biosafety_level is None:
        return ""
    return _("At most level %(level)s") % {"level": record.biosafety_level}
