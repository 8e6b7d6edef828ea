"""What a firm says of itself and of the work: each a condition of the aid or of the programme."""

from dataclasses import dataclass

from vouchers.rules.verdict import Reason, ReasonCode, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Conduct:
    """Declarations that stand against a voucher where they are true.

    `is_export_tied` and `depends_on_domestic_goods`: Regulation (EU) 2023/2831, article 1(1)(d)
    and (e).
    """

    is_insolvent: bool = False
    has_started: bool = False
    is_funded_elsewhere: bool = False
    is_export_tied: bool = False
    depends_on_domestic_goods: bool = False


def check(conduct: Conduct) -> Verdict:
    """Every declaration that stands against the voucher."""
    findings = {
        ReasonCode.INSOLVENT: conduct.is_insolvent,
        ReasonCode.ALREADY_STARTED: conduct.has_started,
        ReasonCode.FUNDED_ELSEWHERE: conduct.is_funded_elsewhere,
        ReasonCode.EXPORT_TIED: conduct.is_export_tied,
        ReasonCode.DOMESTIC_GOODS: conduct.depends_on_domestic_goods,
    }
    return Verdict(reasons=tuple(Reason(code) for code, found in findings.items() if found))
