"""Forty labelled needs: the right provider stands among the five that are suggested."""

import csv
from pathlib import Path

import pytest

from catalogue.models import Record
from catalogue.search import suggest
from portal.models import Programme, Region
from portal.site.demo import catalogue, programmes
from tests.catalogue.factories import NOW

FOLDER = Path(__file__).parent / "needs"
WANTED = 0.8


@pytest.fixture
def demo(db) -> None:
    """The demonstration's programmes, regions and catalogue."""
    programmes.successor(programmes.regions(now=NOW), now=NOW)
    catalogue.load(Programme.objects.get(code="LSV"), now=NOW)


def places(name: str) -> dict[str, int]:
    """Return the place of the right provider for each need, 0 where it is not suggested."""
    regions = {region.code: region for region in Region.objects.all()}
    owners = dict(Record.objects.values_list("slug", "provider"))
    found = {}
    text = (FOLDER / f"{name}.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        home = regions[row["home_region"]]
        records = [one.record for one in suggest(row["need"], home=home, now=NOW)]
        assert home not in [record.region for record in records]
        providers = [record.provider_id for record in records]
        wanted = owners[row["record"]]
        found[row["id"]] = providers.index(wanted) + 1 if wanted in providers else 0
    return found


def test_the_right_provider_is_among_the_five(demo, capsys):
    seen, unseen = places("seen"), places("unseen")
    with capsys.disabled():
        for name, found in {"seen": seen, "unseen": unseen}.items():
            hits = [place for place in found.values() if place]
            print(  # noqa: T201
                f"\nneeds {name}: {len(hits)} of {len(found)} among five, {hits.count(1)} first",
                end="",
            )
    every = [*seen.values(), *unseen.values()]
    assert (len(seen), len(unseen)) == (30, 10)
    assert sum(map(bool, every)) >= WANTED * len(every)
