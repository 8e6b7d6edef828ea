"""Play a call's whole calendar before it happens."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.site.rehearsal.cast import NobodyThere
from portal.site.rehearsal.play import rehearse, tell
from vouchers.actions.calls import NotReady
from vouchers.models import Call


class Command(BaseCommand):
    """Lists each mail, state change and amount that a call would cause; keeps nothing."""

    help = "Play a call's whole calendar with one application of each voucher type."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which call."""
        parser.add_argument("call", help="the call's code, like LSV-2")

    def handle(self, *args: Any, **options: Any) -> None:
        """Play, and say what would happen."""
        call = Call.objects.filter(code__iexact=options["call"]).first()
        if call is None:
            codes = ", ".join(Call.objects.values_list("code", flat=True))
            raise CommandError(f"There is no call {options['call']}. Known: {codes}")
        try:
            events = rehearse(call)
        except NotReady as lacks:
            raise CommandError("The call cannot be published. " + " ".join(lacks.missing)) from None
        except NobodyThere as missing:
            raise CommandError(f"{missing}.") from None
        tell(events, call, say=self.stdout.write)
