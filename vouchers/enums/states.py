"""Where things are, and which states belong together."""

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy


class CallState(TextChoices):
    """Where a call is; whether it takes applications is computed from its instants."""

    DRAFT = "draft", pgettext_lazy("call", "Draft")
    SCHEDULED = "scheduled", pgettext_lazy("call", "Planned")
    OPEN = "open", pgettext_lazy("call", "Open")
    CLOSED = "closed", pgettext_lazy("call", "Closed")
    DECIDED = "decided", pgettext_lazy("call", "Decided")


class ApplicationState(TextChoices):
    """Where an application is."""

    DRAFT = "draft", pgettext_lazy("application", "Draft")
    SUBMITTED = "submitted", pgettext_lazy("application", "Submitted")
    RETURNED = "returned", pgettext_lazy("application", "Returned")
    ELIGIBLE = "eligible", pgettext_lazy("application", "Eligible")
    INELIGIBLE = "ineligible", pgettext_lazy("application", "Ineligible")
    IN_ASSESSMENT = "in_assessment", pgettext_lazy("application", "In assessment")
    RECOMMENDED = "recommended", pgettext_lazy("application", "Recommended")
    NOT_RECOMMENDED = "not_recommended", pgettext_lazy("application", "Not recommended")
    APPROVED = "approved", pgettext_lazy("application", "Approved")
    RESERVE = "reserve", pgettext_lazy("application", "Reserve list")
    REJECTED = "rejected", pgettext_lazy("application", "Rejected")
    WITHDRAWN = "withdrawn", pgettext_lazy("application", "Withdrawn")


_S = ApplicationState


EDITABLE = frozenset({_S.DRAFT, _S.RETURNED})


UNDECIDED = frozenset(
    {_S.SUBMITTED, _S.ELIGIBLE, _S.IN_ASSESSMENT, _S.RECOMMENDED, _S.NOT_RECOMMENDED}
)


OPEN = UNDECIDED | {_S.RETURNED}


DECIDED = frozenset({_S.INELIGIBLE, _S.APPROVED, _S.RESERVE, _S.REJECTED})


SIGNABLE = frozenset({_S.ELIGIBLE, _S.RECOMMENDED, _S.RESERVE})


class AwardState(TextChoices):
    """Where an award is."""

    OFFERED = "offered", pgettext_lazy("award", "Offered")
    ACCEPTED = "accepted", pgettext_lazy("award", "Accepted")
    DECLINED = "declined", pgettext_lazy("award", "Declined")
    LAPSED = "lapsed", pgettext_lazy("award", "Lapsed")
    COMPLETED = "completed", pgettext_lazy("award", "Completed")
    CANCELLED = "cancelled", pgettext_lazy("award", "Cancelled")
    REVOKED = "revoked", pgettext_lazy("award", "Revoked")


LIVE_AWARD = frozenset({AwardState.OFFERED, AwardState.ACCEPTED})


# An award that has ended otherwise gives no right to aid, so neither history nor register has it.
AID_OF_AWARDS = LIVE_AWARD | {AwardState.COMPLETED}


class ClaimState(TextChoices):
    """Where a claim is."""

    DRAFT = "draft", pgettext_lazy("claim", "Draft")
    FILED = "filed", pgettext_lazy("claim", "Filed")
    RETURNED = "returned", pgettext_lazy("claim", "Returned")
    APPROVED = "approved", pgettext_lazy("claim", "Approved")
    PAID = "paid", pgettext_lazy("claim", "Paid")


class ConsentState(TextChoices):
    """Where a partner's consent is."""

    ASKED = "asked", pgettext_lazy("consent", "Asked")
    GIVEN = "given", pgettext_lazy("consent", "Given")
    DECLINED = "declined", pgettext_lazy("consent", "Declined")
    VOID = "void", pgettext_lazy("consent", "Void")


class AgreementState(TextChoices):
    """Where an agreement is; the firm signs it by accepting its award."""

    OPEN = "open", pgettext_lazy("agreement", "Waits for signatures")
    SIGNED = "signed", pgettext_lazy("agreement", "Signed by all")
    DECLINED = "declined", pgettext_lazy("agreement", "Declined by the provider")
    VOID = "void", pgettext_lazy("agreement", "Void")


class AwardChangeState(TextChoices):
    """Where a change of an award is."""

    ASKED = "asked", pgettext_lazy("change", "Waits for the region")
    APPROVED = "approved", pgettext_lazy("change", "Approved")
    REFUSED = "refused", pgettext_lazy("change", "Refused")
    DROPPED = "dropped", pgettext_lazy("change", "Set aside, because the award has ended")


class SeatState(TextChoices):
    """Where a co-applicant's seat stands."""

    INVITED = "invited", pgettext_lazy("co-applicant", "Invited")
    ACCEPTED = "accepted", pgettext_lazy("co-applicant", "Takes part")
    REMOVED = "removed", pgettext_lazy("co-applicant", "Removed")


OPEN_SEAT = frozenset({SeatState.INVITED, SeatState.ACCEPTED})


STANDING_CONSENT = frozenset({ConsentState.ASKED, ConsentState.GIVEN})


class AppealState(TextChoices):
    """Where an appeal is."""

    FILED = "filed", pgettext_lazy("appeal", "Waits for an answer")
    UPHELD = "upheld", pgettext_lazy("appeal", "Upheld")
    DISMISSED = "dismissed", pgettext_lazy("appeal", "Dismissed")


class ExtensionState(TextChoices):
    """Whether an extension counts."""

    WAITING = "waiting", pgettext_lazy("extension", "Waits for a manager")
    GIVEN = "given", pgettext_lazy("extension", "Given")
    REFUSED = "refused", pgettext_lazy("extension", "Refused")


class CallChangeState(TextChoices):
    """Whether a change of an announced call counts."""

    WAITING = "waiting", pgettext_lazy("call change", "Waits for a second manager")
    MADE = "made", pgettext_lazy("call change", "Made")
    REFUSED = "refused", pgettext_lazy("call change", "Refused")


class ConflictState(TextChoices):
    """Whether a conflict keeps its person from the application; only a cleared one does not."""

    OPEN = "open", pgettext_lazy("conflict of interest", "To be judged")
    STANDS = "stands", pgettext_lazy("conflict of interest", "Stands")
    CLEARED = "cleared", pgettext_lazy("conflict of interest", "Cleared")
