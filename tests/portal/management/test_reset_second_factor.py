"""Letting somebody who lost their second factor set up a new one."""

from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command

from portal.models import JournalEntry, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def person() -> User:
    user = User.objects.create_user("broker@region.example", "not-for-use-1")
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "x"})
    return user


def reset(email: str, *more: str) -> str:
    said = StringIO()
    call_command("reset_second_factor", email, "--reason", "called back", *more, stdout=said)
    return said.getvalue()


def test_reset_only_says_what_it_would_do(person: User) -> None:
    said = reset(person.email)
    assert said == "broker@region.example has 1 second factors. Add --commit to forget them.\n"
    assert Authenticator.objects.filter(user=person).count() == 1


def test_reset_forgets_and_journals_the_reason(person: User) -> None:
    assert reset("Broker@Region.example", "--commit") == (
        "Forgot 1 second factors of broker@region.example.\n"
    )
    assert not Authenticator.objects.exists()
    entry = JournalEntry.objects.latest("pk")
    assert (entry.verb, entry.by_label, entry.data) == (
        "reset_second_factor",
        "operator",
        {"reason": "called back", "forgotten": 1},
    )


def test_reset_refuses_an_unknown_address() -> None:
    with pytest.raises(CommandError, match=r"Nobody has the address nobody@region\.example\."):
        reset("nobody@region.example", "--commit")
