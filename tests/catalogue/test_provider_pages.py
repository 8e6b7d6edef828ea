"""A provider's own pages: what to do, the long form, the preview, the versions."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from catalogue import actions
from catalogue.enums import RecordKind
from catalogue.models import Provider, Record, Revision
from portal.enums import Role
from portal.permissions import Actor
from tests.catalogue import factories
from tests.catalogue.factories import IMPORTER, NOW, TODAY
from tests.rigs import faults, noticed_undefined, noticed_writes

pytestmark = pytest.mark.django_db
NASTY = '<script>alert("x")</script><b>bold</b>'


@pytest.fixture(autouse=True)
def clock(settings, freeze) -> None:
    settings.MFA_RELAXED_FOR_DEMO = True
    freeze(NOW)


@pytest.fixture
def owner(client) -> Provider:
    """A provider, for which the browser's person acts."""
    factories.term("imaging")
    row = factories.provider(accepts=factories.rules())
    client.force_login(factories.member(row.organisation, "DE-RHI"))
    return row


def at(page: str, record: Record, *args) -> str:
    return reverse(f"provider_record{page}", args=[record.slug, *args])


def seen(client, address: str):
    """Get a page that only reads, names nothing undefined and is whole."""
    with noticed_writes() as writes, noticed_undefined() as undefined:
        answer = client.get(address)
    assert answer.status_code == 200, address
    assert (writes, undefined, list(faults(answer.text))) == ([], [], [])
    return answer


def typed(**changed) -> dict[str, object]:
    """What the long form sends of a whole record."""
    return {
        "title": "Hall",
        "summary": "A hall",
        "competences": ["imaging"],
        "access_types": ["remote"],
        "text_language": "en",
        "order_type": "order_required",
        "life_cycle": "operational",
        "price_kind": "on_request",
        "admits": "common",
        "data_clause": "common",
        "confidentiality": "common",
        **changed,
    }


def test_somebody_without_a_provider_reads_what_to_do(client):
    client.force_login(factories.person())
    page = seen(client, "/provider/").text
    assert "You do not act for a provider yet" in page
    assert 'href="/provider/join/"' in page


def test_a_single_provider_is_shown_at_once(client, owner):
    assert client.get("/provider/").url == reverse("provider", args=[owner.pk])


def test_several_providers_are_listed(client, owner):
    factories.provider()
    client.force_login(factories.broker())
    assert len(seen(client, "/provider/").context["others"]) == 2


def test_things_to_do_are_computed_now(client, owner):
    old = TODAY - timedelta(days=200)
    factories.record(owner, title="Fresh")
    factories.record(owner, title="Older", confirmed_on=old)
    factories.record(owner, title="Oldest", confirmed_on=TODAY - timedelta(days=365))
    dead = factories.record(owner, title="Dead", website="https://dead.example/")
    Record.objects.filter(pk=dead.pk).update(link_problem="404", link_failing_since=NOW)
    back = factories.record(owner, title="Back")
    by = Actor.person(factories.member(owner.organisation, "DE-RHI"))
    fields = {"competences": ["imaging"], "access_types": ["remote"]}
    change = actions.write_revision(back, changes=fields, by=by, now=NOW)
    actions.submit_revision(change, by=by, now=NOW)
    broker = Actor.person(factories.broker())
    change = Revision.objects.get()
    actions.return_revision(change, note="Say more", by=broker, now=NOW)
    hidden = factories.record(owner, title="Hidden")
    actions.hide(hidden, reason="Secret reason", by=IMPORTER, now=NOW)
    factories.rules("A newer rule.")
    page = seen(client, reverse("provider", args=[owner.pk]))
    assert [(thing.name, thing.label) for thing in page.context["things"]] == [
        ("Accept the access rules", "Read the rules"),
        ("Correct “Back”", "The broker sent it back"),
        ("Correct the website of “Dead”", "The link is dead"),
        ("“Hidden” is hidden", "Hidden by the broker"),
        ("Confirm “Older”", "Six months old"),
        ("Confirm “Oldest”", "Hidden"),
    ]
    assert "Secret reason" not in page.text
    client.post(at("_confirm", Record.objects.get(title="Older")))
    assert Record.objects.get(title="Older").confirmed_on == TODAY


