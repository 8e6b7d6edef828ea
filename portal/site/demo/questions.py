"""The questions of the three voucher types, as rows for `publish_questions`."""

from typing import Any

from vouchers.enums import QuestionKind as Kind

Rows = list[dict[str, Any]]


def _question(
    section: tuple[str, str], key: str, kind: Kind, label: str, **more: str | int | bool | list[Any]
) -> dict[str, Any]:
    code, title = section
    return {
        "section": code,
        "section_title": title,
        "key": key,
        "kind": kind,
        "label": label,
        **more,
    }


_TRIP = ("trip", "Your trip")
_NEED = ("need", "What you need")
_PLAN = ("plan", "Work plan")
_BOTTLENECK = ("bottleneck", "The bottleneck")
_RESULTS = ("results", "Results and next steps")
_RIGHTS = ("rights", "Rights and ethics")
_COSTS = ("costs", "Costs")
_QUOTE = ("quote", "Quote from your partner")

_STARTS = "The work must not start before the award. For example, 2 June 2027"
_COST_TABLE = _question(
    _COSTS, "costs", Kind.COST_TABLE, "What will it cost?", help_text="Amounts without VAT."
)

MEET_GREET: Rows = [
    _question(
        _TRIP,
        "purpose",
        Kind.LONG_TEXT,
        "Why do you want to meet them?",
        help_text="Say what you look for and why these people can help.",
        max_length=1200,
    ),
    _question(
        _TRIP,
        "expected_result",
        Kind.LONG_TEXT,
        "What will you know or have after the trip?",
        max_length=800,
    ),
    _question(
        _TRIP,
        "travel_from",
        Kind.DATE,
        "First day of travel",
        help_text="A trip that starts before the award cannot be paid. For example, 2 June 2027",
    ),
    _question(_TRIP, "travel_until", Kind.DATE, "Last day of travel"),
    _question(
        _TRIP,
        "travellers",
        Kind.NUMBER,
        "How many of your staff travel?",
        help_text="Owners count as staff; consultants do not.",
    ),
    _COST_TABLE,
]

INSIGHT: Rows = [
    _question(
        _NEED,
        "need",
        Kind.LONG_TEXT,
        "What do you need to find out or learn?",
        help_text="Describe the question in your own words.",
        max_length=2000,
    ),
    _question(
        _NEED,
        "purpose",
        Kind.CHOICE,
        "How will you find it out?",
        choices=[
            ["exchange", "Exchange staff with your partner"],
            ["training", "Receive training that is made for you"],
            ["expert", "Contract an expert or a test"],
        ],
    ),
    _question(
        _PLAN,
        "plan",
        Kind.LONG_TEXT,
        "What will your partner do, and what will you do?",
        max_length=2500,
    ),
    _question(_PLAN, "starts_on", Kind.DATE, "Start date", help_text=_STARTS),
    _question(_PLAN, "ends_on", Kind.DATE, "End date"),
    _question(
        _RESULTS,
        "result",
        Kind.LONG_TEXT,
        "What will you do with the result?",
        max_length=1500,
    ),
    _COST_TABLE,
    _question(
        _QUOTE,
        "quote",
        Kind.FILE,
        "Quote from your partner",
        help_text="PDF, PNG or JPEG, up to 10 MB.",
        is_required=False,
    ),
]

COLLABORATION: Rows = [
    _question(
        _BOTTLENECK,
        "bottleneck_text",
        Kind.LONG_TEXT,
        "What stops you today?",
        help_text="Describe the bottleneck in your product or service.",
        max_length=2500,
    ),
    _question(
        _PLAN,
        "plan",
        Kind.LONG_TEXT,
        "What will you do together?",
        help_text="Say what your partner does and what you do. Reviewers read this first.",
        max_length=4000,
    ),
    _question(
        _PLAN,
        "milestones",
        Kind.MILESTONES,
        "Milestones",
        help_text="Up to five: what you and your partner will have reached, and by which day.",
    ),
    _question(_PLAN, "starts_on", Kind.DATE, "Start date", help_text=_STARTS),
    _question(_PLAN, "ends_on", Kind.DATE, "End date"),
    _question(
        _RESULTS,
        "result",
        Kind.LONG_TEXT,
        "What will come of it, and who will buy or use it?",
        max_length=2500,
    ),
    _question(
        _RESULTS,
        "trl_now",
        Kind.NUMBER,
        "Technology readiness level now",
        help_text="From 1, basic principles observed, to 9, proven in use.",
        is_required=False,
    ),
    _question(
        _RESULTS,
        "trl_after",
        Kind.NUMBER,
        "Technology readiness level afterwards",
        is_required=False,
    ),
    _question(
        _RIGHTS,
        "ip_agreed",
        Kind.YES_NO,
        "Have you and your partner agreed who owns the results?",
    ),
    _question(
        _RIGHTS,
        "ethics",
        Kind.YES_NO,
        "Does the work touch patients, animals, human samples or health data?",
        help_text="If so, your Access Broker will ask for the approvals.",
    ),
    _COST_TABLE,
    _question(
        _QUOTE,
        "quote",
        Kind.FILE,
        "Quote from your partner",
        help_text="PDF, PNG or JPEG, up to 10 MB.",
    ),
]

BY_CODE: dict[str, Rows] = {
    "meet_greet": MEET_GREET,
    "insight": INSIGHT,
    "collaboration": COLLABORATION,
}
