"""What an import takes, changes, leaves alone and refuses."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from catalogue import actions
from catalogue.enums import RecordKind, RecordState
from catalogue.models import Record, Version
from portal.models import JournalEntry
from portal.permissions import Actor
from tests.catalogue import factories
from tests.catalogue.factories import NOW, TODAY
from tests.catalogue.files import ROW, bring_in, table, told, workbook

pytestmark = pytest.mark.django_db
HALL = {**ROW, "Type": "Facility", "Name": "Hall", "ID": "F-1"}


def refused(*rows: dict[str, str], **options) -> list[tuple[int, str]]:
    """Import for a new provider; return the refusals."""
    return told(bring_in(table(*rows), factories.provider(), **options)).get("refused", [])


def test_new_record_is_public_confirmed_today_and_journalled():
    owner = factories.provider(name="Uni")
    row = {
        **ROW,
        "Description": "<b>Weighs</b> ions.",
        "Technique": "Mass spectrometry; Proteomics, top-down",
        "Contact Telephone": "tel:+49 221 470",
        "Contact Email": "mailto:lab@uni.example",
        "Web Address": "https://uni.example/orbitrap",
    }
    report = bring_in(table(row), owner)
    record = Record.objects.get()
    assert told(report) == {"created": [(2, "Orbitrap")]}
    assert (record.kind, record.slug, record.state, record.confirmed_on) == (
        RecordKind.EQUIPMENT,
        "orbitrap",
        RecordState.PUBLISHED,
        TODAY,
    )
    assert (record.summary, record.description, record.techniques, record.external_id) == (
        "<b>Weighs</b> ions.",
        "<b>Weighs</b> ions.",
        ["Mass spectrometry", "Proteomics, top-down"],
        "E-1",
    )
    assert (record.contact_email, record.contact_phone) == ("lab@uni.example", "+49 221 470")
    assert [entry.verb for entry in JournalEntry.objects.about(record)] == [
        "import_record",
        "publish",
    ]
    assert Version.objects.get().content["title"] == "Orbitrap"


def test_second_time_changes_nothing():
    owner, content = factories.provider(), table(HALL, {**ROW, "Related Facility ID": "F-1"})
    bring_in(content, owner)
    before = (list(Record.objects.values()), JournalEntry.objects.count())
    assert told(bring_in(content, owner)) == {"unchanged": [(2, "Hall"), (3, "Orbitrap")]}
    assert (list(Record.objects.values()), JournalEntry.objects.count()) == before


def test_change_is_journalled_without_the_person_and_keeps_a_version():
    owner = factories.provider()
    bring_in(table(ROW), owner)
    new = {
        **ROW,
        "Name": "Orbitrap 2",
        "Contact Name": "Dr Name",
        "Contact Email": "dr@uni.example",
    }
    assert told(bring_in(table(new), owner)) == {"updated": [(2, "Orbitrap 2")]}
    record, entry = Record.objects.get(), JournalEntry.objects.order_by("-pk")[0]
    assert (record.slug, record.public_contact) == ("orbitrap", owner.organisation.email)
    assert entry.data == {
        "changed": {
            "title": ["Orbitrap", "Orbitrap 2"],
            "summary": ["Orbitrap", "Orbitrap 2"],
        }
    }
    assert entry.personal["changed"] == {
        "contact_name": ["", "Dr Name"],
        "contact_email": ["lab@uni.example", "dr@uni.example"],
    }
    assert [version.number for version in record.versions.all()] == [2, 1]


def test_file_leaves_what_it_does_not_say():
    owner = factories.provider()
    bring_in(table({**ROW, "Building": "B 7", "Summary": "Weighs ions"}), owner)
    bring_in(table({**ROW, "Description": "New"}), owner)
    record = Record.objects.get()
    assert (record.building, record.summary, record.description) == ("B 7", "Weighs ions", "New")


def test_hidden_record_is_updated_and_stays_hidden():
    owner = factories.provider()
    bring_in(table(ROW), owner)
    actions.hide(Record.objects.get(), reason="Broken", by=factories.IMPORTER, now=NOW)
    assert told(bring_in(table({**ROW, "Name": "New"}), owner)) == {"updated": [(2, "New")]}
    assert Record.objects.get().state == RecordState.HIDDEN


def test_expert_whom_a_file_names_waits_as_a_draft():
    row = {**ROW, "Type": "expert", "Contact Name": "Dr Name"}
    bring_in(table(row, {**row, "ID": "E-2", "Contact Name": ""}), factories.provider())
    assert list(Record.objects.order_by("pk").values_list("state", flat=True)) == [
        "draft",
        "published",
    ]


def test_name_is_taken_from_the_description_and_addresses_differ():
    rows = [{**ROW, "Name": "", "ID": f"E-{n}", "Description": "Word " * 40} for n in (1, 2)]
    bring_in(table(*rows), factories.provider())
    titles = set(Record.objects.values_list("title", flat=True))
    assert titles == {("Word " * 15).strip() + "…"}
    slugs = list(Record.objects.order_by("pk").values_list("slug", flat=True))
    assert slugs[1] == f"{slugs[0]}-2"


def test_nothing_is_written_where_a_row_is_refused_unless_told():
    owner, content = factories.provider(), table(ROW, {**ROW, "ID": "E-2", "Type": "robot"})
    report = bring_in(content, owner)
    assert (report.is_written, Record.objects.count()) == (False, 0)
    report = bring_in(content, owner, skip_refused=True)
    assert (report.is_written, Record.objects.count()) == (True, 1)


def test_equipment_of_a_refused_facility_is_refused_too():
    bad = {**HALL, "Contact Email": "no address"}
    assert [line for line, _text in refused(bad, {**ROW, "Related Facility ID": "F-1"})] == [2, 3]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"Type": ""}, "Type is missing: give facility, equipment, expert or service"),
        ({"Type": "robot"}, "Type cannot be “robot”: use a word that the portal knows"),
        ({"Name": ""}, "Name and Description are missing: give at least one of them"),
        ({"Name": "x" * 500}, "Name is too long: use at most 150 characters"),
        ({"ID": " "}, "ID is missing: without it the row would come in again each time"),
        ({"ID": "x" * 101}, "ID is too long: use at most 100 characters"),
        (
            {"Contact Email": "", "Contact Name": "Dr Name"},
            "The contact is missing: give a telephone, a URL or an e-mail address",
        ),
        (
            {"Contact Email": "lab at uni"},
            "Contact Email must be an address like office@lab.example, not “lab at uni”",
        ),
        (
            {"Contact Telephone": "ask inside"},
            "Contact Telephone must be a number like +49 221 1234, not “ask inside”",
        ),
        (
            {"Web Address": "javascript:alert(1)"},
            "Web Address must be an address like https://lab.example, not “javascript:alert(1)”",
        ),
        (
            {"Contact URL": "https://[::1"},
            "Contact URL must be an address like https://lab.example, not “https://[::1”",
        ),
        (
            {"Web Address": "https://x.example/" + "a" * 200},
            "Web Address is too long: use at most 200 characters",
        ),
        (
            {"Description": "a\0b"},
            "Description holds a character that cannot be shown: type the text anew",
        ),
        ({"Technique": "x" * 101}, "Technique is too long: use at most 100 characters"),
        ({"Technique": "x;" * 30_000}, "Technique is too long: use at most 50,000 characters"),
        (
            {"Type": "facility", "Related Facility ID": "F-1"},
            "Only equipment relates to facilities, and this is of type facility",
        ),
        (
            {"Related Facility ID": "F-1, F-2"},
            "The related facility F-2 is not among this provider's records, in the file or here",
        ),
        ({"Related Facility ID": "E-0"}, "The related record E-0 is no facility"),
        ({"ID": "F-1"}, "The same ID stands in line 2 already: give each record its own"),
        (
            {"ID": "portal:Not a slug"},
            "ID must be letters, digits and hyphens like cryo-em-hall, not “portal:Not a slug”",
        ),
        ({"Provider": "nobody"}, "The row is of provider nobody, not of the one you named"),
        ({"Region": "NL-ENL"}, "The row is of region NL-ENL, and its provider is in another one"),
        ({"Slug": "hall"}, "Another record has the slug hall: choose another or leave it blank"),
        ({"TRL From": "7", "TRL To": "3"}, "TRL To must not be below TRL From"),
        ({"TRL From": "10"}, "TRL From must be a whole number from 1 to 9"),
        ({"SME Discount": "101"}, "SME Discount must be a whole number from 0 to 100"),
        ({"Confirmed On": "2027-03-09"}, "Confirmed On must not be after today: 2027-03-09"),
        ({"Confirmed On": "9.3.27"}, "Confirmed On must be a day like 2027-03-08, not “9.3.27”"),
        ({"Price Without VAT": "maybe"}, "Price Without VAT must be yes or no, not “maybe”"),
        (
            {"Languages": "German"},
            "Languages must be codes of two letters like en;de, not “german”",
        ),
        (
            {"Competences": "alchemy"},
            "Competences cannot be “alchemy”: use a word that the portal knows",
        ),
    ],
)
def test_refused_with_one_reason(row, reason):
    good = [{**HALL, "Slug": "hall"}, {**ROW, "ID": "E-0"}]
    assert refused(*good, {**ROW, **row}) == [(4, reason)]


def test_row_with_more_cells_than_the_header_is_refused():
    content = table(ROW) + b"equipment,One, two,E-2,lab@uni.example\r\n"
    assert told(bring_in(content, factories.provider()))["refused"] == [
        (3, "The row has more cells than the header: put a cell with a comma in quotation marks")
    ]


def test_record_keeps_its_type_and_slug():
    owner = factories.provider()
    bring_in(table(ROW), owner)
    report = bring_in(table({**ROW, "Type": "service"}), owner)
    assert told(report)["refused"] == [
        (2, "The portal has this ID as equipment: a record keeps its type, so give a new ID")
    ]
    report = bring_in(table({**ROW, "Slug": "other"}), owner)
    assert told(report)["refused"] == [
        (2, "The record keeps its slug, which is orbitrap: leave the cell as it is")
    ]


def test_file_names_providers_or_the_caller_does():
    owner = factories.provider()
    rows = [{**ROW, "Provider": name} for name in (owner.slug, "", "nobody")]
    assert told(bring_in(table(*rows), skip_refused=True)) == {
        "created": [(2, "Orbitrap")],
        "refused": [
            (3, "Provider is missing: name it in the row or with --provider"),
            (4, "No provider has the slug nobody: add the provider first"),
        ],
    }


def test_providers_may_use_the_same_id():
    rows = [{**ROW, "Provider": factories.provider().slug} for _ in range(2)]
    assert told(bring_in(table(*rows))) == {"created": [(2, "Orbitrap"), (3, "Orbitrap")]}


def test_day_begins_with_the_region_and_not_with_utc():
    owner, late = factories.provider(), NOW.replace(hour=23, minute=30)
    bring_in(table(ROW), owner, now=late)
    tomorrow = str(TODAY + timedelta(days=1))
    report = bring_in(table({**ROW, "Confirmed On": tomorrow}), owner, now=late)
    assert told(report) == {"unchanged": [(2, "Orbitrap")]}


def test_older_file_does_not_take_a_confirmation_back():
    owner = factories.provider()
    bring_in(table(ROW), owner)
    report = bring_in(table({**ROW, "Confirmed On": "2027-01-01"}), owner)
    assert told(report) == {"unchanged": [(2, "Orbitrap")]}


def test_hidden_facility_stays_linked_although_the_file_cannot_name_it():
    owner = factories.provider()
    hidden = factories.record(owner, is_public=False)
    part = factories.record(
        owner, kind=RecordKind.EQUIPMENT, external_id="E-1", facilities=(hidden,)
    )
    bring_in(table(HALL, {**ROW, "Related Facility ID": "F-1"}), owner)
    hall = Record.objects.get(external_id="F-1")
    assert set(part.facilities.all()) == {hidden, hall}


def test_broker_of_another_region_may_not():
    factories.programme()
    stranger = Actor.person(factories.broker("DK-DNK"))
    with pytest.raises(PermissionDenied):
        actions.import_catalogue(
            table(ROW), provider=factories.provider(), skip_refused=False, by=stranger, now=NOW
        )


def test_headers_are_forgiven_and_strange_ones_named_once():
    content = "\ufeff type ;NAME (short);Colour;Photo;contact  email;id\r\n".encode()
    content += b"equipment;Orbitrap;red;https://x.example/a.jpg;lab@uni.example;E-1\r\n"
    assert told(bring_in(content, factories.provider())) == {
        "created": [(2, "Orbitrap")],
        "ignored": ["Colour", "Photo"],
    }


def test_workbook_gives_numbers_days_and_answers():
    header = [*ROW, "TRL From", "Confirmed On", "Needs Ethics Approval"]
    content = workbook(
        header, [*["equipment", "Orbitrap", 17, "a@b.example"], 3.0, TODAY, True], []
    )
    assert told(bring_in(content, factories.provider())) == {"created": [(2, "Orbitrap")]}
    record = Record.objects.get()
    assert (record.external_id, record.trl_from, record.confirmed_on) == ("17", 3, TODAY)
    assert record.needs_ethics_approval is True


def test_a_new_website_forgets_what_was_found_at_the_old_one():
    owner = factories.provider()
    bring_in(table({**ROW, "Web Address": "https://uni.example/old"}), owner)
    found = {"link_checked_at": NOW, "link_problem": "gone", "link_failing_since": NOW}
    Record.objects.update(**found)
    same = {**ROW, "Name": "Orbitrap 2", "Web Address": "https://uni.example/old"}
    bring_in(table(same), owner)
    assert Record.objects.values(*found).get() == found
    bring_in(table({**same, "Web Address": "https://uni.example/new"}), owner)
    assert Record.objects.values(*found).get() == {
        "link_checked_at": None,
        "link_problem": "",
        "link_failing_since": None,
    }