def test_accepting_the_rules_shows_version_and_day(client, owner):
    newer = factories.rules("A newer rule.")
    page = reverse("provider_rules", args=[owner.pk])
    assert "A newer rule." in seen(client, page).text
    old = owner.accepted_rules
    client.post(reverse("provider_rules_accept", args=[owner.pk, old.pk]))
    assert Provider.objects.get().accepted_rules == old
    client.post(reverse("provider_rules_accept", args=[owner.pk, newer.pk]))
    assert Provider.objects.get().accepted_rules == newer
    assert "accepted this version on 8 March 2027" in seen(client, page).text


def test_profile_is_edited_and_a_wrong_number_loses_nothing(client, owner):
    page = reverse("provider_edit", args=[owner.pk])
    seen(client, page)
    sent = {"summary": "We help", "ror": "nonsense", "esfri_domains": ["energy"]}
    refused = client.post(page, sent)
    assert (refused.status_code, "We help" in refused.text, "nonsense" in refused.text) == (
        422,
        True,
        True,
    )
    client.post(page, {**sent, "ror": "https://ror.org/05gq02987"})
    row = Provider.objects.get()
    assert (row.summary, row.ror, row.esfri_domains) == ("We help", "05gq02987", ["energy"])


def test_a_record_begins_with_kind_and_title(client, owner):
    page = reverse("provider_record_new", args=[owner.pk])
    seen(client, page)
    refused = client.post(page, {"title": "Hall"})
    assert (refused.status_code, "Choose what you want to describe" in refused.text) == (422, True)
    answer = client.post(page, {"kind": "equipment", "title": "Microscope"})
    record = Record.objects.get()
    assert (answer.url, record.state) == (at("_edit", record), "draft")
    assert client.get(reverse("catalogue_record", args=[record.slug])).status_code == 404
    client.post(at("_edit", record), typed(title="Better microscope"))
    assert "Better microscope" in seen(client, reverse("provider", args=[owner.pk])).text


def test_long_form_keeps_a_draft_and_sends_it(client, owner):
    record = factories.record(owner, title="Old", insurance="Ours")
    page = seen(client, at("_edit", record))
    assert Revision.objects.count() == 0
    assert [str(section.title) for section in page.context["form"].sections] == [
        "What it is",
        "What it can do",
        "Access and price",
        "Deviations from the common rules",
        "Contact and place",
    ]
    techniques = "Confocal microscopy\nX-ray, CT"
    client.post(at("_edit", record), typed(techniques=techniques, languages="EN, de"))
    content = Revision.objects.get().content
    assert (content["techniques"], content["languages"], content["insurance"]) == (
        ["Confocal microscopy", "X-ray", "CT"],
        ["en", "de"],
        "",
    )
    assert Record.objects.get().title == "Old"
    again = client.get(at("_edit", record)).text
    assert 'value="en, de"' in again
    assert "Confocal microscopy\nX-ray\nCT</textarea>" in again
    client.post(at("_edit", record), typed(send=""))
    assert Revision.objects.get().state == "submitted"
    assert client.get(at("_edit", record)).url == at("", record)
    late = client.post(at("_edit", record), typed(summary="Typed too late"))
    assert (late.status_code, "Typed too late" in late.text) == (409, True)


