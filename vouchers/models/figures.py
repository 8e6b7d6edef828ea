"""Figures that others have published, shown beside those that the portal counts."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.models import PeersManager, Programme
from vouchers.enums import Qualifier


class PublishedFigure(models.Model):
    """One figure of one source; `key` names the counted figure that it stands beside."""

    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, related_name="published_figures"
    )
    calls = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    key = models.CharField(_("figure"), max_length=60)
    value = models.CharField(_("value"), max_length=40)
    unit = models.CharField(_("unit"), max_length=10)
    qualifier = models.CharField(_("said as"), max_length=12, choices=Qualifier)
    sentence = models.CharField(_("sentence"), max_length=400)
    is_quotation = models.BooleanField(_("word for word"), default=False)
    source = models.CharField(_("source"), max_length=200)
    source_url = models.URLField(_("address"), max_length=400, blank=True)
    published_on = models.DateField(_("published on"), null=True, blank=True)

    objects = PeersManager["PublishedFigure"]()

    class Meta:
        ordering = ["programme", "pk"]
        verbose_name = _("published figure")
        verbose_name_plural = _("published figures")
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "calls", "key", "qualifier", "source"],
                name="a_source_says_a_figure_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.key}: {self.get_qualifier_display()} {self.value}"
