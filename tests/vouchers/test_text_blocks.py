"""Text blocks: a manager keeps them, a broker begins a message with one."""

import pytest
from django.core.exceptions import PermissionDenied
from django.template.loader import render_to_string
from django.test import Client

from portal.models import JournalEntry, OutgoingMail
from portal.permissions import Actor
from portal.workflow import as_json
from tests.vouchers import factories, lives
from vouchers.actions import setup
from vouchers.documents.award_letter import award_letter_facts
from vouchers.documents.payment_advice import payment_advice_facts
from vouchers.enums import TextUse
from vouchers.models import Application, ChangeRequest, TextBlock

pytestmark = pytest.mark.django_db
QUOTE = "Please send the quote of your partner.\nIt must name its VAT."
SCOPE = "Your project is outside the life sciences."


@pytest.fixture
def world(settings, freeze) -> factories.World:
    settings.MFA_RELAXED_FOR_DEMO = True
    freeze(factories.NOW)
    return factories.make_world()


def block(world, use=TextUse.QUESTION, text=QUOTE, **more) -> TextBlock:
    row = TextBlock(programme=world.programme, use=use, title="Quote", text=text, **more)
    return setup.create(row, by=Actor.person(world.manager), now=world.now)


@pytest.fixture
def desk(world) -> Client:
    client = Client()
    client.force_login(world.broker)
    return client


def page_of(application: Application, name: str = "change") -> str:
    return f"/admin/vouchers/application/{application.reference}/{name}/"


ASKED = {
    "send_back-kind": "question",
    "send_back-answer_day": "2027-03-15",
    "send_back-answer_time": "17:00",
}


def test_a_question_may_be_a_block_alone(world, desk):
    one, application = block(world), factories.submitted(world)
    text = desk.get(page_of(application)).content.decode()
    assert "Quote (English)" in text
    assert 'data-text="Please send the quote of your partner.' in text
    answer = desk.post(
        page_of(application, "send_back"),
        {**ASKED, "send_back-block": str(one.pk), "send_back-message": ""},
    )
    assert answer.status_code == 302
    assert ChangeRequest.objects.get().message == QUOTE
    mail = OutgoingMail.objects.get(kind="changes_requested")
    assert "It must name its VAT." in mail.body


def test_what_the_broker_writes_counts_more_than_the_block(world, desk):
    one, application = block(world), factories.submitted(world)
    desk.post(
        page_of(application, "send_back"),
        {**ASKED, "send_back-block": str(one.pk), "send_back-message": "Only the quote, please."},
    )
    assert ChangeRequest.objects.get().message == "Only the quote, please."


def test_neither_a_block_nor_a_message_is_refused_in_words(world, desk):
    block(world)
    application = factories.submitted(world)
    answer = desk.post(page_of(application, "send_back"), {**ASKED, "send_back-message": " "})
    assert "Write what the reader needs to know" in answer.content.decode()
    assert not ChangeRequest.objects.exists()


def test_a_refusal_has_blocks_of_its_own(world, desk):
    block(world)
    refusal = block(world, TextUse.REFUSAL, SCOPE)
    application = factories.submitted(world)
    name = "find_ineligible"
    sent = {f"{name}-reason": "out_of_scope", f"{name}-block": str(refusal.pk)}
    assert desk.post(page_of(application, name), sent).status_code == 302
    assert Application.objects.get(pk=application.pk).decisions.get().message == SCOPE


def test_a_block_of_another_use_or_region_is_not_offered(world, desk):
    elsewhere = block(world, region=world.host, text="Nur hier.")
    retired = block(world, text="Not any more.", is_offered=False)
    own = block(world, region=world.home, text="Only here.", language="nl")
    application = factories.submitted(world)
    text = desk.get(page_of(application)).content.decode()
    assert "Only here." in text
    assert "Nur hier." not in text
    assert "Not any more." not in text
    for wrong in (elsewhere, retired):
        answer = desk.post(
            page_of(application, "send_back"), {**ASKED, "send_back-block": str(wrong.pk)}
        )
        assert "Choose a text block of the list" in answer.content.decode()
    assert own.is_offered
    assert not ChangeRequest.objects.exists()


