"""What an orchestrator asks: is the process alive, and can it do its work."""

import logging
import os
from collections.abc import Callable

from django.contrib.auth.decorators import login_not_required
from django.core.files.storage import default_storage
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal.celery import app

log = logging.getLogger(__name__)


@require_safe
@login_not_required
@never_cache
def alive(request: HttpRequest) -> HttpResponse:
    """The process answers; nothing else is asked."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@login_not_required
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """Database, broker and storage: ``ok`` or ``failed`` each, and 503 where one failed."""
    found = {name: _answer(name, check) for name, check in CHECKS.items()}
    healthy = set(found.values()) == {"ok"}
    return JsonResponse(found, status=200 if healthy else 503)


def _answer(name: str, check: Callable[[], None]) -> str:
    try:
        check()
    except Exception:
        log.warning("%s is not ready", name, exc_info=True)
        return "failed"
    return "ok"


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _broker() -> None:
    with app.connection_for_write() as broker:
        broker.ensure_connection(max_retries=1, timeout=2)


def _storage() -> None:
    try:
        folder = default_storage.path("")
    except NotImplementedError:
        # An object store answers for a name that is not there, or raises.
        default_storage.exists("readyz")
        return
    if not os.access(folder, os.W_OK):
        raise PermissionError(folder)


CHECKS = {"database": _database, "broker": _broker, "storage": _storage}
