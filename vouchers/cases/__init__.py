"""From rows to cases: what the law is asked about an application."""

from vouchers.cases.aid import (
    BESIDE_DE_MINIMIS,
    COUNTED_AS_HISTORY,
    Other,
    Past,
    aid_history,
    headroom_of,
    new_aid,
    others_of,
    past_of,
    rules_in_force,
)
from vouchers.cases.parts import (
    AROUND,
    confirmed_price,
    hosts_with_consents,
    load_parts,
    price_verdict,
)
from vouchers.cases.places import (
    holidays_of,
    local_day,
    participating_regions,
    place_of,
    undertaking_of,
)
from vouchers.cases.verdicts import (
    COUNTED_IN_CALL,
    case_of,
    codes_of,
    figures_of,
    promise_of,
    routes_of,
    size_of_firm,
    verdict_on,
)

__all__ = [
    "AROUND",
    "BESIDE_DE_MINIMIS",
    "COUNTED_AS_HISTORY",
    "COUNTED_IN_CALL",
    "Other",
    "Past",
    "aid_history",
    "case_of",
    "codes_of",
    "confirmed_price",
    "figures_of",
    "headroom_of",
    "holidays_of",
    "hosts_with_consents",
    "load_parts",
    "local_day",
    "new_aid",
    "others_of",
    "participating_regions",
    "past_of",
    "place_of",
    "price_verdict",
    "promise_of",
    "routes_of",
    "rules_in_force",
    "size_of_firm",
    "undertaking_of",
    "verdict_on",
]
