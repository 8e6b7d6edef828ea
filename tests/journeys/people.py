"""People of the journeys: who can sign in, and where their draft is."""

import re

from allauth.account.models import EmailAddress
from playwright.sync_api import Page

from portal.models import User


def confirm_addresses() -> None:
    """Let everybody sign in who could not yet."""
    for user in User.objects.exclude(pk__in=EmailAddress.objects.values("user")):
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)


def draft_of(page: Page) -> str:
    """Return the address of the draft to which the open page belongs."""
    return re.sub(r"(/applications/[^/]+/).*", r"\1", page.url)
