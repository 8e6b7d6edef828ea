"""The last minute of a call: hundreds of submissions at once against the real server.

`python -m tests.load.rush` makes a portal of its own in an empty folder, serves it as the image
does (two workers of four threads, a Celery worker and beat), lets 300 firms press "Send" within
the last minute, forty of them twice at once, and forty more after closing and grace. It ends with
1 unless each in time is accepted exactly once, each late one refused with its draft kept, and the
numbers have no gap.
"""

import argparse
import http.client
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from statistics import quantiles
from urllib.parse import urlencode

from portal import embedded

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

IN_TIME, TWICE, LATE = 300, 40, 40
MINUTE, GRACE = 60, 60
# Firms are made before the call comes to its last minute; a slow machine needs longer.
EACH = 0.5


@dataclass(frozen=True, slots=True)
class Press:
    """One press of the button: when, in seconds from the start of the last minute, and as whom."""

    at: float
    address: str
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Got:
    """What a press got: a status, where it led, and how long that took in seconds."""

    address: str
    status: int
    location: str
    seconds: float


def main() -> int:
    """Make, serve, press, check and print; return how many things went wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.load.rush", description=__doc__)
    parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="rush-") as folder:
        os.environ |= {"PORTAL_STATE": folder, "MFA_RELAXED_FOR_DEMO": "true"}
        found = subprocess.run([sys.executable, "-c", RUN], check=False, env=os.environ)
        return found.returncode


RUN = "import sys; from tests.load.rush import run; sys.exit(run())"


def run() -> int:
    """Do it in a process that reads its settings from the folder."""
    with embedded.services():
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        presses, world = _make()
        with _served() as port:
            begins = world.call.closes_at.timestamp() - MINUTE
            _wait_until(begins)
            got = _press_all(presses, port, begins)
            _wait_until(time.time() + 5)
            return _judge(got, world)


def _make() -> tuple[list[Press], object]:
    """Make the firms with complete drafts, and a call that is about to close."""
    from django.utils import timezone

    from tests.load.host import signed_in
    from tests.vouchers import factories
    from vouchers.models import Call

    now = timezone.now()
    closes_at = now + timedelta(seconds=(IN_TIME + LATE) * EACH * 4)
    world = factories.make_world(now, closes_at=closes_at)
    rng, presses = random.Random(1), []
    for number in range(IN_TIME + LATE):
        person = factories.another_sme(world)
        draft = factories.complete_draft(world, "meet_greet", by=person)
        late = number >= IN_TIME
        at = MINUTE + GRACE + 1 + rng.random() * 5 if late else rng.random() * (MINUTE - 1)
        press = Press(at, f"/applications/{draft.address}/check/", signed_in(person))
        presses += [press, press] if number < TWICE else [press]
    soon = timezone.now() + timedelta(seconds=MINUTE + 25)
    Call.objects.filter(pk=world.call.pk).update(closes_at=soon)
    world.call.refresh_from_db()
    return sorted(presses, key=lambda press: press.at), world


@contextmanager
def _served() -> Iterator[int]:
    from django.conf import settings

    from tests.load.host import free_port, wait_for

    port = free_port()
    web = ["granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    web += ["--workers", "2", "--blocking-threads", "4", "portal.wsgi:application"]
    celery = ["celery", "--app", "portal.celery", "worker", "--beat", "--concurrency", "1"]
    schedule = ["--schedule", str(settings.BASE_DIR / "var" / "rush-beat")]
    started = [
        subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=settings.BASE_DIR,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for command in (web, [*celery, *schedule])
    ]
    try:
        wait_for(port)
        yield port
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait()


def _press_all(presses: list[Press], port: int, begins: float) -> list[Got]:
    got: list[Got] = []
    threads = [
        threading.Thread(target=lambda p=press: got.append(_press(p, port, begins)))
        for press in presses
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return got


def _press(press: Press, port: int, begins: float) -> Got:
    _wait_until(begins + press.at)
    begun = time.perf_counter()
    boxes = ["true", "not_started", "no_double_funding", "publication", "de_minimis"]
    body = urlencode(dict.fromkeys(boxes, "on"))
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    try:
        connection.request("POST", press.address, body, {**press.headers, **form})
        answer = connection.getresponse()
        answer.read()
        where = answer.getheader("Location") or ""
        return Got(press.address, answer.status, where, time.perf_counter() - begun)
    finally:
        connection.close()


def _wait_until(instant: float) -> None:
    time.sleep(max(0.0, instant - time.time()))


def _judge(got: list[Got], world: object) -> int:
    from vouchers.models import Application, Submission

    rows = Application.objects.all()
    sent = rows.filter(state="submitted")
    numbers = sorted(sent.values_list("reference", flat=True))
    expected = [f"LSV-1-{number:04}" for number in range(1, IN_TIME + 1)]
    times = sorted(one.seconds for one in got)
    cuts = quantiles(times, n=100)
    statuses = Counter(one.status for one in got)
    checks = {
        f"{IN_TIME} in time are submitted": sent.count() == IN_TIME,
        "each of them exactly once": Submission.objects.count() == IN_TIME,
        "their numbers have no gap": numbers == expected,
        f"{LATE} late ones are drafts still": rows.filter(state="draft").count() == LATE,
        "every press in time led to a receipt": statuses[302] == IN_TIME + TWICE,
        "every late press was refused": statuses[409] == LATE,
    }
    for what, holds in checks.items():
        print("yes" if holds else "NO ", what)  # noqa: T201
    print(f"answers: {dict(statuses)}")  # noqa: T201
    print(  # noqa: T201
        f"seconds: median {cuts[49]:.2f}, 95 of 100 within {cuts[94]:.2f}, slowest {times[-1]:.2f}"
    )
    return sum(not holds for holds in checks.values())


if __name__ == "__main__":
    sys.exit(main())
