"""Conflicts of interest: found, declared, hidden everywhere, judged by somebody else."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.enums import MembershipState, Role
from portal.models import Document, JournalEntry, Membership, OutgoingMail, RegionRole, User
from portal.permissions import Actor
from portal.tasks import sweep_outbox
from portal.workflow import IllegalMove
from tests.vouchers import factories, lives
from tests.vouchers.factories import World
from vouchers.actions import appeals, assessments, awards, conflicts
from vouchers.enums import ConflictKind, ConflictState, PartyRole, Side
from vouchers.models import (
    Appeal,
    Application,
    Award,
    Claim,
    ConflictOfInterest,
    Extension,
    about_applications,
)
from vouchers.models.aid_register import grants_seen_by
from vouchers.rules.verdict import ReasonCode, Refused

pytestmark = pytest.mark.django_db
CLOCK = Actor.clock()


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


def employ(user: User, organisation: str) -> None:
    RegionRole.objects.filter(user=user).update(organisation=organisation)


def declare(application: Application, user: User, world: World) -> ConflictOfInterest:
    return conflicts.declare(
        application,
        party=PartyRole.PARTNER,
        statement="My sister works there.",
        by=Actor.person(user),
        now=world.now,
    )


def found() -> list[tuple[str, str, str, str]]:
    rows = ConflictOfInterest.objects.order_by("pk")
    return [(str(row.person.email), row.kind, row.party, row.evidence) for row in rows]


def test_a_broker_whom_a_partner_employs_is_kept_away_by_the_submission(world):
    employ(world.host_broker, "Lab of Lower Saxony GmbH")
    application = factories.complete_draft(world)
    application.hosts.update(name="Lab of Lower Saxony")
    factories.send(application, world)
    assert found() == [("broker@nds.example", "employer", "partner", "Lab of Lower Saxony")]


def test_an_applicants_domain_is_a_tie_and_a_public_one_is_not(world):
    User.objects.filter(pk=world.broker.pk).update(email="jan@voorbeeld.example")
    User.objects.filter(pk=world.finance.pk).update(email="jan@gmail.com")
    User.objects.filter(pk=world.sme.pk).update(email="piet@gmail.com")
    world.sme.refresh_from_db()
    world.organisation.website = "https://www.voorbeeld.example/"
    world.organisation.save()
    factories.submitted(world)
    assert found() == [("jan@voorbeeld.example", "domain", "applicant", "voorbeeld.example")]


def test_who_acted_for_the_firm_within_three_years_is_kept_away(world):
    for person, years in ((world.broker, 2), (world.finance, 4)):
        Membership.objects.create(
            user=person,
            organisation=world.organisation,
            state=MembershipState.ENDED,
            asked_at=world.now - timedelta(days=2000),
            decided_at=world.now - timedelta(days=365 * years),
        )
    factories.submitted(world)
    name = world.organisation.name
    assert found() == [("broker@enl.example", "earlier", "applicant", name)]


def test_what_becomes_a_tie_later_is_found_by_the_clock_once(world):
    application = factories.submitted(world)
    employ(world.broker, application.organisation.name)
    for _turn in range(2):
        conflicts.screen_all(by=CLOCK, now=world.now)
    name = world.organisation.name
    assert found() == [("broker@enl.example", "employer", "applicant", name)]


def test_the_clock_leaves_finished_cases_alone(world):
    claim = lives.paid(world)
    employ(world.broker, claim.award.application.organisation.name)
    conflicts.screen_all(by=CLOCK, now=world.now)
    assert found() == []


def test_looking_again_costs_the_same_at_3_and_at_9(world):
    def cost(more: int) -> int:
        for _one in range(more):
            factories.submitted(world, by=factories.another_sme(world))
        with CaptureQueriesContext(connection) as asked:
            conflicts.screen_all(by=CLOCK, now=world.now)
        return len(asked)

    assert cost(3) == cost(6)


def pages_of(award: Award, claim: Claim) -> list[str]:
    """Every page and file at the desk that tells something of the case."""
    row, base = award.application, "admin:vouchers"
    line, attachment = claim.lines.earliest("pk"), row.attachments.first()
    pages = [
        *(
            reverse(f"{base}_application_{page}", args=[row.reference])
            for page in ("change", "copy", "suggestions", "undertaking", "conflict")
        ),
        reverse(f"{base}_application_history", args=[row.pk]),
        *(
            reverse(f"{base}_award_{page}", args=[award.pk])
            for page in ("change", "letter", "history")
        ),
        *(reverse(f"{base}_claim_{page}", args=[claim.pk]) for page in ("change", "history")),
        reverse(f"{base}_claim_file", args=[claim.pk, line.receipt_id]),
        reverse("admin:portal_document_download", args=[award.letter_id]),
    ]
    if attachment:
        file = reverse(f"{base}_application_file", args=[row.reference, attachment.upload_id])
        pages.append(file)
    return pages


def test_the_journal_and_the_letters_of_a_case_are_closed_to_a_manager_too(world):
    claim = lives.paid(world, "meet_greet")
    other = factories.submitted(world, by=factories.another_sme(world))
    kept = {}
    for model in (JournalEntry, OutgoingMail, Document):
        rows = model.objects.visible_to(world.manager)
        kept[model] = {row.pk for row in rows if row.subject_id and about(row) == other.pk}
        assert {about(row) for row in rows} >= {claim.award.application_id, other.pk}
    declare(claim.award.application, world.manager, world)
    for model, left in kept.items():
        seen = [about(row) for row in model.objects.visible_to(world.manager)]
        assert claim.award.application_id not in seen
        assert seen.count(other.pk) == len(left)


def about(row: JournalEntry | OutgoingMail | Document) -> int | None:
    """The application that a row of the kernel tells about, whatever its subject."""
    models = {model._meta.label_lower: model for model in about_applications()}
    if row.subject_type not in models:
        return None
    model = models[row.subject_type]
    way = about_applications()[model]
    return model._base_manager.filter(pk=row.subject_id).values_list(way, flat=True).first()


def status(client: Client, address: str) -> int:
    answer = client.get(address)
    # Closing the whole answer would close the test's connection too.
    for close in answer._resource_closers:
        close()
    return answer.status_code


LISTS = (
    "admin:vouchers_application_changelist",
    "admin:vouchers_award_changelist",
    "admin:vouchers_award_register",
    "admin:vouchers_claim_changelist",
    "admin:vouchers_claim_payments",
    "admin:vouchers_application_letters",
    "dashboard",
)
FILES = ("statistics_applications",)


def told(client: Client, row: Application) -> list[str]:
    """The lists, searches and exports that name the firm or the title."""
    searched = reverse(LISTS[0]) + f"?q={row.reference}"
    register = reverse("admin:vouchers_award_register_file", args=["csv"])
    payments = reverse("admin:vouchers_claim_payments") + "?format=csv"
    addresses = [*map(reverse, LISTS + FILES), searched, register, payments]
    words = {str(row.organisation), row.title}
    return [at for at in addresses if words & set(_words(client.get(at), words))]


def _words(answer, words: set[str]) -> list[str]:
    body = b"".join(answer) if answer.streaming else answer.content
    return [word for word in words if word in body.decode()]


@pytest.mark.parametrize("role", ["broker", "finance", "manager", "auditor"])
def test_a_conflict_hides_a_case_from_every_page_file_list_search_and_export(world, role):
    claim = lives.paid(world, "meet_greet")
    sweep_outbox()
    award, person = Award.objects.get(), getattr(world, role)
    pages, client = pages_of(award, claim), signed_in(person)
    before = {at: status(client, at) for at in pages}
    named = told(client, award.application)
    open_ones = [at for at, code in before.items() if code == 200]
    assert len(open_ones) > len(pages) - 4
    assert named

    row = declare(award.application, person, world)
    assert {at: code for at in open_ones if (code := status(client, at)) != 404} == {}
    assert told(client, award.application) == []
    by = Actor.person(world.host_broker)
    conflicts.clear(row, reason="They never met.", by=by, now=world.now)
    assert {at: status(client, at) for at in pages} == before
    assert told(client, award.application) == named


def test_a_mail_to_the_team_goes_to_the_others_one_by_one(world):
    second = factories.another_broker(world, "NL-ENL")
    third = factories.make_person("third@broker.example")
    RegionRole.objects.create(
        user=third, region=world.home, role=Role.BROKER, starts_at=world.now - timedelta(days=1)
    )
    factories.reads_at_once(world.broker, second, third)
    application = factories.complete_draft(world)
    employ(second, application.organisation.name)
    factories.send(application, world)
    letters = OutgoingMail.objects.filter(kind="new_application").order_by("pk")
    assert [mail.to for mail in letters] == [["broker@enl.example"], ["third@broker.example"]]


def test_both_are_told_and_neither_letter_says_more_than_the_number(world):
    second = factories.another_broker(world, "NL-ENL")
    application = factories.submitted(world)
    factories.reads_at_once(world.broker)
    declare(application, second, world)
    letters = OutgoingMail.objects.filter(kind__startswith="conflict").order_by("pk")
    assert [(mail.kind, mail.to) for mail in letters] == [
        ("conflict_found", [second.email]),
        ("conflict_to_judge", ["broker@enl.example"]),
    ]
    content = {application.title, str(application.organisation)}
    assert [word for mail in letters for word in content if word in mail.body + mail.html] == []


def test_the_managers_are_asked_where_nobody_in_the_region_is_left(world):
    factories.reads_at_once(world.manager)
    declare(factories.submitted(world), world.broker, world)
    letter = OutgoingMail.objects.get(kind="conflict_to_judge")
    assert letter.to == ["manager@lsv.example"]


def test_a_signature_of_somebody_close_does_not_count(world):
    application = factories.eligible(world)
    by = Actor.person(world.broker)
    sign = {"side": Side.HOME, "amount": application.amount, "now": world.now}
    awards.sign(application, **sign, by=by)
    declare(application, world.broker, world)
    assert not application.signatures.filter(voided_at=None).exists()
    with pytest.raises(Refused) as refused:
        awards.sign(application, **sign, by=by)
    assert refused.value.verdict.codes == (ReasonCode.RECUSED,)
    awards.sign(application, **sign, by=Actor.person(factories.another_broker(world, "NL-ENL")))
    assert application.signatures.filter(voided_at=None).count() == 1


def test_a_signature_under_a_decision_stays(world):
    award = factories.approved(world)
    declare(award.application, world.broker, world)
    assert award.application.signatures.filter(voided_at=None).count() == 2


def test_nobody_clears_the_own_conflict_and_the_reason_is_kept(world):
    row = declare(factories.submitted(world), world.broker, world)
    with pytest.raises(PermissionDenied):
        conflicts.clear(row, reason="Fine.", by=Actor.person(world.broker), now=world.now)
    conflicts.clear(row, reason="They never met.", by=Actor.person(world.manager), now=world.now)
    row.refresh_from_db()
    assert (row.state, row.judged_by, row.reason) == (
        ConflictState.CLEARED,
        world.manager,
        "They never met.",
    )
    verbs = JournalEntry.objects.about(row).values_list("verb", "before", "after")
    assert list(verbs) == [
        ("declare", "", "open"),
        ("refused", "", ""),
        ("clear", "open", "cleared"),
    ]
    letter = OutgoingMail.objects.get(kind="conflict_judged")
    assert letter.to == ["broker@enl.example"]
    assert "They never met." in letter.body


def test_what_was_cleared_is_not_found_again_and_may_be_declared_again(world):
    employ(world.broker, world.organisation.name)
    application = factories.submitted(world)
    row = ConflictOfInterest.objects.get()
    by = Actor.person(world.manager)
    conflicts.clear(row, reason="Another firm of that name.", by=by, now=world.now)
    conflicts.screen_all(by=CLOCK, now=world.now)
    assert ConflictOfInterest.objects.get().state == ConflictState.CLEARED

    own = declare(application, world.broker, world)
    conflicts.clear(own, reason="No.", by=by, now=world.now)
    declare(application, world.broker, world)
    states = Application.objects.get().conflicts.order_by("pk").values_list("kind", "state")
    assert list(states) == [
        (ConflictKind.EMPLOYER, ConflictState.CLEARED),
        (ConflictKind.DECLARED, ConflictState.OPEN),
    ]


def test_stepping_aside_is_final_for_the_person(world):
    row = declare(factories.submitted(world), world.broker, world)
    conflicts.step_aside(row, by=Actor.person(world.broker), now=world.now)
    with pytest.raises(IllegalMove):
        conflicts.step_aside(row, by=Actor.person(world.broker), now=world.now)
    row.refresh_from_db()
    assert (row.state, row.judged_by) == (ConflictState.STANDS, world.broker)


def test_an_assessor_with_a_conflict_is_not_asked_and_the_finding_is_kept(world):
    name_firm(world.other_broker, world)
    application = factories.eligible(world, "collaboration")
    client = signed_in(world.broker)
    address = reverse("admin:vouchers_application_assign", args=[application.reference])
    answer = client.post(address, {"assign-email": world.other_broker.email})
    assert "choose somebody else, or have it cleared first" in answer.content.decode()
    assert not application.assessments.exists()
    row = ConflictOfInterest.objects.get()
    assert (row.person, row.kind) == (world.other_broker, ConflictKind.EMPLOYER)
    by = Actor.person(world.manager)
    with pytest.raises(assessments.HasConflict):
        assessments.assign(application, assessor=world.other_broker, by=by, now=world.now)
    conflicts.clear(row, reason="Another firm.", by=by, now=world.now)
    client.post(address, {"assign-email": world.other_broker.email})
    assert application.assessments.get().assessor == world.other_broker


def name_firm(user: User, world: World) -> None:
    employ(user, world.organisation.name)


def rows_seen_by(user: User) -> dict[str, int]:
    found = {
        "applications": Application.objects.for_desk(user),
        "awards": Award.objects.for_desk(user),
        "claims": Claim.objects.visible_to(user),
        "appeals": Appeal.objects.visible_to(user),
        "extensions": Extension.objects.visible_to(user),
        "grants": grants_seen_by(user),
    }
    return {name: rows.count() for name, rows in found.items()}


def test_the_walls_hold_for_querysets_too(world):
    """Of two cases, a paid one and a refused one with an appeal, nothing is left."""
    paid = lives.paid(world).award.application
    sme = factories.another_sme(world)
    refused = factories.rejected(world, by=sme)
    appeals.file(refused, text="It is strong.", by=Actor.person(sme), now=world.now)
    Extension.objects.create(
        application=refused,
        until=world.now,
        reason="hospital",
        given_by=world.broker,
        given_at=world.now,
    )
    before = rows_seen_by(world.broker)
    assert before == {
        "applications": 2,
        "awards": 1,
        "claims": 1,
        "appeals": 1,
        "extensions": 1,
        "grants": 1,
    }
    own = [declare(row, world.broker, world) for row in (paid, refused)]
    assert rows_seen_by(world.broker) == dict.fromkeys(before, 0)
    assert set(ConflictOfInterest.objects.visible_to(world.broker)) == set(own)
    assert not ConflictOfInterest.objects.visible_to(world.other_broker).exists()
