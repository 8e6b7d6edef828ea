"""Text blocks that a manager keeps for the desks of the regions."""

from typing import Any

from django import forms
from django.contrib import admin
from django.utils.translation import gettext

from portal.permissions import is_overseer
from vouchers.admin.setup import SetupAdmin
from vouchers.models import TextBlock


class TextBlockForm(forms.ModelForm[TextBlock]):
    """A block for one region of its programme, or for all."""

    class Meta:
        model = TextBlock
        fields = ("programme", "region", "use", "language", "title", "text", "is_offered")

    def clean(self) -> dict[str, Any]:
        """Take only a region that the programme names."""
        given = super().clean() or {}
        programme = given.get("programme", getattr(self.instance, "programme", None))
        region = given.get("region")
        if programme and region and not programme.regions.filter(region=region).exists():
            self.add_error("region", gettext("Choose a region that takes part in the programme"))
        return given


@admin.register(TextBlock)
class TextBlockAdmin(SetupAdmin[TextBlock]):
    """Blocks by use, region and language; one that is not offered any more stays for reading."""

    may_view = staticmethod(is_overseer)
    form = TextBlockForm
    list_display = ["title", "use", "language", "region", "programme", "is_offered"]
    list_filter = ["programme", "use", "language", "region"]
    search_fields = ["title", "text"]
    fields = ["programme", "region", "use", "language", "title", "text", "is_offered"]
