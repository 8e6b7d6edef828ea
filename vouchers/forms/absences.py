"""When a broker is away, and who stands in."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.models import Region, RegionRole, User
from portal.templatetags.portal_ui import day
from vouchers.models import Absence


class AbsenceForm(forms.Form):
    """Region, days and deputy; who is away is the person who sends it."""

    region = forms.ModelChoiceField(
        Region.objects.none(),
        label=_("Region"),
        error_messages={
            "required": _("Choose the region"),
            "invalid_choice": _("Choose one of your regions"),
        },
    )
    starts_on = forms.DateField(
        label=_("First day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": _("Enter the first day"),
            "invalid": _("Enter a date like 2026-11-30"),
        },
    )
    ends_on = forms.DateField(
        label=_("Last day"),
        help_text=_("You are back the day after."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": _("Enter the last day"),
            "invalid": _("Enter a date like 2026-11-30"),
        },
    )
    deputy = forms.ModelChoiceField(
        User.objects.none(),
        label=_("Who stands in"),
        help_text=_("A colleague of the same region, who acts in their own name."),
        empty_label=_("Choose a colleague"),
        error_messages={
            "required": _("Choose who stands in"),
            "invalid_choice": _("Choose an Access Broker of your region"),
        },
    )

    def __init__(self, *args: Any, of: User, roles: QuerySet[RegionRole], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = {role.region_id for role in roles if role.user_id == of.pk}
        colleagues = {role.user_id for role in roles if role.region_id in own} - {of.pk}
        self._choose("region", Region.objects.filter(pk__in=own))
        self._choose("deputy", User.objects.filter(pk__in=colleagues).order_by("name", "email"))
        if len(own) == 1:
            self.fields["region"].initial = next(iter(own))

    def _choose(self, name: str, rows: QuerySet[Any]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = rows

    def refuse_deputy(self) -> None:
        """Say that the chosen colleague works elsewhere."""
        self.add_error("deputy", gettext("Choose an Access Broker of your region"))

    def refuse_days(self) -> None:
        """Say that the days make no sense."""
        self.add_error("ends_on", gettext("Choose a last day that lies ahead, after the first"))

    def refuse_clash(self, other: Absence) -> None:
        """Say who is away then, or who counts on the person."""
        words = gettext(
            "%(person)s is away from %(first)s to %(last)s, with %(deputy)s standing in"
        )
        said: dict[str, Any] = {
            "person": other.person,
            "deputy": other.deputy,
            "first": day(other.starts_on),
            "last": day(other.ends_on),
        }
        self.add_error(None, words % said)
