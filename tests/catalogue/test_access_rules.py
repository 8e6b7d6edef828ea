"""A new version of the common access rules is published at the desk, and providers are told."""

import pytest
from django.urls import reverse

from catalogue import actions
from catalogue.models import AccessRules, Record
from portal.enums import Role
from portal.models import OutgoingMail, Programme
from tests.catalogue import factories
from tests.catalogue.factories import IMPORTER, NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(freeze, settings) -> None:
    settings.MFA_RELAXED_FOR_DEMO = True
    freeze(NOW)
    factories.programme()


def address(page: str) -> str:
    return reverse(f"admin:catalogue_accessrules_{page}")


def test_rules_of_a_programme_that_is_history_are_nobodys():
    rules = factories.rules()
    assert [*AccessRules.objects.current(NOW)] == [rules]
    Programme.objects.update(is_historic=True)
    assert [*AccessRules.objects.current(NOW)] == []


def test_a_manager_publishes_and_each_provider_gets_one_letter(client):
    rules = factories.rules()
    owned, office = [factories.provider(code, accepts=rules) for code in ("DE-RHI", "DK-DNK")]
    nobody = factories.provider()
    nobody.organisation.__class__.objects.filter(pk=nobody.organisation_id).update(email="")
    factories.member(owned.organisation)
    owner = factories.member(owned.organisation)
    owner.memberships.update(is_owner=True)
    record = factories.record(owned)
    client.force_login(factories.overseer())
    assert address("publish") in client.get(address("changelist")).text
    page = client.get(address("publish"))
    assert page.context["form"]["text"].value() == "Rule one.\nRule two."

    client.post(address("publish"), {"programme": rules.programme_id, "text": "Rule three."})

    assert AccessRules.objects.latest("pk").version == 2
    mails = OutgoingMail.objects.order_by("to")
    assert {mail.to[0]: mail.reply_to for mail in mails} == {
        owner.email: "rhineland@brokers.example",
        office.organisation.email: "denmark@brokers.example",
    }
    assert {mail.kind for mail in mails} == {"new_access_rules"}
    assert not Record.objects.offered(NOW).filter(pk=record.pk).exists()
    actions.accept_access_rules(owned, rules=AccessRules.objects.latest("pk"), by=IMPORTER, now=NOW)
    assert Record.objects.offered(NOW).filter(pk=record.pk).exists()


def test_empty_rules_are_refused(client):
    client.force_login(factories.overseer())
    answer = client.post(address("publish"), {"text": "  "})
    assert answer.context["form"].errors == {
        "programme": ["Choose a programme"],
        "text": ["Write the rules, one a line"],
    }
    assert AccessRules.objects.count() == 0


@pytest.mark.parametrize(
    "who",
    [
        factories.broker,
        lambda: factories.broker(role=Role.FINANCE),
        lambda: factories.overseer(Role.AUDITOR),
    ],
)
def test_only_managers_publish(client, who):
    client.force_login(who())
    assert client.post(address("publish"), {"text": "Mine."}).status_code == 403
    assert address("publish") not in client.get(address("changelist")).text


def test_retold_history_tells_nobody():
    factories.provider()
    factories.rules()
    assert OutgoingMail.objects.count() == 0
