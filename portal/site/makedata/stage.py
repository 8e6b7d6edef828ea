"""What synthetic rows stand on: the demo's call, regions, staff, pots and records, read once."""

from dataclasses import dataclass
from datetime import datetime

from catalogue.models import Record
from portal.enums import Role
from portal.models import Programme, Region, User
from portal.permissions import Actor
from portal.site.demo.people import DOMAIN
from vouchers.models import Call, CallVoucherType, CostKind, Pot, Question
from vouchers.rules.terms import Weighted

BY = Actor.importer("makedata")


@dataclass(frozen=True, slots=True)
class Offer:
    """A voucher type of the call with its form, costs and criteria."""

    row: CallVoucherType
    questions: list[Question]
    costs: list[CostKind]
    criteria: list[Weighted]

    @property
    def is_held(self) -> bool:
        """Whether letters of this type wait for one release."""
        return self.row.holds_letters and self.row.released_at is None


@dataclass(frozen=True, slots=True)
class Stage:
    """Everything that a made-up life needs; `now` is when it is seen."""

    now: datetime
    programme: Programme
    call: Call
    offers: list[Offer]
    regions: list[Region]
    pots: dict[int, Pot]
    brokers: dict[int, User]
    finance: dict[int, User]
    assessor: User
    records: dict[int, list[Record]]


def set_the_stage(code: str, *, now: datetime) -> Stage:
    """Read the programme's newest call and everybody around it."""
    programme = Programme.objects.get(code=code)
    call = Call.objects.filter(programme=programme).earliest("opens_at")
    call.programme = programme
    regions = list(Region.objects.filter(programmes__programme=programme).order_by("code"))
    return Stage(
        now=now,
        programme=programme,
        call=call,
        offers=[_offer(row, call) for row in call.offers.select_related("voucher_type")],
        regions=regions,
        pots={pot.region_id: pot for pot in Pot.objects.filter(programme=programme)},
        brokers={region.pk: _staff(Role.BROKER, region) for region in regions},
        finance={region.pk: _staff(Role.FINANCE, region) for region in regions},
        assessor=User.objects.get(email=f"assessor@{DOMAIN}"),
        records={region.pk: list(_records(region)) for region in regions},
    )


def _offer(row: CallVoucherType, call: Call) -> Offer:
    row.call = call
    return Offer(
        row=row,
        questions=list(Question.objects.filter(question_set=row.question_set_id)),
        costs=list(row.voucher_type.cost_kinds.filter(is_eligible=True)),
        criteria=row.criteria,
    )


def _staff(role: Role, region: Region) -> User:
    return User.objects.get(email=f"{role}.{region.code.lower()}@{DOMAIN}")


def _records(region: Region) -> list[Record]:
    found = Record.objects.filter(region=region, state="published")
    return list(found.select_related("provider__organisation").order_by("pk")[:200])
