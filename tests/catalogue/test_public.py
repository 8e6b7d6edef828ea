"""The catalogue's public pages."""

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from catalogue import actions
from catalogue.enums import RecordKind
from catalogue.filters import CatalogueFilter
from catalogue.models import Record
from catalogue.search import find
from catalogue.views.results import Results
from tests.catalogue import factories
from tests.catalogue.factories import IMPORTER, NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(freeze) -> None:
    freeze(NOW)


@pytest.fixture
def rules():
    return factories.rules()


def search(client, address="", **headers):
    response = client.get(f"/catalogue/{address}", headers=headers)
    assert response.status_code == 200
    return response


def results(response) -> Results:
    return response.context["results"]


def titles(response) -> list[str]:
    return [row.title for row in results(response).found.records]


def test_search_needs_no_account_and_no_session(client, rules):
    factories.record(factories.provider(accepts=rules), title="Testing hall")
    response = search(client, "?q=testing")
    assert titles(response) == ["Testing hall"]
    assert "sessionid" not in response.cookies
    assert "1 result for “testing”" in response.text


def test_address_restores_the_page(client, rules):
    factories.record(factories.provider(accepts=rules), title="Hall", voucher_kinds=["insight"])
    factories.record(factories.provider("DK-DNK"), title="Other")
    response = search(client, "?q=hall&country=DE&voucher=insight&sort=name")
    shown = results(response)
    checked = [option.id for group in shown.groups for option in group.options if option.checked]
    assert checked == ["country-DE", "voucher-insight"]
    assert [(str(chip.label), chip.address) for chip in shown.chips] == [
        ("Germany", "?q=hall&voucher=insight&sort=name"),
        ("Insight", "?q=hall&country=DE&sort=name"),
    ]
    assert [option.value for option in shown.sorts if option.checked] == ["name"]
    assert 'value="hall"' in response.text


def test_own_region_is_left_out_for_those_who_have_one(client):
    for code in factories.NAMES:
        factories.record(factories.provider(code), title=code)
    assert titles(search(client)) == ["DE-RHI", "DK-DNK", "NL-ENL"]
    client.force_login(factories.member(code="NL-ENL"))
    response = search(client)
    assert titles(response) == ["DE-RHI", "DK-DNK"]
    assert [(str(chip.label), chip.address) for chip in results(response).chips] == [
        ("Outside my region", "?own=1")
    ]
    assert "East Netherlands is your own region, so it is left out." in response.text
    assert titles(search(client, "?own=1")) == ["DE-RHI", "DK-DNK", "NL-ENL"]
    assert titles(search(client, "?region=NL-ENL")) == ["NL-ENL"]


def test_a_visitor_says_where_home_is(client):
    for code in factories.NAMES:
        factories.record(factories.provider(code), title=code)
    response = search(client, "?home=DK-DNK")
    assert titles(response) == ["DE-RHI", "NL-ENL"]
    assert '<option value="DK-DNK" selected>' in response.text
    assert [chip.address for chip in results(response).chips] == ["?home=DK-DNK&own=1"]
    assert titles(search(client, "?home=DK-DNK&own=1")) == ["DE-RHI", "DK-DNK", "NL-ENL"]
    client.force_login(factories.member(code="NL-ENL"))
    assert titles(search(client, "?home=DK-DNK")) == ["DE-RHI", "NL-ENL"]
    # What we know of a person needs no place in the address.
    assert results(search(client, "?home=NL-ENL&kind=expert")).cleared == "?"


def test_who_has_no_region_is_asked_for_it_to_sort_by_distance(client):
    asked = "Choose your region to see what is nearest to you."
    assert asked in search(client, "?sort=distance").text
    factories.region("DK-DNK")
    assert asked not in search(client, "?sort=distance&home=DK-DNK").text


def test_the_map_shows_the_regions_with_their_results(client):
    for code, number in {"NL-ENL": 1, "DE-RHI": 3, "DK-DNK": 2}.items():
        for place in range(number):
            factories.record(factories.provider(code), title=f"Hall {place}")
    response = search(client, "?q=hall&view=map&home=NL-ENL&region=DE-RHI")
    shown = [(p.name, p.count, p.is_chosen, p.is_own) for p in results(response).points]
    assert shown == [
        ("Denmark", 2, False, False),
        ("East Netherlands", 0, False, True),
        ("Rhineland", 3, True, False),
    ]
    address = results(response).points[0].address
    assert address == "?q=hall&region=DK-DNK&home=NL-ENL"
    assert len(titles(search(client, address))) == 2
    views = [(option.label, option.value, option.checked) for option in results(response).views]
    assert views == [
        ("List", "?q=hall&region=DE-RHI&home=NL-ENL", False),
        ("Map", "?q=hall&region=DE-RHI&home=NL-ENL&view=map", True),
    ]


def test_htmx_gets_the_changed_parts_only(client):
    factories.record(title="Hall")
    whole, part = search(client), search(client, **{"HX-Request": "true"})
    back = search(client, **{"HX-Request": "true", "HX-History-Restore-Request": "true"})
    assert [text.count("<html") for text in (whole.text, part.text, back.text)] == [1, 0, 1]
    assert [part.text.count(f'id="{name}"') for name in ("found", "facets", "results-title")] == [
        1,
        1,
        1,
    ]
    assert "HX-Request" in whole["Vary"]


