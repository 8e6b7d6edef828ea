"""Whoever alters a row behind the portal's back is found, and the very row is named."""

import hashlib
from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.db import connection

from portal import documents
from portal.models import Document, JournalEntry, Upload
from portal.permissions import Actor
from portal.site.integrity import Walk
from portal.workflow import action, digest, entry_hash, record
from tests.vouchers import history
from vouchers.models import Application, Award, LedgerEntry

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
JOURNAL, LEDGER = "portal_journalentry", "vouchers_ledgerentry"


@pytest.fixture(autouse=True)
def award(settings, tmp_path) -> Award:
    here = "django.core.files.storage.FileSystemStorage"
    default = {"BACKEND": here, "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = {**settings.STORAGES, "default": default}
    history.set_up()
    history.load(history.as_file(history.line(1), history.refused(2)))
    return Award.objects.get()


@pytest.fixture
def letter(award) -> Document:
    """A document whose file was made."""
    return issue(award)


@action
def issue(award: Award) -> Document:
    document = documents.issue(
        documents.Kind("note", "portal/pdf/base.html"),
        award,
        number="IN2LS-1-INS-001-L",
        title="Note",
        facts={"amount": "4000.00"},
        language="en",
        programme=award.application.call.programme,
        by=history.BY,
        now=NOW,
    )
    documents._store(document, b"%PDF-1.7 a letter", by=Actor.clock(), now=NOW)
    return document


def alter(table: str, sql: str, *params: object) -> None:
    """Change a row as only the owner of the table can, past its triggers."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(sql, params)
        assert cursor.rowcount == 1
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def found(**anchors: object) -> list[str]:
    return [str(finding) for finding in Walk(**anchors).findings()]


def entry_of(verb: str) -> JournalEntry:
    return JournalEntry.objects.get(subject_type="vouchers.application", verb=verb)


def test_what_nobody_altered_is_sound(letter):
    walk = Walk()

    assert list(walk.findings()) == []
    assert walk.counts["documents"] == 1
    assert walk.counts["ledger lines"] == LedgerEntry.objects.count()
    assert walk.counts["journal entries"] == JournalEntry.objects.count()
    assert walk.counts["states"] > 2
    last = JournalEntry.objects.filter(chain="IN2LS").latest("number")
    assert walk.heads["IN2LS"] == (last.number, last.hash)


def test_a_changed_amount_names_the_ledger_line():
    line = LedgerEntry.objects.get(kind="pay")
    alter(LEDGER, f"UPDATE {LEDGER} SET amount = 400 WHERE id = %s", line.pk)

    (finding,) = found()
    assert finding.startswith(f"ledger line {line.pk}: journal IN2LS ")


def test_a_deleted_ledger_line_is_missed():
    line = LedgerEntry.objects.get(kind="pay")
    alter(LEDGER, f"DELETE FROM {LEDGER} WHERE id = %s", line.pk)

    (finding,) = found()
    assert finding.startswith(f"ledger line {line.pk}: it is gone, journal IN2LS ")


def test_an_added_ledger_line_is_unknown(award):
    line = LedgerEntry.objects.create(
        pot=award.pot, award=award, kind="recover", amount=10, at=NOW, reason="made up"
    )

    assert found() == [f"ledger line {line.pk}: the journal does not know it"]


@pytest.mark.parametrize(
    "change",
    [
        "data = '{\"amount\": 1}'",
        "at = at - interval '1 day'",
        "verb = 'nod'",
        "by_label = 'somebody'",
    ],
)
def test_a_changed_journal_entry_is_named(change):
    entry = entry_of("approve")
    alter(JOURNAL, f"UPDATE {JOURNAL} SET {change} WHERE id = %s", entry.pk)

    (finding,) = found()
    assert finding.startswith(f"journal IN2LS {entry.number}: vouchers.application:")
    assert finding.endswith("its hash does not fit its content")


def test_a_changed_entry_with_a_new_hash_breaks_the_next_link():
    entry = entry_of("approve")
    entry.verb = "nod"
    alter(
        JOURNAL,
        f"UPDATE {JOURNAL} SET verb = 'nod', hash = %s WHERE id = %s",
        entry_hash(entry),
        entry.pk,
    )

    (finding,) = found()
    assert finding.startswith(f"journal IN2LS {entry.number + 1}: ")
    assert finding.endswith("it does not follow the entry before it")


def test_a_deleted_entry_leaves_a_gap():
    entry = entry_of("approve")
    alter(JOURNAL, f"DELETE FROM {JOURNAL} WHERE id = %s", entry.pk)

    findings = found()
    assert (
        f"journal {JournalEntry.objects.get(chain='IN2LS', number=entry.number + 1)}"
        in (findings[0])
    )
    assert findings[0].endswith("1 entries before it are missing")


def test_a_rewritten_chain_shows_against_its_anchor():
    first = JournalEntry.objects.get(chain="IN2LS", number=5)
    anchors = {("IN2LS", 5): "0" * 64, ("IN2LS", 9999): "1" * 64}

    assert found(anchors=anchors) == [
        f"journal {first}: the anchor kept another hash",
        "journal IN2LS 9999: the anchor knows it, and it is gone",
    ]


def test_erased_personal_data_is_sound_and_changed_personal_data_is_not():
    @action
    def note() -> None:
        application = Application.objects.first()
        personal = {"name": "Ann"}
        record(application, "note", by=history.BY, now=NOW, chain="IN2LS", personal=personal)

    note()
    entry = JournalEntry.objects.get(verb="note")
    JournalEntry.objects.filter(pk=entry.pk).update(personal={})
    assert found() == []
    JournalEntry.objects.filter(pk=entry.pk).update(personal={"name": "Bob"})
    assert found() == [f"journal {entry}: its personal part is not what was written"]


def test_a_state_that_no_move_made_is_named(award):
    alter("vouchers_award", "UPDATE vouchers_award SET state = 'cancelled' WHERE id = %s", award.pk)

    assert found() == [f"award {award}: it is cancelled, and the journal says completed"]


def test_a_changed_byte_of_a_letter_is_seen(letter, tmp_path):
    path = tmp_path / letter.file.name
    path.write_bytes(path.read_bytes().replace(b"letter", b"Letter"))

    assert found() == ["document IN2LS-1-INS-001-L: its file is not what was issued"]


def test_a_lost_letter_is_seen(letter, tmp_path):
    (tmp_path / letter.file.name).unlink()

    assert found() == ["document IN2LS-1-INS-001-L: its file is not what was issued"]


def test_changed_facts_are_seen_even_with_a_fitting_hash(letter):
    facts = {"amount": "9000.00"}
    Document.objects.filter(pk=letter.pk).update(facts=facts)
    assert found() == ["document IN2LS-1-INS-001-L: its facts do not fit its hash"]

    Document.objects.filter(pk=letter.pk).update(content_hash=digest(facts))
    assert found() == ["document IN2LS-1-INS-001-L: the journal has another hash of its facts"]


def test_a_swapped_upload_is_seen():
    content = b"a receipt"
    upload = Upload(name="receipt.pdf", size=9, uploaded_at=NOW)
    upload.sha256 = hashlib.sha256(content).hexdigest()
    upload.file.save("receipt.pdf", ContentFile(content))
    assert found() == []

    with upload.file.storage.open(upload.file.name, "wb") as file:
        file.write(b"another receipt")

    assert found() == [f"upload {upload.pk} receipt.pdf: its file is not what was given"]


def run(*args: str) -> str:
    out = StringIO()
    call_command("check_integrity", *args, stdout=out)
    return out.getvalue()


def test_the_command_prints_counts_and_heads_that_serve_as_anchors(tmp_path):
    text = run()
    kept = tmp_path / "anchors.csv"
    kept.write_text(text)

    assert text.startswith("Sound: ")
    assert run("--anchors", str(kept)).startswith("Sound: ")


def test_the_command_names_the_record_and_fails():
    line = LedgerEntry.objects.get(kind="pay")
    alter(LEDGER, f"UPDATE {LEDGER} SET amount = 400 WHERE id = %s", line.pk)
    out = StringIO()

    with pytest.raises(CommandError, match="1 broken of") as failure:
        call_command("check_integrity", stdout=out)

    assert failure.value.returncode == 1
    assert f"BROKEN ledger line {line.pk}: " in out.getvalue()


def test_a_file_without_anchors_is_refused(tmp_path):
    kept = tmp_path / "anchors.csv"
    kept.write_text("nothing here")

    with pytest.raises(CommandError, match="has no line of chain, number and hash"):
        run("--anchors", str(kept))
