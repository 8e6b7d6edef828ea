"""Invitations to keep a provider's records: sent, renewed, replaced, accepted once."""

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.urls import reverse
from django.utils import timezone

from catalogue.actions import joining
from catalogue.models import Provider
from portal.enums import MembershipState
from portal.models import JournalEntry, MailLink, Membership, OutgoingMail, RegionRole, User
from portal.permissions import Actor
from tests.catalogue import factories
from tests.catalogue.factories import NOW

pytestmark = pytest.mark.django_db

PASSWORD = "correct-horse-battery"
EMAIL = "nina@labor.example"


@pytest.fixture(autouse=True)
def clock(freeze, settings) -> None:
    settings.MFA_RELAXED_FOR_DEMO = True
    freeze(NOW)
    factories.programme()


@pytest.fixture
def provider() -> Provider:
    return factories.provider(name="Musterlab")


@pytest.fixture
def broker() -> User:
    return factories.broker()


def invite(provider: Provider, by: User, email: str = EMAIL, **when: object) -> str:
    """Invite somebody and return the path in the letter."""
    times = {"now": NOW, "link_now": timezone.now(), **when}
    link = joining.invite(provider, email=email, by=Actor.person(by), **times)
    return path_in(OutgoingMail.objects.get(subject_id=link.pk, kind="provider_invited"))


def path_in(mail: OutgoingMail) -> str:
    return re.search(r"http://[^/]+(/\S+)", mail.body)[1]


def person(email: str = EMAIL) -> User:
    user = User.objects.create_user(email, PASSWORD, name="Nina")
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def members(provider: Provider) -> list[tuple[str, bool, str]]:
    rows = provider.organisation.memberships.order_by("pk")
    return [*rows.values_list("user__email", "is_owner", "state")]


def test_a_stranger_signs_up_comes_back_and_owns_the_organisation(
    real_outbox, client, provider, broker
):
    page = invite(provider, broker)
    shown = client.get(page)
    assert [text in shown.text for text in ("Musterlab", "Rhineland", EMAIL)] == [True] * 3
    there = client.post(page)
    sign_up = {"email": EMAIL, "password1": PASSWORD, "password2": PASSWORD}
    back = client.post(there["Location"], sign_up)
    assert back["Location"] == page
    assert "Accept the invitation" in client.get(page).text
    done = client.post(page)

    assert (done.status_code, done["Location"]) == (302, "/provider/")
    assert members(provider) == [(EMAIL, True, "active")]
    entry = JournalEntry.objects.about(Membership.objects.get()).get()
    assert (entry.verb, entry.after, entry.data) == (
        "accept_invitation",
        "active",
        {"organisation": provider.organisation_id, "invited_by": broker.pk},
    )
    assert client.post(page).status_code == 410


def test_the_second_person_is_no_owner(client, provider, broker):
    first = factories.member(provider.organisation)
    first.memberships.update(is_owner=True)
    page = invite(provider, broker)
    client.force_login(person())
    client.post(page)
    assert members(provider)[1] == (EMAIL, False, "active")


def test_a_request_to_join_gives_way_to_the_invitation(client, provider, broker):
    user = person()
    Membership.objects.create(user=user, organisation=provider.organisation, asked_at=NOW)
    client.force_login(user)
    client.post(invite(provider, broker))
    assert members(provider) == [(EMAIL, False, "ended"), (EMAIL, True, "active")]


def test_another_address_does_not_open_it(client, provider, broker):
    page = invite(provider, broker)
    client.force_login(person("else@labor.example"))
    assert "This invitation is for another address" in client.get(page).text
    assert client.post(page).status_code == 200
    assert members(provider) == []
    assert MailLink.objects.get().used_at is None


def test_a_newer_invitation_takes_the_place_of_the_older(client, provider, broker):
    old, other = invite(provider, broker), invite(provider, broker, "else@labor.example")
    new = invite(provider, broker)
    client.force_login(person())
    assert [client.get(page).status_code for page in (old, other, new)] == [410, 200, 200]
    assert "A newer message took its place" in client.get(old).text