def test_without_blocks_the_form_is_as_before(world, desk):
    application = factories.submitted(world)
    assert "send_back-block" not in desk.get(page_of(application)).content.decode()
    answer = desk.post(page_of(application, "send_back"), {**ASKED, "send_back-message": ""})
    assert "Write what the reader needs to know" in answer.content.decode()


def test_managers_keep_blocks_at_the_desk_and_the_journal_says_so(world):
    client = Client()
    client.force_login(world.manager)
    sent = {
        "programme": world.programme.pk,
        "use": "refusal",
        "language": "de",
        "title": "Nicht im Rahmen",
        "text": "Ihr Vorhaben liegt außerhalb.",
        "is_offered": "on",
    }
    assert client.post("/admin/vouchers/textblock/add/", sent).status_code == 302
    made = TextBlock.objects.get()
    assert str(made) == "Nicht im Rahmen (Deutsch)"
    assert JournalEntry.objects.about(made).filter(by=world.manager).exists()
    strange = client.post("/admin/vouchers/textblock/add/", {**sent, "region": "999999"})
    assert strange.status_code == 200
    assert TextBlock.objects.count() == 1


def test_only_managers_write_blocks(world):
    for person in (world.broker, world.finance, world.auditor):
        with pytest.raises(PermissionDenied):
            setup.create(
                TextBlock(programme=world.programme, use="question", title="x", text="y"),
                by=Actor.person(person),
                now=world.now,
            )
        client = Client()
        client.force_login(person)
        assert client.get("/admin/vouchers/textblock/add/").status_code == 403


COURT = "You may go to the court in Zwolle."


def term(world, text, *, title="Court", **more) -> TextBlock:
    more = {"use": TextUse.AWARD_LETTER, "programme": world.programme, **more}
    row = TextBlock(title=title, text=text, **more)
    return setup.create(row, by=Actor.person(world.manager), now=world.now)


def letter(world, language="en") -> list[str]:
    award = getattr(world, "award", None) or lives.offered(world)
    world.award = award
    return award_letter_facts(award, language=language)["added"]


def test_a_letter_adds_what_programme_and_region_say_once_for_each_title(world):
    assert letter(world) == []
    term(world, "All regions.", title="General")
    term(world, "Any court.")
    term(world, "Jedes Gericht.", language="de")
    assert letter(world) == ["Any court.", "All regions."]
    assert letter(world, "de") == ["Jedes Gericht.", "All regions."]
    # Nobody has written it in French, so it is said in English and not left out.
    assert letter(world, "fr") == ["Any court.", "All regions."]
    # What the region itself says is something else, in whatever language.
    own = term(world, COURT, region=world.home)
    term(world, "The court in Hanover.", region=world.host)
    assert letter(world, "de") == [COURT, "All regions."]
    setup.edit(own, {"is_offered": False}, by=Actor.person(world.manager), now=world.now)
    assert letter(world, "de") == ["Jedes Gericht.", "All regions."]


def test_what_documents_add_is_no_block_at_the_desk(world, desk):
    term(world, COURT)
    text = desk.get(page_of(factories.submitted(world))).content.decode()
    assert COURT not in text


def test_an_advice_ends_with_the_regions_words(world):
    term(world, "Thank you for working across a border.", use=TextUse.ADVICE)
    award = lives.paid(world).award
    facts = as_json(payment_advice_facts(award.claims.get(), language="en"))
    assert facts["added"] == ["Thank you for working across a border."]
    page = render_to_string("vouchers/pdf/payment_advice.html", facts)
    assert "<p>Thank you for working across a border.</p>" in page


def test_an_issued_letter_keeps_its_words_and_prints_them_as_text(world):
    row = term(world, "First line.\n\n<b>Second</b> paragraph.")
    award = lives.offered(world)
    said = award.letter.facts["added"]
    setup.edit(row, {"text": "Other."}, by=Actor.person(world.manager), now=world.now)
    award.letter.refresh_from_db()
    assert award.letter.facts["added"] == said == ["First line.\n\n<b>Second</b> paragraph."]
    page = render_to_string("vouchers/pdf/award_letter.html", award.letter.facts)
    assert "<p>First line.</p>" in page
    assert "<p>&lt;b&gt;Second&lt;/b&gt; paragraph.</p>" in page
