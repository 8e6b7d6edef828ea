"""What cannot be done any more: one sentence, nothing half-changed, and one line in the journal."""

from datetime import timedelta
from decimal import Decimal
from html import unescape

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile

from portal.models import JournalEntry, OutgoingMail, Upload
from portal.permissions import Actor
from portal.workflow import IllegalMove
from tests.vouchers import factories, lives
from vouchers.actions import applications, awards, ledger
from vouchers.actions.ledger import PotExhausted
from vouchers.enums import RejectReason, Side
from vouchers.models import Application, Award, Claim, LedgerEntry, Signature, balance_of
from vouchers.rules.verdict import Refused

DESK = "/admin/vouchers/application/{}/{}/"


@pytest.fixture
def world(db, freeze, settings, tmp_path):
    settings.MFA_RELAXED_FOR_DEMO = True
    settings.MEDIA_ROOT = tmp_path
    freeze(factories.NOW)
    return factories.make_world()


def refused() -> list[tuple[object, ...]]:
    """Each line about a refusal: of what, by whom, what, and why."""
    entries = JournalEntry.objects.filter(verb="refused").select_related("by").order_by("pk")
    return [
        (one.subject_type, one.by, one.data["verb"], one.data["why"], tuple(one.data["reasons"]))
        for one in entries
    ]


def everything() -> dict[str, list[object]]:
    """All that a verb could have changed, apart from the line that it was refused."""
    rows = {
        "applications": Application.objects.values_list("pk", "state", "amount", "told_at"),
        "awards": Award.objects.values_list("pk", "state", "amount"),
        "claims": Claim.objects.values_list("pk", "state", "approved_amount"),
        "signatures": Signature.objects.values_list("pk", "voided_at"),
        "ledger": LedgerEntry.objects.values_list("pk", "kind", "amount"),
        "mails": OutgoingMail.objects.values_list("pk", "kind"),
        "uploads": Upload.objects.values_list("pk"),
        "journal": JournalEntry.objects.exclude(verb__in=["refused", "read"]).values_list("pk"),
    }
    return {name: sorted(found) for name, found in rows.items()}


def press(client, row, verb, **given):
    return client.post(DESK.format(row.reference, verb), given)


def sentence(answer) -> str:
    return " ".join(unescape(answer.content.decode()).split())


def test_of_two_brokers_on_one_case_the_second_is_told(world, client):
    row = factories.submitted(world)
    second = factories.another_broker(world, "NL-ENL")
    applications.find_eligible(row, by=Actor.person(world.broker), now=world.now)
    before = everything()
    client.force_login(second)
    answer = press(client, row, "find_ineligible", message="Outside.")
    assert answer.status_code == 409
    assert "the state is now “Eligible”." in sentence(answer)
    assert everything() == before
    assert refused() == [
        ("vouchers.application", second, "find_ineligible", "IllegalMove", ()),
    ]


def test_a_stale_page_is_told_once_an_hour_in_the_journal(world, client, freeze):
    row = factories.eligible(world)
    client.force_login(world.broker)
    before = everything()
    for minutes in (0, 5, 61):
        freeze(world.now + timedelta(minutes=minutes))
        assert press(client, row, "find_eligible").status_code == 409
    assert everything() == before
    line = ("vouchers.application", world.broker, "find_eligible", "IllegalMove", ())
    assert refused() == [line, line]
    history = client.get(f"/admin/vouchers/application/{row.reference}/change/")
    assert "Refused: Found eligible" in history.content.decode()


def test_a_signature_that_comes_late_signs_nothing(world, client):
    row = factories.eligible(world)
    by = Actor.person(world.broker)
    awards.sign(row, side=Side.HOME, amount=row.amount, by=by, now=world.now)
    said = {"reason": RejectReason.QUALITY, "message": "No."}
    awards.reject(Application.objects.get(pk=row.pk), **said, by=by, now=world.now)
    before = everything()
    late = Application.objects.get(pk=row.pk)
    host = Actor.person(world.host_broker)
    with pytest.raises(IllegalMove):
        awards.sign(late, side=Side.HOST, amount=Decimal(4000), by=host, now=world.now)
    assert everything() == before
    assert refused() == [("vouchers.application", world.host_broker, "sign", "IllegalMove", ())]


def test_a_decision_that_was_told_is_not_reversed(world, client):
    row = factories.rejected(world)
    before = everything()
    client.force_login(world.broker)
    page = client.get(f"/admin/vouchers/application/{row.reference}/change/").content.decode()
    assert "Move to the reserve list" not in page
    answer = press(client, row, "reverse")
    assert answer.status_code == 409
    assert "“Move to the reserve list” is not possible any more" in sentence(answer)
    assert everything() == before
    assert refused() == [("vouchers.application", world.broker, "reverse", "IllegalMove", ())]


