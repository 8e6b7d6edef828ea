"""The words of a decision's letter, each version kept."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.enums import Locale
from portal.models import PeersManager, User
from vouchers.models.decisions import Decision


class LetterText(models.Model):
    """One version of what a region adds to the letter of a held decision; the last one counts."""

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="letter_texts")
    number = models.PositiveSmallIntegerField(_("version"))
    language = models.CharField(_("language"), max_length=2, choices=Locale, blank=True)
    text = models.TextField(_("text"), blank=True)
    written_at = models.DateTimeField(_("written at"))
    written_by = models.ForeignKey(
        User, verbose_name=_("written by"), null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = PeersManager["LetterText"]()

    class Meta:
        ordering = ["decision", "number"]
        verbose_name = _("text of a letter")
        verbose_name_plural = _("texts of letters")
        constraints = [
            models.UniqueConstraint(
                fields=["decision", "number"], name="a_letter_numbers_its_versions"
            )
        ]

    def __str__(self) -> str:
        return f"{self.decision}: {self.number}"
