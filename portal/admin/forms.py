"""Forms of the admin that are no row of a table."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.enums import PROGRAMME_ROLES, REGION_ROLES, Role
from portal.models import Programme, Region, User
from portal.permissions import Actor


def managed(by: Actor) -> Any:
    """Return the programmes whose staff the person invites."""
    if by.user is None:
        return Programme.objects.none()
    if by.user.is_superuser:
        return Programme.objects.get_queryset()
    return Programme.objects.filter(pk__in=by.user.programme_ids(Role.MANAGER))


class InviteForm(forms.Form):
    """Base of the two invitations."""

    email = forms.EmailField(
        label=_("E-mail address"),
        help_text=_("The person accepts with an account of this address."),
    )

    def __init__(self, *args: Any, by: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by

    def invitation(self) -> dict[str, Any]:
        """Return the arguments of the action, beside actor and clock."""
        raise NotImplementedError


class RegionInviteForm(InviteForm):
    """To a role in a region."""

    role = forms.ChoiceField(
        label=_("Role"), choices=[(r.value, r.label) for r in Role if r in REGION_ROLES]
    )
    region = forms.ModelChoiceField(Region.objects.none(), label=_("Region"))
    organisation = forms.CharField(
        label=_("Employer"),
        max_length=200,
        help_text=_("Two people of one employer never sign the same voucher."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = Region.objects.filter(programmes__programme__in=managed(self.by))
        choice = self.fields["region"]
        if isinstance(choice, forms.ModelChoiceField):
            choice.queryset = Region.objects.filter(pk__in=named.values("pk"))

    def invitation(self) -> dict[str, Any]:
        """Invite in the name of the latest programme that names the region."""
        region = self.cleaned_data["region"]
        return {
            "email": self.cleaned_data["email"],
            "role": Role(self.cleaned_data["role"]),
            "scope": region,
            "programme": managed(self.by).filter(regions__region=region)[0],
            "organisation": self.cleaned_data["organisation"],
        }


class ProgrammeInviteForm(InviteForm):
    """To a role in a programme."""

    role = forms.ChoiceField(
        label=_("Role"), choices=[(r.value, r.label) for r in Role if r in PROGRAMME_ROLES]
    )
    programme = forms.ModelChoiceField(Programme.objects.none(), label=_("Programme"))
    until = forms.DateField(
        label=_("Until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("The last day of the role. An auditor's must have one."),
        error_messages={"invalid": _("Enter a day, like 2027-12-31")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["programme"]
        if isinstance(choice, forms.ModelChoiceField):
            choice.queryset = managed(self.by)

    def invitation(self) -> dict[str, Any]:
        """Invite in the programme's own name."""
        programme = self.cleaned_data["programme"]
        return {
            "email": self.cleaned_data["email"],
            "role": Role(self.cleaned_data["role"]),
            "scope": programme,
            "programme": programme,
            "until": self.cleaned_data["until"],
        }


class EndRoleForm(forms.Form):
    """Who takes over."""

    successor = forms.EmailField(
        label=_("E-mail address of the successor"),
        required=False,
        help_text=_("Needed for the last broker of a region. The person must have an account."),
    )

    def clean_successor(self) -> User | None:
        """Find the person by a confirmed address."""
        email = self.cleaned_data["successor"]
        if not email:
            return None
        person = User.objects.filter(email__iexact=email, is_active=True).first()
        if person is None:
            raise ValidationError(
                gettext("Nobody has an account with this address: invite the person first")
            )
        return person
