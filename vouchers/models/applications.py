"""Applications: what an SME asks for, and what became of it."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from catalogue.models import Record
from portal.enums import Role
from portal.models import (
    Document,
    Organisation,
    PeersManager,
    Region,
    Stateful,
    Upload,
    User,
)
from vouchers.enums import (
    DECIDED,
    ApplicationState,
    Bottleneck,
    ConsentState,
    SeatState,
    Sector,
    Side,
)
from vouchers.models.calls import Call, CallVoucherType
from vouchers.models.conflicts import barred
from vouchers.models.questions import Question, QuestionSet
from vouchers.models.undertakings import Undertaking
from vouchers.models.voucher_types import CostKind, VoucherType
from vouchers.rules.deadlines import Window
from vouchers.rules.terms import Terms

if TYPE_CHECKING:
    from vouchers.models.consents import PartnerConsent


class ApplicationQuerySet(models.QuerySet["Application"]):
    """Which applications a person sees."""

    def visible_to(self, user: User) -> "ApplicationQuerySet":
        """Own and shared; home region's when submitted; host region's from home's signature."""
        if user.is_superuser:
            return self
        return self.of(user) | self.filter(self._staff(user))

    def of(self, user: User) -> "ApplicationQuerySet":
        """Return those of the person's organisations, and those at which they hold a seat."""
        return self.filter(Q(organisation__in=user.organisation_ids) | Q(self._shared(user)))

    def for_desk(self, user: User) -> "ApplicationQuerySet":
        """Return what a member of staff sees at the desk; drafts are the SME's own business."""
        if user.is_superuser:
            return self.exclude(reference=None)
        return self.filter(self._staff(user))

    def _shared(self, user: User, *seats: Q) -> Exists:
        return self._related("co_applicants", *seats, user=user, state=SeatState.ACCEPTED)

    def _staff(self, user: User) -> Q:
        home_signed = Q(self._related("signatures", side=Side.HOME, voided_at=None))
        at_host = Q(host_region__in=user.region_ids(Role.BROKER), restriction=None) & home_signed
        regional = Q(home_region__in=user.region_ids(Role.BROKER, Role.FINANCE)) | at_host
        assigned = Q(self._related("assessments", assessor=user))
        programmes = user.programme_ids(Role.MANAGER, Role.AUDITOR)
        seen = regional | Q(call__programme__in=programmes) | assigned
        own = barred(user) | Q(self._shared(user, ~Q(invited_by=user)))
        return Q(reference__isnull=False) & seen & ~own

    def _related(self, name: str, *conditions: Q, **lookups: Any) -> Exists:
        """Ask rows of a model further down the file tree, which points here and not back."""
        related = cast("type[models.Model]", self.model._meta.get_field(name).related_model)
        lookups["application"] = OuterRef("pk")
        return Exists(related._base_manager.filter(*conditions, **lookups))


