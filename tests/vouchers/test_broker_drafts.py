"""A broker starts a draft for a firm: it helps to write, and the firm alone declares and sends."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from portal.models import JournalEntry, Membership, OutgoingMail
from portal.permissions import Actor
from tests.vouchers import factories
from vouchers.actions import applications, broker_drafts, draft_rows, drafts
from vouchers.actions.broker_drafts import NobodyActs
from vouchers.models import Application
from vouchers.rules.verdict import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(settings, freeze) -> factories.World:
    settings.MFA_RELAXED_FOR_DEMO = True
    freeze(factories.NOW)
    return factories.make_world()


def begun(world, *, by=None, now=None, firm=None) -> Application:
    return broker_drafts.begin_for(
        world.offers["insight"],
        organisation=firm or world.organisation,
        by=Actor.person(by or world.broker),
        now=now or world.now,
    )


def test_the_firm_is_told_and_finds_it_among_its_applications(world):
    draft = begun(world)
    assert (draft.organisation, draft.started_by) == (world.organisation, world.broker)
    mail = OutgoingMail.objects.get()
    assert (mail.kind, mail.to) == ("begun_by_broker", ["sme@voorbeeld.example"])
    assert f"/applications/{draft.address}/" in mail.body
    client = Client()
    client.force_login(world.sme)
    assert draft.address in client.get("/applications/").content.decode()


def test_the_broker_writes_the_project_and_the_journal_says_so(world):
    draft, by = begun(world), Actor.person(world.broker)
    drafts.set_basics(draft, values={"title": "Written together"}, by=by, now=world.now)
    assert Application.objects.get(pk=draft.pk).title == "Written together"
    typed = JournalEntry.objects.about(draft).get(verb="type")
    assert (typed.by_id, typed.data["keys"]) == (world.broker.pk, ["title"])


@pytest.mark.parametrize("section", ["organisation", "aid"])
def test_figures_and_aid_stay_the_firms_own(world, section):
    draft = begun(world)
    with pytest.raises(PermissionDenied):
        drafts.keep_typed(
            draft, section=section, typed={}, by=Actor.person(world.broker), now=world.now
        )


def test_only_the_firm_declares_and_sends(world):
    draft = begun(world)
    factories.fill(draft, world, by=world.sme)
    with pytest.raises(PermissionDenied):
        drafts.send(
            draft,
            declarations=drafts.DECLARATIONS,
            by=Actor.person(world.broker),
            now=world.now,
        )
    sent = drafts.send(
        draft, declarations=drafts.DECLARATIONS, by=Actor.person(world.sme), now=world.now
    )
    assert sent.by == world.sme
    assert sent.application in Application.objects.for_desk(world.broker)


def test_the_broker_finds_the_rest_of_the_firms_drafts_closed(world):
    other = factories.draft(world)
    begun(world)
    client = Client()
    client.force_login(world.broker)
    assert client.get(f"/applications/{other.address}/").status_code == 404


def test_a_broker_starts_nothing_for_another_regions_firm(world):
    for person in (world.host_broker, world.finance, world.manager, world.sme):
        with pytest.raises(PermissionDenied):
            begun(world, by=person)
    assert not Application.objects.exists()


def test_a_firm_without_an_account_could_not_send_it(world):
    Membership.objects.all().update(state="ended")
    with pytest.raises(NobodyActs):
        begun(world)
    assert not Application.objects.exists()


def test_nothing_is_started_after_the_close(world):
    with pytest.raises(Refused):
        begun(world, now=world.call.closes_at + timedelta(minutes=1))


def test_figures_of_the_last_application_are_taken_over(world):
    factories.complete_draft(world, "meet_greet")
    assert begun(world).figures_year == 2026


def test_the_page_offers_own_regions_firms_and_starts(world):
    other = factories.firm_of(factories.another_sme(world, region="DE-NDS"))
    client = Client()
    client.force_login(world.broker)
    page = client.get("/applications/for-a-firm/")
    assert world.organisation.name in page.content.decode()
    assert other.name not in page.content.decode()
    offer = world.offers["insight"].pk
    wrong = client.post("/applications/for-a-firm/", {"organisation": other.pk, "offer": offer})
    assert wrong.status_code == 422
    assert "Choose a firm of the list" in wrong.content.decode()
    right = client.post(
        "/applications/for-a-firm/", {"organisation": world.organisation.pk, "offer": offer}
    )
    draft = Application.objects.get()
    assert right["Location"] == f"/applications/{draft.address}/"
    assert client.get(right["Location"]).status_code == 200
    assert client.get("/dashboard/").status_code == 200


def test_nobody_else_opens_the_page(world):
    for person in (world.sme, world.finance, world.manager):
        client = Client()
        client.force_login(person)
        assert client.get("/applications/for-a-firm/").status_code == 403


def test_taken_over_partners_are_the_firms_to_choose_too(world):
    draft = begun(world)
    host = draft_rows.host_of(world.records["DE-NDS"])
    draft_rows.set_hosts(draft, hosts=[host], by=Actor.person(world.broker), now=world.now)
    draft_rows.set_hosts(draft, hosts=[], by=Actor.person(world.sme), now=world.now)
    assert not draft.hosts.exists()
    applications.withdraw(draft, by=Actor.person(world.sme), now=world.now)
