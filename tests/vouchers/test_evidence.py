"""The journal's last hash leaves the portal every day, and proves a rewritten chain."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command

from portal.models import JournalEntry, OutgoingMail, Programme
from portal.permissions import Actor
from tests.portal.test_integrity import alter
from tests.vouchers import factories
from vouchers.actions import evidence

pytestmark = pytest.mark.django_db
CLOCK = Actor.clock()


@pytest.fixture
def world(freeze):
    freeze(factories.NOW)
    return factories.make_world()


def send(*instants):
    for now in instants:
        evidence.send_heads(by=CLOCK, now=now)


def letters():
    return OutgoingMail.objects.filter(kind="journal_head").order_by("pk")


def test_managers_and_auditors_get_one_mail_a_day_of_the_programmes_zone(world):
    night = datetime(2027, 3, 8, 23, 30, tzinfo=ZoneInfo(world.programme.time_zone))
    send(night, night + timedelta(minutes=20), night + timedelta(minutes=40))
    assert [mail.to for mail in letters()] == [
        [world.manager.email],
        [world.auditor.email],
    ] * 2
    assert [mail.subject for mail in letters()[::2]] == [
        "Journal of LSV on 8 March 2027",
        "Journal of LSV on 9 March 2027",
    ]


def test_a_programme_of_the_past_sends_nothing(world):
    Programme.objects.update(is_historic=True)
    send(world.now)
    assert letters().count() == 0


def test_the_mail_as_it_is_proves_a_sound_chain_and_a_rewritten_one(world, tmp_path, capsys):
    factories.draft(world)
    send(world.now)
    last = JournalEntry.objects.filter(chain="LSV").latest("number")
    mail = letters()[0]
    assert f"\nLSV,{last.number},{last.hash}\n" in mail.body
    kept = tmp_path / "mails.txt"
    kept.write_text(mail.body)
    factories.draft(world, by=factories.another_sme(world))
    assert _sound(kept)

    sql = "UPDATE portal_journalentry SET hash = repeat('0', 64) WHERE id = %s"
    alter("portal_journalentry", sql, last.pk)
    assert not _sound(kept)
    assert f"LSV {last.number}" in capsys.readouterr().out


def _sound(kept) -> bool:
    try:
        call_command("check_integrity", anchors=kept)
    except CommandError:
        return False
    return True
