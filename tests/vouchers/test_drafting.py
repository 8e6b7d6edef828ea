"""The form's pages: bad input of every kind, saved as typed, and nothing lost."""

import io
from datetime import timedelta

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.html import escape

from portal.models import Upload
from tests import clamd
from tests.vouchers import factories
from vouchers.actions import calls
from vouchers.models import Answer, Application, QuestionSet

pytestmark = pytest.mark.django_db
ALL_KINDS = [
    {
        "section": "all",
        "section_title": "Everything",
        "key": kind,
        "kind": kind,
        "label": kind.replace("_", " ").capitalize(),
        "max_length": 20 if kind.endswith("text") else None,
        "choices": [["a", "First"], ["b", "Second"]] if kind == "choice" else [],
    }
    for kind in (
        "short_text",
        "long_text",
        "number",
        "money",
        "date",
        "choice",
        "yes_no",
        "file",
    )
]


@pytest.fixture
def world(freeze) -> factories.World:
    freeze(factories.NOW)
    return factories.make_world()


@pytest.fixture
def sme(client, world):
    client.force_login(world.sme)
    return client


@pytest.fixture
def all_kinds(world) -> Application:
    """Return a draft whose form has one question of each kind."""
    asked: QuestionSet = calls.publish_questions(
        world.programme, code="all", questions=ALL_KINDS, by=factories.SET_UP, now=world.now
    )
    application = factories.draft(world)
    application.question_set = asked
    application.save()
    return application


def url(application: Application, code: str) -> str:
    return f"/applications/{application.address}/{code}/"


def stored(application: Application) -> dict[str, object]:
    rows = Answer.objects.filter(application=application, value__isnull=False)
    return dict(rows.values_list("question__key", "value"))


def pdf() -> bytes:
    out = io.BytesIO()
    document = pikepdf.new()
    document.add_blank_page()
    document.save(out)
    return out.getvalue()


GOOD = {
    "short_text": ("A word", "A word"),
    "long_text": ("Two\r\nlines", "Two\nlines"),
    "number": ("3", "3"),
    "money": ("1,000.50", "1000.50"),
    "date": ("2 June 2027", "2027-06-02"),
    "choice": ("b", "b"),
    "yes_no": ("no", "no"),
}


def test_every_kind_is_stored_and_shown_again(sme, all_kinds):
    answer = sme.post(url(all_kinds, "all"), {key: sent for key, (sent, _kept) in GOOD.items()})
    assert (answer.status_code, stored(all_kinds)) == (
        302,
        {key: kept for key, (_sent, kept) in GOOD.items()},
    )
    page = sme.get(url(all_kinds, "all")).content.decode()
    shown = ["A word", "Two\nlines", 'value="1,000.50"', 'value="2 June 2027"']
    assert [text for text in shown if text not in page] == []


BAD = [
    ("short_text", "x" * 21, "Short text must be 20 characters or fewer. It is 1 too long"),
    ("long_text", "x" * 43, "Long text must be 20 characters or fewer. It is 23 too long"),
    ("short_text", "a\x07b", "Short text has characters that cannot be printed. Remove them"),
    ("number", "three", "Number must be a number, like 2,400.50"),
    ("number", "-3", "Number must be 0 or more"),
    ("money", "1.000,50", "Money must be a number, like 2,400.50"),
    ("money", "2.4k", "Money must be a number, like 2,400.50"),
    ("money", "0.001", "Money must have no more than two decimal places"),
    ("date", "31 February 2027", "Date must be a date, like 2 June 2027"),
    ("choice", "<script>", "Choose one of the answers"),
    ("yes_no", "maybe", "Choose one of the answers"),
]


@pytest.mark.parametrize(("key", "typed", "sentence"), BAD)
def test_bad_input_gets_a_sentence_and_stays_in_the_field(sme, all_kinds, key, typed, sentence):
    answer = sme.post(url(all_kinds, "all"), {"short_text": "kept", key: typed})
    page = answer.content.decode()
    assert (answer.status_code, page.count(sentence)) == (422, 2)
    all_kinds.refresh_from_db()
    assert all_kinds.typed == {"all": {key: typed}}
    again = sme.get(url(all_kinds, "all")).content.decode()
    if key not in ("choice", "yes_no"):
        assert escape(typed) in again
    assert sentence in again


