"""Rigs that every test gets: the services, an empty cache, fast passwords, a clock to move."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime
from typing import Any

import pytest
from celery import Celery
from django.core.cache import cache
from django.db import connection

from portal import clock, embedded
from portal.celery import app

# Playwright's loop runs beside the ORM in one process.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
READING = ("SELECT", "SAVEPOINT", "RELEASE", "ROLLBACK", "DECLARE", "FETCH", "SET")
_services = ExitStack()


def pytest_sessionstart(session: pytest.Session) -> None:
    _services.enter_context(embedded.services())


def pytest_unconfigure(config: pytest.Config) -> None:
    _services.close()


@pytest.fixture(autouse=True)
def clean_cache() -> Iterator[None]:
    """Rate limits live in the cache and would outlast a test."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture(scope="session", autouse=True)
def empty_queue() -> Celery:
    """What an earlier run left in the queue belongs to rows that are gone."""
    app.control.purge()
    return app


@pytest.fixture(autouse=True)
def fast_passwords(settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def freeze() -> Iterator[Callable[[datetime], None]]:
    """Let the business clock stand: ``freeze(instant)``, again to move it."""
    with ExitStack() as stack:
        yield lambda instant: stack.enter_context(clock.moved_to(instant))


@pytest.fixture
def only_reads(db) -> Iterator[None]:
    """Refuse every statement that writes, as a GET must; sessions may note that they were used."""

    def refuse(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if not sql.lstrip("( ").startswith(READING) and "django_session" not in sql:
            raise AssertionError(f"This page writes: {sql}")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(refuse):
        yield


@pytest.fixture
def real_outbox(settings) -> None:
    """Mails become rows, as in production; Django's runner would keep them in memory."""
    settings.MAILERS = {
        **settings.MAILERS,
        "default": {"BACKEND": "portal.mailers.OutboxBackend"},
    }
