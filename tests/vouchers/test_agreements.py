"""The agreement of three: its text, who signs it until when, and what ends it."""

import threading
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils import timezone

from portal import links
from portal.enums import LinkFate
from portal.links import LinkNotValid
from portal.models import Document, JournalEntry, MailLink, OutgoingMail
from portal.permissions import Actor
from portal.workflow import IllegalMove
from tests.vouchers import agreeing, factories, lives
from vouchers.actions import claims, provider_answers, vouchers
from vouchers.actions.agreements import PURPOSE, renew
from vouchers.actions.provider_answers import SignedTooEarly
from vouchers.enums import AgreementState, AwardState, EndReason
from vouchers.models import Agreement, Award, RegionTerms, RegisterEntry, grants, to_register
from vouchers.reasons import sentence
from vouchers.rules.verdict import Refused

pytestmark = pytest.mark.django_db
G, A = AgreementState, AwardState
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
SIGN_BY = datetime(2027, 3, 22, 17, tzinfo=AMSTERDAM)
PROVIDER = "lab@lower-saxony.example"
SME = "sme@voorbeeld.example"
DAY = timedelta(days=1)


@pytest.fixture
def world() -> factories.World:
    return factories.make_world()


def refusal(refused) -> list[str]:
    return [sentence(reason) for reason in refused.value.verdict.reasons]


def test_the_text_comes_with_the_offer_and_the_firm_signs_it_by_accepting(world):
    award = lives.offered(agreeing.ask_for_agreements(world))
    agreement = award.agreement
    text = agreement.text
    assert (agreement.state, text.number, agreement.sign_by, agreeing.mails()) == (
        G.OPEN,
        "LSV-1-INS-001-A",
        None,
        [],
    )
    assert [party["name"] for party in text.facts["parties"]] == [
        "Voorbeeld Biotech BV",
        "Musterlab Lower Saxony",
        "Voorbeeld Broker East Netherlands",
    ]
    lives.accept(award, world)
    agreement.refresh_from_db()
    assert (agreement.sign_by, agreement.firm_email) == (SIGN_BY, SME)
    assert agreeing.mails() == [("agreement_asked", PROVIDER)]
    entry = JournalEntry.objects.get(verb="sign_for_firm")
    assert entry.data["text_hash"] == text.content_hash


def test_terms_without_an_agreement_ask_nobody(world):
    award = lives.accepted(world)
    assert (hasattr(award, "agreement"), Document.objects.filter(kind="agreement").count()) == (
        False,
        0,
    )


def test_all_signatures_stand_in_the_signed_text(world):
    award = agreeing.accepted(world)
    agreement = agreeing.sign(world.now + DAY)
    assert (agreement.state, agreement.signed.number) == (G.SIGNED, "LSV-1-INS-001-AS")
    facts = agreement.signed.facts
    assert (facts["text_number"], facts["text_hash"]) == (
        agreement.text.number,
        agreement.text.content_hash,
    )
    assert {name: facts[name] for name in agreement.text.facts} == agreement.text.facts
    assert [
        (one["party"], one["name"], one["role"], one["signed_at"], one["zone"])
        for one in facts["signatures"]
    ] == [
        (
            "Voorbeeld Broker East Netherlands",
            "Broker",
            "Access Broker, East Netherlands",
            "2027-03-08T09:00:00Z",
            "Europe/Amsterdam",
        ),
        (
            "Voorbeeld Biotech BV",
            "A. Voorbeeld",
            "Managing director",
            "2027-03-08T09:00:00Z",
            "Europe/Amsterdam",
        ),
        (
            "Musterlab Lower Saxony",
            "M. Muster",
            "Head of laboratory",
            "2027-03-09T09:00:00Z",
            "Europe/Amsterdam",
        ),
    ]
    told = OutgoingMail.objects.filter(kind__in=["agreement_signed", "agreement_receipt"])
    assert {mail.to[0]: [d.number for d in mail.documents.all()] for mail in told} == {
        SME: ["LSV-1-INS-001-AS"],
        PROVIDER: ["LSV-1-INS-001-AS"],
    }
    assert Award.objects.get(pk=award.pk).state == A.ACCEPTED


def test_no_claim_is_sent_before_the_provider_has_signed(world):
    agreeing.ask_for_agreements(world)
    claim = lives.written(world)
    by = Actor.person(world.sme)
    with pytest.raises(Refused) as refused:
        claims.file(claim, by=by, now=world.now)
    assert refusal(refused) == [
        "Musterlab Lower Saxony has not signed the agreement yet, so no claim can be sent"
    ]
    agreeing.sign(world.now)
    claims.file(lives.fresh(claim), by=by, now=world.now)
    assert lives.fresh(claim).state == "filed"


