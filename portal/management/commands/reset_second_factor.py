"""Let somebody who lost their second factor set up a new one."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal import clock
from portal.actions import second_factor
from portal.models import User
from portal.permissions import Actor


class Command(BaseCommand):
    """Dry-run unless --commit; be sure who is asking before you run it."""

    help = "Forget a person's second factor, with a reason that the journal keeps."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose, why, and whether really."""
        parser.add_argument("email")
        parser.add_argument("--reason", required=True, help="how you made sure who asked")
        parser.add_argument("--commit", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Say what would be forgotten, or forget it."""
        user = User.objects.filter(email__iexact=options["email"]).first()
        if user is None:
            raise CommandError(f"Nobody has the address {options['email']}.")
        if not options["commit"]:
            found = Authenticator.objects.filter(user=user).count()
            self.stdout.write(
                f"{user.email} has {found} second factors. Add --commit to forget them."
            )
            return
        by = Actor(user=None, label="operator")
        found = second_factor.reset(user, reason=options["reason"], by=by, now=clock.now())
        self.stdout.write(f"Forgot {found} second factors of {user.email}.")
