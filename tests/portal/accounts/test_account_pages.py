"""Signing up, accepting an invitation, and a person's own pages, as a browser asks for them."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.utils import timezone

from portal.actions import organisations, people
from portal.enums import MembershipState, Role
from portal.models import MailLink, Membership, Organisation, OutgoingMail, RegionRole, User
from portal.permissions import Actor

pytestmark = pytest.mark.django_db

PASSWORD = "correct-horse-battery"


def sign_up(client, email, address="/accounts/signup/"):
    return client.post(address, {"email": email, "password1": PASSWORD, "password2": PASSWORD})


def link_in(mail):
    """The path of the only button in a letter."""
    return re.search(r"http://[^/]+(/\S+)", mail.body)[1]


def test_signing_up_with_a_confirmed_address(real_outbox):
    client = Client(headers={"Accept-Language": "nl"})

    sign_up(client, "ann@people.test")

    mail = OutgoingMail.objects.get()
    assert (mail.to, mail.is_private, mail.kind) == (["ann@people.test"], True, "account")
    assert "<h1>" in mail.html
    assert client.get("/accounts/profile/").status_code == 302
    page = link_in(mail)
    client.get(page)
    assert not EmailAddress.objects.get().verified
    client.post(page)
    assert EmailAddress.objects.get().verified
    assert User.objects.get().language == "nl"
    answer = client.post("/accounts/login/", {"login": "ann@people.test", "password": PASSWORD})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/dashboard/")


def test_a_known_address_is_not_given_away(real_outbox, member):
    answer = sign_up(Client(), member.email)
    assert answer.headers["Location"] == "/accounts/confirm-email/"
    assert User.objects.filter(email=member.email).count() == 1
    assert OutgoingMail.objects.get().to == [member.email]


def test_a_new_password_by_mail(real_outbox, member):
    client = Client()
    client.post("/accounts/password/reset/", {"email": member.email})
    mail = OutgoingMail.objects.get()
    assert (mail.subject, mail.is_private) == ("Choose a new password", True)
    answer = client.get(link_in(mail), follow=True)
    target = answer.redirect_chain[-1][0]
    client.post(target, {"password1": PASSWORD, "password2": PASSWORD})
    assert User.objects.get(pk=member.pk).check_password(PASSWORD)


def test_the_admin_sends_strangers_to_the_portals_own_sign_in():
    answer = Client().get("/admin/login/?next=/admin/")
    assert answer.headers["Location"] == "/accounts/login/?next=%2Fadmin%2F"


@pytest.fixture
def invited(manager, region, programme, now):
    """Invite an address; return the path in the letter."""

    def invite(email):
        link = people.invite_staff(
            email,
            Role.BROKER,
            scope=region,
            programme=programme,
            by=Actor.person(manager),
            now=now,
            link_now=timezone.now(),
        )
        return link_in(OutgoingMail.objects.get(kind="staff_invited", subject_id=link.pk))

    return invite


def test_a_stranger_signs_up_comes_back_and_accepts(real_outbox, invited, region):
    path, client = invited("ann@people.test"), Client()
    shown = client.get(path).content.decode()
    assert ("Access broker" in shown, "East Netherlands" in shown) == (True, True)
    assert MailLink.objects.get().used_at is None

    to_sign_up = client.post(path).headers["Location"]
    assert 'value="ann@people.test"' in client.get(to_sign_up).content.decode()
    back = sign_up(client, "ann@people.test", to_sign_up)
    assert back.headers["Location"] == path
    assert "Accept the role" in client.get(path).content.decode()
    assert RegionRole.objects.count() == 0

    assert client.post(path).headers["Location"] == "/dashboard/"

    assert RegionRole.objects.get().user.email == "ann@people.test"
    assert client.get(path).status_code == 410
    assert client.get("/accounts/profile/").headers["Location"].endswith("/totp/activate/")


def test_another_address_is_told_which_one(invited, sign_in, member):
    client, path = sign_in(member), invited("ann@people.test")
    for answer in (client.get(path), client.post(path)):
        text = answer.content.decode()
        assert ("ann@people.test" in text, member.email in text) == (True, True)
        assert "Accept the role" not in text
    assert MailLink.objects.get().used_at is None


def test_a_used_or_unknown_invitation_is_gone(invited, sign_in, member):
    client, path = sign_in(member), invited(member.email)
    MailLink.objects.update(used_at=timezone.now())
    assert client.get(path).status_code == 410
    assert client.post(path).status_code == 410
    assert client.get("/accounts/invitation/unknown/").status_code == 410


def test_settings_are_saved_and_the_page_speaks_the_new_language(sign_in, member):
    client = sign_in(member)
    answer = client.post("/accounts/profile/", {"name": "Ann", "language": "de"})
    assert answer.headers["Location"] == "/accounts/profile/"
    assert client.cookies["django_language"].value == "de"
    stored = User.objects.get(pk=member.pk)
    assert (stored.name, stored.language) == ("Ann", "de")
    empty = client.post("/accounts/profile/", {"name": "", "language": "xx"})
    assert empty.status_code == 200
    assert empty.content.decode().count("v-errsum") == 1


def form(**fields):
    return {
        "name": "Nieuw Biotech BV",
        "legal_form": "BV",
        "country": "NL",
        "region": "",
        "register_number": "",
        "vat_number": "",
        "address": "",
        "city": "Delft",
        "website": "",
        **fields,
    }


def test_registering_an_organisation(sign_in, member, region):
    client = sign_in(member)
    sent = form(region=region.pk, vat_number="nl 004495445 b01", website="nieuw.example")
    answer = client.post("/accounts/organisations/register/", sent)
    made = Organisation.objects.get()
    assert answer.headers["Location"] == f"/accounts/organisations/{made.pk}/"
    assert (made.name, made.region, made.vat_number, made.website) == (
        "Nieuw Biotech BV",
        region,
        "NL004495445B01",
        "https://nieuw.example",
    )
    assert "Nieuw Biotech BV" in client.get("/accounts/organisations/").content.decode()
    assert "Owner" in client.get(answer.headers["Location"]).content.decode()


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"name": ""}, "This field is required."),
        ({"city": ""}, "This field is required."),
        ({"vat_number": "12"}, "Enter the VAT number with its country letters"),
        ({"vat_number": "BE0123456789"}, "Enter the VAT number of the country you chose"),
        ({"vat_number": "NL001234567B01"}, "NL001234567B01 cannot be right"),
        ({"country": "BE", "region": "NL"}, "Choose a region in the country you entered"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(sign_in, member, region, fields, error):
    if "region" in fields:
        fields = {**fields, "region": region.pk}
    answer = sign_in(member).post("/accounts/organisations/register/", form(**fields))
    text = answer.content.decode()
    assert answer.status_code == 200
    assert text.count(error) >= 2
    assert 'value="BV"' in text
    assert Organisation.objects.count() == 0


@pytest.mark.parametrize(
    "numbers", [{"vat_number": "NL001234567B01"}, {"register_number": "KvK 123456"}]
)
def test_a_number_that_looks_wrong_is_kept_once_somebody_says_that_it_is_right(
    sign_in, member, numbers
):
    client, address = sign_in(member), "/accounts/organisations/register/"
    asked = "My numbers are right: they stand so in the register"
    assert asked not in client.get(address).content.decode()
    assert asked not in client.post(address, form(name="")).content.decode()
    assert asked in client.post(address, form(**numbers)).content.decode()
    client.post(address, form(**numbers, numbers_are_right="on"))
    made = Organisation.objects.get()
    assert {name: getattr(made, name) for name in numbers} == numbers

    edit = f"/accounts/organisations/{made.pk}/edit/"
    changed = form(**{name: f"{text}9" for name, text in numbers.items()})
    assert asked in client.post(edit, changed).content.decode()
    client.post(edit, {**changed, "numbers_are_right": "on"})
    made.refresh_from_db()
    assert {name: getattr(made, name) for name in numbers} == {
        name: f"{text}9" for name, text in numbers.items()
    }


def test_the_same_organisation_is_offered_to_join(sign_in, member, organisation):
    answer = sign_in(member).post(
        "/accounts/organisations/register/", form(name="voorbeeld biotech")
    )
    text = answer.content.decode()
    assert "Voorbeeld Biotech BV, Nijmegen" in text
    assert f'action="/accounts/organisations/{organisation.pk}/join/"' in text
    assert 'value="voorbeeld biotech"' in text


def test_searching_shows_name_and_town_and_nothing_else(sign_in, member, organisation):
    Organisation.objects.filter(pk=organisation.pk).update(
        register_number="KvK 99", address="Secret street 1", website="https://secret.example"
    )
    client = sign_in(member)
    text = client.get("/accounts/organisations/join/", {"q": "voorbeeld"}).content.decode()
    assert ("Voorbeeld Biotech BV" in text, "Nijmegen" in text) == (True, True)
    assert [w for w in ("KvK 99", "Secret street", "secret.example") if w in text] == []
    short = client.get("/accounts/organisations/join/", {"q": "vo"}).content.decode()
    assert "Enter at least three letters of the name" in short
    assert "Voorbeeld" not in short
    none = client.get("/accounts/organisations/join/", {"q": "nothing like it"}).content.decode()
    assert "No organisation of this name is registered" in none


@pytest.fixture
def owner(organisation, make_person, broker, now):
    """An owner of the organisation."""
    person = make_person("owner")
    asked = organisations.ask_to_join(organisation, by=Actor.person(person), now=now)
    organisations.admit(asked, by=Actor.person(broker), now=now)
    return person


def test_joining_by_the_owners_consent(sign_in, member, owner, organisation):
    page = f"/accounts/organisations/{organisation.pk}/"
    asker = sign_in(member)

    asker.post(f"{page}join/")
    asker.post(f"{page}join/")

    request = Membership.objects.get(user=member)
    assert request.state == MembershipState.REQUESTED
    assert asker.get(page).status_code == 404
    assert asker.post(f"/accounts/memberships/{request.pk}/admit/").status_code == 403
    hers = sign_in(owner)
    assert "member@people.test" in hers.get(page).content.decode()
    assert hers.post(f"/accounts/memberships/{request.pk}/admit/").headers["Location"] == page
    assert asker.get(page).status_code == 200
    assert asker.get(f"{page}edit/").status_code == 403
    assert hers.post(f"/accounts/memberships/{request.pk}/admit/").status_code == 409
    assert hers.post(f"/accounts/memberships/{request.pk}/dance/").status_code == 404


def test_strangers_memberships_are_404(sign_in, make_person, member, organisation, now):
    asked = organisations.ask_to_join(organisation, by=Actor.person(make_person("other")), now=now)
    assert sign_in(member).post(f"/accounts/memberships/{asked.pk}/admit/").status_code == 404


def test_an_owner_changes_the_details(sign_in, member):
    client = sign_in(member)
    client.post("/accounts/organisations/register/", form())
    made = Organisation.objects.get()
    page = f"/accounts/organisations/{made.pk}/"
    assert client.post(f"{page}edit/", form(city="Leiden")).headers["Location"] == page
    assert Organisation.objects.get().city == "Leiden"


@pytest.mark.parametrize(
    "path",
    ["profile/", "organisations/", "organisations/register/", "organisations/join/"],
)
def test_own_pages_ask_strangers_to_sign_in(path):
    answer = Client().get(f"/accounts/{path}")
    assert answer.headers["Location"] == f"/accounts/login/?next=/accounts/{path}"
