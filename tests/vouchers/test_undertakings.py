"""Firms that are one undertaking: joined, counted together, parted, and who may say so."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal import uploads
from portal.models import JournalEntry, Organisation
from portal.permissions import Actor
from tests.vouchers import factories, lives
from tests.vouchers.test_profiles import big, confirmed
from vouchers.actions import undertakings, vouchers
from vouchers.cases.aid import aid_history, headroom_of, past_of
from vouchers.cases.places import local_day
from vouchers.cases.undertakings import Split
from vouchers.models import AidAdjustment, Application, DeclaredAid, Undertaking
from vouchers.rules.verdict import Refused

pytestmark = pytest.mark.django_db
# What the applicant itself has declared is 2,500.
ALONE, TOGETHER = Decimal(297_500), Decimal(500)
REASON = "Share register of 3 May: Muster holds 60 % of the votes."


@pytest.fixture
def world(freeze, settings):
    freeze(factories.NOW)
    settings.MFA_RELAXED_FOR_DEMO = True
    return factories.make_world()


@pytest.fixture
def sister(world) -> Organisation:
    """A firm of the same region that has received nearly all it may."""
    firm = factories.firm_of(factories.another_sme(world))
    DeclaredAid.objects.create(
        organisation=firm,
        granted_on=world.now.date() - timedelta(days=90),
        authority="RVO",
        member_state=firm.country,
        amount=Decimal("297000.00"),
    )
    return firm


def join(row, other, *, by, now):
    return undertakings.join(row, other, reason=REASON, by=Actor.person(by), now=now)


def left(row, world) -> Decimal:
    row = Application.objects.get(pk=row.pk)
    return headroom_of(row, past=past_of(row), on=local_day(world.now, row.home_region)).left


def page(row, *more):
    name = "part_undertaking" if more else "undertaking"
    return reverse(f"admin:vouchers_application_{name}", args=[str(row), *more])


def test_joined_firms_count_their_aid_together_and_parted_ones_their_own(world, sister):
    row = factories.submitted(world)
    undertakings.undertaking_for(sister)
    assert left(row, world) == ALONE

    join(row, sister, by=world.broker, now=world.now)
    assert left(row, world) == TOGETHER
    assert Undertaking.objects.filter(members__isnull=True).count() == 0

    undertakings.part(row, sister, reason="Sold.", by=Actor.person(world.broker), now=world.now)
    assert left(row, world) == ALONE


def test_the_aid_of_a_sister_that_never_applied_counts_too(world, sister):
    row = factories.submitted(world)
    join(row, sister, by=world.manager, now=world.now)
    assert left(row, world) == TOGETHER


def test_what_crosses_the_limit_together_is_refused_whole(world, sister):
    award = factories.approved(world)
    join(award.application, sister, by=world.broker, now=world.now)
    award.refresh_from_db()
    with pytest.raises(Refused) as refused:
        vouchers.accept(
            award,
            signatory_name="A. Voorbeeld",
            signatory_role="Director",
            by=Actor.person(world.sme),
            now=world.now,
        )
    [reason] = refused.value.verdict.reasons
    assert reason.params["left"] == TOGETHER


def test_whole_undertakings_are_joined_and_their_applications_follow(world):
    people = [world.sme, *(factories.another_sme(world) for _ in range(3))]
    rows = [factories.submitted(world, by=person) for person in people]
    firms = [factories.firm_of(person) for person in people]
    join(rows[0], firms[1], by=world.broker, now=world.now)
    join(rows[2], firms[3], by=world.broker, now=world.now)

    one = join(rows[1], firms[3], by=world.broker, now=world.now)

    assert {row.undertaking_id for row in Application.objects.all()} == {one.pk}
    assert [*Undertaking.objects.all()] == [one]


def test_it_is_said_once_and_only_within_a_country(world, sister):
    row = factories.submitted(world)
    abroad = factories.firm_of(factories.another_sme(world, region="DE-NDS"))
    with pytest.raises(undertakings.AnotherState):
        join(row, abroad, by=world.manager, now=world.now)
    join(row, sister, by=world.broker, now=world.now)
    with pytest.raises(undertakings.AlreadyOne):
        join(row, sister, by=world.broker, now=world.now)
    with pytest.raises(undertakings.StandsAlone):
        undertakings.part(row, abroad, reason="No.", by=Actor.person(world.manager), now=world.now)


def test_only_the_home_broker_and_managers_may(world, sister):
    row = factories.submitted(world)
    for person in (world.sme, world.host_broker, world.auditor, world.finance):
        with pytest.raises(PermissionDenied):
            join(row, sister, by=person, now=world.now)


def test_the_reason_stands_in_the_journal_of_the_application(world, sister):
    row = factories.submitted(world)
    join(row, sister, by=world.broker, now=world.now)
    entry = JournalEntry.objects.about(row).get(verb="join_undertaking")
    said = {name: text for name, text in entry.personal.items() if name != "salt"}
    assert (said, entry.data["organisation"], entry.by) == (
        {"firm": sister.name, "reason": REASON},
        sister.pk,
        world.broker,
    )


# The page


def test_the_page_offers_what_the_profile_names_and_joins_it(world, sister, client):
    row = factories.submitted(world)
    party, stake = big(5)
    Organisation.objects.filter(pk=sister.pk).update(name="Peptide Werken BV")
    sister.refresh_from_db()
    sister.save()
    named = type(party)(**{**_fields(party), "name": "Peptide Werken B.V.", "country": "NL"})
    confirmed(row.organisation, Actor.person(world.sme), world.now, parties=[(named, stake)])
    client.force_login(world.broker)

    shown = client.get(page(row)).content.decode()
    assert "Peptide Werken B.V." in shown
    assert f'value="{sister.pk}"' in shown
    answer = client.post(page(row), {"other": str(sister.pk), "reason": REASON}, follow=True)

    assert "Peptide Werken BV is now of the same undertaking." in answer.content.decode()
    assert left(row, world) == TOGETHER
    desk = client.get(reverse("admin:vouchers_application_change", args=[str(row)]))
    assert "Joined with another firm as one undertaking" in desk.content.decode()

    client.post(page(row, sister.pk), {"aid": "own", "reason": "Sold on 4 May."})
    assert left(row, world) == ALONE


def _fields(party):
    return {name: getattr(party, name) for name in party.__dataclass_fields__}


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({}, "Choose a firm or enter its number or name"),
        ({"number": "KvK 99999999"}, "No firm in the regions that you see has this number or name"),
        ({"number": "OWN"}, "No firm in the regions that you see has this number or name"),
        ({"number": "ABROAD"}, "No firm in the regions that you see has this number or name"),
        ({"number": "Nobody GmbH"}, "No firm in the regions that you see has this number or name"),
        ({"number": "Muster Zwillinge"}, "More than one firm fits: Muster Zwillinge"),
        ({"number": "SISTER", "reason": ""}, "Say what makes the two one undertaking"),
    ],
)
def test_what_names_no_firm_gets_a_sentence(world, sister, client, typed, sentence):
    row = factories.submitted(world)
    abroad = factories.firm_of(factories.another_sme(world, region="BE-WAL"))
    for firm, number in ((sister, "12345678"), (abroad, "87654321")):
        firm.register_number = number
        firm.save()
    for _twin in range(2):
        twin = factories.firm_of(factories.another_sme(world))
        twin.name = "Muster Zwillinge GmbH"
        twin.save()
    numbers = {
        "OWN": row.organisation.register_number,
        "ABROAD": "87654321",
        "SISTER": "12345678",
    }
    client.force_login(world.broker)
    number = typed.get("number", "")

    answer = client.post(
        page(row), {"reason": REASON, **typed, "number": numbers.get(number, number)}
    )

    assert (answer.status_code, sentence in answer.content.decode()) == (200, True)
    assert Application.objects.get(pk=row.pk).undertaking.members.count() == 1


@pytest.mark.parametrize(
    "text", ["12 34 56 78", "Sjabloon Peptiden", "sjabloon peptiden b.v.", "Sjabloon Peptiden BV"]
)
def test_number_or_name_find_the_firm_however_they_are_written(world, sister, client, text):
    row = factories.submitted(world)
    sister.register_number, sister.name = "KvK 12345678", "Sjabloon Peptiden BV"
    sister.save()
    if text.endswith("BV"):
        alike = factories.firm_of(factories.another_sme(world))
        alike.name = "Sjabloon Peptiden Lab"
        alike.save()
    client.force_login(world.broker)
    client.post(page(row), {"number": text, "reason": REASON})
    assert left(row, world) == TOGETHER


def test_others_than_home_read_nothing_of_it(world, sister, client):
    row = factories.submitted(world)
    join(row, sister, by=world.broker, now=world.now)
    for person, status in ((world.host_broker, 404), (world.auditor, 403)):
        client.force_login(person)
        answers = [client.get(page(row)), client.post(page(row, sister.pk), {"reason": "x"})]
        assert [answer.status_code for answer in answers] == [status, status]


# A split divides earlier aid by equity


def pdf(name="balance.pdf"):
    return SimpleUploadedFile(name, lives.pdf(), content_type="application/pdf")


def divided(day, percent="30", **more):
    said = {"aid": "equity", "split_on": day, "percent": percent, "reason": "Split plan."}
    return {**said, "document": pdf(), **more}


def test_a_split_divides_all_earlier_aid_and_every_line_keeps_its_date(world, sister, client):
    row = factories.submitted(world)
    join(row, sister, by=world.broker, now=world.now)
    client.force_login(world.broker)

    client.post(page(row, sister.pk), divided("2027-03-01"))

    # 297,000 of the sister and 2,500 of the applicant, of which 30 % go with the sister.
    assert left(row, world) == Decimal(300_000) - Decimal("209650.00")
    with_sister = aid_history(undertakings.undertaking_for(sister))
    assert sum(line.amount for line in with_sister) == Decimal("89850.00")
    assert {line.granted_on for line in with_sister} == {
        aid.granted_on for aid in DeclaredAid.objects.all()
    }
    shown = client.get(page(row)).content.decode()
    assert [word in shown for word in ("Aid moved by splits", "Split plan.")] == [True, True]
    proof = AidAdjustment.objects.first().document
    file = client.get(
        reverse("admin:vouchers_application_proof_of_split", args=[str(row), proof.pk])
    )
    assert b"".join(file.streaming_content) == lives.pdf()


def test_the_page_opens_with_the_rule_chosen_and_no_complaint(world, sister, client):
    row = factories.submitted(world)
    join(row, sister, by=world.broker, now=world.now)
    client.force_login(world.broker)
    page_of_it = client.get(page(row, sister.pk)).content.decode()
    assert "There is a problem" not in page_of_it
    assert re.search(r'value="own"[^>]*checked', page_of_it)


def test_aid_of_the_day_and_later_is_not_divided(world, sister, client):
    row = factories.submitted(world)
    join(row, sister, by=world.broker, now=world.now)
    first = DeclaredAid.objects.order_by("granted_on").first().granted_on
    client.force_login(world.broker)
    client.post(page(row, sister.pk), divided(first.isoformat()))
    assert (AidAdjustment.objects.count(), left(row, world)) == (0, ALONE)


@given(
    amounts=st.lists(st.decimals("0.01", "300000", places=2), min_size=1, max_size=5),
    percent=st.integers(0, 10_000),
)
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=10, deadline=None
)
def test_a_split_neither_makes_nor_loses_aid(world, amounts, percent):
    with transaction.atomic():
        row = factories.submitted(world, by=factories.another_sme(world))
        other = factories.firm_of(factories.another_sme(world))
        join(row, other, by=world.broker, now=world.now)
        for place, amount in enumerate(amounts):
            DeclaredAid.objects.create(
                organisation=[row.organisation, other][place % 2],
                granted_on=world.now.date() - timedelta(days=30 + place),
                authority="RVO",
                member_state="NL",
                amount=amount,
            )
        row.refresh_from_db()
        before = sum(line.amount for line in aid_history(row.undertaking))
        split = Split(
            on=world.now.date(), share=Decimal(percent) / 10_000, document=uploads.check(pdf())
        )
        new = undertakings.part(
            row, other, reason="x", split=split, by=Actor.person(world.broker), now=world.now
        )
        sides = [
            sum((line.amount for line in aid_history(one)), Decimal(0))
            for one in (row.undertaking, new)
        ]
        assert sum(sides) == before
        assert min(sides) >= 0
        assert abs(sides[1] - before * percent / 10_000) <= Decimal("0.01") * (len(amounts) + 1)
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"aid": ""}, "Say who keeps the aid"),
        ({"split_on": ""}, "Enter a day that is not in the future"),
        ({"split_on": "2027-03-09"}, "Enter a day that is not in the future"),
        ({"split_on": "soon"}, "Day of the split must be a date, like 2 June 2027"),
        ({"percent": "100.01"}, "Enter a part from 0 to 100"),
        ({"percent": "-1"}, "must be 0 or more"),
        ({"document": ""}, "Add the document that shows the book values"),
        ({"reason": ""}, "Say why the firm is not of this undertaking"),
    ],
)
def test_a_division_that_lacks_something_gets_a_sentence(world, sister, client, typed, sentence):
    row = factories.submitted(world)
    join(row, sister, by=world.broker, now=world.now)
    client.force_login(world.broker)
    answer = client.post(page(row, sister.pk), divided("2027-03-01", **typed))
    assert (answer.status_code, sentence in answer.content.decode()) == (200, True)
    assert (AidAdjustment.objects.count(), left(row, world)) == (0, TOGETHER)
