"""The pages behind links in mails: reading one writes nothing, and each is whole."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from catalogue.actions import experts, joining, upkeep
from catalogue.enums import ProviderKind, RecordKind
from catalogue.models import ProviderRequest
from portal.models import MailLink, OutgoingMail
from portal.permissions import Actor
from tests.catalogue import factories
from tests.catalogue.factories import NOW, TODAY
from tests.rigs import visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def pages(freeze) -> dict[str, str]:
    """One page of each kind, by the kind of the letter that leads there."""
    freeze(NOW)
    broker = Actor.person(factories.broker())
    link_now = timezone.now()
    factories.programme()
    lab = factories.provider()
    factories.record(lab, website="https://lab.example/", confirmed_on=TODAY - timedelta(days=400))
    upkeep.ask_provider(lab, by=Actor.clock(), now=NOW, link_now=link_now)
    request = joining.ask_to_be_listed(
        region=factories.region(),
        organisation_name="Neues Labor",
        kind=ProviderKind.PUBLIC,
        city="Aachen",
        website="",
        offer="Peptides.",
        name="Nina",
        email="nina@labor.example",
        language="en",
        by=Actor(user=None, label="visitor"),
        now=NOW,
    )
    joining.accept_request(request, by=broker, now=NOW, link_now=link_now)
    row = factories.record(lab, kind=RecordKind.EXPERT, is_public=False)
    said = {"email": "erika@lab.example", "language": "en", "by": broker, "now": NOW}
    experts.name_person(row, name="Erika", **said, link_now=link_now)
    token = path_in("expert_asked").strip("/").rpartition("/")[2]
    experts.agree(token, shows_contact=True, now=NOW, link_now=link_now)
    experts.name_person(row, name="Erika Neu", **said, link_now=link_now)
    kinds = ("still_true", "provider_invited", "expert_asked", "expert_agreed", "listing_received")
    return {"join": "/provider/join/", **{kind: path_in(kind) for kind in kinds}}


def path_in(kind: str) -> str:
    mail = OutgoingMail.objects.filter(kind=kind).latest("pk")
    return re.search(r"http://[^/]+(/provider/\S+)", mail.body)[1]


def seen(pages: dict[str, str]) -> dict[str, tuple]:
    client = Client()
    visits = {kind: visit(client, page, {}) for kind, page in pages.items()}
    return {kind: (v.status, v.writes, v.undefined, v.faults) for kind, v in visits.items()}


def test_a_page_is_read_without_a_trace(pages):
    assert seen(pages) == dict.fromkeys(pages, (200, (), (), ()))


def test_the_receipt_reads_well_in_every_state(pages):
    for state in ("new", "accepted", "refused"):
        ProviderRequest.objects.update(state=state)
        assert seen({state: pages["listing_received"]}) == {state: (200, (), (), ())}


def test_an_expired_link_is_read_without_a_trace_too(pages):
    MailLink.objects.update(expires_at=timezone.now() - timedelta(days=1))
    links = {kind: page for kind, page in pages.items() if kind not in {"join", "listing_received"}}
    assert seen(links) == dict.fromkeys(links, (410, (), (), ()))


def test_answers_are_whole_pages(pages):
    client = Client()
    for kind, act in (("still_true", {}), ("expert_asked", {"agree": "1"}), ("expert_agreed", {})):
        page = path_in(kind) if kind == "expert_agreed" else pages[kind]
        answer = client.post(page, act)
        assert (answer.status_code, answer.text.count("<h1")) == (200, 1), kind
