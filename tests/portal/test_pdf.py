"""Letters: archivable, accessible, reproducible, self-contained."""

import hashlib
import io
import json
import logging
import os
import subprocess
import sys
from datetime import UTC, datetime

import pypdf
import pytest
import weasyprint
from django.conf import settings

from portal import pdf
from tests import letters
from tests.verapdf import verapdf

DOCUMENT = {
    "number": "LSV-4-ENL-0022-L",
    "code": "7K4MQ2XD",
    "title": "Award letter LSV-4-ENL-0022",
    "issued_at": datetime(2014, 4, 24, 14, 2, 11, tzinfo=UTC),
}
KINDS = {
    "award_letter": letters.AWARD_LETTER,
    "application_copy": letters.APPLICATION_COPY,
    "draft_copy": letters.DRAFT_COPY,
    "payment_advice": letters.PAYMENT_ADVICE,
}


def another_process(program, *arguments, path="", **environment):
    """Run a program that knows our settings; returns what it printed."""
    ran = subprocess.run(
        [sys.executable, "-c", f"import django, sys; django.setup(); {program}", *arguments],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        cwd=settings.BASE_DIR,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "portal.settings",
            "PYTHONPATH": f"{path}:{settings.BASE_DIR}",
            **environment,
        },
    )
    return ran.stdout.strip()


def draw(kind="award_letter", *, language="en", **changes):
    facts = {**KINDS[kind], **changes}
    return pdf.render(
        f"vouchers/pdf/{kind}.html",
        {**facts, "document": DOCUMENT},
        language=language,
        identifier="a" * 64,
        attachment=facts,
        title=DOCUMENT["title"],
    )


def opened(content):
    return pypdf.PdfReader(io.BytesIO(content))


def words(content):
    return " ".join(" ".join(page.extract_text() for page in opened(content).pages).split())


@pytest.fixture
def complaints(caplog):
    caplog.set_level(logging.WARNING, logger="weasyprint")
    return caplog.messages


@pytest.mark.parametrize("kind", KINDS)
def test_a_document_is_archivable_and_accessible_for_verapdf(kind, tmp_path, complaints):
    path = tmp_path / f"{kind}.pdf"
    path.write_bytes(draw(kind))

    assert (verapdf(path), complaints) == ([], [])


def test_verapdf_would_name_a_broken_file(tmp_path):
    plain = tmp_path / "plain.pdf"
    plain.write_bytes(weasyprint.HTML(string="<p>no archive</p>").write_pdf())

    assert verapdf(plain)[0].startswith("FAIL 3a")


def test_the_same_facts_give_the_same_bytes_in_another_process():
    theirs = another_process(
        "import hashlib; from tests.portal import test_pdf; "
        "print(hashlib.sha256(test_pdf.draw()).hexdigest())",
        PYTHONHASHSEED="7",
    )

    assert theirs == hashlib.sha256(draw()).hexdigest()


def test_other_facts_give_other_bytes():
    assert draw(amount="6999.00") != draw()


def test_the_facts_travel_inside_as_canonical_json():
    content = draw()

    held = opened(content).attachments["award_letter.json"][0]
    canonical = json.dumps(letters.AWARD_LETTER, sort_keys=True, separators=(",", ":"))
    assert held == canonical.encode()


def test_the_attachment_is_listed_once_as_data():
    catalogue = opened(draw()).trailer["/Root"]

    assert [file.get_object()["/AFRelationship"] for file in catalogue["/AF"]] == ["/Data"]


def test_the_file_names_title_language_author_and_instant():
    reader = opened(draw())

    assert (
        reader.metadata.title,
        reader.metadata.author,
        reader.metadata.creation_date,
        reader.trailer["/Root"]["/Lang"],
        reader.trailer["/Root"]["/ViewerPreferences"]["/DisplayDocTitle"],
    ) == (
        "Award letter LSV-4-ENL-0022",
        "Access Broker, East Netherlands",
        DOCUMENT["issued_at"],
        "en",
        True,
    )


def test_every_font_is_embedded_and_ours():
    fonts = {}
    for page in opened(draw()).pages:
        for font in page["/Resources"]["/Font"].values():
            descendant = font["/DescendantFonts"][0].get_object()
            fonts[font["/BaseFont"][8:]] = "/FontFile2" in descendant["/FontDescriptor"]

    assert fonts == {
        "Letter-Sans": True,
        "Letter-Sans-Bold": True,
        "Letter-Sans-Semi-Bold": True,
        "Letter-Serif": True,
        "Letter-Serif-Semi-Bold": True,
        "Letter-Symbols": True,
    }


