"""A small programme with everything set up, and applications made by the real actions."""

import itertools
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from django.db import models
from django.utils import timezone

from catalogue import actions as catalogue
from catalogue.enums import RecordKind
from catalogue.models import AccessRules, Provider, Record, RecordFields
from portal.enums import MailTime, MembershipState, Role, StaffMail
from portal.models import (
    Membership,
    Organisation,
    Programme,
    ProgrammeRegion,
    ProgrammeRole,
    Region,
    RegionRole,
    User,
)
from portal.models.journal import PORTAL_CHAIN
from portal.permissions import Actor
from portal.site.demo import questions
from portal.workflow import action, record
from vouchers.actions import applications, awards, calls, consents, draft_rows, drafts, ledger
from vouchers.actions.consents import Confirmation
from vouchers.actions.draft_rows import AidFields, CostFields, HostFields
from vouchers.enums import RejectReason, ReturnKind, SeatRole, SeatState, Side
from vouchers.models import (
    Application,
    Award,
    Call,
    CallVoucherType,
    CoApplicant,
    Criterion,
    Host,
    PartnerConsent,
    Pot,
    VoucherType,
)
from vouchers.permissions import PARTNER
from vouchers.rules.sme import Figures

NOW = datetime(2027, 3, 8, 9, 0, tzinfo=UTC)
OPENS = timedelta(days=-20)
CLOSES = timedelta(days=12, hours=7)
SET_UP = Actor.importer("set-up")
ALLOCATED = Decimal("100000.00")
_numbers = itertools.count(1)

TYPES: dict[str, dict[str, object]] = {
    "meet_greet": {
        "short_code": "MG",
        "name": "Meet & Greet",
        "amount_kind": "capped",
        "amount": Decimal(500),
        "validity_months": 4,
        "needs_host_signature": False,
        "selection": "first_come",
        "max_per_call": 2,
        "max_hosts": 5,
    },
    "insight": {
        "short_code": "INS",
        "name": "Insight",
        "amount_kind": "lump_sum",
        "amount": Decimal(4000),
        "validity_months": 9,
        "needs_consent": True,
        "assessors": 1,
    },
    "collaboration": {
        "short_code": "COL",
        "name": "Collaboration",
        "amount_kind": "lump_sum",
        "amount": Decimal(7000),
        "validity_months": 12,
        "needs_consent": True,
        "assessors": 2,
    },
}
COSTS = [
    {"code": "travel", "label": "Travel", "is_eligible": True},
    {"code": "lodging", "label": "Lodging", "is_eligible": True},
    {"code": "fee", "label": "Facility or expert fee", "is_eligible": True},
    {"code": "software", "label": "Software and equipment", "is_eligible": False},
]
REGIONS = [
    ("NL-ENL", "East Netherlands", "NL", "NL2", "Europe/Amsterdam", "nl"),
    ("DE-NDS", "Lower Saxony", "DE", "DE9", "Europe/Berlin", "de"),
    ("BE-WAL", "Wallonia", "BE", "BE3", "Europe/Brussels", "fr"),
    ("NL-SNL", "South Netherlands", "NL", "NL4", "Europe/Amsterdam", "nl"),
]


@dataclass
class World:
    """A programme that runs, and who works in it; `now` lies inside its open call."""

    now: datetime
    programme: Programme
    call: Call
    regions: dict[str, Region]
    offers: dict[str, CallVoucherType]
    pots: dict[str, Pot]
    sme: User
    organisation: Organisation
    broker: User
    host_broker: User
    other_broker: User
    finance: User
    manager: User
    auditor: User
    records: dict[str, Record] = field(default_factory=dict)

    @property
    def home(self) -> Region:
        """The SME's region."""
        return self.regions["NL-ENL"]

    @property
    def host(self) -> Region:
        """The partner's region."""
        return self.regions["DE-NDS"]

    def voucher_type(self, kind: str) -> VoucherType:
        """The voucher type by its code."""
        return self.offers[kind].voucher_type


