"""The pages of a consent: the SME's partner page, and the partner's page without an account."""

import re
from datetime import date, timedelta
from decimal import Decimal
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone

from portal.models import MailLink, OutgoingMail
from portal.permissions import Actor
from tests.vouchers import factories
from vouchers.actions import consents, draft_rows
from vouchers.actions.draft_rows import HostFields
from vouchers.models import Host, PartnerConsent
from vouchers.permissions import PARTNER

pytestmark = pytest.mark.django_db
SAID = {
    "answer": "give",
    "work": "We measure ten donors.",
    "price": "3,800",
    "starts_on": "1 June 2027",
    "ends_on": "31 August 2027",
    "has_conflict": "no",
    "signatory_name": "M. Muster",
    "signatory_role": "Head of laboratory",
    "may_confirm": "on",
}


@pytest.fixture
def world(freeze) -> factories.World:
    freeze(factories.NOW)
    return factories.make_world()


@pytest.fixture
def host(world):
    """The partner of an otherwise complete Insight draft, who was not asked yet."""
    # A named contact is a person, whom nobody but the portal writes to.
    world.records["DE-NDS"].contact_name = "M. Muster"
    world.records["DE-NDS"].save()
    host = factories.complete_draft(world).hosts.get()
    PartnerConsent.objects.all().delete()
    MailLink.objects.all().delete()
    OutgoingMail.objects.all().delete()
    return host


@pytest.fixture
def sme(world, client) -> Client:
    client.force_login(world.sme)
    return client


def page(host, name=""):
    return f"/applications/{host.application.address}/{name}"


def ask(sme, host):
    return sme.post(page(host, "consent/"), {"host": host.pk}, follow=True)


def letter() -> OutgoingMail:
    return OutgoingMail.objects.filter(kind="partner_asked").latest("pk")


def link() -> str:
    found = re.search(r"https?://[^/]+(/provider/consent/\S+)", letter().body)
    assert found
    return found[1]


def text(answer) -> str:
    plain = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return " ".join(unescape(plain).split())


def test_the_partner_page_asks_and_says_how_it_stands(sme, host):
    before = text(sme.get(page(host, "hosts/")))
    assert "Ask for consent" in before
    assert "Not asked yet" in before
    assert "We write to the provider's contact, who confirms" in before
    assert "lab@lower-saxony.example" not in before
    answer = text(ask(sme, host))
    assert "We have written to Musterlab Lower Saxony." in answer
    assert "Waiting for your partner" in answer
    assert "Ask for consent" not in answer


def test_asking_twice_says_so_and_sends_one_letter(sme, host):
    ask(sme, host)
    assert "has not answered. Nothing was sent." in text(ask(sme, host))
    assert OutgoingMail.objects.count() == 1


def test_another_firm_neither_asks_nor_sees(world, client, host):
    client.force_login(factories.another_sme(world))
    assert client.post(page(host, "consent/"), {"host": host.pk}).status_code == 404
    assert OutgoingMail.objects.count() == 0


def test_a_partner_of_another_application_is_404(world, sme, host):
    other = factories.complete_draft(world, by=factories.another_sme(world)).hosts.get()
    answer = sme.post(page(host, "consent/"), {"host": other.pk})
    assert answer.status_code == 404


def test_the_page_shows_the_project_and_no_figures(client, sme, host):
    ask(sme, host)
    stranger = Client()
    answer = stranger.get(link())
    shown = text(answer)
    assert answer.status_code == 200
    for words in ("Voorbeeld Biotech BV", "Peptide stability in plasma", "Insight", "Lump sum"):
        assert words in shown
    assert "Train and hotel" in shown
    assert "€420" in shown
    for secret in ("1,900,000", "Province of Gelderland", "2,500"):
        assert secret not in shown
    assert PartnerConsent.objects.get().state == "asked"


def test_a_question_that_is_not_for_the_host_stays_hidden(sme, host):
    questions = host.application.question_set.questions
    secret = questions.filter(kind="long_text").first()
    ask(sme, host)
    assert secret.label in text(Client().get(link()))
    questions.filter(pk=secret.pk).update(seen_by_host=False)
    assert secret.label not in text(Client().get(link()))


def test_a_partner_confirms_once_and_gets_a_receipt(sme, host):
    ask(sme, host)
    address, stranger = link(), Client()
    answer = stranger.post(address, SAID, follow=True)
    assert "Thank you for confirming" in text(answer)
    assert "€3,800" in text(answer)
    consent = PartnerConsent.objects.get()
    assert (consent.state, consent.price, consent.ends_on) == (
        "given",
        Decimal(3800),
        date(2027, 8, 31),
    )
    again = stranger.post(address, SAID)
    assert (again.status_code, "It was used already" in text(again)) == (410, True)
    kinds = OutgoingMail.objects.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["partner_asked", "partner_receipt", "partner_confirmed"]
    words = "Musterlab Lower Saxony confirmed €3,800, 1 June 2027 to 31 August 2027"
    for name in ("hosts/", "", "about/"):
        assert words in text(sme.get(page(host, name)))