def test_what_is_valid_is_stored_beside_what_is_not(sme, all_kinds):
    sme.post(url(all_kinds, "all"), {"short_text": "kept", "number": "three", "yes_no": "yes"})
    assert stored(all_kinds) == {"short_text": "kept", "yes_no": "yes"}


def test_empty_answers_are_no_error_in_a_draft(sme, all_kinds):
    answer = sme.post(url(all_kinds, "all"), dict.fromkeys(GOOD, ""))
    assert (answer.status_code, stored(all_kinds)) == (302, {})


def test_nul_bytes_neither_break_nor_get_stored(sme, all_kinds):
    answer = sme.post(url(all_kinds, "all"), {"short_text": "a\0b"})
    all_kinds.refresh_from_db()
    assert (answer.status_code, all_kinds.typed) == (
        422,
        {"all": {"short_text": "a\N{REPLACEMENT CHARACTER}b"}},
    )


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.pdf", b"", "The file is empty"),
        ("a.pdf", b"%PDF-" + bytes(11 * 1024 * 1024), "The file is larger than 10 MB"),
        ("a.pdf", b"MZ\x90", "Choose a PDF, PNG or JPEG file"),
    ],
)
def test_a_bad_file_is_refused_and_the_other_answers_are_kept(
    sme, all_kinds, name, content, sentence
):
    sent = {"short_text": "kept", "file": SimpleUploadedFile(name, content)}
    answer = sme.post(url(all_kinds, "all"), sent)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert (stored(all_kinds), Upload.objects.count()) == ({"short_text": "kept"}, 0)


def test_a_file_with_a_virus_is_refused_alone(sme, all_kinds, settings):
    file = SimpleUploadedFile("quote.pdf", pdf() + clamd.EICAR)
    with clamd.listening() as server:
        settings.CLAMAV = server.server_address
        answer = sme.post(url(all_kinds, "all"), {"short_text": "kept", "file": file})
    assert (answer.status_code, answer.content.decode().count("A virus was found")) == (422, 2)
    assert (stored(all_kinds), Upload.objects.count()) == ({"short_text": "kept"}, 0)


def test_a_file_is_added_shown_and_taken_away(sme, all_kinds):
    sme.post(url(all_kinds, "all"), {"file": SimpleUploadedFile("quote.pdf", pdf())})
    attachment = all_kinds.attachments.get()
    assert b"quote.pdf" in sme.get(url(all_kinds, "all")).content

    sme.post(url(all_kinds, "all"), {"detach": attachment.pk, "short_text": "kept"})
    assert (all_kinds.attachments.count(), stored(all_kinds)) == (0, {"short_text": "kept"})


@pytest.mark.parametrize("number", ["999999", "x", "٣", "-1"])
def test_another_file_is_not_taken_away(sme, world, all_kinds, number):
    theirs = factories.complete_draft(world, by=factories.another_sme(world))
    pk = theirs.attachments.get().pk if number == "999999" else number
    sme.post(url(all_kinds, "all"), {"detach": pk})
    assert theirs.attachments.count() == 1


def test_a_period_ends_after_it_starts(sme, world):
    application = factories.draft(world)
    answer = sme.post(
        url(application, "plan"), {"starts_on": "9 June 2027", "ends_on": "9 May 2027"}
    )
    assert answer.status_code == 422
    assert "End date must not be before start date" in answer.content.decode()
    assert stored(application) == {"starts_on": "2027-06-09"}


# Saved as it is typed


def test_autosave_answers_with_time_marks_and_panel_and_writes_what_is_valid(sme, world):
    application = factories.draft(world)
    answer = sme.post(url(application, "need"), {"need": "Typed"}, headers={"X-Autosave": "1"})
    found = answer.json()
    assert (found["saved"], found["problem"], sorted(found["seen"])) == (
        "Draft saved at 10:00:00 Amsterdam time",
        "",
        ["seen-need", "seen-purpose"],
    )
    # What was typed moves no check; a title, a partner or an amount may.
    assert found["panel"] == ""
    assert stored(application) == {"need": "Typed"}
    titled = sme.post(url(application, "about"), {"title": "A"}, headers={"X-Autosave": "1"})
    assert "Brussels time" in titled.json()["panel"]


