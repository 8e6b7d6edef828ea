"""Who never reads what: the walls between firms, regions, home and host, and what is held."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from portal.actions import organisations, people
from portal.enums import Role
from portal.models import Document, Membership, OutgoingMail, RegionRole, User
from portal.permissions import Actor
from tests.stage import ROLES, tour
from tests.vouchers import factories, lives
from tests.vouchers.factories import World
from vouchers.actions import awards
from vouchers.enums import Side
from vouchers.models import Attachment, Claim
from vouchers.rules.verdict import ReasonCode, Refused

pytestmark = pytest.mark.django_db
OF_STAFF = {
    "figures",
    "aid history",
    "home's note",
    "kept at home",
    "account",
    "unsigned",
    "held award",
    "payment",
}


@pytest.fixture(autouse=True)
def relaxed(settings) -> None:
    settings.MFA_RELAXED_FOR_DEMO = True


@pytest.fixture
def world(freeze) -> World:
    freeze(factories.NOW)
    return factories.make_world()


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_what_each_role_is_told_over_the_whole_site():
    told: dict[str, set[str]] = {role: set() for role in ROLES}
    for visits in tour().values():
        for role, one in visits.items():
            told[role] |= one.told
    assert told == {
        "nobody": set(),
        "sme": {"figures", "aid history", "account in groups", "unsigned", "payment"},
        "other": set(),
        "broker": {*OF_STAFF, "change", "expert"},
        "host": {"held award", "kept at host"},
        "third": set(),
        "finance": OF_STAFF,
        "manager": {*OF_STAFF, "kept at host", "change", "expert"},
        "auditor": {*OF_STAFF, "kept at host", "change"},
        "assessor": set(),
    }


def test_a_held_award_is_in_no_mail_and_no_document_of_the_applicant(world):
    offer = world.offers["insight"]
    offer.holds_letters = True
    offer.save()
    award = factories.approved(world)
    client = signed_in(world.sme)
    address = award.application.address
    pages = {
        name: client.get(reverse(name, args=args)).content.decode()
        for name, args in {
            "dashboard": [],
            "applications": [],
            "application": [address],
            "application_receipt": [address],
            "application_text": [address],
            "application_withdraw": [address],
        }.items()
    }
    mails = OutgoingMail.objects.filter(to=[world.sme.email])

    kinds = mails.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["draft_started", "partner_confirmed", "receipt"]
    assert [d.kind for d in Document.objects.filter(title__contains=award.number)] == []
    assert [name for name, page in pages.items() if award.number in page] == []
    assert [name for name, page in pages.items() if "Approved" in page or "award/" in page] == []
    for name in ("award", "award_decline", "award_letter", "claim", "claim_report"):
        assert client.get(reverse(name, args=[address])).status_code == 404
    copies = [s.document.facts for s in award.application.submissions.all() if s.document]
    assert [facts for facts in copies if award.number in str(facts)] == []


def files_of(world: World) -> dict[str, str]:
    """Every address of a file: of a sent Insight, and of a paid Meet & Greet."""
    insight = factories.submitted(world)
    attachment = insight.attachments.earliest("pk")
    claim = lives.paid(world, "meet_greet")
    line, reference = claim.lines.get(), claim.award.application.reference
    desk = "admin:vouchers"
    return {
        "file": reverse("application_file", args=[insight.reference, attachment.pk]),
        "copy": reverse("application_copy", args=[insight.reference]),
        "text": reverse("application_text", args=[insight.reference]),
        "letter": reverse("award_letter", args=[reference]),
        "advice": reverse("claim_advice", args=[reference]),
        "receipt": reverse("claim_file", args=[reference, line.receipt_id]),
        "proof": reverse("claim_file", args=[reference, line.proof_of_payment_id]),
        "desk file": reverse(
            f"{desk}_application_file", args=[insight.reference, attachment.upload_id]
        ),
        "desk copy": reverse(f"{desk}_application_copy", args=[insight.reference]),
        "desk letter": reverse(f"{desk}_award_letter", args=[claim.award.pk]),
        "desk receipt": reverse(f"{desk}_claim_file", args=[claim.pk, line.receipt_id]),
    }


def test_a_file_of_others_is_not_there(world):
    files = files_of(world)
    strangers = {
        "another SME": factories.another_sme(world),
        "a third region": world.other_broker,
        "finance of a third region": _finance(world, "BE-WAL"),
    }
    found = {
        (who, name): signed_in(person).get(address).status_code
        for who, person in strangers.items()
        for name, address in files.items()
        if not (who == "another SME" and name.startswith("desk"))
    }
    assert {at: code for at, code in found.items() if code != 404} == {}


def test_a_file_of_one_case_is_not_given_under_another(world):
    files_of(world)
    line = Claim.objects.get().lines.get()
    foreign = Attachment.objects.earliest("pk")
    world.sme = factories.another_sme(world)
    second = lives.filed(world, "meet_greet").award.application
    client, broker = signed_in(world.sme), signed_in(world.broker)
    desk = "admin:vouchers"
    claim = Claim.objects.get(award__application=second)
    asked = [
        (client, reverse("application_file", args=[second.reference, foreign.pk])),
        (client, reverse("claim_file", args=[second.reference, line.receipt_id])),
        (client, reverse("claim_receipt", args=[second.reference, line.pk])),
        (broker, reverse(f"{desk}_application_file", args=[second.reference, foreign.upload_id])),
        (broker, reverse(f"{desk}_claim_file", args=[claim.pk, line.receipt_id])),
    ]
    assert [one.get(address).status_code for one, address in asked] == [404] * 5


def _finance(world: World, code: str) -> User:
    person = factories.make_person(f"finance@{code.lower()}.example")
    RegionRole.objects.create(
        user=person,
        region=world.regions[code],
        role=Role.FINANCE,
        organisation="Finance office",
        starts_at=world.now - timedelta(days=1),
    )
    return person


def test_an_export_holds_the_own_region_alone(world):
    home = factories.submitted(world)
    away = factories.submitted(world, by=factories.another_sme(world, region="BE-WAL"))
    lines = {
        who: _references(signed_in(person).get(reverse("statistics_applications")))
        for who, person in {
            "home": world.broker,
            "finance": world.finance,
            "host": world.host_broker,
            "away": world.other_broker,
            "auditor": world.auditor,
        }.items()
    }
    assert lines == {
        "home": {home.reference},
        "finance": {home.reference},
        "host": set(),
        "away": {away.reference},
        "auditor": {home.reference, away.reference},
    }


def _references(answer) -> set[str]:
    header, *rows = b"".join(answer).decode().splitlines()
    column = header.split(",").index("reference")
    return {row.split(",")[column] for row in rows}


def test_an_ended_role_closes_every_door_on_the_next_request(world):
    application = factories.submitted(world)
    client = signed_in(world.broker)
    desk = reverse("admin:vouchers_application_change", args=[application.reference])
    verb = reverse("admin:vouchers_application_find_eligible", args=[application.reference])
    own = reverse("application", args=[application.reference])
    before = [client.get(desk).status_code, client.get(own).status_code]
    people.end_role(
        RegionRole.objects.get(user=world.broker),
        successor=world.other_broker,
        by=Actor.person(world.manager),
        now=world.now,
    )

    after = [client.get(desk), client.post(verb), client.get(own)]

    assert before == [200, 403]
    assert [one.status_code for one in after] == [302, 302, 404]
    assert client.get(desk, follow=True).status_code == 403
    application.refresh_from_db()
    assert application.state == "submitted"


def test_an_ended_membership_closes_every_door_on_the_next_request(world):
    claim = lives.filed(world, "meet_greet")
    reference = claim.award.application.reference
    owner = factories.make_person("owner@voorbeeld.example")
    factories._join(world.organisation, owner)
    client = signed_in(world.sme)
    pages = ["application", "application_text", "award", "claim", "award_letter"]
    addresses = [reverse(name, args=[reference]) for name in pages]
    before = [client.get(address).status_code for address in addresses]
    row = Membership.objects.get(user=world.sme, organisation=world.organisation)
    organisations.end(row, by=Actor.person(owner), now=world.now)

    after = [client.get(address).status_code for address in addresses]

    assert (before, after) == ([200, 200, 200, 200, 404], [404] * 5)
    assert client.get(reverse("organisation", args=[world.organisation.pk])).status_code == 404
    listed = client.get(reverse("applications")).content.decode()
    assert reference not in listed


@pytest.mark.parametrize("who", ["broker", "host_broker", "manager", "finance"])
def test_staff_who_act_for_the_firm_find_its_case_nowhere_at_the_desk(world, who):
    claim = lives.filed(world, "meet_greet")
    award = claim.award
    person = getattr(world, who)
    factories._join(world.organisation, person)
    client = signed_in(person)
    desk = "admin:vouchers"
    reference = award.application.reference
    addresses = [
        reverse(f"{desk}_application_change", args=[reference]),
        reverse(f"{desk}_application_history", args=[award.application_id]),
        reverse(f"{desk}_award_change", args=[award.pk]),
        reverse(f"{desk}_award_history", args=[award.pk]),
        reverse(f"{desk}_claim_change", args=[claim.pk]),
        reverse(f"{desk}_claim_history", args=[claim.pk]),
    ]
    assert [client.get(address).status_code for address in addresses] == [404] * 6
    queue = client.get(reverse(f"{desk}_application_changelist") + "?tab=decided")
    assert reference not in queue.content.decode()
    assert client.get(reverse("application", args=[reference])).status_code == 200


@pytest.mark.parametrize("side", [Side.HOME, Side.HOST])
def test_nobody_signs_for_the_own_firm(world, side):
    application = factories.eligible(world)
    signer = {Side.HOME: world.broker, Side.HOST: world.host_broker}[side]
    if side == Side.HOST:
        by = Actor.person(world.broker)
        awards.sign(application, side=Side.HOME, amount=Decimal(4000), by=by, now=world.now)
    factories._join(world.organisation, signer)

    with pytest.raises(Refused) as refused:
        awards.sign(
            application, side=side, amount=Decimal(4000), by=Actor.person(signer), now=world.now
        )

    assert [reason.code for reason in refused.value.verdict.reasons] == [ReasonCode.RECUSED]
