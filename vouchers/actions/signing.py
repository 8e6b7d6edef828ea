"""What a region's signature needs: its amount, its partners and an answer to a low price."""

from collections.abc import Collection, Iterable
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from django.core.exceptions import PermissionDenied

from portal.models import Region, User
from portal.permissions import Actor
from portal.workflow import IllegalMove
from vouchers.cases import Past, confirmed_price, price_verdict, verdict_on
from vouchers.enums import SIGNABLE, ConflictState, Side
from vouchers.models import Application, Signature
from vouchers.permissions import signing_sides
from vouchers.rules import limits, signatures
from vouchers.rules.signatures import BOTH_SIDES, HOME_ONLY
from vouchers.workflow import APPLICATION


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


class Signer(NamedTuple):
    """Who signs, for which region and employer, and whether no other signature is needed then."""

    person: User
    region: Region
    organisation: str
    is_last: bool


def check_signer(
    application: Application, side: Side, signed: Collection[Signature], *, by: Actor
) -> Signer:
    """Return the actor as signer for the side; `signed` are the signatures that stand.

    Raises PermissionDenied, IllegalMove and Refused.
    """
    if by.user is None or side not in signing_sides(by, application):
        raise PermissionDenied("sign")
    if application.state not in SIGNABLE:
        raise IllegalMove(application, APPLICATION.APPROVE)
    region = application.home_region if side == Side.HOME else application.host_region
    if region is None:
        raise PermissionDenied("sign")
    organisation = by.user.employer_in(region)
    signing = signatures.Signature(
        side=side, person=by.user.pk, organisation=organisation or f"person {by.user.pk}"
    )
    required, others = required_sides(application), standing(signed)
    signatures.check(
        signing,
        required=required,
        signed=others,
        recused=[by.user.pk] if _is_recused(application, by.user) else [],
        assessors=[assessment.assessor_id for assessment in application.assessments.all()],
    ).require()
    is_last = signatures.is_last(signing, required=required, signed=others)
    return Signer(by.user, region, organisation, is_last)


def _is_recused(application: Application, person: User) -> bool:
    """Whether the person acts for the firm, or a conflict bars them."""
    if application.organisation_id in person.organisation_ids:
        return True
    known = application.conflicts.all()
    return any(one.person_id == person.pk and one.state != ConflictState.CLEARED for one in known)


def check_content(
    application: Application,
    side: Side,
    *,
    price_reason: str = "",
    now: datetime,
    past: Past | None = None,
    codes: set[str] | None = None,
) -> None:
    """Ask partners, price and the law of what is signed; its parts are loaded.

    `past` and `codes` are for who has read them. Raises PartnerRefused, PartnerNotConfirmed,
    PartnerNotListed, PriceNeedsReason and Refused.
    """
    check_partners(application, side)
    check_price(application, side, price_reason)
    verdict_on(application, now=now, past=past, codes=codes).require()


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
