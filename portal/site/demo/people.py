"""The demo's logins: one per role, and staff for every region."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from portal.actions import people
from portal.enums import Role
from portal.models import Programme, Region, User
from portal.models.journal import PORTAL_CHAIN
from portal.permissions import Actor
from portal.site.demo.programmes import IMPORTER
from portal.workflow import action, record

PASSWORD = "voucher-demo"  # noqa: S105  printed on purpose: the demo's logins are public
HOME, HOST = "NL-ENL", "DE-RHI"
DOMAIN = "demo.example"


@dataclass(frozen=True, slots=True)
class Login:
    """A login that the demo prints."""

    role: str
    email: str
    password: str = PASSWORD


@cache
def _hashed() -> str:
    """Hash once: the password is the same for all, and hashing is slow on purpose."""
    return make_password(PASSWORD)


@action
def person(email: str, name: str, *, language: str = "en", by: Actor, now: datetime) -> User:
    """Create somebody with a verified address and the demo's password."""
    user = User.objects.create(
        email=email, password=_hashed(), name=name, language=language, joined_at=now
    )
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    record(user, "add", by=by, now=now, chain=PORTAL_CHAIN)
    return user


def staff(regions: list[Region], *, now: datetime) -> dict[str, User]:
    """Create a broker and a finance officer for every region."""
    made: dict[str, User] = {}
    for region in regions:
        key = region.code.lower()
        for role, word in ((Role.BROKER, "Access broker"), (Role.FINANCE, "Finance")):
            user = person(f"{role}.{key}@{DOMAIN}", f"{word}, {region.name}", by=IMPORTER, now=now)
            people.give_role(
                user,
                role,
                scope=region,
                organisation=region.broker_organisation,
                by=IMPORTER,
                now=now,
            )
            made[f"{role}.{key}"] = user
    return made


def login(name: str, word: str, *, now: datetime) -> User:
    """Create one of the printed logins."""
    return person(f"{name}@{DOMAIN}", word, by=IMPORTER, now=now)


def office(*, now: datetime) -> User:
    """Create the person who sets programmes up."""
    return login("manager", "Programme office", now=now)


def roles_in(programme: Programme, manager: User, auditor: User, *, now: datetime) -> None:
    """Make the office manage the programme, and let the auditor read it."""
    by = IMPORTER
    people.give_role(manager, Role.MANAGER, scope=programme, by=by, now=now)
    people.give_role(auditor, Role.AUDITOR, scope=programme, by=by, now=now)


def logins() -> list[Login]:
    """Return one login per role."""
    return [
        Login("SME (Voorbeeld Biotech BV, East Netherlands)", f"sme@{DOMAIN}"),
        Login("Access broker, home region (East Netherlands)", f"broker.{HOME.lower()}@{DOMAIN}"),
        Login("Access broker, host region (Rhineland)", f"broker.{HOST.lower()}@{DOMAIN}"),
        Login("Finance (East Netherlands)", f"finance.{HOME.lower()}@{DOMAIN}"),
        Login("Programme manager", f"manager@{DOMAIN}"),
        Login("Auditor", f"auditor@{DOMAIN}"),
        Login("Assessor", f"assessor@{DOMAIN}"),
        Login("Provider (Musterlab)", f"provider@{DOMAIN}"),
    ]


def since(now: datetime) -> datetime:
    """Return when the demo's staff took office."""
    return now - timedelta(days=120)
