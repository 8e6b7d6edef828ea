"""Partners at the desk: what they confirmed, a low price, and those named by hand."""

import re
from decimal import Decimal

import pytest
from django.http import Http404
from django.urls import reverse

from catalogue.actions.joining import BelongsElsewhere
from catalogue.models import Provider, Record
from portal.models import JournalEntry, Organisation, OutgoingMail
from portal.permissions import Actor
from tests.vouchers import factories
from vouchers.actions import applications, awards, consents, draft_rows, drafts, partners
from vouchers.actions.applications import NotComplete
from vouchers.actions.draft_rows import HostFields
from vouchers.actions.partners import AlreadyJudged
from vouchers.actions.signing import PartnerNotListed, PartnerRefused, PriceNeedsReason
from vouchers.admin.verbs import VERBS
from vouchers.enums import ApplicationState, ReturnKind, Side
from vouchers.models import Application, Signature
from vouchers.permissions import PARTNER

pytestmark = pytest.mark.django_db
WORK = "We measure the peptide in plasma of ten donors."
RECORD = {
    "provider_kind": "public",
    "kind": "service",
    "title": "Peptides in plasma",
    "summary": WORK,
}


@pytest.fixture(autouse=True)
def relaxed(settings) -> None:
    settings.MFA_RELAXED_FOR_DEMO = True


@pytest.fixture
def world(freeze) -> factories.World:
    freeze(factories.NOW)
    return factories.make_world()


def eligible(world, **said) -> Application:
    """An eligible Insight application whose partner said something else than usual."""
    application = factories.complete_draft(world)
    application.consents.all().delete()
    factories.consented(application.hosts.get(), by=world.sme, **said)
    factories.send(application, world)
    applications.find_eligible(application, by=Actor.person(world.broker), now=world.now)
    return application


def by_hand(world, name="Institut Muster") -> Application:
    """An application with a partner named by hand, which home has signed."""
    application = factories.complete_draft(world)
    by = Actor.person(world.sme)
    fields = HostFields(
        name, region=world.host, contact_name="A. Muster", contact_email="a@muster.example"
    )
    draft_rows.set_hosts(application, hosts=[fields], by=by, now=world.now)
    factories.consented(application.hosts.get(), by=world.sme)
    factories.send(application, world)
    applications.find_eligible(application, by=Actor.person(world.broker), now=world.now)
    sign(application, world)
    return application


def sign(application, world, side=Side.HOME, **more):
    person = world.broker if side == Side.HOME else world.host_broker
    by = Actor.person(person)
    return awards.sign(
        Application.objects.get(pk=application.pk),
        side=side,
        amount=application.amount,
        by=by,
        now=world.now,
        **more,
    )


def listed(application, world, *, by=None, **more):
    return partners.list_partner(
        application.hosts.get(),
        **{**RECORD, **more},
        by=Actor.person(by or world.host_broker),
        now=world.now,
    )


def refuse(application, world, *, by=None):
    partners.refuse_partner(
        application.hosts.get(),
        reason="It has closed.",
        by=Actor.person(by or world.host_broker),
        now=world.now,
    )


def address(application, page="change") -> str:
    return reverse(f"admin:vouchers_application_{page}", args=[application.reference])


def look(client, user, application) -> str:
    client.force_login(user)
    plain = re.sub(r"<[^>]+>", " ", client.get(address(application)).content.decode())
    return " ".join(plain.split())


def press(client, user, application, verb, **data):
    client.force_login(user)
    return client.post(
        address(application, verb), {f"{verb}-{name}": value for name, value in data.items()}
    )


def test_home_and_host_read_what_was_confirmed(client, world):
    application = factories.eligible(world)
    sign(application, world)
    for user in (world.broker, world.host_broker, world.manager):
        shown = look(client, user, application)
        for words in (
            WORK,
            "€7,200",
            "1 June 2027 to 31 August 2027",
            "M. Muster",
            "No interest declared",
        ):
            assert words in shown
        assert "8 March 2027" in shown
        assert "lab@lower-saxony.example" not in shown


def test_a_conflict_of_interest_is_a_named_warning(client, world):
    application = eligible(world, has_conflict=True, conflict="We own a share.")
    sign(application, world)
    words = "Conflict of interest Musterlab Lower Saxony declares: We own a share."
    for user in (world.broker, world.host_broker):
        assert words in look(client, user, application)


