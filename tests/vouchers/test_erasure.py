"""A file that is erased says nothing about anybody, and its figures stay."""

import json
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import models

from portal.models import Document, JournalEntry, OutgoingMail, Upload
from portal.permissions import Actor
from portal.tasks import sweep_outbox
from tests.vouchers import factories, lives
from tests.vouchers.factories import NOW
from vouchers.actions import erasure
from vouchers.models import (
    Application,
    Assessment,
    Award,
    Claim,
    ClaimLine,
    CostLine,
    Decision,
    LedgerEntry,
    Signature,
    Submission,
)

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=4000)
BY = Actor.clock()
# What only the applicant, its partner or the region's staff has written in the files below.
WRITTEN = {
    "insight": [
        "Peptide stability",
        "in our own words",
        "Train and hotel",
        "M. Muster",
        "We measure the peptide",
        "A. Voorbeeld",
        lives.IBAN,
        "We met two groups",
        "sme@voorbeeld.example",
    ],
    "meet_greet": ["Peptide stability", "Deutsche Bahn", "A. Voorbeeld", "receipt.pdf"],
}
# Beside the file: the firm and the person themselves, and what the catalogue says.
APART = {"portal.user", "portal.organisation", "account.emailaddress", "catalogue.record"}


@pytest.fixture
def world(settings, freeze):
    settings.MFA_RELAXED_FOR_DEMO = True
    freeze(NOW)
    return factories.make_world()


def texts() -> dict[str, str]:
    """Return everything that is stored, by model."""
    from django.apps import apps

    return {
        model._meta.label_lower: json.dumps([*model._base_manager.values()], default=str)
        for model in apps.get_models()
    }


def said(words: list[str]) -> dict[str, list[str]]:
    """Return by model which of the words are still stored somewhere."""
    found = {
        label: [word for word in words if word in text]
        for label, text in texts().items()
        if label not in APART
    }
    return {label: named for label, named in found.items() if named}


def figures() -> list[object]:
    """Return what statistics and accounts are made of."""
    return [
        [*Application.objects.values("pk", "state", "amount", "sme_class", "home_region")],
        [*Award.objects.values("number", "state", "amount", "granted_on")],
        [*Claim.objects.values("state", "approved_amount", "paid_at")],
        [*ClaimLine.objects.values("kind", "amount", "vat", "eligible_amount")],
        [*CostLine.objects.values("kind", "amount")],
        [*LedgerEntry.objects.values("kind", "amount", "at")],
        [*Assessment.objects.values("scores", "total")],
        [*Decision.objects.values("outcome", "reason", "decided_at")],
        [*Signature.objects.values("side", "amount", "signed_at")],
        [*Submission.objects.values("number", "at", "content_hash")],
        [*Document.objects.values("number", "content_hash", "sha256")],
    ]


@pytest.mark.parametrize("kind", WRITTEN)
def test_an_erased_file_says_nothing_and_its_figures_stay(world, kind):
    paid = lives.paid(world, kind)
    sweep_outbox()
    before, stored = figures(), said(WRITTEN[kind])
    assert {word for words in stored.values() for word in words} == set(WRITTEN[kind])

    erasure.erase_file(paid.award.application, why="retention", by=BY, now=LATER)

    assert said(WRITTEN[kind]) == {}
    assert figures() == before


@pytest.mark.parametrize("kind", WRITTEN)
def test_erased_files_are_gone_from_the_store(world, kind, django_capture_on_commit_callbacks):
    paid = lives.paid(world)
    with django_capture_on_commit_callbacks(execute=True):
        sweep_outbox()
    names = [row.file.name for row in (*Upload.objects.all(), *Document.objects.exclude(file=""))]
    with django_capture_on_commit_callbacks(execute=True):
        erasure.erase_file(paid.award.application, why="retention", by=BY, now=LATER)
    assert names
    assert [name for name in names if default_storage.exists(name)] == []
    assert not Upload.objects.exists()


