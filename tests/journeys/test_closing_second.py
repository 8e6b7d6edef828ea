"""The closing second: who was in time is decided by the server, and told the same everywhere."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from portal.models import JournalEntry
from portal.permissions import Actor
from tests.journeys.people import confirm_addresses
from tests.vouchers import factories
from vouchers.actions import calendar
from vouchers.enums import ApplicationState
from vouchers.models import Application

BRUSSELS, NEW_YORK = "Europe/Brussels", "America/New_York"
SECOND = timedelta(seconds=1)
# Seconds from the second in which the call closes to the press of the button.
PRESSES = (-1, 0, 31, 62)


def brussels(*parts, fold=0):
    return datetime(*parts, tzinfo=ZoneInfo(BRUSSELS), fold=fold)


CLOSINGS = {
    "an ordinary evening": (brussels(2014, 5, 4, 23, 59, 59), "4 May 2014, 23:59:59"),
    "the night that lacks an hour": (brussels(2026, 3, 29, 3, 0), "29 March 2026, 03:00"),
    "the hour that comes twice": (brussels(2026, 10, 25, 2, 30, fold=1), "25 October 2026, 02:30"),
}


@pytest.fixture(params=CLOSINGS)
def closing(request) -> tuple[datetime, str]:
    """An instant, and how pages in English write it."""
    return CLOSINGS[request.param]


@pytest.fixture
def world(transactional_db, settings, tmp_path, closing) -> factories.World:
    """A call that closes then, three hours after the drafts were written."""
    settings.MFA_RELAXED_FOR_DEMO = True
    settings.MEDIA_ROOT = tmp_path
    closes_at = closing[0].astimezone(UTC)
    return factories.make_world(closes_at - timedelta(hours=3), closes_at=closes_at)


def test_each_second_gets_one_answer_everywhere(world, visit, freeze, closing, post):
    closes_at, shown = world.call.closes_at, closing[1]
    people = [world.sme, *(factories.another_sme(world) for _ in PRESSES[1:])]
    drafts = [factories.complete_draft(world, "meet_greet", by=person) for person in people]
    confirm_addresses()

    freeze(closes_at - timedelta(minutes=30))
    browsers = []
    for person, draft in zip(people, drafts, strict=True):
        sme = visit(person.email, zone=NEW_YORK if person == people[2] else BRUSSELS)
        page = sme.open(f"/applications/{draft.address}/check/")
        for box in page.locator("main input[type=checkbox]").all():
            box.check()
        assert shown in sme.text()
        assert "30 minutes left" in " ".join(sme.text().split())
        browsers.append(sme)

    check_both_zones(closes_at, there=browsers[2].page, here=browsers[0].page)

    for seconds, sme in zip(PRESSES, browsers, strict=True):
        freeze(closes_at + seconds * SECOND)
        sme.page.locator("main").get_by_role("button", name="Send").click()
        sme.page.wait_for_load_state()

    early, last, within_grace, late = browsers
    for sme in (early, last, within_grace):
        assert sme.page.url.endswith("/receipt/"), sme.text()
    grace = ["Within the grace period" in sme.text() for sme in (early, last, within_grace)]
    assert grace == [False, False, True]

    # The browser complains about the refusal's 409.
    late.problems.clear()
    refused = late.text()
    assert f"{shown} Brussels time" in refused
    assert "closed" in refused
    draft = drafts[3]
    # A second try, a new draft and a save get the same answer; the text is still there.
    late.open(f"/applications/{draft.address}/check/")
    assert late.page.get_by_role("button", name="Send").count() == 0
    assert f"{shown} Brussels time" in late.text()
    late.open(f"/applications/{draft.address}/")
    with late.page.expect_download() as taken:
        late.page.get_by_role("link", name="Download what is saved").first.click()
    assert "Peptide stability in plasma" in taken.value.path().read_text()

    states = dict(Application.objects.values_list("pk", "state"))
    assert [states[one.pk] for one in drafts] == [ApplicationState.SUBMITTED] * 3 + [
        ApplicationState.DRAFT
    ]
    numbers = Application.objects.filter(state=ApplicationState.SUBMITTED).order_by("pk")
    assert list(numbers.values_list("reference", flat=True)) == [f"LSV-1-000{n}" for n in (1, 2, 3)]
    check_the_schedule(world, draft, post, freeze)
    check_the_public(world, visit, shown)


def check_both_zones(closes_at, *, there, here):
    """The New Yorker reads the same instant in both zones; nobody else reads it twice."""
    local = closes_at.astimezone(ZoneInfo(NEW_YORK))
    said = there.locator("[data-here]:visible").first.inner_text()
    seconds = ":59" if local.second else ""
    zone = "GMT\N{NON-BREAKING HYPHEN}4"
    assert said == f"On your device: {local.day} {local:%B %Y} at {local:%H:%M}{seconds} {zone}"
    assert here.locator("[data-here]:visible").count() == 0


def check_the_schedule(world, draft, post, freeze):
    """The task says the same as the page did: one draft was not sent."""
    clock, soon = Actor.clock(), world.call.closes_at + timedelta(hours=2)
    freeze(soon)
    for _twice in range(2):
        calendar.keep_calls(by=clock, now=soon)
        calendar.remind_drafts(by=clock, now=soon)
    closed = JournalEntry.objects.about(world.call).filter(verb="close")
    assert [entry.at for entry in closed] == [soon]
    letters = post.collect().letters
    told = [str(m["To"]) for m in letters if "not" in str(m["Subject"])]
    assert told == [draft.started_by.email], [str(m["Subject"]) for m in letters]


def check_the_public(world, visit, shown):
    """The page of the call, the interface for programs and the figures say the same."""
    page = visit().open(f"/calls/{world.call.slug}/")
    assert f"{shown} Brussels time" in page.locator("main").inner_text()
    manager = visit(world.manager.email)
    manager.open("/statistics/?programme=LSV")
    answer = manager.page.request.get(f"{manager.base}/statistics/applications.csv?programme=LSV")
    assert len(answer.text().strip().splitlines()) == 1 + 3
