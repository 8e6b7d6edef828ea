"""The two servers, each running for the duration of a ``with``."""

import ctypes
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from portal.embedded.binaries import postgres_binaries, valkey_binary, version
from portal.embedded.folder import (
    STATE,
    Unavailable,
    own,
    server_account,
    sockets,
    take,
    valkey_socket,
)

PATIENCE = 60


@contextmanager
def postgres() -> Iterator[subprocess.Popen[bytes]]:
    """Run PostgreSQL on its socket, with the database and the superuser ``portal``."""
    binaries, data = postgres_binaries(), STATE / "pgdata"
    with _alive("postgres") as lock:
        if not data.exists():
            _initialise(binaries, data)
        _refuse_other_version(binaries, data)
        for name in (data / "postmaster.pid", sockets() / ".s.PGSQL.5432.lock"):
            _forget_reused_pid(name)
        options = ["listen_addresses=", "max_connections=100", "jit=off", "random_page_cost=1.1"]
        arguments: list[object] = [binaries / "postgres", "-D", data, "-k", sockets()]
        for option in options:
            arguments += ["-c", option]
        server = _spawn("postgres", arguments, signal.SIGINT, lock)
    to_portal = ["-h", str(sockets()), "-U", "portal"]
    _until(server, lambda: _succeeds([binaries / "pg_isready", "-q", *to_portal]))
    _succeeds([binaries / "createdb", *to_portal, "portal"])
    with _stopping(server, signal.SIGINT):
        yield server


@contextmanager
def valkey() -> Iterator[subprocess.Popen[bytes]]:
    """Run Valkey on its socket, with its queue kept on disk."""
    binary, data, address = valkey_binary(), STATE / "valkey", valkey_socket()
    data.mkdir(mode=0o700, exist_ok=True)
    own(data)
    settings = {
        "port": 0,
        "unixsocket": address,
        "unixsocketperm": 700,
        "dir": data,
        "appendonly": "yes",
    }
    with _alive("valkey") as lock:
        address.unlink(missing_ok=True)
        options = [word for name, value in settings.items() for word in (f"--{name}", value)]
        server = _spawn("valkey", [binary, *options], signal.SIGTERM, lock)
    _until(server, lambda: _accepts(address))
    with _stopping(server, signal.SIGTERM):
        yield server


def dies_with_parent(how: signal.Signals) -> Callable[[], None]:
    """A child's first act: leave the terminal's group and, on Linux, end when its parent ends."""

    def prepare() -> None:
        os.setpgid(0, 0)
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(1, how)

    return prepare


@contextmanager
def _alive(name: str) -> Iterator[IO[str]]:
    """A lock that the server inherits: whoever gets it knows that the one before is really gone."""
    with (STATE / f"{name}.lock").open("a") as lock:
        deadline = time.monotonic() + PATIENCE
        while not take(lock, fcntl.LOCK_EX):
            if time.monotonic() > deadline:
                raise Unavailable(f"An earlier {name} does not end: see {STATE / 'log'}.")
            time.sleep(0.02)
        yield lock


def _initialise(binaries: Path, data: Path) -> None:
    fresh = data.with_name("pgdata.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    own(fresh)
    command = [str(binaries / "initdb"), "-D", str(fresh), "-U", "portal", "--auth=trust"]
    command += ["--encoding=UTF8", "--locale=C.UTF-8", "--no-instructions"]
    with (STATE / "log" / "initdb.log").open("ab") as out:
        made = subprocess.run(command, check=False, stdout=out, stderr=out, **_as_account())
    if made.returncode:
        raise Unavailable(f"The database could not be made: see {STATE / 'log' / 'initdb.log'}.")
    fresh.rename(data)


def _refuse_other_version(binaries: Path, data: Path) -> None:
    made_by = (data / "PG_VERSION").read_text().strip()
    here = version(binaries)
    if made_by != str(here):
        raise Unavailable(
            f"{data} was made by PostgreSQL {made_by} and this is {here}: set PORTAL_POSTGRES_BIN "
            "to the older binaries, or remove the folder to start afresh."
        )


def _forget_reused_pid(file: Path) -> None:
    """After a crash the number may be a stranger's, and PostgreSQL would take him for itself."""
    if not file.exists():
        return
    number = file.read_text().split("\n", 1)[0]
    if number.isdecimal() and Path("/proc", number).exists():
        file.unlink()


def _as_account() -> dict[str, Any]:
    account = server_account(STATE)
    common = {"cwd": STATE, "env": {**os.environ, "LC_ALL": "C.UTF-8"}}
    if account is None:
        return common
    return {**common, "user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _spawn(
    name: str, arguments: Sequence[object], how: signal.Signals, lock: IO[str]
) -> subprocess.Popen[bytes]:
    with (STATE / "log" / f"{name}.log").open("ab") as out:
        return subprocess.Popen(
            [str(word) for word in arguments],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            pass_fds=[lock.fileno()],
            preexec_fn=dies_with_parent(how),
            **_as_account(),
        )


def _succeeds(command: Sequence[object]) -> bool:
    quiet = subprocess.DEVNULL
    done = subprocess.run([str(w) for w in command], check=False, stdout=quiet, stderr=quiet)
    return done.returncode == 0


def _accepts(address: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as client:
        return client.connect_ex(str(address)) == 0


def _until(server: subprocess.Popen[bytes], answers: Callable[[], bool]) -> None:
    while not answers():
        if server.poll() is not None:
            raise Unavailable(f"A server did not start: see {STATE / 'log'}.")
        time.sleep(0.02)


@contextmanager
def _stopping(server: subprocess.Popen[bytes], how: signal.Signals) -> Iterator[None]:
    try:
        yield
    finally:
        server.send_signal(how)
        server.wait(PATIENCE)
