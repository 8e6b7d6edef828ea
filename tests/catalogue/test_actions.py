"""Who writes the catalogue, and what the journal says about it."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from catalogue import actions
from catalogue.actions import OutdatedRules
from catalogue.enums import ProviderKind, RecordKind, RecordState
from catalogue.models import AccessRules, Competence, Provider, Record, RecordFields
from portal.models import JournalEntry
from portal.permissions import Actor
from tests.catalogue import factories
from tests.catalogue.factories import IMPORTER, NOW

pytestmark = pytest.mark.django_db


def journal(subject) -> list[tuple[str, str, str, dict]]:
    return [
        (entry.chain, entry.verb, entry.after, entry.data)
        for entry in JournalEntry.objects.about(subject)
    ]


@pytest.fixture
def stranger() -> Actor:
    factories.programme()
    return Actor.person(factories.broker("DK-DNK"))


def test_broker_lists_a_provider_of_the_region():
    broker = Actor.person(factories.broker())
    organisation = factories.provider("DK-DNK").organisation
    organisation.pk = None
    organisation.save()
    provider = actions.add_provider(
        organisation,
        slug="lab",
        kind=ProviderKind.PUBLIC,
        region=factories.region(),
        summary="A lab",
        by=broker,
        now=NOW,
    )
    assert journal(provider) == [
        ("portal", "add_provider", "", {"slug": "lab", "region": "DE-RHI"})
    ]


def test_nothing_is_added_by_a_broker_of_another_region(stranger):
    owner = factories.provider()
    fields = RecordFields(title="Lab", summary="A lab")
    with pytest.raises(PermissionDenied):
        actions.add_record(
            owner, slug="lab", kind=RecordKind.FACILITY, fields=fields, by=stranger, now=NOW
        )
    with pytest.raises(PermissionDenied):
        actions.add_provider(
            owner.organisation,
            slug="again",
            kind=ProviderKind.PUBLIC,
            region=factories.region(),
            summary="",
            by=stranger,
            now=NOW,
        )
    with pytest.raises(PermissionDenied):
        actions.add_competence(slug="x", name="X", names={}, group="", by=stranger, now=NOW)
    with pytest.raises(PermissionDenied):
        actions.publish_access_rules(factories.programme(), text="Mine.", by=stranger, now=NOW)
    assert (
        [*Record.objects.all(), *Competence.objects.all(), *AccessRules.objects.all()],
        [*Provider.objects.all()],
    ) == ([], [owner])


def test_keywords_are_terms_in_every_language_techniques_and_provider():
    term = factories.term("ms", "Mass spectrometry", fr="Spectrométrie de masse")
    record = factories.record(
        factories.provider(name="Institut Exemple"),
        title="Hall, Liège",
        competences=(term,),
        techniques=["Orbitrap"],
    )
    assert record.keywords.splitlines() == [
        "Institut Exemple",
        "Orbitrap",
        "Mass spectrometry",
        "Spectrométrie de masse",
        "Hall, Liege",
        "Spectrometrie de masse",
    ]


def test_revising_replaces_text_and_terms_and_journals_the_difference():
    owner = factories.provider(name="Lab")
    record = factories.record(owner, title="Old", competences=(factories.term("imaging"),))
    new = actions.revise_record(
        record,
        fields=RecordFields(title="New", summary="Summary"),
        competences=[factories.term("genomics")],
        by=Actor.person(factories.broker()),
        now=NOW,
    )
    new.refresh_from_db()
    assert (new.title, new.keywords, [str(term) for term in new.competences.all()]) == (
        "New",
        "Lab\nGenomics",
        ["Genomics"],
    )
    assert journal(record)[-1] == (
        "portal",
        "revise_record",
        "",
        {
            "changed": {
                "title": ["Old", "New"],
                "keywords": ["Lab\nImaging", "Lab\nGenomics"],
                "terms": [["imaging"], ["genomics"]],
            }
        },
    )


def test_only_the_region_revises(stranger):
    record = factories.record(title="Old")
    with pytest.raises(PermissionDenied):
        actions.revise_record(
            record,
            fields=RecordFields(title="New", summary=""),
            competences=[],
            by=stranger,
            now=NOW,
        )
    assert Record.objects.get().title == "Old"


def test_publishing_confirms_what_nobody_has_confirmed():
    record = factories.record(is_public=False, confirmed_on=None)
    old = factories.record(is_public=False, confirmed_on=date(2027, 1, 1))
    for one in (record, old):
        actions.publish(one, by=Actor.person(factories.broker()), now=NOW)
    rows = Record.objects.order_by("pk").values_list("state", "confirmed_on")
    assert [*rows] == [
        (RecordState.PUBLISHED, date(2027, 3, 8)),
        (RecordState.PUBLISHED, date(2027, 1, 1)),
    ]


def test_hiding_keeps_the_reason():
    record = factories.record()
    actions.hide(record, reason="Closed", by=Actor.person(factories.broker()), now=NOW)
    assert journal(record)[-1] == ("portal", "hide", "hidden", {"reason": "Closed"})


def test_confirming_counts_in_the_calendar_of_the_region(stranger):
    record = factories.record(confirmed_on=date(2026, 9, 1))
    midnight_in_berlin = NOW.replace(hour=23, minute=30)
    with pytest.raises(PermissionDenied):
        actions.confirm(record, by=stranger, now=midnight_in_berlin)
    member = Actor.person(factories.member(record.provider.organisation))
    actions.confirm(record, by=member, now=midnight_in_berlin)
    assert Record.objects.get().confirmed_on == date(2027, 3, 9)
    assert journal(record)[-1] == ("portal", "confirm", "", {"confirmed_on": "2027-03-09"})


def test_rules_get_a_new_version_in_the_chain_of_their_programme():
    manager = Actor.person(factories.overseer())
    texts = ["First.", "First.\n\n Second. \n"]
    rules = [
        actions.publish_access_rules(factories.programme(), text=text, by=manager, now=NOW)
        for text in texts
    ]
    assert [(one.version, one.rules) for one in rules] == [
        (1, ["First."]),
        (2, ["First.", "Second."]),
    ]
    assert [journal(one) for one in rules] == [
        [("TEST", "publish_access_rules", "", {"version": number, "text": text})]
        for number, text in enumerate(texts, 1)
    ]


def test_accepting_takes_only_the_version_in_force(stranger):
    old, new = factories.rules(), factories.rules()
    provider = factories.provider()
    member = Actor.person(factories.member(provider.organisation))
    with pytest.raises(OutdatedRules):
        actions.accept_access_rules(provider, rules=old, by=member, now=NOW)
    with pytest.raises(PermissionDenied):
        actions.accept_access_rules(provider, rules=new, by=stranger, now=NOW)
    later = NOW + timedelta(hours=1)
    actions.accept_access_rules(provider, rules=new, by=member, now=later)
    provider.refresh_from_db()
    assert (provider.accepted_rules, provider.accepted_at) == (new, later)
    assert journal(provider)[1:] == [
        ("portal", "accept_access_rules", "", {"programme": "TEST", "version": 2})
    ]


def test_history_may_be_retold_by_an_importer():
    record = factories.record()
    actions.hide(record, reason="Closed", by=IMPORTER, now=NOW)
    assert [verb for _chain, verb, *_rest in journal(record)] == ["add_record", "publish", "hide"]
