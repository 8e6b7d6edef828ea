"""Set-up rows change by action only, and the journal keeps both values."""

import pytest
from django.core.exceptions import PermissionDenied

from portal.actions import setup
from portal.enums import Role
from portal.models import JournalEntry, MailLink, Programme, Region, User
from portal.permissions import Actor, may_set_up

pytestmark = pytest.mark.django_db


def test_an_edit_writes_only_what_it_names(region, manager, now):
    stale = Region.objects.get(pk=region.pk)
    by = Actor.person(manager)
    setup.edit_region(region, {"phone": "+31 1"}, by=by, now=now)
    setup.edit_region(stale, {"address": "Street 1"}, by=by, now=now)
    stored = Region.objects.get(pk=region.pk)
    assert (stored.phone, stored.address) == ("+31 1", "Street 1")


def test_an_edit_that_changes_nothing_is_not_journalled(region, manager, now):
    before = JournalEntry.objects.about(region).count()
    setup.edit_region(region, {"name": region.name}, by=Actor.person(manager), now=now)
    assert JournalEntry.objects.about(region).count() == before


def test_a_programme_keeps_its_code(programme, manager, now):
    with pytest.raises(ValueError, match="keeps its code"):
        setup.edit_programme(programme, {"code": "X"}, by=Actor.person(manager), now=now)
    assert Programme.objects.get(pk=programme.pk).code == "LSV"


@pytest.mark.parametrize("person", ["auditor", "broker", "member"])
def test_only_managers_set_up(request, programme, region, now, person):
    by = Actor.person(request.getfixturevalue(person))
    with pytest.raises(PermissionDenied):
        setup.edit_programme(programme, {"name": "X"}, by=by, now=now)
    with pytest.raises(PermissionDenied):
        setup.edit_region(region, {"name": "X"}, by=by, now=now)
    with pytest.raises(PermissionDenied):
        setup.create_region(Region(code="X"), by=by, now=now)
    with pytest.raises(PermissionDenied):
        setup.create_programme(Programme(code="X"), by=by, now=now)


def test_who_may_set_up_what(programme, region, other_region, manager, make_programme):
    scopes = [None, programme, region, other_region, make_programme("OTHER")]
    by = {
        "manager": Actor.person(manager),
        "importer": Actor.importer("set-up"),
        "clock": Actor.clock(),
        "first account": Actor.person(User(is_superuser=True)),
    }
    assert {name: [may_set_up(one, scope) for scope in scopes] for name, one in by.items()} == {
        "manager": [True, True, True, False, False],
        "importer": [True] * 5,
        "clock": [False] * 5,
        "first account": [True] * 5,
    }


def test_invitations_are_seen_by_their_programme(programme, manager, make_programme, make_person):
    other = make_programme("OTHER")
    stranger = make_person("stranger", Role.MANAGER, other)
    link = MailLink.objects.create(
        purpose="staff_invitation",
        token_hash="0" * 64,
        email="ann@people.test",
        data={"programme": programme.pk},
        made_at=manager.joined_at,
        expires_at=manager.joined_at,
    )
    assert list(MailLink.objects.visible_to(manager)) == [link]
    assert list(MailLink.objects.visible_to(stranger)) == []
