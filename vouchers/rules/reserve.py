"""The reserve list: strictly by rank, whoever decides."""

from vouchers.rules.verdict import Reason, ReasonCode, Verdict


def check_turn(rank: int, *, first: str) -> Verdict:
    """Whether it is the turn of who stands at the rank; `first` names who stands before all."""
    if rank == 1:
        return Verdict()
    return Verdict(reasons=(Reason(ReasonCode.NOT_FIRST_ON_RESERVE, {"first": first}),))