def test_an_expired_invitation_is_renewed_to_the_same_address(client, provider, broker):
    old = invite(provider, broker, link_now=timezone.now() - timedelta(days=15))
    assert "It is too old" in client.get(old).text
    client.post(old, {"renew": "1"})
    mail = OutgoingMail.objects.filter(kind="provider_invited").latest("pk")
    assert mail.to == [EMAIL]
    client.force_login(person())
    assert client.post(path_in(mail))["Location"] == "/provider/"
    assert members(provider) == [(EMAIL, True, "active")]


def test_an_invitation_ends_with_the_right_to_invite(client, provider, broker):
    page = invite(provider, broker)
    RegionRole.objects.update(ends_at=NOW - timedelta(days=1))
    client.force_login(person())
    answer = client.post(page, follow=True)
    assert "may no longer do so" in answer.text
    assert (members(provider), MailLink.objects.get().used_at) == ([], None)


def test_who_is_a_member_already_is_told(client, provider, broker):
    page = invite(provider, broker)
    user = person()
    Membership.objects.create(
        user=user,
        organisation=provider.organisation,
        state=MembershipState.ACTIVE,
        asked_at=NOW,
    )
    client.force_login(user)
    assert "You act for this organisation already." in client.post(page, follow=True).text


def address(page: str, *args: object) -> str:
    return reverse(f"admin:catalogue_provider_{page}", args=args)


def said(**changes: object) -> dict[str, object]:
    return {
        "name": "Neues Labor GmbH",
        "kind": "public",
        "region": factories.region().pk,
        "city": "Aachen",
        "website": "",
        "email": EMAIL,
        "language": "de",
        **changes,
    }


def test_the_broker_invites_a_new_provider(client, broker):
    client.force_login(broker)
    assert address("invite_new") in client.get(address("changelist")).text
    client.post(address("invite_new"), said())
    provider = Provider.objects.get()
    assert (provider.slug, provider.organisation.country) == ("neues-labor-gmbh", "DE")
    mail = OutgoingMail.objects.get()
    assert (mail.to, mail.language, mail.is_private) == ([EMAIL], "de", True)


def test_the_form_says_what_is_missing(client, broker):
    client.force_login(broker)
    denmark = factories.region("DK-DNK").pk
    answer = client.post(
        address("invite_new"), said(name="", city="", email="nina", region=denmark)
    )
    assert answer.context["form"].errors == {
        "name": ["Enter the name of the organisation"],
        "region": ["Choose a region"],
        "city": ["Enter the town"],
        "email": ["Enter an e-mail address like name@example.org"],
    }
    assert Provider.objects.count() == 0


def test_a_provider_of_another_region_is_not_taken_over(client, broker):
    factories.provider("DK-DNK", name="Neues Labor")
    Provider.objects.get().organisation.__class__.objects.update(country="DE")
    client.force_login(broker)
    answer = client.post(address("invite_new"), said())
    assert "ask the Access Broker there" in answer.text
    assert (Provider.objects.count(), OutgoingMail.objects.count()) == (1, 0)


def test_one_more_person_is_invited_to_a_provider(client, broker, provider):
    client.force_login(broker)
    assert address("invite", provider.pk) in client.get(address("change", provider.pk)).text
    client.post(address("invite", provider.pk), {"email": EMAIL, "language": "en"})
    assert OutgoingMail.objects.get().to == [EMAIL]
    member = factories.member(provider.organisation)
    answer = client.post(address("invite", provider.pk), {"email": member.email, "language": "en"})
    assert "acts for the organisation already" in answer.text


@pytest.mark.parametrize(
    ("who", "statuses"),
    [
        (lambda: factories.broker("DK-DNK"), [200, 404]),
        (lambda: factories.broker(role="finance"), [403, 403]),
        (lambda: factories.overseer("auditor"), [403, 403]),
        (factories.overseer, [200, 200]),
    ],
)
def test_who_may_invite(client, who, statuses, provider):
    client.force_login(who())
    pages = [address("invite_new"), address("invite", provider.pk)]
    assert [client.get(page).status_code for page in pages] == statuses
