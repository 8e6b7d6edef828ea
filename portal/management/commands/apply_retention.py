"""Erase the files whose time is over."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from portal import clock
from portal.permissions import Actor
from vouchers.actions import retention

AT_ONCE = 100


class Command(BaseCommand):
    """Names each file whose retention period has ended; erases them only with --commit."""

    help = "Erase the personal data of files whose retention period is over."

    def add_arguments(self, parser: CommandParser) -> None:
        """Without --commit nothing is written."""
        parser.add_argument("--commit", action="store_true", help="erase what is listed")

    def handle(self, *args: Any, **options: Any) -> None:
        """List what is due, then erase it in steps that each stand for themselves."""
        found = retention.due(now=clock.now())
        for one in found:
            self.stdout.write(
                f"{one.kind}\t{one.row.pk}\t{_name(one)}\tkept until {one.kept_until}"
            )
        if not options["commit"]:
            self.stdout.write(f"{len(found)} due. Nothing was erased; add --commit to erase.")
            return
        erased = 0
        while step := retention.erase_due(most=AT_ONCE, by=Actor.clock(), now=clock.now()):
            erased += step
        self.stdout.write(f"{erased} erased.")


def _name(one: retention.Due) -> str:
    """A number or a key, never a person: what commands print ends up in logs."""
    return getattr(one.row, "reference", None) or "-"
