"""Who writes at the same time takes the locks in one order: record, person, links."""

import re
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalogue import actions
from catalogue.actions import experts
from catalogue.enums import RecordKind
from catalogue.models import Record
from portal.models import OutgoingMail
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
    return re.search(r"/expert/(?:leaves/)?([\w-]+)/", body)[1]


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
