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


class OrderType(TextChoices):
    """How a service is ordered (EOSC vocabulary)."""

    FULLY_OPEN = "fully_open_access", pgettext_lazy("order", "Open to everybody")
    OPEN = "open_access", pgettext_lazy("order", "Open after signing in")
    ORDER = "order_required", pgettext_lazy("order", "An order is needed")
    OTHER = "other", pgettext_lazy("order", "Other")


class LifeCycle(TextChoices):
    """Where a facility or provider stands in its life (EOSC vocabulary)."""

    UNDER_CONSTRUCTION = "under_construction", pgettext_lazy("life cycle", "Under construction")
    OPERATIONAL = "operational", pgettext_lazy("life cycle", "Operational")
    BEING_UPGRADED = "being_upgraded", pgettext_lazy("life cycle", "Being upgraded")
    OTHER = "other", pgettext_lazy("life cycle", "Other")


class Structure(TextChoices):
    """How a provider is spread (EOSC vocabulary)."""

    SINGLE_SITED = "single_sited", pgettext_lazy("structure", "One site")
    DISTRIBUTED = "distributed", pgettext_lazy("structure", "Several sites")
    MOBILE = "mobile", pgettext_lazy("structure", "Mobile")
    VIRTUAL = "virtual", pgettext_lazy("structure", "Virtual")


class LegalStatus(TextChoices):
    """What a provider is in law (EOSC vocabulary)."""

    ASSOCIATION = "association", pgettext_lazy("legal status", "Association")
    CHARITY = "charity", pgettext_lazy("legal status", "Charity")
    COMPANY_BY_GUARANTEE = (
        "company_limited_by_guarantee",
        pgettext_lazy("legal status", "Company limited by guarantee"),
    )
    COMPANY_BY_SHARES = (
        "company_limited_by_shares",
        pgettext_lazy("legal status", "Company limited by shares"),
    )
    COOPERATIVE = "cooperative", pgettext_lazy("legal status", "Cooperative")
    CORPORATION = "corporation", pgettext_lazy("legal status", "Corporation")
    ERIC = (
        "european_research_infrastructure_consortium",
        pgettext_lazy("legal status", "European Research Infrastructure Consortium"),
    )
    FOUNDATION = "foundation", pgettext_lazy("legal status", "Foundation")
    GOVERNMENT_AGENCY = (
        "government_agency",
        pgettext_lazy("legal status", "Government agency"),
    )
    INTERNATIONAL = (
        "international_organisation",
        pgettext_lazy("legal status", "International organisation"),
    )
    JOINT_VENTURE = "joint_venture", pgettext_lazy("legal status", "Joint venture")
    LIMITED_LIABILITY_COMPANY = (
        "limited_liability_company",
        pgettext_lazy("legal status", "Limited liability company"),
    )
    LIMITED_LIABILITY_PARTNERSHIP = (
        "limited_liability_partnership",
        pgettext_lazy("legal status", "Limited liability partnership"),
    )
    LIMITED_PARTNERSHIP = (
        "limited_partnership",
        pgettext_lazy("legal status", "Limited partnership"),
    )
    NON_PROFIT = (
        "non_profit_organisation",
        pgettext_lazy("legal status", "Non-profit organisation"),
    )
    PARTNERSHIP = "partnership", pgettext_lazy("legal status", "Partnership")
    PUBLIC_LAW = (
        "public_law_body",
        pgettext_lazy("legal status", "Body governed by public law"),
    )
    PUBLIC = "public_legal_entity", pgettext_lazy("legal status", "Public legal entity")
    SOCIETY = "society", pgettext_lazy("legal status", "Society")
    SOLE_PROPRIETORSHIP = (
        "sole_proprietorship",
        pgettext_lazy("legal status", "Sole proprietorship"),
    )
    STATUTORY_BODY = "statutory_body", pgettext_lazy("legal status", "Statutory body")
    TRUST = "trust", pgettext_lazy("legal status", "Trust")


class EsfriDomain(TextChoices):
    """Fields of research infrastructures (ESFRI)."""

    HEALTH_AND_FOOD = "health_and_food", _("Health and food")
    ENVIRONMENT = "environment", _("Environment")
    ENERGY = "energy", _("Energy")
    PHYSICS = "physical_sciences_and_engineering", _("Physical sciences and engineering")
    DIGITAL = "data_computing_and_digital", _("Data, computing and digital")
    SOCIETY = "social_and_cultural_innovation", _("Social and cultural innovation")
    OTHER = "other", pgettext_lazy("field", "Other")


