"""Drafting actions: who, when, what is stored, and what two browsers do to each other."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from portal.models import JournalEntry, Upload
from portal.permissions import Actor
from portal.workflow import IllegalMove
from tests.vouchers import factories
from vouchers.actions import draft_rows, drafts
from vouchers.actions.applications import NotComplete
from vouchers.actions.draft_rows import (
    CostFields,
    HostFields,
    NotEligible,
    NotOffered,
    TooManyHosts,
)
from vouchers.actions.drafts import mark
from vouchers.cases.saved import last_saved
from vouchers.models import Answer, Application, Attachment, CostKind, EnterpriseFigures
from vouchers.rules.sme import Figures
from vouchers.rules.verdict import ReasonCode, Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> factories.World:
    return factories.make_world()


@pytest.fixture
def draft(world) -> Application:
    return factories.draft(world)


@pytest.fixture
def by(world) -> Actor:
    return Actor.person(world.sme)


def save(draft, by, world, **given):
    return drafts.save_answers(draft, section="need", by=by, now=world.now, **given)


def answers(draft) -> dict:
    return dict(Answer.objects.filter(application=draft).values_list("question__key", "value"))


def test_answers_are_stored_and_counted_on(draft, by, world):
    saved = save(draft, by, world, values={"need": "Bioavailability", "purpose": "expert"})

    assert answers(draft) == {"need": "Bioavailability", "purpose": "expert"}
    assert (last_saved(saved.application), saved.conflicts) == (world.now, {})


def test_what_cannot_be_stored_is_kept_as_typed_and_takes_the_old_answer_away(draft, by, world):
    save(draft, by, world, values={"need": "short"})
    saved = save(draft, by, world, values={}, typed={"need": "much too long"})

    assert (answers(draft), saved.application.typed) == (
        {"need": None},
        {"need": {"need": "much too long"}},
    )
    assert drafts.answers_shown(saved.application, "need")["need"] == "much too long"

    again = save(draft, by, world, values={"need": "short again"})
    assert (answers(draft), again.application.typed) == ({"need": "short again"}, {})


def test_the_second_browser_is_told_and_nothing_is_overwritten(draft, by, world):
    seen = {"need": mark(None), "purpose": mark(None)}
    save(draft, by, world, values={"need": "first", "purpose": None}, seen=seen)
    second = save(draft, by, world, values={"need": "second", "purpose": "expert"}, seen=seen)

    assert (answers(draft), second.conflicts) == (
        {"need": "first", "purpose": "expert"},
        {"need": "first"},
    )
    last = save(draft, by, world, values={"need": "second"}, seen=second.seen)
    assert (answers(draft)["need"], last.conflicts) == ("second", {})


def test_a_field_that_only_the_other_browser_changed_keeps_its_text(draft, by, world):
    seen = {"need": mark(None), "purpose": mark(None)}
    save(draft, by, world, values={"need": "theirs", "purpose": None}, seen=seen)
    mine = save(draft, by, world, values={"need": None, "purpose": "training"}, seen=seen)
    again = save(draft, by, world, values={"need": None, "purpose": "expert"}, seen=mine.seen)

    assert (answers(draft), mine.conflicts, again.conflicts) == (
        {"need": "theirs", "purpose": "expert"},
        {},
        {},
    )


def test_two_browsers_that_typed_the_same_have_no_conflict(draft, by, world):
    seen = {"need": mark(None)}
    save(draft, by, world, values={"need": "same"}, seen=seen)
    assert save(draft, by, world, values={"need": "same"}, seen=seen).conflicts == {}


def test_basics_merge_like_answers(draft, by, world):
    seen = {"title": mark("")}
    drafts.set_basics(draft, values={"title": "One"}, seen=seen, by=by, now=world.now)
    late = drafts.set_basics(draft, values={"title": "Two"}, seen=seen, by=by, now=world.now)

    draft.refresh_from_db()
    assert (draft.title, late.conflicts) == ("One", {"title": "One"})


def test_the_journal_names_who_typed_what_and_never_the_text(draft, by, world):
    for text in ("a", "ab", "abc"):
        save(draft, by, world, values={"need": text})
    save(draft, by, world, values={"purpose": "expert"})

    entries = JournalEntry.objects.about(draft).filter(verb="type")
    assert [(e.by, e.data) for e in entries] == [
        (world.sme, {"section": "need", "keys": ["need"]}),
        (world.sme, {"section": "need", "keys": ["need", "purpose"]}),
    ]


@pytest.mark.parametrize("who", ["broker", "host_broker", "manager", "finance", "auditor"])
def test_nobody_but_the_applicant_types(draft, world, who):
    with pytest.raises(PermissionDenied):
        save(draft, Actor.person(getattr(world, who)), world, values={"need": "x"})
    assert answers(draft) == {}


def test_another_sme_cannot_type_or_start_for_the_firm(draft, world):
    stranger = Actor.person(factories.another_sme(world))
    with pytest.raises(PermissionDenied):
        save(draft, stranger, world, values={"need": "x"})
    with pytest.raises(PermissionDenied):
        draft_rows.begin(
            world.offers["insight"], organisation=world.organisation, by=stranger, now=world.now
        )


def test_what_is_submitted_cannot_be_edited(world, by):
    application = factories.submitted(world)
    before = answers(application)
    with pytest.raises(IllegalMove):
        save(application, by, world, values={"need": "late"})
    assert answers(application) == before


def test_a_draft_is_saved_until_grace_ends_and_not_after(draft, by, world):
    closes_at = world.call.closes_at
    drafts.save_answers(
        draft, section="need", values={"need": "in time"}, by=by, now=closes_at + timedelta(0, 60)
    )
    with pytest.raises(Refused) as caught:
        drafts.save_answers(
            draft, section="need", values={"need": "late"}, by=by, now=closes_at + timedelta(0, 61)
        )
    assert caught.value.verdict.codes == (ReasonCode.CALL_CLOSED,)
    assert answers(draft) == {"need": "in time"}


def test_a_returned_application_is_edited_until_its_own_instant(world, by):
    application = factories.returned(world)
    answer_by = application.answer_by
    drafts.save_answers(
        application, section="need", values={"need": "carrier B"}, by=by, now=answer_by
    )
    with pytest.raises(Refused) as caught:
        drafts.save_answers(
            application,
            section="need",
            values={"need": "late"},
            by=by,
            now=answer_by + timedelta(seconds=1),
        )
    assert caught.value.verdict.codes == (ReasonCode.ANSWER_TOO_LATE,)


def test_figures_give_the_class_and_belong_to_the_organisation(draft, by, world):
    figures = Figures(
        year=2026,
        headcount=Decimal("8.50"),
        turnover=Decimal(640000),
        balance_sheet=Decimal(910000),
    )
    drafts.set_figures(
        draft,
        figures=figures,
        is_estimate=True,
        sector="medical_technology",
        by=by,
        now=world.now,
    )

    draft.refresh_from_db()
    row = EnterpriseFigures.objects.get()
    assert (draft.figures_year, draft.sme_class, draft.sector) == (
        2026,
        "micro",
        "medical_technology",
    )
    assert (row.organisation, row.headcount, row.is_estimate) == (
        world.organisation,
        Decimal("8.50"),
        True,
    )


def cost(world, code="travel", amount="100.00", kind="meet_greet") -> CostFields:
    row = CostKind.objects.get(voucher_type=world.voucher_type(kind), code=code)
    return CostFields(row, "Item", Decimal(amount))


@pytest.mark.parametrize(
    ("amount", "codes"),
    [
        ("500.00", ()),
        ("0.01", ()),
        ("500.01", (ReasonCode.AMOUNT_ABOVE_CAP,)),
        ("0", (ReasonCode.AMOUNT_NOT_POSITIVE,)),
        ("-1", (ReasonCode.AMOUNT_NOT_POSITIVE,)),
    ],
)
def test_a_capped_amount_obeys_the_voucher_type(world, by, amount, codes):
    draft = factories.draft(world, "meet_greet")
    found = ()
    try:
        draft_rows.set_costs(
            draft, lines=[cost(world)], amount=Decimal(amount), by=by, now=world.now
        )
    except Refused as refused:
        found = refused.verdict.codes
    draft.refresh_from_db()
    assert (found, draft.amount) == (codes, None if codes else Decimal(amount))


@pytest.mark.parametrize(("kind", "amount"), [("insight", 4000), ("collaboration", 7000)])
def test_a_lump_sum_is_what_it_is_whatever_is_sent(world, by, kind, amount):
    draft = factories.draft(world, kind)
    draft_rows.set_costs(
        draft, lines=[cost(world, kind=kind)], amount=Decimal(1), by=by, now=world.now
    )
    draft.refresh_from_db()
    assert draft.amount == Decimal(amount)


def test_costs_that_the_voucher_does_not_pay_are_refused(world, by):
    draft = factories.draft(world, "meet_greet")
    for line in (cost(world, "software"), cost(world, kind="insight")):
        with pytest.raises(NotEligible):
            draft_rows.set_costs(draft, lines=[line], amount=None, by=by, now=world.now)
    assert draft.cost_lines.count() == 0


def test_a_meet_and_greet_takes_five_hosts_and_not_six(world, by):
    draft = factories.draft(world, "meet_greet")
    hosts = [HostFields(name=f"Host {n}", region=world.host) for n in range(6)]
    draft_rows.set_hosts(draft, hosts=hosts[:5], by=by, now=world.now)
    with pytest.raises(TooManyHosts):
        draft_rows.set_hosts(draft, hosts=hosts, by=by, now=world.now)
    assert [h.name for h in draft.hosts.all()] == [f"Host {n}" for n in range(5)]


def test_a_record_that_is_not_offered_cannot_be_chosen_but_one_chosen_before_stays(
    world, by, draft
):
    record = world.records["DE-NDS"]
    host = draft_rows.host_of(record)
    draft_rows.set_hosts(draft, hosts=[host], by=by, now=world.now)
    much_later = world.now + timedelta(days=10)
    record.provider.accepted_rules = None
    record.provider.save()

    draft_rows.set_hosts(draft, hosts=[host], by=by, now=much_later)
    with pytest.raises(NotOffered):
        draft_rows.set_hosts(factories.draft(world), hosts=[host], by=by, now=world.now)


def test_a_file_is_stored_and_taken_away_with_its_row(draft, by, world):
    question = draft.question_set.questions.get(key="quote")
    checked = drafts.Checked("quote.pdf", "application/pdf", b"%PDF-1.7", "a" * 64)
    attachment = drafts.attach(draft, question=question, file=checked, by=by, now=world.now)
    assert (attachment.upload.size, attachment.upload.uploaded_by) == (8, world.sme)

    drafts.detach(attachment, by=by, now=world.now)
    assert (Attachment.objects.count(), Upload.objects.count()) == (0, 0)


def test_nothing_unfinished_is_sent(world, by):
    application = factories.complete_draft(world)
    drafts.keep_typed(
        application, section="costs", typed={"cost-1-amount": ["2.4k"]}, by=by, now=world.now
    )
    application.refresh_from_db()
    with pytest.raises(NotComplete) as caught:
        drafts.send(application, declarations=drafts.DECLARATIONS, by=by, now=world.now)
    assert caught.value.missing == ["costs"]


@pytest.mark.parametrize("left_out", sorted(drafts.DECLARATIONS))
def test_every_declaration_is_needed(world, by, left_out):
    application = factories.complete_draft(world)
    with pytest.raises(NotComplete) as caught:
        drafts.send(
            application, declarations=drafts.DECLARATIONS - {left_out}, by=by, now=world.now
        )
    application.refresh_from_db()
    assert (caught.value.missing, application.state) == ([left_out], "draft")
