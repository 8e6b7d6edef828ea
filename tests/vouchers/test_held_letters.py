"""Decide now, tell together: twelve letters, read and corrected before they go out."""

from collections import Counter
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from portal.models import JournalEntry, OutgoingMail, Region
from portal.permissions import Actor
from portal.templatetags.portal_ui import money
from portal.workflow import IllegalMove
from tests.vouchers import factories
from vouchers.actions import awards, erasure, letters, setup
from vouchers.cases.letters import held, letters_of, wording_of
from vouchers.enums import TextUse
from vouchers.models import (
    Application,
    CallVoucherType,
    Decision,
    LetterText,
    TextBlock,
)
from vouchers.tasks import release_letters

pytestmark = pytest.mark.django_db
KINDS = ("voucher_awarded", "rejected", "on_reserve")
TEN = datetime(2027, 5, 26, 10, tzinfo=ZoneInfo("Europe/Brussels"))


@pytest.fixture
def world(settings, freeze):
    settings.MFA_RELAXED_FOR_DEMO = True
    freeze(factories.NOW)
    world = factories.make_world()
    CallVoucherType.objects.update(holds_letters=True)
    for offer in world.offers.values():
        offer.refresh_from_db()
    return world


@pytest.fixture
def desk(world) -> Client:
    client = Client()
    client.force_login(world.broker)
    return client


@pytest.fixture
def office(world) -> Client:
    client = Client()
    client.force_login(world.manager)
    return client


def offer_of(world) -> CallVoucherType:
    return CallVoucherType.objects.get(pk=world.offers["insight"].pk)


def approve(world) -> Application:
    return factories.approved(world, by=factories.another_sme(world)).application


def refuse(world) -> Application:
    return factories.rejected(world, by=factories.another_sme(world))


def reserve(world) -> Application:
    row = factories.eligible(world, by=factories.another_sme(world))
    awards.reserve(row, message="", by=Actor.person(world.broker), now=world.now)
    return row


def decision_of(row: Application) -> Decision:
    return Decision.objects.get(application=row, replaced_at=None)


def edit(world, row, text, *, version=0, by=None):
    by = Actor.person(by or world.broker)
    return letters.edit(decision_of(row), text=text, version=version, by=by, now=world.now)


def told() -> list[tuple[str, str]]:
    mails = OutgoingMail.objects.filter(kind__in=KINDS).order_by("pk")
    return [(mail.kind, mail.to[0]) for mail in mails]


def page(row) -> str:
    return reverse("admin:vouchers_application_letter", args=[row.reference])


PILES = "/admin/vouchers/application/letters/"


def button(world, name="release") -> str:
    return f"{PILES}{world.offers['insight'].pk}/{name}/"


def test_twelve_decisions_are_told_at_the_instant_that_was_set(world, office, desk, freeze):
    approved = [approve(world) for _one in range(7)]
    refused = [refuse(world) for _one in range(3)]
    waiting = [reserve(world) for _one in range(2)]
    edit(world, approved[0], "We award {amount} to {firm}.")
    edit(world, refused[0], "Not this time.")
    awards.reverse(
        Application.objects.get(pk=refused[0].pk), by=Actor.person(world.broker), now=world.now
    )
    set_at = {f"release-{world.offers['insight'].pk}-at": "2027-05-26T10:00"}
    assert office.post(button(world, "schedule"), set_at).status_code == 302
    assert offer_of(world).release_at == TEN

    freeze(TEN - timedelta(seconds=1))
    release_letters()
    before = told()
    own = Client()
    own.force_login(approved[0].started_by)
    seen = own.get("/applications/").content.decode()
    # The task is late by an hour, and runs twice.
    freeze(TEN + timedelta(hours=1))
    release_letters()
    release_letters()
    after = told()
    office.post(button(world))

    assert before == []
    assert [word in seen for word in ("In review", "warded", "pproved")] == [True, False, False]
    assert Counter(kind for kind, _to in after) == {
        "voucher_awarded": 7,
        "rejected": 2,
        "on_reserve": 3,
    }
    assert Counter(to for _kind, to in after) == Counter(
        row.started_by.email for row in (*approved, *refused, *waiting)
    )
    assert ("on_reserve", refused[0].started_by.email) in after
    assert told() == after
    assert "Not this time." not in "".join(OutgoingMail.objects.values_list("body", flat=True))
    award = Application.objects.get(pk=approved[0].pk).award
    words = f"We award €4,000 to {approved[0].organisation}."
    assert award.letter.facts["message"] == words
    assert (
        f"  {words}"
        in OutgoingMail.objects.get(kind="voucher_awarded", to=[approved[0].started_by.email]).body
    )
    row = offer_of(world)
    assert (row.released_at, row.release_at) == (TEN + timedelta(hours=1), TEN)
    verbs = JournalEntry.objects.about(row).filter(verb__endswith="letters")
    assert list(verbs.order_by("pk").values_list("verb", "data")) == [
        ("schedule_letters", {"at": TEN.isoformat()}),
        ("release_letters", {"told": 12}),
        ("release_letters", {"told": 0}),
    ]


