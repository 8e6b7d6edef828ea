"""Two tabs on the parts that are saved whole: the second is warned, and nothing is lost."""

import pytest
from django.test import Client

from tests.vouchers import factories
from vouchers.models import Application, CostLine, EnterpriseFigures

pytestmark = pytest.mark.django_db
WARNING = "Somebody else has changed the same answers"
FIGURES = {
    "year": "2026",
    "headcount": "12",
    "turnover": "900000",
    "balance_sheet": "700000",
    "sector": "life_sciences",
}
AID = {
    "is_export_tied": "no",
    "aid-row": "1",
    "aid-1-granted_on": "2 June 2025",
    "aid-1-authority": "Ville de Liège",
    "aid-1-member_state": "BE",
    "aid-1-amount": "10,000",
}


@pytest.fixture
def world(freeze) -> factories.World:
    freeze(factories.NOW)
    return factories.make_world()


@pytest.fixture
def tabs(world) -> tuple[Client, Client]:
    found = (Client(), Client())
    for client in found:
        client.force_login(world.sme)
    return found


def at(application: Application, code: str) -> str:
    return f"/applications/{application.address}/{code}/"


def cost(world, item: str, amount: str) -> dict[str, str]:
    kind = world.voucher_type("meet_greet").cost_kinds.get(code="travel").pk
    return {
        "amount": "400",
        "cost-row": "1",
        "cost-1-item": item,
        "cost-1-kind": str(kind),
        "cost-1-amount": amount,
    }


def what_is_stored(application: Application) -> list[object]:
    application.refresh_from_db()
    organisation = application.organisation
    return [
        list(EnterpriseFigures.objects.values_list("year", "headcount", "turnover")),
        list(organisation.declared_aid.values_list("authority", "amount")),
        list(CostLine.objects.values_list("item", "amount")),
        application.sector,
        application.amount,
        application.typed,
    ]


def payloads(world) -> dict[str, tuple[dict[str, str], dict[str, str], str]]:
    """Return by part what the first tab saves, what the second does, and a word of the first."""
    return {
        "organisation": (FIGURES, {**FIGURES, "headcount": "25"}, "12"),
        "aid": (AID, {**AID, "aid-1-amount": "20,000"}, "Ville de Liège"),
        "costs": (cost(world, "Train", "120"), cost(world, "Flight", "300"), "Train"),
    }


@pytest.mark.parametrize("code", ["organisation", "aid", "costs"])
@pytest.mark.parametrize("is_whole", [True, False])
def test_the_second_tab_is_warned_and_saves_knowingly(tabs, world, code, is_whole):
    first, second = tabs
    application = factories.draft(world, "meet_greet")
    address = at(application, code)
    theirs, mine, word = payloads(world)[code]
    if not is_whole:
        # What cannot be stored yet is kept as typed, and overwritten no sooner than the rest.
        spoilt = next(name for name in mine if name.endswith(("amount", "headcount")))
        mine = {**mine, spoilt: "many"}
    marks = [dict(tab.get(address).context["seen"]) for tab in tabs]
    assert marks[0] == marks[1]
    assert first.post(address, {**marks[0], **theirs}).status_code == 302
    before = what_is_stored(application)

    typed = second.post(address, {**marks[1], **mine}, headers={"X-Autosave": "1"}).json()
    assert (typed["problem"] != "", typed["seen"], what_is_stored(application)) == (
        True,
        {},
        before,
    )
    warned = second.post(address, {**marks[1], **mine})
    page = warned.content.decode()
    assert (warned.status_code, WARNING in page, word in page) == (409, True, True)
    assert [value for value in mine.values() if value not in page] == []
    assert what_is_stored(application) == before

    again = second.post(address, {**warned.context["seen"], **mine})
    assert again.status_code == (302 if is_whole else 422)
    assert what_is_stored(application) != before


@pytest.mark.parametrize("code", ["organisation", "aid", "costs"])
def test_one_tab_may_save_again_and_again(tabs, world, code):
    first, _second = tabs
    application = factories.draft(world, "meet_greet")
    address = at(application, code)
    theirs, mine, _word = payloads(world)[code]
    marks = dict(first.get(address).context["seen"])
    for typed in (theirs, mine, theirs):
        said = first.post(address, {**marks, **typed}, headers={"X-Autosave": "1"}).json()
        assert (said["problem"], sorted(said["seen"])) == ("", ["seen-whole"])
        marks = said["seen"]
    # An answer that was lost on its way is no other browser's: the same content is no conflict.
    stale = {**dict(first.get(address).context["seen"]), "seen-whole": "0" * 12}
    assert first.post(address, {**stale, **theirs}).status_code == 302


def test_aid_that_another_application_declares_is_seen(tabs, world):
    first, second = tabs
    one, two = factories.draft(world, "meet_greet"), factories.draft(world, "insight")
    marks = dict(second.get(at(two, "aid")).context["seen"])
    assert first.post(at(one, "aid"), AID).status_code == 302
    warned = second.post(at(two, "aid"), {**marks, "is_export_tied": "no", "none": "on"})
    assert (warned.status_code, one.organisation.declared_aid.count()) == (409, 1)


def test_partners_that_changed_meanwhile_are_shown_and_not_replaced(tabs, world):
    first, second = tabs
    application = factories.draft(world)
    address = at(application, "hosts")
    seen = {"seen-whole": second.get(address).context["mark"]}
    first.post(address, {"choose": "mass-spectrometry-wallonia"})
    stood = application.hosts.get().record

    chosen = {**seen, "choose": "mass-spectrometry-lower-saxony"}
    warned = second.post(address, chosen)
    assert warned.status_code == 409
    assert "Somebody else has changed the partners" in warned.content.decode()
    assert application.hosts.get().record == stood

    knowing = {**chosen, "seen-whole": warned.context["mark"]}
    assert second.post(address, knowing).status_code == 302
    assert application.hosts.get().record != stood


def test_a_stale_page_takes_nobody_else_away(tabs, world):
    first, second = tabs
    application = factories.draft(world, "meet_greet")
    address = at(application, "hosts")
    for slug in ("mass-spectrometry-wallonia", "mass-spectrometry-lower-saxony"):
        first.post(address, {"choose": slug})
    gone, stays = application.hosts.all()
    seen = {"seen-whole": second.get(address).context["mark"]}
    first.post(address, {"remove": str(gone.pk)})
    answer = second.post(address, {**seen, "remove": str(gone.pk)})
    assert (answer.status_code, [host.pk for host in application.hosts.all()]) == (302, [stays.pk])
