"""Files are looked at before anything is stored."""

import hashlib
import io

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from portal import uploads
from portal.uploads import UploadRefused, check


def pdf(**options) -> bytes:
    out = io.BytesIO()
    document = pikepdf.new()
    document.add_blank_page()
    document.save(out, **options)
    return out.getvalue()


def picture(kind: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "white").save(out, kind)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "content_type"),
    [
        ("quote.pdf", pdf(), "application/pdf"),
        ("QUOTE.PDF", pdf(), "application/pdf"),
        ("scan.png", picture("PNG"), "image/png"),
        ("scan.jpg", picture("JPEG"), "image/jpeg"),
        ("scan.jpeg", picture("JPEG"), "image/jpeg"),
    ],
)
def test_a_file_that_is_what_it_says_is_taken(name, content, content_type):
    # The browser's word for the type is not asked.
    found = check(SimpleUploadedFile(name, content, content_type="text/html"))
    assert (found.name, found.content_type, found.size, found.sha256) == (
        name,
        content_type,
        len(content),
        hashlib.sha256(content).hexdigest(),
    )


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("empty.pdf", b"", "The file is empty. Choose another file"),
        (
            "big.pdf",
            b"%PDF-" + bytes(11 * 1024 * 1024),
            "The file is larger than 10 MB. Choose a smaller file",
        ),
        (
            "page.pdf",
            b"<script>alert(1)</script>",
            "Choose a PDF, PNG or JPEG file that opens without a password",
        ),
        (
            "broken.pdf",
            b"%PDF-1.7 and nothing else",
            "Choose a PDF, PNG or JPEG file that opens without a password",
        ),
        (
            "locked.pdf",
            pdf(encryption=pikepdf.Encryption(owner="o", user="u")),
            "Choose a PDF, PNG or JPEG file that opens without a password",
        ),
        (
            "cut.png",
            picture("PNG")[:30],
            "Choose a PDF, PNG or JPEG file that opens without a password",
        ),
        (
            "picture.pdf",
            picture("PNG"),
            "The file's name and content differ. Save it again as PDF, PNG or JPEG",
        ),
        (
            "quote.exe",
            pdf(),
            "The file's name and content differ. Save it again as PDF, PNG or JPEG",
        ),
    ],
)
def test_any_other_file_is_refused_with_what_to_do(name, content, sentence):
    with pytest.raises(UploadRefused) as caught:
        check(SimpleUploadedFile(name, content))
    assert caught.value.sentence == sentence


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/quote.pdf", "quote.pdf"),
        ("C:\\Temp\\quote.pdf", "quote.pdf"),
        ("quo\nte\0.pdf", "quote.pdf"),
        ("x" * 300 + ".pdf", "x" * 146 + ".pdf"),
    ],
)
def test_a_name_is_never_a_path(name, kept):
    file = SimpleUploadedFile("quote.pdf", pdf())
    # Django tidies the names of uploads itself; this is what reaches us if it ever does not.
    file._name = name
    assert (check(file).name, len(check(file).name) <= uploads.MAX_NAME) == (kept, True)
