"""What access brokers do for SMEs besides vouchers."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from brokers.enums import EnquiryState
from catalogue.models import Record
from portal.enums import Locale, Role
from portal.models import PeersManager, Region, Stateful, User


class EnquiryQuerySet(models.QuerySet["Enquiry"]):
    """Which questions a person sees."""

    def visible_to(self, user: User) -> "EnquiryQuerySet":
        """Those to the broker's region and those from it; managers and auditors see all."""
        if user.is_superuser or user.programme_ids(Role.MANAGER, Role.AUDITOR):
            return self
        regions = user.region_ids(Role.BROKER)
        return self.filter(Q(region__in=regions) | Q(home_region__in=regions))


class Enquiry(Stateful):
    """A question to an access broker, with an answer clock."""

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
            )
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.question[:60]}"