def make_world(now: datetime = NOW, *, closes_at: datetime | None = None) -> World:
    """Set up a programme with four regions, three voucher types and one open call."""
    programme = Programme.objects.create(
        code="LSV",
        name="Life Sciences Vouchers",
        short_name="LSV",
        starts_on=date(now.year - 1, 1, 1),
        ends_on=date(now.year + 3, 12, 31),
        funders="European Union",
        funding_statement="Funded by the European Union.",
    )
    regions = {row[0]: _region(programme, *row) for row in REGIONS}
    pots = {code: _pot(programme, region, now) for code, region in regions.items()}
    call = calls.add_call(
        programme,
        code="LSV-1",
        slug="lsv-1",
        name="First call",
        opens_at=now + OPENS,
        closes_at=closes_at or now + CLOSES,
        by=SET_UP,
        now=now + OPENS - timedelta(days=30),
    )
    offers = {kind: _offer(call, kind, now) for kind in TYPES}
    calls.schedule(call, by=SET_UP, now=now + OPENS - timedelta(days=20))
    home, host = regions["NL-ENL"], regions["DE-NDS"]
    sme = make_person("sme@voorbeeld.example")
    world = World(
        now=now,
        programme=programme,
        call=call,
        regions=regions,
        offers=offers,
        pots=pots,
        sme=sme,
        organisation=make_firm(home, sme),
        broker=_staff("broker@enl.example", Role.BROKER, home, now),
        host_broker=_staff("broker@nds.example", Role.BROKER, host, now),
        other_broker=_staff("broker@wal.example", Role.BROKER, regions["BE-WAL"], now),
        finance=_staff("finance@enl.example", Role.FINANCE, home, now),
        manager=_manager(programme, "manager@lsv.example", Role.MANAGER, now),
        auditor=_manager(programme, "auditor@lsv.example", Role.AUDITOR, now),
    )
    world.records = {code: _record(world, region) for code, region in regions.items()}
    return world


def make_person(email: str, *, language: str = "en") -> User:
    """Return a person who can sign in with the password `password`."""
    name = email.partition("@")[0].replace(".", " ").title()
    return User.objects.create_user(email, "password", name=name, language=language)


def make_firm(region: Region, *members: User, name: str = "Voorbeeld Biotech BV") -> Organisation:
    """Return an SME of the region for which the people act."""
    firm = Organisation.objects.create(
        name=name, country=region.country, region=region, register_number="KvK 00000001"
    )
    _join(firm, *members)
    return firm


@action
def _join(firm: Organisation, *members: User) -> None:
    """Make people owners of a firm, with the journal lines that its registration would write."""
    for member in members:
        row = Membership.objects.create(
            user=member,
            organisation=firm,
            is_owner=True,
            state=MembershipState.ACTIVE,
            asked_at=NOW,
            decided_at=NOW,
        )
        by = Actor.person(member)
        record(row, "register", by=by, now=NOW, chain=PORTAL_CHAIN, after=MembershipState.ACTIVE)
        _forget(member)


def another_sme(world: World, *, region: str = "NL-ENL") -> User:
    """Return somebody of another SME, by default in the home region."""
    number = next(_numbers)
    person = make_person(f"sme{number}@muster.example")
    make_firm(world.regions[region], person, name=f"Muster {number} GmbH")
    return person


def another_broker(world: World, region: str) -> User:
    """Return a second broker of a region."""
    return _staff("second@broker.example", Role.BROKER, world.regions[region], world.now)


def another_manager(world: World) -> User:
    """Return a second manager of the programme, the same one each time."""
    email = "second@lsv.example"
    known = User.objects.filter(email=email).first()
    return known or _manager(world.programme, email, Role.MANAGER, world.now)


def reads_at_once(*users: User) -> None:
    """Let people read at once about everything, as each member of staff may choose."""
    for user in users:
        user.staff_mails = {kind.value: MailTime.AT_ONCE.value for kind in StaffMail}
        user.save(update_fields=["staff_mails"])


