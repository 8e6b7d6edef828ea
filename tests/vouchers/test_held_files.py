"""A file that the scanner could not look at is kept, scanned again, and released or removed."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from portal.enums import TaskKind
from portal.models import JournalEntry, OutgoingMail, StaffTask, Upload
from portal.permissions import Actor
from portal.uploads import Checked
from tests import clamd
from tests.vouchers import factories, lives
from tests.vouchers.factories import NOW
from vouchers.actions import (
    applications,
    awards,
    calendar,
    claim_drafts,
    claims,
    drafts,
    held_files,
    receipt_notes,
)
from vouchers.enums import ApplicationState, ClaimState, Side
from vouchers.models import Application, Attachment, ChangeRequest, Claim

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=10)
AWAY = ("127.0.0.1", 1)
SAID = "Being checked for viruses"


@pytest.fixture
def world(settings, freeze):
    settings.MFA_RELAXED_FOR_DEMO = True
    settings.CLAMAV = AWAY
    freeze(NOW)
    return factories.make_world()


def held(content: bytes = b"", name: str = "offer.pdf") -> Checked:
    """A file that came while the scanner was away."""
    return Checked(name, "application/pdf", lives.pdf() + content, "f" * 64, is_held=True)


def draft_with_held(world, content: bytes = b"") -> tuple[Application, Attachment]:
    """A complete draft whose first file answer is held."""
    application = factories.complete_draft(world, "collaboration")
    question = application.question_set.questions.filter(kind="file").first()
    by = Actor.person(world.sme)
    for attachment in application.attachments.filter(question=question):
        drafts.detach(attachment, by=by, now=NOW)
    kept = drafts.attach(application, question=question, file=held(content), by=by, now=NOW)
    return Application.objects.get(pk=application.pk), kept


def sent_with_held(world, content: bytes = b"") -> tuple[Application, Attachment]:
    application, kept = draft_with_held(world, content)
    factories.send(application, world)
    return Application.objects.get(pk=application.pk), kept


def scan(settings, *, answer: bytes = b"") -> int:
    """Scan with a scanner that is there; how many files it was sent."""
    with clamd.listening(answer=answer) as server:
        settings.CLAMAV = server.server_address
        held_files.scan_held(by=Actor.clock(), now=LATER)
    settings.CLAMAV = AWAY
    return len(server.seen)


def mails(kind: str) -> list[list[str]]:
    return [mail.to for mail in OutgoingMail.objects.filter(kind=kind)]


def test_an_upload_is_kept_though_nobody_can_scan_it(client, world):
    application = factories.draft(world, "collaboration")
    question = application.question_set.questions.filter(kind="file").first()
    client.force_login(world.sme)
    address = reverse("application_section", args=[application.address, question.section])
    page = client.post(address, {question.key: SimpleUploadedFile("offer.pdf", lives.pdf())})
    assert page.status_code == 302
    assert Upload.objects.get().held_at == NOW
    assert SAID in client.get(address).content.decode()


def test_who_sends_a_held_file_loses_no_time_and_is_told(client, world):
    application, kept = draft_with_held(world)
    client.force_login(world.sme)
    check = reverse("application_check", args=[application.address])
    assert "You can send now and lose no time" in client.get(check).content.decode()
    page = client.post(check, dict.fromkeys(drafts.DECLARATIONS, "on"), follow=True)
    assert "still being checked for viruses" in page.content.decode()
    row = Application.objects.get(pk=application.pk)
    assert (row.state, row.submitted_at) == (ApplicationState.SUBMITTED, NOW)
    assert SAID in client.get(reverse("application", args=[row.address])).content.decode()
    assert kept.upload_id in [f.upload_id for f in row.attachments.all()]


def test_nobody_but_its_giver_opens_a_held_file(client, world, settings):
    application, kept = sent_with_held(world)
    own = reverse("application_file", args=[application.address, kept.pk])
    desk = reverse("admin:vouchers_application_change", args=[application.reference])
    file = reverse("admin:vouchers_application_file", args=[application.reference, kept.upload_id])
    client.force_login(world.sme)
    assert b"".join(client.get(own).streaming_content) == lives.pdf()
    client.force_login(world.broker)
    page = client.get(desk).content.decode()
    assert (SAID in page, file in page) == (True, False)
    answers = [client.get(address) for address in (file, own)]
    assert [answer.status_code for answer in answers] == [409, 409]
    assert "still being checked for viruses" in answers[0].content.decode()
    assert scan(settings) == 1
    page = client.get(desk).content.decode()
    assert (SAID in page, file in page) == (False, True)
    assert b"".join(client.get(file).streaming_content) == lives.pdf()


def test_a_clean_file_is_released_once(world, settings):
    application, kept = sent_with_held(world)
    held_files.scan_held(by=Actor.clock(), now=LATER)
    assert Upload.objects.get(pk=kept.upload_id).held_at == NOW
    assert scan(settings) == 1
    assert scan(settings) == 0
    held_files.settle(kept.upload, virus="", by=Actor.clock(), now=LATER)
    assert Upload.objects.get(pk=kept.upload_id).held_at is None
    verbs = JournalEntry.objects.about(application).values_list("verb", flat=True)
    assert list(verbs).count("release_file") == 1
    assert mails("file_removed") == []


def test_a_file_without_a_verdict_waits_on_and_holds_up_no_other(world, settings):
    _application, kept = sent_with_held(world)
    answer = b"INSTREAM size limit exceeded. ERROR\0"
    other, _file = draft_with_held_of(world, factories.another_sme(world))
    assert scan(settings, answer=answer) == 2
    assert Upload.objects.filter(held_at__isnull=False).count() == 2
    assert other.pk != kept.application_id


def draft_with_held_of(world, person) -> tuple[Application, Attachment]:
    application = factories.draft(world, "collaboration", by=person)
    question = application.question_set.questions.filter(kind="file").first()
    by = Actor.person(person)
    return application, drafts.attach(application, question=question, file=held(), by=by, now=NOW)


def test_a_virus_in_a_draft_goes_with_a_mail_to_its_giver(world, settings):
    application, kept = draft_with_held(world, clamd.EICAR)
    scan(settings)
    assert not Attachment.objects.filter(pk=kept.pk).exists()
    assert not Upload.objects.filter(pk=kept.upload_id).exists()
    assert mails("file_removed") == [[world.sme.email]]
    assert "offer.pdf" in OutgoingMail.objects.get(kind="file_removed").body
    entry = JournalEntry.objects.about(application).get(verb="remove_file")
    assert entry.data["virus"] == clamd.SIGNATURE
    assert Application.objects.get(pk=application.pk).state == ApplicationState.DRAFT


def test_a_virus_in_what_was_sent_asks_the_applicant_for_another(world, settings):
    application, kept = sent_with_held(world, clamd.EICAR)
    question = kept.question
    scan(settings)
    row = Application.objects.get(pk=application.pk)
    asked = ChangeRequest.objects.get()
    assert (row.state, row.first_submitted_at) == (ApplicationState.RETURNED, NOW)
    assert (asked.opened, asked.asked_by, asked.kind) == ([question.key], None, "question")
    assert "offer.pdf" in asked.message
    zone = ZoneInfo(world.home.time_zone)
    end = asked.answer_by.astimezone(zone)
    assert (end.hour, end.minute, end.date() > LATER.date()) == (23, 59, True)
    assert mails("changes_requested") == [[world.sme.email]]
    assert mails("file_removed") == []
    by = Actor.person(world.sme)
    file = Checked("clean.pdf", "application/pdf", lives.pdf(), "e" * 64)
    drafts.attach(row, question=question, file=file, by=by, now=LATER)
    drafts.send(row, declarations=drafts.DECLARATIONS, by=by, now=LATER)
    assert Application.objects.get(pk=row.pk).complete_at == NOW


def test_a_virus_after_the_decision_is_a_task_of_the_region(world, settings):
    application, _kept = sent_with_held(world, clamd.EICAR)
    broker = Actor.person(world.broker)
    applications.find_eligible(application, by=broker, now=NOW)
    for side, person in ((Side.HOME, world.broker), (Side.HOST, world.host_broker)):
        row = Application.objects.get(pk=application.pk)
        awards.sign(row, side=side, amount=row.amount, by=Actor.person(person), now=NOW)
    before = Application.objects.get(pk=application.pk).state
    scan(settings)
    assert Application.objects.get(pk=application.pk).state == before
    task = StaffTask.objects.get()
    assert (task.kind, task.region, task.said) == (TaskKind.VIRUS, world.home, clamd.SIGNATURE)
    assert mails("file_removed") == [[world.sme.email]]


def claim_with_held(world, content: bytes = b"") -> Claim:
    award = lives.accepted(world, "meet_greet", amount=lives.Decimal("312.50"))
    by = Actor.person(world.sme)
    claim = claims.start(award, by=by, now=NOW)
    claim_drafts.fill(
        claim, report="We met.", iban=lives.IBAN, account_holder="Voorbeeld BV", by=by, now=NOW
    )
    claim_drafts.say_vat(claim, deducts_vat=True, by=by, now=NOW)
    claim_drafts.add_line(
        claim,
        line=lives.line(award),
        receipt=held(content, "ticket.pdf"),
        proof_of_payment=lives.checked("bank.pdf"),
        by=by,
        now=NOW,
    )
    return lives.fresh(claim)


def test_a_virus_in_a_receipt_that_was_sent_sends_the_claim_back(client, world, settings):
    claim = claim_with_held(world, clamd.EICAR)
    client.force_login(world.sme)
    check = reverse("claim_check", args=[claim.award.application.address])
    assert "You can send now and lose no time" in client.get(check).content.decode()
    claims.file(claim, by=Actor.person(world.sme), now=NOW)
    client.force_login(world.broker)
    desk = client.get(reverse("admin:vouchers_claim_change", args=[claim.pk])).content.decode()
    line = claim.lines.get()
    file = reverse("admin:vouchers_claim_file", args=[claim.pk, line.receipt_id])
    assert (SAID in desk, file in desk) == (True, False)
    assert client.get(file).status_code == 409
    scan(settings)
    row = Claim.objects.get(pk=claim.pk)
    line.refresh_from_db()
    assert (row.state, line.receipt) == (ClaimState.RETURNED, None)
    assert line.proof_of_payment is not None
    assert "ticket.pdf" in row.returned_message
    assert "receipt-1" in claims.missing_in(row)


def test_a_virus_in_a_receipt_that_an_answer_has_replaced_is_just_gone(world, settings):
    claim = claim_with_held(world, clamd.EICAR)
    sme, broker = Actor.person(world.sme), Actor.person(world.broker)
    claims.file(claim, by=sme, now=NOW)
    line = claim.lines.get()
    receipt_notes.ask(line, text="Which trip?", by=broker, now=NOW)
    claims.send_back(lives.fresh(claim), message="", by=broker, now=NOW)
    new = {"receipt": lives.checked("new.pdf"), "proof_of_payment": None}
    receipt_notes.answer(line, text="This one.", **new, by=sme, now=NOW)
    claims.file(lives.fresh(claim), by=sme, now=NOW)
    scan(settings)
    note = line.notes.last()
    assert (note.new_receipt, note.old_receipt, lives.fresh(claim).state) == (True, None, "filed")
    assert not Upload.objects.filter(name="ticket.pdf").exists()


def test_a_virus_in_a_receipt_not_sent_yet_is_told_by_mail(world, settings):
    claim = claim_with_held(world, clamd.EICAR)
    scan(settings)
    assert Claim.objects.get(pk=claim.pk).state == ClaimState.DRAFT
    assert mails("file_removed") == [[world.sme.email]]
    assert "/claim/" in OutgoingMail.objects.get(kind="file_removed").body


def test_a_file_that_nothing_points_to_is_just_gone(world, settings):
    application, kept = sent_with_held(world, clamd.EICAR)
    Attachment.objects.filter(pk=kept.pk).delete()
    scan(settings)
    assert not Upload.objects.filter(pk=kept.upload_id).exists()
    assert Application.objects.get(pk=application.pk).state == ApplicationState.SUBMITTED


def test_a_site_that_gives_up_its_scanner_releases_what_waits(world, settings):
    _application, kept = sent_with_held(world)
    settings.CLAMAV = None
    held_files.scan_held(by=Actor.clock(), now=datetime.now(tz=NOW.tzinfo))
    assert Upload.objects.get(pk=kept.upload_id).held_at is None


def ask_about_the_title(application, world, *, until) -> None:
    applications.send_back(
        application,
        kind="question",
        message="Which title?",
        answer_by=until,
        opened=["about"],
        by=Actor.person(world.broker),
        now=NOW,
    )


def test_a_virus_while_another_answer_is_asked_for_opens_this_one_too(world, settings):
    application, kept = sent_with_held(world, clamd.EICAR)
    ask_about_the_title(application, world, until=NOW + timedelta(days=5))
    scan(settings)
    asked = application.change_requests.filter(answered_at=None)
    assert [one.opened for one in asked] == [["about"], [kept.question.key]]
    assert {one.answer_by for one in asked} == {NOW + timedelta(days=5)}


def test_a_virus_found_when_the_time_to_answer_is_over_waits_until_it_stands(world, settings):
    application, kept = sent_with_held(world, clamd.EICAR)
    ask_about_the_title(application, world, until=NOW + timedelta(minutes=1))
    scan(settings)
    assert Upload.objects.get(pk=kept.upload_id).held_at == NOW
    calendar.keep_returns(by=Actor.clock(), now=LATER)
    scan(settings)
    row = Application.objects.get(pk=application.pk)
    asked = row.change_requests.get(answered_at=None)
    assert (row.state, asked.opened) == (ApplicationState.RETURNED, [kept.question.key])