def test_only_the_title_is_needed_to_keep_and_more_to_send(client, owner):
    record = factories.record(owner)
    short = typed(summary="", competences=[], access_types=[])
    assert client.post(at("_edit", record), short).status_code == 302
    refused = client.post(at("_edit", record), {**short, "send": ""})
    assert (refused.status_code, "Choose at least one competence" in refused.text) == (422, True)
    refused = client.post(at("_move", record, "submit"))
    assert (refused.status_code, "Write a summary" in refused.text) == (422, True)
    assert Revision.objects.get().state == "draft"
    refused = client.post(at("_edit", record), typed(title=""))
    assert (refused.status_code, "Enter a title" in refused.text) == (422, True)


def test_a_wrong_value_loses_nothing(client, owner):
    record = factories.record(owner)
    wrong = typed(
        description="Much that was typed",
        techniques="One\nTwo",
        languages="klingon",
        trl_from="5",
        trl_to="3",
        sme_discount="500",
        biosafety_level="9",
        website="javascript:alert(1)",
        voucher_kinds=["insight"],
    )
    page = client.post(at("_edit", record), wrong)
    assert page.status_code == 422
    form = page.context["form"]
    assert {name: form[name].value() for name in wrong} == wrong
    assert set(form.errors) == {
        *("languages", "website", "trl_to", "sme_discount", "biosafety_level"),
    }
    assert "TRL to must not be below TRL from" in page.text
    assert Revision.objects.count() == 0


def test_what_was_typed_outlives_the_session(client, owner):
    record = factories.record(owner)
    member = factories.member(owner.organisation)
    client.logout()
    asked = client.post(at("_edit", record), typed(summary="Long work"))
    assert asked.url.startswith("/accounts/login/")
    client.force_login(member)
    assert "Long work" in seen(client, at("_edit", record)).text
    client.post(at("_edit", record), typed(summary="Longer work"))
    assert Revision.objects.get().content["summary"] == "Longer work"
    assert "Long work" not in client.get(at("_edit", record)).text


def test_equipment_belongs_to_facilities_of_its_own_provider(client, owner):
    hall = factories.record(owner, title="Own hall")
    factories.record(title="Foreign hall")
    record = factories.record(owner, kind=RecordKind.EQUIPMENT)
    page = seen(client, at("_edit", record))
    assert ("Own hall" in page.text, "Foreign hall" in page.text) == (True, False)
    client.post(at("_edit", record), typed(facilities=[hall.slug], manufacturer="Muster"))
    content = Revision.objects.get().content
    assert (content["facilities"], content["manufacturer"]) == ([hall.slug], "Muster")


def test_preview_shows_the_draft_and_stores_nothing(client, owner):
    record = factories.record(owner, title="Old")
    client.post(at("_edit", record), typed(title="New", summary="Brand new"))
    page = seen(client, at("_preview", record))
    assert ("Brand new" in page.text, "This is a preview." in page.text) == (True, True)
    assert 'competence=imaging"' in page.text
    assert Record.objects.get().title == "Old"


def test_html_is_text_in_preview_difference_list_and_version(client, owner):
    record = factories.record(owner, title=NASTY, description=NASTY)
    client.post(at("_edit", record), typed(title=f"New {NASTY}", own_rule=NASTY))
    pages = {
        "list": reverse("provider", args=[owner.pk]),
        "record": at("", record),
        "form": at("_edit", record),
        "preview": at("_preview", record),
        "version": at("_version", record, 1),
        "photos": at("_photos", record),
    }
    found = {name: seen(client, address).text for name, address in pages.items()}
    assert {name for name, text in found.items() if "<script>alert" in text} == set()
    assert {name for name, text in found.items() if "&lt;script&gt;alert" in text} == set(pages)


def test_difference_marks_words_for_eyes_and_screen_readers(client, owner):
    record = factories.record(owner, title="Hall", summary="A small old hall")
    client.post(at("_edit", record), typed(summary="A small new hall"))
    page = seen(client, at("", record)).text
    assert "removed: </span>old<span" in page
    assert "added: </span>new<span" in page