def firm_of(user: User) -> Organisation:
    """Return the organisation for which the person acts."""
    return Organisation.objects.of(user).get()


def draft(world: World, kind: str = "insight", *, by: User | None = None) -> Application:
    """Return an empty draft."""
    user = by or world.sme
    firm = firm_of(user)
    return applications.start(
        world.offers[kind],
        organisation=firm,
        home_region=firm.region,
        by=Actor.person(user),
        now=world.now,
    )


def complete_draft(
    world: World,
    kind: str = "insight",
    *,
    by: User | None = None,
    host: str = "DE-NDS",
    amount: Decimal | None = None,
) -> Application:
    """Return a draft that lacks nothing; a Meet & Greet asks for €420 unless told otherwise."""
    user = by or world.sme
    application = draft(world, kind, by=user)
    fill(application, world, by=user, host=host, amount=amount)
    application.refresh_from_db()
    return application


def fill(
    application: Application,
    world: World,
    *,
    by: User,
    host: str = "DE-NDS",
    amount: Decimal | None = None,
) -> None:
    """Answer everything that an application asks."""
    actor, now = Actor.person(by), world.now
    record = world.records[host]
    drafts.set_figures(
        application,
        figures=Figures(
            year=now.year - 1,
            headcount=Decimal(14),
            turnover=Decimal(1_900_000),
            balance_sheet=Decimal(2_400_000),
        ),
        is_estimate=False,
        sector="life_sciences",
        by=actor,
        now=now,
    )
    draft_rows.set_hosts(
        application,
        hosts=[HostFields(name=str(record.provider), record=record, region=record.region)],
        by=actor,
        now=now,
    )
    earlier = AidFields(date(now.year - 1, 5, 4), "Province of Gelderland", "NL", Decimal(2500))
    draft_rows.set_aid(application, lines=[earlier], is_export_tied=False, by=actor, now=now)
    drafts.set_basics(
        application,
        values={"title": "Peptide stability in plasma", "bottleneck": "technology"},
        by=actor,
        now=now,
    )
    costs = amount or Decimal(420)
    kind = application.voucher_type.cost_kinds.get(code="travel")
    draft_rows.set_costs(
        application,
        lines=[CostFields(kind, "Train and hotel", costs)],
        amount=costs,
        by=actor,
        now=now,
    )
    _answer(application, actor, now)
    if application.terms.needs_consent:
        for partner in application.hosts.all():
            consented(partner, by=by, now=now)


def asked(host: Host, *, by: User, now: datetime = NOW) -> PartnerConsent:
    """Return the consent that the host's contact was asked for."""
    return consents.ask(host, by=Actor.person(by), now=now, link_now=timezone.now())


def consented(host: Host, *, by: User, now: datetime = NOW, **said: object) -> PartnerConsent:
    """Return the consent that the host's contact was asked for and gave."""
    return consents.give(
        asked(host, by=by, now=now), said=confirmation(**said), by=PARTNER, now=now
    )


def confirmation(**said: object) -> Confirmation:
    """Return what a partner confirms: 7,200 EUR in summer, unless told otherwise."""
    facts = {
        "work": "We measure the peptide in plasma of ten donors.",
        "price": Decimal("7200.00"),
        "starts_on": date(2027, 6, 1),
        "ends_on": date(2027, 8, 31),
        "has_conflict": False,
        "signatory_name": "M. Muster",
        "signatory_role": "Head of laboratory",
    }
    return Confirmation(**{**facts, **said})  # type: ignore[arg-type]


def name_criteria(world: World, kind: str, **weights: int) -> None:
    """Let the open call have announced these criteria, with their weights in percent."""
    offer = CallVoucherType.objects.select_related("voucher_type").get(pk=world.offers[kind].pk)
    for order, (code, weight) in enumerate(weights.items()):
        Criterion.objects.create(
            voucher_type=offer.voucher_type,
            code=code,
            name=code.title(),
            weight=weight,
            order=order,
        )
    offer.terms["criteria"] = offer.voucher_type.stated_criteria()
    offer.save(update_fields=["terms"])


