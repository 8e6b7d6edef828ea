"""From rows to cases: what the law is asked about an application."""

from vouchers.cases.aid import AID_OF_AWARDS, aid_history, headroom_of
from vouchers.cases.amounts import amount_rule, confirmed_price, hosts_with_consents, price_verdict
from vouchers.cases.application import COUNTED_IN_CALL, case_of, verdict_on
from vouchers.cases.firm import figures_of, undertaking_of
from vouchers.cases.places import holidays_of, local_day, participating_regions, place_of
from vouchers.cases.promise import promise_of
from vouchers.cases.reading import AROUND, load_parts
from vouchers.cases.routes import routes_of

__all__ = [
    "AID_OF_AWARDS",
    "AROUND",
    "COUNTED_IN_CALL",
    "aid_history",
    "amount_rule",
    "case_of",
    "confirmed_price",
    "figures_of",
    "headroom_of",
    "holidays_of",
    "hosts_with_consents",
    "load_parts",
    "local_day",
    "participating_regions",
    "place_of",
    "price_verdict",
    "promise_of",
    "routes_of",
    "undertaking_of",
    "verdict_on",
]
