"""What access brokers do for SMEs besides vouchers."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.core import signing
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from brokers.enums import EnquiryKind, EnquiryState
from catalogue.models import Record
from portal.enums import Locale, Role
from portal.models import PeersManager, Region, Stateful, User

ASKED = "brokers.asked"
YEAR = 365 * 24 * 3600


class EnquiryQuerySet(models.QuerySet["Enquiry"]):
    """Which questions a person sees."""

    def visible_to(self, user: User) -> "EnquiryQuerySet":
        """Those to the broker's region and those from it; managers and auditors see all."""
        if user.is_superuser or user.programme_ids(Role.MANAGER, Role.AUDITOR):
            return self
        regions = user.region_ids(Role.BROKER)
        return self.filter(Q(region__in=regions) | Q(home_region__in=regions))

    def to_answer(self, user: User) -> "EnquiryQuerySet":
        """Those that wait for an answer of the broker's own region."""
        return self.filter(region__in=user.region_ids(Role.BROKER), state=EnquiryState.NEW)

    def of_token(self, token: str) -> "EnquiryQuerySet":
        """The one that the token in the asker's address stands for, for a year."""
        try:
            return self.filter(pk=signing.loads(token, salt=ASKED, max_age=YEAR))
        except signing.BadSignature:
            return self.none()


class Enquiry(Stateful):
    """A question to an access broker, with an answer clock."""

    kind = models.CharField(
        _("kind"), max_length=10, choices=EnquiryKind, default=EnquiryKind.QUESTION
    )
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="enquiries")
    home_region = models.ForeignKey(
        Region, null=True, blank=True, on_delete=models.PROTECT, related_name="sent_enquiries"
    )
    record = models.ForeignKey(
        Record, null=True, blank=True, on_delete=models.PROTECT, related_name="enquiries"
    )
    state = models.CharField(max_length=20, choices=EnquiryState, default=EnquiryState.NEW)
    name = models.CharField(_("name"), max_length=120)
    email = models.EmailField(_("e-mail address"))
    organisation = models.CharField(_("organisation"), max_length=200, blank=True)
    language = models.CharField(max_length=2, choices=Locale, default=Locale.EN)
    question = models.TextField(_("question"))
    asked_at = models.DateTimeField(_("asked at"))
    due_on = models.DateField(_("answer by"))
    answer = models.TextField(_("answer"), blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    answered_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = PeersManager.from_queryset(EnquiryQuerySet)()

    class Meta:
        ordering = ["due_on", "pk"]
        verbose_name = _("question to a broker")
        verbose_name_plural = _("questions to brokers")
        indexes = [models.Index(fields=["region", "state"], name="enquiry_by_region")]
        constraints = [
            models.CheckConstraint(
                name="an_answered_enquiry_has_an_answer",
                condition=~Q(state=EnquiryState.ANSWERED)
                | (~Q(answer="") & Q(answered_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="an_enquiry_about_a_record_names_it",
                condition=Q(kind=EnquiryKind.RECORD, record__isnull=False)
                | (~Q(kind=EnquiryKind.RECORD) & Q(record=None)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {Truncator(self.question).chars(48)}"

    @property
    def is_need(self) -> bool:
        """Whether it describes a need, for which records can be recommended."""
        return self.kind == EnquiryKind.NEED

    @property
    def is_open(self) -> bool:
        """Whether the answer clock runs."""
        return self.state == EnquiryState.NEW

    @property
    def page(self) -> str:
        """The address where the asker sees how far it is; whoever has it reads the question."""
        return reverse("broker_asked", args=[self.region.slug, signing.dumps(self.pk, salt=ASKED)])

    def days_left(self, now: datetime) -> int:
        """Days until the day of the answer, in the region that was asked; below 0 when over."""
        return (self.due_on - now.astimezone(ZoneInfo(self.region.time_zone)).date()).days
