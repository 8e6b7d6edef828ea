"""Pages of agreements and changes: the provider without an account, the firm, the desk."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from portal import documents
from tests.vouchers import agreeing, factories, lives
from tests.vouchers.test_claims_desk import press
from vouchers.enums import AgreementState, AwardChangeState, AwardState
from vouchers.models import Agreement, Award, AwardChange

pytestmark = pytest.mark.django_db
G, A = AgreementState, AwardState
SIGNS = {
    "answer": "sign",
    "signatory_name": "M. Muster",
    "signatory_role": "Head of laboratory",
    "may_sign": "on",
}


@pytest.fixture(autouse=True)
def relaxed(settings) -> None:
    settings.MFA_RELAXED_FOR_DEMO = True


@pytest.fixture
def world(freeze) -> factories.World:
    freeze(factories.NOW)
    return factories.make_world()


@pytest.fixture
def award(world) -> Award:
    return agreeing.accepted(world)


@pytest.fixture
def holder(client, world) -> Client:
    client.force_login(world.sme)
    return client


def page(award, name) -> str:
    return reverse(name, args=[award.application.reference])


def text(answer) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def link() -> str:
    return reverse("provider_agreement", args=[agreeing.token()])


def file(name="signed.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, lives.pdf(), content_type="application/pdf")


def test_the_firm_reads_what_it_signs_before_it_accepts(holder, world):
    award = lives.offered(agreeing.ask_for_agreements(world))
    shown = text(holder.get(page(award, "award")))
    for words in (
        "Agreement LSV-1-INS-001-A with Musterlab Lower Saxony, which you sign by accepting",
        "Intellectual property and confidentiality are settled in a separate contract",
        "I accept these terms and sign the agreement",
    ):
        assert words in shown
    said = {"signatory_name": "A. V.", "signatory_role": "Director", "may_sign": "on"}
    answer = text(holder.post(page(award, "award"), said, follow=True))
    assert "You have accepted the voucher and signed the agreement." in answer
    assert "Musterlab Lower Saxony signs by Monday 22 March 2027, 17:00 Amsterdam time" in answer


def test_the_provider_reads_signs_once_and_gets_thanks(award):
    stranger = Client()
    shown = text(stranger.get(link()))
    for words in ("A. Voorbeeld, Managing director", "Voorbeeld Biotech BV", "€4,000"):
        assert words in shown
    for secret in ("Province of Gelderland", "1,900,000"):
        assert secret not in shown
    assert Agreement.objects.get().state == G.OPEN
    address = link()
    done = stranger.post(address, SIGNS, follow=True)
    assert "All have signed." in text(done)
    again = stranger.post(address, SIGNS)
    assert (Agreement.objects.get().state, again.status_code) == (G.SIGNED, 410)


@pytest.mark.parametrize(
    ("left_out", "sentence"),
    [
        ("signatory_name", "Enter the name of the person who signs"),
        ("signatory_role", "Enter the role of the person who signs"),
        ("may_sign", "Tick that you may sign for Musterlab Lower Saxony, or ask somebody who may"),
    ],
)
def test_what_the_provider_leaves_out_is_asked_for(award, left_out, sentence):
    given = {name: value for name, value in SIGNS.items() if name != left_out}
    answer = Client().post(link(), given)
    assert (answer.status_code, text(answer).count(sentence)) == (422, 2)


def test_the_provider_declines_with_a_reason_only(award):
    stranger, address = Client(), link()
    empty = stranger.post(address, {"answer": "decline", "reason": ""})
    assert (empty.status_code, text(empty).count("Say why you decline")) == (422, 2)
    done = stranger.post(address, {"answer": "decline", "reason": "No time."}, follow=True)
    assert "you do not sign. The voucher has ended." in text(done)
    assert Award.objects.get().state == A.LAPSED


def test_too_late_is_said_with_the_instant(award, freeze):
    freeze(award.agreement.sign_by + timedelta(seconds=1))
    for answer in (Client().get(link()), Client().post(link(), SIGNS)):
        assert answer.status_code == 410
        assert "The time to sign ended on 22 March 2027, 17:00 Amsterdam time" in text(answer)
    assert Award.objects.get().state == A.ACCEPTED


def test_the_signed_agreement_is_for_home_and_firm_alone(client, world, award):
    row = agreeing.sign(world.now)
    documents.render(row.signed_id, now=world.now)
    expected = {"sme": 200, "broker": 200, "manager": 200, "host_broker": 403, "other_broker": 404}
    codes = {}
    for role in expected:
        client.force_login(getattr(world, role))
        answer = client.get(page(award, "award_agreement"))
        b"".join(getattr(answer, "streaming_content", ()))
        codes[role] = answer.status_code
    assert codes == expected


def test_the_firm_files_paper(holder, award):
    address = page(award, "award_agreement_file")
    names = {"signatory_name": "M. Muster", "signatory_role": "Head"}
    early = holder.post(address, {**names, "signed_on": "7 March 2027", "file": file()})
    assert early.status_code == 422
    assert "Enter a day from 8 March 2027, when the firm signed, to 8 March 2027" in text(early)
    missing = holder.post(address, {**names, "signed_on": "8 March 2027"})
    assert "Choose the file of the signed agreement" in text(missing)
    done = holder.post(address, {**names, "signed_on": "8 March 2027", "file": file()}, follow=True)
    assert "The signed agreement is filed." in text(done)
    assert "signed on paper" in text(done)
    given = holder.get(page(award, "award_agreement_paper"))
    assert b"".join(given.streaming_content) == lives.pdf()
    assert (holder.get(address).status_code, holder.post(address, names).status_code) == (302, 409)


def test_the_broker_files_paper_and_writes_again(client, world, award):
    wrong = press(client, world.broker, award, "write_again", contact_email="")
    assert "Enter the address of the provider's contact" in text(wrong)
    given = {"contact_name": "N. Neu", "contact_email": "new@lab.example"}
    press(client, world.broker, award, "write_again", **given)
    assert agreeing.mails()[-1] == ("agreement_asked", "new@lab.example")
    press(
        client,
        world.broker,
        award,
        "file_agreement",
        signatory_name="M. Muster",
        signatory_role="Head",
        signed_on="8 March 2027",
        file=file(),
    )
    assert Agreement.objects.get().filed_by == world.broker
    desk = reverse("admin:vouchers_award_paper", args=[award.pk])
    assert b"".join(client.get(desk).streaming_content) == lives.pdf()
    client.force_login(world.host_broker)
    assert client.get(desk).status_code == 404


def test_a_claim_that_is_sent_too_early_says_who_has_not_signed(holder, world):
    agreeing.ask_for_agreements(world)
    award = lives.written(world).award
    answer = holder.post(page(award, "claim_check"), {"is_true": "on", "declares": "on"})
    form = answer.context["form"]
    data = dict.fromkeys(form.fields, "on")
    answer = holder.post(page(award, "claim_check"), data)
    assert answer.status_code == 409
    assert "has not signed the agreement yet, so no claim can be sent" in text(answer)


CHANGE = {"kind": "extension", "text": "Samples come in autumn.", "months": "6"}


def test_more_time_is_asked_for_with_months_and_proof(holder, client, world, award):
    address = page(award, "award_changes")
    bare = holder.post(address, {**CHANGE, "months": ""})
    assert bare.status_code == 422
    for words in (
        "Enter how many months more you need",
        "Choose a file that proves that the work has started",
    ):
        assert words in text(bare)
    long = holder.post(address, {**CHANGE, "months": "7", "proof": file("order.pdf")})
    assert (long.status_code, AwardChange.objects.count()) == (409, 0)
    assert "by at most 6 months, so ask for fewer" in text(long)
    assert "Samples come in autumn." in text(long)
    sent = holder.post(address, {**CHANGE, "proof": file("order.pdf")}, follow=True)
    assert "Waits for the region" in text(sent)
    change = AwardChange.objects.get()
    given = holder.get(reverse("award_change_proof", args=[award.application.reference, change.pk]))
    assert b"".join(given.streaming_content) == lives.pdf()
    answered = {"change": str(change.pk), "is_approved": "refuse", "answer": ""}
    silent = press(client, world.broker, award, "answer_change", **answered)
    assert "Say why, so that the firm can follow it" in text(silent)
    answered |= {"is_approved": "approve"}
    press(client, world.broker, award, "answer_change", **answered)
    change.refresh_from_db()
    assert change.state == AwardChangeState.APPROVED
    client.force_login(world.sme)
    assert "8 June 2028" in text(client.get(page(award, "award")))
    second = client.post(address, {**CHANGE, "proof": file("order.pdf")})
    assert "a second extension is not possible" in text(second)
    documents.render(change.appendix_id, now=world.now)
    paper = client.get(
        reverse("award_change_appendix", args=[award.application.reference, change.pk])
    )
    assert b"".join(paper.streaming_content).startswith(b"%PDF-")


def test_another_provider_is_another_application(holder, award):
    answer = holder.post(page(award, "award_changes"), {**CHANGE, "kind": "partner"})
    assert answer.status_code == 422
    assert "ask your Access Broker to cancel this voucher, and apply again" in text(answer)
    assert AwardChange.objects.count() == 0


def test_the_proof_is_for_home_alone(client, world, award, holder):
    holder.post(page(award, "award_changes"), {**CHANGE, "proof": file("order.pdf")})
    change = AwardChange.objects.get()
    desk = reverse("admin:vouchers_award_proof", args=[award.pk, change.pk])
    expected = {"broker": 200, "manager": 200, "host_broker": 404, "other_broker": 404}
    codes = {}
    for role in expected:
        client.force_login(getattr(world, role))
        answer = client.get(desk)
        b"".join(getattr(answer, "streaming_content", ()))
        codes[role] = answer.status_code
    assert codes == expected


def test_what_has_ended_without_a_claim_stands_out_at_the_desk(client, world, award, freeze):
    agreeing.sign(world.now)
    client.force_login(world.broker)
    listed = reverse("admin:vouchers_award_changelist")
    assert "This pile" not in text(client.get(listed))
    assert "Nothing here" in text(client.get(f"{listed}?tab=overdue"))
    freeze(world.now + timedelta(days=290))
    late = client.get(f"{listed}?tab=overdue").content.decode()
    assert (late.count("LSV-1-INS-001"), "is-bad" in late) == (1, True)
    client.force_login(world.other_broker)
    assert "LSV-1-INS-001" not in text(client.get(f"{listed}?tab=overdue"))
