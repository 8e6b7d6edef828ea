"""ClamAV is asked over a real socket, and no answer is not a good one."""

import io
import socket
import tempfile
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from portal import viruses
from portal.uploads import UploadRefused, check, check_picture
from tests import clamd
from tests.portal.test_uploads import pdf

LARGE = bytes(range(256)) * 1000


@pytest.mark.parametrize(
    ("content", "virus"),
    [(b"", ""), (b"harmless", ""), (LARGE, ""), (LARGE + clamd.EICAR, clamd.SIGNATURE)],
)
def test_every_byte_is_looked_at(content, virus):
    with clamd.listening() as server:
        found = viruses.found_in(content, server.server_address)
    assert (found, server.seen) == (virus, [content])


def test_clamd_may_listen_on_a_socket_file():
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "clamd.ctl")
        with clamd.listening(path):
            assert viruses.found_in(clamd.EICAR, str(path)) == clamd.SIGNATURE


@pytest.mark.parametrize(
    "answer",
    [
        b"INSTREAM size limit exceeded. ERROR\0",
        b"stream: Can't allocate memory ERROR\0",
        b"stream: OK",
        b"x" * 5000,
        b"\0",
    ],
)
def test_any_other_answer_is_no_verdict(answer):
    with clamd.listening(answer=answer) as server, pytest.raises(viruses.NotScanned):
        viruses.found_in(b"harmless", server.server_address)


def test_nobody_listening_is_no_verdict():
    for address in (("127.0.0.1", 1), "/nowhere/clamd.ctl"):
        with pytest.raises(viruses.NotScanned):
            viruses.found_in(b"harmless", address)


def test_a_server_that_says_nothing_is_left():
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(viruses.NotScanned):
        viruses.found_in(b"harmless", silent.getsockname(), seconds=0.1)


def test_a_clean_upload_is_taken(settings):
    content = pdf()
    with clamd.listening() as server:
        settings.CLAMAV = server.server_address
        assert check(SimpleUploadedFile("quote.pdf", content)).content == content
    assert server.seen == [content]


def test_an_upload_with_a_virus_is_refused(settings):
    with clamd.listening() as server:
        settings.CLAMAV = server.server_address
        with pytest.raises(UploadRefused) as caught:
            check(SimpleUploadedFile("quote.pdf", pdf() + clamd.EICAR))
    assert caught.value.sentence == (
        "A virus was found in this file. Check your computer and choose another file"
    )


def test_an_upload_that_cannot_be_scanned_is_held_and_logged(settings, caplog):
    settings.CLAMAV = ("127.0.0.1", 1)
    assert check(SimpleUploadedFile("quote.pdf", pdf())).is_held
    assert [record.levelname for record in caplog.records] == ["ERROR"]


def test_a_picture_that_cannot_be_scanned_is_refused(settings):
    settings.CLAMAV = ("127.0.0.1", 1)
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "PNG")
    with pytest.raises(UploadRefused) as caught:
        check_picture(SimpleUploadedFile("plate.png", out.getvalue()))
    assert caught.value.sentence == (
        "Files cannot be checked for viruses right now. Try again in a few minutes"
    )
