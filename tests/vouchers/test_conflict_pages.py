"""The pages of conflicts of interest: declare, judge, report."""

import pytest
from django.test import Client
from django.urls import reverse

from portal.models import User
from portal.permissions import Actor
from tests.vouchers import factories
from tests.vouchers.factories import World
from vouchers.actions import conflicts
from vouchers.enums import ConflictState, PartyRole
from vouchers.models import Application, ConflictOfInterest

pytestmark = pytest.mark.django_db
BASE = "admin:vouchers_conflictofinterest"


@pytest.fixture(autouse=True)
def relaxed(settings) -> None:
    settings.MFA_RELAXED_FOR_DEMO = True


@pytest.fixture
def world(freeze) -> World:
    freeze(factories.NOW)
    return factories.make_world()


@pytest.fixture
def application(world) -> Application:
    return factories.submitted(world)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def declared(application: Application, world: World) -> ConflictOfInterest:
    return conflicts.declare(
        application,
        party=PartyRole.APPLICANT,
        statement="=My sister works there.",
        by=Actor.person(world.broker),
        now=world.now,
    )


def page(row: ConflictOfInterest, name: str = "change") -> str:
    return reverse(f"{BASE}_{name}", args=[row.pk])


def test_a_declaration_without_a_word_comes_back_and_hides_nothing(world, application):
    client = signed_in(world.broker)
    address = reverse("admin:vouchers_application_conflict", args=[application.reference])
    answer = client.post(address, {"party": "partner"}).content.decode()
    assert "Say in which way you are close to them" in answer
    assert "checked" in answer
    assert not ConflictOfInterest.objects.exists()


def test_who_declares_is_led_to_their_own_list_and_sees_only_the_number(world, application):
    client = signed_in(world.broker)
    address = reverse("admin:vouchers_application_conflict", args=[application.reference])
    said = {"party": "partner", "statement": "My sister works there."}
    shown = client.post(address, said, follow=True).content.decode()
    assert f"{application.reference} is hidden from you" in shown
    row = ConflictOfInterest.objects.get()
    own = client.get(page(row)).content.decode()
    assert "Declared (Partner)" in own
    assert "Nobody in East Netherlands: a manager must invite another broker" in own
    assert application.title not in own + shown
    assert client.get(address).status_code == 404
    assert client.get(page(row, "clear")).status_code == 403


def test_a_second_person_clears_with_a_reason(world, application):
    row, second = declared(application, world), factories.another_broker(world, "NL-ENL")
    client = signed_in(second)
    empty = client.post(page(row, "clear"), {}).content.decode()
    assert "Say why, so that the person and the auditors can follow" in empty
    done = client.post(page(row, "clear"), {"reason": "They never met."}, follow=True)
    assert "is told." in done.content.decode()
    row.refresh_from_db()
    assert (row.state, row.judged_by) == (ConflictState.CLEARED, second)
    assert client.get(page(row, "confirm")).status_code == 409


def test_stepping_aside_is_one_button(world, application):
    row = declared(application, world)
    client = signed_in(world.broker)
    assert page(row, "step_aside") in client.get(page(row)).content.decode()
    client.post(page(row, "step_aside"))
    row.refresh_from_db()
    assert row.state == ConflictState.STANDS
    assert page(row, "step_aside") not in client.get(page(row)).content.decode()


@pytest.mark.parametrize(
    ("role", "code"), [("manager", 200), ("auditor", 200), ("broker", 403), ("sme", 302)]
)
def test_the_report_is_for_managers_and_auditors(world, application, role, code):
    declared(application, world)
    answer = signed_in(getattr(world, role)).get(reverse(f"{BASE}_report"))
    assert answer.status_code == code
    if code == 200:
        header, line = b"".join(answer).decode().splitlines()
        assert header.startswith("application,programme,home_region,voucher_type,person,kind")
        assert line.startswith(
            f"{application.reference},LSV,NL-ENL,insight,broker@enl.example,declared,applicant,,"
            "'=My sister works there."
        )


def test_another_region_sees_no_conflict(world, application):
    row = declared(application, world)
    client = signed_in(world.other_broker)
    assert client.get(page(row)).status_code == 404
    assert application.reference not in client.get(reverse(f"{BASE}_changelist")).content.decode()
