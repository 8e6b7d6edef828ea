"""Staff are invited, take office, leave it; organisations are joined by consent."""

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied

from portal import links
from portal.actions import organisations, people
from portal.enums import MembershipState, Role
from portal.models import (
    JournalEntry,
    MailLink,
    Membership,
    Organisation,
    OutgoingMail,
    ProgrammeRole,
    RegionRole,
    User,
)
from portal.permissions import Actor
from portal.same_firm import name_key

pytestmark = pytest.mark.django_db


@pytest.fixture
def invite(manager, region, programme, now):
    """Mail an invitation; return the token that stands in the mail and nowhere else."""

    def send(email="ann@people.test", role=Role.BROKER, scope=region, by=manager):
        link = people.invite_staff(
            email,
            role,
            scope=scope,
            programme=programme,
            organisation="Employer",
            by=Actor.person(by),
            now=now,
            link_now=now,
        )
        mail = OutgoingMail.objects.get(kind="staff_invited", subject_id=link.pk)
        return re.search(r"/accounts/invitation/(\S+)/", mail.body)[1]

    return send


def accept(token, user, now):
    return people.accept_invitation(token, by=Actor.person(user), now=now, link_now=now)


def test_an_invited_person_takes_office(invite, make_person, manager, region, now):
    token, ann = invite(), make_person("ann")

    held = accept(token, ann, now)

    assert (held.user, held.region, held.role, held.organisation, held.given_by) == (
        ann,
        region,
        Role.BROKER,
        "Employer",
        manager,
    )
    assert (held.starts_at, held.ends_at) == (now, None)
    assert User.objects.get(pk=ann.pk).has_role(Role.BROKER, region)
    verbs = JournalEntry.objects.filter(subject_type="portal.maillink").values_list("verb")
    assert [*verbs, JournalEntry.objects.about(held).get().verb] == [("invite",), "create"]


def test_the_mail_is_private_and_no_row_holds_the_token(invite):
    token = invite()
    mail = OutgoingMail.objects.get(kind="staff_invited")
    assert mail.is_private
    assert token not in str(list(MailLink.objects.values()))
    assert token not in str(list(JournalEntry.objects.values()))


def test_an_invitation_works_once(invite, make_person, now):
    token, ann = invite(), make_person("ann")
    accept(token, ann, now)
    with pytest.raises(links.LinkNotValid):
        accept(token, ann, now)


def test_an_invitation_ends_after_14_days(invite, make_person, now):
    token, ann = invite(), make_person("ann")
    with pytest.raises(links.LinkNotValid):
        accept(token, ann, now + timedelta(days=14))
    assert RegionRole.objects.filter(user=ann).count() == 0


def test_an_invitation_is_for_its_address_and_stays_unused(invite, make_person, member, now):
    token, ann = invite(), make_person("ann")
    with pytest.raises(people.WrongAddress):
        accept(token, member, now)
    accept(token, ann, now)
    assert RegionRole.objects.filter(user__in=[ann, member]).count() == 1


def test_an_unverified_address_is_not_enough(invite, make_person, now):
    token, ann = invite(), make_person("ann")
    EmailAddress.objects.filter(user=ann).update(verified=False)
    with pytest.raises(people.WrongAddress):
        accept(token, ann, now)


def test_an_invitation_falls_with_its_giver(invite, make_person, manager, now):
    token, ann = invite(), make_person("ann")
    ProgrammeRole.objects.filter(user=manager).update(ends_at=now)
    with pytest.raises(people.InviterGone):
        accept(token, ann, now)


def test_a_manager_invites_to_own_regions_only(invite, other_region, broker, auditor, now):
    for scope, by in ((other_region, None), (None, broker), (None, auditor)):
        wanted = {key: value for key, value in (("scope", scope), ("by", by)) if value}
        with pytest.raises(PermissionDenied):
            invite(**wanted)
    assert MailLink.objects.count() == 0


def test_a_role_is_not_given_twice(invite, broker):
    with pytest.raises(people.AlreadyHeld):
        invite(broker.email)


