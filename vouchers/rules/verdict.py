"""What a rule answers: allowed or not, why, and the arithmetic behind it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

type Param = str | int | Decimal | date
type Params = Mapping[str, Param]

NOTHING: Params = MappingProxyType({})


class ReasonCode(StrEnum):
    """Every reason that a rule can give; `vouchers.reasons` holds the sentences."""

    HEADCOUNT_TOO_HIGH = "headcount_too_high"
    MONEY_TOO_HIGH = "money_too_high"
    NO_SIZE_RULE = "no_size_rule"
    NO_FIGURES = "no_figures"
    PUBLIC_CONTROL = "public_control"
    CLASS_KEPT = "class_kept"
    CLASS_BY_ESTIMATE = "class_by_estimate"
    INVESTOR_EXEMPT = "investor_exempt"
    FIGURES_MISSING = "figures_missing"

    OUTSIDE_PROGRAMME = "outside_programme"
    PARTNER_OUTSIDE_PROGRAMME = "partner_outside_programme"
    SAME_REGION = "same_region"
    SAME_COUNTRY = "same_country"

    AMOUNT_NOT_POSITIVE = "amount_not_positive"
    AMOUNT_NOT_WHOLE_CENTS = "amount_not_whole_cents"
    AMOUNT_ABOVE_CAP = "amount_above_cap"
    AMOUNT_NOT_LUMP_SUM = "amount_not_lump_sum"
    PRICE_BELOW_LUMP_SUM = "price_below_lump_sum"
    CALL_LIMIT_REACHED = "call_limit_reached"
    OPEN_AWARD_EXISTS = "open_award_exists"

    AID_CEILING_CROSSED = "aid_ceiling_crossed"
    AID_CEILING_CROSSED_FOR_NOW = "aid_ceiling_crossed_for_now"
    EXPORT_TIED = "export_tied"
    NO_AID_RULE = "no_aid_rule"
    SECTOR_EXCLUDED = "sector_excluded"
    SECTOR_COAL = "sector_coal"
    SECTOR_CARRIER = "sector_carrier"
    SECTOR_DEPENDS = "sector_depends"
    SECTOR_SEPARATED = "sector_separated"
    DOMESTIC_GOODS = "domestic_goods"
    INSOLVENT = "insolvent"
    ALREADY_STARTED = "already_started"
    FUNDED_ELSEWHERE = "funded_elsewhere"
    PROJECT_CEILING_CROSSED = "project_ceiling_crossed"
    NO_PROJECT_RULE = "no_project_rule"
    MFA_CEILING_CROSSED = "mfa_ceiling_crossed"
    NO_MFA_RULE = "no_mfa_rule"
    LIFETIME_LIMIT_REACHED = "lifetime_limit_reached"
    SAME_PARTNER_AND_TOPIC = "same_partner_and_topic"

    CALL_NOT_YET_OPEN = "call_not_yet_open"
    CALL_CLOSED = "call_closed"
    GRACE_FOR_DRAFTS_ONLY = "grace_for_drafts_only"
    WITHIN_GRACE = "within_grace"
    APPEAL_TOO_LATE = "appeal_too_late"
    ANSWER_TOO_LATE = "answer_too_late"
    OFFER_ENDED = "offer_ended"
    CLAIM_TOO_LATE = "claim_too_late"
    AGREEMENT_TOO_LATE = "agreement_too_late"
    AGREEMENT_NOT_SIGNED = "agreement_not_signed"
    EXTENSION_TOO_LATE = "extension_too_late"
    EXTENDED_ONCE = "extended_once"
    CHANGE_ASKED = "change_asked"
    EXTENSION_TOO_LONG = "extension_too_long"
    NO_EXTENSION = "no_extension"

    RECEIPT_IN_FUTURE = "receipt_in_future"
    RECEIPT_OUTSIDE_PERIOD = "receipt_outside_period"
    RECEIPT_TWICE = "receipt_twice"
    RECEIPT_CLAIMED = "receipt_claimed"
    RECEIPT_FILE_CLAIMED = "receipt_file_claimed"
    RECEIPT_ASKED_ABOUT = "receipt_asked_about"
    QUESTION_OPEN = "question_open"
    QUESTION_ANSWERED = "question_answered"
    RATE_IN_FUTURE = "rate_in_future"
    RATE_IMPLAUSIBLE = "rate_implausible"
    RATE_FAR_FROM_RECEIPT = "rate_far_from_receipt"
    RATE_ON_WEEKEND = "rate_on_weekend"
    VAT_NOT_SAID = "vat_not_said"
    VAT_DEDUCTED = "vat_deducted"
    VAT_NOT_PAID = "vat_not_paid"
    VAT_PAID = "vat_paid"
    CLAIM_ABOVE_AWARD = "claim_above_award"

    PAYMENT_NOT_DUE = "payment_not_due"
    PAYMENT_INSTRUCTED = "payment_instructed"
    PAYMENT_OWN = "payment_own"
    PAYMENT_BY_PARTNER = "payment_by_partner"
    ACCOUNT_REFUSED = "account_refused"
    ACCOUNT_MISSING = "account_missing"
    ACCOUNT_WRONG = "account_wrong"
    ACCOUNT_OUT_OF_REACH = "account_out_of_reach"
    HOLDER_NOT_EXPRESSIBLE = "holder_not_expressible"
    EXECUTION_PAST = "execution_past"
    EXECUTED_IN_FUTURE = "executed_in_future"
    EXECUTED_TOO_EARLY = "executed_too_early"

    SIGNATURE_NOT_REQUIRED = "signature_not_required"
    SIDE_HAS_SIGNED = "side_has_signed"
    NOT_FIRST_ON_RESERVE = "not_first_on_reserve"
    SAME_PERSON = "same_person"
    SAME_ORGANISATION = "same_organisation"
    RECUSED = "recused"
    ASSESSED_IT = "assessed_it"


class LineCode(StrEnum):
    """Every line of arithmetic that a rule can show."""

    SIZE_MICRO = "size_micro"
    SIZE_SMALL = "size_small"
    SIZE_MEDIUM = "size_medium"
    SIZE_NOT_SME = "size_not_sme"
    SIZE_CONTRIBUTION = "size_contribution"
    SIZE_OF_YEAR = "size_of_year"
    ROUTE = "route"
    AMOUNT = "amount"
    HELD_IN_CALL = "held_in_call"
    AID_COUNTED = "aid_counted"
    AID_OFFERED = "aid_offered"
    AID_USED = "aid_used"
    AID_LEFT_AFTER = "aid_left_after"
    PROJECT_AID_USED = "project_aid_used"
    MFA_USED = "mfa_used"
    HELD_IN_LIFETIME = "held_in_lifetime"
    WINDOW = "window"


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason, with the values that its sentence names; money in EUR, head counts in AWU."""

    code: ReasonCode
    params: Params = field(default_factory=lambda: NOTHING)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the arithmetic, with the values that its sentence names."""

    code: LineCode
    params: Params = field(default_factory=lambda: NOTHING)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer of a rule: `reasons` are refusals, `notes` only want to be seen."""

    reasons: tuple[Reason, ...] = ()
    arithmetic: tuple[Line, ...] = ()
    notes: tuple[Reason, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether nothing refuses."""
        return not self.reasons

    @property
    def codes(self) -> tuple[ReasonCode, ...]:
        """The codes of the refusals, in order."""
        return tuple(reason.code for reason in self.reasons)

    def require(self) -> None:
        """Raise Refused unless the answer is yes."""
        if not self.ok:
            raise Refused(self)


class Refused(Exception):
    """The law said no; `verdict` tells why."""

    def __init__(self, verdict: Verdict) -> None:
        """Keep the verdict, so that the page can show every reason."""
        super().__init__(verdict)
        self.verdict = verdict

    @property
    def codes(self) -> tuple[ReasonCode, ...]:
        """The codes of the refusals, in order."""
        return self.verdict.codes

    def __str__(self) -> str:
        """The codes of the refusals, for the log."""
        return ", ".join(self.verdict.codes)


def combine(*verdicts: Verdict) -> Verdict:
    """One verdict that refuses if any of them does, with all their reasons and lines in order."""
    return Verdict(
        reasons=tuple(reason for verdict in verdicts for reason in verdict.reasons),
        arithmetic=tuple(line for verdict in verdicts for line in verdict.arithmetic),
        notes=tuple(note for verdict in verdicts for note in verdict.notes),
    )
