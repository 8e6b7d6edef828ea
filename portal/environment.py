"""What the environment says: parsed once, and refused with a sentence where it makes no sense."""

import os
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured

PORTAL_VARIABLES = {
    "PORTAL_CHROMIUM",
    "PORTAL_CLOCK_OFFSET",
    "PORTAL_NOW",
    "PORTAL_POSTGRES_BIN",
    "PORTAL_STATE",
    "PORTAL_VALKEY_BIN",
}
MAIL_SCHEMES = {
    "smtp": (25, {}),
    "submission": (587, {"use_tls": True}),
    "smtps": (465, {"use_ssl": True}),
}


def refuse_unknown(environ: Mapping[str, str]) -> None:
    """Stop the start when a PORTAL_… variable is misspelt, rather than run without it."""
    unknown = sorted(n for n in environ if n.startswith("PORTAL_") and n not in PORTAL_VARIABLES)
    if unknown:
        known = ", ".join(sorted(PORTAL_VARIABLES))
        raise ImproperlyConfigured(f"{unknown[0]} is not a variable of the portal: use {known}.")


def text(name: str, default: str = "") -> str:
    """The value without surrounding blanks; an empty value counts as not set."""
    return os.environ.get(name, "").strip() or default


def flag(name: str, *, default: bool = False) -> bool:
    """true, false, 1 or 0."""
    value = text(name, str(default)).lower()
    if value not in {"true", "false", "1", "0"}:
        raise ImproperlyConfigured(f"{name} must be true or false, not {value!r}.")
    return value in {"true", "1"}


def names(name: str, default: str) -> list[str]:
    """A list written with commas."""
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def port(name: str, default: int) -> int:
    """A TCP port, 1 to 65535."""
    value = text(name, str(default))
    if not value.isdecimal() or not 0 < int(value) < 65536:
        raise ImproperlyConfigured(f"{name} must be a port from 1 to 65535, not {value!r}.")
    return int(value)


def zone(name: str, default: str) -> str:
    """An IANA time zone."""
    value = text(name, default)
    try:
        return ZoneInfo(value).key
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ImproperlyConfigured(
            f"{name} must be a time zone such as Europe/Brussels, not {value!r}."
        ) from error


def url(name: str, schemes: Sequence[str], default: str = "") -> SplitResult | None:
    """An address with one of ``schemes``, or None where neither value nor default is given."""
    value = text(name, default)
    if not value:
        return None
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} is not an address: {error}.") from error
    if parts.scheme not in schemes or "://" not in value:
        wanted = " or ".join(f"{scheme}://" for scheme in schemes)
        raise ImproperlyConfigured(f"{name} must start with {wanted}.")
    return parts


def secret_key(folder: Path, *, required: bool) -> str:
    """SECRET_KEY; a demo makes one once and keeps it in ``folder``, readable by its owner only."""
    given = text("SECRET_KEY")
    if given:
        return given
    if required:
        raise ImproperlyConfigured("Set SECRET_KEY to 50 or more random characters.")
    folder.mkdir(parents=True, exist_ok=True)
    kept, made = folder / "secret_key", folder / f"secret_key.{os.getpid()}"
    if not kept.exists():
        made.touch(mode=0o600)
        made.write_text(secrets.token_urlsafe(50))
        made.replace(kept)
    return kept.read_text()


def site_url(default: str) -> str:
    """The address that mails and documents name, without a closing slash."""
    parts = url("SITE_URL", ["https", "http"], default)
    if parts is None or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ImproperlyConfigured("SITE_URL must be a host such as https://vouchers.example.org.")
    return f"{parts.scheme}://{parts.netloc}"


def clock_offset() -> timedelta:
    """How far the business clock is ahead of real time.

    PORTAL_NOW says it; the demo hands PORTAL_CLOCK_OFFSET to its children, so that all agree.
    """
    seconds = text("PORTAL_CLOCK_OFFSET")
    instant = text("PORTAL_NOW")
    try:
        if seconds:
            return timedelta(seconds=float(seconds))
        moved = datetime.fromisoformat(instant) if instant else None
    except (ValueError, OverflowError) as error:
        raise ImproperlyConfigured(
            "PORTAL_NOW must be an ISO instant such as 2014-05-04T21:59:00Z, "
            "and PORTAL_CLOCK_OFFSET a number of seconds."
        ) from error
    if moved is None:
        return timedelta()
    if moved.tzinfo is None:
        raise ImproperlyConfigured(
            "PORTAL_NOW needs its zone: end it with Z or an offset such as +02:00."
        )
    return moved - datetime.now(UTC)


def database(fallback: Mapping[str, object]) -> dict[str, object]:
    """Django's database from DATABASE_URL, else ``fallback``; libpq options stand in its query."""
    base: dict[str, object] = {
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }
    parts = url("DATABASE_URL", ["postgresql", "postgres"])
    if parts is None:
        return base | dict(fallback)
    name = unquote(parts.path.strip("/"))
    if not name:
        raise ImproperlyConfigured(
            "DATABASE_URL must name a database: postgresql://user:password@host:5432/name."
        )
    options = dict(parse_qsl(parts.query))
    return base | {
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or "") or options.pop("host", ""),
        "PORT": parts.port or "",
        "OPTIONS": options,
    }


