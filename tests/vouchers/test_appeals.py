"""Ineligible, told why, reinstated; rejected, appealed against, on the reserve list."""

from datetime import datetime, time, timedelta
from zipfile import ZipFile
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import TestCase
from django.urls import reverse

from portal.models import JournalEntry, OutgoingMail, StaffTask, Upload
from portal.permissions import Actor
from portal.site import own_export
from portal.workflow import IllegalMove
from tests.vouchers import factories, lives
from tests.vouchers.factories import NOW
from vouchers.actions import (
    appeals,
    applications,
    assessments,
    awards,
    erasure,
    held_files,
    ledger,
)
from vouchers.cases.ranking import place_in, with_places
from vouchers.enums import AppealState, ApplicationState, RejectReason, Side
from vouchers.models import Appeal, Application, Award
from vouchers.rules.verdict import Refused

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=2)


@pytest.fixture
def world(settings, freeze):
    settings.MFA_RELAXED_FOR_DEMO = True
    freeze(NOW)
    return factories.make_world()


@pytest.fixture
def colleague(world):
    """Another broker of the home region."""
    return factories._staff("second@enl.example", "broker", world.home, NOW)


def ineligible(world) -> Application:
    application = factories.submitted(world)
    applications.find_ineligible(
        application,
        reason=RejectReason.OUT_OF_SCOPE,
        message="Not life sciences.",
        by=Actor.person(world.broker),
        now=NOW,
    )
    return Application.objects.get(pk=application.pk)


def file(application, world, *, now=LATER) -> Appeal:
    return appeals.file(application, text="It is a peptide.", by=Actor.person(world.sme), now=now)


def test_an_ineligible_one_is_reinstated_by_somebody_else(world, colleague):
    application = ineligible(world)
    arrived = application.first_submitted_at
    appeal = file(application, world)
    with pytest.raises(PermissionDenied):
        appeals.uphold(appeal, answer="It is.", by=Actor.person(world.broker), now=LATER)
    appeals.uphold(appeal, answer="It is.", by=Actor.person(colleague), now=LATER)
    row = Application.objects.get(pk=application.pk)
    assert (row.state, row.first_submitted_at, row.submitted_at) == (
        ApplicationState.SUBMITTED,
        arrived,
        arrived,
    )
    assert Appeal.objects.get().state == AppealState.UPHELD
    verbs = JournalEntry.objects.about(row).values_list("verb", flat=True)
    assert [verb for verb in verbs if verb in {"find_ineligible", "reinstate"}] == [
        "find_ineligible",
        "reinstate",
    ]


def test_each_step_is_told_once(world, colleague):
    appeal = file(ineligible(world), world)
    appeals.dismiss(appeal, answer="It is not.", by=Actor.person(colleague), now=LATER)
    mails = OutgoingMail.objects.filter(kind__startswith="appeal_")
    assert sorted((mail.kind, *mail.to) for mail in mails) == [
        ("appeal_answered", world.sme.email),
        *sorted(("appeal_filed", who.email) for who in (world.broker, colleague, world.manager)),
        ("appeal_received", world.sme.email),
    ]
    assert "It is not." in mails.get(kind="appeal_answered").body


def uphold(application, world, colleague, *, now=LATER) -> Application:
    appeal = file(application, world, now=now)
    appeals.uphold(appeal, answer="The score was wrong.", by=Actor.person(colleague), now=now)
    return Application.objects.get(pk=application.pk)


def scored(world, total: int, *, by=None) -> Application:
    """An application whose assessor has given each of two criteria so many points of 5."""
    application = factories.eligible(world, by=by)
    assessor = factories.make_person(f"assessor{application.pk}@people.example")
    broker = Actor.person(world.broker)
    assessments.assign(application, assessor=assessor, by=broker, now=NOW)
    assessments.score(
        application.assessments.get(),
        scores={"quality": total, "impact": total},
        feedback="Read.",
        by=Actor.person(assessor),
        now=NOW,
    )
    return Application.objects.get(pk=application.pk)


def reject(application, world) -> Application:
    awards.reject(
        application,
        reason=RejectReason.QUALITY,
        message="Others were stronger.",
        by=Actor.person(world.broker),
        now=NOW,
    )
    return Application.objects.get(pk=application.pk)


def empty_the_pot(world) -> None:
    ledger.move_money(
        world.pots["NL-ENL"],
        to=world.pots["DE-NDS"],
        amount=factories.ALLOCATED,
        reason="Another round",
        document=None,
        by=Actor.person(world.manager),
        now=NOW,
    )


def place(application) -> tuple[int, int] | None:
    found = place_in(with_places(Application.objects.all()).get(pk=application.pk))
    return (found.rank, found.of) if found else None