class Application(Stateful):
    """An SME asks for a voucher."""

    key = models.CharField(_("draft address"), max_length=24, unique=True)
    reference = models.CharField(_("number"), max_length=30, unique=True, null=True, blank=True)
    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="applications")
    voucher_type = models.ForeignKey(
        VoucherType, on_delete=models.PROTECT, related_name="applications"
    )
    offer = models.ForeignKey(
        CallVoucherType, on_delete=models.PROTECT, related_name="applications"
    )
    question_set = models.ForeignKey(
        QuestionSet, null=True, on_delete=models.PROTECT, related_name="applications"
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="applications"
    )
    undertaking = models.ForeignKey(
        Undertaking, on_delete=models.PROTECT, related_name="applications"
    )
    home_region = models.ForeignKey(
        Region, on_delete=models.PROTECT, related_name="applications_as_home"
    )
    host_region = models.ForeignKey(
        Region, null=True, blank=True, on_delete=models.PROTECT, related_name="applications_as_host"
    )
    state = models.CharField(
        max_length=20, choices=ApplicationState, default=ApplicationState.DRAFT
    )
    title = models.CharField(_("title"), max_length=150, blank=True)
    sector = models.CharField(_("sector"), max_length=20, choices=Sector, blank=True)
    bottleneck = models.CharField(_("bottleneck"), max_length=20, choices=Bottleneck, blank=True)
    amount = models.DecimalField(
        _("amount in euros"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    needs_host_signature = models.BooleanField(_("the host region signs too"), default=True)
    is_export_tied = models.BooleanField(_("tied to exports"), default=False)
    aid_declared_at = models.DateTimeField(_("aid declared at"), null=True, blank=True)
    figures_year = models.PositiveSmallIntegerField(null=True, blank=True)
    sme_class = models.CharField(_("SME class"), max_length=10, blank=True)
    rules_version = models.CharField(_("rules"), max_length=40, blank=True)
    started_at = models.DateTimeField(_("started at"))
    started_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    # Of anything but an answer: each of those has an instant of its own.
    saved_at = models.DateTimeField(_("saved at"), null=True, blank=True)
    typed = models.JSONField(
        default=dict, blank=True, help_text=_("What was typed and cannot be stored yet, as typed.")
    )
    unsent = models.JSONField(
        null=True,
        blank=True,
        encoder=DjangoJSONEncoder,
        help_text=_("What was written into a returned application that nobody sent."),
    )
    first_submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(_("submitted at"), null=True, blank=True)
    complete_at = models.DateTimeField(_("complete at"), null=True, blank=True)
    is_within_grace = models.BooleanField(default=False)
    extended_until = models.DateTimeField(_("extended until"), null=True, blank=True)
    is_by_extension = models.BooleanField(_("sent by extension"), default=False)
    answer_by = models.DateTimeField(_("answer by"), null=True, blank=True)
    due_on = models.DateField(_("promised by"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    told_at = models.DateTimeField(_("told at"), null=True, blank=True)
    erased_at = models.DateTimeField(_("erased at"), null=True, blank=True)

    objects = PeersManager.from_queryset(ApplicationQuerySet)()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        indexes = [
            models.Index(fields=["home_region", "state", "due_on", "id"], name="queue_of_home"),
            models.Index(fields=["host_region", "state", "due_on", "id"], name="queue_of_host"),
            models.Index(fields=["call", "voucher_type", "state"], name="application_by_call"),
            models.Index(fields=["due_on", "id"], name="application_by_promise"),
        ]
        constraints = [
            models.CheckConstraint(
                name="a_submitted_application_has_a_number",
                condition=Q(state__in=[ApplicationState.DRAFT, ApplicationState.WITHDRAWN])
                | (Q(reference__isnull=False) & Q(submitted_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="a_decided_application_has_an_instant",
                condition=~Q(state__in=sorted(DECIDED)) | Q(decided_at__isnull=False),
            ),
            models.CheckConstraint(
                name="an_amount_asked_for_is_positive",
                condition=Q(amount=None) | Q(amount__gt=0),
                violation_error_message=_("The amount must be more than 0."),
            ),
        ]

    def __str__(self) -> str:
        return self.reference or self.address

    @property
    def address(self) -> str:
        """What the page's address calls it: the number, before that draft and a random key."""
        return self.reference or f"draft-{self.key}"

    @property
    def journal_chain(self) -> str:
        """The programme's chain."""
        return self.call.programme.code

    @property
    def terms(self) -> Terms:
        """What the call promises for the voucher type in the home region."""
        return self.offer.terms_in(self.home_region)

    @property
    def window(self) -> Window:
        """The instants that decide whether it can be submitted; a ticket has no grace."""
        # The offer's call is this one; asking for it again would cost a statement.
        self.offer.call = self.call
        window = self.offer.window
        until = self.extended_until
        if until is None or until <= window.closes_at:
            return window
        return Window(window.opens_at, until.astimezone(self.call.zone), timedelta(0))

    @property
    def is_told(self) -> bool:
        """Whether the applicant knows the decision."""
        return self.told_at is not None


class NamedHosts(PeersManager["Host"]):
    """Partners that are named now, without those that a returned application has put aside."""

    def get_queryset(self) -> models.QuerySet["Host"]:
        """Return who was not removed."""
        return super().get_queryset().filter(removed_at=None)


class Host(models.Model):
    """A partner to visit or work with: from the catalogue, or named by hand."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="hosts")
    position = models.PositiveSmallIntegerField(default=1)
    record = models.ForeignKey(
        Record, null=True, blank=True, on_delete=models.PROTECT, related_name="hostings"
    )
    name = models.CharField(_("organisation"), max_length=200)
    region = models.ForeignKey(
        Region, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    country = models.CharField(_("country"), max_length=2, blank=True)
    contact_name = models.CharField(_("contact"), max_length=120, blank=True)
    contact_email = models.EmailField(_("contact's e-mail address"), blank=True)
    website = models.URLField(_("website"), blank=True)
    refused_at = models.DateTimeField(_("refused at"), null=True, blank=True)
    refused_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    refusal = models.TextField(_("why refused"), blank=True)
    stands_at = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        help_text=_("Its place in the submission that stands if nobody answers a return."),
    )
    removed_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text=_("When a returned application put it aside; back if nobody answers."),
    )

    objects = NamedHosts()
    all_rows = PeersManager["Host"]()

    class Meta:
        ordering = ["application", "position", "pk"]
        verbose_name = _("host")
        verbose_name_plural = _("hosts")
        constraints = [
            models.UniqueConstraint(
                fields=["application", "position"],
                condition=Q(removed_at=None),
                name="an_application_numbers_its_hosts",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def consent(self) -> "PartnerConsent | None":
        """The question to its contact that counts: the newest one that is not void."""
        asked = self.consents.all()
        return next((row for row in asked if row.state != ConsentState.VOID), None)

    @property
    def confirmed(self) -> "PartnerConsent | None":
        """The consent that its contact has given, if so."""
        consent = self.consent
        return consent if consent and consent.is_given else None

    @property
    def is_refused(self) -> bool:
        """Whether its region's broker has refused it."""
        return self.refused_at is not None


class Answer(models.Model):
    """The answer to one question, as its kind writes it."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="answers")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="answers")
    value = models.JSONField(encoder=DjangoJSONEncoder, null=True)
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    objects = PeersManager["Answer"]()

    class Meta:
        ordering = ["application", "question__order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "question"], name="a_question_is_answered_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.application}: {self.question.key}"


class CostLine(models.Model):
    """One line of the cost table; amount in EUR without VAT, and the VAT on it."""

    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="cost_lines"
    )
    position = models.PositiveSmallIntegerField(default=1)
    kind = models.ForeignKey(CostKind, on_delete=models.PROTECT, related_name="+")
    item = models.CharField(_("item"), max_length=150)
    amount = models.DecimalField(_("amount in euros"), max_digits=12, decimal_places=2)
    vat = models.DecimalField(_("VAT in euros"), max_digits=12, decimal_places=2, default=0)

    objects = PeersManager["CostLine"]()

    class Meta:
        ordering = ["application", "position", "pk"]
        verbose_name = _("cost line")
        verbose_name_plural = _("cost lines")
        constraints = [
            models.CheckConstraint(
                name="a_cost_is_positive",
                condition=Q(amount__gt=0),
                violation_error_message=_("The amount must be more than 0."),
            ),
            models.CheckConstraint(
                name="vat_is_not_negative",
                condition=Q(vat__gte=0),
                violation_error_message=_("The VAT must be 0 or more."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item}: {self.amount}"


class Attachment(models.Model):
    """A file that answers a question."""

    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="attachments"
    )
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="+")
    upload = models.OneToOneField(Upload, on_delete=models.PROTECT, related_name="attachment")

    objects = PeersManager["Attachment"]()

    class Meta:
        ordering = ["application", "pk"]
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")

    def __str__(self) -> str:
        return self.upload.name


class Submission(models.Model):
    """What was submitted, word for word; the first one stands unless a later one follows."""

    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="submissions"
    )
    number = models.PositiveSmallIntegerField(_("number"))
    at = models.DateTimeField(_("received at"))
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    content = models.JSONField(encoder=DjangoJSONEncoder)
    content_hash = models.CharField(_("hash of the content"), max_length=64)
    document = models.ForeignKey(Document, null=True, on_delete=models.PROTECT, related_name="+")
    erased_at = models.DateTimeField(_("erased at"), null=True, blank=True)

    objects = PeersManager["Submission"]()

    class Meta:
        ordering = ["application", "number"]
        verbose_name = _("submission")
        verbose_name_plural = _("submissions")
        constraints = [
            models.UniqueConstraint(
                fields=["application", "number"], name="submissions_are_numbered"
            )
        ]

    def __str__(self) -> str:
        return f"{self.application} ({self.number})"
