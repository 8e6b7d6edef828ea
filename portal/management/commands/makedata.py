"""Synthetic data for benchmarks."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from portal import clock
from portal.site import makedata


class Command(BaseCommand):
    """Write invented facilities and applications beside the demo's set-up."""

    help = "Write synthetic data for benchmarks; the same seed writes the same rows."

    def add_arguments(self, parser: CommandParser) -> None:
        """How many of what, and from which seed."""
        parser.add_argument("--applications", type=int, default=0, metavar="N")
        parser.add_argument("--facilities", type=int, default=0, metavar="N")
        parser.add_argument("--seed", type=int, default=1, metavar="S")

    def handle(self, *args: Any, **options: Any) -> None:
        """Refuse beside real data; otherwise write, and let the planner know."""
        if not makedata.is_demo():
            raise CommandError(
                "Invented rows do not belong beside real ones: makedata works only where "
                "manage.py demo --only-setup --no-serve has set the demo up."
            )
        makedata.make(
            applications=options["applications"],
            facilities=options["facilities"],
            seed=options["seed"],
            now=clock.now(),
            say=self.stdout.write,
        )
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
