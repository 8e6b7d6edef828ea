"""Links to a partner's question while somebody else changes the application."""

import threading
import time
from datetime import timedelta

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from portal import links
from portal.enums import LinkFate
from portal.models import MailLink, OutgoingMail
from portal.permissions import Actor
from tests.vouchers import factories
from vouchers.actions import consents, draft_rows
from vouchers.enums import ConsentState
from vouchers.models import Application, PartnerConsent


def question(world) -> tuple[PartnerConsent, str]:
    """Return a waiting question of an otherwise complete draft, and the token of a link to it."""
    host = factories.complete_draft(world).hosts.get()
    PartnerConsent.objects.all().delete()
    MailLink.objects.all().delete()
    consent = factories.asked(host, by=world.sme)
    token = links.make(
        consents.PURPOSE,
        email=consent.contact_email,
        data={"consent": consent.pk},
        lifetime=consents.LIFETIME,
        by=Actor.person(world.sme),
        now=timezone.now(),
    )
    return consent, token


def wait_for_somebody_to_wait() -> None:
    """Return when another connection waits for a lock."""
    for _turn in range(200):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
        time.sleep(0.02)
    raise AssertionError("Nobody waits.")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("answer", ["give", "decline"])
def test_an_answer_waits_for_a_change_of_partners_and_comes_too_late(answer):
    world = factories.make_world()
    consent, token = question(world)
    outcome: list[object] = []
    said = {"language": "en", "now": world.now, "link_now": timezone.now()}

    def run() -> None:
        try:
            if answer == "give":
                consents.give_by_link(token, said=factories.confirmation(), **said)
            else:
                consents.decline_by_link(token, reason="No.", **said)
        except Exception as error:  # noqa: BLE001
            outcome.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    by, other = Actor.person(world.sme), draft_rows.host_of(world.records["BE-WAL"])
    with transaction.atomic():
        row = Application.objects.select_for_update().get(pk=consent.application_id)
        thread.start()
        wait_for_somebody_to_wait()
        draft_rows.set_hosts(row, hosts=[other], by=by, now=world.now)
    thread.join(timeout=30)

    assert [type(error) for error in outcome] == [links.LinkNotValid]
    assert PartnerConsent.objects.get().state == ConsentState.VOID
    assert MailLink.objects.exclude(used_at=None).count() == 0


@pytest.mark.django_db(transaction=True)
def test_a_partner_who_goes_while_it_is_asked_is_not_found(freeze, client):
    freeze(factories.NOW)
    world = factories.make_world()
    application = factories.complete_draft(world)
    client.force_login(world.sme)
    statuses: list[int] = []
    said = {"host": application.hosts.get().pk}

    def run() -> None:
        try:
            address = f"/applications/{application.address}/consent/"
            statuses.append(client.post(address, said).status_code)
        finally:
            connections.close_all()

    client.raise_request_exception = False
    thread = threading.Thread(target=run)
    with transaction.atomic():
        row = Application.objects.select_for_update().get(pk=application.pk)
        thread.start()
        wait_for_somebody_to_wait()
        draft_rows.set_hosts(row, hosts=[], by=Actor.person(world.sme), now=world.now)
    thread.join(timeout=30)

    assert statuses == [404]


@pytest.mark.django_db
def test_a_link_is_used_by_its_answer_and_once():
    world = factories.make_world()
    _consent, token = question(world)
    said = {"language": "en", "now": world.now, "link_now": timezone.now()}
    assert consents.give_by_link(token, said=factories.confirmation(), **said).is_given
    with pytest.raises(links.LinkNotValid) as over:
        consents.decline_by_link(token, reason="No.", **said)
    assert over.value.fate == LinkFate.USED


@pytest.mark.django_db
def test_two_clicks_write_one_new_link():
    world = factories.make_world()
    question(world)
    link = MailLink.objects.latest("pk")
    later = timezone.now() + timedelta(days=61)
    before = OutgoingMail.objects.count()
    clicks = [consents.renew(link, now=world.now, link_now=later) for _click in range(2)]
    assert (clicks, OutgoingMail.objects.count()) == ([True, False], before + 1)
    assert MailLink.objects.filter(used_at=None, replaced_at=None).count() == 1
