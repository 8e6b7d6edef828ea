"""What a record says, as plain data: shown, compared, kept as a version and put in force."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from catalogue.enums import Admits, Confidentiality, DataClause, LifeCycle, OrderType, PriceKind
from portal.enums import Locale


@dataclass(frozen=True, slots=True)
class RecordFields:
    """What a record says; times in days, discounts in per cent, addresses as the provider gives."""

    title: str
    summary: str
    description: str = ""
    techniques: Sequence[str] = ()
    sub_domains: Sequence[str] = ()
    esfri_domains: Sequence[str] = ()
    access_types: Sequence[str] = ()
    access_modes: Sequence[str] = ()
    order_type: str = OrderType.ORDER
    life_cycle: str = LifeCycle.OPERATIONAL
    voucher_kinds: Sequence[str] = ()
    certificates: Sequence[str] = ()
    languages: Sequence[str] = ()
    text_language: str = Locale.EN
    trl_from: int | None = None
    trl_to: int | None = None
    manufacturer: str = ""
    model_name: str = ""
    first_answer_days: int | None = None
    lead_time_days: int | None = None
    price_kind: str = PriceKind.ON_REQUEST
    sme_discount: int | None = None
    is_price_without_vat: bool = True
    minimum_order: str = ""
    sample_conditions: str = ""
    biosafety_level: int | None = None
    admits: str = Admits.COMMON
    data_clause: str = DataClause.COMMON
    confidentiality: str = Confidentiality.COMMON
    insurance: str = ""
    transport_limits: str = ""
    needs_ethics_approval: bool = False
    own_rule: str = ""
    external_id: str = ""
    department: str = ""
    site: str = ""
    building: str = ""
    location_url: str = ""
    service_level: str = ""
    contact_name: str = ""
    contact_email: str = ""
    contact_phone: str = ""
    contact_url: str = ""
    second_contact_name: str = ""
    second_contact_email: str = ""
    second_contact_phone: str = ""
    second_contact_url: str = ""
    website: str = ""

    def columns(self) -> dict[str, Any]:
        """Return the values as a record stores them."""
        values = ((name, getattr(self, name)) for name in FIELD_NAMES)
        return {
            name: list(value) if isinstance(value, tuple | list) else value
            for name, value in values
        }

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> "RecordFields":
        """Return the fields among the values; what is missing takes its default."""
        return cls(**{name: values[name] for name in FIELD_NAMES if name in values})


FIELD_NAMES = tuple(field.name for field in fields(RecordFields))
