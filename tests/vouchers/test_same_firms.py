"""The same firm in two regions: the desk warns, and names it only to who may see it."""

import pytest
from django.urls import reverse

from portal.models import Organisation
from portal.same_firm import Evidence
from portal.same_firms import same_firms
from tests.vouchers import factories

pytestmark = pytest.mark.django_db
NUMBER = {"vat_number": "NL004495445B01"}


@pytest.fixture
def world(settings, freeze) -> factories.World:
    settings.MFA_RELAXED_FOR_DEMO = True
    freeze(factories.NOW)
    return factories.make_world()


def twin_of(world: factories.World, region: str) -> Organisation:
    """Give the firm a number, and register it in another region under the same one."""
    firm = factories.firm_of(world.sme)
    firm.vat_number = NUMBER["vat_number"]
    firm.save()
    return Organisation.objects.create(
        name="Ander Woord BV", country="NL", region=world.regions[region], **NUMBER
    )


def desk(client, person, application) -> str:
    client.force_login(person)
    address = reverse("admin:vouchers_application_change", args=[application.reference])
    return client.get(address).content.decode()


def test_home_learns_that_there_is_a_match_and_the_manager_where(client, world):
    application = factories.submitted(world)
    assert "seems to be" not in desk(client, world.broker, application)
    twin = twin_of(world, "BE-WAL")
    seen = desk(client, world.broker, application)
    assert "This firm seems to be registered in another region too: the same number" in seen
    assert (twin.name in seen, "Wallonia" in seen.partition("seems to be")[2][:80]) == (
        False,
        False,
    )
    told = desk(client, world.manager, application)
    assert "Ander Woord BV in Wallonia seems to be this firm: the same number" in told


def test_the_host_region_reads_nothing_of_it(client, world):
    application = factories.submitted(world)
    twin_of(world, "BE-WAL")
    assert "seems to be" not in desk(client, world.host_broker, application)


def test_an_edit_moves_the_keys_by_which_a_firm_is_found(world):
    firm, twin = factories.firm_of(world.sme), twin_of(world, "BE-WAL")
    firm.refresh_from_db()
    found = same_firms(firm, seen_by=world.manager)
    assert [(one.organisation, one.evidence) for one in found] == [(twin, Evidence.NUMBER)]
    twin.vat_number = ""
    twin.save()
    assert same_firms(firm, seen_by=world.manager) == []


def test_looking_costs_two_statements_at_3_and_at_300(world, django_assert_num_queries):
    firm = factories.firm_of(world.sme)
    twin_of(world, "BE-WAL")
    firm.refresh_from_db()
    same_firms(firm, seen_by=world.broker)  # roles are read once
    for count in (3, 300):
        Organisation.objects.bulk_create(
            Organisation(name=f"Firma {count} {n} GmbH", country="DE") for n in range(count)
        )
        with django_assert_num_queries(2):
            assert len(same_firms(firm, seen_by=world.broker)) == 1