def test_home_answers_a_low_price_with_a_reason(client, world):
    application = eligible(world, price=Decimal("3800.00"))
    shown = look(client, world.broker, application)
    assert "The partner's price of €3,800 is below the lump sum of €4,000" in shown.replace(
        "&#x27;", "'"
    )
    assert "Why do you sign although the price is below the lump sum?" in shown
    for reason in ("", "  "):
        answer = press(
            client, world.broker, application, "sign_home", amount="4000", price_reason=reason
        )
        assert answer.status_code == 200
        assert "Say why the price may be below the lump sum" in answer.content.decode()
    assert Signature.objects.count() == 0
    with pytest.raises(PriceNeedsReason):
        sign(application, world)
    reason = "Travel makes up the rest."
    press(client, world.broker, application, "sign_home", amount="4000", price_reason=reason)
    signature = Signature.objects.get()
    assert signature.price_reason == reason
    entry = JournalEntry.objects.about(signature).get(verb="sign_home")
    assert entry.personal["price_reason"] == reason
    assert reason in look(client, world.broker, application)
    assert reason not in look(client, world.host_broker, application)
    assert sign(application, world, Side.HOST) is not None


def test_a_price_above_the_lump_sum_is_fine(client, world):
    application = factories.eligible(world)
    shown = look(client, world.broker, application)
    assert "below the lump sum" not in shown
    sign(application, world)


def test_the_host_does_not_sign_for_a_partner_that_nobody_knows(client, world):
    application = by_hand(world)
    with pytest.raises(PartnerNotListed):
        sign(application, world, Side.HOST)
    answer = press(client, world.host_broker, application, "sign_host", amount="4000")
    assert "Institut Muster is not in the catalogue: make it a record" in answer.content.decode()
    listed(application, world)
    assert sign(application, world, Side.HOST) is not None


def test_a_partner_becomes_a_draft_record(client, world):
    application = by_hand(world)
    assert "Make it a record" in look(client, world.host_broker, application)
    answer = press(
        client,
        world.host_broker,
        application,
        "list_partner",
        host=application.hosts.get().pk,
        **RECORD,
    )
    assert answer.status_code == 302
    record = application.hosts.get().record
    assert (record.state, record.region, record.contact_email, record.provider.slug) == (
        "draft",
        world.host,
        "a@muster.example",
        "institut-muster",
    )
    assert application.hosts.get().confirmed is not None
    assert "Make it a record" not in look(client, world.host_broker, application)


@pytest.mark.parametrize("name", ["Institut Muster", "Institut " + "M" * 150])
def test_an_address_that_an_applicant_typed_stays_private(world, name):
    application = by_hand(world, name)
    application.hosts.update(contact_name="")
    record = listed(application, world)
    assert (record.public_contact, record.work_contact) == ("", "a@muster.example")
    assert record.contact_name == name[:120]


def test_an_organisation_and_its_provider_are_found_again(world):
    known = world.records["DE-NDS"].provider
    application = by_hand(world, "MUSTERLAB Lower-Saxony")
    record = listed(application, world)
    assert (record.provider, Provider.objects.count()) == (known, 4)
    firm = Organisation.objects.create(name="Neues Institut GmbH", country="DE")
    other = by_hand_of(world, "Neues Institut")
    assert listed(other, world).provider.organisation == firm
    assert Record.objects.filter(provider=known).count() == 2


def by_hand_of(world, name):
    usual, world.sme = world.sme, factories.another_sme(world)
    try:
        return by_hand(world, name)
    finally:
        world.sme = usual


def test_a_provider_of_another_region_stays_there(world):
    known = world.records["DE-NDS"].provider
    Provider.objects.filter(pk=known.pk).update(region=world.regions["BE-WAL"])
    application = by_hand(world, "Musterlab Lower Saxony")
    with pytest.raises(BelongsElsewhere):
        listed(application, world)


@pytest.mark.parametrize(
    ("region", "is_member", "words"),
    [
        ("BE-WAL", False, "Institut Muster belongs to Wallonia: refuse it, or ask the Access"),
        ("BE-WAL", True, "Institut Muster belongs to Wallonia: refuse it, or ask the Access"),
        ("DE-NDS", True, "People act for Institut Muster in the portal: let one of them ask"),
        (None, True, "People act for Institut Muster in the portal: let one of them ask"),
    ],
)
def test_what_others_decide_on_is_not_made_a_provider(client, world, region, is_member, words):
    people = [factories.make_person("owner@muster.example")] if is_member else []
    firm = factories.make_firm(world.host, *people, name="Institut Muster")
    Organisation.objects.filter(pk=firm.pk).update(region=world.regions.get(region))
    application = by_hand(world)
    host = application.hosts.get().pk
    answer = press(client, world.host_broker, application, "list_partner", host=host, **RECORD)
    assert (answer.status_code, words in answer.content.decode()) == (200, True)
    assert not Provider.objects.filter(organisation=firm).exists()


