"""The environment decides, and what it cannot mean stops the start with one sentence."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from portal import clock, embedded

ROOT = Path(__file__).parent.parent.parent
PRODUCTION = {
    "DATABASE_URL": "postgresql://portal:p%40ss@db.internal:5433/vouchers?sslmode=require",
    "REDIS_URL": "rediss://:secret@cache.internal:6380/2",
    "SECRET_KEY": "k" * 20 + "Xy7-Zq9_Lm3" * 4,
    "SITE_URL": "https://vouchers.example.org",
    "BEHIND_PROXY": "true",
    "EMAIL_URL": "submission://portal:s%2Fecret@mail.internal",
    "DEFAULT_FROM_EMAIL": "Vouchers <vouchers@example.org>",
    "STORAGE": "s3://papers/portal?endpoint=https://s3.internal&region=eu-west-1",
}
SHOW = """
import json
from portal import settings
names = {names!r}
print(json.dumps([getattr(settings, name) for name in names], default=str))
"""


# Django asks the server for its version, so the deployment check needs one that answers.
ANSWERING = PRODUCTION | {
    "DATABASE_URL": f"postgresql://portal@/portal?host={embedded.sockets()}",
}


@pytest.fixture
def state() -> Iterator[str]:
    """A folder that also the account of the servers may enter."""
    with tempfile.TemporaryDirectory(prefix="state-") as name:
        Path(name).chmod(0o755)
        yield name


def run(code: list[str], **environ: str) -> subprocess.CompletedProcess[str]:
    base = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    state = {"PORTAL_STATE": os.environ.get("PORTAL_STATE", str(ROOT / "var" / "test"))}
    return subprocess.run(
        [sys.executable, "-W", "error", *code],
        cwd=ROOT,
        env=base | state | environ,
        capture_output=True,
        text=True,
        check=False,
    )


def settings_of(*names: str, **environ: str) -> list:
    shown = run(["-c", SHOW.format(names=names)], **environ)
    assert shown.stderr == ""
    return json.loads(shown.stdout)


def refusal(**environ: str) -> str:
    environ = {"SECRET_KEY": "not-asked-for-here"} | environ
    said = run(["-c", "from portal import settings"], **environ)
    assert said.returncode == 1
    return said.stderr.strip().splitlines()[-1].partition("ImproperlyConfigured: ")[2]


def test_production_environment_passes_the_deployment_check() -> None:
    checked = run(["manage.py", "check", "--deploy", "--fail-level", "WARNING"], **ANSWERING)
    assert (checked.returncode, checked.stderr) == (0, "")
    assert checked.stdout == "System check identified no issues (0 silenced).\n"


def test_deployment_check_refuses_what_only_a_demo_may() -> None:
    pretended = ANSWERING | {
        "PORTAL_NOW": "2014-05-04T21:59:00Z",
        "MFA_RELAXED_FOR_DEMO": "true",
        "SITE_URL": "http://vouchers.example.org",
    }
    checked = run(["manage.py", "check", "--deploy"], **pretended)
    assert checked.returncode == 1
    found = [code for code in ("E001", "E002", "E003") if f"(portal.{code})" in checked.stderr]
    assert found == ["E001", "E002", "E003"]


def test_database_url_is_taken_apart() -> None:
    [databases] = settings_of("DATABASES", **PRODUCTION)
    assert databases == {
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
            "NAME": "vouchers",
            "USER": "portal",
            "PASSWORD": "p@ss",
            "HOST": "db.internal",
            "PORT": 5433,
            "OPTIONS": {"sslmode": "require"},
        }
    }


@pytest.mark.parametrize(
    ("url", "broker", "cache"),
    [
        ("redis://h:1", "redis://h:1/0", "redis://h:1/1"),
        ("rediss://:p@h:1/4", "rediss://:p@h:1/4", "rediss://:p@h:1/5"),
        (
            "unix:///run/v.sock?db=3",
            "redis+socket:///run/v.sock?virtual_host=3",
            "unix:///run/v.sock?db=4",
        ),
    ],
)
def test_redis_url_serves_queue_and_cache(url: str, broker: str, cache: str) -> None:
    found, caches = settings_of("CELERY_BROKER_URL", "CACHES", **PRODUCTION | {"REDIS_URL": url})
    assert (found, caches["default"]["LOCATION"]) == (broker, cache)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail", {"host": "mail", "port": 25, "username": "", "password": ""}),
        (
            "submission://a:b%2Fc@mail",
            {"host": "mail", "port": 587, "username": "a", "password": "b/c", "use_tls": True},
        ),
        (
            "smtps://a:b@mail:4650",
            {"host": "mail", "port": 4650, "username": "a", "password": "b", "use_ssl": True},
        ),
    ],
)
def test_email_url_names_the_wire(url: str, expected: dict) -> None:
    [mailers] = settings_of("MAILERS", **PRODUCTION | {"EMAIL_URL": url})
    assert mailers["smtp"]["OPTIONS"] == {**expected, "timeout": 20}
    assert mailers["default"] == {"BACKEND": "portal.mailers.OutboxBackend"}


def test_demo_writes_mails_into_its_folder(state: str) -> None:
    [mailers] = settings_of("MAILERS", PORTAL_STATE=state)
    assert mailers["smtp"] == {
        "BACKEND": "django.core.mail.backends.filebased.EmailBackend",
        "OPTIONS": {"file_path": f"{state}/mail"},
    }


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("", None),
        ("tcp://clamd", ["clamd", 3310]),
        ("tcp://clamd:3311", ["clamd", 3311]),
        ("unix:///run/clamav/clamd.ctl", "/run/clamav/clamd.ctl"),
    ],
)
def test_clamav_url_names_the_scanner(url: str, address: object) -> None:
    assert settings_of("CLAMAV", **PRODUCTION | {"CLAMAV_URL": url}) == [address]


def test_storage_may_be_a_bucket() -> None:
    [storages] = settings_of("STORAGES", **PRODUCTION)
    assert storages["default"] == {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": "papers",
            "location": "portal",
            "endpoint_url": "https://s3.internal",
            "region_name": "eu-west-1",
            "default_acl": None,
            "file_overwrite": False,
        },
    }


def test_demo_makes_its_secret_once_for_itself_alone(state: str) -> None:
    first = settings_of("SECRET_KEY", PORTAL_STATE=state)
    assert settings_of("SECRET_KEY", PORTAL_STATE=state) == first
    assert len(first[0]) > 50
    assert Path(state, "secret_key").stat().st_mode & 0o777 == 0o600


def test_production_needs_a_secret_and_a_mail_server() -> None:
    keyless = {k: v for k, v in PRODUCTION.items() if k != "SECRET_KEY"}
    assert refusal(**keyless, SECRET_KEY="") == "Set SECRET_KEY to 50 or more random characters."
    silent = {k: v for k, v in PRODUCTION.items() if k != "EMAIL_URL"}
    assert refusal(**silent).startswith("Set EMAIL_URL: smtp://, submission://")


@pytest.mark.parametrize(
    ("environ", "sentence"),
    [
        ({"DEBUG": "yes"}, "DEBUG must be true or false, not 'yes'."),
        ({"PORT": "80000"}, "PORT must be a port from 1 to 65535, not '80000'."),
        (
            {"TIME_ZONE": "Brussels"},
            "TIME_ZONE must be a time zone such as Europe/Brussels, not 'Brussels'.",
        ),
        (
            {"DATABASE_URL": "mysql://h/n"},
            "DATABASE_URL must start with postgresql:// or postgres://.",
        ),
        (
            {"DATABASE_URL": "postgresql://h/"},
            "DATABASE_URL must name a database: postgresql://user:password@host:5432/name.",
        ),
        (
            {"REDIS_URL": "localhost:6379"},
            "REDIS_URL must start with redis:// or rediss:// or unix://.",
        ),
        ({"REDIS_URL": "redis://h/x"}, "REDIS_URL must name a database number, not 'x'."),
        (
            {"EMAIL_URL": "imap://h"},
            "EMAIL_URL must start with smtp:// or submission:// or smtps://.",
        ),
        (
            {"SITE_URL": "https://h/path"},
            "SITE_URL must be a host such as https://vouchers.example.org.",
        ),
        (
            {"CLAMAV_URL": "unix://clamd.ctl"},
            "CLAMAV_URL must be tcp://host:3310 or unix:///run/clamav/clamd.ctl.",
        ),
        ({"CLAMAV_URL": "clamd:3310"}, "CLAMAV_URL must start with tcp:// or unix://."),
        ({"STORAGE": "papers"}, "STORAGE must be an absolute folder or s3://bucket/prefix."),
        ({"STORAGE": "s3://b?acl=public"}, "STORAGE knows endpoint and region, not 'acl'."),
        (
            {"PORTAL_NOW": "2014-05-04T23:59"},
            "PORTAL_NOW needs its zone: end it with Z or an offset such as +02:00.",
        ),
        (
            {"PORTAL_NOW": "yesterday"},
            (
                "PORTAL_NOW must be an ISO instant such as 2014-05-04T21:59:00Z, "
                "and PORTAL_CLOCK_OFFSET a number of seconds."
            ),
        ),
        (
            {"PORTAL_NWO": "1"},
            (
                "PORTAL_NWO is not a variable of the portal: use PORTAL_CHROMIUM, "
                "PORTAL_CLOCK_OFFSET, PORTAL_NOW, PORTAL_POSTGRES_BIN, PORTAL_STATE, "
                "PORTAL_VALKEY_BIN."
            ),
        ),
    ],
)
def test_values_without_sense_stop_the_start(environ: dict[str, str], sentence: str) -> None:
    assert refusal(**environ) == sentence


def test_a_command_says_the_sentence_and_nothing_else() -> None:
    said = run(["manage.py", "check"], TIME_ZONE="Brussels")
    assert (said.returncode, said.stdout) == (1, "")
    assert said.stderr == "TIME_ZONE must be a time zone such as Europe/Brussels, not 'Brussels'.\n"


def test_clock_runs_on_from_where_it_was_put() -> None:
    code = "from portal import clock; import django; django.setup(); print(clock.now().isoformat())"
    shown = run(
        ["-c", code],
        DJANGO_SETTINGS_MODULE="portal.settings",
        PORTAL_NOW="2014-05-04T23:59:00+02:00",
    )
    late = datetime.fromisoformat(shown.stdout.strip()) - datetime(2014, 5, 4, 21, 59, tzinfo=UTC)
    assert timedelta() < late < timedelta(seconds=30)


def test_clock_stands_where_a_test_puts_it(freeze) -> None:
    first = datetime(2014, 5, 4, 21, 59, 59, tzinfo=UTC)
    freeze(first)
    assert (clock.now(), str(clock.today("Europe/Brussels"))) == (first, "2014-05-04")
    freeze(first + timedelta(seconds=1))
    assert str(clock.today("Europe/Brussels")) == "2014-05-05"


def test_clock_refuses_an_instant_without_a_zone() -> None:
    with (
        pytest.raises(ValueError, match="instant with its zone"),
        clock.moved_to(datetime(2014, 5, 4)),  # noqa: DTZ001 - that is the point
    ):
        pass


def test_production_collects_every_file_a_style_sheet_names(tmp_path: Path) -> None:
    code = (
        "from portal import settings; settings.STATIC_ROOT = {!r}; import os, django;"
        "os.environ['DJANGO_SETTINGS_MODULE'] = 'portal.settings'; django.setup();"
        "from django.core.management import call_command as call;"
        "call('collectstatic', verbosity=0)"
    ).format(str(tmp_path / "static"))
    collected = run(["-c", code], **PRODUCTION)
    assert (collected.returncode, collected.stderr) == (0, "")
    assert (tmp_path / "static" / "staticfiles.json").exists()
