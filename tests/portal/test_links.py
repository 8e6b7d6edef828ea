"""A link works once, for a while, and is stored as a hash only."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection

from portal import links
from portal.enums import LinkFate, LinkPurpose
from portal.models import MailLink
from portal.permissions import Actor
from portal.workflow import action

PURPOSE = LinkPurpose.STAFF_INVITATION


@pytest.fixture
def token(db, now):
    return links.make(
        PURPOSE,
        email="ann@people.test",
        data={},
        lifetime=timedelta(days=14),
        by=Actor.clock(),
        now=now,
    )


def test_only_the_hash_is_stored(token):
    link = MailLink.objects.get()
    assert link.token_hash == hashlib.sha256(token.encode()).hexdigest()
    assert token not in str({f.name: f.value_from_object(link) for f in link._meta.fields})


def test_a_link_is_valid_until_its_last_moment(token, now):
    end = now + timedelta(days=14)
    assert links.find(PURPOSE, token, now=end - timedelta(seconds=1)).email == "ann@people.test"
    with pytest.raises(links.LinkNotValid):
        links.find(PURPOSE, token, now=end)


def test_an_unknown_token_opens_nothing(token, now):
    with pytest.raises(links.LinkNotValid):
        links.find(PURPOSE, token + "x", now=now)


def test_looking_does_not_use_the_link(token, now):
    links.find(PURPOSE, token, now=now)
    assert MailLink.objects.get().used_at is None


def test_a_link_works_once(token, now):
    assert links.use(PURPOSE, token, now=now).used_at is None
    with pytest.raises(links.LinkNotValid):
        links.use(PURPOSE, token, now=now)
    assert MailLink.objects.get().used_at == now


@pytest.mark.django_db(transaction=True)
def test_two_at_once_use_a_link_once(token, now):
    start = Barrier(2)
    use = action(links.use)

    def run(_):
        try:
            start.wait()
            return use(PURPOSE, token, now=now).email
        except links.LinkNotValid:
            return "refused"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(run, range(2))) == ["ann@people.test", "refused"]


def test_a_newer_link_takes_the_place_of_those_that_wait_for_the_same(token, now):
    by, week = Actor.clock(), timedelta(days=7)
    facts = {"email": "ann@people.test", "lifetime": week, "by": by, "now": now}
    old = links.make(PURPOSE, data={"record": 1, "round": 1}, **facts)
    other = links.make(PURPOSE, data={"record": 2, "round": 1}, **facts)
    links.replace(PURPOSE, data={"record": 1}, now=now)
    with pytest.raises(links.LinkNotValid) as refused:
        links.use(PURPOSE, old, now=now)
    assert refused.value.fate == LinkFate.REPLACED
    assert links.use(PURPOSE, other, now=now).data == {"record": 2, "round": 1}
