"""Who may sign an application, and when enough have signed."""

from collections.abc import Collection, Hashable
from dataclasses import dataclass

from vouchers.enums import Side
from vouchers.rules.verdict import Reason, ReasonCode, Verdict

HOME_ONLY = frozenset({Side.HOME})
BOTH_SIDES = frozenset({Side.HOME, Side.HOST})


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """A person signing for a side; `organisation` is the one that the person's role belongs to."""

    side: Side
    person: Hashable
    organisation: Hashable


def check(
    signing: Signature,
    *,
    required: Collection[Side],
    signed: Collection[Signature],
    recused: Collection[Hashable],
    assessors: Collection[Hashable],
) -> Verdict:
    """Whether this signature may be added; `recused` and `assessors` are persons."""
    findings = {
        ReasonCode.SIGNATURE_NOT_REQUIRED: signing.side not in required,
        ReasonCode.SIDE_HAS_SIGNED: any(s.side == signing.side for s in signed),
        ReasonCode.SAME_PERSON: any(s.person == signing.person for s in signed),
        ReasonCode.SAME_ORGANISATION: any(
            s.organisation == signing.organisation for s in signed if s.side != signing.side
        ),
        ReasonCode.RECUSED: signing.person in recused,
        ReasonCode.ASSESSED_IT: signing.person in assessors,
    }
    return Verdict(reasons=tuple(Reason(code) for code, found in findings.items() if found))


def missing(required: Collection[Side], signed: Collection[Signature]) -> frozenset[Side]:
    """The sides whose signature is still needed."""
    return frozenset(required) - {signature.side for signature in signed}


def is_last(
    signing: Signature, *, required: Collection[Side], signed: Collection[Signature]
) -> bool:
    """Whether this signature completes the set, and so executes the award."""
    return missing(required, (*signed, signing)) == frozenset()