def seated(
    application: Application, person: User, *sections: str, now: datetime = NOW
) -> CoApplicant:
    """Give a person a seat at an application: to edit the sections, or only to read."""
    return CoApplicant.objects.create(
        application=application,
        email=person.email,
        user=person,
        role=SeatRole.EDIT if sections else SeatRole.VIEW,
        sections=list(sections),
        state=SeatState.ACCEPTED,
        invited_at=now,
        accepted_at=now,
    )


def _answer(application: Application, actor: Actor, now: datetime) -> None:
    """Answer each question of the set as its kind wants it."""
    given: dict[str, dict[str, object]] = {}
    for question in application.question_set.questions.all():
        if question.kind == "file":
            file = drafts.Checked("quote.pdf", "application/pdf", b"%PDF-1.7 sample", "0" * 64)
            drafts.attach(application, question=question, file=file, by=actor, now=now)
        elif question.kind != "cost_table":
            value = ANSWERS.get(question.key) or BY_KIND[question.kind](question)
            given.setdefault(question.section, {})[question.key] = value
    for section, values in given.items():
        drafts.save_answers(application, section=section, values=values, by=actor, now=now)


ANSWERS: dict[str, object] = {
    "starts_on": "2027-06-01",
    "ends_on": "2027-09-30",
    "travel_from": "2027-06-02",
    "travel_until": "2027-06-04",
}
BY_KIND = {
    "short_text": lambda _q: "A short answer",
    "long_text": lambda q: f"What we say about “{q.label}”, in our own words.",
    "number": lambda _q: "3",
    "money": lambda _q: "1200.50",
    "date": lambda _q: "2027-06-01",
    "choice": lambda q: q.choices[0][0],
    "yes_no": lambda _q: "yes",
    "milestones": lambda _q: "2027-07-01\tWear test is done\n2027-09-15\tReport is accepted",
}


def submitted(
    world: World, kind: str = "insight", *, by: User | None = None, host: str = "DE-NDS"
) -> Application:
    """Return a complete application that has been submitted."""
    user = by or world.sme
    application = complete_draft(world, kind, by=user, host=host)
    send(application, world, by=user)
    return application


def send(application: Application, world: World, *, by: User | None = None) -> None:
    """Declare and submit."""
    drafts.send(
        application,
        declarations=drafts.DECLARATIONS,
        by=Actor.person(by or world.sme),
        now=world.now,
    )
    application.refresh_from_db()


def returned(world: World, kind: str = "insight", *, by: User | None = None) -> Application:
    """Return an application that the broker has sent back with a question."""
    application = submitted(world, kind, by=by)
    applications.send_back(
        application,
        kind=ReturnKind.QUESTION,
        message="Which of the two carriers did you test?",
        answer_by=world.now + timedelta(days=5),
        by=Actor.person(world.broker),
        now=world.now,
    )
    return application


def eligible(world: World, kind: str = "insight", *, by: User | None = None) -> Application:
    """Return an application that home's broker found eligible."""
    application = submitted(world, kind, by=by)
    applications.find_eligible(application, by=Actor.person(world.broker), now=world.now)
    return application


def approved(world: World, kind: str = "insight", *, by: User | None = None) -> Award:
    """Return the award of an application that every region has signed."""
    application = eligible(world, kind, by=by)
    amount = application.amount
    signers = [(Side.HOME, world.broker), (Side.HOST, world.host_broker)]
    needed = signers if application.needs_host_signature else signers[:1]
    for side, person in needed:
        awards.sign(application, side=side, amount=amount, by=Actor.person(person), now=world.now)
    return Award.objects.get(application=application)


