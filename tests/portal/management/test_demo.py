"""The demo's processes, started and stopped for real."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent.parent

COMMAND = [sys.executable, "manage.py", "demo", "--only-setup"]


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """One state folder for all: what the first test loads, the others find."""
    with tempfile.TemporaryDirectory(prefix="demo-") as name:
        Path(name).chmod(0o755)
        yield Path(name)
        for left in family(Path(name)):
            os.kill(left, signal.SIGTERM)
        assert ends(lambda: not family(Path(name)))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Demo:
    """A running ``manage.py demo`` and what it printed."""

    def __init__(self, folder: Path, **environ: str) -> None:
        self.folder, self.port = folder, free_port()
        clean = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "REDIS_URL"}}
        given = {"PORTAL_STATE": str(folder), "PORT": str(self.port), "PYTHONUNBUFFERED": ""}
        self.process = subprocess.Popen(
            # A background shell ignores Ctrl-C, and its children with it.
            ["sh", "-c", 'trap "" INT; exec "$@"', "sh", *COMMAND],
            cwd=ROOT,
            env=clean | given | environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def address(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def until_ready(self) -> str:
        """What stands on the screen once the portal answers."""
        assert self.process.stdout
        printed = []
        for line in self.process.stdout:
            printed.append(line)
            if line.startswith("Sign in as:"):
                return "".join(printed)
        raise AssertionError(self.process.stderr.read() if self.process.stderr else "")

    def end(self, how: signal.Signals = signal.SIGINT) -> tuple[int, str, str]:
        self.process.send_signal(how)
        return self.rest()

    def rest(self) -> tuple[int, str, str]:
        out, err = self.process.communicate(timeout=90)
        return self.process.returncode, out.strip(), err.strip()


def family(folder: Path) -> dict[int, str]:
    """Every process that works on this folder, by number; Valkey writes over its environment."""
    found = {}
    address = folder / "sockets"
    sockets = address.read_text() if address.exists() else str(folder)
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            environ = (entry / "environ").read_bytes()
            words = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if words and (f"PORTAL_STATE={folder}\0".encode() in environ or sockets in words):
            found[int(entry.name)] = words
    return found


def clocks_of(folder: Path) -> set[bytes]:
    """How far web, worker and beat were told to move the clock."""
    return {
        word
        for pid, words in family(folder).items()
        if "celery" in words or "granian" in words
        for word in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
        if word.startswith(b"PORTAL_CLOCK_OFFSET=")
    }


def number_of(folder: Path, word: str) -> int:
    return min(pid for pid, words in family(folder).items() if word in words)


def ends(fact) -> bool:
    deadline = time.monotonic() + 20
    while not fact():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def test_demo_serves_refuses_a_second_and_stops(folder: Path) -> None:
    demo = Demo(folder)
    assert f"The portal runs at http://localhost:{demo.port}/ until" in demo.until_ready()
    with urllib.request.urlopen(demo.address("/readyz")) as answer:
        assert answer.read() == b'{"database": "ok", "broker": "ok", "storage": "ok"}'
    assert Demo(folder).rest() == (
        1,
        "",
        (
            f"A demo already runs on {folder}. Stop it, or set PORTAL_STATE to another folder "
            "and PORT to another port."
        ),
    )
    code, out, err = demo.end()
    assert (code, out.splitlines()[-1], err) == (0, "Stopping.", "")
    assert ends(lambda: not family(folder))


def test_demo_has_one_clock_and_leaves_nothing_behind_when_it_is_killed(folder: Path) -> None:
    demo = Demo(folder, PORTAL_NOW="2030-01-02T03:04:05Z")
    demo.until_ready()
    clocks = clocks_of(folder)
    demo.end(signal.SIGKILL)
    assert len(clocks) == 1
    assert ends(lambda: not family(folder))


def test_demo_stops_everything_when_a_part_ends(folder: Path) -> None:
    demo = Demo(folder)
    demo.until_ready()
    os.kill(number_of(folder, "celery --app portal.celery beat"), signal.SIGKILL)
    code, _, err = demo.rest()
    assert (code, err) == (
        1,
        f"CommandError: The beat ended with code -9: see {folder}/log/beat.log.",
    )
    assert ends(lambda: not family(folder))


def test_demo_refuses_a_taken_port(folder: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = str(taken.getsockname()[1])
        code, out, err = Demo(folder, PORT=number).rest()
    assert (code, out) == (1, "")
    assert err == (
        f"CommandError: Port {number} cannot be used (Address already in use): choose another, "
        "for example PORT=8001 make demo."
    )


def test_demo_stops_everything_when_a_server_ends(folder: Path) -> None:
    demo = Demo(folder)
    demo.until_ready()
    os.kill(number_of(folder, "valkey-server"), signal.SIGKILL)
    code, _, err = demo.rest()
    assert (code, err) == (
        1,
        f"CommandError: The database or the queue ended: see {folder}/log.",
    )
    assert ends(lambda: not family(folder))
