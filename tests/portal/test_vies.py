"""VIES is asked in the background: what it knows is told, and its silence says nothing."""

from datetime import timedelta

import pytest
from django.urls import reverse

from portal import vies
from portal.actions import vat_checks
from portal.models import JournalEntry, Organisation, VatCheck
from portal.permissions import Actor
from tests.vies import answering
from tests.vouchers import factories
from vouchers.tasks import ask_vies

VALID = {"isValid": True, "userError": "VALID", "vatNumber": "004495445B01"}
INVALID = {"isValid": False, "userError": "INVALID", "vatNumber": "004495445B01"}
CLOCK = Actor.clock()


@pytest.mark.parametrize(("said", "is_known"), [(VALID, True), (INVALID, False)])
def test_the_number_is_asked_by_its_letters_and_the_answer_is_read(said, is_known):
    with answering(said) as server:
        assert vies.knows("NL004495445B01", base=server.base) is is_known
    assert server.asked == ["/rest-api/ms/NL/vat/004495445B01"]


@pytest.mark.parametrize(
    "said",
    [
        {"isValid": False, "userError": "MS_UNAVAILABLE"},
        {"isValid": False, "userError": "MS_MAX_CONCURRENT_REQ"},
        {"actionSucceed": False},
        ["VALID"],
        b"<html>closed</html>",
        b"",
    ],
)
def test_another_answer_says_nothing_of_the_number(said):
    with answering(said) as server, pytest.raises(vies.NoAnswer):
        vies.knows("NL004495445B01", base=server.base)


def test_nobody_at_the_address_says_nothing_of_the_number():
    with answering(VALID) as server:
        pass
    with pytest.raises(vies.NoAnswer):
        vies.knows("NL004495445B01", base=server.base, seconds=1)


@pytest.fixture
def world(db, freeze, settings):
    settings.MFA_RELAXED_FOR_DEMO = True
    freeze(factories.NOW)
    made = factories.make_world()
    Organisation.objects.update(vat_number="")
    Organisation.objects.filter(pk=made.organisation.pk).update(vat_number="NL004495445B01")
    return made


def ask(said, now):
    with answering(said) as server:
        answered = vat_checks.ask(base=server.base, by=CLOCK, now=now)
    return answered, len(server.asked)


def test_a_number_is_asked_once_a_year_and_anew_when_it_changes(world):
    firm, now = world.organisation, world.now
    assert ask(VALID, now) == (1, 1)
    assert ask(VALID, now + timedelta(days=364)) == (0, 0)
    assert ask(VALID, now + timedelta(days=366)) == (1, 1)
    Organisation.objects.filter(pk=firm.pk).update(vat_number="NL001234567B13")
    assert ask(INVALID, now + timedelta(days=367)) == (1, 1)
    assert JournalEntry.objects.about(firm).filter(verb="check_vat").count() == 3


def test_silence_is_asked_again_after_those_who_were_never_asked(world):
    assert ask({"userError": "MS_UNAVAILABLE"}, world.now) == (0, 1)
    other = factories.firm_of(factories.another_sme(world))
    other.vat_number = "DE136695976"
    other.save()
    assert [*vat_checks.waiting(world.now)] == [other, world.organisation]
    assert JournalEntry.objects.filter(verb="check_vat").count() == 0


def test_a_number_beyond_the_union_is_never_asked(world):
    Organisation.objects.filter(pk=world.organisation.pk).update(vat_number="GB980780684")
    assert ask(VALID, world.now) == (0, 0)


@pytest.mark.parametrize(
    ("said", "at_desk", "at_home"),
    [
        (VALID, "VIES knows NL004495445B01, asked on 8 March 2027", "VIES knows this number."),
        (
            INVALID,
            "VIES does not know NL004495445B01, asked on 8 March 2027",
            "VIES does not know this number: compare it with your register entry.",
        ),
        ({"userError": "MS_UNAVAILABLE"}, "", ""),
    ],
)
def test_broker_and_firm_read_the_answer(world, client, said, at_desk, at_home):
    application = factories.submitted(world)
    ask(said, world.now)
    client.force_login(world.broker)
    desk = client.get(reverse("admin:vouchers_application_change", args=[str(application)]))
    client.force_login(world.sme)
    home = client.get(reverse("organisation", args=[world.organisation.pk]))
    pages = [page.content.decode() for page in (desk, home)]
    assert [page.count("VIES") for page in pages] == [bool(at_desk), bool(at_home)]
    assert at_desk in pages[0]
    assert at_home in pages[1]


def test_an_answer_about_an_earlier_number_is_not_told(world):
    ask(VALID, world.now)
    firm = Organisation.objects.get(pk=world.organisation.pk)
    assert firm.vat_answer is not None
    firm.vat_number = "NL001234567B13"
    assert firm.vat_answer is None


def test_the_task_asks_only_where_an_address_is_given(world, settings):
    settings.VIES = ""
    ask_vies()
    assert VatCheck.objects.count() == 0
    with answering(VALID) as server:
        settings.VIES = server.base
        ask_vies()
    assert VatCheck.objects.get().is_known