def redis(socket: Path) -> tuple[str, str]:
    """Celery's broker and Django's cache, from REDIS_URL, else on the Unix ``socket``.

    The cache lives in the next database: emptying it must not empty the queue.
    """
    parts = url("REDIS_URL", ["redis", "rediss", "unix"], f"unix://{socket}")
    if parts is None:
        raise ImproperlyConfigured("REDIS_URL must start with redis://, rediss:// or unix://.")
    query = dict(parse_qsl(parts.query))
    number = query.get("db", "0") if parts.scheme == "unix" else parts.path.strip("/") or "0"
    if not number.isdecimal():
        raise ImproperlyConfigured(f"REDIS_URL must name a database number, not {number!r}.")
    following = int(number) + 1
    if parts.scheme == "unix":
        host = f"{parts.netloc}{parts.path}"
        return f"redis+socket://{host}?virtual_host={number}", f"unix://{host}?db={following}"
    host = f"{parts.scheme}://{parts.netloc}"
    return f"{host}/{number}", f"{host}/{following}"


def mailer(folder: Path, *, required: bool) -> dict[str, Any]:
    """The wire, from EMAIL_URL; a demo without one writes mails into ``folder``."""
    parts = url("EMAIL_URL", list(MAIL_SCHEMES))
    if parts is None:
        if required:
            raise ImproperlyConfigured(
                "Set EMAIL_URL: smtp://, submission:// (STARTTLS) or smtps://user:password@host:port."
            )
        backend = "django.core.mail.backends.filebased.EmailBackend"
        return {"BACKEND": backend, "OPTIONS": {"file_path": str(folder)}}
    default_port, options = MAIL_SCHEMES[parts.scheme]
    return {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {
            "host": parts.hostname or "localhost",
            "port": parts.port or default_port,
            "username": unquote(parts.username or ""),
            "password": unquote(parts.password or ""),
            "timeout": 20,
            **options,
        },
    }


def storage(folder: Path) -> dict[str, Any]:
    """Where uploads and documents lie: STORAGE is a folder or s3://bucket/prefix?endpoint=…&region=….

    Keys for S3 come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, which boto3 reads itself.
    """
    value = text("STORAGE", str(folder))
    if "://" not in value:
        path = Path(value)
        if not path.is_absolute():
            raise ImproperlyConfigured("STORAGE must be an absolute folder or s3://bucket/prefix.")
        backend = "django.core.files.storage.FileSystemStorage"
        return {"BACKEND": backend, "OPTIONS": {"location": value}}
    parts = url("STORAGE", ["s3"])
    if parts is None or not parts.hostname:
        raise ImproperlyConfigured("STORAGE must name a bucket: s3://bucket/prefix.")
    query = dict(parse_qsl(parts.query))
    unknown = sorted(query.keys() - {"endpoint", "region"})
    if unknown:
        raise ImproperlyConfigured(f"STORAGE knows endpoint and region, not {unknown[0]!r}.")
    options = {
        "bucket_name": parts.hostname,
        "location": parts.path.strip("/"),
        "endpoint_url": query.get("endpoint"),
        "region_name": query.get("region"),
        "default_acl": None,
        "file_overwrite": False,
    }
    return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}


def scanner() -> tuple[str, int] | str | None:
    """Where clamd listens, from CLAMAV_URL: host and port, or a socket; None scans nothing."""
    parts = url("CLAMAV_URL", ["tcp", "unix"])
    if parts is None:
        return None
    if parts.scheme == "unix" and parts.path.strip("/") and not parts.netloc:
        return parts.path
    if parts.scheme == "tcp" and parts.hostname and not parts.path.strip("/"):
        return parts.hostname, parts.port or 3310
    raise ImproperlyConfigured(
        "CLAMAV_URL must be tcp://host:3310 or unix:///run/clamav/clamd.ctl."
    )


def vies() -> str:
    """Where VIES answers, from VIES_URL; nothing asks nobody."""
    parts = url("VIES_URL", ["https", "http"])
    return parts.geturl().rstrip("/") if parts else ""


@checks.register(checks.Tags.security, deploy=True)
def only_demos_may_pretend(**kwargs: Any) -> list[checks.CheckMessage]:
    """Refuse a moved clock, a relaxed second factor and passkeys without TLS in production."""
    pretended = {
        "portal.E001": (settings.CLOCK_OFFSET, "Unset PORTAL_NOW: it moves the clock."),
        "portal.E002": (
            settings.MFA_RELAXED_FOR_DEMO,
            "Unset MFA_RELAXED_FOR_DEMO: staff must use a second factor.",
        ),
        "portal.E003": (
            settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN,
            "Serve the portal over https: passkeys are not safe without it.",
        ),
    }
    return [checks.Error(say, id=code) for code, (found, say) in pretended.items() if found]
