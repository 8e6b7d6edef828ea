"""Which pairs of regions a voucher may join."""

from collections.abc import Collection
from dataclasses import dataclass

from vouchers.enums import CrossingRule
from vouchers.rules.verdict import Line, LineCode, Reason, ReasonCode, Verdict


@dataclass(frozen=True, slots=True)
class Place:
    """Where a party sits: region code, country code (ISO 3166-1), and the region's name."""

    region: str
    country: str
    name: str


def check(rule: CrossingRule, *, home: Place, host: Place, regions: Collection[str]) -> Verdict:
    """Whether an SME at home may spend a voucher at host in a programme of these regions."""
    return Verdict(
        reasons=(*_outside_programme(home, host, regions), *_not_crossed(rule, home, host)),
        arithmetic=(Line(LineCode.ROUTE, {"home": home.name, "host": host.name}),),
    )


def _outside_programme(home: Place, host: Place, regions: Collection[str]) -> tuple[Reason, ...]:
    codes = {
        ReasonCode.OUTSIDE_PROGRAMME: home,
        ReasonCode.PARTNER_OUTSIDE_PROGRAMME: host,
    }
    return tuple(
        Reason(code, {"region": place.name})
        for code, place in codes.items()
        if place.region not in regions
    )


def _not_crossed(rule: CrossingRule, home: Place, host: Place) -> tuple[Reason, ...]:
    if rule == CrossingRule.OTHER_REGION and home.region == host.region:
        return (Reason(ReasonCode.SAME_REGION, {"region": home.name}),)
    if rule == CrossingRule.OTHER_COUNTRY and home.country == host.country:
        return (Reason(ReasonCode.SAME_COUNTRY, {"home": home.name, "host": host.name}),)
    return ()
