"""Every kind of letter, written by the real action to a real reader, in two languages."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import resolve
from django.utils import timezone

import vouchers.notifications
from brokers import actions as enquiries
from catalogue import actions as records
from catalogue.actions import experts, joining, upkeep, websites
from catalogue.enums import LinkProblem, ProviderKind, RecordKind
from catalogue.models import Competence, Revision
from portal import uploads
from portal.actions import organisations, people
from portal.enums import Role
from portal.models import OutgoingMail, Region, RegionRole, User
from portal.notifications import Notification, blocks
from portal.permissions import Actor
from tests.catalogue import factories as catalogue
from tests.vouchers import factories, lives
from tests.vouchers.factories import World
from vouchers.actions import (
    appeals,
    applications,
    assessments,
    awards,
    broker_drafts,
    calendar,
    call_changes,
    claims,
    co_applicants,
    conflicts,
    consents,
    draft_rows,
    drafts,
    evidence,
    extensions,
    held_files,
    partners,
    vouchers,
)
from vouchers.enums import PartyRole, RejectReason, SeatRole, Side
from vouchers.models import Application
from vouchers.permissions import PARTNER

pytestmark = pytest.mark.django_db
# Letters that ask for something until an instant or a day, which must stand out.
WITH_DEADLINE = frozenset(
    {
        "begun_by_broker",
        "call_changed",
        "call_closes_soon",
        "extension_given",
        "changes_requested",
        "claim_returned",
        "draft_started",
        "enquiry_for_team",
        "enquiry_received",
        "host_signature_reminder",
        "ineligible",
        "listing_for_team",
        "listing_received",
        "offer_reminder",
        "partner_asked",
        "rejected",
        "reserve_turn",
        "voucher_awarded",
    }
)
# A firm's or programme's person, or a question whose answer goes to who asked.
ANSWERED_ELSEWHERE = {
    "co_applicant_invited": "sme@voorbeeld.example",
    "call_change_asked": "manager@lsv.example",
    "journal_head": "",
    "enquiry_for_team": "vrager@voorbeeld.example",
    "listing_for_team": "nieuw@lab.example",
}
REMNANTS = re.compile(r"\{\{|\{%|%\(|\bNone\b|<[a-z/]|&[a-z]+;|&#|\bobject at 0x|__")
LINK = re.compile(r"https?://[^\s<>\"]+")


def kinds(base: type[Notification] = Notification) -> Iterator[str]:
    """The names of all letters."""
    for kind in base.__subclasses__():
        if "template" in vars(kind):
            yield kind.template.rsplit("/", 1)[-1]
        yield from kinds(kind)


@pytest.fixture(params=["en", "de"])
def mails(request, freeze) -> dict[str, OutgoingMail]:
    """One letter of each kind, the last that was written, to people of one language."""
    freeze(factories.NOW)
    world = factories.make_world()
    Region.objects.update(language=request.param)
    for region in world.regions.values():
        region.refresh_from_db()
    User.objects.update(language=request.param)
    world.sme.refresh_from_db()
    live(world, request.param)
    return {mail.kind: mail for mail in OutgoingMail.objects.order_by("pk")}


def live(world: World, language: str) -> None:
    """Do everything that writes to somebody."""

    def sme() -> User:
        person = factories.another_sme(world)
        person.language = language
        person.save()
        return person

    decide(world, sme)
    answer_as_partner(world, sme())
    refuse_partner(world, sme())
    assess(world, sme())
    pay(world, sme)
    remind(world, sme())
    find_virus(world, sme())
    invite(world)
    extend(world, sme)
    change_call(world, sme)
    appeal(world, sme())
    step_aside(world, sme())
    ask(world, language)
    change_record(world)
    change_people(world, language)
    join(world, language)
    keep_true(world)
    name_expert(world, language)


def decide(world: World, sme) -> None:
    """Withdraw, send back, refuse, reinstate, reject, put on reserve."""
    now, broker = world.now, Actor.person(world.broker)
    leaver = sme()
    applications.withdraw(factories.submitted(world, by=leaver), by=Actor.person(leaver), now=now)
    factories.returned(world, by=sme())
    refused = factories.submitted(world, by=sme())
    applications.find_ineligible(
        refused, reason=RejectReason.OUT_OF_SCOPE, message="Not life sciences.", by=broker, now=now
    )
    applications.reinstate(
        Application.objects.get(pk=refused.pk),
        reason="It is.",
        by=Actor.person(world.manager),
        now=now,
    )
    factories.rejected(world, by=sme())
    awards.reserve(factories.eligible(world, by=sme()), by=broker, now=now)
    calendar.call_reserve(by=Actor.clock(), now=now)
    world.call.reserve_until = now.date()
    world.call.save()
    calendar.end_reserves(by=Actor.clock(), now=now + timedelta(days=1))
    world.call.reserve_until = None
    world.call.save()


def answer_as_partner(world: World, sme: User) -> None:
    """Ask a partner who says no; the others say yes."""
    application = factories.draft(world, by=sme)
    factories.fill(application, world, by=sme)
    by, record = Actor.person(sme), world.records["BE-WAL"]
    draft_rows.set_hosts(application, hosts=[draft_rows.host_of(record)], by=by, now=world.now)
    consent = factories.asked(application.hosts.get(), by=sme)
    consents.decline(consent, reason="No time.", by=PARTNER, now=world.now)


def refuse_partner(world: World, sme: User) -> None:
    """Refuse a partner that was named by hand, once home has signed."""
    application = factories.eligible(world, by=sme)
    application.hosts.update(record=None)
    by, amount = Actor.person(world.broker), application.amount
    awards.sign(application, side=Side.HOME, amount=amount, by=by, now=world.now)
    broker = Actor.person(world.host_broker)
    partners.refuse_partner(
        application.hosts.get(), reason="It has closed.", by=broker, now=world.now
    )


def assess(world: World, sme: User) -> None:
    """Ask an assessor, and the host's signature of another application."""
    by = Actor.person(world.broker)
    first = factories.eligible(world, by=sme)
    assessments.assign(first, assessor=world.other_broker, by=by, now=world.now)
    second = factories.eligible(world, by=factories.another_sme(world))
    awards.sign(second, side=Side.HOME, amount=second.amount, by=by, now=world.now)
    calendar.remind_hosts(by=Actor.clock(), now=world.now + timedelta(days=30))
    evidence.send_heads(by=Actor.clock(), now=world.now)