def test_a_host_never_reverses(world):
    row = factories.rejected(world)
    with pytest.raises(PermissionDenied):
        awards.reverse(row, by=Actor.person(world.host_broker), now=world.now)
    line = ("vouchers.application", world.host_broker, "reverse", "PermissionDenied", ())
    assert refused() == [line]


def test_more_than_the_award_is_neither_approved_nor_paid(world, client):
    """A claim above its award is paid up to it, and by no way further; what was claimed stays."""
    award = lives.accepted(world, "meet_greet", amount=Decimal(500))
    by = Actor.person(world.sme)
    claim = lives.claims.start(award, by=by, now=world.now)
    lives.claim_drafts.fill(
        claim, report="Met.", iban=lives.IBAN, account_holder="V", by=by, now=world.now
    )
    lives.claim_drafts.say_vat(claim, deducts_vat=True, by=by, now=world.now)
    line = lives.add_line(lives.fresh(claim), world, amount=Decimal("700.00"))
    lives.claims.file(claim, by=by, now=world.now)
    client.force_login(world.broker)
    desk = f"/admin/vouchers/claim/{claim.pk}/"
    before = everything()
    answer = client.post(f"{desk}approve/", {f"approve-line_{line.pk}": "9000"})
    assert "Enter up to €700" in sentence(answer)
    assert everything() == before
    client.post(f"{desk}approve/", {f"approve-line_{line.pk}": "700"})
    assert lives.fresh(claim).approved_amount == Decimal(500)
    before, finance = everything(), Actor.person(world.finance)
    with pytest.raises(PotExhausted):
        ledger.pay(award, amount=Decimal("500.01"), by=finance, now=world.now)
    assert everything() == before
    assert refused() == [("vouchers.award", world.finance, "pay", "PotExhausted", ())]
    filed = JournalEntry.objects.about(claim).get(verb="file")
    assert filed.data["claimed"] == "700.00"
    lives.claims.pay(lives.fresh(claim), payment_reference="P", by=finance, now=world.now)
    assert balance_of(award.pot).paid == Decimal(500)


def test_a_move_of_more_than_there_is_moves_nothing(world):
    pot, by = world.pots["NL-ENL"], Actor.person(world.manager)
    before = everything()
    move = {"to": world.pots["BE-WAL"], "amount": Decimal(200_000), "reason": "x"}
    with pytest.raises(PotExhausted):
        ledger.move_money(pot, **move, document=None, by=by, now=world.now)
    assert everything() == before
    assert refused() == [("vouchers.pot", world.manager, "move_money", "PotExhausted", ())]


def test_the_law_says_no_with_its_reasons(world):
    row = factories.eligible(world)
    with pytest.raises(Refused):
        awards.sign(
            row,
            side=Side.HOME,
            amount=Decimal(1),
            by=Actor.person(world.broker),
            now=world.now,
        )
    assert refused() == [
        ("vouchers.application", world.broker, "sign", "Refused", ("amount_not_lump_sum",))
    ]


def test_neither_the_schedule_nor_an_importer_fills_the_journal_with_refusals(world):
    row = factories.eligible(world)
    for by in (Actor.clock(), Actor.importer("set-up")):
        with pytest.raises((IllegalMove, PermissionDenied)):
            applications.find_eligible(row, by=by, now=world.now)
    assert refused() == []


FALSE = SimpleUploadedFile("receipt.pdf", b"MZ this is a program", content_type="application/pdf")


def test_a_file_that_is_not_what_it_says_is_not_stored_with_a_receipt(world, client):
    award = lives.accepted(world, "meet_greet")
    claim = lives.claims.start(award, by=Actor.person(world.sme), now=world.now)
    client.force_login(world.sme)
    before = everything()
    FALSE.seek(0)
    address = f"/applications/{award.application.reference}/claim/receipts/new/"
    answer = client.post(address, {"supplier": "Bahn", "receipt": FALSE})
    assert answer.status_code == 422
    assert "Choose a PDF, PNG or JPEG file that opens without a password" in sentence(answer)
    assert everything() == before
    assert refused() == [("vouchers.claim", world.sme, "upload", "UploadRefused", ())]
    assert lives.fresh(claim).lines.count() == 0


def test_a_file_that_is_not_what_it_says_is_not_stored_with_an_application(world, client):
    row = factories.complete_draft(world)
    question = row.attachments.first().question
    client.force_login(world.sme)
    before = everything()
    FALSE.seek(0)
    address = f"/applications/{row.address}/{question.section}/"
    answer = client.post(address, {question.key: FALSE})
    assert "Choose a PDF, PNG or JPEG file that opens without a password" in sentence(answer)
    kept = everything()
    assert {name for name in kept if kept[name] != before[name]} <= {"journal"}
    assert refused() == [("vouchers.application", world.sme, "upload", "UploadRefused", ())]