def test_a_role_belongs_to_its_kind_of_scope(member, programme, region, now):
    importer = Actor.importer("test")
    with pytest.raises(ValueError, match="does not belong"):
        people.give_role(member, Role.MANAGER, scope=region, by=importer, now=now)
    with pytest.raises(ValueError, match="does not belong"):
        people.give_role(member, Role.BROKER, scope=programme, by=importer, now=now)


def test_an_ended_role_acts_on_the_next_request(make_person, manager, broker, region, now):
    second = make_person("second", Role.BROKER, region)
    held = RegionRole.objects.get(user=second)
    assert second.has_role(Role.BROKER, region)

    people.end_role(held, by=Actor.person(manager), now=now)

    again = User.objects.get(pk=second.pk)
    assert (again.has_role(Role.BROKER, region), again.is_staff) == (False, False)
    assert OutgoingMail.objects.get(kind="role_ended").to == [second.email]


def test_the_last_broker_needs_a_successor(manager, broker, member, region, now):
    held, by = RegionRole.objects.get(user=broker), Actor.person(manager)

    with pytest.raises(people.LastBroker):
        people.end_role(held, by=by, now=now)
    with pytest.raises(people.LastBroker):
        people.end_role(held, by=by, now=now, successor=broker)
    assert RegionRole.objects.get(pk=held.pk).ends_at is None

    heir = people.end_role(held, by=by, now=now, successor=member)

    current = RegionRole.objects.current(now).filter(region=region)
    assert list(current) == [heir]
    assert (heir.user, heir.role, heir.organisation) == (
        member,
        Role.BROKER,
        "Broker organisation",
    )


def test_finance_may_end_without_successor(make_person, manager, region, now):
    make_person("payer", Role.FINANCE, region)
    held = RegionRole.objects.get(role=Role.FINANCE)
    assert people.end_role(held, by=Actor.person(manager), now=now) is None


def test_only_a_manager_ends_a_role(broker, now):
    held = RegionRole.objects.get(user=broker)
    with pytest.raises(PermissionDenied):
        people.end_role(held, by=Actor.person(broker), now=now)


def test_a_person_changes_only_their_own_settings(member, broker, now):
    with pytest.raises(PermissionDenied):
        people.edit_profile(member, name="X", language="nl", by=Actor.person(broker), now=now)

    people.edit_profile(member, name="Mem", language="nl", by=Actor.person(member), now=now)

    stored = User.objects.get(pk=member.pk)
    assert (stored.name, stored.language) == ("Mem", "nl")
    entry = JournalEntry.objects.about(member).get()
    assert entry.data == {"fields": ["name", "language"], "reason": ""}
    assert (entry.personal["old"], entry.personal["new"]) == (
        {"name": "Member", "language": "en"},
        {"name": "Mem", "language": "nl"},
    )


def new_organisation(**fields):
    return Organisation(**{"name": "Nieuw BV", "country": "NL", "city": "Delft", **fields})


def test_who_registers_an_organisation_owns_it(member, now):
    made = organisations.register_organisation(new_organisation(), by=Actor.person(member), now=now)
    membership = Membership.objects.get()
    assert (membership.organisation, membership.user, membership.is_owner, membership.state) == (
        made,
        member,
        True,
        MembershipState.ACTIVE,
    )
    assert User.objects.get(pk=member.pk).organisation_ids == {made.pk}


