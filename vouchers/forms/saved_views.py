"""What a saved view is called, and who sees it."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.enums import Role
from portal.models import Programme, Region, User
from vouchers.models import SavedView

LONGEST_NAME = 60


class NameForm(forms.Form):
    """A name for a view, and the address that it keeps."""

    name = forms.CharField(
        label=_("Name of the view"),
        max_length=LONGEST_NAME,
        error_messages={
            "required": _("Enter a name for the view"),
            "max_length": _("Enter a name of at most 60 characters"),
        },
    )

    def clean_name(self) -> str:
        """Return the name in one line."""
        return " ".join(self.cleaned_data["name"].split())

    def refuse_name(self) -> None:
        """Say that the name is taken."""
        self.add_error("name", gettext("You have a view of this name already"))


class ShareForm(forms.Form):
    """With whom a view is shared: the staff of a programme or of a region, or nobody."""

    circle = forms.ChoiceField(
        label=_("Shared with"),
        required=False,
        error_messages={"invalid_choice": _("Choose a programme or region of the list")},
    )

    def __init__(self, *args: Any, circles: dict[str, Programme | Region], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.circles = circles
        field = self.fields["circle"]
        if isinstance(field, forms.ChoiceField):
            named = ((key, str(one)) for key, one in circles.items())
            field.choices = [("", _("Nobody else")), *named]

    def clean_circle(self) -> Programme | Region | None:
        """Return the programme or region; None for nobody else."""
        return self.circles.get(self.cleaned_data["circle"])


def circles_of(user: User) -> dict[str, Programme | Region]:
    """Return the programmes that the person manages, and their regions, by a key for a form."""
    managed = user.programme_ids(Role.MANAGER)
    if not managed:
        return {}
    programmes = Programme.objects.filter(pk__in=managed).order_by("short_name")
    regions = Region.objects.filter(programmes__programme__in=managed).order_by("name").distinct()
    return {
        **{f"programme-{one.pk}": one for one in programmes},
        **{f"region-{one.pk}": one for one in regions},
    }


def circle_key(view: SavedView) -> str:
    """Return the key of the circle that sees a view now."""
    if view.programme_id:
        return f"programme-{view.programme_id}"
    return f"region-{view.region_id}" if view.region_id else ""
