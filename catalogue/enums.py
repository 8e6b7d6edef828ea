"""Words of the catalogue, from the published vocabularies of EOSC and MERIL."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class RecordKind(TextChoices):
    """What can be found in the catalogue."""

    FACILITY = "facility", _("Facility")
    EQUIPMENT = "equipment", _("Equipment")
    EXPERT = "expert", _("Expert")
    SERVICE = "service", pgettext_lazy("catalogue", "Service")


class RecordState(TextChoices):
    """Whether the public sees a record."""

    DRAFT = "draft", pgettext_lazy("record", "Draft")
    PUBLISHED = "published", pgettext_lazy("record", "Published")
    HIDDEN = "hidden", pgettext_lazy("record", "Hidden")


class ProviderKind(TextChoices):
    """Who stands behind a provider."""

    PUBLIC = "public", _("Public organisation")
    PRIVATE = "private", _("Private organisation")
    SOLE = "sole", _("Self-employed expert")


class AccessType(TextChoices):
    """How a facility is reached (EOSC vocabulary)."""

    PHYSICAL = "physical", pgettext_lazy("access", "On site")
    REMOTE = "remote", pgettext_lazy("access", "Remote")
    VIRTUAL = "virtual", pgettext_lazy("access", "Virtual")
    MAIL_IN = "mail_in", pgettext_lazy("access", "Send samples")
    OTHER = "other", pgettext_lazy("access", "Other")


class AccessMode(TextChoices):
    """On what terms a facility is open (EOSC vocabulary)."""

    FREE = "free", pgettext_lazy("access", "Free")
    FREE_CONDITIONALLY = "free_conditionally", pgettext_lazy("access", "Free under conditions")
    PAID = "paid", pgettext_lazy("access", "Paid")
    PEER_REVIEWED = "peer_reviewed", pgettext_lazy("access", "After peer review")
    OTHER = "other", pgettext_lazy("access", "Other")


class PriceKind(TextChoices):
    """How a price is made."""

    ON_REQUEST = "on_request", pgettext_lazy("price", "On request")
    PER_HOUR = "per_hour", pgettext_lazy("price", "Per hour")
    PER_SAMPLE = "per_sample", pgettext_lazy("price", "Per sample")
    PER_DAY = "per_day", pgettext_lazy("price", "Per day")
    FLAT = "flat", pgettext_lazy("price", "Flat price")


class Certificate(TextChoices):
    """Quality systems that searchers ask for."""

    GLP = "GLP", "GLP"
    GMP = "GMP", "GMP"
    ISO_13485 = "ISO 13485", "ISO 13485"
    ISO_17025 = "ISO 17025", "ISO 17025"


class Sort(TextChoices):
    """In which order results are shown."""

    RELEVANCE = "relevance", pgettext_lazy("sort", "Best match")
    WAIT = "wait", pgettext_lazy("sort", "Shortest wait")
    NAME = "name", pgettext_lazy("sort", "Name A to Z")
    FRESHNESS = "freshness", pgettext_lazy("sort", "Last confirmed")
