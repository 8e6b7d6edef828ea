"""What brokers think of suggested records."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from catalogue.enums import Opinion
from catalogue.models.records import Record
from portal.models import PeersManager, User


class SuggestionOpinionQuerySet(models.QuerySet["SuggestionOpinion"]):
    """Opinions by what they are about."""

    def about(self, subject: models.Model) -> "SuggestionOpinionQuerySet":
        """Return those about a need or an application; who may see it may see them."""
        return self.filter(subject_type=subject._meta.label_lower, subject_id=subject.pk)

    def by_record(self) -> dict[int, str]:
        """Return each opinion by its record, the recommended ones first."""
        return dict(self.order_by("-opinion", "pk").values_list("record", "opinion"))


class SuggestionOpinion(models.Model):
    """A record recommended or left out for a need or an application, named as the journal does."""

    subject_type = models.CharField(max_length=60)
    subject_id = models.PositiveBigIntegerField()
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="opinions")
    opinion = models.CharField(_("opinion"), max_length=10, choices=Opinion)
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    objects = PeersManager.from_queryset(SuggestionOpinionQuerySet)()

    class Meta:
        ordering = ["subject_type", "subject_id", "-opinion", "pk"]
        verbose_name = _("opinion on a suggestion")
        verbose_name_plural = _("opinions on suggestions")
        constraints = [
            models.UniqueConstraint(
                fields=["subject_type", "subject_id", "record"],
                name="there_is_one_opinion_on_a_suggestion",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_opinion_display()}: {self.record}"
