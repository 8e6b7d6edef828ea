"""The services that come along, with real servers in a folder of their own."""

import os
import pwd
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.embedded.folder import open_to

ROOT = Path(__file__).parent.parent.parent
USE = """
import sys, psycopg2
from portal import embedded
try:
    with embedded.services():
        with psycopg2.connect(host=str(embedded.sockets()), user="portal", dbname="portal") as c:
            cursor = c.cursor()
            cursor.execute(sys.argv[1])
            print(cursor.fetchall() if cursor.description else "done", flush=True)
        sys.stdin.read()
except embedded.Unavailable as reason:
    sys.exit(str(reason))
"""


@pytest.fixture
def state() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="state-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
        assert wait_for(lambda: not servers(folder))


def start(state: Path, sql: str = "select 1", **environ: str) -> subprocess.Popen[str]:
    clean = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "REDIS_URL"}}
    return subprocess.Popen(
        [sys.executable, "-c", USE, sql],
        cwd=ROOT,
        env={**clean, "PORTAL_STATE": str(state), **environ},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(user: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = user.communicate("", timeout=90)
    return user.returncode, out.strip(), err.strip()


def answer(user: subprocess.Popen[str]) -> str:
    assert user.stdout
    return user.stdout.readline().strip()


def servers(state: Path) -> list[int]:
    """Supervisor, PostgreSQL and Valkey, which writes over its environment."""
    found = []
    address = state / "sockets"
    sockets = address.read_text() if address.exists() else str(state)
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            words = (entry / "cmdline").read_bytes()
            environ = (entry / "environ").read_bytes()
        except OSError:
            continue
        ours = b"portal.embedded" in words or b"postgres" in words or b"valkey" in words
        if ours and (f"PORTAL_STATE={state}\0".encode() in environ or sockets.encode() in words):
            found.append(int(entry.name))
    return found


def supervisor(state: Path) -> int:
    return next(
        pid
        for pid in servers(state)
        if b"portal.embedded" in Path(f"/proc/{pid}/cmdline").read_bytes()
    )


def wait_for(fact) -> bool:
    deadline = time.monotonic() + 15
    while not fact():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def test_services_start_for_the_first_and_end_after_the_last(state: Path) -> None:
    first, second = start(state), start(state)
    assert [answer(first), answer(second)] == ["[(1,)]", "[(1,)]"]
    assert finish(first)[0] == 0
    third = start(state)
    assert answer(third) == "[(1,)]"
    assert [finish(second)[0], finish(third)[0]] == [0, 0]
    assert wait_for(lambda: not servers(state))


def test_services_keep_their_data(state: Path) -> None:
    assert finish(start(state, "create table kept as select 7 as n"))[1] == "done"
    assert wait_for(lambda: not servers(state))
    assert finish(start(state, "select n from kept")) == (0, "[(7,)]", "")


def test_services_end_when_their_only_user_is_killed(state: Path) -> None:
    user = start(state)
    answer(user)
    user.kill()
    user.communicate()
    assert wait_for(lambda: not servers(state))


def test_services_come_back_after_a_killed_supervisor(state: Path) -> None:
    user = start(state, "create table kept as select 7 as n")
    answer(user)
    os.kill(supervisor(state), signal.SIGKILL)
    user.kill()
    user.communicate()
    assert finish(start(state, "select n from kept")) == (0, "[(7,)]", "")


def test_services_come_back_after_everything_was_killed(state: Path) -> None:
    user = start(state, "create table kept as select 7 as n")
    answer(user)
    for pid in [user.pid, *servers(state)]:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    user.communicate()
    # The number of the dead server now belongs to somebody else: here to this test.
    pid_file = state / "pgdata" / "postmaster.pid"
    pid_file.write_text("\n".join([str(os.getpid()), *pid_file.read_text().split("\n")[1:]]))
    assert finish(start(state, "select n from kept")) == (0, "[(7,)]", "")


def test_services_refuse_data_of_another_version(state: Path) -> None:
    finish(start(state))
    assert wait_for(lambda: not servers(state))
    version = state / "pgdata" / "PG_VERSION"
    made_by = version.read_text().strip()
    version.write_text("9\n")
    code, out, err = finish(start(state))
    assert (code, out) == (1, "")
    assert err == (
        f"{state}/pgdata was made by PostgreSQL 9 and this is {made_by}: set PORTAL_POSTGRES_BIN "
        "to the older binaries, or remove the folder to start afresh."
    )


def test_services_use_an_installed_postgresql(state: Path) -> None:
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not installed:
        pytest.skip("no PostgreSQL is installed on this machine")
    folder = installed[-1].parent
    user = start(state, "show server_version_num", PORTAL_POSTGRES_BIN=str(folder))
    assert answer(user).startswith(f"[('{folder.parent.name}")
    assert finish(user)[0] == 0


def test_services_refuse_a_path_too_long_for_a_socket(state: Path) -> None:
    long = state / ("x" * 90)
    long.mkdir()
    code, _, err = finish(start(state, TMPDIR=str(long)))
    assert code == 1
    assert err.endswith("is too long for a socket: set TMPDIR to a short one.")


def test_services_refuse_a_folder_that_others_may_enter(state: Path) -> None:
    open_folder = state / "open"
    open_folder.mkdir(mode=0o755)
    (state / "sockets").write_text(str(open_folder))
    code, _, err = finish(start(state))
    assert code == 1
    assert err == f"{open_folder} must be a folder of yours alone: remove it, start again."


def test_sockets_lie_in_a_private_folder(state: Path) -> None:
    user = start(state)
    answer(user)
    folder = Path((state / "sockets").read_text())
    assert folder.stat().st_mode & 0o777 == 0o700
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(str(folder / "valkey.sock"))
    assert finish(user)[0] == 0


def test_open_to_sees_a_closed_folder(tmp_path: Path) -> None:
    stranger = pwd.struct_passwd(("stranger", "x", 54321, 54321, "", "/", "/bin/sh"))
    assert open_to(stranger, Path("/usr/bin"))
    (tmp_path / "closed").mkdir(mode=0o700)
    assert not open_to(stranger, tmp_path / "closed" / "not-yet-there")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may become somebody else")
def test_services_run_as_an_ordinary_user(state: Path) -> None:
    nobody = pwd.getpwnam("nobody")
    os.chown(state, nobody.pw_uid, nobody.pw_gid)
    if not open_to(nobody, Path(sys.executable).resolve()):
        pytest.skip("an ordinary user cannot run this interpreter")
    user = subprocess.run(
        [sys.executable, "-c", USE, "select 1"],
        cwd=ROOT,
        env={**os.environ, "PORTAL_STATE": str(state)},
        user=nobody.pw_uid,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (user.returncode, user.stdout.strip()) == (0, "[(1,)]")
