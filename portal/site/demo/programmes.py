"""The demo's programmes, set up through the same actions that a manager's forms call."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.core.files.base import ContentFile

from portal import sepa
from portal.actions import setup
from portal.models import Programme, ProgrammeRegion, Region
from portal.permissions import Actor
from portal.site.demo import questions, terms
from vouchers.actions import calls, ledger
from vouchers.models import Call, QuestionSet, VoucherType

DATA = Path(__file__).parent / "data"
BRUSSELS = ZoneInfo("Europe/Brussels")
IMPORTER = Actor.importer("demo")
POT = Decimal("100000.00")
# The examples of the registry of IBANs: nobody holds them.
ACCOUNTS = {
    "BE": "BE68539007547034",
    "DE": "DE89370400440532013000",
    "DK": "DK5000400440116243",
    "FR": "FR1420041010050500013M02606",
    "NL": "NL91ABNA0417164300",
}
RAN_FOR = timedelta(days=60)
OPEN_FOR = timedelta(days=12)


def rows(name: str) -> Iterator[dict[str, str]]:
    """Yield the lines of a data file of the demo."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


@dataclass(frozen=True, slots=True)
class Plan:
    """A programme and its voucher types."""

    fields: dict[str, Any]
    types: list[dict[str, Any]]
    pot: Decimal = POT


EU = "Co-funded by the European Union"
HISTORY = (
    Plan(
        {
            "code": "FASILIS",
            "name": "FASILIS",
            "short_name": "FASILIS",
            "summary": "Opened public and private research infrastructures in the field of human "
            "health to SMEs from other regions.",
            "starts_on": date(2009, 1, 1),
            "ends_on": date(2011, 12, 31),
            "funders": "Interreg IVB North-West Europe",
            "funding_statement": "Supported by Interreg IVB North-West Europe",
        },
        [terms.TRANSNATIONAL],
    ),
    Plan(
        {
            "code": "IN2LS",
            "name": "IN2LifeSciences",
            "short_name": "IN2LifeSciences",
            "summary": "Helped life sciences SMEs in eight regions to innovate across borders, "
            "speed up their business processes and facilitate lasting relationships.",
            "starts_on": date(2012, 4, 1),
            "ends_on": date(2015, 12, 31),
            "funders": "Interreg IVB North-West Europe and eight regions",
            "funding_statement": "Supported by Interreg IVB North-West Europe",
        },
        [{**kind, "holds_letters": False, "assessors": 0} for kind in terms.LADDER],
    ),
    Plan(
        {
            "code": "B4H-1",
            "name": "Boost4Health phase 1",
            "short_name": "Boost4Health 1",
            "summary": "Coaching, matchmaking and vouchers for life sciences SMEs.",
            "starts_on": date(2016, 1, 1),
            "ends_on": date(2020, 6, 30),
            "funders": "Interreg North-West Europe",
            "funding_statement": EU,
        },
        [terms.INTERNATIONALISATION],
    ),
    Plan(
        {
            "code": "B4H-2",
            "name": "Boost4Health phase 2",
            "short_name": "Boost4Health 2",
            "summary": "Coaching, deep dives, webinars and two kinds of voucher.",
            "starts_on": date(2020, 7, 1),
            "ends_on": date(2023, 6, 30),
            "funders": "Interreg North-West Europe",
            "funding_statement": EU,
        },
        [terms.SUPPORT, terms.TRAVEL_VOUCHER],
    ),
)
SUCCESSOR = Plan(
    {
        "code": "LSV",
        "name": "Life Sciences Vouchers",
        "short_name": "Life Sciences Vouchers",
        "summary": "Vouchers that help life sciences SMEs work with experts and facilities in "
        "another North-West European region.",
        "funders": "The European Union and eight regions (fictional)",
        "funding_statement": EU,
        "funding_number": "LSV-0001 (demonstration)",
    },
    terms.LADDER,
)


def regions(*, now: datetime) -> list[Region]:
    """Create the demo's regions."""
    return [
        setup.create_region(
            Region(
                code=row["code"],
                slug=row["slug"],
                name=row["name"],
                country=row["country"],
                nuts=row["nuts"],
                time_zone=row["time_zone"],
                language=row["language"],
                latitude=Decimal(row["latitude"]),
                longitude=Decimal(row["longitude"]),
                broker_organisation=row["broker_organisation"],
                team_email=row["team_email"],
                phone=row["phone"],
                address=row["address"],
                introduction=row["intro"],
            ),
            by=IMPORTER,
            now=now,
        )
        for row in rows("regions.csv")
    ]