@pytest.fixture
def ranked(world) -> list[Application]:
    """Three of one region and type, of 100, 60 and 40; the second belongs to the firm."""
    factories.name_criteria(world, "insight", quality=50, impact=50)
    best = scored(world, 5, by=factories.another_sme(world))
    second = scored(world, 3)
    third = scored(world, 2, by=factories.another_sme(world))
    # The third is put forward too: what counts is the order, not the threshold.
    Application.objects.filter(pk=third.pk).update(state=ApplicationState.RECOMMENDED)
    Application.objects.filter(pk=second.pk).update(state=ApplicationState.RECOMMENDED)
    return [Application.objects.get(pk=one.pk) for one in (best, second, third)]


def test_an_assessed_one_takes_its_place_in_the_ranking_again(client, world, colleague, ranked):
    second = ranked[1]
    assert [place(one) for one in ranked] == [(1, 3), (2, 3), (3, 3)]
    reject(second, world)
    assert [place(one) for one in ranked] == [(1, 2), None, (2, 2)]
    row = uphold(second, world, colleague)
    assert (row.state, row.decided_at, row.told_at) == (ApplicationState.RECOMMENDED, None, None)
    assert not row.decisions.filter(replaced_at=None).exists()
    assert [place(one) for one in ranked] == [(1, 3), (2, 3), (3, 3)]
    assert (row.complete_at, row.first_submitted_at) == (second.complete_at, NOW)
    client.force_login(world.broker)
    desk = reverse("admin:vouchers_application_change", args=[row.reference])
    page = client.get(desk).content.decode()
    assert "Place 2 of 3 in the ranking, 60.00 of 100" in page
    assert "Appeal upheld: back in the ranking" in page


def test_with_an_empty_pot_it_is_first_on_the_reserve_list(client, world, colleague, ranked):
    best, second, third = ranked
    by = Actor.person(world.broker)
    for one in (best, third):
        awards.reserve(one, by=by, now=NOW)
    assert [place(one) for one in (best, third)] == [(1, 2), (2, 2)]
    reject(second, world)
    empty_the_pot(world)
    row = uphold(second, world, colleague)
    assert row.state == ApplicationState.RESERVE
    assert [place(one) for one in (second, best, third)] == [(1, 3), (2, 3), (3, 3)]
    decision = row.decisions.get(replaced_at=None)
    assert (decision.outcome, decision.message, decision.told_at) == (
        ApplicationState.RESERVE,
        "The score was wrong.",
        LATER,
    )
    client.force_login(world.broker)
    desk = reverse("admin:vouchers_application_change", args=[row.reference])
    assert "Place 1 of 3 on the reserve list, by an upheld appeal" in (
        client.get(desk).content.decode()
    )


def test_of_two_upheld_on_an_empty_pot_the_earlier_is_first(world, colleague, ranked):
    best, second, _third = ranked
    for one in (best, second):
        reject(one, world)
    empty_the_pot(world)
    uphold(second, world, colleague)
    appeal = appeals.file(
        Application.objects.get(pk=best.pk),
        text="It is.",
        by=Actor.person(best.started_by),
        now=LATER,
    )
    later = LATER + timedelta(hours=1)
    appeals.uphold(appeal, answer="It is.", by=Actor.person(colleague), now=later)
    assert [place(one) for one in (second, best)] == [(1, 2), (2, 2)]


def test_one_that_was_refused_before_its_assessment_is_assessed(client, world, colleague):
    factories.name_criteria(world, "insight", quality=50, impact=50)
    empty_the_pot(world)
    row = uphold(factories.rejected(world), world, colleague)
    assert (row.state, row.decided_at) == (ApplicationState.ELIGIBLE, None)
    client.force_login(world.broker)
    desk = reverse("admin:vouchers_application_change", args=[row.reference])
    page = client.get(desk).content.decode()
    assert "Back for assessment by an upheld appeal" in page
    assert "Send to assessment" in page


def test_one_that_needs_no_assessment_keeps_its_place(world, colleague):
    row = uphold(factories.rejected(world, "meet_greet"), world, colleague)
    assert (row.state, row.complete_at) == (ApplicationState.ELIGIBLE, NOW)


def test_one_that_is_back_in_the_ranking_can_be_approved(world, colleague, ranked):
    row = uphold(reject(ranked[1], world), world, colleague)
    for side, who in ((Side.HOME, world.broker), (Side.HOST, world.host_broker)):
        awards.sign(row, side=side, amount=row.amount, by=Actor.person(who), now=LATER)
        row = Application.objects.get(pk=row.pk)
    assert Award.objects.get().application == row


