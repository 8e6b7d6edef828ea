"""A programme of the past, set up through the actions, and files of awards to import into it."""

import csv
import io
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from portal.models import Programme, ProgrammeRegion, Region
from portal.permissions import Actor
from portal.workflow import action
from vouchers.actions import calls, ledger
from vouchers.actions.imports import Report, import_awards
from vouchers.enums import AmountKind
from vouchers.models import Call
from vouchers.statistics.lives import OPTIONAL, REQUIRED

DATA = Path(__file__).parents[2] / "portal/site/demo/data"
BY = Actor.importer("test")
BRUSSELS = ZoneInfo("Europe/Brussels")
TODAY = datetime(2026, 5, 4, 12, tzinfo=UTC)
TYPES = {
    "meet_greet": ("MG", AmountKind.CAPPED, "500.00"),
    "insight": ("INS", AmountKind.LUMP_SUM, "4000.00"),
    "collaboration": ("COL", AmountKind.LUMP_SUM, "7000.00"),
}
CALLS = {
    "IN2LS-1": (date(2012, 9, 3), date(2012, 11, 30)),
    "IN2LS-2": (date(2013, 2, 1), date(2013, 4, 30)),
    "IN2LS-3": (date(2013, 9, 2), date(2013, 11, 15)),
    "IN2LS-4": (date(2014, 2, 1), date(2014, 5, 4)),
}


@cache
def in2ls() -> bytes:
    """The demo's history of IN2LifeSciences."""
    return (DATA / "history/in2ls.csv").read_bytes()


@action
def set_up(pot: str = "100000.00", code: str = "IN2LS") -> Programme:
    """Eight regions with a pot each, three voucher types, four closed calls."""
    now = datetime(2012, 4, 1, 12, tzinfo=UTC)
    programme = Programme.objects.create(
        code=code,
        name=code,
        short_name=code,
        starts_on=date(2012, 4, 1),
        ends_on=date(2015, 12, 31),
        funders="Interreg",
        funding_statement="Supported by Interreg",
        is_historic=True,
    )
    for region in regions():
        ProgrammeRegion.objects.create(
            programme=programme,
            region=region,
            partner=region.name,
            starts_on=programme.starts_on,
            ends_on=programme.ends_on,
        )
        row = calls.add_pot(programme, region=region, by=BY, now=now)
        ledger.allocate(row, amount=Decimal(pot), reason="Budget", by=BY, now=now)
    kinds = [
        calls.add_voucher_type(
            programme,
            by=BY,
            now=now,
            code=kind,
            short_code=short,
            kind=kind,
            name=kind,
            order=order,
            amount_kind=amount_kind,
            amount=Decimal(amount),
        )
        for order, (kind, (short, amount_kind, amount)) in enumerate(TYPES.items())
    ]
    for number, (opens_on, closes_on) in enumerate(CALLS.values(), start=1):
        call = add_call(programme, f"{code}-{number}", opens_on, closes_on, now=now)
        for kind in kinds:
            calls.offer(call, kind, question_set=None, by=BY, now=now)
    return programme


def add_call(
    programme: Programme, code: str, opens_on: date, closes_on: date, *, now: datetime
) -> Call:
    return calls.add_call(
        programme,
        by=BY,
        now=now,
        code=code,
        slug=code.lower(),
        name=code,
        opens_at=datetime.combine(opens_on, time(0), tzinfo=BRUSSELS),
        closes_at=datetime.combine(closes_on, time(23, 59, 59), tzinfo=BRUSSELS),
    )


def regions() -> list[Region]:
    with (DATA / "regions.csv").open(encoding="utf-8", newline="") as file:
        return [
            Region.objects.get_or_create(
                code=row["code"],
                defaults={
                    "slug": row["slug"],
                    "name": row["name"],
                    "country": row["country"],
                    "nuts": row["nuts"],
                    "time_zone": row["time_zone"],
                    "language": row["language"],
                    "broker_organisation": row["broker_organisation"],
                },
            )[0]
            for row in csv.DictReader(file)
        ]


def line(number: int = 1, **changes: str) -> dict[str, str]:
    """One approved Insight voucher that was paid; `changes` replace its cells."""
    return {
        **dict.fromkeys((*REQUIRED, *OPTIONAL), ""),
        "programme": "IN2LS",
        "call": "IN2LS-1",
        "voucher_type": "insight",
        "reference": f"IN2LS-1-{number:04}",
        "sme_name": f"Voorbeeld {number} BV",
        "sme_country": "NL",
        "sme_region": "NL-ENL",
        "provider_name": "Musterlab",
        "provider_country": "DE",
        "provider_region": "DE-RHI",
        "title": "Plasma stability of a peptide",
        "submitted_on": "2012-09-10",
        "decided_on": "2012-09-24",
        "outcome": "approved",
        "amount": "4000.00",
        "accepted_on": "2012-10-01",
        "completed_on": "2013-03-01",
        "paid_amount": "4000.00",
        "paid_on": "2013-03-20",
        "jobs_expected": "2",
        "jobs_realised": "1",
        **changes,
    }


def refused(number: int = 1, **changes: str) -> dict[str, str]:
    """One application that got no award; `changes` replace its cells, the outcome too."""
    later = ("accepted_on", "completed_on", "paid_on", "paid_amount")
    empty = dict.fromkeys((*later, "jobs_expected", "jobs_realised"), "")
    return line(number, **{**empty, "outcome": "rejected", **changes})


def as_file(*rows: dict[str, str]) -> bytes:
    """The rows as a CSV file with the header of the first."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def load(content: bytes) -> Report:
    """Import a file."""
    return import_awards(content, by=BY, now=TODAY)
