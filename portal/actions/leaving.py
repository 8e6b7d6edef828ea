"""A person leaves for good: the account is emptied, and its row stays for the journal's sake."""

from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db.models import Q

from portal import outbox
from portal.models import JournalEntry, MailLink, OutgoingMail, StaffTask, User
from portal.models.journal import PORTAL_CHAIN
from portal.permissions import Actor
from portal.workflow import action, record

NOBODY = "erased-{pk}@erased.invalid"


class HoldsRole(Exception):
    """Staff leave their role first: a region or programme must know who follows."""


def addresses_of(user: User) -> list[str]:
    """Return every address that the person has confirmed, and the one to sign in with."""
    confirmed = EmailAddress.objects.filter(user=user, verified=True)
    return sorted({user.email.lower(), *(row.email.lower() for row in confirmed)})


@action
def erase_account(user: User, *, by: Actor, now: datetime) -> None:
    """Empty an account for good: name, addresses, sign-in, second factor, sessions, links, mails.

    Letters about files that the law makes us keep stay with those files. Raises HoldsRole.
    """
    if user.is_staff:
        raise HoldsRole
    addresses = addresses_of(user)
    for session in UserSession.objects.filter(user=user):
        session.end()
    Authenticator.objects.filter(user=user).delete()
    EmailAddress.objects.filter(user=user).delete()
    _forget_mails(addresses)
    for subject in (user, *user.memberships.all()):
        JournalEntry.objects.about(subject).update(personal={})
    user.name, user.email, user.is_active = "", NOBODY.format(pk=user.pk), False
    user.last_login, user.erased_at = None, now
    user.set_unusable_password()
    user.save()
    record(user, "erase", by=by, now=now, chain=PORTAL_CHAIN)


def _forget_mails(addresses: list[str]) -> None:
    """Erase account mails and links to these addresses."""
    reached = Q()
    for address in addresses:
        reached |= Q(to__contains=[address])
        MailLink.objects.filter(email__iexact=address).update(email="")
        for task in StaffTask.objects.filter(key__iexact=address):
            task.key, task.said = NOBODY.format(pk=task.pk), ""
            task.save(update_fields=["key", "said"])
    outbox.wipe(OutgoingMail.objects.filter(reached, programme=None))