@pytest.mark.parametrize(
    "name",
    ["Voorbeeld Biotech BV", "voorbeeld biotech b.v.", "VOORBEELD-BIOTECH", "Vöörbeeld Biotech"],
)
def test_the_same_organisation_is_found(organisation, member, now, name):
    with pytest.raises(organisations.SameOrganisation) as raised:
        organisations.register_organisation(
            new_organisation(name=name), by=Actor.person(member), now=now
        )
    assert raised.value.found == organisation
    assert Organisation.objects.count() == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "Voorbeeld Biotech BV", "country": "BE"},
        {"name": "Voorbeeld Biologie BV"},
        {"name": "Voorbeeld Biotech BV", "register_number": "KvK 2"},
    ],
)
def test_another_organisation_is_registered(organisation, member, now, fields):
    Organisation.objects.filter(pk=organisation.pk).update(register_number="KvK 1")
    organisations.register_organisation(
        new_organisation(**fields), by=Actor.person(member), now=now
    )
    assert Organisation.objects.count() == 2


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Eksempel ApS", "eksempel"),
        ("Eksempel A/S", "eksempel"),
        ("Réseau Exemple, SARL", "reseauexemple"),
        ("Müller & Söhne GmbH & Co. KG", "mullersohneco"),
        ("Ørsted", "orsted"),
        ("SA", "sa"),
        ("Пример", "пример"),
    ],
)
def test_name_key(name, key):
    assert name_key(name) == key


def test_a_member_sees_nothing_before_consent(organisation, member, broker, now):
    membership = organisations.ask_to_join(organisation, by=Actor.person(member), now=now)
    assert User.objects.get(pk=member.pk).organisation_ids == frozenset()
    assert list(Organisation.objects.visible_to(member)) == []

    organisations.admit(membership, by=Actor.person(broker), now=now)

    assert User.objects.get(pk=member.pk).organisation_ids == {organisation.pk}
    assert list(Organisation.objects.visible_to(member)) == [organisation]
    stored = Membership.objects.get(pk=membership.pk)
    assert (stored.decided_by, stored.decided_at, stored.is_owner) == (broker, now, True)
    assert OutgoingMail.objects.get(kind="join_decided").to == [member.email]


def test_a_person_asks_once(organisation, member, now):
    by = Actor.person(member)
    organisations.ask_to_join(organisation, by=by, now=now)
    with pytest.raises(organisations.AlreadyMember):
        organisations.ask_to_join(organisation, by=by, now=now)


def test_nobody_admits_themselves(organisation, broker, now):
    membership = organisations.ask_to_join(organisation, by=Actor.person(broker), now=now)
    with pytest.raises(PermissionDenied):
        organisations.admit(membership, by=Actor.person(broker), now=now)


@pytest.fixture
def ownership(organisation, make_person, broker, now):
    """An owner of the organisation."""
    asked = organisations.ask_to_join(organisation, by=Actor.person(make_person("owner")), now=now)
    organisations.admit(asked, by=Actor.person(broker), now=now)
    return asked


def test_who_decides_on_a_request(ownership, member, foreign_broker, now):
    request = organisations.ask_to_join(ownership.organisation, by=Actor.person(member), now=now)

    for person in (foreign_broker, member):
        with pytest.raises(PermissionDenied):
            organisations.admit(request, by=Actor.person(person), now=now)
    organisations.admit(request, by=Actor.person(ownership.user), now=now)

    assert Membership.objects.get(pk=request.pk).is_owner is False
    with pytest.raises(PermissionDenied):
        organisations.end(ownership, by=Actor.person(member), now=now)


def test_who_leaves_sees_no_more(organisation, member, broker, now):
    membership = organisations.ask_to_join(organisation, by=Actor.person(member), now=now)
    organisations.admit(membership, by=Actor.person(broker), now=now)
    organisations.leave(membership, by=Actor.person(member), now=now)
    assert User.objects.get(pk=member.pk).organisation_ids == frozenset()


def test_only_an_owner_changes_the_details(organisation, member, broker, now):
    with pytest.raises(PermissionDenied):
        organisations.edit_organisation(
            organisation, {"city": "Delft"}, by=Actor.person(broker), now=now
        )
    membership = organisations.ask_to_join(organisation, by=Actor.person(member), now=now)
    organisations.admit(membership, by=Actor.person(broker), now=now)

    organisations.edit_organisation(
        organisation, {"city": "Delft"}, by=Actor.person(member), now=now
    )

    assert Organisation.objects.get().city == "Delft"
    entry = JournalEntry.objects.about(organisation).get()
    assert (entry.verb, entry.personal["old"], entry.personal["new"]) == (
        "edit",
        {"city": "Nijmegen"},
        {"city": "Delft"},
    )
