"""The command that brings in records: what it prints, and that it writes only when told."""

import pytest
from django.core.management import CommandError, call_command

from catalogue.models import Record
from portal import clock
from tests.catalogue import factories
from tests.catalogue.factories import NOW
from tests.catalogue.files import ROW, table

pytestmark = pytest.mark.django_db


@pytest.fixture
def say(tmp_path, capsys):
    """Run the command on a file; return what it printed."""

    def run(content: bytes, *options: str) -> list[str]:
        path = tmp_path / "records.csv"
        path.write_bytes(content)
        with clock.moved_to(NOW):
            call_command("import_catalogue", str(path), *options)
        return capsys.readouterr().out.splitlines()

    return run


@pytest.fixture
def owner():
    return f"--provider={factories.provider().slug}"


def test_dry_run_says_what_it_would_do(say, owner):
    assert say(table(ROW), owner) == [
        "line 2: would be created: Orbitrap",
        "1 would be created, 0 would be updated, 0 unchanged, 0 refused",
        "Nothing was written. Add --commit to write it.",
    ]
    assert Record.objects.count() == 0


def test_commit_writes_once(say, owner):
    assert say(table(ROW), owner, "--commit") == [
        "line 2: created: Orbitrap",
        "1 created, 0 updated, 0 unchanged, 0 refused",
    ]
    assert say(table(ROW), owner, "--commit") == [
        "line 2: unchanged: Orbitrap",
        "0 created, 0 updated, 1 unchanged, 0 refused",
    ]


def test_refused_row_keeps_all_out_unless_skipped(say, owner, capsys):
    content = table(ROW, {**ROW, "ID": "", "Colour": "red"})
    with pytest.raises(CommandError, match=r"^Nothing was written: correct the refused rows, or"):
        say(content, owner, "--commit")
    assert capsys.readouterr().out.splitlines() == [
        "line 2: would be created: Orbitrap",
        "line 3: refused: ID is missing: without it the row would come in again each time",
        "Columns passed over: Colour",
        "1 would be created, 0 would be updated, 0 unchanged, 1 refused",
    ]
    say(content, owner, "--commit", "--skip-refused")
    assert [record.title for record in Record.objects.all()] == ["Orbitrap"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "The file is empty: it needs a header row and a row for each record."),
        (
            b"\xef\xbb\xbf\r\n",
            "The file is empty: it needs a header row and a row for each record.",
        ),
        (b"Type,ID\r\n", "The file has a header and no row: it needs a row for each record."),
        (b"Type,ID,type\r\nfacility,1,\r\n", "The column Type stands there twice: remove one"),
        (
            b"Type|Name|ID\r\nfacility|Hall|1\r\n",
            r"The first row has no header that the portal knows, but: Type\|Name\|ID. It needs at",
        ),
    ],
)
def test_file_that_cannot_be_read_is_one_sentence(say, owner, content, reason):
    with pytest.raises(CommandError, match=f"^Nothing was written. {reason}"):
        say(content, owner)


def test_unknown_provider_and_missing_file_are_one_sentence(say):
    with pytest.raises(CommandError, match=r"^No provider has the slug nobody\.$"):
        say(table(ROW), "--provider=nobody")
    with pytest.raises(CommandError, match=r"^/nowhere cannot be read: No such file or directory"):
        call_command("import_catalogue", "/nowhere")
