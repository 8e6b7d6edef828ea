"""The SME's own pages: the main path, the walls, and the receipt."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.utils.html import escape

from portal.models import Document, JournalEntry
from portal.permissions import Actor
from tests.vouchers import factories
from vouchers.actions import applications, awards
from vouchers.actions.drafts import DECLARATIONS
from vouchers.cases.saved import last_saved
from vouchers.enums import Side
from vouchers.models import Application

pytestmark = pytest.mark.django_db
BOXES = dict.fromkeys(
    ["true", "not_started", "no_double_funding", "de_minimis", "publication"], "on"
)
PAGES = ["", "check/", "hosts/", "organisation/", "aid/", "about/", "need/", "costs/", "quote/"]
SENT_PAGES = ["", "receipt/", "withdraw/", "copy.pdf", "copy.txt"]


@pytest.fixture
def world(freeze) -> factories.World:
    freeze(factories.NOW)
    return factories.make_world()


@pytest.fixture
def sme(client, world):
    client.force_login(world.sme)
    return client


def url(application: Application, name: str = "") -> str:
    return f"/applications/{application.address}/{name}"


def read(answer) -> bytes:
    """Return a download; reading it to its end closes the file."""
    return b"".join(answer.streaming_content)


def test_one_box_declares_all_five_sentences_without_scripts_too(sme, world):
    application = factories.complete_draft(world)
    address = url(application, "check/")
    refused = sme.post(address, {"true": "on"})
    sent = sme.post(address, {"everything": "on"})

    assert (refused.status_code, sent.status_code) == (422, 302)
    entry = JournalEntry.objects.get(verb="declare")
    assert entry.data["declarations"] == sorted(DECLARATIONS)


def test_the_main_path_from_the_record_to_the_receipt(sme, world):
    chosen = sme.get("/applications/start/?record=mass-spectrometry-lower-saxony")
    assert b"Mass spectrometry Lower Saxony" in chosen.content
    started = sme.post(
        "/applications/new/lsv-1/insight/", {"record": "mass-spectrometry-lower-saxony"}
    )
    application = Application.objects.get()
    # The first part that is not complete; the task list is a link away.
    assert started["Location"] == url(application, "organisation/")
    assert [host.name for host in application.hosts.all()] == ["Musterlab Lower Saxony"]
    factories.fill(application, world, by=world.sme)

    sent = sme.post(url(application, "check/"), BOXES)

    application.refresh_from_db()
    assert (sent["Location"], application.state) == (
        "/applications/LSV-1-0001/receipt/",
        "submitted",
    )
    receipt = sme.get(sent["Location"]).content.decode()
    shown = ["LSV-1-0001", application.submissions.get().content_hash, "10:00 Brussels time (CET)"]
    assert [text for text in shown if text not in receipt] == []


@pytest.mark.parametrize("kind", ["meet_greet", "insight", "collaboration"])
def test_every_part_of_an_empty_and_a_whole_draft_is_shown(sme, world, kind):
    for application in (factories.draft(world, kind), factories.complete_draft(world, kind)):
        asked = application.question_set.questions.exclude(kind="cost_table")
        sections = {f"{code}/" for code in asked.values_list("section", flat=True)}
        codes = ["", "check/", "hosts/", "organisation/", "aid/", "about/", "costs/", *sections]
        answers = {code: sme.get(url(application, code)).status_code for code in codes}
        assert answers == dict.fromkeys(codes, 200)


@pytest.mark.parametrize(
    "path", ["/applications/", "/applications/start/", "/applications/new/lsv-1/insight/"]
)
def test_every_other_page_is_shown(sme, world, path):
    factories.returned(world)
    factories.approved(world, "meet_greet")
    assert sme.get(path).status_code == 200


def test_the_task_list_counts_what_is_done(sme, world):
    empty, whole = factories.draft(world), factories.complete_draft(world)
    assert b"You have completed 0 of 9 tasks" in sme.get(url(empty)).content
    page = sme.get(url(whole)).content
    assert b"You have completed 10 of 10 tasks" in page
    assert f'href="{url(whole, "check/")}"'.encode() in page


def test_an_unfinished_draft_is_not_sent(sme, world):
    application = factories.draft(world)
    answer = sme.post(url(application, "check/"), BOXES)
    application.refresh_from_db()
    assert (answer.status_code, application.state) == (422, "draft")
    assert b"Complete these parts before you send" in answer.content


@pytest.mark.parametrize("left_out", sorted(BOXES))
def test_every_box_is_asked_for_with_a_sentence(sme, world, left_out):
    application = factories.complete_draft(world)
    answer = sme.post(url(application, "check/"), {k: v for k, v in BOXES.items() if k != left_out})
    application.refresh_from_db()
    assert (answer.status_code, application.state) == (422, "draft")
    assert f'href="#id_{left_out}"' in answer.content.decode()


def test_pressing_twice_gives_one_submission_and_the_same_receipt(sme, world):
    application = factories.complete_draft(world)
    address = url(application, "check/")
    answers = [sme.post(address, BOXES) for _ in range(2)]
    assert [a["Location"] for a in answers] == ["/applications/LSV-1-0001/receipt/"] * 2
    assert application.submissions.count() == 1


def test_what_the_law_refuses_is_said_on_panel_check_and_send(sme, world):
    application = factories.complete_draft(world, host="NL-ENL")
    sentence = escape(
        "Choose a partner in another region: the SME and this partner are both in East Netherlands"
    )
    pages = [sme.get(url(application)), sme.get(url(application, "check/"))]
    sent = sme.post(url(application, "check/"), BOXES)
    assert [sentence in page.content.decode() for page in (*pages, sent)] == [True] * 3
    assert sent.status_code == 409


def test_a_late_sender_reads_the_instant_and_keeps_the_text(sme, world, freeze):
    application = factories.complete_draft(world)
    freeze(world.call.closes_at + timedelta(seconds=61))
    sent = sme.post(url(application, "check/"), BOXES)
    assert sent.status_code == 409
    assert b"This call closed on 20 March 2027, 17:00 Brussels time" in sent.content
    text = sme.get(url(application, "copy.txt"))
    assert b"Peptide stability in plasma" in text.content
    assert text["Content-Disposition"] == f'attachment; filename="{application.address}.txt"'


@pytest.mark.parametrize("code", PAGES)
def test_a_draft_is_its_firms_own_business(client, world, code):
    application = factories.complete_draft(world)
    strangers = [
        factories.another_sme(world),
        world.broker,
        world.host_broker,
        world.manager,
        world.finance,
    ]
    found = {}
    for person in strangers:
        client.force_login(person)
        for method in (client.get, client.post):
            found[person.email, method.__name__] = method(url(application, code)).status_code
    assert set(found.values()) <= {404, 302, 405}
    before = last_saved(application)
    application.refresh_from_db()
    assert last_saved(application) == before


@pytest.mark.parametrize("code", SENT_PAGES)
def test_who_sees_a_submitted_application_still_does_not_act_for_the_firm(
    client, world, code, settings
):
    settings.MFA_RELAXED_FOR_DEMO = True
    application = factories.submitted(world)
    statuses = {}
    for name in ("broker", "manager", "other_broker", "host_broker"):
        client.force_login(getattr(world, name))
        statuses[name] = client.get(url(application, code)).status_code
    assert statuses == {"broker": 403, "manager": 403, "other_broker": 404, "host_broker": 404}


def test_strangers_are_asked_to_sign_in(client, world):
    application = factories.draft(world)
    answer = client.get(url(application))
    assert answer["Location"] == f"/accounts/login/?next={url(application)}"


def test_an_unknown_application_part_or_call_is_not_found(sme, world):
    application = factories.draft(world)
    paths = [
        "/applications/LSV-1-9999/",
        "/applications/draft-0000000000000000/",
        url(application, "nothing/"),
        url(application, "receipt/"),
        url(application, "files/999/"),
        "/applications/new/lsv-9/insight/",
        "/applications/new/lsv-1/nothing/",
    ]
    assert {path: sme.get(path).status_code for path in paths} == dict.fromkeys(paths, 404)


def test_a_move_from_a_wrong_state_is_a_sentence(sme, world):
    application = factories.submitted(world)
    late = sme.post(url(application, "about/"), {"title": "Late", "bottleneck": "partner"})
    again = sme.post(url(application, "reopen/"))
    assert (late.status_code, again.status_code) == (409, 409)
    application.refresh_from_db()
    assert application.title == "Peptide stability in plasma"


def test_withdraw_and_edit_again(sme, world):
    application = factories.submitted(world)
    assert sme.get(url(application, "withdraw/")).status_code == 200
    sme.post(url(application, "withdraw/"), {"reason": "We need more time"})
    application.refresh_from_db()
    assert application.state == "withdrawn"
    assert b"Edit again" in sme.get(url(application)).content
    sme.post(url(application, "reopen/"))
    application.refresh_from_db()
    assert (application.state, sme.get(url(application)).status_code) == ("draft", 200)


def test_a_withdrawn_one_says_why_it_cannot_be_edited_after_closing(sme, world, freeze):
    application = factories.submitted(world)
    applications.withdraw(application, by=Actor.person(world.sme), now=world.now)
    freeze(world.call.closes_at + timedelta(days=1))
    answer = sme.post(url(application, "reopen/"))
    assert (answer.status_code, b"This call closed on" in answer.content) == (409, True)


def test_the_copy_is_given_when_it_is_made(sme, world):
    application = factories.submitted(world)
    waiting = sme.get(url(application, "copy.pdf"))
    assert waiting["Location"] == url(application, "receipt/")

    document = application.submissions.get().document
    document.file.save("copy.pdf", ContentFile(b"%PDF-1.7 copy"), save=False)
    Document.objects.filter(pk=document.pk).update(
        state="ready", sha256="0" * 64, file=document.file.name
    )
    ready = sme.get(url(application, "copy.pdf"))
    assert read(ready) == b"%PDF-1.7 copy"
    assert (ready["Content-Type"], ready["X-Content-Type-Options"]) == (
        "application/pdf",
        "nosniff",
    )


def test_a_file_is_a_download_for_those_who_see_the_application(client, world, settings):
    settings.MFA_RELAXED_FOR_DEMO = True
    application = factories.submitted(world)
    file = application.attachments.get()
    statuses = {}
    for name in ("sme", "broker", "host_broker", "other_broker"):
        client.force_login(getattr(world, name))
        answer = client.get(url(application, f"files/{file.pk}/"))
        statuses[name] = answer.status_code
        assert not answer.streaming or read(answer)
    assert statuses == {"sme": 200, "broker": 200, "host_broker": 404, "other_broker": 404}
    client.force_login(world.sme)
    answer = client.get(url(application, f"files/{file.pk}/"))
    assert answer["Content-Disposition"] == 'attachment; filename="quote.pdf"'
    assert (answer["X-Content-Type-Options"], read(answer)) == ("nosniff", b"%PDF-1.7 sample")


def test_another_applications_file_is_not_found_under_ones_own_address(sme, world):
    theirs = factories.submitted(world, by=factories.another_sme(world)).attachments.get()
    own = factories.submitted(world)
    assert sme.get(url(own, f"files/{theirs.pk}/")).status_code == 404


def test_a_held_decision_is_nowhere_to_be_read(sme, world):
    offer = world.offers["insight"]
    offer.holds_letters = True
    offer.save()
    application = factories.rejected(world)
    assert (application.state, application.told_at) == ("rejected", None)
    pages = [sme.get("/applications/"), sme.get(url(application)), sme.get("/dashboard/")]
    pages.append(sme.post(url(application, "withdraw/")))
    assert [b"ejected" in page.content for page in pages] == [False] * 4
    assert pages[-1].status_code == 409


def test_a_held_award_is_nowhere_to_be_read(sme, world):
    offer = world.offers["insight"]
    offer.holds_letters = True
    offer.save()
    application = factories.eligible(world)
    for side, person in ((Side.HOME, world.broker), (Side.HOST, world.host_broker)):
        awards.sign(
            application,
            side=side,
            amount=application.amount,
            by=Actor.person(person),
            now=world.now,
        )
    page = sme.get("/applications/").content.decode()
    assert ("In review" in page, "warded" in page, "Accept" in page) == (True, False, False)


def test_somebody_without_an_organisation_names_it_and_comes_back(client, world):
    person = factories.make_person("new@firm.example")
    client.force_login(person)
    answer = client.get("/applications/start/?record=mass-spectrometry-wallonia")
    assert answer["Location"] == "/accounts/organisations/"
    assert client.session["after_organisation"] == (
        "/applications/start/?record=mass-spectrometry-wallonia"
    )


def test_a_call_that_is_not_open_starts_nothing(sme, world, freeze):
    freeze(world.call.closes_at + timedelta(seconds=1))
    answer = sme.post("/applications/new/lsv-1/insight/")
    assert (answer.status_code, Application.objects.count()) == (409, 0)
    assert b"This call closed on 20 March 2027, 17:00 Brussels time" in answer.content


def many(first: Application, numbers: range) -> None:
    """Store copies of a draft."""
    Application.objects.bulk_create(
        Application(
            key=f"{n:024}",
            call=first.call,
            voucher_type=first.voucher_type,
            offer=first.offer,
            question_set=first.question_set,
            organisation=first.organisation,
            undertaking=first.undertaking,
            home_region=first.home_region,
            started_at=first.started_at,
            saved_at=first.saved_at,
        )
        for n in numbers
    )


@pytest.mark.parametrize("path", ["/applications/", "/dashboard/"])
def test_a_list_costs_the_same_at_3_and_at_300_rows(
    sme, world, path, django_assert_num_queries, django_assert_max_num_queries
):
    first = factories.complete_draft(world)
    many(first, range(2))
    with django_assert_max_num_queries(20) as captured:
        assert sme.get(path).status_code == 200
    many(first, range(2, 299))
    with django_assert_num_queries(len(captured)):
        assert sme.get(path).status_code == 200


@pytest.mark.parametrize(("code", "warns"), [("NL-ENL", True), ("DE-NDS", False)])
def test_a_partner_of_the_own_region_is_named_before_the_draft(sme, world, code, warns):
    record = world.records[code]
    for page in ("/applications/start/", "/applications/new/lsv-1/insight/"):
        text = sme.get(f"{page}?record={record.slug}").content.decode()
        assert ("which is your own region" in text) is warns
