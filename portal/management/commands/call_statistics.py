"""Print the figures of a programme, the same as on the page."""

import json
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from portal import clock
from portal.models import Programme, Region
from vouchers.models import Call
from vouchers.statistics.figures import count
from vouchers.statistics.scope import Scope
from vouchers.statistics.shape import as_json


class Command(BaseCommand):
    """As of any day, over chosen calls and one home region."""

    help = "Print the statistics of a programme as of a day."

    def add_arguments(self, parser: CommandParser) -> None:
        """The scope, the format and where to write."""
        parser.add_argument("--programme")
        parser.add_argument("--call", action="append", default=[], nargs="+")
        parser.add_argument("--region")
        parser.add_argument("--voucher-type")
        parser.add_argument("--as-of", type=date.fromisoformat)
        parser.add_argument("--format", choices=["json"], default="json")
        parser.add_argument("--output", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Count and write."""
        programme = Programme.objects.get(code=options["programme"])
        codes = [code for group in options["call"] for code in group]
        scope = Scope(
            programme=programme,
            as_of=options["as_of"] or clock.today(programme.time_zone),
            calls=tuple(Call.objects.filter(code__in=codes).order_by("opens_at")),
            region=Region.objects.filter(code=options["region"]).first(),
        )
        self.stdout.write(json.dumps(as_json(count(scope)), indent=1))
