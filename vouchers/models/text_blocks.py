"""Text blocks: sentences that a region's people send often, and what its documents add."""

from collections.abc import Collection
from typing import Any

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
        sent = self.filter(use__in=[TextUse.QUESTION, TextUse.REFUSAL], is_offered=True)
        return sent.filter(of_region, programme=OuterRef("call__programme"))

    def for_all_of(
        self, *, programmes: Collection[int], regions: Collection[int]
    ) -> list[dict[str, Any]]:
        """Return what may be sent about applications of all the programmes and home regions."""
        if len(programmes) != 1:
            return []
        of_region = Q(region=None)
        if len(regions) == 1:
            of_region |= Q(region__in=regions)
        sent = self.filter(use__in=[TextUse.QUESTION, TextUse.REFUSAL], is_offered=True)
        rows = sent.filter(of_region, programme__in=programmes)
        return [{**row} for row in rows.values("id", "use", "language", "title", "text")]

    def printed(
        self, use: TextUse, *, programme: Programme, region: Region, language: str
    ) -> list[str]:
        """Return what a document adds, one text for each title.

        A region's own text goes before that of all regions, whatever its language: it says
        something else. Then the document's language goes before English: a term is never lost
        because nobody has translated it.
        """
        rows = self.filter(Q(region=region) | Q(region=None), programme=programme, use=use)
        offered = rows.filter(is_offered=True, language__in={language, Locale.EN})
        chosen: dict[str, TextBlock] = {}
        for row in sorted(offered, key=lambda row: (bool(row.region_id), row.language == language)):
            chosen[row.title] = row
        return [chosen[title].text for title in sorted(chosen)]


class TextBlock(models.Model):
    """A text to begin a question or a refusal with, or one that a document adds to its own.

    Who sends a question may change every word; a document prints the text as it stands.
    """

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
    title = models.CharField(
        _("title"),
        max_length=80,
        help_text=_(
            "In documents, a text takes the place of the one with the same title: a region's own "
            "that of all regions, one in the reader's language that in English."
        ),
    )
    text = models.TextField(_("text"), max_length=4000)
    is_offered = models.BooleanField(_("offered at the desk"), default=True)

    objects = PeersManager.from_queryset(TextBlockQuerySet)()

    class Meta:
        ordering = ["programme", "use", "title", "language", "pk"]
        verbose_name = _("text block")
        verbose_name_plural = _("text blocks")

    def __str__(self) -> str:
        return f"{self.title} ({self.get_language_display()})"
