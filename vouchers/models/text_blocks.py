"""Text blocks: sentences that a region's people send often, ready in the reader's language."""

from django.db import models
from django.db.models import OuterRef, Q
from django.utils.translation import gettext_lazy as _

from portal.enums import Locale, Role
from portal.models import PeersManager, Programme, Region, User
from vouchers.enums import TextUse


class TextBlockQuerySet(models.QuerySet["TextBlock"]):
    """Which blocks a person sees."""

    def visible_to(self, user: User) -> "TextBlockQuerySet":
        """For managers and auditors: the blocks of their programmes."""
        if user.is_superuser:
            return self
        return self.filter(programme__in=user.programme_ids(Role.MANAGER, Role.AUDITOR))

    def for_application(self) -> "TextBlockQuerySet":
        """Return what may be sent about the application of the outer query.

        The blocks of its home region, and those of all regions.
        """
        of_region = Q(region=OuterRef("home_region")) | Q(region=None)
        return self.filter(of_region, programme=OuterRef("call__programme"), is_offered=True)


class TextBlock(models.Model):
    """A text to begin a question or a refusal with; who sends it may change every word."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="text_blocks")
    region = models.ForeignKey(
        Region,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Empty: for all regions."),
    )
    use = models.CharField(_("used for"), max_length=12, choices=TextUse)
    language = models.CharField(_("language"), max_length=2, choices=Locale, default=Locale.EN)
    title = models.CharField(_("title"), max_length=80)
    text = models.TextField(_("text"), max_length=4000)
    is_offered = models.BooleanField(_("offered at the desk"), default=True)

    objects = PeersManager.from_queryset(TextBlockQuerySet)()

    class Meta:
        ordering = ["programme", "use", "title", "language", "pk"]
        verbose_name = _("text block")
        verbose_name_plural = _("text blocks")

    def __str__(self) -> str:
        return f"{self.title} ({self.get_language_display()})"
