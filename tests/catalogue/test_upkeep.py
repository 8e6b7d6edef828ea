"""Records stay true: asked once a round, one letter an address, one click for all."""

import re
from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from catalogue import actions, tasks
from catalogue.actions import upkeep
from catalogue.models import Provider, Record
from portal.models import JournalEntry, MailLink, OutgoingMail, Region
from portal.permissions import Actor
from tests.catalogue import factories
from tests.catalogue.factories import IMPORTER, NOW, TODAY

pytestmark = pytest.mark.django_db

CLOCK = Actor.clock()


def days_ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def run(now: datetime = NOW) -> list[str]:
    """Run the daily work; return to whom it wrote."""
    before = OutgoingMail.objects.count()
    upkeep.ask_to_confirm(by=CLOCK, now=now, link_now=timezone.now())
    return [mail.to[0] for mail in OutgoingMail.objects.order_by("pk")[before:]]


def page_in(mail: OutgoingMail) -> str:
    return re.search(r"http://[^/]+(/provider/confirm/\S+)", mail.body)[1]


@pytest.fixture
def lab() -> Provider:
    return factories.provider(name="Musterlab")


def test_one_letter_lists_all_old_records_of_an_address(lab):
    old = [
        factories.record(
            lab, title=f"{title} hall", contact_email=address, confirmed_on=days_ago(days)
        )
        for title, address, days in (
            ("A", "", 180),
            ("B", "Core@lab.example", 200),
            ("C", "core@lab.example", 190),
            ("D", "core@lab.example", 179),
        )
    ]
    assert run() == [lab.organisation.email, "core@lab.example"]
    mail = OutgoingMail.objects.latest("pk")
    assert (mail.reply_to, mail.is_private) == ("rhineland@brokers.example", True)
    assert [f"{title} hall" in mail.body for title in "BCD"] == [True, True, False]
    asked = [*Record.objects.order_by("title").values_list("asked_to_confirm_at", flat=True)]
    assert asked == [NOW, NOW, NOW, None]
    assert [entry.verb for entry in JournalEntry.objects.about(old[0])][-1] == "ask_to_confirm"


def test_nobody_is_asked_twice_in_a_round(lab):
    factories.record(lab, confirmed_on=days_ago(180))
    assert [len(run()), len(run()), len(run(NOW + timedelta(days=1)))] == [1, 0, 0]


def test_each_record_is_asked_for_three_times(lab):
    factories.record(lab, confirmed_on=TODAY)
    asked = [day for day in range(500) if run(NOW + timedelta(days=day))]
    assert asked == [180, 270, 335]


def test_missed_days_are_caught_up_with_once(lab):
    factories.record(lab, confirmed_on=TODAY)
    asked = [day for day in (100, 283, 284, 334, 600, 601) if run(NOW + timedelta(days=day))]
    assert asked == [283, 600]


def test_a_newer_letter_asks_about_what_the_older_one_asked(client, lab, freeze):
    freeze(NOW)
    factories.record(lab, title="Older hall", confirmed_on=days_ago(180))
    run()
    factories.record(lab, title="Newer hall", confirmed_on=days_ago(170))
    assert len(run(NOW + timedelta(days=10))) == 1
    mail = OutgoingMail.objects.latest("pk")
    assert ["Older hall" in mail.body, "Newer hall" in mail.body] == [True, True]
    freeze(NOW + timedelta(days=10))
    client.post(page_in(mail))
    assert not Record.objects.filter(confirmed_on__lt=TODAY).exists()
    assert run(NOW + timedelta(days=100)) == []


def test_drafts_hidden_and_fresh_records_are_left_alone(lab):
    factories.record(lab, confirmed_on=days_ago(200), is_public=False)
    hidden = factories.record(lab, confirmed_on=days_ago(200))
    actions.hide(hidden, reason="Closed", by=IMPORTER, now=NOW)
    factories.record(lab, confirmed_on=days_ago(10))
    assert run() == []


def test_a_record_without_an_address_is_put_to_the_team(lab):
    lab.organisation.__class__.objects.update(email="")
    factories.record(lab, confirmed_on=days_ago(180))
    Region.objects.update(team_email="")
    assert (run(), Record.objects.get().asked_to_confirm_at) == ([], None)
    Region.objects.update(team_email="team@rhi.example")
    assert run() == ["team@rhi.example"]


