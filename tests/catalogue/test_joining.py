"""Asking to be listed, as a visitor and as the broker's desk see it."""

from datetime import date

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from catalogue.models import Provider, ProviderRequest
from portal.enums import Role
from portal.models import JournalEntry, Organisation, OutgoingMail
from tests.catalogue import factories
from tests.catalogue.factories import NOW

pytestmark = pytest.mark.django_db

PAGE = "/provider/join/"


@pytest.fixture(autouse=True)
def clock(freeze, settings) -> None:
    settings.MFA_RELAXED_FOR_DEMO = True
    freeze(NOW)
    factories.programme()


def said(**changes: object) -> dict[str, object]:
    return {
        "organisation_name": "Neues Labor GmbH",
        "kind": "private",
        "region": factories.region().pk,
        "city": "Aachen",
        "website": "https://labor.example/",
        "offer": "A mass spectrometer.",
        "name": "Nina Neu",
        "email": "nina@labor.example",
        **changes,
    }


def asked(client, **changes: object) -> ProviderRequest:
    assert client.post(PAGE, said(**changes)).status_code == 302
    return ProviderRequest.objects.latest("pk")


def kinds() -> list[tuple[str, list[str]]]:
    return [*OutgoingMail.objects.order_by("pk").values_list("kind", "to")]


def address(page: str, *args: object, model: str = "providerrequest") -> str:
    return reverse(f"admin:catalogue_{model}_{page}", args=args)


def test_a_request_gets_a_day_and_both_sides_see_it(client):
    answer = client.post(PAGE, said(), follow=True)

    row = ProviderRequest.objects.get()
    assert (row.due_on, row.language, row.state) == (date(2027, 3, 15), "en", "new")
    assert answer.redirect_chain[0][0].startswith(f"/provider/join/{row.token[:3]}")
    assert "The Access Broker of Rhineland answers by 15 March 2027." in answer.text
    assert kinds() == [
        ("listing_received", ["nina@labor.example"]),
        ("listing_for_team", ["rhineland@brokers.example"]),
    ]
    replies = [*OutgoingMail.objects.order_by("pk").values_list("reply_to", flat=True)]
    assert replies == ["rhineland@brokers.example", "nina@labor.example"]
    entry = JournalEntry.objects.get(verb="ask")
    assert (entry.by_label, entry.data) == (
        "visitor",
        {"region": "DE-RHI", "due_on": "2027-03-15"},
    )


@pytest.mark.parametrize("token", ["1", "1:abc:def", "x"])
def test_receipts_cannot_be_guessed(client, token):
    asked(client)
    assert client.get(f"/provider/join/{token}/").status_code == 404


def test_errors_say_what_to_do_and_lose_nothing(client):
    answer = client.post(
        PAGE, {"email": "nina", "website": "no site", "offer": "x" * 4001, "city": "Aachen"}
    )
    assert answer.context["form"].errors == {
        "organisation_name": ["Enter the name of the organisation"],
        "kind": ["Choose the kind of organisation"],
        "region": ["Choose a region"],
        "website": ["Enter a web address like https://www.example.org"],
        "offer": ["Shorten this to 4000 characters: it has 4001"],
        "name": ["Enter your name"],
        "email": ["Enter an e-mail address like name@example.org"],
    }
    assert ("x" * 4001 in answer.text, 'value="Aachen"' in answer.text) == (True, True)
    assert ProviderRequest.objects.count() == 0


def test_only_regions_of_running_programmes_are_offered(client):
    factories.region("NL-ENL")
    programme = factories.programme()
    programme.is_historic = True
    programme.save()
    answer = client.post(PAGE, said())
    assert "region" in answer.context["form"].errors


def test_members_need_not_type_who_they_are(client):
    member = factories.member()
    client.force_login(member)
    assert client.get(PAGE).context["form"].initial == {
        "name": "Member",
        "email": member.email,
        "organisation": "Voorbeeld BV",
        "organisation_name": "Voorbeeld BV",
    }


def test_a_provider_is_told_whom_to_ask(client):
    factories.provider(name="Neues Labor")
    answer = client.post(PAGE, said())
    told = (
        "Neues Labor is listed already. To keep its records, ask a colleague there to admit you, "
        "or write to the Access Broker of Rhineland, rhineland@brokers.example"
    )
    assert answer.context["form"].non_field_errors() == [told]
    assert ("A mass spectrometer." in answer.text, ProviderRequest.objects.count()) == (True, 0)


def test_a_request_is_not_made_twice(client):
    asked(client)
    again = client.post(PAGE, said(organisation_name="NEUES LABOR", name="Another"))
    assert "is with the broker already" in again.text
    assert ProviderRequest.objects.count() == 1
    asked(client, organisation_name="Anderes Labor")


def test_one_network_asks_five_times_an_hour(client):
    for number in range(5):
        asked(client, organisation_name=f"Labor {number}")
    sixth = client.post(PAGE, said())
    assert (sixth.status_code, "A mass spectrometer." in sixth.text) == (429, True)
    assert "Ask later, or write to rhineland@brokers.example" in sixth.text
    assert ProviderRequest.objects.count() == 5


def test_the_broker_accepts_and_the_organisation_is_listed(client):
    row = asked(client)
    broker = factories.broker()
    client.force_login(broker)
    page = client.get(address("accept", row.pk))
    assert "becomes a provider of your region" in page.text
    client.post(address("accept", row.pk))

    row.refresh_from_db()
    provider = Provider.objects.get()
    assert (row.state, row.decided_by, row.decided_at, row.provider) == (
        "accepted",
        broker,
        NOW,
        provider,
    )
    organisation = provider.organisation
    assert (provider.slug, provider.kind, organisation.name, organisation.city) == (
        "neues-labor-gmbh",
        "private",
        "Neues Labor GmbH",
        "Aachen",
    )
    assert kinds()[2:] == [("provider_invited", ["nina@labor.example"])]
    assert "has accepted it" in client.get(f"/provider/join/{row.token}/").text