def test_a_refused_partner_sends_the_application_home(client, world):
    factories.reads_at_once(world.broker)
    application = by_hand(world)
    OutgoingMail.objects.all().delete()
    answer = press(
        client,
        world.host_broker,
        application,
        "refuse_partner",
        host=application.hosts.get().pk,
        reason="It has closed.",
    )
    assert answer.url == reverse("admin:vouchers_application_changelist")
    application.refresh_from_db()
    assert application.state == ApplicationState.ELIGIBLE
    assert Signature.objects.get().voided_at == world.now
    mails = OutgoingMail.objects.order_by("pk").values_list("kind", "to")
    assert list(mails) == [
        ("partner_refused_by_region", [world.sme.email]),
        ("partner_refused_for_team", ["broker@enl.example"]),
    ]
    assert "It has closed." in look(client, world.broker, application)
    client.force_login(world.host_broker)
    assert client.get(address(application)).status_code == 404
    with pytest.raises(PartnerRefused):
        sign(application, world)
    with pytest.raises(AlreadyJudged):
        refuse(application, world, by=world.manager)


@pytest.mark.parametrize(
    ("verb", "said"), [("list_partner", RECORD), ("refuse_partner", {"reason": "It has closed."})]
)
def test_a_partner_who_is_gone_is_not_found(world, verb, said):
    application = by_hand(world)
    gone = application.hosts.get()
    application.consents.update(state="void", host=None)
    application.hosts.all().delete()
    by = Actor.person(world.host_broker)
    with pytest.raises(Http404):
        VERBS[verb].run(application, host=gone, **said, by=by, now=world.now)


def test_after_a_refusal_the_applicant_names_another_partner(world):
    application = by_hand(world)
    refuse(application, world)
    applications.send_back(
        application,
        kind=ReturnKind.INCOMPLETE,
        message="Name another partner.",
        answer_by=world.call.closes_at,
        by=Actor.person(world.broker),
        now=world.now,
    )
    with pytest.raises(NotComplete) as refused:
        factories.send(application, world)
    assert refused.value.missing == ["hosts"]
    by, record = Actor.person(world.sme), world.records["DE-NDS"]
    draft_rows.set_hosts(application, hosts=[draft_rows.host_of(record)], by=by, now=world.now)
    factories.consented(application.hosts.get(), by=world.sme)
    factories.send(application, world)
    assert application.state == "submitted"


def test_a_manager_can_take_a_refusal_back(client, world):
    application = by_hand(world)
    refuse(application, world, by=world.manager)
    assert "Make it a record" in look(client, world.manager, application)
    listed(application, world, by=world.manager)
    assert not application.hosts.get().is_refused
    sign(application, world)
    assert sign(application, world, Side.HOST) is not None


@pytest.mark.parametrize("name", ["broker", "other_broker", "finance", "auditor", "sme"])
def test_the_host_region_and_managers_alone_judge_a_partner(client, world, name):
    application = by_hand(world)
    user = getattr(world, name)
    for verb in ("list_partner", "refuse_partner"):
        assert press(client, user, application, verb).status_code in {302, 403, 404}
    assert not application.hosts.get().is_refused
    assert application.hosts.get().record is None


def test_a_partner_is_not_judged_before_home_has_signed(client, world):
    application = by_hand(world)
    application.signatures.update(voided_at=world.now)
    assert press(client, world.host_broker, application, "refuse_partner").status_code == 404
    assert "Refuse this partner" not in look(client, world.manager, application)


def test_an_award_ends_the_time_to_judge(client, world):
    application = by_hand(world)
    listed(application, world)
    sign(application, world, Side.HOST)
    assert press(client, world.host_broker, application, "refuse_partner").status_code == 409


def test_a_partner_who_declines_is_not_frozen(world):
    application = factories.complete_draft(world)
    application.consents.all().delete()
    consent = factories.asked(application.hosts.get(), by=world.sme)
    consents.decline(consent, reason="No.", by=PARTNER, now=world.now)
    drafts.set_basics(application, values={"title": "T"}, by=Actor.person(world.sme), now=world.now)
    assert application.hosts.get().confirmed is None


def test_the_contact_of_a_partner_stays_behind_the_walls(client, world):
    application = by_hand(world)
    for user, status in ((world.other_broker, 404), (factories.another_sme(world), 302)):
        client.force_login(user)
        assert client.get(address(application)).status_code == status
        own = client.get(f"/applications/{application.address}/")
        assert own.status_code == 404
    for user in (world.broker, world.host_broker):
        assert "a@muster.example" in look(client, user, application)
