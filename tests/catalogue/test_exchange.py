"""The open file, and the way back: nothing is lost and nobody is named."""

import csv
import sys
import time
from io import StringIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalogue.enums import RecordKind
from catalogue.models import Expert, Record, Version
from portal import clock
from portal.models import JournalEntry
from tests.catalogue import factories
from tests.catalogue.factories import NOW
from tests.catalogue.files import ROW, bring_in, table, told

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def still():
    with clock.moved_to(NOW):
        yield


def exported(client) -> bytes:
    answer = client.get("/open-data/catalogue.csv")
    assert answer.status_code == 200
    return b"".join(answer)


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(content.decode(), newline="")))


def make_portal() -> list[Record]:
    """Records of all kinds that say what is hard to write down."""
    imaging, omics = factories.term("imaging"), factories.term("omics-1")
    lab = factories.provider(name="Voorbeeld Lab, “Noord”")
    hall = factories.record(
        lab, title="=1+1 hall", external_id='F,1 "a"', contact_phone="+49 221 1"
    )
    second = factories.record(lab, title="'=quoted", contact_email="-desk@lab.example")
    hidden = factories.record(lab, title="Unseen", external_id="H", is_public=False)
    return [
        hall,
        second,
        factories.record(
            lab,
            title="Orbitrap",
            kind=RecordKind.EQUIPMENT,
            facilities=(hall, second, hidden),
            competences=(imaging, omics),
            description='First line.\r\nSecond; line, with "quotes" and <b>no</b> HTML.',
            techniques=["1,3-dioxane", "a;b", 'say "x"'],
            access_types=["mail_in", "remote"],
            certificates=["ISO 17025", "GLP"],
            voucher_kinds=["insight"],
            languages=["de", "en"],
            trl_from=3,
            trl_to=7,
            sme_discount=0,
            biosafety_level=2,
            is_price_without_vat=False,
            needs_ethics_approval=True,
            contact_name="Dr Secret Person",
            contact_email="secret@lab.example",
            contact_phone="+49 999 999",
            contact_url="https://lab.example/secret",
            second_contact_email="desk@lab.example",
            website="https://lab.example/orbitrap?a=1&b=2",
        ),
        factories.record(factories.provider("NL-ENL"), kind=RecordKind.SERVICE, text_language="nl"),
        factories.record(factories.provider("DK-DNK"), kind=RecordKind.EXPERT, title="Proteomics"),
    ]


def forget_records() -> None:
    for model in (Version, Expert, Record.competences.through, Record.facilities.through, Record):
        model.objects.all().delete()


def test_export_comes_back_the_same_byte_for_byte(client):
    make_portal()
    before = exported(client)
    forget_records()
    report = bring_in(before)
    assert (len(report.created), told(report).keys()) == (5, {"created"})
    assert exported(client) == before
    assert told(bring_in(before)).keys() == {"unchanged"}


def test_export_into_the_same_portal_changes_nothing(client):
    make_portal()
    content, stored = exported(client), list(Record.objects.order_by("pk").values())
    entries = JournalEntry.objects.count()
    report = bring_in(content)
    assert (len(report.unchanged), told(report).keys()) == (5, {"unchanged"})
    assert list(Record.objects.order_by("pk").values()) == stored
    assert JournalEntry.objects.count() == entries


def test_file_names_no_person_and_no_hidden_record(client):
    made = make_portal()
    Expert.objects.create(
        record=made[-1],
        name="Dr Agreed",
        email="agreed@x.example",
        agreed_at=NOW,
        shows_contact=True,
    )
    text = exported(client).decode()
    words = ("Secret", "secret", "999", "Agreed", "agreed@", "Unseen", "portal:unseen")
    assert [word for word in words if word in text] == []


def test_file_starts_with_the_published_headers_and_computes_nothing(client):
    make_portal()
    content = exported(client)
    headers = content.decode().splitlines()[0].split(",")
    assert headers[:21] == [
        "Type", "Name", "Description", "Related Facility ID", "Technique", "Location",
        "Contact Name", "Contact Telephone", "Contact URL", "Contact Email",
        "Secondary Contact Name", "Secondary Contact Telephone", "Secondary Contact URL",
        "Secondary Contact Email", "ID", "Photo", "Department", "Site Location", "Building",
        "Service Level", "Web Address",
    ]  # fmt: skip
    cells = [cell for row in rows(content) for cell in row.values()]
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))] == []
    assert {row["Name"]: row["Contact Telephone"] for row in rows(content)}["'=1+1 hall"] == (
        "tel:+49 221 1"
    )


def test_file_is_open_data_and_costs_one_statement(client):
    answer = client.get("/open-data/catalogue.csv")
    list(answer)
    assert {name: answer[name] for name in ("Content-Type", "Link", "Content-Disposition")} == {
        "Content-Type": "text/csv; charset=utf-8",
        "Link": '<https://creativecommons.org/publicdomain/zero/1.0/>; rel="license"',
        "Content-Disposition": 'attachment; filename="catalogue.csv"',
    }
    assert "public" in answer["Cache-Control"]
    owner, counts = factories.provider(), []
    for more in (3, 5):
        for _ in range(more):
            factories.record(owner)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            exported(client)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_five_thousand_rows_come_in_at_once(client, capsys):
    owner = factories.provider(name="Uni")
    halls = [{**ROW, "Type": "facility", "Name": f"Hall {n}", "ID": f"F{n}"} for n in range(1000)]
    parts = [
        {
            **ROW,
            "Name": f"Device {n}",
            "ID": f"E{n}",
            "Related Facility ID": f"F{n % 1000}",
            "Technique": "Imaging; Mass spectrometry",
            "Description": "What it does, in some words. " * 10,
        }
        for n in range(4000)
    ]
    content = table(*halls, *parts)
    begun = time.perf_counter()
    with CaptureQueriesContext(connection) as queries:
        report = bring_in(content, owner)
    with capsys.disabled():
        sys.stdout.write(f"\n5,000 rows in {time.perf_counter() - begun:.1f} s\n")
    entries = JournalEntry.objects.filter(subject_type="catalogue.record")
    assert (
        len(report.created),
        Record.objects.public(NOW).count(),
        Record.facilities.through.objects.count(),
        Version.objects.count(),
        entries.filter(verb="import_record").count(),
        entries.filter(verb="publish").count(),
    ) == (5000, 5000, 4000, 5000, 5000, 5000)
    opened = [query["sql"] for query in queries if query["sql"].startswith(("SAVEPOINT", "BEGIN"))]
    assert len(opened) == 1
    assert len(queries) < 100
