"""What an orchestrator asks."""

import json

import pytest
from django.test import RequestFactory

from portal.celery import app
from portal.site import health


def test_alive_asks_nothing(rf: RequestFactory) -> None:
    answer = health.alive(rf.get("/healthz"))
    assert (answer.status_code, answer.content) == (200, b"ok\n")


def test_ready_names_every_part(rf: RequestFactory, only_reads) -> None:
    answer = health.ready(rf.get("/readyz"))
    assert answer.status_code == 200
    assert json.loads(answer.content) == {"database": "ok", "broker": "ok", "storage": "ok"}


@pytest.mark.django_db
def test_ready_says_which_part_failed(rf: RequestFactory, settings, tmp_path) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path / "not-there")},
        },
    }
    answer = health.ready(rf.get("/readyz"))
    assert answer.status_code == 503
    assert json.loads(answer.content) == {"database": "ok", "broker": "ok", "storage": "failed"}


@pytest.mark.django_db
def test_ready_does_not_wait_for_a_lost_broker(rf: RequestFactory, monkeypatch) -> None:
    monkeypatch.setattr(app.conf, "broker_write_url", "redis://127.0.0.1:1/0")
    answer = health.ready(rf.get("/readyz"))
    assert answer.status_code == 503
    assert json.loads(answer.content)["broker"] == "failed"


def test_health_only_reads(rf: RequestFactory) -> None:
    assert [
        health.alive(rf.post("/healthz")).status_code,
        health.ready(rf.post("/readyz")).status_code,
    ] == [405, 405]