@pytest.mark.parametrize(
    ("language", "typed", "price"),
    [
        ("en", "3,800.50", "3800.50"),
        ("de", "3.800,50", "3800.50"),
        ("de", "3800", "3800"),
        ("fr", "3 800,50", "3800.50"),
    ],
)
def test_a_price_is_read_in_the_reader_s_language(sme, host, language, typed, price):
    ask(sme, host)
    stranger = Client(headers={"accept-language": language})
    stranger.post(
        link(), {**SAID, "price": typed, "starts_on": "2027-06-01", "ends_on": "2027-08-31"}
    )
    consent = PartnerConsent.objects.get()
    assert (consent.price, consent.language) == (Decimal(price), language)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"price": "a lot"}, "Price without VAT must be a number, like 2,400.50"),
        ({"price": "0"}, "Enter a price above 0"),
        ({"price": ""}, "Enter the price in euros without VAT"),
        ({"ends_on": "1 May 2027"}, "The last day of the work must not be before the first"),
        ({"has_conflict": ""}, "Say whether anybody has an interest in the firm"),
        ({"has_conflict": "yes"}, "Say which interest it is"),
        ({"may_confirm": ""}, "Tick that you may speak for your organisation"),
        ({"work": ""}, "Say what you will do"),
        ({"answer": "decline"}, "Say why you decline"),
    ],
)
def test_bad_input_says_what_to_do_and_loses_nothing(sme, host, wrong, words):
    ask(sme, host)
    answer = Client().post(link(), {**SAID, **wrong})
    assert answer.status_code == 422
    assert words in text(answer)
    assert 'value="Head of laboratory"' in answer.content.decode()
    assert PartnerConsent.objects.get().state == "asked"
    assert Client().get(link()).status_code == 200


def test_a_partner_declines_with_a_reason(sme, host):
    ask(sme, host)
    said = {"answer": "decline", "reason": "Fully booked until spring."}
    answer = Client().post(link(), said, follow=True)
    assert "that you decline, and why" in text(answer)
    mail = OutgoingMail.objects.get(kind="partner_declined")
    assert "  Fully booked until spring." in mail.body
    shown = text(sme.get(page(host, "hosts/")))
    assert "declined: Fully booked until spring." in shown
    assert "Ask again" in shown
    assert "Your partner has declined" in text(sme.get(page(host)))


def test_after_the_grace_the_page_says_so(world, sme, host, freeze):
    ask(sme, host)
    freeze(world.call.closes_at + timedelta(seconds=61))
    for answer in (Client().get(link()), Client().post(link(), SAID)):
        assert answer.status_code == 410
        assert "No answer is needed any more" in text(answer)
    assert PartnerConsent.objects.get().state == "asked"


def test_an_expired_link_is_renewed_to_the_same_address(sme, host):
    ask(sme, host)
    address = link()
    MailLink.objects.update(expires_at=timezone.now())
    over = Client().get(address)
    assert (over.status_code, "Send me a new link" in text(over)) == (410, True)
    Client().post(address, {"renew": "1"})
    assert letter().to == ["lab@lower-saxony.example"]
    assert link() != address
    assert Client().get(link()).status_code == 200
    assert "A newer message took its place" in text(Client().get(address))


def test_after_another_partner_the_link_is_over(world, sme, host):
    ask(sme, host)
    by, record = Actor.person(world.sme), world.records["BE-WAL"]
    draft_rows.set_hosts(host.application, hosts=[draft_rows.host_of(record)], by=by, now=world.now)
    assert Client().post(link(), SAID).status_code == 410


def test_sending_without_consent_is_refused_and_leads_to_the_partner_page(sme, host):
    checked = sme.get(page(host, "check/"))
    assert "Send your application" not in text(checked)
    assert f'href="{page(host, "hosts/")}#chosen"' in checked.content.decode()
    declared = dict.fromkeys(
        ("true", "not_started", "no_double_funding", "publication", "de_minimis"), "on"
    )
    answer = sme.post(page(host, "check/"), declared)
    assert answer.status_code == 422
    host.application.refresh_from_db()
    assert host.application.state == "draft"
    ask(sme, host)
    assert "Waiting for your partner" in text(sme.get(page(host, "check/")))
    Client().post(link(), SAID)
    assert sme.post(page(host, "check/"), declared).status_code == 302


def test_a_partner_named_by_hand_needs_a_contact_where_it_confirms(sme, world, host):
    typed = {"by_hand": "1", "name": "Institut", "region": world.host.pk}
    answer = sme.post(page(host, "hosts/"), typed)
    assert "Enter the e-mail address of the person who confirms" in text(answer)
    free = factories.draft(world, "meet_greet")
    assert sme.post(f"/applications/{free.address}/hosts/", typed).status_code == 302


def test_a_refused_partner_is_not_asked(world, sme, host):
    Host.objects.filter(pk=host.pk).update(refused_at=world.now, refusal="It has closed.")
    answer = ask(sme, host)
    assert "does not accept Musterlab Lower Saxony. Choose another" in text(answer)
    assert not PartnerConsent.objects.exists()


def test_the_refused_partner_says_choose_another(world, sme, host):
    host.refused_at, host.refusal = world.now, "It has closed."
    host.save()
    assert "It has closed. Choose another." in text(sme.get(page(host, "hosts/")))


def test_the_number_of_statements_does_not_grow_with_partners(
    world, sme, django_assert_max_num_queries
):
    application = factories.draft(world, "meet_greet")
    hosts = [HostFields(name=f"Host {n}", region=world.host) for n in range(5)]
    by = Actor.person(world.sme)
    draft_rows.set_hosts(application, hosts=hosts, by=by, now=world.now)
    sme.get(f"/applications/{application.address}/hosts/")
    with django_assert_max_num_queries(40):
        sme.get(f"/applications/{application.address}/hosts/")


def test_a_declined_partner_shows_in_the_text_to_take_away(sme, host, world):
    consent = consents.ask(host, by=Actor.person(world.sme), now=world.now, link_now=timezone.now())
    consents.give(consent, said=factories.confirmation(), by=PARTNER, now=world.now)
    assert "confirmed €7,200" in sme.get(page(host, "copy.txt")).content.decode()
