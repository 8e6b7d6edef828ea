"""The state folder, the account that owns it, and the locks that say who is using it."""

import fcntl
import hashlib
import os
import pwd
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parent.parent.parent
LONGEST_SOCKET = 107


class Unavailable(Exception):
    """The services cannot run here; the text is a sentence that says what to do."""


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]


def open_to(account: pwd.struct_passwd, path: Path) -> bool:
    """Whether the account may pass through all folders down to ``path``, as far as they exist."""
    for folder in (path, *path.parents):
        if not folder.exists():
            continue
        found = folder.stat()
        shift = 6 if found.st_uid == account.pw_uid else 3 if found.st_gid == account.pw_gid else 0
        if not found.st_mode >> shift & 1:
            return False
    return True


def server_account(state: Path) -> pwd.struct_passwd | None:
    """Whom root becomes to run the servers: PostgreSQL refuses root. Old data keep their owner."""
    if os.geteuid() != 0:
        return None
    data = state / "pgdata"
    owner = data.stat().st_uid if data.exists() else 0
    accounts = {entry.pw_name: entry for entry in pwd.getpwall()}
    for entry in accounts.values():
        if owner and entry.pw_uid == owner:
            return entry
    return next(accounts[n] for n in ("voucher-portal", "postgres", "nobody") if n in accounts)


def _state() -> Path:
    """PORTAL_STATE, else var/ (tests: var/test/), moved where root's account could not enter it."""
    named = os.environ.get("PORTAL_STATE")
    folder = "var/test" if "PYTEST_VERSION" in os.environ else "var"
    wanted = Path(named).resolve() if named else ROOT / folder
    account = server_account(wanted)
    if account is None or open_to(account, wanted):
        return wanted
    return Path("/var/lib/voucher-portal") / _digest(wanted)


STATE = _state()


def sockets() -> Path:
    """The folder of both sockets: short and private; the state folder keeps its address."""
    kept = STATE / "sockets"
    if kept.exists():
        return Path(kept.read_text())
    return Path(tempfile.gettempdir()).resolve() / f"voucher-portal-{_digest(STATE)}"


def valkey_socket() -> Path:
    """The address of the Redis protocol."""
    return sockets() / "valkey.sock"


def own(folder: Path) -> None:
    """Give the folder to the account that runs the servers."""
    account = server_account(STATE)
    if account:
        os.chown(folder, account.pw_uid, account.pw_gid)


def prepare() -> None:
    """Make the state folder and the folder of the sockets, or raise Unavailable."""
    folder = sockets()
    if len(os.fsencode(folder / ".s.PGSQL.5432")) > LONGEST_SOCKET:
        raise Unavailable(f"The path {folder} is too long for a socket: set TMPDIR to a short one.")
    try:
        for name in ("log", "mail", "media"):
            (STATE / name).mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
        if not _private(folder):
            raise Unavailable(f"{folder} must be a folder of yours alone: remove it, start again.")
        own(folder)
        if not (STATE / "sockets").exists():
            (STATE / "sockets").write_text(str(folder))
    except OSError as error:
        raise Unavailable(
            f"Cannot write to {error.filename}: run as its owner, or set PORTAL_STATE to a folder "
            "of your own."
        ) from error


def _private(folder: Path) -> bool:
    found, account = folder.lstat(), server_account(STATE)
    owners = {os.geteuid(), account.pw_uid if account else os.geteuid()}
    return stat.S_ISDIR(found.st_mode) and found.st_uid in owners and not found.st_mode & 0o77


def held(path: Path) -> bool:
    """Whether some process holds the lock on ``path`` for itself."""
    with path.open("a") as lock:
        return not take(lock, fcntl.LOCK_SH)


def take(file: IO[str], how: int) -> bool:
    """Lock the open file without waiting; False where another process is in the way."""
    try:
        fcntl.flock(file, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def alone(name: str, sentence: str) -> Iterator[None]:
    """Hold the state folder's lock ``name``; where another process does, raise ``sentence``."""
    STATE.mkdir(parents=True, exist_ok=True)
    with (STATE / name).open("a") as lock:
        if not take(lock, fcntl.LOCK_EX):
            raise Unavailable(sentence)
        yield
