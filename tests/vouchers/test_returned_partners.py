"""Partners of a returned application: who was submitted stands, until another submission."""

from datetime import timedelta

import pytest
from django.urls import reverse

from portal.models import MailLink
from portal.permissions import Actor
from portal.workflow import as_json
from tests.vouchers import factories
from vouchers.actions import applications, awards, consents, draft_rows
from vouchers.actions.draft_rows import HostFields
from vouchers.actions.hosts import set_aside
from vouchers.actions.signing import PartnerNotConfirmed
from vouchers.enums import ReturnKind, Side
from vouchers.models import Application, Host, PartnerConsent
from vouchers.permissions import PARTNER
from vouchers.snapshots import content_of

pytestmark = pytest.mark.django_db
CLOCK = Actor.clock()
HAND = {"contact_name": "A. Muster", "contact_email": "a@muster.example"}


@pytest.fixture(autouse=True)
def relaxed(settings) -> None:
    settings.MFA_RELAXED_FOR_DEMO = True


@pytest.fixture
def world(freeze) -> factories.World:
    freeze(factories.NOW)
    return factories.make_world()


def name(application, world, *hosts):
    by = Actor.person(world.sme)
    draft_rows.set_hosts(application, hosts=hosts, by=by, now=world.now)


def of(world, region) -> HostFields:
    return draft_rows.host_of(world.records[region])


def stand(application, world) -> Application:
    applications.let_stand(application, by=CLOCK, now=world.now + timedelta(days=6))
    return Application.objects.get(pk=application.pk)


def frozen(application) -> object:
    return application.submissions.last().content["hosts"]


def hosts_now(application) -> object:
    return as_json(content_of(application)["hosts"])


def sign(application, world, side=Side.HOME):
    person = world.broker if side == Side.HOME else world.host_broker
    return awards.sign(
        application,
        side=side,
        amount=application.amount,
        by=Actor.person(person),
        now=world.now + timedelta(days=7),
    )


def states(application) -> list[tuple[str, str]]:
    rows = PartnerConsent.objects.filter(application=application).order_by("pk")
    return [(row.partner, row.state) for row in rows]


@pytest.mark.parametrize("answer", ["", "asked", "given"])
def test_without_an_answer_the_submitted_partner_stands(world, answer):
    application = factories.returned(world)
    first = application.hosts.get()
    name(application, world, of(world, "BE-WAL"))
    other = application.hosts.get()
    if answer:
        consent = factories.asked(other, by=world.sme)
    if answer == "given":
        consents.give(consent, said=factories.confirmation(), by=PARTNER, now=world.now)

    stood = stand(application, world)

    assert stood.hosts.get() == first
    assert (hosts_now(stood), stood.host_region) == (frozen(stood), world.host)
    asked = [("Musterlab Wallonia", "void")] if answer else []
    assert states(stood) == [("Musterlab Lower Saxony", "given"), *asked]
    assert not MailLink.objects.filter(used_at=None, replaced_at=None).exists()
    assert not Host.all_rows.filter(pk=other.pk).exists()
    applications.find_eligible(stood, by=Actor.person(world.broker), now=world.now)
    sign(stood, world)
    assert sign(stood, world, Side.HOST) is not None


def test_several_partners_come_back_to_their_places(world):
    application = factories.complete_draft(world, "meet_greet")
    one, two, three = (
        HostFields(f"Host {n}", region=world.host, website=f"https://{n}.example", **HAND)
        for n in range(3)
    )
    name(application, world, one, two)
    factories.send(application, world)
    send_back(application, world)
    moved = HostFields("Host 1", region=world.host, website="https://new.example", **HAND)
    name(application, world, three, moved)
    stood = stand(application, world)
    assert hosts_now(stood) == frozen(stood)
    assert [host.name for host in stood.hosts.all()] == ["Host 0", "Host 1"]


def send_back(application, world):
    applications.send_back(
        application,
        kind=ReturnKind.QUESTION,
        message="Which of the two carriers did you test?",
        answer_by=world.now + timedelta(days=5),
        by=Actor.person(world.broker),
        now=world.now,
    )


def test_a_partner_who_comes_back_keeps_its_consent(world):
    application = factories.returned(world)
    first = application.hosts.get()
    name(application, world, of(world, "BE-WAL"))
    assert [host.name for host in application.hosts.all()] == ["Musterlab Wallonia"]
    name(application, world, of(world, "DE-NDS"))
    assert application.hosts.get() == first
    assert states(application) == [("Musterlab Lower Saxony", "given")]
    factories.send(application, world)


def test_another_submission_gives_the_first_partner_up(world):
    application = factories.returned(world)
    first = application.hosts.get()
    name(application, world, of(world, "BE-WAL"))
    factories.consented(application.hosts.get(), by=world.sme)
    factories.send(application, world)
    assert states(application) == [
        ("Musterlab Lower Saxony", "void"),
        ("Musterlab Wallonia", "given"),
    ]
    assert not Host.all_rows.filter(pk=first.pk).exists()
    send_back(application, world)
    stood = stand(application, world)
    assert (stood.host_region, hosts_now(stood)) == (world.regions["BE-WAL"], frozen(stood))


def test_a_refusal_is_not_undone_by_naming_another(world):
    application = factories.returned(world)
    application.hosts.update(refused_at=world.now, refusal="It has closed.")
    name(application, world, of(world, "BE-WAL"))
    stood = stand(application, world)
    assert stood.hosts.get().is_refused


@pytest.mark.parametrize("side", [Side.HOME, Side.HOST])
def test_nobody_signs_for_a_partner_who_has_not_confirmed(client, world, side):
    application = factories.eligible(world)
    if side == Side.HOST:
        sign(application, world)
    consent = application.consents.get()
    set_aside([consent], by=Actor.person(world.sme), now=world.now)
    with pytest.raises(PartnerNotConfirmed):
        sign(application, world, side)
    client.force_login(world.broker if side == Side.HOME else world.host_broker)
    verb = f"sign_{side}"
    address = reverse(f"admin:vouchers_application_{verb}", args=[application.reference])
    answer = client.post(address, {f"{verb}-amount": "4000"})
    words = "Musterlab Lower Saxony has not confirmed: the home region sends the application back"
    assert (answer.status_code, words in answer.content.decode()) == (200, True)


def test_a_meet_and_greet_is_signed_without_consent(world):
    application = factories.eligible(world, "meet_greet")
    assert sign(application, world) is not None
