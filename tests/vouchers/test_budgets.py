"""What pages and verbs cost in SQL: few statements, and no more of them with more rows."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection

from portal.permissions import Actor
from tests.vouchers import factories
from vouchers.actions import awards, drafts
from vouchers.enums import Side
from vouchers.models import Application


@pytest.fixture(autouse=True)
def relaxed(settings) -> None:
    settings.MFA_RELAXED_FOR_DEMO = True


@pytest.fixture
def world(db, freeze) -> factories.World:
    freeze(factories.NOW)
    return factories.make_world()


@contextmanager
def statements() -> Iterator[list[str]]:
    """Collect what is said to the database, as a request outside of a test's transaction would."""
    said: list[str] = []

    def listen(execute, sql, params, many, context):
        said.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(listen):
        yield said


@pytest.mark.django_db(transaction=True)
def test_submitting_takes_25_statements(world, client, real_outbox):
    application = factories.complete_draft(world)
    client.force_login(world.sme)
    declared = dict.fromkeys(drafts.DECLARATIONS, "on")

    with statements() as said:
        answer = client.post(f"/applications/{application.address}/check/", declared)

    assert answer.url == "/applications/LSV-1-0001/receipt/"
    assert len(said) <= 25, "\n".join(said)


@pytest.mark.django_db(transaction=True)
def test_the_last_signature_takes_40_statements(world):
    application = factories.eligible(world)
    amount = application.amount
    signers = ((Side.HOME, world.broker), (Side.HOST, world.host_broker))

    for side, person in signers:
        row = Application.objects.get(pk=application.pk)
        with statements() as said:
            awards.sign(row, side=side, amount=amount, by=Actor.person(person), now=world.now)

    assert len(said) <= 40, "\n".join(said)