def test_an_organisation_that_is_registered_is_taken(client):
    firm = Organisation.objects.create(
        name="Neues Labor", country="DE", region=factories.region(), city="Aachen"
    )
    row = asked(client)
    client.force_login(factories.broker())
    assert (
        "An organisation of this name is registered" in client.get(address("accept", row.pk)).text
    )
    client.post(address("accept", row.pk))
    assert (Provider.objects.get().organisation, Organisation.objects.count()) == (firm, 1)


def test_a_member_who_asked_is_told_that_it_is_listed(client):
    firm = Organisation.objects.create(name="Neues Labor", country="DE", region=factories.region())
    member = factories.member(firm)
    row = asked(client, email=member.email)
    client.force_login(factories.broker())
    client.post(address("accept", row.pk))
    mail = OutgoingMail.objects.latest("pk")
    assert (mail.kind, mail.to, mail.reply_to) == (
        "listed",
        [member.email],
        "rhineland@brokers.example",
    )
    assert "/provider/" in mail.body


@pytest.mark.parametrize("has_people", [False, True])
def test_an_organisation_of_another_region_stays_there(client, has_people):
    other = factories.region("DK-DNK")
    firm = Organisation.objects.create(name="Neues Labor", country="DE", region=other)
    if has_people:
        factories.member(firm)
    row = asked(client)
    client.force_login(factories.broker())
    answer = client.post(address("accept", row.pk))
    assert "is registered in Denmark: ask the Access Broker there" in answer.text
    row.refresh_from_db()
    assert (row.state, Provider.objects.count()) == ("new", 0)


def test_only_its_own_people_make_an_organisation_a_provider(client):
    firm = Organisation.objects.create(
        name="Neues Labor", country="DE", region=factories.region(), city="Aachen"
    )
    owner = factories.member(firm)
    row = asked(client)
    client.force_login(factories.broker())
    answer = client.post(address("accept", row.pk))
    assert "People act for Neues Labor in the portal: let one of them ask" in answer.text
    assert Provider.objects.count() == 0
    EmailAddress.objects.create(user=owner, email=row.email, verified=True)
    client.post(address("accept", row.pk))
    assert Provider.objects.get().organisation == firm
    assert not OutgoingMail.objects.filter(kind="provider_invited").exists()


def test_the_broker_refuses_with_a_reason(client):
    row = asked(client)
    client.force_login(factories.broker())
    empty = client.post(address("refuse", row.pk), {"reason": " "})
    assert "Write the reason" in empty.text
    client.post(address("refuse", row.pk), {"reason": "Not life sciences."})
    row.refresh_from_db()
    assert (row.state, row.reason) == ("refused", "Not life sciences.")
    mail = OutgoingMail.objects.get(kind="listing_refused")
    assert (mail.to, "Not life sciences." in mail.body) == (["nina@labor.example"], True)
    page = client.get(f"/provider/join/{row.token}/").text
    assert ("has refused it" in page, "Not life sciences." in page) == (True, False)
    asked(client)


def test_a_second_answer_is_a_conflict(client):
    row = asked(client)
    client.force_login(factories.broker())
    client.post(address("accept", row.pk))
    assert client.post(address("accept", row.pk)).status_code == 409
    assert client.post(address("refuse", row.pk), {"reason": "No."}).status_code == 409
    assert len(kinds()) == 3


@pytest.mark.parametrize(
    ("who", "page", "status"),
    [
        (lambda: factories.broker("DK-DNK"), "accept", 404),
        (lambda: factories.broker("DK-DNK"), "refuse", 404),
        (lambda: factories.broker(role=Role.FINANCE), "accept", 404),
        (lambda: factories.overseer(Role.AUDITOR), "accept", 403),
        (lambda: factories.overseer(Role.AUDITOR), "refuse", 403),
        (factories.overseer, "accept", 200),
        (factories.member, "accept", 302),
    ],
)
def test_who_may_answer(client, who, page, status):
    row = asked(client)
    client.force_login(who())
    assert client.get(address(page, row.pk)).status_code == status


def test_open_requests_come_first_by_day(client):
    row = asked(client)
    factories.broker()
    client.force_login(factories.broker())
    client.post(address("refuse", row.pk), {"reason": "No."})
    for number, day in enumerate((9, 7, 8)):
        ProviderRequest.objects.create(
            **{**said(), "region": factories.region(), "organisation_name": f"Labor {number}"},
            asked_at=NOW,
            due_on=date(2027, 4, day),
        )
    other = {**said(), "region": factories.region("DK-DNK")}
    ProviderRequest.objects.create(**other, asked_at=NOW, due_on=NOW.date())
    listed = client.get(address("changelist")).context["cl"].result_list
    assert [one.organisation_name for one in listed] == [
        "Labor 1",
        "Labor 2",
        "Labor 0",
        "Neues Labor GmbH",
    ]


def test_the_list_costs_the_same_at_three_and_thirty_rows(client):
    client.force_login(factories.broker())

    def cost(more: int) -> int:
        ProviderRequest.objects.bulk_create(
            ProviderRequest(
                **{**said(), "region": factories.region()}, asked_at=NOW, due_on=NOW.date()
            )
            for _number in range(more)
        )
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(address("changelist"))
        return len(queries)

    cost(3)
    assert cost(0) == cost(30)
