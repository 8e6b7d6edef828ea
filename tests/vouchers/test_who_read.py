"""Who of the staff read what of a firm: journalled once an hour, and told to the manager."""

from datetime import timedelta

import pytest
from django.urls import reverse

from portal.models import Document, JournalEntry, Upload
from tests.vouchers import factories, lives
from tests.vouchers.test_audit_file import make_files

DESK = "admin:vouchers_{}"


@pytest.fixture
def world(db, freeze, settings, tmp_path):
    settings.MFA_RELAXED_FOR_DEMO = True
    settings.MEDIA_ROOT = tmp_path
    freeze(factories.NOW)
    return factories.make_world()


def get(client, address):
    """Get a page or a file, and read it to its end: only then is a file closed."""
    answer = client.get(address)
    if answer.streaming:
        b"".join(answer)
    return answer


def reads() -> list[tuple[object, str, str]]:
    entries = JournalEntry.objects.filter(verb="read").select_related("by").order_by("pk")
    return [(one.by, one.data["thing"], one.data["which"]) for one in entries]


def exports() -> list[tuple[object, str, list[int]]]:
    entries = JournalEntry.objects.filter(verb="export").select_related("by").order_by("pk")
    return [(one.by, one.data["thing"], one.data["firms"]) for one in entries]


def test_each_way_to_something_personal_is_journalled(world, client):
    claim = lives.paid(world, "meet_greet")
    make_files(world)
    award, row, line = claim.award, claim.award.application, claim.lines.get()
    letter, advice = Document.objects.get(kind="award_letter"), f"{award.number}-P1"
    ways = {
        reverse(DESK.format("application_change"), args=[row.reference]): (
            "figures",
            row.reference,
        ),
        reverse(DESK.format("application_copy"), args=[row.reference]): (
            "document",
            f"{row.reference}-S1",
        ),
        reverse(DESK.format("award_letter"), args=[award.pk]): ("document", letter.number),
        reverse(DESK.format("claim_file"), args=[claim.pk, line.receipt_id]): (
            "file",
            str(line.receipt_id),
        ),
        reverse(DESK.format("claim_file"), args=[claim.pk, line.proof_of_payment_id]): (
            "file",
            str(line.proof_of_payment_id),
        ),
        reverse(DESK.format("award_file"), args=[award.pk]): ("audit_file", award.number),
        reverse("admin:portal_document_download", args=[Document.objects.get(number=advice).pk]): (
            "document",
            advice,
        ),
    }
    client.force_login(world.manager)
    for address in ways:
        looked_at = client.head(address)
        # The test client's own close() would take the connection with it.
        for close in looked_at._resource_closers:
            close()
        assert looked_at.status_code == 200
    assert reads() == []
    for address in ways:
        assert get(client, address).status_code == 200, address
    assert reads() == [(world.manager, *said) for said in ways.values()]
    about = JournalEntry.objects.filter(verb="read")
    assert {(one.subject, one.chain) for one in about} == {
        (f"portal.organisation:{row.organisation_id}", "LSV")
    }


def test_a_file_of_an_application_is_journalled_once_an_hour_and_person(world, client, freeze):
    row = factories.submitted(world)
    upload = row.attachments.first().upload
    address = reverse(DESK.format("application_file"), args=[row.reference, upload.pk])
    for minutes, who in ((0, "broker"), (5, "broker"), (6, "manager"), (61, "broker")):
        freeze(world.now + timedelta(minutes=minutes))
        client.force_login(getattr(world, who))
        get(client, address)
    said = ("file", str(upload.pk))
    assert reads() == [(world.broker, *said), (world.manager, *said), (world.broker, *said)]


def test_the_figures_at_the_desk_cost_the_journal_one_line_an_hour(world, client, freeze):
    row = factories.submitted(world)
    client.force_login(world.broker)
    for minutes in (0, 1, 59, 61):
        freeze(world.now + timedelta(minutes=minutes))
        get(client, reverse(DESK.format("application_change"), args=[row.reference]))
    assert reads() == [(world.broker, "figures", row.reference)] * 2


def test_the_firms_own_people_and_the_host_leave_no_line(world, client):
    row = factories.approved(world).application
    for who in ("host_broker", "sme"):
        client.force_login(getattr(world, who))
        get(client, reverse(DESK.format("application_change"), args=[row.reference]))
        get(client, reverse("application", args=[row.reference]))
        get(client, reverse("application_copy", args=[row.reference]))
    assert reads() == []


def test_a_list_that_names_firms_is_journalled_with_whom_it_names(world, client):
    firm = lives.paid(world, "meet_greet").award.application.organisation
    factories.submitted(world, by=factories.another_sme(world))
    client.force_login(world.manager)
    ways = {
        reverse(DESK.format("claim_payments")) + "?format=csv": "payments",
        reverse(DESK.format("award_register_file"), args=["csv"]): "aid_register",
        reverse("statistics_applications") + "?programme=LSV": "applications",
    }
    for address in (*ways, *ways):
        get(client, address)
    other = factories.firm_of(factories.Application.objects.latest("pk").started_by)
    assert exports() == [
        (world.manager, "payments", [firm.pk]),
        (world.manager, "aid_register", [firm.pk]),
        (world.manager, "applications", sorted([firm.pk, other.pk])),
    ]
    page = get(client, reverse("admin:portal_organisation_reads", args=[other.pk]))
    rows = [(entry.by, str(thing)) for entry, thing in page.context["rows"]]
    assert rows == [(world.manager, "List of applications")]


@pytest.mark.parametrize(
    ("who", "status"), [("manager", 200), ("auditor", 200), ("broker", 403), ("finance", 403)]
)
def test_who_is_told_who_read_what(world, client, who, status):
    row = factories.submitted(world)
    upload = row.attachments.first().upload
    client.force_login(world.broker)
    get(client, reverse(DESK.format("application_file"), args=[row.reference, upload.pk]))
    client.force_login(getattr(world, who))
    firm = row.organisation_id
    page = get(client, reverse("admin:portal_organisation_reads", args=[firm]))
    assert page.status_code == status
    if status == 200:
        assert f"File that was given {upload.pk}" in page.content.decode()
        change = get(client, reverse("admin:portal_organisation_change", args=[firm]))
        assert "Who read what" in change.content.decode()


def test_nothing_read_says_so(world, client):
    client.force_login(world.manager)
    firm = world.organisation.pk
    page = get(client, reverse("admin:portal_organisation_reads", args=[firm])).content.decode()
    assert "Nobody has read anything yet" in page


def test_a_line_about_reading_is_chained_as_all_others(world, client):
    row = factories.submitted(world)
    client.force_login(world.broker)
    upload: Upload = row.attachments.first().upload
    get(client, reverse(DESK.format("application_file"), args=[row.reference, upload.pk]))
    entry = JournalEntry.objects.get(verb="read", data__thing="file")
    assert entry.previous_hash
    with pytest.raises(Exception, match="Cannot update"):
        JournalEntry.objects.filter(pk=entry.pk).update(by=world.manager)
