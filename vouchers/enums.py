"""Words of the voucher business. Sets of words have names."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
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


class SeatRole(TextChoices):
    """What a co-applicant may do."""

    VIEW = "view", pgettext_lazy("co-applicant", "Read everything")
    EDIT = "edit", pgettext_lazy("co-applicant", "Read everything, and edit chosen parts")


class SeatState(TextChoices):
    """Where a co-applicant's seat stands."""

    INVITED = "invited", pgettext_lazy("co-applicant", "Invited")
    ACCEPTED = "accepted", pgettext_lazy("co-applicant", "Takes part")
    REMOVED = "removed", pgettext_lazy("co-applicant", "Removed")


OPEN_SEAT = frozenset({SeatState.INVITED, SeatState.ACCEPTED})
STANDING_CONSENT = frozenset({ConsentState.ASKED, ConsentState.GIVEN})


class EntryKind(TextChoices):
    """What a ledger line does; the kind gives the sign."""

    ALLOCATE = "allocate", pgettext_lazy("ledger", "Allocation")
    MOVE = "move", pgettext_lazy("ledger", "Move to another pot")
    RESERVE = "reserve", pgettext_lazy("ledger", "Reservation")
    COMMIT = "commit", pgettext_lazy("ledger", "Commitment")
    PAY = "pay", pgettext_lazy("ledger", "Payment")
    RELEASE = "release", pgettext_lazy("ledger", "Release")
    RECOVER = "recover", pgettext_lazy("ledger", "Recovery")


class Stage(TextChoices):
    """What a release gives back."""

    RESERVED = "reserved", pgettext_lazy("ledger", "Reserved")
    COMMITTED = "committed", pgettext_lazy("ledger", "Committed")


class AmountKind(TextChoices):
    """How an award's amount is found."""

    CAPPED = "capped", _("Actual cost, up to the amount")
    LUMP_SUM = "lump_sum", _("Lump sum")


class CrossingRule(TextChoices):
    """Which border a voucher must cross."""

    OTHER_REGION = "other_region", _("Partner in another region")
    OTHER_COUNTRY = "other_country", _("Partner in another country")


class Side(TextChoices):
    """Whose signature it is."""

    HOME = "home", _("Home region")
    HOST = "host", _("Host region")


class Reader(TextChoices):
    """Who reads what the other side wrote about an application."""

    APPLICANT = "applicant", _("Applicant")
    DESK = "desk", pgettext_lazy("reader", "Home region")


class Selection(TextChoices):
    """How applications are chosen."""

    FIRST_COME = "first_come", _("First come, first served")
    COMPETITIVE = "competitive", _("Competitive")


class AidBasis(TextChoices):
    """The act under which the aid is granted."""

    DE_MINIMIS = "de_minimis", _("De minimis aid")
    GBER_20A = "gber_20a", _("Article 20a of Regulation (EU) No 651/2014")
    MFA = "mfa", _("Minimal Financial Assistance (United Kingdom)")
    NONE = "none", _("Not aid")


class Payee(TextChoices):
    """Who is paid."""

    SME = "sme", _("The SME")
    PROVIDER = "provider", _("The provider")
    PARTNER = "partner", _("The region's partner organisation")


class QuestionKind(TextChoices):
    """What an answer looks like."""

    SHORT_TEXT = "short_text", _("Short text")
    LONG_TEXT = "long_text", _("Long text")
    NUMBER = "number", _("Number")
    MONEY = "money", _("Amount in euros")
    DATE = "date", _("Date")
    CHOICE = "choice", _("Choice")
    YES_NO = "yes_no", _("Yes or no")
    FILE = "file", _("File")
    COST_TABLE = "cost_table", _("Cost table")
    MILESTONES = "milestones", _("Milestone table")


class Sector(TextChoices):
    """The SME's sector, counted in statistics."""

    LIFE_SCIENCES = "life_sciences", _("Life sciences")
    MEDICAL_TECHNOLOGY = "medical_technology", _("Medical technology")
    FOOD = "food", _("Health-related food")
    OTHER = "other", pgettext_lazy("sector", "Other")


class NaceRevision(TextChoices):
    """The revision of the classification of activities that a code belongs to."""

    REV_2_1 = "2.1", _("Revision 2.1 (since 2025)")
    REV_2 = "2", _("Revision 2 (2008 to 2024)")


class Bottleneck(TextChoices):
    """What stops the SME, counted in statistics."""

    FINANCE = "finance", pgettext_lazy("bottleneck", "Finance")
    MARKET_ACCESS = "market_access", _("Market access")
    TECHNOLOGY = "technology", _("Technology")
    REGULATION = "regulation", _("Regulation")
    PARTNER = "partner", _("Finding a partner")
    OTHER = "other", pgettext_lazy("bottleneck", "Other")