def test_a_provider_that_declines_ends_the_award_and_the_register_is_corrected(world):
    award = agreeing.accepted(world)
    RegisterEntry.objects.create(
        award=award, amount=award.amount, entered_at=world.now, entered_by=world.broker
    )
    agreeing.decline(world.now + DAY)
    award.refresh_from_db()
    assert (award.state, award.ended_as, award.end_note, award.agreement.state) == (
        A.LAPSED,
        EndReason.PARTNER_NO,
        "Our machine is broken.",
        G.DECLINED,
    )
    assert lives.ledger_of(award)[-1] == ("release", "committed", "4000.00")
    assert [(row.pk, row.due) for row in grants().filter(to_register())] == [(award.pk, 0)]
    assert agreeing.mails()[-2:] == [("partner_award_ended", PROVIDER), ("award_ended", SME)]


@pytest.mark.parametrize("times", [1, 3])
def test_the_provider_is_reminded_once_after_a_week_and_then_the_award_lapses(world, times):
    award = agreeing.accepted(world)
    for days in (6, 8, 9, 13):
        for _again in range(times):
            agreeing.keep(world.now + days * DAY)
    assert agreeing.mails()[1:] == [
        ("agreement_reminder", PROVIDER),
        ("agreement_waits", SME),
    ]
    agreeing.keep(SIGN_BY)
    assert Award.objects.get(pk=award.pk).state == A.ACCEPTED
    for _again in range(times):
        agreeing.keep(SIGN_BY + timedelta(seconds=1))
    award = Award.objects.get(pk=award.pk)
    assert (award.state, award.ended_as, award.agreement.state) == (
        A.LAPSED,
        EndReason.NOT_SIGNED,
        G.VOID,
    )
    assert lives.ledger_of(award)[-1] == ("release", "committed", "4000.00")
    assert agreeing.mails()[3:] == [("partner_award_ended", PROVIDER), ("award_ended", SME)]


def test_after_a_missed_week_nobody_is_reminded_too_late(world):
    agreeing.accepted(world)
    agreeing.keep(SIGN_BY + DAY)
    assert [kind for kind, _to in agreeing.mails() if "remind" in kind or "waits" in kind] == []


def test_a_signed_agreement_never_lapses(world):
    award = agreeing.accepted(world)
    agreeing.sign(world.now)
    agreeing.keep(SIGN_BY + DAY)
    with pytest.raises(IllegalMove):
        vouchers.lapse(award, reason=EndReason.NOT_SIGNED, by=Actor.clock(), now=SIGN_BY)
    assert Award.objects.get(pk=award.pk).state == A.ACCEPTED


def test_the_last_instant_counts_and_the_next_does_not(world):
    agreeing.accepted(world)
    with pytest.raises(Refused) as refused:
        agreeing.sign(SIGN_BY + timedelta(seconds=1))
    [said] = refusal(refused)
    assert said == (
        "The time to sign ended on 22 March 2027, 17:00 Amsterdam time, so the award lapses: "
        "write to the Access Broker"
    )
    assert agreeing.sign(SIGN_BY).state == G.SIGNED


def test_a_link_signs_once_and_the_reminder_replaces_it(world):
    agreeing.accepted(world)
    first = agreeing.token()
    agreeing.keep(world.now + 8 * DAY)
    with pytest.raises(LinkNotValid) as over:
        links.find(PURPOSE, first, now=timezone.now())
    assert over.value.fate == LinkFate.REPLACED
    used = agreeing.token()
    agreeing.sign(world.now + 9 * DAY)
    with pytest.raises(LinkNotValid):
        links.find(PURPOSE, used, now=timezone.now())


def test_a_cancelled_award_sets_its_agreement_aside_and_tells_the_provider(world):
    award = agreeing.accepted(world)
    token = agreeing.token()
    vouchers.cancel(award, reason="Closed.", by=Actor.person(world.broker), now=world.now)
    assert Agreement.objects.get().state == G.VOID
    assert ("partner_award_ended", PROVIDER) in agreeing.mails()
    with pytest.raises(LinkNotValid):
        links.find(PURPOSE, token, now=timezone.now())


