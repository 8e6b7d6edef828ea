"""The demo's voucher types: amounts, rules and kinds of cost, as a manager would enter them."""

from decimal import Decimal
from typing import Any

from portal.enums import VoucherKind
from vouchers.enums import AidBasis, AmountKind, CrossingRule, Payee, Selection

COMMON_RULES = """\
Your firm is an SME with its seat in a region of the programme.
Your partner sits in another region of the programme and does not belong to your group.
The work starts after you have accepted the award, and not before.
No other public money pays the same cost.
VAT is not paid."""

TRAVEL = {"code": "travel", "label": "Travel", "hint": "Train, second-class or economy fares"}
LODGING = {"code": "accommodation", "label": "Accommodation", "hint": "Up to the local rate"}
SERVICE = {"code": "service", "label": "Service of the partner", "hint": "As in the quote"}
FEE = {"code": "facility_fee", "label": "Access to a facility", "hint": "Per hour, day or sample"}
TRAINING = {"code": "training", "label": "Training", "hint": "Made for your staff"}
EXPERT = {"code": "expert", "label": "Expert", "hint": "Fee of a contracted expert"}
MATERIALS = {"code": "materials", "label": "Materials", "hint": "Used up in the work"}
INELIGIBLE = [
    {"code": "own_staff", "label": "Your own staff's pay", "is_eligible": False},
    {"code": "vat", "label": "VAT", "is_eligible": False},
    {"code": "equipment", "label": "Buying equipment or software", "is_eligible": False},
    {"code": "marketing", "label": "Advertising, sales trips and fairs", "is_eligible": False},
    {"code": "early", "label": "Costs before you accepted the award", "is_eligible": False},
]
CRITERIA = [
    {"code": "need", "name": "Need for a partner abroad", "weight": 30},
    {"code": "plan", "name": "Quality of the plan", "weight": 25},
    {"code": "value", "name": "Value for the company", "weight": 25},
    {"code": "lasting", "name": "Lasting cooperation", "weight": 20},
]

MEET_GREET: dict[str, Any] = {
    "code": "meet_greet",
    "short_code": "MG",
    "kind": VoucherKind.MEET_GREET,
    "name": "Meet & Greet",
    "summary": "Travel to meet relevant organisations in another region.",
    "order": 1,
    "amount_kind": AmountKind.CAPPED,
    "amount": Decimal("500.00"),
    "validity_months": 6,
    "claim_days": 30,
    "needs_host_signature": False,
    "selection": Selection.FIRST_COME,
    "max_per_call": 2,
    "max_hosts": 5,
    "rules_text": COMMON_RULES + "\nYou may visit up to five organisations on one trip.",
}
INSIGHT: dict[str, Any] = {
    "code": "insight",
    "short_code": "INS",
    "kind": VoucherKind.INSIGHT,
    "name": "Insight",
    "summary": "Exchange staff, receive training or contract an expert to gather insight.",
    "order": 2,
    "amount_kind": AmountKind.LUMP_SUM,
    "amount": Decimal("4000.00"),
    "validity_months": 12,
    "claim_days": 30,
    "needs_consent": True,
    "needs_agreement": True,
    "assessors": 1,
    "rules_text": COMMON_RULES + "\nThe amount is fixed and paid on an accepted report.",
}
COLLABORATION: dict[str, Any] = {
    "code": "collaboration",
    "short_code": "COL",
    "kind": VoucherKind.COLLABORATION,
    "name": "Collaboration",
    "summary": "An actual collaboration on an innovative new product or service.",
    "order": 3,
    "amount_kind": AmountKind.LUMP_SUM,
    "amount": Decimal("7000.00"),
    "validity_months": 12,
    "claim_days": 30,
    "needs_consent": True,
    "needs_agreement": True,
    "assessors": 2,
    "holds_letters": True,
    "rules_text": COMMON_RULES + "\nThe amount is fixed and paid on an accepted report.",
}
COSTS: dict[str, list[dict[str, Any]]] = {
    "meet_greet": [TRAVEL, LODGING, *INELIGIBLE],
    "insight": [SERVICE, EXPERT, TRAINING, FEE, MATERIALS, TRAVEL, LODGING, *INELIGIBLE],
    "collaboration": [SERVICE, FEE, MATERIALS, EXPERT, TRAINING, TRAVEL, LODGING, *INELIGIBLE],
}


def historic(
    code: str, short_code: str, kind: VoucherKind, name: str, amount: str
) -> dict[str, Any]:
    """Return a type of a past programme: actual cost up to the amount in EUR."""
    return {
        "code": code,
        "short_code": short_code,
        "kind": kind,
        "name": name,
        "amount_kind": AmountKind.CAPPED,
        "amount": Decimal(amount),
        "crossing_rule": CrossingRule.OTHER_REGION,
        "needs_host_signature": False,
        "aid_basis": AidBasis.DE_MINIMIS,
        "payee": Payee.SME,
        "max_per_call": 3,
    }


TRANSNATIONAL = historic(
    "transnational", "TRA", VoucherKind.TRANSNATIONAL, "Transnational voucher", "6000.00"
)
INTERNATIONALISATION = historic(
    "internationalisation",
    "INT",
    VoucherKind.INTERNATIONALISATION,
    "Internationalisation voucher",
    "5000.00",
)
SUPPORT = historic("support", "SUP", VoucherKind.SUPPORT, "Support voucher", "5000.00")
TRAVEL_VOUCHER = historic("travel", "TRV", VoucherKind.TRAVEL, "Travel voucher", "1500.00")
LADDER = [MEET_GREET, INSIGHT, COLLABORATION]

ACCESS_RULES = """\
Any SME from another region may apply. The facility answers a request within 10 working days.
The price is fixed before work starts. The facility gives a written quote, and SMEs from every \
region pay the same price.
Your results are yours. The facility keeps them confidential unless you both agree otherwise in \
writing.
Samples come with a biosafety form at least 5 working days before delivery."""