class TextUse(TextChoices):
    """What a text block is for."""

    QUESTION = "question", pgettext_lazy("text block", "Questions to applicants")
    REFUSAL = "refusal", pgettext_lazy("text block", "Refusals")
    AWARD_LETTER = "award_letter", pgettext_lazy("text block", "Award letters: added terms")
    ADVICE = "advice", pgettext_lazy("text block", "Payment advices: closing words")


class ReturnKind(TextChoices):
    """Why an application goes back: an incomplete one loses its first-come place."""

    INCOMPLETE = "incomplete", _("Incomplete")
    QUESTION = "question", _("A question")


class ReserveOrder(TextChoices):
    """Who on a reserve list comes next when money has come back."""

    RANK = "rank", pgettext_lazy("reserve list", "Strictly by rank: the first waits until it fits")
    FITS = "fits", pgettext_lazy("reserve list", "By rank, the first that fits the money")


class RejectReason(TextChoices):
    """Why an application is ineligible or rejected."""

    SAME_REGION = "same_region", _("The partner is in the same region")
    NOT_AN_SME = "not_an_sme", _("The applicant is not an SME")
    OUTSIDE_PROGRAMME = "outside_programme", _("Outside the programme's regions")
    DE_MINIMIS = "de_minimis", _("The de minimis ceiling would be crossed")
    LIMIT_REACHED = "limit_reached", _("The limit of vouchers is reached")
    INELIGIBLE_COSTS = "ineligible_costs", _("The costs are not eligible")
    ALREADY_STARTED = "already_started", _("The work has started already")
    OUT_OF_SCOPE = "out_of_scope", _("Out of the programme's scope")
    INCOMPLETE = "incomplete", _("Incomplete after a request")
    QUALITY = "quality", _("Other applications were stronger")
    NO_MONEY = "no_money", _("The region's money is used up")
    OTHER = "other", pgettext_lazy("reason", "Another reason")


class EndReason(TextChoices):
    """Why an award ended without completion."""

    DECLINED = "declined", _("The SME declined")
    NO_ANSWER = "no_answer", _("No answer in time")
    NOT_USED = "not_used", _("Not used in time")
    CANCELLED = "cancelled", _("Cancelled by the region")
    REVOKED = "revoked", _("Revoked")


class Declaration(TextChoices):
    """What the SME declares when it submits; the copy of the application repeats it."""

    TRUE = "true", _("What we have written is complete and true")
    SME = "sme", _("We are a small or medium-sized enterprise")
    AID = "aid", _("We have named all de minimis aid that our undertaking received")
    NOT_STARTED = "not_started", _("The work has not started and does not start before the award")
    PUBLISHED = "published", _("We agree that an award is published with our name and amount")


class Qualifier(TextChoices):
    """How a source says a figure."""

    EXACTLY = "exactly", pgettext_lazy("figure", "exactly")
    MORE_THAN = "more than", pgettext_lazy("figure", "more than")
    AT_MOST = "at most", pgettext_lazy("figure", "at most")
    ABOUT = "about", pgettext_lazy("figure", "about")
    TARGET = "target", pgettext_lazy("figure", "target")


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


class KeptFile(TextChoices):
    """Kinds of file whose personal data are kept for a time."""

    DRAFT = "draft", _("Drafts that were never sent")
    UNSUCCESSFUL = "unsuccessful", _("Applications without a voucher")
    GRANTED = "granted", _("Vouchers, from the granting date")
    PAID = "paid", _("Vouchers, from the end of the year of the last payment")
    ENQUIRY = "enquiry", _("Questions to brokers")
    ACCOUNT = "account", _("Accounts that nobody uses")


class PartyRole(TextChoices):
    """Which side of an application somebody is close to."""

    APPLICANT = "applicant", _("Applicant")
    PARTNER = "partner", _("Partner")


class ConflictKind(TextChoices):
    """What speaks for a conflict of interest, strongest first; a declared one needs no proof."""

    DECLARED = "declared", _("Declared")
    MEMBER = "member", _("Acts for it")
    EMPLOYER = "employer", _("Works for it")
    EARLIER = "earlier", _("Took part in an earlier application")
    DOMAIN = "domain", _("Writes from its e-mail domain")


class ConflictState(TextChoices):
    """Whether a conflict keeps its person from the application; only a cleared one does not."""

    OPEN = "open", pgettext_lazy("conflict of interest", "To be judged")
    STANDS = "stands", pgettext_lazy("conflict of interest", "Stands")
    CLEARED = "cleared", pgettext_lazy("conflict of interest", "Cleared")
