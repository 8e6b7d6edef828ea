"""The broker's list of changes, what differs, and the buttons that decide."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from catalogue import actions
from catalogue.models import Record, Revision
from portal.enums import Role
from portal.permissions import Actor
from tests.catalogue import factories
from tests.catalogue.factories import NOW
from tests.rigs import faults, noticed_undefined, noticed_writes

pytestmark = pytest.mark.django_db
WHOLE = {"competences": ["imaging"], "access_types": ["remote"]}


@pytest.fixture(autouse=True)
def clock(settings, freeze) -> None:
    settings.MFA_RELAXED_FOR_DEMO = True
    freeze(NOW)
    factories.programme()
    factories.term("imaging")


def sent(record: Record, *, days=0, **changes) -> Revision:
    """A change that its provider has sent."""
    by = Actor.person(factories.member(record.provider.organisation))
    at = NOW - timedelta(days=days)
    change = actions.write_revision(record, changes={**WHOLE, **changes}, by=by, now=at)
    actions.submit_revision(change, by=by, now=at)
    return Revision.objects.get(pk=change.pk)


def address(page: str, change: Revision | None = None) -> str:
    args = [change.pk] if change else []
    return reverse(f"admin:catalogue_revision_{page}", args=args)


def approval(change: Revision) -> str:
    query = urlencode({"sent": change.submitted_at.isoformat()})
    return f"{address('approve', change)}?{query}"


def test_the_oldest_that_waits_stands_first(client):
    broker = Actor.person(factories.broker())
    done = sent(factories.record(), days=9)
    actions.return_revision(done, note="x", by=broker, now=NOW)
    newer = sent(factories.record(title="Newer"), days=1)
    older = sent(factories.record(title="Older"), days=5)
    draft = factories.record()
    by = Actor.person(factories.member(draft.provider.organisation))
    actions.write_revision(draft, changes=WHOLE, by=by, now=NOW)
    client.force_login(broker.user)
    listed = client.get(address("changelist")).context["cl"].result_list
    assert [row.pk for row in listed] == [older.pk, newer.pk, done.pk]


@pytest.mark.parametrize(
    ("who", "status"),
    [
        (factories.broker, 200),
        (factories.overseer, 200),
        (lambda: factories.overseer(Role.AUDITOR), 403),
        (lambda: factories.broker("DK-DNK"), 404),
        (lambda: factories.broker(role=Role.FINANCE), 404),
    ],
)
def test_who_decides(client, who, status):
    change = sent(factories.record())
    client.force_login(who())
    page = client.get(address("change", change)).status_code
    form = client.get(address("return", change)).status_code
    posted = client.post(approval(change)).status_code
    seen = 200 if status == 403 else status
    assert (page, form, posted) == (seen, status, 302 if status == 200 else status)


def test_the_page_marks_what_differs_and_only_reads(client):
    record = factories.record(summary="A small old hall")
    change = sent(record, summary="A <b>small</b> new hall")
    client.force_login(factories.broker())
    with noticed_writes() as writes, noticed_undefined() as undefined:
        page = client.get(address("change", change))
    assert (writes, undefined, list(faults(page.text))) == ([], [], [])
    assert "removed: </span>small old<span" in page.text
    assert "added: </span>&lt;b&gt;small&lt;/b&gt; new<span" in page.text
    assert [button["label"] for button in page.context["buttons"]] == ["Approve and publish"]


def test_broker_approves(client):
    change = sent(factories.record(), summary="Better")
    client.force_login(factories.broker())
    client.post(approval(change))
    assert (Record.objects.get().summary, Revision.objects.get().state) == ("Better", "approved")
    assert client.post(approval(change)).status_code == 409
    assert "Approve and publish" not in client.get(address("change", change)).text


def test_broker_sends_back_with_a_note(client):
    change = sent(factories.record())
    client.force_login(factories.broker())
    refused = client.post(address("return", change), {"note": ""})
    assert "Write what should be corrected" in refused.text
    client.post(address("return", change), {"note": "Say more"})
    row = Revision.objects.get()
    assert (row.state, row.note) == ("returned", "Say more")


@pytest.mark.parametrize("query", ["", "?sent=", "?sent=nonsense", "?sent=2027-13-45T00:00:00"])
def test_nobody_approves_what_the_page_did_not_show(client, query):
    change = sent(factories.record())
    client.force_login(factories.broker())
    page = client.post(address("approve", change) + query, follow=True)
    assert "Read it once more" in page.text
    assert Revision.objects.get().state == "submitted"


def test_a_broker_of_the_provider_does_not_find_its_drafts_at_the_desk(client):
    record = factories.record()
    person = factories.member(record.provider.organisation)
    change = actions.write_revision(record, changes=WHOLE, by=Actor.person(person), now=NOW)
    client.force_login(factories.broker())
    assert client.get(address("change", change)).status_code == 404


def test_the_list_costs_the_same_at_any_length(client):
    client.force_login(factories.broker())
    for _number in range(3):
        sent(factories.record())
    client.get(address("changelist"))
    with CaptureQueriesContext(connection) as few:
        client.get(address("changelist"))
    for _number in range(9):
        sent(factories.record())
    with CaptureQueriesContext(connection) as many:
        client.get(address("changelist"))
    assert len(few) == len(many)