@pytest.mark.parametrize("kind", WRITTEN)
def test_the_journal_and_the_documents_stay_sound(world, kind, capsys):
    paid = lives.paid(world, kind)
    sweep_outbox()
    erasure.erase_file(paid.award.application, why="retention", by=BY, now=LATER)
    call_command("check_integrity")
    assert capsys.readouterr().out.startswith("Sound: ")


def test_a_content_emptied_without_an_entry_is_found(world, capsys):
    application = factories.submitted(world)
    Submission.objects.filter(application=application).update(content={}, erased_at=LATER)
    with pytest.raises(Exception, match="broken of"):
        call_command("check_integrity")
    assert "the journal does not say so" in capsys.readouterr().out


def test_erasing_twice_writes_one_line(world):
    application = factories.rejected(world)
    for _turn in range(2):
        erasure.erase_file(application, why="wish", by=BY, now=LATER)
    lines = JournalEntry.objects.about(application).filter(verb="erase")
    assert [(line.data, line.by_label) for line in lines] == [({"why": "wish"}, "clock")]


def test_a_letter_that_still_waits_is_written_to_nobody(world):
    application = factories.rejected(world)
    erasure.erase_file(application, why="wish", by=BY, now=LATER)
    about = {"subject_type": "vouchers.application", "subject_id": application.pk}
    assert {tuple(mail.to) for mail in OutgoingMail.objects.filter(**about)} == {()}


def test_every_text_of_a_file_is_decided():
    """A new table about applications must say whether erasure empties it."""
    undecided = {
        f"{model._meta.model_name}.{field.name}"
        for model in about_applications()
        for field in model._meta.concrete_fields
        if isinstance(field, models.TextField | models.CharField | models.JSONField)
        and not field.choices
        and f"{model._meta.model_name}.{field.name}" not in EMPTIED | KEPT
    }
    assert undecided == set()


def about_applications() -> set[type[models.Model]]:
    """Return every model of which rows belong to one application."""
    found: set[type[models.Model]] = {Application}
    while True:
        more = {
            relation.related_model
            for model in found
            for relation in model._meta.related_objects
            if relation.related_model not in found
        }
        if not more:
            return found
        found |= more


EMPTIED = {
    "coapplicant.email",
    "application.title",
    "application.typed",
    "application.unsent",
    "host.name",
    "host.contact_name",
    "host.contact_email",
    "host.website",
    "host.refusal",
    "partnerconsent.contact_name",
    "partnerconsent.contact_email",
    "partnerconsent.work",
    "partnerconsent.conflict",
    "conflictofinterest.statement",
    "conflictofinterest.reason",
    "partnerconsent.reason",
    "partnerconsent.signatory_name",
    "partnerconsent.signatory_role",
    "answer.value",
    "costline.item",
    "submission.content",
    "changerequest.message",
    "decision.message",
    "signature.note",
    "signature.price_reason",
    "assessment.feedback",
    "award.signatory_name",
    "award.signatory_role",
    "award.end_note",
    "claim.report",
    "claim.iban",
    "claim.account_holder",
    "claim.returned_message",
    "claimline.supplier",
    "claimline.receipt_number",
    "claimline.item",
    "extension.reason",
    "appeal.text",
    "appeal.answer",
}
KEPT = {
    "coapplicant.sections": "codes of parts of the form",
    "application.key": "a random address",
    "application.reference": "the number, by which figures name the file",
    "application.rules_version": "the law",
    "application.sme_class": "a figure",
    "host.country": "a figure",
    "changerequest.opened": "keys of questions",
    "partnerconsent.partner": "the organisation",
    "conflictofinterest.evidence": "what kept staff away: an organisation or its domain",
    "submission.content_hash": "proves the copy that the firm has",
    "signature.organisation": "the office that signed",
    "assessment.scores": "figures",
    "award.number": "by which figures name the award",
    "registerentry.number": "by which the public register names the aid",
    "award.granted_zone": "the law",
    "claim.payment_reference": "proves the payment",
    "ledgerentry.reason": "what a manager says of money",
}.keys()
