"""The desk: what it shows, which buttons it offers, and what each of them does."""

from decimal import Decimal

import pytest
from django.urls import reverse

from portal import clock
from tests.vouchers import factories
from vouchers.enums import ApplicationState as S
from vouchers.models import Award

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def relaxed(settings) -> None:
    settings.MFA_RELAXED_FOR_DEMO = True


@pytest.fixture
def world(freeze) -> factories.World:
    freeze(factories.NOW)
    return factories.make_world()


def desk(application) -> str:
    return reverse("admin:vouchers_application_change", args=[application.reference])


def press(client, user, application, verb, **data):
    client.force_login(user)
    given = {f"{verb}-{name}": value for name, value in data.items()}
    return client.post(
        reverse(f"admin:vouchers_application_{verb}", args=[application.reference]), given
    )


def test_two_regions_sign_through_the_pages(client, world):
    application = factories.submitted(world)

    press(client, world.broker, application, "find_eligible")
    press(client, world.broker, application, "sign_home", amount="4000.00", note="Good")
    answer = press(client, world.host_broker, application, "sign_host", amount="4000.00")

    application.refresh_from_db()
    award = Award.objects.get()
    assert (answer.status_code, application.state, award.amount) == (
        302,
        S.APPROVED,
        Decimal("4000.00"),
    )
