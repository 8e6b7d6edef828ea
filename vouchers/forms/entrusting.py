"""Who looks after an application, and what a region writes about it for itself."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.models import User
from vouchers.forms.desk import DeskForm, message_field

NOBODY = "nobody"


class EntrustForm(DeskForm):
    """Choose a broker of the home region, or nobody; `about` brings the colleagues."""

    person = forms.ChoiceField(
        label=_("Assigned to"),
        error_messages={
            "required": _("Choose who looks after it"),
            "invalid_choice": _("Choose somebody of the list"),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(one["id"]): one for one in self.about.colleagues}
        field = self.fields["person"]
        if isinstance(field, forms.ChoiceField):
            named = ((key, one["name"] or one["email"]) for key, one in self.people.items())
            field.choices = [("", _("Choose")), (NOBODY, _("Nobody")), *named]

    def clean_person(self) -> User | None:
        """Return the person; None for nobody."""
        chosen = self.cleaned_data["person"]
        return None if chosen == NOBODY else User.objects.get(pk=self.people[chosen]["id"])


class NoteForm(DeskForm):
    """A note of one region's staff for itself."""

    text = message_field(_("New note"))
