"""What ``make demo`` calls."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from typing import Any
from urllib.error import URLError

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal import clock, embedded, environment
from portal.site import demo
from portal.site.demo.people import Login

PATIENCE = 120
CELERY = ["celery", "--app", "portal.celery"]


class Command(BaseCommand):
    """Migrate, load the demo programmes, and serve them until Ctrl-C."""

    help = "Load the demo programmes and serve the portal with its worker and beat."

    def add_arguments(self, parser: CommandParser) -> None:
        """Two switches for those who want less."""
        parser.add_argument("--no-serve", action="store_true", help="load the data and end")
        parser.add_argument(
            "--only-setup",
            action="store_true",
            help="programmes, calls, pots and one login per role, but nothing that lives in them",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Refuse a second demo on the same folder, then load and serve."""
        refusal = (
            f"A demo already runs on {embedded.STATE}. Stop it, or set PORTAL_STATE to another "
            "folder and PORT to another port."
        )
        port = environment.port("PORT", 8000)
        with embedded.alone("demo.lock", refusal):
            if not options["no_serve"]:
                _refuse_taken(port)
            call_command("migrate", verbosity=0)
            logins = demo.load(
                only_setup=options["only_setup"], now=clock.now(), say=self.stdout.write
            )
            if not options["no_serve"]:
                self._serve(port, logins)

    def _serve(self, port: int, logins: Sequence[Login]) -> None:
        with ExitStack() as stack:
            try:
                children = {
                    name: stack.enter_context(_child(name, arguments))
                    for name, arguments in _programs(port).items()
                }
                for child in children.values():
                    stack.callback(child.terminate)
                _wait_until_healthy(port, children)
                self.stdout.write(_welcome(logins))
                self.stdout.flush()
                while True:
                    _refuse_ended(children)
                    _refuse_lost_services()
                    time.sleep(0.5)
            except KeyboardInterrupt:
                self.stdout.write("Stopping.")
            finally:
                # Impatience must not cut the stopping short.
                signal.signal(signal.SIGINT, signal.SIG_IGN)
                signal.signal(signal.SIGTERM, signal.SIG_IGN)


def _welcome(logins: Sequence[Login]) -> str:
    widest = max((len(login.role) for login in logins), default=0)
    lines = [f"  {login.role:{widest}}  {login.email}  {login.password}" for login in logins]
    return "\n".join(
        [
            f"The portal runs at {settings.SITE_URL}/ until you press Ctrl-C.",
            f"Mails lie in {embedded.STATE / 'mail'}, log files in {embedded.STATE / 'log'}.",
            "Sign in as:",
            *lines,
        ]
    )


def _programs(port: int) -> dict[str, list[str]]:
    """What runs beside the services, by name."""
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    web = ["granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    return {
        "worker": [*CELERY, "worker", "--pool", "solo", "--loglevel", "INFO", *quiet],
        "beat": [*CELERY, "beat", "--schedule", str(embedded.STATE / "beat"), "--pidfile="],
        "web": [*web, "--blocking-threads", "4", "portal.wsgi:application"],
    }


@contextmanager
def _child(name: str, arguments: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    with (embedded.STATE / "log" / f"{name}.log").open("wb") as out:
        child = subprocess.Popen(
            [sys.executable, "-m", *arguments],
            cwd=settings.BASE_DIR,
            env={**os.environ, **_shared()},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            preexec_fn=embedded.dies_with_parent(signal.SIGTERM),
        )
    try:
        yield child
    finally:
        child.terminate()
        try:
            child.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        # A web server that is stopped while it starts leaves its own child behind.
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)


def _shared() -> dict[str, str]:
    """What all children must agree on: one folder, one clock, one address."""
    return {
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "MFA_RELAXED_FOR_DEMO": "true",
        "PORTAL_CLOCK_OFFSET": str(settings.CLOCK_OFFSET.total_seconds()),
        "PORTAL_STATE": str(embedded.STATE),
        "SITE_URL": settings.SITE_URL,
    }


def _refuse_taken(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise CommandError(
                f"Port {port} cannot be used ({error.strerror}): choose another, for example "
                "PORT=8001 make demo."
            ) from error


def _refuse_ended(children: Mapping[str, subprocess.Popen[bytes]]) -> None:
    for name, child in children.items():
        if child.poll() is not None:
            log = embedded.STATE / "log" / f"{name}.log"
            raise CommandError(f"The {name} ended with code {child.returncode}: see {log}.")


def _refuse_lost_services() -> None:
    if not embedded.are_running():
        raise CommandError(f"The database or the queue ended: see {embedded.STATE / 'log'}.")


def _wait_until_healthy(port: int, children: Mapping[str, subprocess.Popen[bytes]]) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        _refuse_ended(children)
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5):
                return
        except (URLError, OSError):
            time.sleep(0.05)
    raise CommandError(f"The web server does not answer: see {embedded.STATE / 'log' / 'web.log'}.")