class SubDomain(TextChoices):
    """Biological and medical sub-domains (MERIL)."""

    AGRONOMY = "agronomy", _("Agronomy, forestry, plant breeding")
    ANIMALS = "animal_facilities", _("Animal facilities")
    BIOINFORMATICS = "bioinformatics", _("Bioinformatics")
    ENGINEERING = (
        "biomedical_engineering",
        _("Biomedical engineering, biotechnology, nanotechnology"),
    )
    IMAGING = "biomedical_imaging", _("Biomedical imaging")
    CELLS = "cell_culture", _("Cell culture")
    CLINICAL = "clinical_research_centres", _("Clinical research centres")
    COLLECTIONS = "biological_collections", _("Collections of biological resources")
    ENVIRONMENTAL_HEALTH = "environmental_health", _("Environmental health")
    OMICS = "omics", _("Genomics, transcriptomics, proteomics, metabolomics")
    STRUCTURE = "structural_biology", _("Structural biology")
    SYSTEMS = "systems_biology", _("Systems and computational biology")
    TELEMEDICINE = "telemedicine", _("Telemedicine and e-health")
    TRANSLATIONAL = "translational_research_centres", _("Translational research centres")
    OTHER = "other", pgettext_lazy("field", "Other")


class Admits(TextChoices):
    """Who may use it, where that differs from the common rules."""

    COMMON = "common", pgettext_lazy("admits", "As the common rules say")
    SMES = "smes", pgettext_lazy("admits", "SMEs only")
    LIFE_SCIENCES = "life_sciences", pgettext_lazy("admits", "Life-science firms only")
    PARTNERS = "partners", pgettext_lazy("admits", "Firms with a research partner here")


class DataClause(TextChoices):
    """Whose the results are, where that differs from the common rules."""

    COMMON = "common", pgettext_lazy("results", "As the common rules say")
    SHARED = "shared", pgettext_lazy("results", "Shared between firm and provider")
    PUBLISHED = "published", pgettext_lazy("results", "Published after a while")
    AGREED = "agreed", pgettext_lazy("results", "Agreed case by case")


class Confidentiality(TextChoices):
    """How secrets are kept, where that differs from the common rules."""

    COMMON = "common", pgettext_lazy("secrets", "As the common rules say")
    OWN_NDA = "own_nda", pgettext_lazy("secrets", "The provider's own agreement is signed first")
    YOUR_NDA = "your_nda", pgettext_lazy("secrets", "The firm's agreement is accepted")


class RevisionState(TextChoices):
    """Where a change of a record stands."""

    DRAFT = "draft", pgettext_lazy("revision", "Being written")
    SUBMITTED = "submitted", pgettext_lazy("revision", "Waits for the broker")
    RETURNED = "returned", pgettext_lazy("revision", "Sent back")
    APPROVED = "approved", pgettext_lazy("revision", "Published")
    DISCARDED = "discarded", pgettext_lazy("revision", "Discarded")


class RequestState(TextChoices):
    """Where a request to be listed stands."""

    NEW = "new", pgettext_lazy("request", "New")
    ACCEPTED = "accepted", pgettext_lazy("request", "Accepted")
    REFUSED = "refused", pgettext_lazy("request", "Refused")


class Opinion(TextChoices):
    """What a broker thinks of a suggested record."""

    PINNED = "pinned", pgettext_lazy("suggestion", "Recommended")
    DISMISSED = "dismissed", pgettext_lazy("suggestion", "Left out")


class Sort(TextChoices):
    """In which order results are shown."""

    RELEVANCE = "relevance", pgettext_lazy("sort", "Best match")
    DISTANCE = "distance", pgettext_lazy("sort", "Nearest to you")
    PROVEN = "proven", pgettext_lazy("sort", "Most vouchers before")
    WAIT = "wait", pgettext_lazy("sort", "Shortest wait")
    NAME = "name", pgettext_lazy("sort", "Name A to Z")
    FRESHNESS = "freshness", pgettext_lazy("sort", "Last confirmed")


class View(TextChoices):
    """How results are shown."""

    LIST = "list", pgettext_lazy("view", "List")
    MAP = "map", pgettext_lazy("view", "Map")


class LinkProblem(TextChoices):
    """Why a record's website does not open; the sentence stands beside the address."""

    NOT_FOUND = "not_found", _("The website says that this page does not exist")
    BROKEN = "broken", _("The website answers with an error")
    SILENT = "silent", _("The website does not answer")
    UNKNOWN = "unknown", _("Nobody has registered this web address")
    UNSAFE = "unsafe", _("The website has no valid certificate")
    REFUSED = "refused", _("The address leads where the portal does not look")
    ENDLESS = "endless", _("The website leads on and on without an end")