def test_autosave_after_the_last_second_says_so(sme, world, freeze):
    application = factories.draft(world)
    freeze(world.call.closes_at + timedelta(seconds=61))
    answer = sme.post(url(application, "need"), {"need": "Late"}, headers={"X-Autosave": "1"})
    assert (answer.status_code, answer.json()) == (
        409,
        {"problem": "This call closed on 20 March 2027, 17:00 Brussels time"},
    )


def test_two_browsers_see_both_texts_and_nothing_is_lost(sme, world):
    application = factories.draft(world)
    address = url(application, "need")
    page = sme.get(address)
    marks = dict(page.context["seen"])
    other = Client()
    other.force_login(world.sme)
    other.post(address, {**marks, "need": "Their text"})

    typed = sme.post(address, {**marks, "need": "My text"}, headers={"X-Autosave": "1"}).json()
    assert (typed["seen"], typed["problem"]) == (
        {"seen-purpose": marks["seen-purpose"]},
        "Somebody else has changed this page. Press “Save and continue” to see both texts",
    )
    mine = sme.post(address, {**marks, **typed["seen"], "need": "My text"})
    shown = mine.content.decode()
    assert (mine.status_code, "Their text" in shown, "My text" in shown) == (409, True, True)
    assert stored(application) == {"need": "Their text"}

    sme.post(address, {**mine.context["seen"], "need": "My text"})
    assert stored(application) == {"need": "My text"}


# Nothing is lost: a closed call, an ended session


