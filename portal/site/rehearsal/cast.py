"""Who plays in a rehearsal: a firm of every voucher type, a partner, and the call's own staff."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from catalogue.models import Record
from portal.enums import MembershipState, Role
from portal.models import Membership, Organisation, ProgrammeRole, Region, RegionRole, User
from portal.permissions import Actor
from portal.site.demo.life import DAY, Life
from vouchers.actions.draft_rows import HostFields, host_of
from vouchers.cases import participating_regions
from vouchers.enums import CrossingRule, Side
from vouchers.models import Call, CallVoucherType

DOMAIN = "rehearsal.invalid"


class NobodyThere(Exception):
    """The call lacks somebody who has to act; the message says who."""


@dataclass(slots=True)
class Rehearsed(Life):
    """One application of the rehearsal; time passes as it would, not only until today."""

    def after(self, days: int) -> datetime:
        """Let working time pass."""
        self.at += DAY * days
        return self.at

    def broker(self, side: Side = Side.HOME) -> Actor:
        """An access broker of the home or host region, as appointed."""
        region = self.it.home_region if side == Side.HOME else self.it.host_region
        return staff_of(Role.BROKER, region, at=self.at)

    def finance(self) -> Actor:
        """A finance officer of the home region, as appointed."""
        return staff_of(Role.FINANCE, self.it.home_region, at=self.at)


def staff_of(role: Role, region: Region | None, *, at: datetime) -> Actor:
    """Return somebody who has the role in the region. Raises NobodyThere."""
    rows = RegionRole.objects.current(at).filter(region=region, role=role)
    found = rows.select_related("user").order_by("pk").first()
    if found is None:
        raise NobodyThere(f"{region} has no {role}")
    return Actor.person(found.user)


def manager_of(call: Call, *, at: datetime) -> Actor:
    """Return a manager of the call's programme. Raises NobodyThere."""
    rows = ProgrammeRole.objects.current(at).filter(programme=call.programme, role=Role.MANAGER)
    found = rows.select_related("user").order_by("pk").first()
    if found is None:
        raise NobodyThere(f"{call.programme} has no manager")
    return Actor.person(found.user)


def firm_for(region: Region, *, number: int, at: datetime) -> User:
    """Return the owner of a made-up firm in the region."""
    user = User.objects.create(
        email=f"sme{number}@{DOMAIN}", name=f"Firm {number}", joined_at=at, is_active=True
    )
    firm = Organisation.objects.create(
        name=f"Rehearsal Firm {number}", country=region.country, region=region
    )
    Membership.objects.create(
        user=user,
        organisation=firm,
        is_owner=True,
        state=MembershipState.ACTIVE,
        asked_at=at,
        decided_at=at,
    )
    return User.objects.get(pk=user.pk)


def assessor(name: str, *, at: datetime) -> User:
    """Return a made-up assessor, who signs for nobody."""
    return User.objects.create(email=f"{name}@{DOMAIN}", name="Assessor", joined_at=at)


def places_for(offer: CallVoucherType) -> tuple[Region, Region]:
    """Return a home and a host region that the voucher may join. Raises NobodyThere."""
    regions = participating_regions(offer.call)
    across = offer.general_terms.crossing_rule == CrossingRule.OTHER_COUNTRY
    for home in regions:
        for host in regions:
            if host != home and (host.country != home.country or not across):
                return home, host
    raise NobodyThere(f"{offer.voucher_type} finds no two regions to join")


def partner_in(region: Region, *, at: datetime) -> HostFields:
    """Return a record of the region, or a partner named by hand where none is offered."""
    record = Record.objects.offered(at).filter(region=region).order_by("pk").first()
    if record is not None:
        return host_of(record)
    return HostFields(
        name=f"Partner in {region}",
        region=region,
        contact_name="Contact",
        contact_email=f"partner@{DOMAIN}",
    )


def row_for(offer: CallVoucherType) -> dict[str, str]:
    """Return the texts and costs of the made-up application."""
    kind = offer.voucher_type.cost_kinds.filter(is_eligible=True).first()
    amount = offer.general_terms.amount.quantize(Decimal("0.01"))
    code = kind.code if kind else ""
    return {
        "voucher_type": offer.voucher_type.code,
        "title": f"Rehearsal: {offer.voucher_type}",
        "bottleneck": "technology",
        "need": "We need a measurement that we cannot make ourselves.",
        "plan": "The partner measures; we bring the samples and read the results.",
        "result": "We know whether our product works.",
        "cost_lines": f"Work|{code}|{amount}",
        "amount": str(amount),
    }
