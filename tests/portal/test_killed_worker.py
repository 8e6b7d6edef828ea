"""A real worker is killed at a bad moment: no letter is lost, and none is blindly sent again."""

import asyncio
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from aiosmtpd.controller import Controller
from django.conf import settings as django_settings
from django.db import connection

from portal import clock, embedded, outbox
from portal.enums import MailState, TaskKind
from portal.models import OutgoingMail, StaffTask
from portal.tasks import deliver_mail, sweep_outbox

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 40
# A queue of its own: the worker of this test hears nobody else's bells.
QUEUE = "6"


class Wire:
    """A mail server that falls silent where it is told to: at "HELO", or with a letter taken."""

    def __init__(self, silent_at: str = "") -> None:
        self.silent_at = silent_at
        self.letters: list[bytes] = []
        self.is_silent = threading.Event()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._server = Controller(self, hostname="127.0.0.1", port=self.port)
        self._server.start()

    async def handle_EHLO(self, server, session, envelope, hostname, responses):  # noqa: N802
        await self._pause("HELO")
        session.host_name = hostname
        return responses

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802
        self.letters.append(envelope.content)
        await self._pause("DATA")
        return "250 OK"

    async def _pause(self, place: str) -> None:
        """Wait for longer than the one who asks will live."""
        if self.silent_at == place:
            self.is_silent.set()
            await asyncio.sleep(PATIENCE)

    def close(self) -> None:
        self._server.stop()


@contextmanager
def worker(wire: Wire) -> Iterator[subprocess.Popen[bytes]]:
    """Run the worker as in production, on the test's database and a queue of its own."""
    name = connection.settings_dict["NAME"]
    given = {
        "DATABASE_URL": f"postgresql://portal@/{name}?host={embedded.sockets()}",
        "REDIS_URL": f"unix://{embedded.valkey_socket()}?db={QUEUE}",
        "EMAIL_URL": f"smtp://127.0.0.1:{wire.port}",
        "SECRET_KEY": secrets.token_hex(32),
    }
    arguments = ["celery", "--app", "portal.celery", "worker", "--pool", "solo"]
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "ERROR"]
    running = subprocess.Popen(
        [sys.executable, "-m", *arguments, *quiet],
        cwd=django_settings.BASE_DIR,
        env={**os.environ, **given},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=embedded.dies_with_parent(signal.SIGKILL),  # noqa: PLW1509
    )
    try:
        yield running
    finally:
        running.kill()
        running.wait()


@pytest.fixture
def make_wire() -> Iterator[Callable[..., Wire]]:
    """``make_wire("DATA")`` is a mail server until the test ends."""
    wires: list[Wire] = []

    def make(silent_at: str = "") -> Wire:
        wires.append(Wire(silent_at))
        return wires[-1]

    yield make
    for wire in wires:
        wire.close()


@pytest.fixture
def bell() -> Iterator[Callable[[int], None]]:
    """Ring for a letter on the queue of this test; what is left in it goes away."""
    address = f"redis+socket://{embedded.valkey_socket()}?virtual_host={QUEUE}"
    app = deliver_mail.app
    with app.connection_for_write(address) as line:
        app.control.purge(connection=line)
        yield lambda pk: deliver_mail.apply_async([pk], connection=line)
        app.control.purge(connection=line)


@pytest.fixture
def mail(db) -> OutgoingMail:
    now = clock.now()
    return OutgoingMail.objects.create(
        once_key="letter:1",
        kind="letter",
        message_id="<letter-1@portal.test>",
        sender="Portal <portal@portal.test>",
        to=["ann@people.test"],
        subject="Your voucher",
        body="It is yours.\n",
        next_attempt_at=now,
        created_at=now,
    )


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def state_of(mail: OutgoingMail) -> tuple[str, int]:
    mail.refresh_from_db()
    return mail.state, mail.attempts


@pytest.mark.parametrize("moment", ["HELO", "DATA"])
def test_killed_on_the_wire_the_letter_is_uncertain_and_a_person_is_asked(
    mail, bell, make_wire, freeze, moment
):
    """The server may have taken it or not: from here the two look the same."""
    silent, open_wire = make_wire(moment), make_wire()
    with worker(silent) as running:
        bell(mail.pk)
        assert silent.is_silent.wait(PATIENCE)
        os.kill(running.pid, signal.SIGKILL)
        assert running.wait() == -signal.SIGKILL
    assert (state_of(mail), len(silent.letters)) == (
        (MailState.SENDING, 1),
        int(moment == "DATA"),
    )

    freeze(mail.next_attempt_at + timedelta(minutes=10))
    sweep_outbox()
    sweep_outbox()
    with worker(open_wire):
        bell(mail.pk)
        until(lambda: _is_empty(mail))

    assert (state_of(mail), open_wire.letters) == ((MailState.UNCERTAIN, 1), [])
    task = StaffTask.objects.get()
    assert (task.kind, task.mail, task.said, task.times) == (
        TaskKind.UNCERTAIN,
        mail,
        "Your voucher",
        1,
    )


def _is_empty(mail: OutgoingMail) -> bool:
    """Whether the worker has taken the bell off the queue, and let go of the letter."""
    address = f"redis+socket://{embedded.valkey_socket()}?virtual_host={QUEUE}"
    with deliver_mail.app.connection_for_read(address) as line, line.channel() as channel:
        return channel.queue_declare("celery").message_count == 0


def test_killed_before_it_took_the_letter_another_worker_sends_it_once(mail, bell, make_wire):
    first, second = make_wire(), make_wire()
    bell(mail.pk)
    with worker(first) as running:
        os.kill(running.pid, signal.SIGKILL)
        running.wait()
    assert (state_of(mail), first.letters) == ((MailState.QUEUED, 0), [])
    with worker(second):
        bell(mail.pk)
        until(lambda: state_of(mail)[0] == MailState.SENT)
        bell(mail.pk)
        until(lambda: _is_empty(mail))
    assert (state_of(mail), len(second.letters)) == ((MailState.SENT, 1), 1)
    assert list(outbox.stuck(clock.now() + timedelta(days=1))) == []


def test_killed_after_the_answer_the_letter_was_sent_once(mail, bell, make_wire):
    wire = make_wire()
    with worker(wire) as running:
        bell(mail.pk)
        until(lambda: state_of(mail)[0] == MailState.SENT)
        os.kill(running.pid, signal.SIGKILL)
        running.wait()
    with worker(wire):
        bell(mail.pk)
        until(lambda: _is_empty(mail))
    sweep_outbox()
    assert (state_of(mail), len(wire.letters)) == ((MailState.SENT, 1), 1)
