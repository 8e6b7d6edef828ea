"""Staff see the records of their region and use the buttons of the workflow table."""

import pytest
from django.urls import reverse

from catalogue.models import Record
from portal.enums import Role
from tests.catalogue import factories
from tests.catalogue.factories import NOW, TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def relaxed(settings, freeze) -> None:
    settings.MFA_RELAXED_FOR_DEMO = True
    freeze(NOW)
    factories.programme()


def address(page: str, *args) -> str:
    return reverse(f"admin:catalogue_record_{page}", args=args)


def state() -> str:
    return Record.objects.get().state


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        (lambda: factories.broker("DE-RHI"), ["DE-RHI"]),
        (lambda: factories.broker("DK-DNK", Role.FINANCE), ["DK-DNK"]),
        (factories.overseer, ["DE-RHI", "DK-DNK"]),
        (lambda: factories.overseer(Role.AUDITOR), ["DE-RHI", "DK-DNK"]),
    ],
)
def test_list_and_pages_stop_at_the_region(client, who, sees):
    records = [factories.record(factories.provider(c), title=c) for c in ("DE-RHI", "DK-DNK")]
    client.force_login(who())
    listed = client.get(address("changelist")).context["cl"].result_list
    statuses = [client.get(address("change", row.pk)).status_code for row in records]
    assert sorted(row.title for row in listed) == sees
    assert statuses == [200 if row.title in sees else 404 for row in records]


@pytest.mark.parametrize("page", ["publish", "confirm", "hide"])
def test_buttons_of_other_regions_do_not_exist(client, page):
    record = factories.record()
    client.force_login(factories.broker("DK-DNK"))
    assert client.post(address(page, record.pk)).status_code == 404


@pytest.mark.parametrize("page", ["publish", "confirm", "hide"])
def test_finance_sees_and_may_not(client, page):
    record = factories.record()
    client.force_login(factories.broker(role=Role.FINANCE))
    assert client.post(address(page, record.pk), {"reason": "x"}).status_code == 403


def test_broker_publishes_confirms_and_hides(client):
    record = factories.record(is_public=False, confirmed_on=NOW.date().replace(month=1))
    client.force_login(factories.broker())
    client.post(address("publish", record.pk))
    assert state() == "published"
    client.post(address("confirm", record.pk))
    assert Record.objects.get().confirmed_on == TODAY
    refused = client.post(address("hide", record.pk), {"reason": ""})
    assert (state(), "Say why the record is hidden" in refused.text) == ("published", True)
    client.post(address("hide", record.pk), {"reason": "Closed"})
    assert state() == "hidden"


def test_a_second_click_is_a_conflict(client):
    record = factories.record()
    client.force_login(factories.broker())
    assert client.post(address("publish", record.pk)).status_code == 409


def test_page_offers_what_the_table_allows(client):
    record = factories.record()
    client.force_login(factories.broker())
    context = client.get(address("change", record.pk)).context
    offered = [entry["address"] for entry in [*context["buttons"], *context["links"]]]
    page = reverse("provider_record", args=[record.slug])
    assert offered == [address("confirm", record.pk), page, address("hide", record.pk)]


@pytest.mark.parametrize("model", ["provider", "accessrules", "competence"])
def test_other_lists_are_read_only(client, model):
    factories.provider(accepts=factories.rules())
    factories.term("imaging")
    client.force_login(factories.broker())
    assert client.get(reverse(f"admin:catalogue_{model}_changelist")).status_code == 200
    assert client.get(reverse(f"admin:catalogue_{model}_add")).status_code == 403


def test_visitors_sign_in_first(client):
    assert client.get(address("changelist")).status_code == 302