def test_the_answer_at_the_desk_says_where_it_landed(client, world, colleague, ranked, freeze):
    appeal = file(reject(ranked[1], world), world)
    freeze(LATER)
    client.force_login(colleague)
    uphold_page = reverse("admin:vouchers_appeal_uphold", args=[appeal.pk])
    page = client.post(uphold_page, {"answer": "It is."}, follow=True)
    assert "Place 2 of 3 in the ranking, 60.00 of 100" in page.content.decode()


def test_a_dismissed_one_stands_and_there_is_no_second_appeal(world, colleague):
    application = ineligible(world)
    appeals.dismiss(
        file(application, world), answer="It is not.", by=Actor.person(colleague), now=LATER
    )
    row = Application.objects.get(pk=application.pk)
    assert row.state == ApplicationState.INELIGIBLE
    with pytest.raises(IllegalMove):
        file(row, world)


def test_the_last_day_counts_whole_in_the_home_region(world):
    application = ineligible(world)
    last = application.decisions.get().appeal_by
    zone = ZoneInfo(world.home.time_zone)
    end = datetime.combine(last, time(23, 59, 59), tzinfo=zone)
    with pytest.raises(Refused, match="appeal_too_late"):
        file(application, world, now=end + timedelta(seconds=1))
    file(application, world, now=end)


@pytest.mark.parametrize("who", ["broker", "host_broker", "other_broker", "finance", "auditor"])
def test_who_may_not_answer(world, who):
    appeal = file(ineligible(world), world)
    with pytest.raises(PermissionDenied):
        appeals.uphold(appeal, answer="x", by=Actor.person(getattr(world, who)), now=LATER)


def test_who_signed_does_not_answer(world, colleague):
    application = factories.eligible(world)
    by = Actor.person(colleague)
    awards.sign(application, side=Side.HOME, amount=application.amount, by=by, now=NOW)
    awards.reject(
        application,
        reason=RejectReason.QUALITY,
        message="Weak.",
        by=Actor.person(world.broker),
        now=NOW,
    )
    appeal = file(Application.objects.get(pk=application.pk), world)
    with pytest.raises(PermissionDenied):
        appeals.uphold(appeal, answer="x", by=by, now=LATER)
    assert appeal not in Appeal.objects.to_answer(colleague)
    assert appeal in Appeal.objects.to_answer(world.manager)


@pytest.mark.parametrize("live", [factories.submitted, factories.eligible, factories.returned])
def test_there_must_be_a_decision_to_appeal_against(client, world, live):
    application = live(world)
    with pytest.raises(IllegalMove):
        file(application, world)
    client.force_login(world.sme)
    address = reverse("application_appeal", args=[application.address])
    assert client.get(address).status_code == 404


def test_the_firm_appeals_on_its_page(client, world, freeze):
    application = ineligible(world)
    freeze(LATER)
    client.force_login(world.sme)
    own = reverse("application", args=[application.address])
    address = reverse("application_appeal", args=[application.address])
    assert address in client.get(own).content.decode()
    page = client.post(address, {"text": ""})
    assert "Say why the decision is wrong" in page.content.decode()
    page = client.post(address, {"text": "It is a <b>peptide</b>."}, follow=True)
    assert "We have your appeal." in page.content.decode()
    assert Appeal.objects.get().text == "It is a <b>peptide</b>."
    assert "Waits for an answer" in client.get(own).content.decode()
    assert client.post(address, {"text": "Again"}).status_code == 409
    assert Appeal.objects.count() == 1


def test_a_late_appeal_is_refused_with_the_day_and_keeps_the_text(client, world, freeze):
    application = ineligible(world)
    freeze(NOW + timedelta(days=60))
    client.force_login(world.sme)
    address = reverse("application_appeal", args=[application.address])
    page = client.post(address, {"text": "It is a peptide."})
    text = page.content.decode()
    assert (page.status_code, "The time to appeal ended on" in text) == (409, True)
    assert "It is a peptide." in text


def test_it_is_answered_at_the_desk(client, world, colleague):
    appeal = file(ineligible(world), world)
    change = reverse("admin:vouchers_appeal_change", args=[appeal.pk])
    uphold = reverse("admin:vouchers_appeal_uphold", args=[appeal.pk])
    client.force_login(world.broker)
    assert uphold not in client.get(change).content.decode()
    assert client.get(uphold).status_code == 403
    client.force_login(world.other_broker)
    assert client.get(change).status_code == 404
    client.force_login(colleague)
    duties = {d.title: d.count for d in client.get("/dashboard/").context["duties"]}
    assert duties["Appeals to answer"] == 1
    assert uphold in client.get(change).content.decode()
    assert "Say why" in client.post(uphold, {"answer": ""}).content.decode()
    client.post(uphold, {"answer": "It is."})
    assert Appeal.objects.get().answer == "It is."
    assert client.post(uphold, {"answer": "Twice."}).status_code == 409