def test_a_closed_call_shows_the_sentence_and_the_text_and_gives_it_back(sme, world, freeze):
    application = factories.draft(world)
    freeze(world.call.closes_at + timedelta(minutes=5))
    address = url(application, "need")
    answer = sme.post(address, {"need": "My long <text>"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "This call closed on 20 March 2027, 17:00 Brussels time" in page
    assert "My long &lt;text&gt;" in page

    file = sme.post(address, {"need": "My long <text>", "download": "1"})
    assert "My long <text>" in file.content.decode()
    assert file["Content-Type"] == "text/plain; charset=utf-8"
    assert stored(application) == {}


def test_text_sent_with_an_ended_session_waits_for_the_sign_in(client, world):
    application = factories.draft(world)
    address = url(application, "need")
    sent = client.post(address, {"need": "Three hundred words", "purpose": "expert"})
    assert sent["Location"] == f"/accounts/login/?next={address}"

    signed = client.post(sent["Location"], {"login": world.sme.email, "password": "password"})
    assert signed.status_code in (200, 302)
    client.force_login(world.sme)
    page = client.get(address)
    assert b"You were signed out while you typed" in page.content
    assert b"Three hundred words" in page.content
    assert stored(application) == {}

    client.post(address, {"need": "Three hundred words", "purpose": "expert"})
    assert stored(application) == {"need": "Three hundred words", "purpose": "expert"}
    assert b"You were signed out" not in client.get(address).content


def test_a_partner_typed_with_an_ended_session_is_shown_after_the_sign_in(client, world):
    application = factories.draft(world)
    client.post(url(application, "hosts"), {"name": "Exempellab", "region": str(world.host.pk)})
    client.force_login(world.sme)
    assert b'value="Exempellab"' in client.get(url(application, "hosts")).content


def test_a_partner_begun_and_left_does_not_stand_in_the_way(sme, world):
    application = factories.complete_draft(world, "meet_greet")
    sme.post(url(application, "hosts"), {"name": "Half"})
    page = sme.get(f"/applications/{application.address}/").content
    assert (b"Needs correcting" in page, b"Ready to check" in page) == (False, True)


def test_kept_text_is_shown_only_at_its_own_address(client, world):
    application = factories.draft(world)
    client.post(url(application, "need"), {"need": "Mine"})
    client.force_login(world.sme)
    assert b"Mine" not in client.get(url(application, "about")).content


# Parts that are rows


def costs(**more: str) -> dict[str, object]:
    return {
        "cost-row": ["1"],
        "cost-1-item": "Train",
        "cost-1-amount": "420",
        "amount": "420",
        **more,
    }


@pytest.fixture
def trip(world) -> Application:
    return factories.draft(world, "meet_greet")


@pytest.fixture
def travel(world) -> str:
    return str(world.voucher_type("meet_greet").cost_kinds.get(code="travel").pk)


CAP = "Enter an amount up to €500: this voucher cannot pay €500.01"


@pytest.mark.parametrize(
    ("language", "typed", "found"),
    [
        ("en", "500.00", (302, "500.00", "")),
        ("de", "500,00", (302, "500.00", "")),
        ("de", "500.00", (302, "500.00", "")),
        ("en", "500.01", (422, None, CAP)),
        ("en", "0", (422, None, "Enter an amount above zero, up to €500")),
        ("en", "1.000,50", (422, None, "Amount you ask for must be a number, like 2,400.50")),
        ("en", "", (422, None, "Enter the amount you ask for")),
    ],
)
def test_amounts_obey_the_voucher(sme, trip, travel, *, language, typed, found):
    status, amount, sentence = found
    answer = sme.post(
        url(trip, "costs"),
        costs(**{"cost-1-kind": travel, "amount": typed}),
        headers={"Accept-Language": language},
    )
    trip.refresh_from_db()
    kept = str(trip.amount) if trip.amount is not None else None
    assert (answer.status_code, kept) == (status, amount)
    assert sentence in answer.content.decode()


def test_a_german_amount_above_the_cap_is_understood_and_refused(sme, trip, travel):
    answer = sme.post(
        url(trip, "costs"),
        costs(**{"cost-1-kind": travel, "amount": "1.000,50"}),
        headers={"Accept-Language": "de"},
    )
    assert answer.status_code == 422
    assert "1.000,50" in answer.content.decode()


def test_lines_are_added_and_removed_by_buttons_without_a_word_of_blame(sme, trip, travel):
    line = {"cost-1-kind": travel}
    more = sme.post(url(trip, "costs"), costs(**line, **{"cost-add": "1", "amount": ""}))
    page = more.content.decode()
    assert (more.status_code, page.count('name="cost-row"')) == (200, 2)
    assert "There is a problem" not in page
    assert [str(c) for c in trip.cost_lines.all()] == ["Train: 420.00"]

    sme.post(url(trip, "costs"), costs(**line, **{"cost-remove": "1"}))
    assert trip.cost_lines.count() == 0


def test_a_wrong_line_is_not_counted_and_not_lost(sme, trip, travel):
    sent = {
        "cost-row": ["1", "2"],
        "cost-1-kind": travel,
        "cost-1-item": "Train",
        "cost-1-amount": "210",
        "cost-2-kind": travel,
        "cost-2-item": "Hotel",
        "cost-2-amount": "2.4k",
        "amount": "400",
    }
    answer = sme.post(url(trip, "costs"), sent)
    page = answer.content.decode()
    assert (answer.status_code, "Amount without VAT must be a number, like 2,400.50" in page) == (
        422,
        True,
    )
    assert 'href="#id_cost-2-amount"' in page
    assert [str(c) for c in trip.cost_lines.all()] == ["Train: 210.00"]
    again = sme.get(url(trip, "costs")).content.decode()
    assert ('value="2.4k"' in again, 'value="Hotel"' in again) == (True, True)


def test_costs_that_the_voucher_does_not_pay_cannot_be_chosen(sme, world, trip):
    software = world.voucher_type("meet_greet").cost_kinds.get(code="software")
    assert b"Software" not in sme.get(url(trip, "costs")).content
    answer = sme.post(url(trip, "costs"), costs(**{"cost-1-kind": str(software.pk)}))
    assert answer.status_code == 422
    assert "Choose a type of cost that the voucher pays" in answer.content.decode()


def test_a_lump_sum_has_no_amount_to_edit(sme, world):
    application = factories.draft(world, "insight")
    page = sme.get(url(application, "costs")).content.decode()
    assert ('name="amount"' in page, "lump sum of €4,000" in page) == (False, True)
    sme.post(url(application, "costs"), {"amount": "9000"})
    application.refresh_from_db()
    assert application.amount == 4000


def aid(**more: object) -> dict[str, object]:
    return {"is_export_tied": "no", "aid-row": ["1"], **more}


LINE = {
    "aid-1-granted_on": "4 May 2026",
    "aid-1-authority": "Province",
    "aid-1-member_state": "NL",
    "aid-1-amount": "2,500",
}


def test_aid_is_declared_line_by_line_or_as_none(sme, world):
    application = factories.draft(world)
    sme.post(url(application, "aid"), aid(**LINE))
    application.refresh_from_db()
    assert application.aid_declared_at == world.now
    assert [str(a) for a in world.organisation.declared_aid.all()] == [
        "Province 2026-05-04: 2500.00"
    ]
    sme.post(url(application, "aid"), aid(none="on"))
    assert world.organisation.declared_aid.count() == 0


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({}, "Name the aid below, or tick that there was none"),
        ({**LINE, "none": "on"}, "Remove the lines below, or take this tick away"),
        ({**LINE, "aid-1-granted_on": "4 May 2030"}, "must not be granted in the future"),
        ({**LINE, "aid-1-amount": "0"}, "Enter an amount above 0, or remove the line"),
        ({**LINE, "aid-1-authority": ""}, "Enter who granted the aid"),
        ({**LINE, "aid-1-member_state": "XX"}, "XX"),
    ],
)
def test_half_a_declaration_declares_nothing_and_is_kept(sme, world, sent, sentence):
    application = factories.draft(world)
    answer = sme.post(url(application, "aid"), aid(**sent))
    application.refresh_from_db()
    assert (answer.status_code, application.aid_declared_at) == (422, None)
    assert sentence in answer.content.decode()
    assert application.typed["aid"]["is_export_tied"] == ["no"]


