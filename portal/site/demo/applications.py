"""The demo's applications: each lives through the real actions until the state it should show."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

from portal.enums import MembershipState
from portal.models import Membership, Organisation, Region, User
from portal.models.journal import PORTAL_CHAIN
from portal.permissions import Actor
from portal.site.demo import people
from portal.site.demo.catalogue import organisation
from portal.site.demo.life import DAY, Life
from portal.site.demo.people import person
from portal.site.demo.plan import PLANS, Path, Step
from portal.site.demo.programmes import IMPORTER, rows
from portal.site.demo.steps import STEPS
from portal.workflow import action, record
from vouchers.models import Application, Call


def is_missing() -> bool:
    """Whether some needs of the data file have no application yet."""
    titles = {row["title"] for row in rows("needs.csv")}
    begun = Application.objects.filter(call__code="LSV-1", title__in=titles)
    return begun.count() < len(titles)


def load(*, now: datetime) -> None:
    """Bring every need of the data file to the state that its plan says."""
    smes = {row["slug"]: row for row in rows("smes.csv")}
    titles = set(Application.objects.filter(call__code="LSV-1").values_list("title", flat=True))
    taken: dict[str, int] = {}
    for place, row in enumerate(rows("needs.csv")):
        kind = row["voucher_type"]
        steps, days_ago = PLANS[kind][taken.get(kind, 0)]
        taken[kind] = taken.get(kind, 0) + 1
        if row["title"] not in titles:
            at = _morning(now, days_ago, place)
            _live(row, smes[row["sme_slug"]], steps, at=at, now=now)


@action
def _live(
    row: dict[str, str], sme: dict[str, str], steps: Path, *, at: datetime, now: datetime
) -> None:
    owner = User.objects.filter(email=_owner(sme)).first()
    if owner is None or not owner.organisation_ids:
        owner = _firm(sme, now=people.since(now))
    life = Life(
        row=row, sme=Actor.person(owner), call=Call.objects.get(code="LSV-1"), at=at, now=now
    )
    for step in (Step.START, *steps):
        STEPS[step](life, sme)


def _owner(sme: dict[str, str]) -> str:
    """Return the address of the firm's owner; the printed login owns the first firm."""
    return f"sme@{people.DOMAIN}" if sme["slug"] == "voorbeeld-biotech" else sme["contact_email"]


def _morning(now: datetime, days_ago: int, place: int) -> datetime:
    """Return an office hour some days ago, a little later for each application."""
    day = now.astimezone(ZoneInfo("Europe/Brussels")).date() - DAY * days_ago
    minutes = 9 * 60 + place * 5
    return datetime.combine(
        day, time(minutes // 60, minutes % 60), tzinfo=ZoneInfo("Europe/Brussels")
    )


@action
def _firm(row: dict[str, str], *, now: datetime) -> User:
    """Store an SME with its owner."""
    region = Region.objects.get(code=row["region"])
    firm = organisation(row, region, now=now)
    firm.is_sole_trader = row["slug"] in SOLE_TRADERS
    firm.save(update_fields=["is_sole_trader"])
    owner = User.objects.filter(email=_owner(row)).first()
    owner = owner or person(_owner(row), row["name"], by=IMPORTER, now=now)
    _join(owner, firm, now=now)
    return User.objects.get(pk=owner.pk)


SOLE_TRADERS = frozenset({"nl6", "al6"})


def _join(owner: User, firm: Organisation, *, now: datetime) -> None:
    membership = Membership.objects.create(
        user=owner,
        organisation=firm,
        is_owner=True,
        state=MembershipState.ACTIVE,
        asked_at=now,
        decided_at=now,
    )
    record(
        membership,
        "register",
        by=IMPORTER,
        now=now,
        chain=PORTAL_CHAIN,
        after=MembershipState.ACTIVE,
    )
