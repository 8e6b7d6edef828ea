"""Synthetic rows for benchmarks: invented, consistent, and the same for the same seed.

They are written in bulk, past the verbs: a benchmark of 20,000 applications would otherwise take
hours. Journal, ledger and states agree all the same, and `check_integrity` finds nothing.
"""

from collections.abc import Callable
from datetime import datetime
from itertools import batched
from random import Random

from portal.models import Programme, User
from portal.site.demo.people import DOMAIN
from portal.site.makedata import catalogue, firms, money
from portal.site.makedata.plans import plan
from portal.site.makedata.stage import Stage, set_the_stage
from portal.site.makedata.writer import write
from portal.workflow import action
from vouchers.models import Application

PROGRAMME = "LSV"
AT_ONCE = 500

Report = Callable[[str], object]


def is_demo() -> bool:
    """Whether the portal holds the demo's programme and staff: only beside them data is made up."""
    staff = User.objects.filter(email=f"manager@{DOMAIN}")
    return Programme.objects.filter(code=PROGRAMME).exists() and staff.exists()


def make(*, applications: int, facilities: int, seed: int, now: datetime, say: Report) -> None:
    """Write so many records and applications, each batch in one transaction."""
    begun = Application.objects.count()
    # A second run with the same seed goes on with other rows, the same each time again.
    rng = Random(f"{seed} {begun}")  # noqa: S311  nobody's secret
    stage = set_the_stage(PROGRAMME, now=now)
    if facilities:
        say(f"Writing {facilities} facilities.")
        catalogue.make(stage, facilities, rng)
    if applications:
        say(f"Writing {applications} applications.")
        _apply(set_the_stage(PROGRAMME, now=now), applications, rng)


def _apply(stage: Stage, wanted: int, rng: Random) -> None:
    owners = firms.make(stage, -(-wanted // firms.APPLICATIONS_EACH), rng)
    plans = sorted(
        (plan(stage, owner, kind, rng) for owner, kind in firms.pairs(stage, owners, wanted, rng)),
        key=lambda life: life.at[0],
    )
    money.allocate(stage, plans)
    numbers = money.Numbers(stage)
    for some in batched(plans, AT_ONCE):
        _write(stage, some, numbers, rng)


_write = action(write)
