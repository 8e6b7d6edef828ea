"""Words shared by every app."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Role(TextChoices):
    """What a member of staff may be: broker and finance in a region, the others in a programme."""

    BROKER = "broker", _("Access broker")
    FINANCE = "finance", pgettext_lazy("role", "Finance")
    MANAGER = "manager", _("Programme manager")
    AUDITOR = "auditor", _("Auditor")


REGION_ROLES = frozenset({Role.BROKER, Role.FINANCE})
PROGRAMME_ROLES = frozenset({Role.MANAGER, Role.AUDITOR})


class Locale(TextChoices):
    """Languages of letters and pages."""

    EN = "en", "English"
    NL = "nl", "Nederlands"
    FR = "fr", "Français"
    DE = "de", "Deutsch"


class VoucherKind(TextChoices):
    """Kinds of voucher that programmes have had."""

    MEET_GREET = "meet_greet", _("Meet & Greet")
    INSIGHT = "insight", _("Insight")
    COLLABORATION = "collaboration", _("Collaboration")
    TRANSNATIONAL = "transnational", _("Transnational")
    INTERNATIONALISATION = "internationalisation", _("Internationalisation")
    SUPPORT = "support", pgettext_lazy("voucher", "Support")
    TRAVEL = "travel", pgettext_lazy("voucher", "Travel")


class GrantingMoment(TextChoices):
    """When the legal right to the aid arises (Regulation (EU) 2023/2831, article 3(3))."""

    ACCEPTANCE = "acceptance", _("When the SME accepts")
    DECISION = "decision", _("When the region decides")


class MembershipState(TextChoices):
    """Where a person's membership of an organisation stands."""

    REQUESTED = "requested", pgettext_lazy("membership", "Asked to join")
    ACTIVE = "active", pgettext_lazy("membership", "Member")
    REFUSED = "refused", pgettext_lazy("membership", "Refused")
    ENDED = "ended", pgettext_lazy("membership", "Ended")


class MailState(TextChoices):
    """Where a letter is on its way to the wire."""

    QUEUED = "queued", pgettext_lazy("mail", "Waiting")
    SENDING = "sending", pgettext_lazy("mail", "Being sent")
    SENT = "sent", pgettext_lazy("mail", "Sent")
    GIVEN_UP = "given_up", pgettext_lazy("mail", "Given up")
    BOUNCED = "bounced", pgettext_lazy("mail", "Did not arrive")
    UNCERTAIN = "uncertain", pgettext_lazy("mail", "Perhaps sent")


class StaffMail(TextChoices):
    """What staff are written about."""

    HOST_SIGNATURE = "host_signature", pgettext_lazy("mails", "Signatures of the host region")
    APPEAL = "appeal", pgettext_lazy("mails", "Appeals")
    BOUNCE = "bounce", pgettext_lazy("mails", "Letters that did not arrive")
    MONEY = "money", pgettext_lazy("mails", "Money that is short")
    RELEASE = "release", pgettext_lazy("mails", "Held letters that could not go out")
    APPLICATION = "application", pgettext_lazy("mails", "Applications and answers")
    PARTNER = "partner", pgettext_lazy("mails", "Partners of applications")
    AWARD = "award", pgettext_lazy("mails", "Awards and the reserve list")
    CLAIM = "claim", pgettext_lazy("mails", "Claims")
    REGISTER = "register", pgettext_lazy("mails", "Entries in the aid register")
    EXTENSION = "extension", pgettext_lazy("mails", "More time for drafts")
    CALL = "call", pgettext_lazy("mails", "Changes of calls")
    ENQUIRY = "enquiry", pgettext_lazy("mails", "Questions and needs of visitors")
    CATALOGUE = "catalogue", pgettext_lazy("mails", "Records and providers")
    ORGANISATION = "organisation", pgettext_lazy("mails", "People who join organisations")


class MailTime(TextChoices):
    """When a person is written about something."""

    AT_ONCE = "at_once", pgettext_lazy("mails", "At once")
    DIGEST = "digest", pgettext_lazy("mails", "In the daily digest")
    NEVER = "never", pgettext_lazy("mails", "Never")


AT_ONCE = frozenset(
    {
        StaffMail.HOST_SIGNATURE,
        StaffMail.APPEAL,
        StaffMail.BOUNCE,
        StaffMail.MONEY,
        StaffMail.RELEASE,
    }
)
# The law or the programme's promise sets a day for these, so somebody must hear of them:
# the host's answer, the answer to an appeal, the decision, the payment, the register
# (Regulation (EU) 2023/2831, article 6).
NECESSARY = frozenset(
    {
        StaffMail.HOST_SIGNATURE,
        StaffMail.APPEAL,
        StaffMail.APPLICATION,
        StaffMail.CLAIM,
        StaffMail.REGISTER,
    }
)


def usual_time(kind: StaffMail) -> MailTime:
    """Return when staff are written about something unless they choose otherwise."""
    return MailTime.AT_ONCE if kind in AT_ONCE else MailTime.DIGEST


class TaskKind(TextChoices):
    """What somebody of the staff has to do."""

    BOUNCE = "bounce", _("A letter did not arrive")
    UNCERTAIN = "uncertain", _("Nobody knows whether a letter was sent")
    VIRUS = "virus", _("A file had a virus and was removed")


class Thing(TextChoices):
    """What a member of staff may read of a firm; opening it is journalled."""

    FIGURES = "figures", pgettext_lazy("thing", "Figures and aid at the desk")
    FILE = "file", pgettext_lazy("thing", "File that was given")
    DOCUMENT = "document", pgettext_lazy("thing", "Issued document")
    AUDIT_FILE = "audit_file", pgettext_lazy("thing", "Audit file")
    PAYMENTS = "payments", pgettext_lazy("thing", "List of payments")
    APPLICATIONS = "applications", pgettext_lazy("thing", "List of applications")
    AID_REGISTER = "aid_register", pgettext_lazy("thing", "Aid register")


class DocumentState(TextChoices):
    """Whether an issued document's file exists yet."""

    QUEUED = "queued", pgettext_lazy("document", "Being made")
    READY = "ready", pgettext_lazy("document", "Ready")
    FAILED = "failed", pgettext_lazy("document", "Could not be made")
    ERASED = "erased", pgettext_lazy("document", "Erased")


class LinkPurpose(TextChoices):
    """What a single-use link in a mail is for."""

    STAFF_INVITATION = "staff_invitation", _("Invitation to a staff role")
    PROVIDER_INVITATION = "provider_invitation", _("Invitation to keep a provider's records")
    RECORD_CONFIRMATION = "record_confirmation", _("Question whether a record is still true")
    EXPERT_CONSENT = "expert_consent", _("Question to an expert, who may be shown")
    EXPERT_WITHDRAWAL = "expert_withdrawal", _("An expert's way out of the catalogue")
    PARTNER_CONSENT = "partner_consent", _("Question to a partner of an application")
    AGREEMENT = "agreement", _("Agreement that a provider signs")
    CO_APPLICANT = "co_applicant", _("Invitation to work on an application")


class LinkFate(TextChoices):
    """Why a link in a mail does not work."""

    UNKNOWN = "unknown", pgettext_lazy("link", "Unknown")
    USED = "used", pgettext_lazy("link", "Used")
    EXPIRED = "expired", pgettext_lazy("link", "Expired")
    REPLACED = "replaced", pgettext_lazy("link", "Replaced")
