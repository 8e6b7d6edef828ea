"""Regions and programmes: what a manager sets up before the first call."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import available_timezones

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import models
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from PIL import Image, UnidentifiedImageError

from portal import sepa
from portal.actions import setup
from portal.admin.desk import DeskAdmin, DeskInline
from portal.models import Programme, ProgrammeRegion, Region
from portal.permissions import Actor, actor, is_overseer, may_set_up

EMBLEM_BYTES = 500_000
ACCOUNT = ("debtor_name", "debtor_iban", "debtor_bic")


def _checked_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValidationError(gettext("Enter a time zone such as Europe/Brussels"))
    return name


class RegionForm(ModelForm[Region]):
    """A region as the portal shows it."""

    class Meta:
        model = Region
        fields = "__all__"  # noqa: DJ007  the admin class names the fields

    def clean_time_zone(self) -> str:
        """Refuse a zone that no calendar knows."""
        return _checked_zone(self.cleaned_data["time_zone"])

    def clean_country(self) -> str:
        """Write a country as two capital letters."""
        country = self.cleaned_data["country"].upper()
        if len(country) != 2 or not country.isalpha():
            raise ValidationError(gettext("Enter the country as two letters, like NL"))
        return country


@admin.register(Region)
class RegionAdmin(DeskAdmin[Region]):
    """Regions belong to the portal; programmes name them."""

    may_add = staticmethod(may_set_up)
    may_change = staticmethod(may_set_up)
    form = RegionForm
    list_display = ["name", "code", "country", "nuts", "broker_organisation", "team_email"]
    list_filter = ["country"]
    search_fields = ["name", "code", "broker_organisation"]
    prepopulated_fields = {"slug": ["name"]}
    fields = [
        "code",
        "name",
        "slug",
        "country",
        "nuts",
        "time_zone",
        "language",
        "latitude",
        "longitude",
        "broker_organisation",
        "team_email",
        "phone",
        "address",
        "introduction",
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: Region | None = None) -> list[str]:
        """Keep the code of a region that exists: imports and references name it."""
        return ["code"] if obj else []

    def get_prepopulated_fields(
        self, request: HttpRequest, obj: Region | None = None
    ) -> dict[str, Any]:
        """Suggest an address for a new region only."""
        return {} if obj else {"slug": ["name"]}

    def add_row(self, obj: Region, *, by: Actor, now: datetime) -> None:
        """Store the region."""
        setup.create_region(obj, by=by, now=now)

    def change_row(
        self, obj: Region, changes: Mapping[str, Any], *, by: Actor, now: datetime
    ) -> None:
        """Write what changed."""
        setup.edit_region(obj, changes, by=by, now=now)


class ProgrammeForm(ModelForm[Programme]):
    """A programme's frame."""

    class Meta:
        model = Programme
        fields = "__all__"  # noqa: DJ007  the admin class names the fields

    def clean_time_zone(self) -> str:
        """Refuse a zone that no calendar knows."""
        return _checked_zone(self.cleaned_data["time_zone"])

    def clean_emblem(self) -> Any:
        """Take a picture that prints: PNG or JPEG of at most 500 kB, by content and not by name."""
        emblem = self.cleaned_data["emblem"]
        if not isinstance(emblem, UploadedFile):
            return emblem
        if (emblem.size or 0) > EMBLEM_BYTES:
            raise ValidationError(gettext("Choose a picture of at most 500 kB"))
        try:
            with Image.open(emblem, formats=["PNG", "JPEG"]) as picture:
                picture.verify()
        except (UnidentifiedImageError, OSError, SyntaxError) as error:
            raise ValidationError(gettext("Choose a PNG or JPEG picture")) from error
        emblem.seek(0)
        return emblem


class ProgrammeRegionForm(ModelForm[ProgrammeRegion]):
    """A region's part, with the account from which it pays."""

    class Meta:
        model = ProgrammeRegion
        fields = "__all__"  # noqa: DJ007  the inline names the fields

    def clean_debtor_name(self) -> str:
        """Refuse a name that no payment can carry."""
        name: str = self.cleaned_data["debtor_name"]
        try:
            return sepa.latin(name, sepa.LONGEST_NAME) and name if name else ""
        except sepa.NotExpressible as error:
            raise ValidationError(gettext("Write the name in Latin letters")) from error

    def clean_debtor_iban(self) -> str:
        """Return the account without spaces, or nothing."""
        return sepa.checked_iban(self.cleaned_data["debtor_iban"])

    def clean_debtor_bic(self) -> str:
        """Return the code in capital letters, or nothing."""
        code: str = sepa.bare(self.cleaned_data["debtor_bic"])
        if code and not sepa.is_bic(code):
            raise ValidationError(gettext("Enter the BIC as 8 or 11 characters, like ABNANL2A"))
        return code


class ProgrammeRegionInline(DeskInline):
    """The regions a programme names; their accounts are for those who oversee a programme."""

    model = ProgrammeRegion
    form = ProgrammeRegionForm
    may_add = staticmethod(may_set_up)
    may_change = staticmethod(may_set_up)
    extra = 1

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Leave out the accounts for people of a region."""
        common = ["region", "partner", "authority", "starts_on", "ends_on", "granting_moment"]
        return [*common, *ACCOUNT] if is_overseer(actor(request)) else common


@admin.register(Programme)
class ProgrammeAdmin(DeskAdmin[Programme]):
    """Programmes, with the regions they name."""

    may_add = staticmethod(may_set_up)
    may_change = staticmethod(may_set_up)
    form = ProgrammeForm
    list_display = ["name", "code", "starts_on", "ends_on", "funders", "is_historic"]
    list_filter = ["is_historic"]
    search_fields = ["name", "code"]
    inlines = [ProgrammeRegionInline]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "code",
                    "name",
                    "short_name",
                    "summary",
                    "time_zone",
                    "starts_on",
                    "ends_on",
                    "is_historic",
                ]
            },
        ),
        (
            _("Who pays, as every page, letter and report says it"),
            {"fields": ["funders", "funding_statement", "funding_number", "emblem"]},
        ),
        (
            _("Promises and limits"),
            {
                "fields": [
                    "promise_days",
                    "extension_days",
                    "pounds_per_euro",
                    "host_answer_days",
                    "acceptance_days",
                    "over_commit_factor",
                ]
            },
        ),
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: Programme | None = None) -> list[str]:
        """Keep the code of a programme that exists: its journal stands under it."""
        return ["code"] if obj else []

    def add_row(self, obj: Programme, *, by: Actor, now: datetime) -> None:
        """Store the programme."""
        setup.create_programme(obj, by=by, now=now)

    def change_row(
        self, obj: Programme, changes: Mapping[str, Any], *, by: Actor, now: datetime
    ) -> None:
        """Write what changed."""
        setup.edit_programme(obj, changes, by=by, now=now)

    def add_inline_row(self, obj: models.Model, *, by: Actor, now: datetime) -> None:
        """Name a region."""
        if isinstance(obj, ProgrammeRegion):
            setup.name_region(obj, by=by, now=now)

    def change_inline_row(
        self, obj: models.Model, changes: Mapping[str, Any], *, by: Actor, now: datetime
    ) -> None:
        """Change a region's part."""
        if isinstance(obj, ProgrammeRegion):
            setup.edit_named_region(obj, changes, by=by, now=now)
