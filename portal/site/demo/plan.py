"""Which application of the demo gets how far: steps, and how many days ago it was begun."""

from enum import Enum, auto


class Step(Enum):
    """One thing that happens to an application."""

    START = auto()
    FILL = auto()
    ASK_PARTNER = auto()
    CONFIRM = auto()
    SAY_NO = auto()
    SUBMIT = auto()
    RETURN = auto()
    ELIGIBLE = auto()
    INELIGIBLE = auto()
    ASSIGN = auto()
    SCORE_WELL = auto()
    SCORE_POORLY = auto()
    SIGN_HOME = auto()
    SIGN_HOST = auto()
    RESERVE = auto()
    REJECT = auto()
    WITHDRAW = auto()
    STEP_ASIDE = auto()
    ACCEPT = auto()
    DECLINE = auto()
    LAPSE = auto()
    CANCEL = auto()
    CLAIM = auto()
    RETURN_CLAIM = auto()
    APPROVE_CLAIM = auto()
    PAY = auto()


S = Step
Path = tuple[Step, ...]

DRAFT: Path = ()
FULL_DRAFT: Path = (S.FILL,)
WAITING: Path = (S.FILL, S.ASK_PARTNER)
REFUSED_BY_PARTNER: Path = (*WAITING, S.SAY_NO)
SUBMITTED: Path = (*WAITING, S.CONFIRM, S.SUBMIT)
RETURNED: Path = (*SUBMITTED, S.RETURN)
INELIGIBLE: Path = (*SUBMITTED, S.INELIGIBLE)
ELIGIBLE: Path = (*SUBMITTED, S.ELIGIBLE)
REJECTED: Path = (*ELIGIBLE, S.REJECT)
TOO_CLOSE: Path = (*ELIGIBLE, S.STEP_ASIDE)
RESERVED: Path = (*ELIGIBLE, S.RESERVE)
WITHDRAWN: Path = (*SUBMITTED, S.WITHDRAW)
ASSESSED: Path = (*ELIGIBLE, S.ASSIGN)
GOOD: Path = (*ASSESSED, S.SCORE_WELL)
POOR: Path = (*ASSESSED, S.SCORE_POORLY)
HOME_SIGNED: Path = (*ELIGIBLE, S.SIGN_HOME)
OFFERED_ALONE: Path = (*ELIGIBLE, S.SIGN_HOME)
OFFERED: Path = (*HOME_SIGNED, S.SIGN_HOST)


def _claims(offered: Path) -> dict[str, Path]:
    accepted = (*offered, S.ACCEPT)
    filed = (*accepted, S.CLAIM)
    return {
        "declined": (*offered, S.DECLINE),
        "lapsed": (*offered, S.LAPSE),
        "accepted": accepted,
        "cancelled": (*accepted, S.CANCEL),
        "filed": filed,
        "returned": (*filed, S.RETURN_CLAIM),
        "approved": (*filed, S.APPROVE_CLAIM),
        "paid": (*filed, S.APPROVE_CLAIM, S.PAY),
    }


ALONE, BOTH = _claims(OFFERED_ALONE), _claims(OFFERED)

# The data file lists the firms by region, and the first region's staff have logins that the demo
# prints: so a claim, a payment and a signature wait there.
PLANS: dict[str, list[tuple[Path, int]]] = {
    "meet_greet": [
        (ALONE["accepted"], 25),
        (ALONE["filed"], 30),
        (ALONE["approved"], 34),
        (SUBMITTED, 6),
        (ALONE["paid"], 44),
        (DRAFT, 4),
        (INELIGIBLE, 20),
        (SUBMITTED, 3),
        (ELIGIBLE, 8),
        (REJECTED, 22),
        (OFFERED_ALONE, 10),
        (RETURNED, 9),
        (OFFERED_ALONE, 12),
        (SUBMITTED, 2),
        (WITHDRAWN, 18),
        (ALONE["accepted"], 28),
        (ELIGIBLE, 7),
        (ALONE["paid"], 46),
        (FULL_DRAFT, 2),
        (SUBMITTED, 11),
        (ALONE["declined"], 26),
        (OFFERED_ALONE, 9),
        (ALONE["filed"], 29),
        (INELIGIBLE, 16),
        (SUBMITTED, 5),
        (ALONE["lapsed"], 40),
        (ALONE["returned"], 33),
        (ALONE["accepted"], 21),
        (ELIGIBLE, 6),
        (ALONE["approved"], 38),
    ],
    "insight": [
        (HOME_SIGNED, 13),
        (SUBMITTED, 4),
        (TOO_CLOSE, 9),
        (BOTH["paid"], 48),
        (OFFERED, 18),
        (ASSESSED, 12),
        (DRAFT, 5),
        (HOME_SIGNED, 11),
        (BOTH["accepted"], 30),
        (SUBMITTED, 14),
        (POOR, 20),
        (GOOD, 19),
        (BOTH["filed"], 40),
        (HOME_SIGNED, 12),
        (SUBMITTED, 7),
        (INELIGIBLE, 17),
        (ELIGIBLE, 10),
        (OFFERED, 20),
        (RETURNED, 8),
        (HOME_SIGNED, 14),
        (BOTH["accepted"], 33),
        (SUBMITTED, 2),
        (REJECTED, 24),
        (RESERVED, 23),
        (WAITING, 1),
        (BOTH["cancelled"], 36),
        (BOTH["approved"], 42),
    ],
    "collaboration": [
        (HOME_SIGNED, 12),
        (ASSESSED, 16),
        (SUBMITTED, 6),
        (OFFERED, 26),
        (DRAFT, 3),
        (GOOD, 22),
        (ELIGIBLE, 9),
        (OFFERED, 28),
        (HOME_SIGNED, 13),
        (SUBMITTED, 13),
        (POOR, 23),
        (REJECTED, 27),
        (RESERVED, 25),
        (SUBMITTED, 3),
        (OFFERED, 24),
        (HOME_SIGNED, 11),
        (WITHDRAWN, 19),
        (ASSESSED, 15),
        (RETURNED, 10),
        (OFFERED, 30),
        (SUBMITTED, 5),
        (ELIGIBLE, 8),
        (HOME_SIGNED, 14),
        (GOOD, 21),
        (REJECTED, 29),
        (REFUSED_BY_PARTNER, 2),
        (OFFERED, 25),
    ],
}
