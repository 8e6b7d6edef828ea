"""Regions that take part in programmes."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.enums import Locale
from portal.models.base import PeersManager
from portal.working_days import working_days_after


class Region(models.Model):
    """A region with its own broker; a programme gives it a partner, dates and a pot."""

    code = models.CharField(_("code"), max_length=10, unique=True)
    slug = models.SlugField(_("address"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=100)
    country = models.CharField(_("country"), max_length=2, help_text=_("Two letters, like NL"))
    nuts = models.CharField(_("NUTS code"), max_length=5)
    time_zone = models.CharField(_("time zone"), max_length=40)
    language = models.CharField(_("language"), max_length=2, choices=Locale, default=Locale.EN)
    latitude = models.DecimalField(max_digits=7, decimal_places=4, null=True, blank=True)
    longitude = models.DecimalField(max_digits=7, decimal_places=4, null=True, blank=True)
    broker_organisation = models.CharField(_("broker's organisation"), max_length=200, blank=True)
    team_email = models.EmailField(_("team address"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    address = models.CharField(_("postal address"), max_length=200, blank=True)
    introduction = models.TextField(_("introduction"), blank=True)

    objects = PeersManager["Region"]()

    class Meta:
        ordering = ["name"]
        verbose_name = _("region")
        verbose_name_plural = _("regions")

    def __str__(self) -> str:
        return self.name

    def answer_day(self, now: datetime, *, working_days: int) -> date:
        """Return the day that is so many of the region's working days after today."""
        today = now.astimezone(ZoneInfo(self.time_zone)).date()
        return working_days_after(today, working_days, country=self.country, nuts=self.nuts)
