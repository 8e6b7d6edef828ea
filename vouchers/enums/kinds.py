"""What kinds of things there are. Sets of words have names."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class AwardChangeKind(TextChoices):
    """What the firm asks to change in an accepted award."""

    EXTENSION = "extension", pgettext_lazy("change", "Longer validity")
    TITLE = "title", pgettext_lazy("change", "Title of the project")
    DATES = "dates", pgettext_lazy("change", "Dates of the work")
    CONTACT = "contact", pgettext_lazy("change", "Contact at the provider")
    WORK = "work", pgettext_lazy("change", "Content of the work")


class SeatRole(TextChoices):
    """What a co-applicant may do."""

    VIEW = "view", pgettext_lazy("co-applicant", "Read everything")
    EDIT = "edit", pgettext_lazy("co-applicant", "Read everything, and edit chosen parts")


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


class Pile(TextChoices):
    """What a digest lists, the most urgent first."""

    OVERDUE = "overdue", pgettext_lazy("digest", "The day that was promised is past")
    TODAY = "today", pgettext_lazy("digest", "Due today")
    SIGNATURE = "signature", pgettext_lazy("digest", "Signatures that your region is asked for")
    APPEAL = "appeal", pgettext_lazy("digest", "Appeals to answer")
    NEW = "new", pgettext_lazy("digest", "New applications")
    ANSWERED = "answered", pgettext_lazy("digest", "Answers to your questions")
    CLAIM = "claim", pgettext_lazy("digest", "Claims to check")
    PAYMENT = "payment", pgettext_lazy("digest", "Claims to pay")
    REGISTER = "register", pgettext_lazy("digest", "Entries in the aid register")
    ENQUIRY = "enquiry", pgettext_lazy("digest", "Questions and needs of visitors")
    TASK = "task", pgettext_lazy("digest", "Tasks")
    OPEN = "open", pgettext_lazy("digest", "Applications on which you decide")


URGENT_PILES = frozenset({Pile.OVERDUE, Pile.TODAY})


class LetterFact(TextChoices):
    """What a letter may say otherwise than the record."""

    AMOUNT = "amount", pgettext_lazy("letter", "Amount")
    DAY = "day", pgettext_lazy("letter", "Date")
    NAME = "name", pgettext_lazy("letter", "Firm or partner")
    NUMBER = "number", pgettext_lazy("letter", "Number")
    BLANK = "blank", pgettext_lazy("letter", "Not filled in")
    LANGUAGE = "language", pgettext_lazy("letter", "Language")


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
