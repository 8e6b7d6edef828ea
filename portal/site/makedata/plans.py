"""What becomes of an invented application: its steps, and the instant of each."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Literal

from portal.models import Region
from portal.site.makedata.firms import Firm
from portal.site.makedata.stage import Offer, Stage
from vouchers.enums import ApplicationState as S
from vouchers.enums import AwardState as A
from vouchers.enums import ClaimState as K

DAY = timedelta(days=1)
Claimed = Literal["", "filed", "approved", "paid"]


@dataclass(frozen=True, slots=True)
class Way:
    """How far an application gets, and how many of a hundred get so far."""

    states: tuple[str, ...]
    share: int
    award: str = ""
    claim: str = ""
    assessed: bool = False
    signed: bool = False


CHECKED = (S.DRAFT, S.SUBMITTED, S.ELIGIBLE)
ASSESSED = (*CHECKED, S.IN_ASSESSMENT)
WAYS = (
    Way((S.DRAFT,), 6),
    Way((S.DRAFT, S.SUBMITTED), 20),
    Way((S.DRAFT, S.SUBMITTED, S.RETURNED), 4),
    Way((S.DRAFT, S.SUBMITTED, S.INELIGIBLE), 6),
    Way((S.DRAFT, S.SUBMITTED, S.WITHDRAWN), 4),
    Way(CHECKED, 8),
    Way(CHECKED, 6, signed=True),
    Way(ASSESSED, 8, assessed=True),
    Way((*ASSESSED, S.RECOMMENDED), 6, assessed=True),
    Way((*ASSESSED, S.NOT_RECOMMENDED), 3, assessed=True),
    Way((*CHECKED, S.REJECTED), 9),
    Way((*CHECKED, S.RESERVE), 4),
    Way((*CHECKED, S.APPROVED), 4, award=A.OFFERED),
    Way((*CHECKED, S.APPROVED), 5, award=A.ACCEPTED),
    Way((*CHECKED, S.APPROVED), 2, award=A.ACCEPTED, claim=K.FILED),
    Way((*CHECKED, S.APPROVED), 2, award=A.COMPLETED, claim=K.APPROVED),
    Way((*CHECKED, S.APPROVED), 3, award=A.COMPLETED, claim=K.PAID),
)


@dataclass(frozen=True, slots=True)
class Life:
    """One application to be written; `at` holds the instant of each state of its way."""

    firm: Firm
    offer: Offer
    host: Region
    way: Way
    at: tuple[datetime, ...]

    @property
    def state(self) -> str:
        """Where it is now."""
        return self.way.states[-1]

    @property
    def last(self) -> datetime:
        """When it got there."""
        return self.at[-1]

    def when(self, state: str) -> datetime | None:
        """Return when it reached a state, if it did."""
        return dict(zip(self.way.states, self.at, strict=True)).get(state)


def plan(stage: Stage, firm: Firm, offer: Offer, rng: Random) -> Life:
    """Choose a way and its instants: the last step lies some days ago, the others before it."""
    ways = [way for way in WAYS if offer.criteria or not way.assessed]
    way = rng.choices(ways, [way.share for way in ways])[0]
    hosts = [region for region in stage.regions if region.pk != firm.region.pk]
    return Life(firm, offer, rng.choice(hosts), way, _instants(stage, way, rng))


def _instants(stage: Stage, way: Way, rng: Random) -> tuple[datetime, ...]:
    oldest, newest = (15.0, 45.0) if way.award in {A.ACCEPTED, A.COMPLETED} else (0.2, 12.0)
    at = stage.now.replace(microsecond=0) - DAY * rng.uniform(oldest, newest)
    found = [at]
    for _state in way.states[1:]:
        at -= DAY * rng.uniform(0.5, 3.0)
        found.append(at)
    # Nothing happens before the call opens, and each step is later than the one before.
    first = stage.call.opens_at + timedelta(hours=1)
    return tuple(
        max(instant.replace(microsecond=0), first + timedelta(minutes=place))
        for place, instant in enumerate(reversed(found))
    )
