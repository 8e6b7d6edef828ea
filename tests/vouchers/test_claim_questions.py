"""Question and answer about one receipt: asked, sent with the claim, answered, kept."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.urls import reverse

from catalogue.rules.forgetting import ERASED
from portal.models import OutgoingMail, Upload
from portal.permissions import Actor
from portal.site import own_export
from portal.workflow import IllegalMove
from tests.vouchers import factories, lives
from tests.vouchers.test_claims import address, codes, file, words
from tests.vouchers.test_claims_desk import errors, look, offered, press
from vouchers.actions import claim_drafts, claims, erasure, receipt_notes
from vouchers.actions.claims import ClaimNotComplete, NothingAsked
from vouchers.enums import ClaimState
from vouchers.models import Claim, ClaimLine, ReceiptNote
from vouchers.rules.verdict import ReasonCode, Refused

pytestmark = pytest.mark.django_db
QUESTION = "Which trip was this?\n\nSay it: https://else.example/"


@pytest.fixture
def world(freeze, settings) -> factories.World:
    settings.MFA_RELAXED_FOR_DEMO = True
    freeze(factories.NOW)
    return factories.make_world()


def filed(world) -> Claim:
    claim = lives.written(world, "meet_greet", amount=Decimal(500))
    lives.add_line(claim, world, receipt_number="A-2", amount=Decimal(50))
    claims.file(claim, by=Actor.person(world.sme), now=world.now)
    return lives.fresh(claim)


def ask(world, line: ClaimLine, text: str = QUESTION) -> None:
    receipt_notes.ask(line, text=text, by=Actor.person(world.broker), now=world.now)


def send_back(world, claim: Claim, message: str = "") -> None:
    by = Actor.person(world.broker)
    claims.send_back(lives.fresh(claim), message=message, by=by, now=world.now)


def answer(world, line: ClaimLine, text: str = "To Leeds.", receipt=None) -> None:
    receipt_notes.answer(
        line,
        text=text,
        receipt=receipt,
        proof_of_payment=None,
        by=Actor.person(world.sme),
        now=world.now,
    )


def refile(world, claim: Claim) -> None:
    claims.file(lives.fresh(claim), by=Actor.person(world.sme), now=world.now)


def approve(world, claim: Claim) -> Decimal:
    by = Actor.person(world.broker)
    return claims.approve(lives.fresh(claim), eligible={}, by=by, now=world.now)


def thread(line: ClaimLine) -> list[tuple[str, str]]:
    return list(line.notes.values_list("kind", "text"))


def test_a_question_goes_out_with_the_claim_is_answered_and_stays(world):
    claim = filed(world)
    first, second = claim.lines.all()
    ask(world, first)
    ask(world, second, "Who paid?")
    send_back(world, claim, "Two questions.")
    answer(world, first)
    with pytest.raises(ClaimNotComplete) as lacks:
        refile(world, claim)
    answer(world, second, "", lives.checked("new.pdf"))
    refile(world, claim)
    assert lacks.value.missing == ["answer-2"]
    assert approve(world, claim) == Decimal("362.50")
    assert (thread(first), thread(second)) == (
        [("question", QUESTION), ("answer", "To Leeds.")],
        [("question", "Who paid?"), ("answer", "")],
    )
    stored, note = second.receipt, second.notes.last()
    second.refresh_from_db()
    assert (second.receipt.name, note.new_receipt, note.old_receipt) == ("new.pdf", True, stored)


def test_the_mail_quotes_every_open_question_whole(world):
    claim = filed(world)
    first, second = claim.lines.all()
    ask(world, first)
    ask(world, first, "And when?")
    ask(world, second, "Who paid?")
    send_back(world, claim)
    mail = OutgoingMail.objects.get(kind="claim_returned")
    lines = [line for line in mail.body.splitlines() if line.strip()]
    assert lines[1:7] == [
        "Question on receipt 1, Deutsche Bahn A-1:",
        "  Which trip was this?",
        "  Say it: https://else.example/",
        "  And when?",
        "Question on receipt 2, Deutsche Bahn A-2:",
        "  Who paid?",
    ]
    assert "Your Access Broker writes" not in mail.body
    assert 'href="https://else.example/' not in mail.html


def test_an_open_question_stops_the_approval_until_it_is_closed(client, world):
    claim = filed(world)
    line = claim.lines.first()
    ask(world, line)
    with pytest.raises(Refused) as refused:
        approve(world, claim)
    assert refused.value.verdict.codes == (ReasonCode.QUESTION_OPEN,)
    given = {f"line_{row.pk}": str(row.amount) for row in claim.lines.all()}
    page = press(client, world.broker, claim, "approve", **given)
    assert errors(page) == [
        "The question on receipt 1 is open: send the claim back, or close the question"
    ]
    closed = press(client, world.broker, claim, "close", line=line.pk, text="Found it.")
    assert (closed.status_code, approve(world, claim)) == (302, Decimal("362.50"))
    assert thread(line) == [("question", QUESTION), ("closed", "Found it.")]


def test_a_question_that_was_not_sent_is_not_told(client, world):
    claim = filed(world)
    ask(world, claim.lines.first())
    client.force_login(world.sme)
    before = words(client.get(address(claim.award)))
    send_back(world, claim)
    after = words(client.get(address(claim.award)))
    assert ("Which trip was this?" in before, "Which trip was this?" in after) == (False, True)


def test_the_firm_answers_on_a_page_of_its_own(client, world):
    claim = filed(world)
    line = claim.lines.first()
    page = address(claim.award, "claim_receipt_answer", line.pk)
    client.force_login(world.sme)
    assert client.get(page).status_code == 302
    assert client.post(page, {"text": "Early."}).status_code == 409
    ask(world, line)
    send_back(world, claim)
    overview = words(client.get(address(claim.award)))
    assert "A question waits for your answer" in overview
    assert "The answer about receipt A-1 of Deutsche Bahn" in words(
        client.get(address(claim.award, "claim_check"))
    )
    empty = client.post(page, {"text": " "})
    assert (empty.status_code, words(empty).count("Write an answer, or choose a new file")) == (
        422,
        2,
    )
    long = client.post(page, {"text": "x" * 4001, "receipt": file()})
    assert (long.status_code, "It is 1 too long" in words(long)) == (422, True)
    assert "Choose the file again: a page with errors does not keep it" in words(long)
    assert client.post(page, {"text": "To Leeds."}).status_code == 302
    assert client.post(page, {"text": "Again."}).status_code == 409
    assert thread(line) == [("question", QUESTION), ("answer", "To Leeds.")]
    client.force_login(factories.another_sme(world))
    assert client.get(page).status_code == 404


def test_a_receipt_with_a_question_does_not_leave_the_claim(client, world):
    claim = filed(world)
    line = claim.lines.first()
    ask(world, line)
    send_back(world, claim)
    with pytest.raises(Refused) as refused:
        claim_drafts.remove_line(line, by=Actor.person(world.sme), now=world.now)
    assert refused.value.verdict.codes == (ReasonCode.RECEIPT_ASKED_ABOUT,)
    client.force_login(world.sme)
    remove = address(claim.award, "claim_receipt_remove", line.pk)
    page = words(client.post(remove, follow=True))
    assert "so it stays in the claim: answer the question" in page


@pytest.mark.parametrize("role", ["sme", "host_broker", "other_broker", "finance", "manager"])
def test_only_home_s_brokers_ask_and_close(world, role):
    claim = filed(world)
    line, by = claim.lines.first(), Actor.person(getattr(world, role))
    for verb in (receipt_notes.ask, receipt_notes.close):
        with pytest.raises(PermissionDenied):
            verb(line, text="Why?", by=by, now=world.now)
    with pytest.raises(PermissionDenied):
        receipt_notes.mark_read(claim, by=by, now=world.now)
    assert not ReceiptNote.objects.exists()


def test_nothing_is_asked_closed_or_answered_in_the_wrong_state(world):
    claim = filed(world)
    line, broker = claim.lines.first(), Actor.person(world.broker)
    with pytest.raises(Refused):
        receipt_notes.close(line, text="", by=broker, now=world.now)
    with pytest.raises(IllegalMove):
        answer(world, line)
    with pytest.raises(NothingAsked):
        send_back(world, claim)
    approve(world, claim)
    for verb in (receipt_notes.ask, receipt_notes.close):
        with pytest.raises(IllegalMove):
            verb(line, text="Why?", by=broker, now=world.now)


def test_the_desk_asks_about_a_receipt_of_this_claim(client, world):
    claim = filed(world)
    line = claim.lines.last()
    client.force_login(world.broker)
    page = client.get(reverse("admin:vouchers_claim_change", args=[claim.pk]), {"ask": line.pk})
    assert f'<option value="{line.pk}" selected>2. Deutsche Bahn A-2</option>' in words(page)
    other = press(client, world.broker, claim, "ask", line=line.pk + 10**6, text="Why?")
    empty = press(client, world.broker, claim, "ask", line="", text="")
    assert (errors(other), errors(empty)) == (
        ["Choose a receipt of the list"],
        ["Choose a receipt", "Write what the reader needs to know"],
    )
    nothing = press(client, world.broker, claim, "send_back", message="")
    assert errors(nothing) == ["Write what the reader needs to know"]
    assert press(client, world.broker, claim, "ask", line=line.pk, text="Why?").status_code == 302
    assert offered(look(client, world.broker, claim)) == ["approve", "ask", "close", "send_back"]
    assert press(client, world.broker, claim, "send_back", message="").status_code == 302
    assert lives.fresh(claim).state == ClaimState.RETURNED


def test_an_answer_is_unread_until_a_broker_of_the_region_opens_it(client, world, freeze):
    claim = filed(world)
    line = claim.lines.first()
    ask(world, line)
    send_back(world, claim)
    freeze(lives.later(world, hours=1).now)
    answer(world, line)
    refile(world, claim)
    freeze(lives.later(world, hours=1).now)
    found = []
    for role in ("manager", "broker", "broker"):
        client.force_login(getattr(world, role))
        list_page = words(client.get(reverse("admin:vouchers_claim_changelist"), {"tab": "filed"}))
        found.append(
            ("Unread answer" in list_page, "Unread answer" in words(look_at(client, claim)))
        )
    assert found == [(True, True), (True, True), (False, False)]


def test_a_file_that_was_replaced_is_still_there_to_read(client, world):
    claim = filed(world)
    line = claim.lines.first()
    old = line.receipt_id
    ask(world, line)
    send_back(world, claim)
    answer(world, line, "", lives.checked("new.pdf"))
    refile(world, claim)
    desk = reverse("admin:vouchers_claim_file", args=[claim.pk, old])
    mine = address(claim.award, "claim_file", old)
    found = {}
    for role, page in (("sme", mine), ("broker", desk), ("host_broker", desk)):
        client.force_login(getattr(world, role))
        found[role] = codes(client, [page])
    assert found == {"sme": [200], "broker": [200], "host_broker": [404]}
    client.force_login(world.broker)
    assert desk in words(look_at(client, claim))


def look_at(client, claim):
    return client.get(reverse("admin:vouchers_claim_change", args=[claim.pk]))


def test_what_was_written_does_not_change(world):
    claim = filed(world)
    ask(world, claim.lines.first())
    for change in (
        lambda: ReceiptNote.objects.update(at=world.now + timedelta(days=1)),
        lambda: ReceiptNote.objects.update(kind="answer"),
        lambda: ReceiptNote.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError, match="pgtrigger"), transaction.atomic():
            change()


def test_the_payment_that_was_not_seen_is_shown_first(client, world):
    claim = filed(world)
    given = {f"line_{row.pk}": "100" for row in claim.lines.filter(position=1)}
    given |= {f"line_{row.pk}": "50" for row in claim.lines.filter(position=2)}
    page = press(client, world.broker, claim, "approve", seen="362.50", **given)
    [words_said] = errors(page)
    assert words_said.startswith("With these amounts €150 is paid and €350 returns to the pot")
    settlement = page.context["settlement"]
    assert (settlement.pays, settlement.returns) == (150, 350)
    assert 'name="approve-seen" value="150.00"' in words(page)
    assert press(client, world.broker, claim, "approve", seen="150.00", **given).status_code == 302
    assert lives.fresh(claim).approved_amount == 150


def test_erasure_empties_the_thread(world):
    claim = filed(world)
    line = claim.lines.first()
    ask(world, line)
    send_back(world, claim)
    answer(world, line, "A. Voorbeeld went.", lives.checked())
    erasure.erase_file(claim.award.application, why="wish", by=Actor.clock(), now=world.now)
    assert thread(line) == [("question", ERASED), ("answer", ERASED)]
    assert not Upload.objects.exists()


def test_a_person_s_own_data_hold_what_was_told(world):
    claim = filed(world)
    line = claim.lines.first()
    ask(world, line)
    before = own_export.content(world.sme, now=world.now)
    send_back(world, claim)
    after = own_export.content(world.sme, now=world.now)
    told = [
        row["award"]["claims"][0]["receipts"][0]["questions"]
        for found in (before, after)
        for row in found["applications"]
    ]
    assert told == [[], [{"kind": "question", "text": QUESTION, "at": world.now}]]