@pytest.mark.parametrize(
    ("address", "label", "count", "way"),
    [
        ("?q=hall&country=DE&kind=expert", "Expert", 1, "?q=hall&country=DE"),
        ("?q=hall&kind=expert&kind=service", "Expert, Service", 1, "?q=hall"),
        ("?q=hall&country=DK&kind=expert&certificate=GLP", "", 1, "?q=hall"),
        ("?q=telescope&country=DE", "telescope", 1, "?country=DE"),
    ],
)
def test_nothing_found_says_what_to_drop(client, address, label, count, way):
    factories.record(title="Hall", kind=RecordKind.FACILITY)
    factories.region("DK-DNK")
    shown = results(search(client, address)).way_out
    assert (str(shown.label), shown.count, shown.address) == (label, count, way)
    assert len(titles(search(client, way))) == count


def test_nothing_found_at_all_leads_to_the_brokers(client):
    response = search(client, "?q=telescope")
    assert results(response).way_out is None
    assert reverse("broker_list") in response.text


def test_pages_are_links(client):
    for number in range(41):
        factories.record(title=f"Hall {number:02}")
    response = search(client, "?q=hall&page=2")
    shown = results(response)
    assert (shown.previous_url, shown.next_url) == ("?q=hall&page=1", "?q=hall&page=3")
    assert "21 to 40 of 41" in response.text
    assert len(titles(search(client, "?q=hall&page=99"))) == 1


def test_few_and_many_records_take_the_same_queries(client, rules):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            search(client, "?q=hall&voucher=insight")
        return len(captured)

    owner = factories.provider(accepts=rules)
    terms = (factories.term("imaging"), factories.term("genomics"))

    def add(count: int) -> None:
        for _number in range(count):
            factories.record(owner, title="Hall", voucher_kinds=["insight"], competences=terms)

    add(3)
    few = queries()
    add(30)
    assert queries() == few


def test_html_in_a_record_is_text(client):
    record = factories.record(title="<b>Hall</b>", description="<script>alert(1)</script>")
    for address in ("/catalogue/", f"/catalogue/{record.slug}/"):
        text = client.get(address).text
        assert "&lt;b&gt;Hall&lt;/b&gt;" in text
        assert "<script>alert" not in text


def page(client, record: Record):
    return client.get(f"/catalogue/{record.slug}/")


def test_record_page_shows_rules_contact_and_parts(client, rules):
    owner = factories.provider(accepts=rules)
    facility = factories.record(
        owner, title="Hall", own_rule="Bring shoes.", contact_email="hall@provider.example"
    )
    part = factories.record(
        owner, title="Scanner", kind=RecordKind.EQUIPMENT, facilities=(facility,)
    )
    factories.record(
        owner,
        title="Unseen",
        kind=RecordKind.EQUIPMENT,
        facilities=(facility,),
        is_public=False,
    )
    response = page(client, facility)
    assert (response.status_code, [*response.context["parts"]]) == (200, [part])
    assert [
        text in response.text
        for text in (
            "Rule one.",
            "Version 1 of the common rules of Test programme",
            "Bring shoes.",
            "Confirmed on 8 March 2027",
            "mailto:hall@provider.example",
            f"/brokers/rhineland/?record={facility.slug}#ask",
        )
    ] == [True] * 6
    assert [*page(client, part).context["facilities"]] == [facility]


def test_an_expert_is_reached_at_the_office(client):
    expert = factories.record(kind=RecordKind.EXPERT, contact_email="her.own@provider.example")
    text = page(client, expert).text
    assert ("her.own@" in text, expert.provider.organisation.email in text) == (False, True)


def test_records_that_are_not_public_do_not_exist(client):
    draft = factories.record(is_public=False)
    hidden = factories.record()
    actions.hide(hidden, reason="Closed", by=IMPORTER, now=NOW)
    old = factories.record(confirmed_on=NOW.date().replace(year=2026))
    client.force_login(factories.broker())
    assert [page(client, row).status_code for row in (draft, hidden, old)] == [404, 404, 404]


@pytest.mark.parametrize(
    ("accepts", "visitor", "may_apply"),
    [
        (True, "", True),
        (True, "NL-ENL", True),
        (True, "DE-RHI", False),
        (False, "", False),
        (False, "NL-ENL", False),
    ],
)
def test_only_offered_records_of_other_regions_can_be_applied_with(
    client, rules, accepts, visitor, may_apply
):
    record = factories.record(factories.provider(accepts=rules if accepts else None))
    if visitor:
        client.force_login(factories.member(code=visitor))
    response = page(client, record)
    assert (response.context["can_apply"], response.context["is_offered"]) == (may_apply, accepts)


def test_competences_without_results_are_left_out():
    factories.record(competences=(factories.term("imaging"),))
    factories.term("genomics")
    asked = CatalogueFilter(QueryDict())
    shown = Results(asked, asked.criteria(), find(asked.criteria(), now=NOW))
    terms = next(group for group in shown.groups if group.name == "competence")
    assert [(option.value, option.count) for option in terms.options] == [("imaging", 1)]
