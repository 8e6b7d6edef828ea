"""PostgreSQL and Valkey for a machine that has neither: they run as long as any process needs them.

Every process that needs the services holds a shared lock on ``users.lock``. A detached supervisor
(``python -m portal.embedded``) owns both servers and ends them when nobody holds it. Locks belong
to processes, so a killed one leaves nothing behind.
"""

import fcntl
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from portal.embedded.folder import (
    ROOT,
    STATE,
    Unavailable,
    alone,
    held,
    prepare,
    sockets,
    valkey_socket,
)
from portal.embedded.servers import dies_with_parent

__all__ = [
    "STATE",
    "Unavailable",
    "alone",
    "are_running",
    "dies_with_parent",
    "for_command",
    "services",
    "sockets",
    "valkey_socket",
]

NEEDS_NO_SERVICE = {
    "--help",
    "--version",
    "collectstatic",
    "compilemessages",
    "help",
    "makemessages",
    "version",
}


@contextmanager
def services() -> Iterator[None]:
    """Have the services for the duration; the first process to come starts the supervisor."""
    if os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"):
        yield
        return
    prepare()
    with (STATE / "users.lock").open("a") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        _wait_until_ready()
        yield


@contextmanager
def for_command(argv: Sequence[str]) -> Iterator[None]:
    """Have the services for a management command that may need them."""
    if len(argv) < 2 or argv[1] in NEEDS_NO_SERVICE or "--help" in argv:
        yield
        return
    with services():
        yield


def are_running() -> bool:
    """Whether a supervisor has its servers up; always where others look after them."""
    given = os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL")
    return bool(given) or held(STATE / "ready.lock")


def _wait_until_ready() -> None:
    supervisor: subprocess.Popen[bytes] | None = None
    while not held(STATE / "ready.lock"):
        if supervisor and supervisor.poll():
            raise Unavailable((STATE / "log" / "supervisor.log").read_text().splitlines()[-1])
        if (supervisor is None or supervisor.poll() == 0) and not held(STATE / "supervisor.lock"):
            supervisor = _start_supervisor()
        time.sleep(0.02)
    if supervisor:
        # It outlives this process on purpose; without this Popen would warn of it.
        supervisor.returncode = 0


def _start_supervisor() -> subprocess.Popen[bytes]:
    if STATE.is_relative_to("/var/lib/voucher-portal"):
        print(f"The data lies in {STATE}, where the database account may enter.", file=sys.stderr)  # noqa: T201 - no logging before settings
    with (STATE / "log" / "supervisor.log").open("ab") as out:
        return subprocess.Popen(
            [sys.executable, "-m", "portal.embedded"],
            cwd=ROOT,
            env={**os.environ, "PORTAL_STATE": str(STATE)},
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
        )
