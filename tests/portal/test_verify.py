"""Anybody can ask whether a letter is genuine; nobody learns more than the letter says."""

import hashlib
from datetime import UTC, date, datetime

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile

from portal.enums import DocumentState
from portal.models import Document, Programme

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7 the letter"
HASH = "ab12cd34" + "0" * 56


@pytest.fixture
def letter(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    programme = Programme.objects.create(
        code="LSV",
        name="Life Sciences Vouchers",
        short_name="LSV",
        starts_on=date(2026, 1, 1),
        ends_on=date(2028, 1, 1),
    )
    document = Document(
        kind="award_letter",
        number="LSV-1-COL-017-L",
        programme=programme,
        subject_type="vouchers.award",
        subject_id=1,
        title="Award letter LSV-1-COL-017",
        facts={"sme_name": "Voorbeeld Biotech BV"},
        content_hash=HASH,
        state=DocumentState.READY,
        sha256=hashlib.sha256(PDF).hexdigest(),
        issued_at=datetime(2026, 6, 1, 8, tzinfo=UTC),
    )
    document.file.save("letter.pdf", ContentFile(PDF), save=False)
    document.save()
    return document


def check(client, **data):
    return client.post("/verify/", data)


def test_number_and_code_find_the_letter(client, letter):
    page = check(client, number="lsv-1-col-017-l", code="AB12-CD34").content.decode()
    assert "This document is genuine" in page
    assert HASH in page
    assert "Voorbeeld" not in page


def test_file_finds_the_letter(client, letter):
    response = check(client, file=SimpleUploadedFile("any.pdf", PDF))
    assert response.context["document"] == letter


@pytest.mark.parametrize("code", ["AB12CD35", "A", "", "ab12cd34ff"])
def test_wrong_code_finds_nothing(client, letter, code):
    page = check(client, number=letter.number, code=code).content.decode()
    assert HASH not in page
    assert "genuine" not in page.split("<form")[0].split("<h1>")[1].split("</p>")[1]


def test_changed_file_finds_nothing(client, letter):
    response = check(client, file=SimpleUploadedFile("any.pdf", PDF + b" "))
    assert response.context["document"] is None


def test_empty_form_asks_for_number_or_file(client):
    response = check(client)
    assert response.context["form"].errors == {
        "number": ["Enter the number, or choose the file"],
    }


def test_address_of_a_letter_fills_in_its_number(client, letter):
    page = client.get(f"/verify/{letter.number}/").content.decode()
    assert f'value="{letter.number}"' in page
    assert HASH not in page