def test_an_edited_amount_stops_the_whole_release_and_is_named(world, office, desk):
    rows = [approve(world), refuse(world)]
    saved = desk.post(page(rows[0]), {"text": "You get €7,500.", "version": "0"})
    listed = office.get(PILES).content.decode()
    pressed = office.post(button(world))
    shown = pressed.content.decode()

    assert (saved.status_code, pressed.status_code, told()) == (302, 409, [])
    for text in (listed, shown):
        assert "1 letter differs from the record, so nobody is told." in text
        assert "the letter says “€7,500”, the record “€4,000”." in text
        assert page(rows[0]) in text
        assert "Tell 2 applicants" not in text
    assert offer_of(world).released_at is None
    with pytest.raises(letters.LettersDiffer, match=rows[0].reference):
        letters.release(offer_of(world), by=Actor.person(world.manager), now=world.now)

    edit(world, rows[0], "You get {amount}.", version=2)
    office.post(button(world))
    assert [kind for kind, _to in told()] == ["voucher_awarded", "rejected"]


def test_a_blocked_release_tells_the_managers_once_and_nobody_else(world, freeze):
    row = approve(world)
    edit(world, row, "Bis {ends_on}: 7.500,00 €")
    by = Actor.person(world.manager)
    letters.schedule(offer_of(world), at=TEN, by=by, now=world.now)
    for minutes in (0, 1, 60):
        freeze(TEN + timedelta(minutes=minutes))
        release_letters()
    mail = OutgoingMail.objects.get(kind="letters_blocked")
    assert (mail.to, told(), offer_of(world).release_at) == ([world.manager.email], [], None)
    for line in (
        f"  {row.reference}: Not filled in: {{ends_on}}.",
        f"  {row.reference}: Amount. The letter says 7.500,00 €, the record €4,000.",
    ):
        assert line in mail.body


@pytest.mark.parametrize("language", ["en", "nl", "fr", "de"])
def test_the_first_wording_of_each_outcome_agrees_in_every_language(world, language):
    rows = [approve(world), refuse(world), reserve(world)]
    Region.objects.filter(pk=world.home.pk).update(language=language)
    for row in rows:
        row.started_by.language = language
        row.started_by.save()
        decision = decision_of(row)
        edit(world, row, wording_of(decision, language=language))
    found = letters_of(held(application__offer=offer_of(world)), at=world.now)
    assert [(one.language, one.differences) for one in found] == [(language, [])] * 3
    assert all("{" not in one.text for one in found)
    letters.release(offer_of(world), by=Actor.person(world.manager), now=world.now)
    bodies = {mail.kind: mail.body for mail in OutgoingMail.objects.filter(kind__in=KINDS)}
    with override(language):
        amount = money(4000)
    assert [amount in bodies[kind] for kind in KINDS] == [True, False, True]


def test_each_version_is_kept_and_journalled(world):
    row = refuse(world)
    edit(world, row, "Others were stronger this time.")
    edit(world, row, "Others were far stronger.", version=2, by=world.manager)
    kept = LetterText.objects.order_by("number").values_list("number", "text", "written_by")
    assert list(kept) == [
        (1, "Other applications were stronger.", world.broker.pk),
        (2, "Others were stronger this time.", world.broker.pk),
        (3, "Others were far stronger.", world.manager.pk),
    ]
    lines = JournalEntry.objects.about(decision_of(row)).filter(verb="edit_letter")
    assert [(line.data, line.personal["text"], line.by_id) for line in lines.order_by("pk")] == [
        ({"version": 2}, "Others were stronger this time.", world.broker.pk),
        ({"version": 3}, "Others were far stronger.", world.manager.pk),
    ]
    erasure.erase_file(row, why="wish", by=Actor.clock(), now=world.now)
    assert set(LetterText.objects.values_list("text", flat=True)) == {""}


def test_two_at_one_letter_lose_no_word(world, desk):
    row = refuse(world)
    edit(world, row, "Of my colleague.")
    answer = desk.post(page(row), {"text": "Of mine.", "version": "0"})
    text = answer.content.decode()
    assert answer.status_code == 422
    for words in ("A colleague has changed this letter", "Of mine.", "Of my colleague."):
        assert words in text
    assert desk.post(page(row), {"text": "Of both.", "version": "2"}).status_code == 302
    assert decision_of(row).message == "Of both."


