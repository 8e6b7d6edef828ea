"""A person asks to be erased: what goes, what the law keeps, and what has to be ended first."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from allauth.account.models import EmailAddress
from django.utils import timezone

from brokers.models import Enquiry
from portal.actions.leaving import HoldsRole
from portal.models import JournalEntry, MailLink, Organisation, OutgoingMail, User
from portal.permissions import Actor
from tests.vouchers import factories, lives
from tests.vouchers.factories import NOW
from vouchers.actions import applications, leaving
from vouchers.enums import ApplicationState
from vouchers.models import Application, Restriction, UndertakingMember

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(settings, freeze):
    settings.MFA_RELAXED_FOR_DEMO = True
    freeze(NOW)
    return factories.make_world()


def leave(user: User) -> leaving.Plan:
    by = Actor.person(user)
    return leaving.erase_person(user, by=by, now=NOW, link_now=timezone.now())


def test_the_account_is_empty_and_nobody_can_sign_in(world):
    EmailAddress.objects.get_or_create(user=world.sme, email=world.sme.email, verified=True)
    address = world.sme.email
    leave(world.sme)
    user = User.objects.get(pk=world.sme.pk)
    assert (user.name, user.email, user.is_active, user.erased_at) == (
        "",
        f"erased-{user.pk}@erased.invalid",
        False,
        NOW,
    )
    assert not user.has_usable_password()
    assert not EmailAddress.objects.filter(user=user).exists()
    assert not MailLink.objects.filter(email=address).exists()
    assert not OutgoingMail.objects.filter(to__contains=[address], programme=None).exists()
    assert [*user.memberships.values_list("state", flat=True)] == ["ended"]
    assert {e.verb for e in JournalEntry.objects.about(user)} >= {"erase"}


def test_drafts_and_unsuccessful_files_are_erased(world):
    draft, rejected = factories.complete_draft(world, "meet_greet"), factories.rejected(world)
    plan = leave(world.sme)
    assert (plan.drafts, plan.erased, plan.kept) == ([draft], [rejected], [])
    rows = Application.objects.order_by("pk").values_list("pk", "state", "title", "erased_at")
    assert [*rows] == [
        (draft.pk, ApplicationState.WITHDRAWN, "", NOW),
        (rejected.pk, ApplicationState.REJECTED, "", NOW),
    ]


def test_a_firm_that_nothing_names_any_more_is_forgotten(world):
    factories.rejected(world)
    firm = world.organisation
    leave(world.sme)
    firm.refresh_from_db()
    said = Organisation.objects.filter(pk=firm.pk).values(
        "name", "register_number", "vat_number", "address", "city", "website", "email", "match_keys"
    )
    assert said.get() == {
        **dict.fromkeys(said.get(), ""),
        "name": "…",
        "match_keys": [],
    }
    # Figures by country and region stay true.
    assert (firm.country, firm.region) == ("NL", world.home)
    assert firm.undertaking_member.undertaking.name == "…"
    assert {e.verb for e in JournalEntry.objects.about(firm)} >= {"erase"}
    assert not any(e.personal for e in JournalEntry.objects.about(firm))


def test_a_firm_is_named_as_long_as_a_file_a_record_or_a_colleague_needs_it(world):
    lives.paid(world)
    leave(world.sme)
    provider = world.records["DE-NDS"].provider.organisation
    owner = factories.make_person("owner@lab.example")
    factories._join(provider, owner)
    leave(owner)
    shared, stays = factories.another_sme(world), factories.make_person("stays@muster.example")
    factories._join(factories.firm_of(shared), stays)
    firm = factories.firm_of(shared)
    leave(shared)
    for row in (world.organisation, provider, firm):
        row.refresh_from_db()
        assert row.name != "…", row


def test_an_undertaking_with_another_member_keeps_its_name(world):
    factories.rejected(world)
    sister = factories.firm_of(factories.another_sme(world))
    undertaking = world.organisation.undertaking_member.undertaking
    UndertakingMember.objects.create(undertaking=undertaking, organisation=sister)
    leave(world.sme)
    undertaking.refresh_from_db()
    assert undertaking.name != "…"


def test_a_file_with_granted_aid_is_kept_and_restricted(world):
    """Granted on 8 March 2027: ten years; paid in 2027: five years from 31 December."""
    award = lives.paid(world).award
    plan = leave(world.sme)
    until = date(2037, 3, 8)
    assert plan.kept == [(award.application, until)]
    assert [*Restriction.objects.values_list("application", "at", "keep_until")] == [
        (award.application.pk, NOW, until)
    ]
    application = Application.objects.get(pk=award.application.pk)
    assert (application.title, application.erased_at) == ("Peptide stability in plasma", None)
    line = JournalEntry.objects.about(application).get(verb="restrict")
    assert line.data == {"keep_until": "2037-03-08"}


@pytest.mark.parametrize(
    "live",
    [factories.submitted, factories.returned, factories.eligible, lives.offered, lives.filed],
    ids=["submitted", "returned", "eligible", "offered", "claim filed"],
)
def test_what_runs_has_to_be_ended_first(world, live):
    live(world)
    plan = leaving.plan_of(world.sme)
    assert (len(plan.open_files), plan.is_possible) == (1, False)
    with pytest.raises(leaving.StillOpen):
        leave(world.sme)
    assert User.objects.get(pk=world.sme.pk).erased_at is None


def test_a_withdrawn_application_no_longer_hinders(world):
    application = factories.submitted(world)
    applications.withdraw(application, by=Actor.person(world.sme), now=NOW)
    assert leave(world.sme).erased == [application]


def test_files_of_a_firm_with_another_member_stay(world):
    colleague = factories.make_person("colleague@voorbeeld.example")
    factories._join(world.organisation, colleague)
    application = factories.submitted(world)
    plan = leave(world.sme)
    assert (plan.open_files, plan.erased, plan.kept) == ([], [], [])
    assert Application.objects.get(pk=application.pk).title == "Peptide stability in plasma"


def test_staff_leave_their_role_first(world):
    assert leaving.plan_of(world.broker).holds_role
    with pytest.raises(HoldsRole):
        leave(world.broker)


def test_questions_to_brokers_are_erased(world):
    asked = Enquiry.objects.create(
        region=world.home,
        name="Ada Voorbeeld",
        email="SME@voorbeeld.example",
        question="Whom can I ask?",
        asked_at=NOW,
        due_on=NOW.date() + timedelta(days=5),
    )
    assert leaving.plan_of(world.sme).enquiries == 1
    leave(world.sme)
    asked.refresh_from_db()
    assert (asked.name, asked.email, asked.question, asked.answer) == ("…", "", "…", "")


def test_restricting_twice_keeps_the_first_day(world):
    application = lives.offered(world, "meet_greet", amount=Decimal(300)).application
    for year in (2037, 2040):
        leaving.restrict(application, keep_until=date(year, 1, 1), by=Actor.clock(), now=NOW)
    assert Restriction.objects.get().keep_until == date(2037, 1, 1)
