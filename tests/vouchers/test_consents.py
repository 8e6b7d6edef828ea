"""A partner's consent: asked once, given or declined in time, void with its host."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from portal.models import JournalEntry, MailLink, OutgoingMail
from portal.permissions import Actor
from portal.workflow import IllegalMove, digest
from tests.vouchers import factories
from vouchers.actions import applications, consents, draft_rows, drafts
from vouchers.actions.applications import NotComplete
from vouchers.actions.consents import AlreadyAsked, NoContact, NotNeeded
from vouchers.actions.draft_rows import HostFields
from vouchers.enums import ConsentState
from vouchers.models import Host, PartnerConsent
from vouchers.permissions import PARTNER
from vouchers.rules.verdict import Refused
from vouchers.snapshots import content_of

pytestmark = pytest.mark.django_db
LAB = "lab@lower-saxony.example"


@pytest.fixture
def world():
    return factories.make_world()


@pytest.fixture
def host(world) -> Host:
    """The partner of an otherwise complete Insight draft, who was not asked yet."""
    application = factories.complete_draft(world)
    host = application.hosts.get()
    for model in (PartnerConsent, MailLink, OutgoingMail):
        model.objects.all().delete()
    return host


def consents_of(host):
    return PartnerConsent.objects.filter(host=host)


def give(consent, world, *, now=None, **said):
    confirmed = factories.confirmation(**said)
    return consents.give(consent, said=confirmed, by=PARTNER, now=now or world.now)


def kinds() -> list[tuple[str, list[str]]]:
    return list(OutgoingMail.objects.order_by("pk").values_list("kind", "to"))


def test_asking_writes_one_letter_to_the_private_contact(world, host):
    consent = factories.asked(host, by=world.sme)
    mail = OutgoingMail.objects.get()
    assert (consent.state, consent.contact_email, consent.language) == ("asked", LAB, "de")
    assert (mail.kind, mail.to, mail.language, mail.reply_to, mail.is_private) == (
        "partner_asked",
        [LAB],
        "de",
        "team@nl-enl.example",
        True,
    )
    assert "/provider/consent/" in mail.body


def test_asking_again_while_one_waits_sends_nothing(world, host):
    factories.asked(host, by=world.sme)
    with pytest.raises(AlreadyAsked):
        factories.asked(host, by=world.sme)
    assert (consents_of(host).count(), OutgoingMail.objects.count()) == (1, 1)


def test_a_partner_who_confirmed_is_not_asked_again(world, host):
    factories.consented(host, by=world.sme)
    with pytest.raises(AlreadyAsked):
        factories.asked(host, by=world.sme)


def test_a_partner_who_declined_can_be_asked_again(world, host):
    consent = factories.asked(host, by=world.sme)
    consents.decline(consent, reason="Fully booked.", by=PARTNER, now=world.now)
    factories.consented(host, by=world.sme)
    assert [c.state for c in consents_of(host)] == ["given", "declined"]
    assert host.confirmed == consents_of(host).first()


def test_a_link_that_is_too_old_makes_room_for_a_new_question(world, host):
    consent = factories.asked(host, by=world.sme)
    PartnerConsent.objects.filter(pk=consent.pk).update(expires_at=timezone.now())
    factories.asked(host, by=world.sme)
    assert [c.state for c in consents_of(host)] == ["asked", "void"]
    assert MailLink.objects.filter(replaced_at=None).count() == 1


def test_the_applicant_alone_asks(world, host):
    with pytest.raises(PermissionDenied):
        factories.asked(host, by=factories.another_sme(world))
    with pytest.raises(PermissionDenied):
        factories.asked(host, by=world.broker)


def test_a_meet_and_greet_needs_no_consent(world):
    application = factories.complete_draft(world, "meet_greet")
    with pytest.raises(NotNeeded):
        factories.asked(application.hosts.get(), by=world.sme)
    factories.send(application, world)


def test_somebody_without_an_address_cannot_be_asked(world, host):
    Host.objects.filter(pk=host.pk).update(record=None)
    with pytest.raises(NoContact):
        factories.asked(Host.objects.get(pk=host.pk), by=world.sme)


def test_a_partner_named_by_hand_is_asked_where_the_applicant_says(world, host):
    Host.objects.filter(pk=host.pk).update(
        record=None, contact_name="M. Muster", contact_email="m@muster.example"
    )
    factories.asked(Host.objects.get(pk=host.pk), by=world.sme)
    assert kinds() == [("partner_asked", ["m@muster.example"])]


def test_giving_is_stored_told_and_journalled(world, host):
    consent = give(factories.asked(host, by=world.sme), world, price=Decimal("3800.00"))
    stored = PartnerConsent.objects.get(pk=consent.pk)
    assert (stored.state, stored.price, stored.starts_on, stored.ends_on) == (
        "given",
        Decimal("3800.00"),
        date(2027, 6, 1),
        date(2027, 8, 31),
    )
    assert (stored.answered_at, stored.signatory_name) == (world.now, "M. Muster")
    assert kinds() == [
        ("partner_asked", [LAB]),
        ("partner_receipt", [LAB]),
        ("partner_confirmed", [world.sme.email]),
    ]
    entries = JournalEntry.objects.about(stored).order_by("pk")
    assert [(e.verb, e.before, e.after, e.by_label) for e in entries] == [
        ("ask_consent", "", "asked", "person"),
        ("give_consent", "asked", "given", "partner"),
    ]
    assert MailLink.objects.get().replaced_at is not None


def test_every_state_takes_its_verbs_only(world, host):
    consent = give(factories.asked(host, by=world.sme), world)
    for verb in (
        lambda: give(consent, world),
        lambda: consents.decline(consent, reason="No.", by=PARTNER, now=world.now),
    ):
        with pytest.raises(IllegalMove):
            verb()
    by = Actor.person(world.sme)
    with pytest.raises(PermissionDenied):
        consents.give(consent, said=factories.confirmation(), by=by, now=world.now)


CLOSING = datetime(2027, 4, 8, 21, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("after", "counts"), [(0, True), (60, True), (62, False), (24 * 3600, False)]
)
def test_an_answer_counts_until_the_closing_with_its_grace(after, counts):
    world = factories.make_world(closes_at=CLOSING)
    host = factories.complete_draft(world).hosts.get()
    consents_of(host).delete()
    consent = factories.asked(host, by=world.sme)
    now = CLOSING + timedelta(seconds=after)
    assert consents.is_open(consent, now=now) is counts
    if counts:
        assert give(consent, world, now=now).is_given
    else:
        with pytest.raises(Refused):
            give(consent, world, now=now)
        with pytest.raises(Refused):
            consents.decline(consent, reason="No.", by=PARTNER, now=now)


def test_nobody_answers_for_a_withdrawn_application(world, host):
    consent = factories.asked(host, by=world.sme)
    by = Actor.person(world.sme)
    applications.withdraw(host.application, by=by, now=world.now)
    with pytest.raises(IllegalMove):
        give(consent, world)
    applications.reopen(host.application, by=by, now=world.now)
    assert give(consent, world).is_given


def test_no_consent_no_submission(world, host):
    application = host.application
    for step in (
        lambda: None,
        lambda: factories.asked(host, by=world.sme),
        lambda: consents.decline(consents_of(host).get(), reason="No.", by=PARTNER, now=world.now),
    ):
        step()
        with pytest.raises(NotComplete) as refused:
            factories.send(application, world)
        assert refused.value.missing == ["consent"]
    factories.consented(host, by=world.sme)
    factories.send(application, world)
    assert application.state == "submitted"


def test_the_submission_freezes_what_was_confirmed(world, host):
    factories.consented(host, by=world.sme, has_conflict=True, conflict="We own a share.")
    factories.send(host.application, world)
    submission = host.application.submissions.get()
    assert submission.content["hosts"][0]["consent"] == {
        "work": "We measure the peptide in plasma of ten donors.",
        "price": "7200.00",
        "starts_on": "2027-06-01",
        "ends_on": "2027-08-31",
        "has_conflict": True,
        "conflict": "We own a share.",
        "signatory_name": "M. Muster",
        "signatory_role": "Head of laboratory",
        "given_at": "2027-03-08T09:00:00Z",
    }
    assert submission.content_hash == digest(content_of(host.application))


def test_a_returned_application_keeps_its_consent(world):
    application = factories.returned(world)
    assert application.hosts.get().confirmed is not None
    factories.send(application, world)
    assert application.submissions.count() == 2


def test_a_partner_may_answer_while_the_application_is_returned(world):
    application = factories.returned(world)
    by, record = Actor.person(world.sme), world.records["BE-WAL"]
    draft_rows.set_hosts(application, hosts=[draft_rows.host_of(record)], by=by, now=world.now)
    consent = factories.asked(application.hosts.get(), by=world.sme)
    later = world.now + timedelta(days=5)
    assert give(consent, world, now=later).is_given
    assert not consents.is_open(consent, now=later + timedelta(minutes=2))


def set_hosts(host, world, *hosts):
    by = Actor.person(world.sme)
    draft_rows.set_hosts(host.application, hosts=hosts, by=by, now=world.now)


def test_another_partner_sets_the_consent_aside_and_ends_its_link(world, host):
    consent = factories.asked(host, by=world.sme)
    set_hosts(host, world, draft_rows.host_of(world.records["BE-WAL"]))
    stored = PartnerConsent.objects.get(pk=consent.pk)
    assert (stored.state, stored.host, stored.partner) == ("void", None, "Musterlab Lower Saxony")
    assert MailLink.objects.filter(used_at=None, replaced_at=None).count() == 0
    assert [e.verb for e in JournalEntry.objects.about(stored).order_by("pk")] == [
        "ask_consent",
        "void_consent",
    ]
    assert host.application.hosts.get().consent is None


def test_the_same_partner_keeps_its_row_and_its_consent(world, host):
    consent = factories.consented(host, by=world.sme)
    set_hosts(host, world, draft_rows.host_of(world.records["DE-NDS"]))
    kept = host.application.hosts.get()
    assert (kept.pk, kept.confirmed, kept.contact_email) == (host.pk, consent, LAB)


def test_a_partner_named_by_hand_is_the_same_by_name_place_and_contact(world, host):
    fields = {"name": "Institut", "region": world.host, "contact_name": "A", "website": ""}
    set_hosts(host, world, HostFields(**fields, contact_email="a@x.example"))
    first = host.application.hosts.get()
    set_hosts(host, world, HostFields(**fields, contact_email="a@x.example"))
    assert host.application.hosts.get().pk == first.pk
    set_hosts(host, world, HostFields(**fields, contact_email="b@x.example"))
    assert host.application.hosts.get().pk != first.pk


def test_partners_can_change_places(world):
    application = factories.draft(world, "meet_greet")
    by = Actor.person(world.sme)
    fields = [HostFields(name=f"Host {n}", region=world.host) for n in range(3)]
    draft_rows.set_hosts(application, hosts=fields, by=by, now=world.now)
    before = {host.name: host.pk for host in application.hosts.all()}
    draft_rows.set_hosts(application, hosts=fields[::-1][:2], by=by, now=world.now)
    after = {host.name: (host.pk, host.position) for host in application.hosts.all()}
    assert after == {"Host 2": (before["Host 2"], 1), "Host 1": (before["Host 1"], 2)}


def test_title_and_text_may_change_under_a_consent(world, host):
    consent = factories.consented(host, by=world.sme)
    by = Actor.person(world.sme)
    drafts.set_basics(host.application, values={"title": "Another"}, by=by, now=world.now)
    assert Host.objects.get(pk=host.pk).confirmed == consent


def test_a_host_has_one_open_or_given_consent(world, host):
    consent = factories.asked(host, by=world.sme)
    consent.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        consent.save(force_insert=True)


def test_renewing_ends_the_old_link_and_writes_once_more(world, host):
    consent = factories.asked(host, by=world.sme)
    link = MailLink.objects.get()
    later = timezone.now() + timedelta(days=61)
    assert consents.renew(link, now=world.now, link_now=later) is True
    assert [m[0] for m in kinds()] == ["partner_asked", "partner_asked"]
    waiting = MailLink.objects.filter(replaced_at=None, used_at=None)
    assert [one.expires_at > later for one in waiting] == [True]
    give(consent, world)
    assert consents.renew(link, now=world.now, link_now=later) is False
    assert ConsentState(PartnerConsent.objects.get().state) == ConsentState.GIVEN
