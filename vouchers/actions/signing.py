"""What a region's signature needs: its amount, its partners and an answer to a low price."""

from collections.abc import Iterable
from decimal import Decimal

from vouchers.cases import confirmed_price, price_verdict
from vouchers.enums import Side
from vouchers.models import Application, Signature
from vouchers.rules import limits, signatures
from vouchers.rules.signatures import BOTH_SIDES, HOME_ONLY


class AmountChanged(Exception):
    """The host region must sign the amount that home signed; `signed` is that amount in EUR."""

    def __init__(self, signed: Decimal) -> None:
        super().__init__(str(signed))
        self.signed = signed


class HomeSignsFirst(Exception):
    """The host region signs what the home region has signed."""


class PartnerRefused(Exception):
    """The broker of the partner's region has refused it; the message is its name."""


class PartnerNotListed(Exception):
    """A partner named by hand is neither a record nor refused yet; the message is its name."""


class PartnerNotConfirmed(Exception):
    """The voucher type asks for consent, and this partner has not given it; with its name."""


class PriceNeedsReason(Exception):
    """The confirmed price in EUR is below the lump sum, and home has not said why it signs."""

    def __init__(self, price: Decimal | None) -> None:
        super().__init__(str(price))
        self.price = price


def required_sides(application: Application) -> frozenset[Side]:
    """Return the sides whose signature the voucher type requires."""
    return BOTH_SIDES if application.needs_host_signature else HOME_ONLY


def standing(rows: Iterable[Signature]) -> list[signatures.Signature]:
    """Return signatures as the law compares them."""
    return [
        signatures.Signature(
            side=Side(row.side),
            person=row.signed_by_id,
            organisation=row.organisation or f"person {row.signed_by_id}",
        )
        for row in rows
    ]


def check_amount(
    application: Application, side: Side, amount: Decimal, signed: Iterable[Signature]
) -> None:
    """Ask the law of the amount in EUR. Raises Refused, HomeSignsFirst and AmountChanged."""
    limits.check_amount(application.terms.amount_rule, amount).require()
    if side == Side.HOST:
        home = next((row for row in signed if row.side == Side.HOME), None)
        if home is None:
            raise HomeSignsFirst
        if home.amount != amount:
            raise AmountChanged(home.amount)


def check_partners(application: Application, side: Side) -> None:
    """Nobody signs for a refused or unconfirmed partner, the host for no unknown one of its region.

    Raises PartnerRefused, PartnerNotConfirmed and PartnerNotListed.
    """
    is_asked = application.terms.needs_consent
    for host in application.hosts.all():
        if host.is_refused:
            raise PartnerRefused(host.name)
        if is_asked and host.confirmed is None:
            raise PartnerNotConfirmed(host.name)
        of_region = host.region_id == application.host_region_id
        if side == Side.HOST and of_region and host.record_id is None:
            raise PartnerNotListed(host.name)


def check_price(application: Application, side: Side, reason: str) -> None:
    """Home answers a confirmed price below the lump sum. Raises PriceNeedsReason."""
    if side == Side.HOME and price_verdict(application).notes and not reason.strip():
        raise PriceNeedsReason(confirmed_price(application))
