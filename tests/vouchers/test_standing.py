"""A return that nobody answers: what was submitted stands in every part, and nothing is lost."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from portal import uploads
from portal.models import JournalEntry
from portal.permissions import Actor
from portal.workflow import as_json
from tests.vouchers import factories, lives
from tests.vouchers.factories import NOW
from vouchers.actions import applications, calendar, draft_rows, drafts
from vouchers.actions.draft_rows import AidFields, CostFields
from vouchers.models import Application
from vouchers.rules.sme import Figures
from vouchers.snapshots import content_of

pytestmark = pytest.mark.django_db
LATE = NOW + timedelta(days=6)


@pytest.fixture
def world(settings, freeze):
    settings.MFA_RELAXED_FOR_DEMO = True
    freeze(NOW)
    return factories.make_world()


def with_a_file(world) -> Application:
    """A complete draft with a file that is really stored."""
    application = factories.complete_draft(world, "collaboration")
    question = application.question_set.questions.get(kind="file")
    by = Actor.person(world.sme)
    for attachment in application.attachments.all():
        drafts.detach(attachment, by=by, now=NOW)
    checked = uploads.Checked("offer.pdf", "application/pdf", lives.pdf(), "a" * 64)
    drafts.attach(application, question=question, file=checked, by=by, now=NOW)
    return Application.objects.get(pk=application.pk)


def send_back(application, world) -> Application:
    applications.send_back(
        application,
        kind="question",
        message="Which carrier?",
        answer_by=NOW + timedelta(days=5),
        by=Actor.person(world.broker),
        now=NOW,
    )
    return Application.objects.get(pk=application.pk)


def change_everything(application, world) -> None:
    """Write other words into every part, and exchange the file."""
    by = Actor.person(world.sme)
    more = {"by": by, "now": NOW}
    title = {"title": "Another title", "bottleneck": "finance"}
    drafts.set_basics(application, values=title, **more)
    figures = Figures(
        year=NOW.year - 1,
        headcount=Decimal(99),
        turnover=Decimal(1),
        balance_sheet=Decimal(2),
    )
    drafts.set_figures(
        application, figures=figures, is_estimate=True, sector="medical_technology", **more
    )
    aid = AidFields(date(NOW.year - 1, 2, 3), "City of Enschede", "NL", Decimal(700))
    draft_rows.set_aid(application, lines=[aid], is_export_tied=True, **more)
    kind = application.voucher_type.cost_kinds.get(code="lodging")
    lines = [CostFields(kind, "Castle", Decimal(9000))]
    draft_rows.set_costs(application, lines=lines, amount=None, **more)
    for question in application.question_set.questions.filter(kind="long_text"):
        values = {question.key: "Other words"}
        drafts.save_answers(application, section=question.section, values=values, **more)
    for attachment in application.attachments.all():
        drafts.detach(attachment, **more)
    question = application.question_set.questions.get(kind="file")
    checked = uploads.Checked("other.pdf", "application/pdf", lives.pdf(), "b" * 64)
    drafts.attach(application, question=question, file=checked, **more)
    drafts.keep_typed(
        Application.objects.get(pk=application.pk),
        section="aid",
        typed={"aid-0-amount": ["seven"]},
        **more,
    )


def test_every_part_stands_as_it_was_submitted(world):
    application = with_a_file(world)
    factories.send(application, world)
    frozen = application.submissions.get().content
    application = send_back(application, world)
    change_everything(application, world)
    changed = content_of(Application.objects.get(pk=application.pk))
    assert {key for key in frozen if frozen[key] != as_json(changed)[key]} >= {
        "title",
        "sector",
        "bottleneck",
        "sections",
        "costs",
        "figures",
        "declared_aid",
        "is_export_tied",
    }

    calendar.keep_returns(by=Actor.clock(), now=LATE)

    row = Application.objects.get(pk=application.pk)
    now = as_json(content_of(row))
    # Aid that was declared since counts as well: a declaration is only completed.
    assert now.pop("declared_aid") == [
        {
            "granted_on": f"{NOW.year - 1}-02-03",
            "authority": "City of Enschede",
            "member_state": "NL",
            "amount": "700.00",
        },
        *frozen["declared_aid"],
    ]
    assert now == {key: value for key, value in frozen.items() if key != "declared_aid"}
    assert (row.state, row.typed) == ("submitted", {})
    assert JournalEntry.objects.about(row).filter(verb="restore").count() == 1


def test_what_was_written_meanwhile_can_be_taken_away(client, world, freeze):
    application = with_a_file(world)
    factories.send(application, world)
    application = send_back(application, world)
    change_everything(application, world)
    calendar.keep_returns(by=Actor.clock(), now=LATE)
    client.force_login(world.sme)
    row = Application.objects.get(pk=application.pk)
    address = reverse("application_unsent", args=[row.address])
    assert address in client.get(reverse("application", args=[row.address])).content.decode()
    text = client.get(address).content.decode()
    for words in ("Another title", "Other words", "Castle: €9,000", "other.pdf", "seven"):
        assert words in text
    client.force_login(world.broker)
    assert client.get(address).status_code == 403
    client.force_login(factories.another_sme(world))
    assert client.get(address).status_code == 404


def test_an_untouched_return_leaves_nothing_behind(client, world):
    application = factories.returned(world)
    calendar.keep_returns(by=Actor.clock(), now=LATE)
    row = Application.objects.get(pk=application.pk)
    assert (row.state, row.unsent) == ("submitted", None)
    client.force_login(world.sme)
    assert client.get(reverse("application_unsent", args=[row.address])).status_code == 404
