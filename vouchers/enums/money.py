"""Words of money: pots, payments, receipts, and why awards end."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class BatchState(TextChoices):
    """Where a payment batch is."""

    OPEN = "open", pgettext_lazy("payment batch", "With the bank")
    DONE = "done", pgettext_lazy("payment batch", "Done")
    DISCARDED = "discarded", pgettext_lazy("payment batch", "Discarded")


class InstructionState(TextChoices):
    """What became of one payment of a batch."""

    OPEN = "open", pgettext_lazy("payment", "With the bank")
    PAID = "paid", pgettext_lazy("payment", "Paid")
    REFUSED = "refused", pgettext_lazy("payment", "Refused by the bank")
    DISCARDED = "discarded", pgettext_lazy("payment", "Discarded")


class BankReason(TextChoices):
    """Why a bank refuses a payment or sends it back (ISO 20022, external status reasons)."""

    AC01 = "AC01", _("AC01: the account does not exist")
    AC04 = "AC04", _("AC04: the account is closed")
    AC06 = "AC06", _("AC06: the account is blocked")
    AG01 = "AG01", _("AG01: the account does not take such payments")
    BE01 = "BE01", _("BE01: the name does not fit the account")
    MD07 = "MD07", _("MD07: the account holder has died")
    MS02 = "MS02", _("MS02: the payee refused it")
    MS03 = "MS03", _("MS03: the bank gives no reason")
    RC01 = "RC01", _("RC01: the bank of the account is not known")
    RR04 = "RR04", _("RR04: a legal reason")
    AM04 = "AM04", _("AM04: not enough money on our account")
    AM05 = "AM05", _("AM05: the bank took it for a payment made before")
    FF01 = "FF01", _("FF01: the bank cannot read the file")
    TM01 = "TM01", _("TM01: after the bank's last hour")
    NARR = "NARR", _("Another reason, as written below")


# What the payee cannot mend: the same payment may go out again.
OUR_SIDE = frozenset({BankReason.AM04, BankReason.AM05, BankReason.FF01, BankReason.TM01})


class Currency(TextChoices):
    """ISO 4217 codes of Europe's currencies and the dollar, in which booking portals bill."""

    EUR = "EUR", _("EUR: euro")
    ALL = "ALL", _("ALL: Albanian lek")
    BAM = "BAM", _("BAM: convertible mark of Bosnia and Herzegovina")
    CHF = "CHF", _("CHF: Swiss franc")
    CZK = "CZK", _("CZK: Czech koruna")
    DKK = "DKK", _("DKK: Danish krone")
    GBP = "GBP", _("GBP: pound sterling")
    HUF = "HUF", _("HUF: Hungarian forint")
    ISK = "ISK", _("ISK: Icelandic króna")
    MDL = "MDL", _("MDL: Moldovan leu")
    MKD = "MKD", _("MKD: denar of North Macedonia")
    NOK = "NOK", _("NOK: Norwegian krone")
    PLN = "PLN", _("PLN: Polish złoty")
    RON = "RON", _("RON: Romanian leu")
    RSD = "RSD", _("RSD: Serbian dinar")
    SEK = "SEK", _("SEK: Swedish krona")
    TRY = "TRY", _("TRY: Turkish lira")
    UAH = "UAH", _("UAH: Ukrainian hryvnia")
    USD = "USD", _("USD: US dollar")


class RateSource(TextChoices):
    """Where the rate of a receipt in another currency comes from."""

    ECB = "ecb", _("Reference rate of the European Central Bank")
    BANK = "bank", _("Statement of the firm's bank")


class NoteKind(TextChoices):
    """What a line of the thread about a receipt is."""

    QUESTION = "question", pgettext_lazy("receipt", "Question")
    ANSWER = "answer", pgettext_lazy("receipt", "Answer")
    CLOSED = "closed", pgettext_lazy("receipt", "Closed without an answer")


class EntryKind(TextChoices):
    """What a ledger line does; the kind gives the sign."""

    ALLOCATE = "allocate", pgettext_lazy("ledger", "Allocation")
    MOVE = "move", pgettext_lazy("ledger", "Move to another pot")
    RESERVE = "reserve", pgettext_lazy("ledger", "Reservation")
    COMMIT = "commit", pgettext_lazy("ledger", "Commitment")
    PAY = "pay", pgettext_lazy("ledger", "Payment")
    BOUNCE = "bounce", pgettext_lazy("ledger", "Payment sent back by the bank")
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


class ReserveOrder(TextChoices):
    """Who on a reserve list comes next when money has come back."""

    RANK = "rank", pgettext_lazy("reserve list", "Strictly by rank: the first waits until it fits")
    FITS = "fits", pgettext_lazy("reserve list", "By rank, the first that fits the money")


class EndReason(TextChoices):
    """Why an award ended without completion."""

    DECLINED = "declined", _("The SME declined")
    NO_ANSWER = "no_answer", _("No answer in time")
    NOT_USED = "not_used", _("Not used in time")
    NOT_SIGNED = "not_signed", _("The provider did not sign in time")
    PARTNER_NO = "partner_no", _("The provider declined")
    CANCELLED = "cancelled", _("Cancelled by the region")
    REVOKED = "revoked", _("Revoked")
