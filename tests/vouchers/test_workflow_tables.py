"""The rulebook, written out: every arrow in every state, every verb for every role."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction

from portal.models import User
from portal.permissions import Actor
from portal.workflow import IllegalMove, action, available, move
from tests.vouchers import factories
from vouchers.actions import appeals
from vouchers.enums import (
    AppealState,
    ApplicationState,
    AwardState,
    CallState,
    ClaimState,
    ConflictKind,
    ConflictState,
    ConsentState,
    ExtensionState,
    PartyRole,
    SeatState,
)
from vouchers.models import (
    Appeal,
    Application,
    Assessment,
    Award,
    Claim,
    ConflictOfInterest,
    Extension,
)
from vouchers.permissions import PARTNER
from vouchers.workflow import (
    APPEAL,
    APPLICATION,
    AWARD,
    CALL,
    CLAIM,
    CONFLICT,
    CONSENT,
    EXTENSION,
    SEAT,
)

pytestmark = pytest.mark.django_db

ARROWS = {
    "call": {
        "schedule": ("draft", "scheduled"),
        "open": ("scheduled", "open"),
        "close": ("open", "closed"),
        "publish": ("closed", "decided"),
    },
    "application": {
        "submit": ("draft returned", "submitted"),
        "stand": ("returned", "submitted"),
        "send_back": ("submitted eligible in_assessment", "returned"),
        "find_eligible": ("submitted", "eligible"),
        "find_ineligible": ("submitted", "ineligible"),
        "reinstate": ("ineligible", "submitted"),
        "assign": ("eligible", "in_assessment"),
        "recommend": ("in_assessment", "recommended"),
        "not_recommend": ("in_assessment", "not_recommended"),
        "approve": ("eligible recommended reserve", "approved"),
        "reserve": ("eligible recommended", "reserve"),
        "reverse": ("rejected", "reserve"),
        "end_reserve": ("reserve", "rejected"),
        "uphold_appeal": ("rejected", "reserve"),
        "rank_again": ("rejected", "recommended"),
        "find_eligible_again": ("rejected", "eligible"),
        "reject": (
            "submitted eligible in_assessment recommended not_recommended reserve",
            "rejected",
        ),
        "withdraw": (
            "draft returned submitted eligible in_assessment recommended not_recommended reserve",
            "withdrawn",
        ),
        "reopen": ("withdrawn", "draft"),
    },
    "extension": {
        "take_effect": ("waiting", "given"),
        "agree": ("waiting", "given"),
        "refuse": ("waiting", "refused"),
    },
    "appeal": {
        "uphold": ("filed", "upheld"),
        "dismiss": ("filed", "dismissed"),
    },
    "conflict": {
        "step_aside": ("open", "stands"),
        "confirm": ("open", "stands"),
        "clear": ("open stands", "cleared"),
        "declare_again": ("cleared", "open"),
    },
    "consent": {
        "give_consent": ("asked", "given"),
        "decline_consent": ("asked", "declined"),
        "void_consent": ("asked given", "void"),
    },
    "seat": {
        "accept_seat": ("invited", "accepted"),
        "remove_co_applicant": ("invited accepted", "removed"),
    },
    "award": {
        "accept": ("offered", "accepted"),
        "decline": ("offered", "declined"),
        "lapse": ("offered accepted", "lapsed"),
        "complete": ("accepted", "completed"),
        "cancel": ("offered accepted", "cancelled"),
        "revoke": ("accepted completed", "revoked"),
    },
    "claim": {
        "file": ("draft returned", "filed"),
        "send_back": ("filed", "returned"),
        "approve": ("filed", "approved"),
        "pay": ("approved", "paid"),
    },
}
ROLES = {
    "call": {
        "schedule": "manager importer",
        "open": "clock importer",
        "close": "clock importer",
        "publish": "manager importer",
    },
    "application": {
        "submit": "sme importer",
        "stand": "clock",
        "send_back": "broker clock",
        "find_eligible": "broker importer",
        "find_ineligible": "broker importer",
        "reinstate": "broker manager importer",
        "assign": "broker manager",
        "recommend": "assessor",
        "not_recommend": "assessor",
        "approve": "broker host_broker importer",
        "reserve": "broker host_broker importer",
        "reverse": "broker importer",
        "end_reserve": "clock",
        "uphold_appeal": "broker manager",
        "rank_again": "broker manager",
        "find_eligible_again": "broker manager",
        "reject": "broker importer",
        "withdraw": "sme importer",
        "reopen": "sme importer",
    },
    "extension": {
        "take_effect": "broker",
        "agree": "manager",
        "refuse": "manager",
    },
    "appeal": {
        "uphold": "manager",
        "dismiss": "manager",
    },
    "conflict": {
        "step_aside": "broker",
        "confirm": "host_broker manager",
        "clear": "host_broker manager",
        "declare_again": "broker",
    },
    "consent": {
        "give_consent": "mail_link",
        "decline_consent": "mail_link",
        "void_consent": "sme clock",
    },
    "seat": {
        "accept_seat": (
            "sme other_sme broker host_broker other_broker finance manager auditor assessor"
        ),
        "remove_co_applicant": "sme other_sme",
    },
    "award": {
        "accept": "sme importer",
        "decline": "sme importer",
        "lapse": "clock importer",
        "complete": "broker importer",
        "cancel": "broker importer",
        "revoke": "manager importer",
    },
    "claim": {
        "file": "sme importer",
        "send_back": "broker clock",
        "approve": "broker importer",
        "pay": "finance importer",
    },
}
EVERYBODY = [
    "sme",
    "other_sme",
    "broker",
    "host_broker",
    "other_broker",
    "finance",
    "manager",
    "auditor",
    "assessor",
    "clock",
    "importer",
    "mail_link",
]
TABLES = {
    "call": CALL,
    "application": APPLICATION,
    "extension": EXTENSION,
    "appeal": APPEAL,
    "conflict": CONFLICT,
    "consent": CONSENT,
    "seat": SEAT,
    "award": AWARD,
    "claim": CLAIM,
}
STATES = {
    "call": CallState,
    "application": ApplicationState,
    "extension": ExtensionState,
    "appeal": AppealState,
    "conflict": ConflictState,
    "consent": ConsentState,
    "seat": SeatState,
    "award": AwardState,
    "claim": ClaimState,
}


@pytest.fixture
def world():
    return factories.make_world()


@pytest.fixture
def rows(world):
    """One row of each machine; a second, undecided application stands for all its states."""
    award = factories.approved(world)
    undecided = factories.eligible(world, "collaboration", by=factories.another_sme(world))
    Assessment.objects.create(
        application=undecided, assessor=person_of("assessor"), assigned_at=world.now
    )
    Award.objects.filter(pk=award.pk).update(granted_on=world.now.date(), granted_zone="UTC")
    claim = Claim.objects.create(award=award, started_at=world.now)
    extension = Extension.objects.create(
        application=undecided,
        until=world.now,
        reason="hospital",
        given_by=person_of("giver"),
        given_at=world.now,
    )
    conflict = ConflictOfInterest.objects.create(
        application=undecided,
        person=world.broker,
        kind=ConflictKind.DECLARED,
        party=PartyRole.PARTNER,
        found_at=world.now,
    )
    appeal = _appeal(world)
    return {
        "call": world.call,
        "application": undecided,
        "extension": extension,
        "appeal": appeal,
        "conflict": conflict,
        "consent": award.application.consents.get(),
        "seat": factories.seated(award.application, person_of("other_sme")),
        "award": award,
        "claim": claim,
    }


def _appeal(world):
    """An appeal against what the broker decided."""
    sme = factories.another_sme(world)
    application = factories.rejected(world, "collaboration", by=sme)
    by = Actor.person(sme)
    return appeals.file(application, text="It is strong.", by=by, now=world.now)


def person_of(name):
    email = f"{name}@people.example"
    return User.objects.filter(email=email).first() or factories.make_person(email)


def actor_of(world, row, name):
    """Return a fresh actor: roles are remembered for one request only."""
    special = {
        "clock": Actor.clock(),
        "importer": Actor.importer("import_awards"),
        "mail_link": PARTNER,
    }
    if name in special:
        return special[name]
    if name == "sme":
        applicant = row if isinstance(row, Application) else None
        applicant = applicant or getattr(row, "application", None)
        applicant = applicant or getattr(getattr(row, "award", None), "application", None)
        organisation = applicant.organisation if applicant else world.organisation
        return fresh(organisation.memberships.get().user)
    if name in {"assessor", "other_sme"}:
        return fresh(person_of(name))
    return fresh(getattr(world, name))


def fresh(user):
    return Actor.person(User.objects.get(pk=user.pk))


def put(row, state):
    """Put a row into a state, whatever way leads there, with all that the state requires."""
    more = {}
    if isinstance(row, Application):
        more = {"decided_at": row.submitted_at, "told_at": None}
    if isinstance(row, Appeal):
        more = {"answer": "It is not.", "answered_at": row.filed_at}
    if isinstance(row, ConflictOfInterest):
        more = {"reason": "They never met.", "judged_by": person_of("judge")}
    type(row).objects.filter(pk=row.pk).update(state=state, **more)
    return type(row).objects.get(pk=row.pk)


def test_the_tables_are_these():
    written = {
        machine: {t.name: (set(t.sources), t.target) for t in table}
        for machine, table in TABLES.items()
    }
    assert written == {
        machine: {
            verb: (set(sources.split()), target) for verb, (sources, target) in arrows.items()
        }
        for machine, arrows in ARROWS.items()
    }


@pytest.mark.parametrize("machine", TABLES)
def test_every_verb_is_for_these_roles(world, rows, machine):
    row = type(rows[machine]).objects.get(pk=rows[machine].pk)
    allowed = {
        t.name: {n for n in EVERYBODY if t.permits(actor_of(world, row, n), row)}
        for t in TABLES[machine]
    }
    assert allowed == {verb: set(roles.split()) for verb, roles in ROLES[machine].items()}


@pytest.mark.parametrize("machine", TABLES)
def test_every_page_offers_what_role_and_state_allow(world, rows, machine):
    for state in STATES[machine]:
        row = put(rows[machine], state)
        for name in EVERYBODY:
            offered = {t.name for t in available(TABLES[machine], row, actor_of(world, row, name))}
            assert offered == {
                verb
                for verb, (sources, _target) in ARROWS[machine].items()
                if state in sources.split() and name in ROLES[machine][verb].split()
            }, (state, name)


CASES = [
    (machine, verb, state)
    for machine, arrows in ARROWS.items()
    for verb in arrows
    for state in STATES[machine]
]


def test_every_arrow_starts_from_its_states_only(world, rows):
    for machine, verb, state in CASES:
        row = put(rows[machine], state)
        transition = next(t for t in TABLES[machine] if t.name == verb)
        sources, target = ARROWS[machine][verb]
        actor = actor_of(world, row, ROLES[machine][verb].split()[0])
        assert outcome(row, transition, actor, world.now) == (
            target if state in sources.split() else IllegalMove
        ), (machine, verb, state)


def outcome(row, transition, actor, now):
    """Try the arrow and undo it: the state it leads to, or the refusal."""
    try:
        with transaction.atomic():
            action(move)(row, transition, by=actor, now=now + timedelta(minutes=1))
            reached = type(row).objects.get(pk=row.pk).state
            transaction.set_rollback(True)
            return reached
    except (IllegalMove, PermissionDenied) as refusal:
        return type(refusal)


def test_forbidden_verbs_are_refused_before_the_state_is_looked_at(world, rows):
    row = put(rows["application"], ApplicationState.WITHDRAWN)
    stranger = actor_of(world, row, "other_broker")
    assert outcome(row, APPLICATION.REJECT, stranger, world.now) is PermissionDenied


def test_a_move_outside_an_action_is_a_mistake_of_ours(world, rows):
    row = put(rows["application"], ApplicationState.ELIGIBLE)
    with transaction.atomic(), pytest.raises(RuntimeError):
        move(row, APPLICATION.REJECT, by=Actor.person(world.broker), now=world.now)


def test_importers_use_historic_arrows_only():
    retold = {t.name for t in APPLICATION if t.historic}
    assert retold == {
        verb for verb, roles in ROLES["application"].items() if "importer" in roles.split()
    }