def test_an_offer_that_ends_tells_no_provider(world):
    award = lives.offered(agreeing.ask_for_agreements(world))
    vouchers.decline(award, reason="No.", by=Actor.person(world.sme), now=world.now)
    assert (Agreement.objects.get().state, agreeing.mails()) == (
        G.VOID,
        [("award_ended", SME)],
    )


@pytest.mark.parametrize("role", ["sme", "broker"])
def test_paper_counts_when_somebody_says_who_signed_it_and_when(world, role):
    award = agreeing.accepted(world)
    later = world.now + 3 * DAY
    said = agreeing.paper(date(2027, 3, 10))
    by = Actor.person(getattr(world, role))
    row = provider_answers.file_paper(award.agreement, paper=said, by=by, now=later)
    assert (row.state, row.signed_on, row.filed_by, row.paper.name) == (
        G.SIGNED,
        date(2027, 3, 10),
        getattr(world, role),
        "signed.pdf",
    )
    last = row.signed.facts["signatures"][-1]
    assert (last["signed_at"], last["signed_on"]) == (None, "2027-03-10")
    assert last["means"] == f"On paper, filed by {by.user}"


@pytest.mark.parametrize("day", [date(2027, 3, 7), date(2027, 3, 12)])
def test_paper_from_before_the_firm_or_after_today_does_not_count(world, day):
    award = agreeing.accepted(world)
    with pytest.raises(SignedTooEarly):
        provider_answers.file_paper(
            award.agreement,
            paper=agreeing.paper(day),
            by=Actor.person(world.broker),
            now=world.now + 3 * DAY,
        )
    assert Agreement.objects.get().state == G.OPEN


@pytest.mark.parametrize("role", ["host_broker", "other_broker", "finance", "manager", "auditor"])
def test_nobody_else_files_or_writes_for_the_provider(world, role):
    award = agreeing.accepted(world)
    by = Actor.person(getattr(world, role))
    with pytest.raises(PermissionDenied):
        provider_answers.file_paper(
            award.agreement, paper=agreeing.paper(date(2027, 3, 8)), by=by, now=world.now
        )
    with pytest.raises(PermissionDenied):
        write_again(award, by, world.now)


def write_again(award: Award, by: Actor, now: datetime) -> None:
    provider_answers.write_again(
        award.agreement,
        contact_name="N. Neu",
        contact_email="new@lab.example",
        by=by,
        now=now,
        link_now=timezone.now(),
    )


def test_the_broker_writes_to_another_contact_and_the_old_link_ends(world):
    award = agreeing.accepted(world)
    old = agreeing.token()
    write_again(award, Actor.person(world.broker), world.now)
    assert agreeing.mails()[-1] == ("agreement_asked", "new@lab.example")
    with pytest.raises(LinkNotValid):
        links.find(PURPOSE, old, now=timezone.now())
    assert agreeing.sign(world.now).state == G.SIGNED
    with pytest.raises(PermissionDenied):
        write_again(award, Actor.person(world.sme), world.now)
    with pytest.raises(IllegalMove):
        write_again(award, Actor.person(world.broker), world.now)


def test_an_expired_link_is_renewed_once_to_the_same_address(world):
    agreeing.accepted(world)
    link = MailLink.objects.get(purpose=PURPOSE)
    instants = {"now": world.now, "link_now": timezone.now()}
    assert [renew(link, **instants), renew(link, **instants)] == [True, False]
    assert agreeing.mails()[-1] == ("agreement_asked", PROVIDER)


def test_a_region_may_agree_otherwise(world):
    kind = world.voucher_type("insight")
    RegionTerms.objects.create(voucher_type=kind, region=world.home, needs_agreement=True)
    stated = kind.stated_terms()
    assert stated["regions"] == {"NL-ENL": {"needs_agreement": True}}


@pytest.mark.django_db(transaction=True)
def test_a_signature_and_the_end_of_its_time_do_not_both_count():
    world = factories.make_world()
    award = agreeing.accepted(world)
    done: list[str] = []

    def run() -> None:
        try:
            agreeing.sign(SIGN_BY)
            done.append("signed")
        except (IllegalMove, LinkNotValid):
            done.append("too late")
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    agreeing.keep(SIGN_BY + timedelta(seconds=1))
    thread.join()
    award = Award.objects.get(pk=award.pk)
    expected = {"signed": (A.ACCEPTED, G.SIGNED), "too late": (A.LAPSED, G.VOID)}
    assert (award.state, award.agreement.state) == expected[done[0]]