def pay(world: World, sme) -> None:
    """Award, cancel, accept, claim, return and pay."""
    ended = factories.approved(world, by=sme())
    vouchers.cancel(ended, reason="Not due.", by=Actor.person(world.broker), now=world.now)
    claim = lives.returned(world, "meet_greet")
    claims.file(claim, by=Actor.person(world.sme), now=world.now)
    claim = lives.fresh(claim)
    claims.approve(claim, eligible={}, by=Actor.person(world.broker), now=world.now)
    by = Actor.person(world.finance)
    claims.pay(lives.fresh(claim), payment_reference="2027-1", by=by, now=world.now)


def remind(world: World, sme: User) -> None:
    """Let the clock run over the end of the call and of an offer."""
    by, closes_at = Actor.clock(), world.call.closes_at
    factories.complete_draft(world, by=sme)
    calendar.remind_drafts(by=by, now=closes_at - timedelta(days=1))
    calendar.remind_drafts(by=by, now=closes_at + timedelta(days=1))
    other = factories.another_sme(world)
    other.language = sme.language
    other.save()
    award = factories.approved(world, by=other)
    calendar.keep_offers(by=by, now=award.answer_by - timedelta(days=1))


def find_virus(world: World, sme: User) -> None:
    """Remove a file of a draft that was held."""
    draft = factories.draft(world, "collaboration", by=sme)
    question = draft.question_set.questions.filter(kind="file").first()
    file = uploads.Checked("quote.pdf", "application/pdf", lives.pdf(), "0" * 64, is_held=True)
    by = Actor.person(sme)
    kept = drafts.attach(draft, question=question, file=file, by=by, now=world.now)
    held_files.settle(kept.upload, virus="Eicar", by=Actor.clock(), now=world.now)


