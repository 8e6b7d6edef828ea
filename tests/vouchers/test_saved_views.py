"""Saved views of the queue: an address under a name, for oneself or for a circle."""

import pytest
from django.urls import reverse

from portal.enums import Role
from portal.models import ProgrammeRole
from tests.vouchers import factories
from tests.vouchers.test_queue import QUEUE, look, numbers
from vouchers.forms.filters import QueueFilter
from vouchers.models import SavedView

pytestmark = pytest.mark.django_db
VIEWS = reverse("admin:vouchers_application_views")
QUERY = "tab=to-decide&q=peptide&voucher=insight&assigned=mine&sort=newest"


@pytest.fixture(autouse=True)
def relaxed(settings) -> None:
    settings.MFA_RELAXED_FOR_DEMO = True


@pytest.fixture
def world(freeze) -> factories.World:
    freeze(factories.NOW)
    return factories.make_world()


def save(client, user, name="Mine", query=QUERY):
    client.force_login(user)
    return client.post(VIEWS, {"new-name": name, "queue": query})


def change(client, view, verb, **data):
    return client.post(reverse("admin:vouchers_application_view", args=[view.pk, verb]), data)


def names(page) -> list[tuple[str, bool]]:
    return [(view.name, view.is_theirs) for view in page.context["views"]]


def test_a_view_keeps_the_whole_address(client, world):
    factories.submitted(world)
    answer = save(client, world.broker, " My  insight ", QUERY + "&after=2027-03-01_5&evil=1")
    view = SavedView.objects.get()
    assert (answer.url, view.name, view.query) == (f"{QUEUE}?{QUERY}", "My insight", QUERY)
    page = client.get(answer.url)
    assert [(one.name, one.address, one.is_current) for one in page.context["views"]] == [
        ("My insight", f"{QUEUE}?{QUERY}", True)
    ]
    assert [str(one) for one in page.context["messages"]] == ["The view is saved."]


@pytest.mark.parametrize("name", ["", "Mine", "x" * 61])
def test_a_name_that_does_not_do_comes_back_with_one_sentence(client, world, name):
    save(client, world.broker)
    page = save(client, world.broker, name)
    assert len(page.context["form"].errors) == 1
    assert QUERY.replace("&", "&amp;") in page.content.decode()
    assert SavedView.objects.count() == 1


def test_a_view_is_renamed_and_deleted_by_its_owner_alone(client, world):
    save(client, world.broker)
    view = SavedView.objects.get()
    client.force_login(world.manager)
    refused = [
        change(client, view, verb, **{f"name-{view.pk}-name": "Theirs"}).status_code
        for verb in ("rename", "share", "delete")
    ]
    client.force_login(world.broker)
    change(client, view, "rename", **{f"name-{view.pk}-name": "Newer"})
    named = SavedView.objects.get().name
    unknown = change(client, view, "publish").status_code
    change(client, view, "delete")
    assert (refused, named, unknown) == ([404] * 3, "Newer", 404)
    assert not SavedView.objects.exists()


def test_a_manager_shares_with_a_programme_or_one_region(client, world):
    save(client, world.manager, "For all", "tab=reserve")
    view = SavedView.objects.get()
    people = ("broker", "host_broker", "finance", "auditor", "manager")
    seen = {}
    for circle in (f"programme-{world.programme.pk}", f"region-{world.home.pk}", ""):
        client.force_login(world.manager)
        change(client, view, "share", **{f"share-{view.pk}-circle": circle})
        seen[circle.partition("-")[0]] = {
            name for name in people if names(look(client, getattr(world, name)))
        }
    assert seen == {
        "programme": set(people),
        "region": {"broker", "finance", "manager"},
        "": {"manager"},
    }


def test_who_manages_nothing_shares_nothing(client, world):
    save(client, world.broker)
    view = SavedView.objects.get()
    answer = change(client, view, "share", **{f"share-{view.pk}-circle": f"region-{world.home.pk}"})
    assert answer.context["form"].errors == {"circle": ["Choose a programme or region of the list"]}
    assert not SavedView.objects.get().is_shared


def test_a_shared_view_shows_nobody_more_than_they_see(client, world):
    row = factories.submitted(world)
    save(client, world.manager, "All", "tab=to-decide")
    view = SavedView.objects.get()
    change(client, view, "share", **{f"share-{view.pk}-circle": f"programme-{world.programme.pk}"})
    [link] = look(client, world.other_broker).context["views"]
    assert numbers(client.get(link.address)) == []
    [link] = look(client, world.broker).context["views"]
    assert numbers(client.get(link.address)) == [row.reference]


def test_a_view_outlives_its_owners_role(client, world):
    """What was shared stays until somebody who manages takes it away; nobody sees it as own."""
    save(client, world.manager)
    ProgrammeRole.objects.filter(user=world.manager, role=Role.MANAGER).update(ends_at=world.now)
    client.force_login(world.manager)
    assert client.get(VIEWS).status_code == 302


def test_every_filter_can_be_kept(client, world):
    """Each filter is an address: what the form sends, a view keeps and the queue understands."""
    given = {
        "q": "peptide",
        "call": "lsv-1",
        "voucher": "insight",
        "home": "nl-enl",
        "host": "de-nds",
        "state": "submitted",
        "assigned": "nobody",
        "sort": "newest",
        "length": "100",
    }
    assert set(given) == set(QueueFilter.base_filters)
    row = factories.submitted(world)
    client.force_login(world.broker)
    page = client.get(QUEUE, given)
    save(client, world.broker, "All filters", page.context["query"])
    [link] = client.get(QUEUE).context["views"]
    again = client.get(link.address)
    assert numbers(again) == numbers(page) == [row.reference]
    assert again.context["form"].cleaned_data == given
    assert not [*again.context["messages"]]
