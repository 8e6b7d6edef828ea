"""A portal of its own for each size: its folder, its rows, its server on loopback."""

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.test import Client

from portal.models import User
from tests.load.server import METER
from vouchers.models import Application

TOKEN = "t" * 32
PATIENCE = 120


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request got, and what it cost."""

    status: int
    location: str
    cost: Mapping[str, Any]


def fill(applications: int, facilities: int) -> None:
    """Set the demo up in an empty folder and write the rows that are missing."""
    call_command("demo", only_setup=True, no_serve=True, verbosity=0)
    missing = applications - Application.objects.count()
    if missing > 0:
        call_command("makedata", applications=missing, facilities=facilities, seed=1)


class Server:
    """The running server: ask it, and read what it cost."""

    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        """Wait for the first answer."""
        self.process, self.port = process, port
        begun = time.perf_counter()
        self._wait()
        self.seconds_to_start = time.perf_counter() - begun
        self.pid: int = self._meter()["pid"]
        self.cpu_to_start = _cpu_of(self.pid) + _cpu_of(process.pid)

    def _wait(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError("The server ended.")
            try:
                if self._ask("GET", "/", {})[0] == http.client.OK:
                    return
            except OSError:
                time.sleep(0.02)
        raise RuntimeError("The server does not answer.")

    def get(self, address: str, user: User | None = None) -> Answer:
        """Ask for a page as somebody."""
        return self._measured("GET", address, _headers(user))

    def post(
        self, address: str, body: str, user: User, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Send a form as somebody."""
        form = {"Content-Type": "application/x-www-form-urlencoded", **(headers or {})}
        return self._measured("POST", address, {**_headers(user), **form}, body)

    def _measured(self, *request: Any) -> Answer:
        status, location, _body = self._ask(*request)
        return Answer(status, location, self._meter())

    def _meter(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self._ask("GET", METER, {})[2])
        return found

    def _ask(
        self, method: str, address: str, headers: Mapping[str, str], body: str | None = None
    ) -> tuple[int, str, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)
        try:
            connection.request(method, address, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.getheader("Location") or "", answer.read()
        finally:
            connection.close()

    def memory(self, name: str = "VmRSS") -> float:
        """Return what the worker holds in memory now (VmRSS) or held at most (VmHWM), in MB."""
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        line = next(line for line in lines if line.startswith(name))
        return int(line.split()[1]) / 1024

    def forget_peak(self) -> None:
        """Let VmHWM start anew."""
        Path(f"/proc/{self.pid}/clear_refs").write_text("5")


def _headers(user: User | None) -> dict[str, str]:
    return signed_in(user) if user else {}


def free_port() -> int:
    """Return a port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int) -> None:
    """Wait until a server answers on the port."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            connection.request("GET", "/healthz")
            if connection.getresponse().status == http.client.OK:
                return
        except OSError:
            time.sleep(0.1)
        finally:
            connection.close()
    raise RuntimeError("The server does not answer.")


@cache
def signed_in(user: User) -> dict[str, str]:
    """Return the headers of a browser in which the person is signed in."""
    client = Client()
    client.force_login(user)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    cookies = f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={TOKEN}"
    return {"Cookie": cookies, "X-CSRFToken": TOKEN}


def _cpu_of(pid: int) -> float:
    """Return the seconds of processor time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def serving() -> Iterator[Server]:
    """Serve the folder's portal as the demo does, with one worker."""
    port = free_port()
    command = ["granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            *command,
            "--blocking-threads",
            "1",
            "tests.load.server:application",
        ],
        cwd=settings.BASE_DIR,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield Server(process, port)
    finally:
        process.terminate()
        process.wait()