def programme(plan: Plan, taking_part: list[Region], *, now: datetime) -> Programme:
    """Create one programme with its regions, pots and voucher types."""
    by = IMPORTER
    emblem = ContentFile((DATA / "emblem-eu.png").read_bytes(), name="emblem-eu.png")
    made = setup.create_programme(Programme(**plan.fields, emblem=emblem), by=by, now=now)
    for region in taking_part:
        setup.name_region(
            ProgrammeRegion(
                programme=made,
                region=region,
                partner=region.broker_organisation,
                authority=region.broker_organisation,
                starts_on=made.starts_on,
                ends_on=made.ends_on,
                debtor_name=region.broker_organisation[: sepa.LONGEST_NAME],
                debtor_iban=ACCOUNTS[region.country],
            ),
            by=by,
            now=now,
        )
        pot = calls.add_pot(made, region=region, by=by, now=now)
        ledger.allocate(pot, amount=plan.pot, reason="Budget of the region", by=by, now=now)
    for fields in plan.types:
        kind = calls.add_voucher_type(made, by=by, now=now, **fields)
        costs = terms.COSTS.get(kind.code, [terms.SERVICE, terms.TRAVEL])
        calls.set_cost_kinds(kind, kinds=costs, by=by, now=now)
        if kind.assessors:
            calls.set_criteria(kind, criteria=terms.CRITERIA, by=by, now=now)
    return made


def history(taking_part: list[Region]) -> None:
    """Set up the past programmes with their calls, at their own dates."""
    for plan in HISTORY:
        start = _noon(plan.fields["starts_on"])
        past = Plan({**plan.fields, "is_historic": True}, plan.types, plan.pot)
        made = programme(past, taking_part, now=start)
        for row in rows("history/calls.csv"):
            if row["programme"] == made.code:
                _past_call(made, row)


def _past_call(made: Programme, row: dict[str, str]) -> None:
    zone = ZoneInfo(row["time_zone"])
    opens_on, closes_on = (date.fromisoformat(row[k]) for k in ("opens_on", "closes_on"))
    opens_at = datetime.combine(opens_on, time(0), tzinfo=zone)
    closes_at = datetime.combine(closes_on, time(23, 59, 59), tzinfo=zone)
    announced = opens_at - timedelta(days=30)
    call = calls.add_call(
        made,
        by=IMPORTER,
        now=announced,
        code=row["call"],
        slug=row["call"].lower(),
        name=f"{made.short_name}, call {row['call'].rsplit('-', 1)[-1]}",
        opens_at=opens_at,
        closes_at=closes_at,
        time_zone=row["time_zone"],
    )
    for kind in VoucherType.objects.filter(programme=made):
        calls.offer(call, kind, question_set=None, by=IMPORTER, now=announced)
    calls.schedule(call, by=IMPORTER, now=announced)
    calls.keep_calendar(by=Actor.clock(), now=opens_at)
    calls.keep_calendar(by=Actor.clock(), now=closes_at + timedelta(minutes=2))


def successor(taking_part: list[Region], *, now: datetime) -> Call:
    """Set up the programme of today and its first call, open since some weeks."""
    today = now.astimezone(BRUSSELS).date()
    begun = now - RAN_FOR - timedelta(days=30)
    plan = Plan(
        {
            **SUCCESSOR.fields,
            "starts_on": today - timedelta(days=400),
            "ends_on": today + timedelta(days=3 * 365),
        },
        SUCCESSOR.types,
    )
    made = programme(plan, taking_part, now=begun)
    forms = {
        code: calls.publish_questions(made, code=code, questions=asked, by=IMPORTER, now=begun)
        for code, asked in questions.BY_CODE.items()
    }
    opens_at = datetime.combine(today - RAN_FOR, time(9), tzinfo=BRUSSELS)
    call = calls.add_call(
        made,
        by=IMPORTER,
        now=begun,
        code="LSV-1",
        slug="lsv-1",
        name="Life Sciences Vouchers, call 1",
        opens_at=opens_at,
        closes_at=closing(now),
        text="Apply for a visit, for insight or for a collaboration with a partner in another "
        "region. Meet & Greet is first come, first served; the others are assessed.",
    )
    _open(call, forms, now=begun, opens_at=opens_at)
    return call


def _open(call: Call, forms: dict[str, QuestionSet], *, now: datetime, opens_at: datetime) -> None:
    for kind in VoucherType.objects.filter(programme=call.programme):
        calls.offer(call, kind, question_set=forms[kind.code], by=IMPORTER, now=now)
    calls.schedule(call, by=IMPORTER, now=now)
    calls.keep_calendar(by=Actor.clock(), now=opens_at)


def closing(now: datetime) -> datetime:
    """Return 17:00 Brussels time, twelve days from now."""
    day = now.astimezone(BRUSSELS).date() + OPEN_FOR
    return datetime.combine(day, time(17), tzinfo=BRUSSELS)


def next_call(*, now: datetime) -> Call | None:
    """Open the successor's next call when none is open, so that a newcomer can always apply."""
    last = Call.objects.filter(programme__code="LSV").order_by("closes_at").last()
    if last is None or last.window.last_instant >= now:
        return None
    calls.keep_calendar(by=Actor.clock(), now=now)
    number = int(last.code.rsplit("-", 1)[-1]) + 1
    call = calls.copy_call(
        last,
        code=f"LSV-{number}",
        name=f"Life Sciences Vouchers, call {number}",
        opens_at=now,
        closes_at=closing(now),
        by=IMPORTER,
        now=now,
    )
    calls.schedule(call, by=IMPORTER, now=now)
    calls.keep_calendar(by=Actor.clock(), now=now)
    return call


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), tzinfo=UTC)
