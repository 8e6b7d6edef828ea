"""The desk's page on how long files are kept."""

from datetime import timedelta

import pytest
from django.urls import reverse

from tests.vouchers import factories
from tests.vouchers.factories import NOW
from vouchers.models import Application, RetentionPeriod

pytestmark = pytest.mark.django_db
LIST = "admin:vouchers_retentionperiod_changelist"


@pytest.fixture
def world(settings, freeze):
    settings.MFA_RELAXED_FOR_DEMO = True
    freeze(NOW)
    return factories.make_world()


def of_kind(kind: str) -> str:
    return reverse("admin:vouchers_retentionperiod_period", args=[kind])


def test_a_manager_sets_a_period(client, world):
    client.force_login(world.manager)
    answer = client.post(of_kind("draft"), {"months": "3"}, follow=True)
    assert "The period is set." in answer.content.decode()
    assert [*RetentionPeriod.objects.values_list("kind", "months")] == [("draft", 3)]


@pytest.mark.parametrize(
    ("kind", "typed", "sentence"),
    [
        ("granted", "12", "Enter 120 or more: the law demands it"),
        ("draft", "0", "1"),
        ("draft", "soon", "Enter a whole number"),
        ("draft", "", "This field is required"),
    ],
)
def test_a_wrong_period_gets_a_sentence_and_stays_typed(client, world, kind, typed, sentence):
    client.force_login(world.manager)
    page = client.post(of_kind(kind), {"months": typed}).content.decode()
    assert sentence in page
    assert not RetentionPeriod.objects.exists()


def test_what_is_due_is_listed_and_erased_by_the_button(client, world, freeze):
    application = factories.rejected(world)
    freeze(NOW + timedelta(days=800))
    client.force_login(world.manager)
    page = client.get(reverse(LIST)).content.decode()
    assert application.reference in page
    answer = client.post(reverse("admin:vouchers_retentionperiod_erase"), follow=True)
    assert "erased." in answer.content.decode()
    assert Application.objects.get(pk=application.pk).title == ""


def test_an_auditor_reads_and_changes_nothing(client, world):
    client.force_login(world.auditor)
    page = client.get(reverse(LIST)).content.decode()
    assert of_kind("draft") not in page
    assert client.get(of_kind("draft")).status_code == 403
    assert client.post(reverse("admin:vouchers_retentionperiod_erase")).status_code == 403


def test_others_do_not_see_it(client, world):
    for who in (world.broker, world.finance):
        client.force_login(who)
        assert client.get(reverse(LIST)).status_code == 403
    client.force_login(world.manager)
    assert client.get(of_kind("everything")).status_code == 404