def ask(world: World, language: str) -> None:
    """Ask a broker and answer."""
    enquiry = enquiries.ask(
        region=world.home,
        language=language,
        name="A. Vrager",
        email="vrager@voorbeeld.example",
        organisation="Vrager BV",
        question="Which facility?\n\nOpen it: https://elsewhere.example/",
        by=Actor(user=None, label="visitor"),
        now=world.now,
    )
    by = Actor.person(world.broker)
    enquiries.answer(enquiry, text="Ours does.\n\nWrite to us.", by=by, now=world.now)


def change_record(world: World) -> None:
    """Change a record, have it sent back, correct it and have it published."""
    record, now = world.records["NL-ENL"], world.now
    by = broker = Actor.person(world.broker)
    term = Competence.objects.create(slug="imaging", name="Imaging")
    fields = {"competences": [term.slug], "access_types": ["remote"]}
    revision = records.write_revision(record, changes=fields, by=by, now=now)
    records.submit_revision(revision, by=by, now=now)
    note = "Say more.\n\nOpen it: https://elsewhere.example/"
    records.return_revision(revision, note=note, by=broker, now=now)
    records.submit_revision(revision, by=by, now=now)
    revision = Revision.objects.get()
    records.approve_revision(revision, submitted_at=now, by=broker, now=now)


def change_people(world: World, language: str) -> None:
    """Invite, end a role, ask to join and let in."""
    now, manager = world.now, Actor.person(world.manager)
    people.invite_staff(
        email="new@enl.example",
        role=Role.BROKER,
        scope=world.home,
        programme=world.programme,
        organisation="Broker office",
        by=manager,
        now=now,
        link_now=now,
    )
    people.end_role(RegionRole.objects.get(user=world.finance), by=manager, now=now)
    joiner = factories.make_person("joiner@voorbeeld.example", language=language)
    asked = organisations.ask_to_join(world.organisation, by=Actor.person(joiner), now=now)
    organisations.admit(asked, by=Actor.person(world.sme), now=now)


def join(world: World, language: str) -> None:
    """Ask to be listed, be refused and invited, and hear of new rules."""
    said = {
        "kind": ProviderKind.PUBLIC,
        "city": "Enschede",
        "website": "https://elsewhere.example/",
        "offer": "Peptides.\n\nOpen it: https://elsewhere.example/",
        "name": "A. Nieuw",
        "email": "nieuw@lab.example",
        "language": language,
        "by": Actor(user=None, label="visitor"),
        "now": world.now,
    }
    by, now = Actor.person(world.broker), world.now
    own = {**said, "organisation_name": "Voorbeeld BV", "email": catalogue.member().email}
    known = joining.ask_to_be_listed(region=world.home, **own)
    joining.accept_request(known, by=by, now=now, link_now=now)
    one, two = [
        joining.ask_to_be_listed(region=world.home, organisation_name=name, **said)
        for name in ("Nieuw Lab", "Ander Lab")
    ]
    joining.accept_request(one, by=by, now=now, link_now=now)
    joining.refuse_request(two, reason="Not life sciences.", by=by, now=now)
    providers = catalogue.Provider.objects.exclude(region=world.home)
    offices = catalogue.Organisation.objects
    offices.filter(provider__in=providers).update(email="")
    offices.filter(provider__region=world.home).update(email="office@lab.example")
    records.publish_access_rules(
        world.programme, text="Be fair.", by=Actor.person(world.manager), now=now
    )