def test_two_providers_of_one_address_get_a_letter_each():
    for name in ("First lab", "Second lab"):
        row = factories.provider(name=name)
        factories.record(
            row, title=name, contact_email="both@lab.example", confirmed_on=days_ago(180)
        )
    assert run() == ["both@lab.example"] * 2
    assert [
        ("First lab" in m.body, "Second lab" in m.body) for m in OutgoingMail.objects.order_by("pk")
    ] == [
        (True, False),
        (False, True),
    ]


def test_the_tasks_run_twice_and_write_once(lab, freeze):
    freeze(NOW)
    factories.record(lab, confirmed_on=days_ago(180))
    for _time in range(2):
        tasks.ask_to_confirm()
        tasks.look_at_websites()
    assert [*OutgoingMail.objects.values_list("kind", flat=True)] == ["still_true"]


def test_asking_costs_the_same_for_each_provider(django_assert_max_num_queries):
    for _number in range(3):
        factories.record(factories.provider(), confirmed_on=days_ago(180))
    with django_assert_max_num_queries(3 * 30):
        run()


def test_one_click_brings_a_hidden_record_back(client, lab, freeze):
    freeze(NOW)
    row = factories.record(lab, title="Hall", confirmed_on=days_ago(400))
    other = factories.record(lab, title="Crane", confirmed_on=days_ago(300))
    run()
    address = f"/catalogue/{row.slug}/"
    page = page_in(OutgoingMail.objects.get())
    shown = client.get(page).text
    assert [text in shown for text in ("Hall", "Crane", "Summary", "1 February 2026")] == [True] * 4
    assert f"/provider/records/{row.slug}/edit/" in shown
    assert client.get(address).status_code == 404

    done = client.post(page)

    assert (done.status_code, client.get(address).status_code) == (200, 200)
    confirmed = [*Record.objects.values_list("confirmed_on", "asked_to_confirm_at")]
    assert confirmed == [(TODAY, None)] * 2
    entry = JournalEntry.objects.about(other).last()
    assert (entry.verb, entry.by, entry.by_label) == ("confirm", None, "link in a mail")
    assert "It was used already" in client.post(page).text


def test_a_link_confirms_only_what_is_still_published(client, lab, freeze):
    freeze(NOW)
    row = factories.record(lab, confirmed_on=days_ago(200))
    run()
    actions.hide(row, reason="Closed", by=IMPORTER, now=NOW)
    page = page_in(OutgoingMail.objects.get())
    assert "Nothing to confirm" in client.get(page).text
    client.post(page)
    row.refresh_from_db()
    assert (row.state, row.confirmed_on) == ("hidden", days_ago(200))


def test_an_expired_link_is_renewed_and_a_newer_one_replaces_it(client, lab, freeze):
    freeze(NOW)
    factories.record(lab, confirmed_on=days_ago(180))
    run()
    first = page_in(OutgoingMail.objects.get())
    MailLink.objects.update(expires_at=timezone.now() - timedelta(days=1))
    assert "Send me a new link" in client.get(first).text
    client.post(first, {"renew": "1"})
    second = page_in(OutgoingMail.objects.latest("pk"))
    assert [client.get(page).status_code for page in (first, second)] == [410, 200]
    run(NOW + timedelta(days=95))
    assert "A newer message took its place" in client.get(second).text
    assert client.post(page_in(OutgoingMail.objects.latest("pk"))).status_code == 200


@pytest.mark.parametrize("token", ["x", "%00", "A" * 43])
def test_unknown_links_open_nothing(client, token):
    assert client.get(f"/provider/confirm/{token}/").status_code == 410


def test_a_provider_that_cannot_be_asked_stops_no_other(lab, caplog):
    Region.objects.filter(pk=lab.region_id).update(time_zone="Nowhere/At_all")
    bad = factories.record(lab, confirmed_on=days_ago(180))
    good = factories.record(factories.provider("DK-DNK"), confirmed_on=days_ago(180))
    assert run() == [good.provider.organisation.email]
    asked = dict(Record.objects.values_list("pk", "asked_to_confirm_at"))
    assert asked == {bad.pk: None, good.pk: NOW}
    assert f"Provider {lab.pk} was not asked" in caplog.text