def rejected(world: World, kind: str = "insight", *, by: User | None = None) -> Application:
    """Return an application that was rejected and told so."""
    application = eligible(world, kind, by=by)
    awards.reject(
        application,
        reason=RejectReason.QUALITY,
        message="Other applications were stronger.",
        by=Actor.person(world.broker),
        now=world.now,
    )
    application.refresh_from_db()
    return application


def _region(programme: Programme, *row: str) -> Region:
    code, name, country, nuts, zone, language = row
    region = Region.objects.create(
        code=code,
        slug=name.lower().replace(" ", "-"),
        name=name,
        country=country,
        nuts=nuts,
        time_zone=zone,
        language=language,
        team_email=f"team@{code.lower()}.example",
        broker_organisation=f"Voorbeeld Broker {name}",
    )
    ProgrammeRegion.objects.create(
        programme=programme,
        region=region,
        partner=f"Voorbeeld Broker {name}",
        starts_on=programme.starts_on,
        ends_on=programme.ends_on,
    )
    return region


def _pot(programme: Programme, region: Region, now: datetime) -> Pot:
    pot = calls.add_pot(programme, region=region, by=SET_UP, now=now + OPENS)
    ledger.allocate(pot, amount=ALLOCATED, reason="Grant", by=SET_UP, now=now + OPENS)
    return pot


def _offer(call: Call, kind: str, now: datetime) -> CallVoucherType:
    at = now + OPENS - timedelta(days=25)
    voucher_type = calls.add_voucher_type(
        call.programme,
        code=kind,
        kind=kind,
        order=len(call.programme.voucher_types.all()),
        summary=f"What {kind} is for",
        rules_text="The partner is in another region.\nThe work starts after the award.",
        by=SET_UP,
        now=at,
        **TYPES[kind],
    )
    calls.set_cost_kinds(voucher_type, kinds=COSTS, by=SET_UP, now=at)
    question_set = calls.publish_questions(
        call.programme, code=kind, questions=questions.BY_CODE[kind], by=SET_UP, now=at
    )
    return calls.offer(call, voucher_type, question_set=question_set, by=SET_UP, now=at)


def _staff(email: str, role: Role, region: Region, now: datetime) -> User:
    person = make_person(email)
    RegionRole.objects.create(
        user=person,
        region=region,
        role=role,
        organisation=f"{role} office {region.name}",
        starts_at=now - timedelta(days=365),
    )
    return person


def _manager(programme: Programme, email: str, role: Role, now: datetime) -> User:
    person = make_person(email)
    ProgrammeRole.objects.create(
        user=person, programme=programme, role=role, starts_at=now - timedelta(days=365)
    )
    return person


def _record(world: World, region: Region) -> Record:
    """Return a facility of the region whose provider has accepted the rules."""
    slug = region.slug
    rules, _created = AccessRules.objects.get_or_create(
        programme=world.programme,
        version=1,
        defaults={"text": "Answer within ten days.", "published_at": world.now + OPENS},
    )
    provider = Provider.objects.create(
        organisation=Organisation.objects.create(
            name=f"Musterlab {region.name}", country=region.country, region=region
        ),
        slug=f"musterlab-{slug}",
        kind="public",
        region=region,
        accepted_rules=rules,
        accepted_at=world.now + OPENS,
    )
    made = catalogue.add_record(
        provider,
        slug=f"mass-spectrometry-{slug}",
        kind=RecordKind.FACILITY,
        fields=RecordFields(
            title=f"Mass spectrometry {region.name}",
            summary="Measures peptides in plasma.",
            voucher_kinds=[*TYPES],
            contact_email=f"lab@{slug}.example",
        ),
        confirmed_on=(world.now - timedelta(days=30)).date(),
        by=SET_UP,
        now=world.now + OPENS,
    )
    catalogue.publish(made, by=SET_UP, now=world.now + OPENS)
    return made


def _forget(user: models.Model) -> None:
    """Drop what the person's row remembers, as the next request would."""
    user.__dict__.pop("held", None)