def keep_true(world: World) -> None:
    """Ask whether a record is still true, and find its website gone."""
    row, by = world.records["NL-ENL"], Actor.clock()
    upkeep.ask_provider(
        row.provider, by=by, now=world.now + timedelta(days=400), link_now=world.now
    )
    gone = LinkProblem.NOT_FOUND
    websites.note_look(row, url=row.website, problem=gone, by=by, now=world.now)


def appeal(world: World, sme: User) -> None:
    """Appeal against a rejection, in vain."""
    rejected = factories.rejected(world, by=sme)
    filed = appeals.file(rejected, text="It is strong.", by=Actor.person(sme), now=world.now)
    appeals.dismiss(filed, answer="It is not.", by=Actor.person(world.manager), now=world.now)


def step_aside(world: World, sme: User) -> None:
    """Declare a conflict of interest, which a second person judges."""
    row = conflicts.declare(
        factories.submitted(world, by=sme),
        party=PartyRole.PARTNER,
        statement="My sister works there.",
        by=Actor.person(world.broker),
        now=world.now,
    )
    by = Actor.person(world.manager)
    conflicts.confirm(row, reason="She leads the laboratory.", by=by, now=world.now)


def invite(world: World) -> None:
    """Start a draft for a firm, and invite a co-applicant, who may edit a part."""
    broker = Actor.person(world.broker)
    offer, firm = world.offers["insight"], world.organisation
    broker_drafts.begin_for(offer, organisation=firm, by=broker, now=world.now)
    co_applicants.invite(
        factories.draft(world),
        email="lab@kollege.example",
        role=SeatRole.EDIT,
        sections=["about"],
        by=Actor.person(world.sme),
        now=world.now,
        link_now=timezone.now(),
    )


def extend(world: World, sme: Callable[[], User]) -> None:
    """Give one draft more time, ask a manager for more, and be refused."""
    now = world.call.closes_at + timedelta(hours=1)
    broker, manager = Actor.person(world.broker), Actor.person(world.manager)
    soon, later = now + timedelta(days=1), now + timedelta(days=20)
    given = {"reason": "hospital", "by": broker, "now": now}
    extensions.give(factories.draft(world, "insight", by=sme()), until=soon, **given)
    asked = extensions.give(factories.draft(world, "insight", by=sme()), until=later, **given)
    extensions.refuse(asked, by=manager, now=now)


def change_call(world: World, sme: Callable[[], User]) -> None:
    """Let the call close later, which a second manager agrees to."""
    factories.draft(world, "insight", by=sme())
    second = factories.another_manager(world)
    change = call_changes.ask(
        world.call,
        changes={"closes_at": world.call.closes_at + timedelta(days=2)},
        reason="The portal was down for a day.",
        by=Actor.person(world.manager),
        now=world.now,
    )
    call_changes.agree(change, by=Actor.person(second), now=world.now)


def name_expert(world: World, language: str) -> None:
    """Name a person, who agrees."""
    row = catalogue.record(
        world.records["NL-ENL"].provider, kind=RecordKind.EXPERT, is_public=False
    )
    experts.name_person(
        row,
        name="E. Deskundig",
        email="deskundig@lab.example",
        language=language,
        by=Actor.person(world.broker),
        now=world.now,
        link_now=world.now,
    )
    token = LINK.search(OutgoingMail.objects.latest("pk").body)[0].strip("/").rpartition("/")[2]
    experts.agree(token, shows_contact=False, now=world.now, link_now=world.now)


def test_every_letter_is_whole(mails):
    assert sorted(mails) == sorted(set(kinds()))
    home = "team@nl-enl.example"
    found = {kind: list(faults(mail)) for kind, mail in mails.items()}
    assert found == {kind: [] for kind in mails}
    assert {kind: mail.reply_to for kind, mail in mails.items()} == {
        kind: ANSWERED_ELSEWHERE.get(kind, home) for kind in mails
    }
    assert {kind for kind, mail in mails.items() if has_deadline(mail)} == WITH_DEADLINE


