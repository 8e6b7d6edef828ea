"""The beat table and the doorbell."""

import time

import pytest
from celery import Celery
from django.conf import settings
from kombu.exceptions import OperationalError

from portal.celery import app

RUNG_BY_A_FACT = {"portal.tasks.deliver_mail", "portal.tasks.render_document"}


def our_tasks() -> set[str]:
    app.autodiscover_tasks(force=True)
    return {name for name in app.tasks if not name.startswith("celery.")}


def test_beat_rings_every_task_that_no_fact_rings() -> None:
    rung = {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert rung == our_tasks() - RUNG_BY_A_FACT


def test_beat_leaves_no_heap_of_rings_for_a_worker_that_was_away() -> None:
    for name, entry in app.conf.beat_schedule.items():
        assert entry["options"] == {"expires": entry["schedule"]}, name


def test_every_task_gives_up_and_keeps_no_result() -> None:
    assert (app.conf.task_time_limit, app.conf.task_soft_time_limit) == (300, 240)
    assert app.conf.task_ignore_result is True


def test_doorbell_does_not_wait_for_a_lost_broker() -> None:
    deaf = Celery("deaf", broker="redis://127.0.0.1:1/0")
    deaf.config_from_object(settings, namespace="CELERY")
    deaf.conf.broker_url = "redis://127.0.0.1:1/0"

    @deaf.task
    def ring() -> None:
        """Never runs."""

    begun = time.monotonic()
    with pytest.raises(OperationalError):
        ring.delay()
    assert time.monotonic() - begun < 1.5
