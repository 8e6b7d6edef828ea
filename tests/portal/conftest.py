"""A programme with two regions and its people, and a mail server that answers as told."""

import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import pytest
from aiosmtpd.controller import Controller
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.mfa.utils import is_mfa_enabled
from django.test import Client

from portal.actions import people, setup
from portal.enums import Role
from portal.models import Organisation, Programme, ProgrammeRegion, Region, User
from portal.permissions import Actor

NOW = datetime(2026, 9, 1, 12, tzinfo=UTC)
IMPORTER = Actor.importer("test")


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def make_region(db) -> Callable[..., Region]:
    """``make_region("NL-ENL", "East Netherlands")`` stores a region."""

    def make(code: str, name: str) -> Region:
        region = Region(
            code=code,
            slug=code.lower(),
            name=name,
            country=code[:2],
            nuts=code[:2],
            time_zone="Europe/Amsterdam",
            team_email=f"{code.lower()}@brokers.example",
        )
        return setup.create_region(region, by=IMPORTER, now=NOW)

    return make


@pytest.fixture
def region(make_region) -> Region:
    """A region that the programme names."""
    return make_region("NL-ENL", "East Netherlands")


@pytest.fixture
def other_region(make_region) -> Region:
    """A region that no programme names."""
    return make_region("DE-NDS", "Lower Saxony")


@pytest.fixture
def make_programme(db) -> Callable[..., Programme]:
    """``make_programme("LSV", region, …)`` stores a programme that names the regions."""

    def make(code: str, *regions: Region) -> Programme:
        programme = Programme(
            code=code,
            name=f"Programme {code}",
            short_name=code,
            starts_on=date(2026, 1, 1),
            ends_on=date(2028, 12, 31),
            funders="The funders",
            funding_statement="Paid by the funders.",
        )
        setup.create_programme(programme, by=IMPORTER, now=NOW)
        for region in regions:
            part = ProgrammeRegion(
                programme=programme,
                region=region,
                partner="A partner",
                starts_on=programme.starts_on,
                ends_on=programme.ends_on,
            )
            setup.name_region(part, by=IMPORTER, now=NOW)
        return programme

    return make


@pytest.fixture
def programme(make_programme, region) -> Programme:
    """A programme that names the first region only."""
    return make_programme("LSV", region)


@pytest.fixture
def make_person(db) -> Callable[..., User]:
    """``make_person("ann", Role.BROKER, region)``: with a verified address, and a role if given."""

    def make(name: str, role: Role | None = None, scope=None, organisation: str = "") -> User:
        email = f"{name}@people.test"
        user = User.objects.create_user(email, "a-long-password", name=name.capitalize())
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
        if role is not None:
            people.give_role(
                user, role, scope=scope, organisation=organisation, by=IMPORTER, now=NOW
            )
        return User.objects.get(pk=user.pk)

    return make


@pytest.fixture
def manager(make_person, programme) -> User:
    return make_person("manager", Role.MANAGER, programme)


@pytest.fixture
def auditor(make_person, programme) -> User:
    return make_person("auditor", Role.AUDITOR, programme)


@pytest.fixture
def broker(make_person, region) -> User:
    return make_person("broker", Role.BROKER, region, "Broker organisation")


@pytest.fixture
def foreign_broker(make_person, other_region) -> User:
    return make_person("foreign", Role.BROKER, other_region, "Another organisation")


@pytest.fixture
def member(make_person) -> User:
    """Somebody without any role."""
    return make_person("member")


@pytest.fixture
def organisation(region) -> Organisation:
    """An organisation of the region without members."""
    return Organisation.objects.create(
        name="Voorbeeld Biotech BV", country="NL", region=region, city="Nijmegen"
    )


@pytest.fixture
def sign_in() -> Callable[[User], Client]:
    """``sign_in(user)`` gives a browser; staff come with their second factor."""

    def enter(user: User, *, second_factor: bool = True) -> Client:
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        if second_factor and user.is_staff and not is_mfa_enabled(user):
            TOTP.activate(user, generate_totp_secret())
        return client

    return enter


@dataclass
class Sink:
    """A mail server on this machine: it keeps what it takes and answers as told."""

    answer: str = "250 OK"
    messages: list[bytes] = field(default_factory=list)

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802
        if self.answer.startswith("250"):
            self.messages.append(envelope.content)
        return self.answer


@pytest.fixture
def smtp_sink(settings, real_outbox) -> Iterator[Sink]:
    """A real SMTP server for what leaves the outbox; set ``answer`` to refuse."""
    sink = Sink()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Controller(sink, hostname="127.0.0.1", port=port)
    server.start()
    settings.MAILERS = {
        **settings.MAILERS,
        "smtp": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": "127.0.0.1", "port": port},
        },
    }
    yield sink
    server.stop()
