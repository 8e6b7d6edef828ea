"""The portal as granian serves it, with a meter around each request."""

import json
import os
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.db import connection

from portal.wsgi import application as portal

METER = "/__meter__/"
_last: dict[str, Any] = {}

Start = Callable[..., Any]


class Meter:
    """Counts statements, and the seconds that the database took for them."""

    def __init__(self) -> None:
        """Start the clocks."""
        self.statements: list[str] = []
        self.in_database = 0.0
        self.cpu, self.wall = time.thread_time(), time.perf_counter()

    def __call__(self, execute: Callable[..., Any], sql: str, *more: Any) -> Any:
        """Run one statement."""
        begun = time.perf_counter()
        try:
            return execute(sql, *more)
        finally:
            self.in_database += time.perf_counter() - begun
            self.statements.append(sql)

    def read(self, size: int) -> dict[str, Any]:
        """Return what was measured; milliseconds and bytes."""
        return {
            "sql": len(self.statements),
            "statements": self.statements,
            "cpu": (time.thread_time() - self.cpu) * 1000,
            "wall": (time.perf_counter() - self.wall) * 1000,
            "in_database": self.in_database * 1000,
            "size": size,
        }


def application(environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
    """Serve a request and measure it until its last byte; METER tells of the last one."""
    if environ["PATH_INFO"] == METER:
        start_response("200 OK", [("Content-Type", "application/json")])
        return [json.dumps({**_last, "pid": os.getpid()}).encode()]
    meter = Meter()
    with connection.execute_wrapper(meter):
        body = portal(environ, start_response)
    return _measured(body, meter)


def _measured(body: Any, meter: Meter) -> Iterator[bytes]:
    size = 0
    try:
        with connection.execute_wrapper(meter):
            for piece in body:
                size += len(piece)
                yield piece
    finally:
        if hasattr(body, "close"):
            body.close()
        _last.clear()
        _last.update(meter.read(size))