def paper(name: str = "carrier.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, lives.pdf(), content_type="application/pdf")


def with_documents(client, world, *files) -> Appeal:
    """An appeal that the firm has filed on its page, with files."""
    application = ineligible(world)
    client.force_login(world.sme)
    address = reverse("application_appeal", args=[application.address])
    client.post(address, {"text": "It is a peptide.", "documents": files})
    return Appeal.objects.get()


def test_documents_come_with_an_appeal_and_are_for_who_sees_it(client, world, colleague, freeze):
    freeze(LATER)
    appeal = with_documents(client, world, paper(), paper("study.pdf"))
    assert [str(row) for row in appeal.documents.all()] == ["carrier.pdf", "study.pdf"]
    row = appeal.documents.first()
    own = reverse("application_appeal_file", args=[appeal.application.address, row.pk])
    desk = reverse("admin:vouchers_appeal_file", args=[appeal.pk, row.upload_id])
    page = client.get(reverse("application", args=[appeal.application.address]))
    assert own in page.content.decode()
    assert b"".join(client.get(own).streaming_content) == lives.pdf()
    for person in (world.broker, colleague, world.manager, world.auditor):
        client.force_login(person)
        assert b"".join(client.get(desk).streaming_content) == lives.pdf()
        assert client.get(own).status_code == 403
        change = reverse("admin:vouchers_appeal_change", args=[appeal.pk])
        assert desk in client.get(change).content.decode()
    for person in (world.host_broker, world.other_broker, world.finance):
        client.force_login(person)
        assert client.get(desk).status_code == 404
    client.force_login(factories.another_sme(world))
    assert client.get(own).status_code == 404
    assert client.get(desk).status_code in {302, 403}


def test_another_file_is_not_had_through_an_appeal(client, world, freeze):
    freeze(LATER)
    appeal = with_documents(client, world, paper())
    other = Upload.objects.exclude(appeal_document__appeal=appeal).first()
    client.force_login(world.broker)
    desk = reverse("admin:vouchers_appeal_file", args=[appeal.pk, other.pk])
    assert client.get(desk).status_code == 404


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ([SimpleUploadedFile("a.pdf", b"MZ")], "a.pdf: Choose a PDF, PNG or JPEG file"),
        ([paper(f"{n}.pdf") for n in range(6)], "Choose at most 5 files"),
    ],
)
def test_a_bad_document_is_refused_with_its_name(client, world, freeze, files, sentence):
    freeze(LATER)
    application = ineligible(world)
    client.force_login(world.sme)
    address = reverse("application_appeal", args=[application.address])
    page = client.post(address, {"text": "It is a peptide.", "documents": files})
    assert sentence in page.content.decode()
    assert "It is a peptide." in page.content.decode()
    assert not Appeal.objects.exists()


def test_an_action_takes_no_more_than_five(world):
    many = [lives.checked(f"{number}.pdf") for number in range(6)]
    with pytest.raises(appeals.TooManyDocuments):
        appeals.file(
            ineligible(world), text="x", documents=many, by=Actor.person(world.sme), now=LATER
        )


def test_erasing_a_file_deletes_the_documents_of_its_appeal(client, world, freeze):
    freeze(LATER)
    appeal = with_documents(client, world, paper())
    stored = appeal.documents.get().upload.file
    with TestCase.captureOnCommitCallbacks(execute=True):
        erasure.erase_file(appeal.application, why="wish", by=Actor.clock(), now=LATER)
    assert not Upload.objects.exists()
    assert not stored.storage.exists(stored.name)


def test_a_persons_own_archive_holds_the_documents(client, world, freeze):
    freeze(LATER)
    with_documents(client, world, paper("study.pdf"))
    with own_export.archive(world.sme, now=LATER) as file, ZipFile(file) as archive:
        assert any(name.endswith("study.pdf") for name in archive.namelist())


def test_a_virus_in_a_document_is_a_task_for_who_answers(client, world, settings, freeze):
    freeze(LATER)
    settings.CLAMAV = ("127.0.0.1", 1)
    appeal = with_documents(client, world, paper())
    row = appeal.documents.get()
    assert row.upload.held_at == LATER
    client.force_login(world.broker)
    desk = reverse("admin:vouchers_appeal_file", args=[appeal.pk, row.upload_id])
    assert client.get(desk).status_code == 409
    held_files.settle(row.upload, virus="Eicar", by=Actor.clock(), now=LATER)
    assert not appeal.documents.exists()
    assert StaffTask.objects.get().region == world.home
    assert OutgoingMail.objects.get(kind="file_removed").to == [world.sme.email]
