"""The self-check: one question at a time, the law's own answer, and nothing stored but counts."""

import re
from itertools import product

import pytest
from django.urls import reverse

from portal.models import JournalEntry, OutgoingMail
from tests.vouchers import factories
from tests.vouchers.factories import NOW
from vouchers.actions import applications, draft_rows
from vouchers.actions.draft_rows import HostFields
from vouchers.cases import verdict_on
from vouchers.enums import CallState
from vouchers.models import Application, Call, CallVoucherType, RefusedCheck
from vouchers.rules.verdict import ReasonCode
from vouchers.views.checks import panel_of

pytestmark = pytest.mark.django_db
# The eight regions of the programmes, in the order of the stories.
EIGHT = [
    ("BE-WAL", "BE"),
    ("DK-DNK", "DK"),
    ("DE-RHI", "DE"),
    ("NL-ENL", "NL"),
    ("BE-VLG", "BE"),
    ("DE-NDS", "DE"),
    ("DE-STU", "DE"),
    ("FR-ALS", "FR"),
]
PAIRS = [*product(EIGHT, EIGHT)]


@pytest.fixture
def world(settings, freeze):
    settings.MFA_RELAXED_FOR_DEMO = True
    freeze(NOW)
    return factories.make_world()


@pytest.fixture
def eight(world):
    """The programme with its eight regions."""
    known = world.regions
    world.programme.regions.exclude(region__code__in=[code for code, _country in EIGHT]).delete()
    for code, country in EIGHT:
        if code not in known:
            row = (code, code, country, "XX0", "Europe/Brussels", "en")
            known[code] = factories._region(world.programme, *row)
    return {code: known[code] for code, _country in EIGHT}


def answers(world, kind="insight", **given):
    """Whole answers of a small firm at home with a partner in the host region."""
    return {
        "step": "aid",
        "voucher": str(world.offers[kind].pk),
        "home": "NL-ENL",
        "headcount": "40",
        "turnover": "1,000,000",
        "balance_sheet": "500,000.50",
        "around": "no",
        "host": "DE-NDS",
        "earlier_aid": "0",
        **given,
    }


def verdict(client, world, kind="insight", **given):
    return client.post(reverse("self_check"), answers(world, kind, **given))


