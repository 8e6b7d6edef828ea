"""The audit file: one archive of an award or a sample, whole, sound, and for few people."""

import csv
import hashlib
import io
import json
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal import documents
from portal.exports import Member, folded, zip_pieces
from portal.models import Document, JournalEntry, OutgoingMail, Upload
from tests.portal.test_integrity import alter
from tests.vouchers import factories, lives
from tests.vouchers.test_payments import PAGE, paid
from vouchers.models import Award, LedgerEntry
from vouchers.rules import sampling

OF_AWARD = {"vouchers.application", "vouchers.award", "vouchers.claim"}
NOON = datetime(2027, 3, 8, 12, tzinfo=UTC)


@pytest.fixture
def world(db, freeze, settings, tmp_path):
    settings.MFA_RELAXED_FOR_DEMO = True
    settings.MEDIA_ROOT = tmp_path
    freeze(factories.NOW)
    return factories.make_world()


@pytest.fixture
def award(world) -> Award:
    """A Meet & Greet that was paid, with its documents made and a file that is a real PDF."""
    claim = lives.paid(world, "meet_greet")
    make_files(world)
    return claim.award


def make_files(world) -> None:
    for pk in documents.waiting():
        documents.render(pk, now=world.now)
    # What the helpers of these tests give as a file carries no true hash.
    for upload in Upload.objects.all():
        with upload.file.open("rb") as stored:
            sha256 = hashlib.sha256(stored.read()).hexdigest()
        Upload.objects.filter(pk=upload.pk).update(sha256=sha256)


def take(client, award) -> bytes:
    answer = client.get(f"/admin/vouchers/award/{award.pk}/file/")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/zip")
    return b"".join(answer.streaming_content)


def opened(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def facts_of(index: bytes) -> dict:
    with pikepdf.open(io.BytesIO(index)) as pdf:
        [name] = pdf.attachments
        return json.loads(pdf.attachments[name].get_file().read_bytes())


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode())))


def test_everything_of_an_award_lies_in_its_archive(world, award, client):
    client.force_login(world.auditor)
    found = opened(take(client, award))
    reference = award.application.reference
    line = award.claims.get().lines.get()
    rows = OutgoingMail.objects.filter(is_private=False, subject_type__in=OF_AWARD)
    mails = {f"7-mails/{mail.pk}-{mail.kind}.txt" for mail in rows}
    assert list(found)[:3] == ["index.pdf", "journal.csv", "ledger.csv"]
    assert len(mails) > 4
    assert set(found) == {
        "index.pdf",
        "journal.csv",
        "ledger.csv",
        f"1-application/{reference}-S1.pdf",
        f"3-decision/{award.number}-L.pdf",
        f"5-claims/1/{line.proof_of_payment_id}-bank.pdf",
        f"5-claims/1/{line.receipt_id}-receipt.pdf",
        f"6-payments/{award.number}-P1.pdf",
        *mails,
    }
    assert [(row["kind"], row["amount"]) for row in rows_of(found["ledger.csv"])] == [
        (entry.kind, str(entry.amount)) for entry in LedgerEntry.objects.filter(award=award)
    ]
    verbs = [row["verb"] for row in rows_of(found["journal.csv"])]
    for verb in ("submit", "find_eligible", "sign_home", "approve", "accept", "file", "pay"):
        assert verb in verbs


def test_the_index_tells_each_file_with_its_hash_and_every_check_holds(world, award, client):
    client.force_login(world.manager)
    found = opened(take(client, award))
    facts = facts_of(found.pop("index.pdf"))
    listed = {paper["path"]: paper["sha256"] for paper in facts["papers"]}
    assert listed == {name: hashlib.sha256(content).hexdigest() for name, content in found.items()}
    checks = {name: (text, holds) for name, text, holds in facts["checks"]}
    assert [name for name, (_text, holds) in checks.items() if not holds] == []
    assert list(checks) == [
        "Files read and compared with their SHA-256",
        "Journal entries, each with its own hash and the one before it",
        "Ledger within the award",
        "Access Broker, East Netherlands",
        "Found eligible, under these rules",
        "De minimis headroom on the granting date, Regulation (EU) 2023/2831",
    ]
    assert facts["claims"][0]["receipts"][0]["eligible"] == "312.50"
    extents = [paper["extent"].partition(",")[0] for paper in facts["papers"]]
    assert [extent for extent in extents if "page" in extent][-1:] == ["1 page"]


def test_the_same_record_and_instant_give_the_same_bytes(world, award, client):
    client.force_login(world.auditor)
    assert take(client, award) == take(client, award)