def test_versions_are_kept_and_shown(client, owner):
    record = factories.record(owner, title="First title")
    page = seen(client, at("_version", record, 1)).text
    assert "First title" in page
    assert client.get(at("_version", record, 2)).status_code == 404


PAGES = ["", "_edit", "_preview", "_photos"]


def test_another_provider_and_another_region_find_nothing(client, owner):
    record = factories.record(owner)
    client.post(at("_edit", record), typed())
    addresses = [at(page, record) for page in PAGES]
    addresses += [at("_version", record, 1), reverse("provider", args=[owner.pk])]
    addresses += [reverse(f"provider_{p}", args=[owner.pk]) for p in ("edit", "rules")]
    addresses += [reverse("provider_record_new", args=[owner.pk])]
    posts = [at("_confirm", record), at("_move", record, "submit")]
    for person in (
        factories.member(factories.provider().organisation),
        factories.broker("DK-DNK"),
        factories.person(),
    ):
        client.force_login(person)
        assert {client.get(address).status_code for address in addresses} == {404}
        assert {client.post(address).status_code for address in posts} == {404}


def test_finance_reads_and_may_not_write(client, owner):
    record = factories.record(owner)
    client.force_login(factories.broker(role=Role.FINANCE))
    codes = [client.get(at(page, record)).status_code for page in PAGES]
    assert codes == [200, 403, 200, 403]
    assert client.get(reverse("provider_edit", args=[owner.pk])).status_code == 403
    assert client.get(reverse("provider_record_new", args=[owner.pk])).status_code == 403
    assert client.post(at("_confirm", record)).status_code == 403


def test_broker_does_not_read_what_is_being_written(client, owner):
    record = factories.record(owner)
    client.post(at("_edit", record), typed(summary="Not yet told"))
    client.force_login(factories.broker())
    assert "Not yet told" not in seen(client, at("", record)).text
    assert "Not yet told" not in seen(client, at("_preview", record)).text
    assert client.get(at("_edit", record)).status_code == 409
    assert client.post(at("_move", record, "submit")).status_code == 404


def test_a_change_is_taken_back_and_discarded(client, owner):
    record = factories.record(owner)
    client.post(at("_edit", record), typed(send=""))
    assert client.post(at("_move", record, "discard")).status_code == 409
    client.post(at("_move", record, "take_back"))
    client.post(at("_move", record, "discard"))
    assert Revision.objects.get().state == "discarded"
    assert client.post(at("_move", record, "submit")).status_code == 404
    assert client.post(at("_move", record, "approve")).status_code == 404


def test_a_provider_of_many_records_costs_the_same(client, owner):
    address = reverse("provider", args=[owner.pk])
    for _number in range(3):
        client.post(at("_edit", factories.record(owner)), typed())
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    for number in range(12):
        record = factories.record(owner)
        if number % 2:
            client.post(at("_edit", record), typed())
    with CaptureQueriesContext(connection) as many:
        client.get(address)
    assert (len(few), len(many)) == (len(many), len(few))
    assert len(many) <= 10


def test_what_a_broker_typed_is_not_lost_when_a_change_was_begun_meanwhile(client, owner):
    one = factories.record(owner, title="Hall")
    member = Actor.person(factories.member(owner.organisation, "DE-RHI"))
    client.force_login(factories.broker())
    assert client.get(at("_edit", one)).status_code == 200
    actions.write_revision(one, changes={"summary": "A secret draft"}, by=member, now=NOW)
    answer = client.post(at("_edit", one), typed(summary="Two hours of a broker's work"))
    sentence = "Somebody else began a change of this record meanwhile."
    assert (answer.status_code, sentence in answer.text) == (409, True)
    assert ("Two hours of a broker" in answer.text, "A secret draft" in answer.text) == (
        True,
        False,
    )
    assert list(faults(answer.text)) == []
    assert [row.content["summary"] for row in Revision.objects.all()] == ["A secret draft"]
