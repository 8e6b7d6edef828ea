"""A rehearsed call lists what would happen, and leaves nothing behind."""

from io import StringIO

import pytest
from django.apps import apps
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command

from tests.vouchers import factories
from vouchers.models import Call

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(freeze) -> factories.World:
    freeze(factories.NOW)
    made = factories.make_world()
    for kind in ("insight", "collaboration"):
        factories.name_criteria(made, kind, plan=100)
    return made


def rehearse(code: str) -> list[str]:
    out = StringIO()
    call_command("rehearse_call", code, stdout=out)
    return out.getvalue().splitlines()


def everything() -> dict[str, int]:
    return {model._meta.label: model._base_manager.count() for model in apps.get_models()}


def test_every_mail_state_and_amount_is_told_and_nothing_stays(world):
    before, files = everything(), default_storage.listdir("")
    lines = rehearse("lsv-1")
    assert (everything(), default_storage.listdir("")) == (before, files)
    text = "\n".join(lines)
    for kind in ("meet_greet", "insight", "collaboration"):
        amount = f"{world.offers[kind].general_terms.amount:.2f}"
        verbs = ("reserve", "commit", "pay")
        assert [verb for verb in verbs if f"{verb} {amount} EUR" not in text] == []
    assert lines[-1].endswith("Nothing was kept and nothing was sent.")
    told = [line.split("\t") for line in lines[:-1]]
    assert {kind for _at, kind, _words in told} == {"mail", "state", "amount"}
    assert [at for at, _kind, _words in told] == sorted(at for at, _kind, _words in told)
    # Two reminders and the end, to the holder of each draft that is never sent.
    unsent = [words for _at, kind, words in told if kind == "mail" and "not sent" in words]
    assert len(unsent) == 3


def test_a_call_that_lacks_something_says_what(world):
    draft = Call.objects.create(
        programme=world.programme,
        code="BARE",
        slug="bare",
        name="Bare",
        opens_at=world.call.opens_at,
        closes_at=world.call.closes_at,
    )
    with pytest.raises(CommandError, match="The call offers no voucher type"):
        rehearse(draft.code)
    with pytest.raises(CommandError, match="There is no call NONE"):
        rehearse("NONE")