def test_a_changed_file_and_a_changed_entry_are_told(world, award, client):
    client.force_login(world.auditor)
    letter = Document.objects.get(number=f"{award.number}-L")
    with letter.file.storage.open(letter.file.name, "wb") as stored:
        stored.write(b"%PDF-1.7 another")
    entry = JournalEntry.objects.about(award).get(verb="accept")
    sql = "UPDATE portal_journalentry SET verb = 'decline' WHERE id = %s"
    alter("portal_journalentry", sql, entry.pk)
    facts = facts_of(opened(take(client, award))["index.pdf"])
    broken = {name: text for name, text, holds in facts["checks"] if not holds}
    assert broken == {
        "Files read and compared with their SHA-256": (
            f"Not what was stored: 3-decision/{award.number}-L.pdf"
        ),
        "Journal entries, each with its own hash and the one before it": (
            f"These do not fit: {entry.number}"
        ),
    }


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("broker", 200),
        ("manager", 200),
        ("auditor", 200),
        ("finance", 403),
        ("host_broker", 403),
        ("other_broker", 404),
    ],
)
def test_who_may_take_it_and_sees_the_button(world, client, who, status):
    award = lives.accepted(world)
    client.force_login(getattr(world, who))
    address = f"/admin/vouchers/award/{award.pk}/"
    assert client.get(f"{address}file/").status_code == status
    if status != 404:
        page = client.get(f"{address}change/").content.decode()
        assert ("Audit file (ZIP)" in page) == (status == 200)


def test_taking_it_is_journalled_once_an_hour_and_looking_is_not(world, award, client, freeze):
    client.force_login(world.auditor)
    client.head(f"/admin/vouchers/award/{award.pk}/file/")
    taken = JournalEntry.objects.filter(verb="read", data__thing="audit_file")
    assert taken.count() == 0
    for minutes in (0, 30, 61):
        freeze(world.now + timedelta(minutes=minutes))
        take(client, award)
    assert [(one.by, one.data["which"], one.chain) for one in taken.order_by("pk")] == [
        (world.auditor, award.number, "LSV")
    ] * 2


def test_a_sample_is_one_archive_with_a_folder_each(world, client):
    claims = {str(paid(world)) for _ in range(4)}
    make_files(world)
    client.force_login(world.auditor)
    query = {"sample": "2", "seed": "7f3a"}
    page = client.get(PAGE, query)
    assert "Audit files (ZIP)" in page.content.decode()
    answer = client.get(PAGE, {**query, "format": "zip"})
    found = opened(b"".join(answer.streaming_content))
    drawn = sampling.draw(claims, size=2, seed="7f3a")
    folders = {claim.partition(" ")[0] for claim in drawn}
    assert {PurePosixPath(name).parts[0] for name in found} == {
        "index.pdf",
        "population.csv",
        *folders,
    }
    for folder in folders:
        assert {f"{folder}/index.pdf", f"{folder}/ledger.csv"} <= set(found)
    lots = rows_of(found["population.csv"])
    assert {row["claim"] for row in lots if row["drawn"] == "yes"} == set(drawn)
    assert {row["claim"] for row in lots} == claims
    about = dict(facts_of(found["index.pdf"])["about"])
    assert (about["Seed"], about["Drawn from"]) == ("7f3a", "4 payments")
    reads = JournalEntry.objects.filter(verb="read", data__thing="audit_file")
    assert {entry.data["which"] for entry in reads} == folders


def test_finance_draws_a_sample_and_takes_no_files(world, client):
    paid(world)
    client.force_login(world.finance)
    query = {"sample": "1", "seed": "1"}
    assert "Audit files (ZIP)" not in client.get(PAGE, query).content.decode()
    assert client.get(PAGE, {**query, "format": "zip"}).status_code == 403


def test_without_a_sample_there_is_no_archive(world, client):
    paid(world)
    client.force_login(world.auditor)
    page = client.get(PAGE, {"format": "zip"})
    assert (page.status_code, "Audit files (ZIP)" in page.content.decode()) == (200, False)


@given(st.text(max_size=200))
def test_a_name_never_leaves_its_folder(name):
    safe = folded(name)
    assert safe.isascii()
    assert PurePosixPath(safe).parts == (safe,)
    assert 0 < len(safe) <= 90
    assert safe not in {".", ".."}
    assert not set(safe) & set('/\\:*?"<>|\0')


@given(st.lists(st.binary(max_size=3000), max_size=4))
def test_pieces_are_an_archive_and_the_same_each_time(contents):
    members = [Member(f"{n}.bin", lambda c=c: [c[:7], c[7:]]) for n, c in enumerate(contents)]
    content = b"".join(zip_pieces(members, at=NOON))
    assert content == b"".join(zip_pieces(members, at=NOON))
    assert opened(content) == {f"{n}.bin": c for n, c in enumerate(contents)}


def test_a_large_file_is_never_whole_in_memory():
    piece = bytes(64 * 1024)
    member = Member("large.bin", lambda: (piece for _ in range(400)))
    largest = max(len(one) for one in zip_pieces([member], at=NOON))
    assert largest < len(piece) * 2
