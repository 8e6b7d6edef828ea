"""Invented firms, each with an owner, an undertaking and the figures of a year."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import batched, islice
from random import Random

from portal.enums import MembershipState
from portal.models import Membership, Organisation, Region, User
from portal.models.journal import PORTAL_CHAIN
from portal.money import cents
from portal.site.makedata import words
from portal.site.makedata.stage import BY, Offer, Stage
from portal.workflow import action, record
from vouchers.models import EnterpriseFigures, Undertaking, UndertakingMember

APPLICATIONS_EACH = 2
AT_ONCE = 1000
NO_PASSWORD = "!makedata"  # noqa: S105  nobody signs in with it


@dataclass(frozen=True, slots=True)
class Firm:
    """Who applies."""

    organisation: Organisation
    region: Region
    owner: User
    undertaking: Undertaking
    figures: EnterpriseFigures


def make(stage: Stage, wanted: int, rng: Random) -> list[Firm]:
    """Write so many firms."""
    begun = Organisation.objects.count()
    numbers = range(begun + 1, begun + wanted + 1)
    return [firm for some in batched(numbers, AT_ONCE) for firm in _batch(stage, some, rng)]


def pairs(
    stage: Stage, owners: list[Firm], wanted: int, rng: Random
) -> Iterator[tuple[Firm, Offer]]:
    """Yield a firm and what it applies for; no firm asks twice for one voucher type."""
    each = ((firm, offer) for firm in owners for offer in _kinds(stage, rng))
    return islice(each, wanted)


def _kinds(stage: Stage, rng: Random) -> list[Offer]:
    return rng.sample(stage.offers, APPLICATIONS_EACH)


@action
def _batch(stage: Stage, numbers: tuple[int, ...], rng: Random) -> list[Firm]:
    regions = [rng.choice(stage.regions) for _number in numbers]
    organisations = Organisation.objects.bulk_create(
        Organisation(
            name=words.firm(rng, number),
            country=region.country,
            region=region,
            register_number=f"R {number:08}",
            city=region.name,
            address=f"{rng.randint(1, 99)} Science Park",
            email=f"office@firm{number}.example",
        )
        for number, region in zip(numbers, regions, strict=True)
    )
    owners = User.objects.bulk_create(
        User(
            email=f"owner@firm{number}.example",
            name=f"Owner of {firm.name}",
            password=NO_PASSWORD,
            joined_at=stage.call.opens_at,
        )
        for number, firm in zip(numbers, organisations, strict=True)
    )
    _join(stage, organisations, owners)
    undertakings = Undertaking.objects.bulk_create(Undertaking(name=o.name) for o in organisations)
    UndertakingMember.objects.bulk_create(
        UndertakingMember(undertaking=undertaking, organisation=firm)
        for undertaking, firm in zip(undertakings, organisations, strict=True)
    )
    figures = EnterpriseFigures.objects.bulk_create(
        _figures(stage, firm, rng) for firm in organisations
    )
    parts = zip(organisations, regions, owners, undertakings, figures, strict=True)
    return [Firm(*part) for part in parts]


def _join(stage: Stage, organisations: list[Organisation], owners: list[User]) -> None:
    at = stage.call.opens_at
    memberships = Membership.objects.bulk_create(
        Membership(
            user=owner,
            organisation=firm,
            is_owner=True,
            state=MembershipState.ACTIVE,
            asked_at=at,
            decided_at=at,
        )
        for owner, firm in zip(owners, organisations, strict=True)
    )
    for row in memberships:
        state = MembershipState.ACTIVE
        record(row, "register", by=BY, now=at, chain=PORTAL_CHAIN, after=state)


def _figures(stage: Stage, firm: Organisation, rng: Random) -> EnterpriseFigures:
    heads = rng.randint(1, 45)
    return EnterpriseFigures(
        organisation=firm,
        year=stage.now.year - 1,
        headcount=cents(Decimal(heads)),
        turnover=cents(Decimal(heads * rng.randint(40_000, 180_000))),
        balance_sheet=cents(Decimal(heads * rng.randint(30_000, 150_000))),
    )
