"""Validators of identifiers, with their sentences."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from catalogue.rules.identifiers import orcid, ror_id


def check_ror(text: str) -> None:
    """Refuse what is no ROR identifier, as a validator of a field."""
    try:
        ror_id(text)
    except ValueError:
        message = gettext("Enter an identifier like 05gq02987 or https://ror.org/05gq02987")
        raise ValidationError(message, "ror") from None


def check_orcid(text: str) -> None:
    """Refuse what is no ORCID, as a validator of a field."""
    try:
        orcid(text)
    except ValueError:
        message = gettext("Enter an ORCID like 0000-0002-1825-0097")
        raise ValidationError(message, "orcid") from None