def has_deadline(mail: OutgoingMail) -> bool:
    """Whether a deadline stands out, in the text and in its twin."""
    found = [block.text for block in blocks(mail.body) if block.kind == "due"]
    return bool(found) and 'class="e-due"' in mail.html


def faults(mail: OutgoingMail) -> Iterator[str]:
    """Say what is wrong with a letter."""
    if not mail.subject.strip() or "\n" in mail.subject:
        yield f"subject: {mail.subject!r}"
    if not mail.body.strip() or not mail.html.startswith(("<!DOCTYPE", "\n<!DOCTYPE")):
        yield "no text or no twin"
    for line in [mail.subject, *mail.body.splitlines()]:
        # A link's token is random and may hold any sign of an address.
        if REMNANTS.search(LINK.sub("", line)):
            yield f"remnant: {line}"
    yield from bad_links(mail)


def bad_links(mail: OutgoingMail) -> Iterator[str]:
    """Say which links lead nowhere, and which buttons only one of the two has."""
    page = Twin(mail.html)
    buttons = [block.url for block in blocks(mail.body) if block.kind == "button"]
    if page.buttons != buttons:
        yield f"buttons: {page.buttons} are not {buttons}"
    quoted = " ".join(block.text for block in blocks(mail.body) if block.kind == "quote")
    for link in {*LINK.findall(mail.body), *page.links} - {*LINK.findall(quoted)}:
        path = link.removeprefix(settings.SITE_URL)
        if path == link:
            yield f"leads elsewhere: {link}"
        elif path:
            resolve(path)


class Twin:
    """The links and buttons of a letter's HTML."""

    def __init__(self, page: str) -> None:
        self.links = [unescape(link) for link in re.findall(r'<a href="([^"]+)"', page)]
        found = re.findall(r'class="e-btn".*?<a href="([^"]+)"', page, re.DOTALL)
        self.buttons = [unescape(link) for link in found]


def test_a_quoted_stranger_never_becomes_a_button(mails):
    for kind in (
        "enquiry_answered",
        "enquiry_for_team",
        "enquiry_received",
        "listing_for_team",
        "listing_received",
        "revision_returned",
    ):
        page = Twin(mails[kind].html)
        assert [link for link in page.links if "else" in link] == []


def test_what_a_person_wrote_is_quoted_whole(freeze):
    freeze(factories.NOW)
    world = factories.make_world()
    claim = lives.filed(world, "meet_greet")
    message = "Say whom you met.\n\nOpen the page: https://else.example/\nWe wait."
    by = Actor.person(world.broker)
    claims.send_back(claim, message=message, by=by, now=world.now)
    mail = OutgoingMail.objects.get(kind="claim_returned")
    award = factories.approved(world, by=factories.another_sme(world))
    reason = "No time.\n\nOpen the page: https://else.example/"
    vouchers.cancel(award, reason=reason, by=by, now=world.now)
    ended = OutgoingMail.objects.get(kind="award_ended")

    links = [*Twin(mail.html).links, *Twin(ended.html).links]
    assert [link for link in links if "else.example" in link] == []
    assert [line for line in mail.body.splitlines() if "We wait" in line] == ["  We wait."]


def test_no_letter_is_left_unproved():
    named = set(kinds())
    folder = Path(settings.BASE_DIR) / "templates"
    written = {path.name.removesuffix(".body.txt") for path in folder.rglob("email/*.body.txt")}
    assert written == named


def test_every_link_to_a_page_of_ours_is_a_button(mails):
    """Two links in one paragraph would be read as text."""
    own = f": {settings.SITE_URL}/"
    assert {
        kind
        for kind, mail in mails.items()
        for block in blocks(mail.body)
        if block.kind == "text" and own in block.text
    } == set()
