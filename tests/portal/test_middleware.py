"""Staff come with a second factor; a late move is answered with the state as it is."""

import pytest
from django.urls import reverse

from portal.actions import organisations
from portal.models import RegionRole, User
from portal.permissions import Actor

pytestmark = pytest.mark.django_db

SETS_UP = "/accounts/2fa/totp/activate/"


@pytest.mark.parametrize("path", ["/admin/", "/admin/portal/organisation/", "/accounts/profile/"])
def test_staff_without_a_second_factor_are_sent_to_set_one_up(sign_in, broker, path):
    answer = sign_in(broker, second_factor=False).get(path)
    assert (answer.status_code, answer.headers["Location"]) == (302, SETS_UP)


def test_staff_with_a_second_factor_come_in(sign_in, broker):
    assert sign_in(broker).get("/admin/").status_code == 200


def test_public_pages_and_the_way_out_stay_open(sign_in, broker):
    client = sign_in(broker, second_factor=False)
    assert client.get("/privacy/").status_code == 200
    assert client.post("/accounts/logout/").headers["Location"] == "/"


def test_who_is_no_staff_needs_no_second_factor(sign_in, member):
    assert sign_in(member).get("/accounts/profile/").status_code == 200


def test_who_becomes_staff_needs_one_on_the_next_request(sign_in, member, broker):
    client = sign_in(member)
    RegionRole.objects.filter(user=broker).update(user=member)
    assert client.get("/accounts/profile/").headers["Location"] == SETS_UP


def test_a_demo_relaxes_demo_logins_only(sign_in, broker, settings):
    settings.MFA_RELAXED_FOR_DEMO = True
    client = sign_in(broker, second_factor=False)
    assert client.get("/admin/").headers["Location"] == SETS_UP

    User.objects.filter(pk=broker.pk).update(email="broker@demo.example")

    answer = client.get("/admin/")
    assert answer.status_code == 200
    assert answer.wsgi_request.second_factor_relaxed is True
    settings.MFA_RELAXED_FOR_DEMO = False
    assert client.get("/admin/").headers["Location"] == SETS_UP


def test_an_ended_role_closes_the_desk_on_the_next_request(sign_in, broker, now):
    client = sign_in(broker)
    assert client.get("/admin/").status_code == 200
    RegionRole.objects.filter(user=broker).update(ends_at=now)
    assert client.get("/admin/", follow=True).status_code == 403


@pytest.fixture
def admitted(organisation, member, broker, now):
    asked = organisations.ask_to_join(organisation, by=Actor.person(member), now=now)
    organisations.admit(asked, by=Actor.person(broker), now=now)
    return asked


def test_a_late_move_is_409_with_the_state_and_a_way_back(sign_in, broker, admitted):
    client = sign_in(broker)
    page = f"http://testserver{reverse('admin:portal_membership_change', args=[admitted.pk])}"
    address = reverse("admin:portal_membership_move", args=[admitted.pk, "admit"])

    answer = client.post(address, headers={"Referer": page})

    assert answer.status_code == 409
    text = answer.content.decode()
    assert "“Admit” is not possible any more: the state is now “Member”." in text
    assert f'href="{page}"' in text


def test_the_way_back_never_leaves_the_portal(sign_in, broker, admitted):
    address = reverse("admin:portal_membership_move", args=[admitted.pk, "admit"])
    answer = sign_in(broker).post(address, headers={"Referer": "https://evil.test/"})
    assert 'href="/dashboard/"' in answer.content.decode()
    assert "evil.test" not in answer.content.decode()