def test_the_page_shows_the_letter_as_it_goes_out(world, desk, django_assert_max_num_queries):
    row = approve(world)
    edit(world, row, "Dear {firm}: {amount} from {provider}.")
    with django_assert_max_num_queries(20):
        answer = desk.get(page(row))
    text = answer.content.decode()
    words = f"Dear {row.organisation}: €4,000 from {row.hosts.get().name}."
    assert words in text
    assert "Answer by 22 March 2027, 17:00 Amsterdam time" in text
    assert decision_of(row).message == "Dear {firm}: {amount} from {provider}."
    assert (
        page(row)
        in desk.get(f"/admin/vouchers/application/{row.reference}/change/").content.decode()
    )


def test_who_may_read_and_change_a_letter(world, client):
    row = approve(world)
    codes = {}
    for role in ("broker", "host_broker", "other_broker", "finance", "manager", "auditor"):
        client.force_login(getattr(world, role))
        codes[role] = client.get(page(row)).status_code
    assert codes == {
        "broker": 200,
        "host_broker": 403,
        "other_broker": 404,
        "finance": 403,
        "manager": 200,
        "auditor": 403,
    }
    with pytest.raises(PermissionDenied):
        edit(world, row, "x", by=world.host_broker)
    letters.release(offer_of(world), by=Actor.person(world.manager), now=world.now)
    client.force_login(world.broker)
    assert client.get(page(row)).status_code == 404
    with pytest.raises(IllegalMove):
        edit(world, row, "x")


def test_a_letter_of_a_reversed_decision_cannot_be_changed(world):
    row = refuse(world)
    old = decision_of(row)
    awards.reverse(row, by=Actor.person(world.broker), now=world.now)
    with pytest.raises(IllegalMove):
        letters.edit(old, text="x", version=0, by=Actor.person(world.broker), now=world.now)


def test_no_letter_names_the_firm_of_another(world):
    one, two = approve(world), approve(world)
    edit(world, one, f"Dear {two.organisation}, we are glad.")
    found = letters_of(held(application__offer=offer_of(world)), at=world.now)
    assert [
        (str(letter.decision.application), str(found.fact), found.said)
        for letter in found
        for found in letter.differences
    ] == [(one.reference, "Firm or partner", str(two.organisation))]


def test_a_block_with_a_blank_stops_the_award_letters(world):
    approve(world)
    block = TextBlock(
        programme=world.programme,
        use=TextUse.AWARD_LETTER,
        title="Duties",
        text="Report until [DATE].",
    )
    setup.create(block, by=Actor.person(world.manager), now=world.now)
    with pytest.raises(letters.LettersDiffer) as error:
        letters.release(offer_of(world), by=Actor.person(world.manager), now=world.now)
    assert [one.said for one in error.value.letters[0].differences] == ["[DATE]"]


def test_the_days_to_object_begin_with_the_letter(world):
    row = refuse(world)
    letters.release(offer_of(world), by=Actor.person(world.manager), now=TEN)
    assert str(decision_of(row).appeal_by) == "2027-06-09"
    assert "You may object until 9 June 2027" in OutgoingMail.objects.get(kind="rejected").body


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("2027-03-08T09:59", "Choose a day and time that lie ahead"),
        ("soon", "Enter a day and time like 2026-05-06 12:00"),
    ],
)
def test_a_release_lies_ahead(world, office, typed, words):
    field = f"release-{world.offers['insight'].pk}-at"
    answer = office.post(button(world, "schedule"), {field: typed})
    text = answer.content.decode()
    assert (answer.status_code, words in text, typed in text) == (422, True, True)
    assert offer_of(world).release_at is None


def test_a_time_is_taken_back_and_none_is_set_after_the_release(world, office):
    approve(world)
    by, field = Actor.person(world.manager), f"release-{world.offers['insight'].pk}-at"
    letters.schedule(offer_of(world), at=TEN, by=by, now=world.now)
    assert "Goes out 26 May 2027, 10:00 Brussels time" in office.get(PILES).content.decode()
    office.post(button(world, "schedule"), {field: ""})
    assert offer_of(world).release_at is None
    letters.release(offer_of(world), by=by, now=world.now)
    answer = office.post(button(world, "schedule"), {field: "2027-05-26T10:00"})
    assert answer.status_code == 422
    assert (
        "Set the time"
        not in office.get(PILES).content.decode().split("Insight")[1].split("</section>")[0]
    )


def test_only_a_manager_sets_the_time(world, desk):
    assert desk.post(button(world, "schedule"), {}).status_code == 403
    with pytest.raises(PermissionDenied):
        letters.schedule(offer_of(world), at=TEN, by=Actor.person(world.broker), now=world.now)


def test_the_piles_cost_the_same_for_many_letters(world, office):
    costs = []
    for more in (2, 3):
        for _one in range(more):
            approve(world)
            refuse(world)
        office.get(PILES)
        with CaptureQueriesContext(connection) as asked:
            office.get(PILES)
        costs.append(len(asked))
    assert costs[0] == costs[1]
