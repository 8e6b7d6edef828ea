"""What pages and verbs cost in SQL: few statements, and no more of them with more rows."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection

from portal.permissions import Actor
from tests.vouchers import factories
from vouchers.actions import awards, drafts
from vouchers.enums import Side
from vouchers.models import Answer, Application


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
def test_what_is_typed_on_and_on_is_saved_by_writing_one_row(world, client):
    application = factories.complete_draft(world)
    address = f"/applications/{application.address}/need/"
    client.force_login(world.sme)

    def type_on(text: str) -> list[str]:
        typed = {"need": text, "purpose": "training"}
        with statements() as said:
            answer = client.post(address, typed, headers={"X-Autosave": "1"})
        assert answer.json()["saved"] == "Draft saved at 10:00:00 Amsterdam time"
        assert Answer.objects.get(application=application, question__key="need").value == text
        return said

    # The first save journals who typed which answer, once.
    type_on("How long")
    said = type_on("How long does our peptide survive?")
    writes = [sql for sql in said if not sql.startswith(("SELECT", "(SELECT"))]
    assert len(writes) == 1, writes
    assert writes[0].startswith('INSERT INTO "vouchers_answer"')
    assert len(said) <= 18, "\n".join(said)


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


PAGES = {
    "/": ("", 8),
    "/admin/vouchers/application/": ("broker", 12),
    "/admin/vouchers/application/?state=submitted&q=peptide": ("manager", 12),
    "/admin/vouchers/application/LSV-1-0001/change/": ("broker", 20),
    "/dashboard/": ("broker", 15),
    "/statistics/?programme=LSV": ("manager", 25),
    "/statistics/applications.csv?programme=LSV": ("auditor", 12),
    "/catalogue/?q=mass+spectrometry&kind=facility": ("", 12),
    "/applications/": ("sme", 12),
}


@pytest.mark.parametrize("address", PAGES)
def test_a_page_costs_the_same_at_3_and_at_300_applications(client, world, address):
    name, budget = PAGES[address]
    first = factories.submitted(world)
    if name:
        client.force_login(getattr(world, name))

    clone(first, 2)
    few = cost(client, address)
    clone(first, 297)
    many = cost(client, address)

    assert len(few) == len(many), "\n".join(many)
    assert len(many) <= budget, "\n".join(many)


def clone(application: Application, number: int) -> None:
    """Repeat an application, each with its partner and a day later on the promise clock."""
    begun = Application.objects.count()
    copies = []
    for place in range(begun, begun + number):
        copy = Application.objects.get(pk=application.pk)
        copy.pk, copy.key, copy.reference = None, f"copy{place}", f"LSV-1-9{place:03}"
        copy.due_on += timedelta(days=place)
        copies.append(copy)
    host = application.hosts.get()
    for copy in Application.objects.bulk_create(copies):
        host.pk, host.application = None, copy
        host.save(force_insert=True)


def cost(client, address: str) -> list[str]:
    """Return what a page says to the database, once everything is warm."""
    client.get(address)
    with statements() as said:
        answer = client.get(address)
        b"".join(answer)
    assert answer.status_code == 200
    return said
