"""Who writes at the same time takes the locks in one order: record, person, links."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalogue import actions
from catalogue.actions import experts, joining, upkeep
from catalogue.enums import RecordKind
from catalogue.models import Record
from portal.enums import LinkPurpose
from portal.models import MailLink, OutgoingMail
from portal.permissions import Actor
from tests.catalogue import factories
from tests.catalogue.factories import IMPORTER, NOW

pytestmark = pytest.mark.django_db

SAID = {"name": "Erika", "email": "erika@lab.example", "language": "en"}
RECORD, PERSON, LINK = "record", "expert", "maillink"
LOCKS = re.compile(
    r'^UPDATE "(?:catalogue|portal)_(\w+)"'
    r'|^SELECT .* FROM "(?:catalogue|portal)_(\w+)" .*FOR NO KEY UPDATE',
    re.DOTALL,
)


@pytest.fixture(autouse=True)
def clock(freeze) -> None:
    freeze(NOW)
    factories.programme()


@pytest.fixture
def row() -> Record:
    return factories.record(kind=RecordKind.EXPERT, is_public=False)


def order(verb, *args, **said: object) -> list[str]:
    """Do it and return what was locked or changed, each kind of row once, in this order."""
    with CaptureQueriesContext(connection) as queries:
        verb(*args, **said, now=NOW)
    found = [LOCKS.match(query["sql"]) for query in queries]
    tables = [one[1] or one[2] for one in found if one]
    return [table for table in dict.fromkeys(tables) if table in {RECORD, PERSON, LINK}]


def token(kind: str) -> str:
    body = OutgoingMail.objects.filter(kind=kind).latest("pk").body
    return re.search(r"/(?:expert|leaves|confirm)/([\w-]{20,})/", body)[1]


def test_the_person_answers_in_the_order_in_which_the_provider_names(row):
    by = Actor.person(factories.member(row.provider.organisation))
    said = {"email": "erika@lab.example", "language": "en", "by": by, "link_now": timezone.now()}
    real = {"link_now": timezone.now()}
    assert [
        order(experts.name_person, row, name="Erika", **said),
        order(experts.agree, token("expert_asked"), shows_contact=False, **real),
        order(experts.withdraw_by_link, token("expert_agreed"), **real),
        order(experts.name_person, row, name="Otto", **said),
        order(experts.refuse, token("expert_asked"), **real),
    ] == [[RECORD, PERSON, LINK]] * 5


def test_a_record_is_published_and_loses_its_person_in_the_same_order(row):
    by = Actor.person(factories.member(row.provider.organisation))
    real = {"by": by, "link_now": timezone.now()}
    experts.name_person(row, **SAID, **real, now=NOW)
    experts.agree(token("expert_asked"), shows_contact=False, now=NOW, link_now=timezone.now())
    assert [
        order(actions.publish, row, by=IMPORTER),
        order(experts.withdraw, row, **real),
    ] == [[RECORD, PERSON], [RECORD, PERSON, LINK]]


def test_a_record_is_published_as_it_is_now_and_its_caller_knows(row):
    held = Record.objects.get(pk=row.pk)
    said = replace(row.content, summary="Said meanwhile")
    actions.revise_record(row, fields=said, competences=[], by=IMPORTER, now=NOW)
    actions.publish(held, by=IMPORTER, now=NOW)
    assert (held.state, row.versions.get().content["summary"]) == ("published", "Said meanwhile")


def asked(row: Record, purpose: LinkPurpose) -> MailLink:
    """Send the letter whose link has this purpose."""
    real = {"now": NOW, "link_now": timezone.now()}
    broker = Actor.person(factories.broker())
    if purpose == LinkPurpose.PROVIDER_INVITATION:
        return joining.invite(row.provider, email="nina@lab.example", by=broker, **real)
    if purpose == LinkPurpose.RECORD_CONFIRMATION:
        factories.record(row.provider, confirmed_on=NOW.date() - timedelta(days=180))
        upkeep.ask_provider(row.provider, by=Actor.clock(), **real)
    else:
        experts.name_person(row, **SAID, by=broker, **real)
    if purpose == LinkPurpose.EXPERT_WITHDRAWAL:
        experts.agree(token("expert_asked"), shows_contact=False, **real)
    return MailLink.objects.get(purpose=purpose, used_at=None)


@pytest.mark.parametrize(
    ("purpose", "renew", "has_actor"),
    [
        (LinkPurpose.EXPERT_CONSENT, experts.renew_question, False),
        (LinkPurpose.EXPERT_WITHDRAWAL, experts.renew_way_out, False),
        (LinkPurpose.PROVIDER_INVITATION, joining.renew_invitation, True),
        (LinkPurpose.RECORD_CONFIRMATION, upkeep.renew_question, True),
    ],
)
def test_two_clicks_at_once_renew_a_link_once(row, purpose, renew, has_actor):
    link = asked(row, purpose)
    said = {"now": NOW, "link_now": timezone.now()}
    if has_actor:
        said["by"] = Actor.mail_link("link in a mail")
    letters = OutgoingMail.objects.count()
    assert [renew(link, **said), renew(link, **said)] == [True, False]
    open_links = MailLink.objects.filter(purpose=purpose, used_at=None, replaced_at=None)
    assert (OutgoingMail.objects.count() - letters, open_links.count()) == (1, 1)


def test_a_question_is_answered_in_the_order_in_which_it_is_asked(row):
    factories.record(row.provider, confirmed_on=NOW.date() - timedelta(days=180))
    real = {"link_now": timezone.now()}
    assert [
        order(upkeep.ask_provider, row.provider, by=Actor.clock(), **real),
        order(upkeep.confirm_by_link, token("still_true"), **real),
    ] == [[RECORD, LINK]] * 2
