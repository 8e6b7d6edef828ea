"""Throwing a draft away."""

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage

from portal.models import JournalEntry, Upload
from portal.permissions import Actor
from portal.workflow import IllegalMove
from tests.vouchers import factories
from tests.vouchers.factories import NOW
from vouchers.actions import discarding
from vouchers.enums import ApplicationState
from vouchers.models import Answer, Application

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(freeze, settings, tmp_path) -> factories.World:
    settings.MEDIA_ROOT = tmp_path
    freeze(NOW)
    return factories.make_world()


def discard(application, by):
    discarding.discard(application, by=Actor.person(by), now=NOW)


def test_nothing_that_was_written_is_left(world, django_capture_on_commit_callbacks):
    draft = factories.complete_draft(world)
    assert Upload.objects.count() == 1
    name = Upload.objects.get().file.name
    with django_capture_on_commit_callbacks(execute=True):
        discard(draft, world.sme)

    draft.refresh_from_db()
    assert (draft.state, draft.title, draft.erased_at) == (ApplicationState.WITHDRAWN, "", NOW)
    assert {answer.value for answer in Answer.objects.filter(application=draft)} <= {None}
    assert not default_storage.exists(name)
    verbs = [entry.verb for entry in JournalEntry.objects.about(draft)][-2:]
    assert verbs == ["withdraw", "erase"]


def test_a_withdrawn_one_that_was_never_sent_goes_too(world):
    draft = factories.complete_draft(world)
    Application.objects.filter(pk=draft.pk).update(state=ApplicationState.WITHDRAWN)
    discard(draft, world.sme)
    discard(draft, world.sme)
    assert Application.objects.get(pk=draft.pk).title == ""


def test_what_was_received_stays(world):
    sent = factories.submitted(world)
    with pytest.raises(IllegalMove):
        discard(sent, world.sme)
    assert Application.objects.get(pk=sent.pk).title


@pytest.mark.parametrize("who", ["broker", "host_broker", "finance", "manager", "auditor"])
def test_only_the_firm_throws_its_draft_away(world, who):
    draft = factories.complete_draft(world)
    with pytest.raises(PermissionDenied):
        discard(draft, getattr(world, who))
    seat = factories.another_sme(world)
    factories.seated(draft, seat, "about")
    with pytest.raises(PermissionDenied):
        discard(draft, seat)


def test_the_page_asks_first_and_the_draft_is_gone_from_every_list(world, client):
    draft = factories.complete_draft(world)
    client.force_login(world.sme)
    address = f"/applications/{draft.address}/"
    assert f"{address}discard/" in client.get(address).content.decode()
    asked = client.get(f"{address}discard/").content.decode()
    assert "Nobody can bring it back" in asked
    assert Application.objects.get(pk=draft.pk).title

    answer = client.post(f"{address}discard/", follow=True)
    assert "Your draft is deleted" in answer.content.decode()
    assert draft.address not in answer.content.decode()
    assert client.get(address).status_code == 404
    assert client.get(f"{address}copy.txt").status_code == 404


def test_what_has_a_number_offers_to_withdraw_instead(world, client):
    sent = factories.submitted(world)
    client.force_login(world.sme)
    answer = client.post(f"/applications/{sent.address}/discard/")
    assert answer.url == f"/applications/{sent.address}/"
    assert Application.objects.get(pk=sent.pk).title
    page = client.get(answer.url).content.decode()
    assert "discard/" not in page