@pytest.mark.parametrize(
    "sentence",
    [
        "Voorbeeld Implants BV",
        "We have awarded your Collaboration voucher",
        "Laboratoire Exemple de Tribologie, Liège",
        "not before 1 June 2014",
        "31 December 2014, 17:00 Brussels time",
        "Accept or decline by 8 May 2014, 17:00 Brussels time.",
        "Gross grant equivalent: €7,000. Legal act: Commission Regulation (EU) No 1407/2013",
        "Together with this voucher €17,487.50",
        "until the end of 12 May 2014, Brussels time",
        "C. Exemple Access Broker, Wallonia 24 April 2014, 15:47:02 Brussels time",
        "enter number LSV-4-ENL-0022-L and code 7K4M Q2XD",
    ],
)
def test_an_award_letter_says(sentence):
    assert sentence in words(draw())


def test_an_offer_says_its_days_before_they_are_fixed():
    offer = words(draw(start_on=None, end_on=None, claim_by=None))
    assert "not before the day you accept" in offer
    assert "6 months after you accept" in offer
    assert "30 days after the work ends, 17:00" in offer


def test_every_page_carries_funding_statement_number_and_page():
    reader = opened(draw("application_copy"))
    last = len(reader.pages)
    assert last >= 3

    feet = [page.extract_text().replace("\n", " ") for page in reader.pages]
    asked = [
        ("Co-funded by the European Union", "NWE 0226G", "LSV-4-ENL-0022-L", f"Page {n} / {last}")
        for n in range(1, last + 1)
    ]
    assert [
        tuple(word for word in wanted if word in foot)
        for wanted, foot in zip(asked, feet, strict=True)
    ] == asked


def test_a_question_is_never_parted_from_its_answer():
    pages = [page.extract_text().split("\n") for page in opened(draw("application_copy")).pages]
    feet = [page.index("Co-funded by the European Union") for page in pages]

    assert [page[:foot][-1].endswith("?") for page, foot in zip(pages, feet, strict=True)] == (
        [False] * len(pages)
    )


def test_german_words_are_hyphenated():
    purpose = "Wasserstoffperoxidbeständigkeitsprüfung " * 12
    content = draw(language="de", purpose=purpose)

    lines = opened(content).pages[0].extract_text().split("\n")
    assert [line for line in lines if line.endswith("\N{HYPHEN}")] != []


def test_amounts_and_days_follow_the_language():
    assert ("7.000" in words(draw(language="de"))) is True


@pytest.mark.parametrize("text", ["β-catenin ≥ 5 µM, CO₂ → H⁺", "Žofia Łukaszewicz, Дмитрий, ∑"])
def test_scientists_and_neighbours_can_write_their_letters(text, complaints):
    assert (text in words(draw(purpose=text)), complaints) == (True, [])


def test_what_no_font_draws_is_written_as_its_code_point():
    content = draw(purpose="Ready 🚀")

    held = json.loads(opened(content).attachments["award_letter.json"][0])
    assert ("Ready [U+1F680]" in words(content), held["purpose"]) == (True, "Ready 🚀")


def test_markup_in_answers_stays_text():
    hostile = '<img src="https://example.org/spy.png"><b>bold</b>'

    assert hostile in words(draw(purpose=hostile))


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org/emblem.png",
        "file:///etc/passwd",
        "../portal/settings.py",
        "img/missing.svg",
        "data:text/html;base64,PGI+",
    ],
)
def test_a_letter_fetches_nothing_that_is_not_ours(address):
    frame = {**letters.FRAME["frame"], "emblem": address}

    with pytest.raises(pdf.ForeignFile, match="is not a file of the portal"):
        draw(frame=frame)


def test_an_uploaded_emblem_is_drawn_from_the_facts(complaints):
    dot = (
        "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGMQUTIBAAEA"
        "AJa6pJ3xAAAAAElFTkSuQmCC"
    )

    content = draw(frame={**letters.FRAME["frame"], "emblem": dot})

    assert (content != draw(), complaints) == (True, [])


def test_the_portal_starts_without_pango_and_says_what_a_letter_needs(tmp_path):
    (tmp_path / "weasyprint").mkdir()
    (tmp_path / "weasyprint/__init__.py").write_text("raise OSError('no pango here')")

    said = another_process(
        "from portal.pdf import PdfUnavailable, render\n"
        "try: render('any', {}, language='en', identifier='', attachment={}, title='')\n"
        "except PdfUnavailable as why: print(why)",
        path=tmp_path,
    )

    assert said == (
        "Letters cannot be drawn here: install the Debian packages libpango-1.0-0 "
        "libpangoft2-1.0-0 libharfbuzz-subset0. (no pango here)"
    )


def test_only_a_letter_loads_the_engine():
    said = another_process("import sys, portal.urls; print('weasyprint' in sys.modules)")

    assert said == "False"