def heading(page) -> str:
    text = page.content.decode()
    found = re.search(r"<h1[^>]*>(.*?)</h1>", text, re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", "", found[1]).split())


def test_it_asks_one_question_at_a_time_and_goes_back_without_a_loss(client, world):
    address = reverse("self_check")
    page = client.get(address)
    assert heading(page) == "Which voucher do you think of?"
    assert "Question 1 of 7" in page.content.decode()
    steps = [
        ({"step": "voucher", "voucher": "any"}, "Where is your firm?"),
        ({"step": "home", "home": "NL-ENL"}, "How large is your firm?"),
        (
            {"step": "size", "headcount": "40", "turnover": "1", "balance_sheet": "1"},
            "Does your firm stand alone?",
        ),
        ({"step": "group", "around": "yes"}, "Who stands around your firm?"),
        ({"step": "related", "public": "no"}, "Where is the partner?"),
        ({"step": "host", "host": "DE-NDS"}, "Does any of this apply?"),
        ({"step": "conduct"}, "How much de minimis aid has your firm had?"),
        ({"step": "aid"}, "Yes, you may apply"),
    ]
    so_far = {}
    for given, expected in steps:
        so_far |= given
        page = client.post(address, so_far)
        assert heading(page) == expected
    page = client.post(address, {**so_far, "step": "home", "back": "1"})
    assert heading(page) == "Which voucher do you think of?"
    assert re.search(r'value="any"[^>]*checked', page.content.decode())
    assert 'name="headcount" value="40"' in page.content.decode()
    page = client.post(address, {**so_far, "step": "verdict", "back": "1"})
    assert heading(page) == "How much de minimis aid has your firm had?"


def test_who_stands_alone_is_not_asked_about_others(client, world):
    page = client.post(reverse("self_check"), answers(world, step="group"))
    assert heading(page) == "Where is the partner?"


@pytest.mark.parametrize(
    ("given", "expected", "words"),
    [
        ({}, "Yes, you may apply", "Nothing stands against it"),
        ({"host": "NL-ENL"}, "No, not like this", "are both in East Netherlands"),
        ({"headcount": "260"}, "No, not like this", "fewer than 250 staff"),
        ({"home": "outside"}, "No, not like this", "The SME must sit in a region"),
        ({"host": "outside"}, "No, not like this", "The partner must sit in a region"),
        ({"applies": ["is_primary"]}, "No, not like this", "primary agriculture"),
        ({"applies": ["is_insolvent"]}, "No, not like this", "insolvent"),
        ({"applies": ["has_started"]}, "No, not like this", "must not have begun"),
        ({"applies": ["is_funded_elsewhere"]}, "No, not like this", "cannot be paid twice"),
        ({"applies": ["is_export_tied"]}, "No, not like this", "export activities"),
        ({"earlier_aid": "297,000"}, "No, not like this", "€3,000 left"),
        ({"earlier_aid": "296,000"}, "Yes, you may apply", "left after"),
    ],
)
def test_the_law_answers_with_its_reason(client, world, given, expected, words):
    page = verdict(client, world, **given)
    assert heading(page) == expected
    assert words in page.content.decode()


def test_those_around_the_firm_count(client, world):
    group = {"around": "yes", "public": "no"}
    linked = {**group, "linked_headcount": "211"}
    assert heading(verdict(client, world, **linked)) == "No, not like this"
    partner = {**group, "partner_percent": "30", "partner_headcount": "690"}
    assert heading(verdict(client, world, **partner)) == "Yes, you may apply"
    partner["partner_headcount"] = "700"
    assert heading(verdict(client, world, **partner)) == "No, not like this"
    page = verdict(client, world, **{**group, "public": "yes"})
    assert "Public bodies hold 25%" in page.content.decode()


def test_not_sure_shows_every_voucher(client, world):
    page = verdict(client, world, voucher="any").content.decode()
    for offer in world.offers.values():
        assert f"offer-{offer.pk}" in page


@pytest.mark.parametrize(
    ("given", "step", "sentence"),
    [
        ({"voucher": ""}, "voucher", "Choose a voucher"),
        ({"voucher": "999999"}, "voucher", "999999"),
        ({"home": ""}, "home", "Choose the region of your firm"),
        ({"home": "XX-XXX"}, "home", "XX-XXX"),
        ({"headcount": "many"}, "size", "must be a number"),
        ({"headcount": ""}, "size", "This field is required"),
        ({"turnover": "1.000,50"}, "size", "must be a number"),
        ({"balance_sheet": "-1"}, "size", "must be 0 or more"),
        ({"around": "yes", "public": ""}, "related", "Choose yes or no"),
        ({"around": "yes", "public": "no", "partner_percent": "60"}, "related", "from 25 to 50"),
        ({"host": "<script>"}, "host", "&lt;script&gt;"),
        ({"earlier_aid": "1.2.3"}, "aid", "must be a number"),
    ],
)
def test_bad_input_gets_a_sentence_and_keeps_all_answers(client, world, given, step, sentence):
    page = verdict(client, world, **given)
    text = page.content.decode()
    assert f'name="step" value="{step}"' in text
    assert sentence in text
    assert "<script>" not in text.partition("<main")[2].replace('<script src="', "")
    if step != "size":
        assert 'name="turnover" value="1,000,000"' in text


def test_a_german_number_is_read_in_german(client, world):
    client.cookies["django_language"] = "de"
    page = verdict(client, world, turnover="1.000.000,50", balance_sheet="1.000,00")
    assert page.context["is_ok"]


def test_blocked_checks_are_counted_by_rule_without_anything_about_who(client, world):
    before = (JournalEntry.objects.count(), OutgoingMail.objects.count())
    for _time in range(4):
        verdict(client, world, host="NL-ENL")
    verdict(client, world, headcount="260")
    verdict(client, world)
    rows = RefusedCheck.objects.order_by("-count")
    assert [(r.rule, r.count, r.voucher_type.code, r.region.code, r.day) for r in rows] == [
        (ReasonCode.SAME_REGION, 4, "insight", "NL-ENL", NOW.date()),
        (ReasonCode.HEADCOUNT_TOO_HIGH, 1, "insight", "NL-ENL", NOW.date()),
    ]
    assert (JournalEntry.objects.count(), OutgoingMail.objects.count()) == before
    names = {field.name for field in RefusedCheck._meta.get_fields()}
    assert names == {"id", "day", "programme", "voucher_type", "region", "rule", "count"}


def test_a_machine_cannot_write_the_statistics(client, world):
    for _time in range(70):
        verdict(client, world, host="NL-ENL")
    assert RefusedCheck.objects.get().count == 60


def test_only_staff_of_the_region_and_programme_see_the_counts(client, world):
    verdict(client, world, host="NL-ENL")
    address = reverse("admin:vouchers_refusedcheck_changelist")
    seen = {}
    for who in ("broker", "other_broker", "manager", "auditor"):
        client.force_login(getattr(world, who))
        seen[who] = "same region" in client.get(address).content.decode()
    assert seen == {"broker": True, "other_broker": False, "manager": True, "auditor": True}


def test_a_link_of_a_record_and_a_call_brings_both_along(client, world):
    slug = world.records["DE-NDS"].slug
    page = client.get(reverse("self_check"), {"voucher": "lsv-1/insight", "record": slug})
    text = page.content.decode()
    assert re.search(rf'value="{world.offers["insight"].pk}"[^>]*checked', text)
    assert 'name="host" value="DE-NDS"' in text


def test_without_any_announced_call_it_says_so(client, world):
    CallVoucherType.objects.all().delete()
    assert "No call is announced yet" in client.get(reverse("self_check")).content.decode()


def test_between_calls_the_newest_announced_one_answers(client, world, freeze):
    freeze(world.call.closes_at.replace(year=NOW.year + 1))
    assert heading(client.get(reverse("self_check"))) == "Which voucher do you think of?"
    Call.objects.update(state=CallState.DRAFT)
    assert "No call is announced yet" in client.get(reverse("self_check")).content.decode()


@pytest.mark.parametrize(
    ("rule", "expected"), [("other_region", (56, 8)), ("other_country", (48, 16))]
)
def test_the_64_pairs_are_the_same_on_check_form_desk_and_submit(
    client, world, eight, rule, expected
):
    CallVoucherType.objects.update(terms={})
    world.offers["insight"].voucher_type.__class__.objects.update(crossing_rule=rule)
    # Wallonia, Denmark … as firms: one draft each, whose partner moves from region to region.
    on_page, on_form, by_law = {}, {}, {}
    for code, region in eight.items():
        sme = factories.make_person(f"sme@{code.lower()}.example")
        firm = factories.make_firm(region, sme, name=f"Firm of {code}")
        draft = applications.start(
            CallVoucherType.objects.get(pk=world.offers["insight"].pk),
            organisation=firm,
            home_region=region,
            by=factories.Actor.person(sme),
            now=NOW,
        )
        for partner, where in eight.items():
            page = verdict(client, world, home=code, host=partner)
            on_page[code, partner] = page.context["is_ok"]
            draft_rows.set_hosts(
                Application.objects.get(pk=draft.pk),
                hosts=[HostFields(name="Lab", region=where)],
                by=factories.Actor.person(sme),
                now=NOW,
            )
            row = Application.objects.get(pk=draft.pk)
            on_form[code, partner] = all(one.ok for one in panel_of(row, now=NOW).routes)
            # Submit and desk ask this very function.
            by_law[code, partner] = verdict_on(row, now=NOW).ok
    assert on_page == on_form == by_law
    assert (sum(on_page.values()), 64 - sum(on_page.values())) == expected
