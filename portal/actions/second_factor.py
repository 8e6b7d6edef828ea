"""For those who lost their telephone: the second factor starts anew."""

from datetime import datetime

from allauth.mfa.models import Authenticator

from portal.models import User
from portal.models.journal import PORTAL_CHAIN
from portal.permissions import Actor
from portal.workflow import action, record


@action
def reset(user: User, *, reason: str, by: Actor, now: datetime) -> int:
    """Forget codes, passkeys and recovery codes; the next sign-in asks to set up new ones.

    Returns how many were forgotten, and journals it with the reason.
    """
    forgotten, _ = Authenticator.objects.filter(user=user).delete()
    record(
        user,
        "reset_second_factor",
        by=by,
        now=now,
        chain=PORTAL_CHAIN,
        reason=reason,
        forgotten=forgotten,
    )
    return forgotten