def test_figures_are_stored_whole_and_kept_when_not(sme, world):
    application = factories.draft(world)
    figures = {
        "year": "2026",
        "headcount": "14",
        "turnover": "1,900,000",
        "balance_sheet": "",
        "sector": "life_sciences",
    }
    half = sme.post(url(application, "organisation"), figures)
    assert half.status_code == 422
    assert "Enter your balance sheet total, or 0" in half.content.decode()
    assert b'value="1,900,000"' in sme.get(url(application, "organisation")).content

    whole = sme.post(url(application, "organisation"), {**figures, "balance_sheet": "0"})
    application.refresh_from_db()
    assert (whole.status_code, application.sme_class, application.typed) == (302, "small", {})


def test_a_partner_is_chosen_replaced_and_removed(sme, world):
    application = factories.draft(world)
    address = url(application, "hosts")
    for slug in ("mass-spectrometry-wallonia", "mass-spectrometry-lower-saxony"):
        sme.post(address, {"choose": slug})
    assert [h.region for h in application.hosts.all()] == [world.host]
    sme.post(address, {"remove": application.hosts.get().pk})
    assert application.hosts.count() == 0
    assert sme.post(address, {"choose": "no-such-record"}).status_code == 404


def test_the_search_offers_what_can_be_chosen_outside_the_own_region(sme, world):
    application = factories.draft(world)
    found = sme.get(url(application, "hosts") + "?q=mass").context["found"]
    assert sorted(r.slug for r in found) == [
        "mass-spectrometry-lower-saxony",
        "mass-spectrometry-south-netherlands",
        "mass-spectrometry-wallonia",
    ]
    nothing = sme.get(url(application, "hosts") + "?q=zebra%00")
    assert "Nothing found" in nothing.content.decode()


def test_a_partner_is_named_by_hand_and_bad_input_is_kept(sme, world):
    application = factories.draft(world)
    hand = {
        "by_hand": "1",
        "name": "Exempellab",
        "region": str(world.host.pk),
        "contact_name": "E. Exempel",
        "contact_email": "not-an-address",
    }
    bad = sme.post(url(application, "hosts"), hand)
    assert bad.status_code == 422
    assert "Enter an e-mail address like name@organisation.eu" in bad.content.decode()
    assert b'value="Exempellab"' in bad.content

    assert b'value="Exempellab"' in sme.get(url(application, "hosts")).content

    sme.post(url(application, "hosts"), {**hand, "contact_email": "lab@exempel.example"})
    host = application.hosts.get()
    assert (host.name, host.region, host.country, host.contact_email) == (
        "Exempellab",
        world.host,
        "DE",
        "lab@exempel.example",
    )


def test_a_sixth_partner_is_refused_with_a_sentence(sme, world, trip):
    for number in range(5):
        sme.post(url(trip, "hosts"), {"name": f"Host {number}", "region": str(world.host.pk)})
    answer = sme.post(url(trip, "hosts"), {"name": "Host 6", "region": str(world.host.pk)})
    assert (answer.status_code, trip.hosts.count()) == (422, 5)
    assert "This voucher takes up to 5 partners. Remove one first" in answer.content.decode()


def test_a_panel_costs_few_queries(sme, world, django_assert_max_num_queries):
    application = factories.complete_draft(world)
    with django_assert_max_num_queries(60):
        sme.get(url(application, "need"))
