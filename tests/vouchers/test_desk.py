"""The desk: what it shows, which buttons it offers, and what each of them does."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.enums import Role
from portal.models import OutgoingMail, RegionRole, User
from portal.permissions import Actor
from portal.workflow import available
from tests.vouchers import factories
from vouchers.actions import applications, assessments, awards
from vouchers.admin.verbs import VERBS
from vouchers.enums import ApplicationState as S
from vouchers.enums import RejectReason, Side
from vouchers.models import Application, Award, LedgerEntry, Signature
from vouchers.workflow import APPLICATION

pytestmark = pytest.mark.django_db
STATEMENTS = 20
PEOPLE = ["broker", "host_broker", "other_broker", "finance", "manager", "auditor", "assessor"]


@pytest.fixture(autouse=True)
def relaxed(settings) -> None:
    settings.MFA_RELAXED_FOR_DEMO = True


@pytest.fixture
def world(freeze) -> factories.World:
    freeze(factories.NOW)
    return factories.make_world()


def address(application, page="change") -> str:
    return reverse(f"admin:vouchers_application_{page}", args=[application.reference])


def look(client, user, application):
    client.force_login(user)
    return client.get(address(application))


def press(client, user, application, verb, **data):
    client.force_login(user)
    given = {f"{verb}-{name}": value for name, value in data.items()}
    return client.post(address(application, verb), given)


def errors(answer) -> list[str]:
    """The sentences beside the form that came back."""
    form = answer.context["form"]
    return [str(words) for found in form.errors.values() for words in found]


def offered(answer) -> list[str]:
    return sorted(panel.form.prefix for panel in answer.context["panels"])


def make_assessor(application, world) -> User:
    """A broker of a third region who assesses."""
    person = factories.make_person("assessor@desk.example")
    RegionRole.objects.create(
        user=person,
        region=world.regions["NL-SNL"],
        role=Role.BROKER,
        organisation="Assessor office",
        starts_at=world.now - timedelta(days=1),
    )
    return person


def in_assessment(world, assessor) -> Application:
    application = factories.eligible(world)
    by = Actor.person(world.broker)
    assessments.assign(application, assessor=assessor, by=by, now=world.now)
    return application


def scored(world, assessor, score) -> Application:
    factories.name_criteria(world, "insight", plan=100)
    application = in_assessment(world, assessor)
    assessments.score(
        application.assessments.get(),
        scores={"plan": score},
        feedback="Read with care.",
        by=Actor.person(assessor),
        now=world.now,
    )
    application.refresh_from_db()
    return application


def home_signed(world) -> Application:
    application = factories.eligible(world)
    awards.sign(
        application,
        side=Side.HOME,
        amount=application.amount,
        note="Only for East Netherlands",
        by=Actor.person(world.broker),
        now=world.now,
    )
    return application


def ineligible(world) -> Application:
    application = factories.submitted(world)
    applications.find_ineligible(
        application,
        reason=RejectReason.OUT_OF_SCOPE,
        message="Not life sciences.",
        by=Actor.person(world.broker),
        now=world.now,
    )
    return application


def held_rejection(world) -> Application:
    world.offers["insight"].holds_letters = True
    world.offers["insight"].save()
    return factories.rejected(world)


def on_reserve(world) -> Application:
    application = factories.eligible(world)
    awards.reserve(application, by=Actor.person(world.broker), now=world.now)
    return application


def withdrawn(world) -> Application:
    application = factories.submitted(world)
    applications.withdraw(application, by=Actor.person(world.sme), now=world.now)
    return application


CASES = {
    "submitted": lambda world, _assessor: factories.submitted(world),
    "returned": lambda world, _assessor: factories.returned(world),
    "eligible": lambda world, _assessor: factories.eligible(world),
    "home_signed": lambda world, _assessor: home_signed(world),
    "ineligible": lambda world, _assessor: ineligible(world),
    "in_assessment": in_assessment,
    "recommended": lambda world, assessor: scored(world, assessor, 5),
    "not_recommended": lambda world, assessor: scored(world, assessor, 1),
    "approved": lambda world, _assessor: factories.approved(world).application,
    "rejected": lambda world, _assessor: factories.rejected(world),
    "held_rejection": lambda world, _assessor: held_rejection(world),
    "reserve": lambda world, _assessor: on_reserve(world),
    "withdrawn": lambda world, _assessor: withdrawn(world),
}
# What the panel adds to the workflow's table, as the rules of the desk say it.
MORE_ASSESSORS = {("in_assessment", name): {"assign"} for name in ("broker", "manager")}
SIGNED = {("home_signed", "broker"): {"sign_home"}}
# The arrow is home's; the state of its letter, which was told, takes the button away.
TOLD = {("rejected", "broker"): {"reverse"}}


@pytest.mark.parametrize("case", CASES)
def test_buttons_are_those_of_the_workflow(client, world, case):
    """A button is there if and only if the workflow offers its arrow to the person."""
    assessor = make_assessor(None, world)
    application = Application.objects.get(pk=CASES[case](world, assessor).pk)
    people = {name: getattr(world, name, assessor) for name in PEOPLE}

    seen = {name: look(client, person, application) for name, person in people.items()}

    shown = {
        name: set(offered(answer)) if answer.status_code == 200 else None
        for name, answer in seen.items()
    }
    assert shown == {
        name: _expected(case, name, person, application) for name, person in people.items()
    }


def _expected(case: str, name: str, person: User, application: Application) -> set[str] | None:
    """The workflow's answer, told apart by side; None where the row is not visible."""
    person = User.objects.get(pk=person.pk)
    if not Application.objects.for_desk(person).filter(pk=application.pk).exists():
        return None
    free = {arrow.name for arrow in available(APPLICATION, application, Actor.person(person))}
    by_arrow = {verb.transition.name for verb in VERBS.values()} & free
    verbs = {
        verb for verb, row in VERBS.items() if row.transition.name in by_arrow - {"approve"}
    } | MORE_ASSESSORS.get((case, name), set())
    if "approve" in free:
        verbs |= {"sign_host" if name == "host_broker" else "sign_home"}
    if name == "host_broker":
        verbs -= {"reserve"}
    return verbs - {**SIGNED, **TOLD}.get((case, name), set())


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_in_the_wrong_state_is_409(client, world, verb):
    """Approved is no state from which a verb of the desk begins."""
    application = factories.approved(world).application
    who = world.host_broker if verb == "sign_host" else world.broker
    if verb in {"list_partner", "refuse_partner"}:
        who = world.manager
    if verb == "score":
        who = make_assessor(application, world)
        application.assessments.create(assessor=who, assigned_at=world.now)
    if verb in {"reverse", "reinstate"}:
        Application.objects.filter(pk=application.pk).update(told_at=None)
        application.decisions.update(decided_by=None)
    before = snapshot()

    answer = press(client, who, application, verb)

    assert (answer.status_code, snapshot()) == (409, before)


@pytest.mark.parametrize("role", ["finance", "auditor"])
@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_of_another_role_is_403(client, world, verb, role):
    application = factories.eligible(world)
    before = snapshot()

    answer = press(client, getattr(world, role), application, verb)

    assert (answer.status_code, snapshot()) == (403, before)


@pytest.mark.parametrize("verb", [*VERBS, None])
def test_another_region_s_application_is_404(client, world, verb):
    application = factories.eligible(world)

    answer = (
        press(client, world.other_broker, application, verb)
        if verb
        else look(client, world.other_broker, application)
    )

    assert answer.status_code == 404


def test_the_host_sees_nothing_before_home_has_signed(client, world):
    application = factories.eligible(world)
    before = look(client, world.host_broker, application).status_code
    press(client, world.broker, application, "sign_home", amount="4000")

    after = look(client, world.host_broker, application)

    assert (before, after.status_code, offered(after)) == (404, 200, ["sign_host"])


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_is_never_a_get(client, world, verb):
    application = factories.eligible(world)
    client.force_login(world.broker)

    assert client.get(address(application, verb)).status_code == 405


def snapshot() -> list:
    """Everything that a refused button must leave alone."""
    return [
        *Application.objects.order_by("pk").values_list("pk", "state", "saved_at"),
        *Signature.objects.order_by("pk").values_list("pk", "voided_at"),
        *LedgerEntry.objects.order_by("pk").values_list("pk", "amount"),
        OutgoingMail.objects.count(),
    ]


def test_two_regions_sign_through_the_pages(client, world):
    application = factories.submitted(world)

    press(client, world.broker, application, "find_eligible")
    first = press(client, world.broker, application, "sign_home", amount="4000.00", note="Good")
    waiting = look(client, world.broker, application)
    last = press(client, world.host_broker, application, "sign_host", amount="4000.00")

    application.refresh_from_db()
    award = Award.objects.get()
    assert (first.status_code, last.status_code, application.state, award.amount) == (
        302,
        302,
        S.APPROVED,
        Decimal("4000.00"),
    )
    assert waiting.context["second_broker"] == (
        "Waiting for Lower Saxony to confirm by 15 March 2027."
    )
    assert [(s.side, s.signed_by, s.region.code) for s in application.signatures.all()] == [
        (Side.HOME, world.broker, "NL-ENL"),
        (Side.HOST, world.host_broker, "DE-NDS"),
    ]
    assert list(award.entries.values_list("kind", "amount", "pot__region__code")) == [
        ("reserve", Decimal("4000.00"), "NL-ENL")
    ]
    asked = OutgoingMail.objects.filter(kind="host_signature_asked")
    assert [mail.to for mail in asked] == [["broker@nds.example"]]


def test_the_page_says_that_a_second_broker_is_needed(client, world):
    answer = look(client, world.broker, factories.eligible(world))

    assert answer.context["second_broker"] == (
        "Insight vouchers need a second broker. Your approval goes to Lower Saxony to confirm."
    )
    assert "Approve €4,000" in answer.content.decode()


def test_a_meet_and_greet_needs_home_alone(client, world):
    application = factories.eligible(world, "meet_greet")

    press(client, world.broker, application, "sign_home", amount="400,00")
    answer = press(client, world.broker, application, "sign_home", amount="400.00")

    application.refresh_from_db()
    assert (answer.status_code, application.state, application.amount) == (
        302,
        S.APPROVED,
        Decimal("400.00"),
    )


def test_a_pot_that_is_short_puts_on_the_reserve_list(client, world):
    for _number in range(14):
        factories.approved(world, "collaboration", by=factories.another_sme(world))
    application = home_signed(world)

    answer = press(client, world.host_broker, application, "sign_host", amount="4000")

    application.refresh_from_db()
    left = [str(message) for message in answer.wsgi_request._messages]
    assert (application.state, Award.objects.filter(application=application).count()) == (
        S.RESERVE,
        0,
    )
    assert left == ["The region's money is used up, so this is on the reserve list."]


def test_money_short_on_the_reserve_list_is_a_sentence(client, world):
    for _number in range(14):
        factories.approved(world, "collaboration", by=factories.another_sme(world))
    application = on_reserve(world)
    press(client, world.broker, application, "sign_home", amount="4000")

    answer = press(client, world.host_broker, application, "sign_host", amount="4000")

    assert (answer.status_code, errors(answer)) == (
        200,
        [
            (
                "The region's pot has €2,000 left, so this does not fit. "
                "Choose a lower amount or the reserve list"
            )
        ],
    )


def test_one_person_cannot_sign_for_both_regions(client, world):
    RegionRole.objects.create(
        user=world.broker,
        region=world.host,
        role=Role.BROKER,
        organisation="Second office",
        starts_at=world.now - timedelta(days=1),
    )
    application = home_signed(world)
    before = snapshot()

    answer = press(client, world.broker, application, "sign_host", amount="4000")

    assert (errors(answer), snapshot()) == (
        ["You have signed for the other region, so a colleague signs for this one"],
        before,
    )


def test_one_organisation_cannot_sign_for_both_regions(client, world):
    RegionRole.objects.filter(user=world.host_broker).update(
        organisation=RegionRole.objects.get(user=world.broker).organisation
    )

    answer = press(client, world.host_broker, home_signed(world), "sign_host", amount="4000")

    assert errors(answer) == [
        "Your organisation has signed for the other region, so another organisation signs here"
    ]


def test_an_amount_that_home_did_not_sign_is_refused(client, world):
    answer = press(client, world.host_broker, home_signed(world), "sign_host", amount="3999")

    assert errors(answer) == [
        "This voucher is worth exactly €4,000 and cannot be issued for €3,999"
    ]


def test_a_second_press_says_that_the_region_has_signed(client, world):
    answer = press(client, world.broker, home_signed(world), "sign_home", amount="4000")

    assert "This region has signed already" in errors(answer)


def test_what_was_typed_is_kept_when_a_form_comes_back(client, world):
    application = factories.submitted(world)

    answer = press(client, world.broker, application, "reject", reason="", message="Kept words")

    page = answer.content.decode()
    title = page.partition("<title>")[2].partition("</title>")[0]
    assert (errors(answer), "Kept words" in page, "Error: " in title) == (
        ["Choose a reason"],
        True,
        True,
    )
    assert '<a href="#id_reject-reason">Choose a reason</a>' in page


def test_an_ineligible_finding_is_told_and_reinstated_by_somebody_else(client, world):
    application = factories.submitted(world)
    arrived = application.first_submitted_at

    press(
        client, world.broker, application, "find_ineligible", reason="out_of_scope", message="Why"
    )
    own = press(client, world.broker, application, "reinstate", reason="I was wrong")
    other = press(client, world.manager, application, "reinstate", reason="It is in scope")

    application.refresh_from_db()
    assert (own.status_code, other.status_code) == (403, 302)
    assert (application.state, application.first_submitted_at) == (S.SUBMITTED, arrived)
    told = OutgoingMail.objects.filter(kind__in=["ineligible", "reinstated"]).order_by("pk")
    assert [(mail.kind, mail.to) for mail in told] == [
        ("ineligible", ["sme@voorbeeld.example"]),
        ("reinstated", ["sme@voorbeeld.example"]),
    ]
    assert "22 March 2027" in told[0].body


def test_a_question_goes_to_the_applicant_with_its_instant(client, world):
    application = factories.submitted(world)
    form = next(
        panel.form
        for panel in look(client, world.broker, application).context["panels"]
        if panel.form.prefix == "send_back"
    )

    press(
        client,
        world.broker,
        application,
        "send_back",
        kind="question",
        message="Which carrier?\n\nWhich year?",
        answer_day=form["answer_day"].value(),
        answer_time="17:00",
    )

    application.refresh_from_db()
    mail = OutgoingMail.objects.get(kind="changes_requested")
    assert (application.state, application.answer_by.isoformat()) == (
        S.RETURNED,
        "2027-03-15T16:00:00+00:00",
    )
    assert mail.subject == "Answer by 15 March 2027: a question about LSV-1-0001"
    assert "  Which carrier?\n  Which year?\n" in mail.body


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("2027-03-01", "Choose a day and time that lie ahead"),
        ("2028-03-01", "Choose a day within the next 60 days"),
        ("soon", "Enter a date like 2026-11-30"),
        ("", "Enter the last day to answer"),
    ],
)
def test_a_question_needs_an_instant_that_lies_ahead(client, world, day, words):
    application = factories.submitted(world)

    answer = press(
        client,
        world.broker,
        application,
        "send_back",
        kind="question",
        message="Which?",
        answer_day=day,
        answer_time="17:00",
    )

    assert errors(answer) == [words]


def test_assessors_are_asked_and_score(client, world):
    factories.name_criteria(world, "insight", plan=100)
    assessor, application = make_assessor(None, world), factories.eligible(world)
    factories.reads_at_once(assessor)

    press(client, world.broker, application, "assign", email=assessor.email.upper())
    mails = OutgoingMail.objects.filter(kind="assessment_assigned")
    missing = press(client, assessor, application, "score", feedback="Fine")
    press(client, assessor, application, "score", score_plan="4", feedback="Fine")

    application.refresh_from_db()
    assert errors(missing) == ["Give a score for “Plan”"]
    assert (application.state, application.assessments.get().total, mails.get().to) == (
        S.RECOMMENDED,
        Decimal("80.00"),
        [assessor.email],
    )


@pytest.mark.parametrize(
    ("email", "words"),
    [
        ("nobody@nowhere.example", "Nobody signs in with this address"),
        ("sme@voorbeeld.example", "Choose somebody who does not act for the applicant"),
        ("not an address", "Enter an e-mail address like name@example.com"),
    ],
)
def test_not_everybody_can_assess(client, world, email, words):
    application = factories.eligible(world)

    answer = press(client, world.broker, application, "assign", email=email)

    assert [found.startswith(words) for found in errors(answer)] == [True]


def test_an_assessor_needs_a_role_at_the_desk(client, world):
    stranger = factories.make_person("stranger@desk.example")

    answer = press(client, world.broker, factories.eligible(world), "assign", email=stranger.email)

    assert errors(answer) == [
        "This person has no role yet. Ask the programme manager to invite them first"
    ]


def test_an_assessor_never_signs(client, world):
    application = factories.eligible(world)
    press(client, world.manager, application, "assign", email=world.broker.email)

    assert press(client, world.broker, application, "reject").status_code == 403


def test_a_held_rejection_moves_to_the_reserve_list(client, world):
    application = held_rejection(world)
    page = look(client, world.broker, application).content.decode()

    answer = press(client, world.broker, application, "reverse")

    application.refresh_from_db()
    assert ("Held until the letters are released" in page, answer.status_code) == (True, 302)
    assert application.state == S.RESERVE


def test_home_reads_everything(client, world):
    page = look(client, world.broker, home_signed(world)).content.decode()

    assert {
        words: words in page
        for words in ("€1,900,000", "Province of Gelderland", "Only for East Netherlands", "Budget")
    } == {
        "€1,900,000": True,
        "Province of Gelderland": True,
        "Only for East Netherlands": True,
        "Budget": True,
    }


def test_the_host_reads_project_partner_and_costs_alone(client, world):
    answer = look(client, world.host_broker, home_signed(world))

    page = answer.content.decode()
    assert {
        words: words in page
        for words in (
            "Peptide stability in plasma",
            "Musterlab Lower Saxony",
            "Train and hotel",
            "€1,900,000",
            "Province of Gelderland",
            "Only for East Netherlands",
            "Region budget",
            "sme@voorbeeld.example",
        )
    } == {
        "Peptide stability in plasma": True,
        "Musterlab Lower Saxony": True,
        "Train and hotel": True,
        "€1,900,000": False,
        "Province of Gelderland": False,
        "Only for East Netherlands": False,
        "Region budget": False,
        "sme@voorbeeld.example": False,
    }
    assert [check.title for check in answer.context["checks"]] == ["Route"]


def test_a_question_that_is_not_for_the_host_stays_hidden_with_its_file(client, world):
    application = home_signed(world)
    application.question_set.questions.update(seen_by_host=False)
    for submission in application.submissions.all():
        for section in submission.content["sections"]:
            for answer in section["answers"]:
                answer["seen_by_host"] = False
        submission.save()
    upload = application.attachments.get().upload
    file = reverse("admin:vouchers_application_file", args=[application.reference, upload.pk])

    answer = look(client, world.host_broker, application)

    assert (answer.context["dossier"].parts, answer.context["dossier"].files) == ([], [])
    assert client.get(file).status_code == 404


def test_files_are_given_as_downloads(client, world):
    application = factories.submitted(world)
    upload = application.attachments.get().upload
    file = reverse("admin:vouchers_application_file", args=[application.reference, upload.pk])
    client.force_login(world.broker)

    answer = client.get(file)

    assert (
        b"".join(answer.streaming_content),
        answer["Content-Type"],
        answer["Content-Disposition"],
    ) == (b"%PDF-1.7 sample", "application/pdf", 'attachment; filename="quote.pdf"')
    client.force_login(world.other_broker)
    assert client.get(file).status_code == 404


def test_a_file_of_another_application_is_404(client, world):
    mine = factories.submitted(world)
    other = factories.submitted(world, by=factories.another_sme(world))
    upload = other.attachments.get().upload
    client.force_login(world.broker)

    file = reverse("admin:vouchers_application_file", args=[mine.reference, upload.pk])

    assert client.get(file).status_code == 404


def test_a_copy_that_is_not_made_yet_is_404(client, world):
    application = factories.submitted(world)
    client.force_login(world.broker)

    assert client.get(address(application, "copy")).status_code == 404


@pytest.mark.parametrize("reference", ["LSV-1-9999", "0", "9" * 30, "draft-abc"])
def test_an_unknown_number_is_404(client, world, reference):
    client.force_login(world.broker)

    page = reverse("admin:vouchers_application_change", args=[reference])

    assert client.get(page).status_code == 404


def test_a_draft_is_the_applicant_s_own(client, world):
    draft = factories.complete_draft(world)
    client.force_login(world.manager)

    page = reverse("admin:vouchers_application_change", args=[draft.pk])

    assert client.get(page).status_code == 404


def test_checks_say_what_the_law_says(client, world):
    answer = look(client, world.broker, factories.submitted(world))

    assert [(check.title, check.tone, check.words) for check in answer.context["checks"]] == [
        (
            "SME status",
            "ok",
            "Small enterprise in 2026: 14 staff, turnover €1,900,000, balance sheet €2,400,000",
        ),
        ("Route", "ok", "From East Netherlands to Lower Saxony"),
        ("De minimis aid", "ok", "€293,500 left after these €4,000"),
        ("One voucher per type", "ok", "0 of 1 vouchers of this type in use in this call"),
        ("Budget", "ok", "€100,000 free now, €96,000 after this"),
    ]


def test_costs_below_the_lump_sum_are_named_where_no_partner_confirmed(client, world):
    application = factories.submitted(world)
    application.consents.all().delete()

    checks = look(client, world.broker, application).context["checks"]

    assert [check.words for check in checks if check.title == "Price"] == [
        "The costs add up to €420, below the lump sum of €4,000"
    ]


def test_a_rule_that_says_no_comes_back_as_a_sentence(client, world):
    factories.approved(world, by=world.sme)
    world.offers["insight"].voucher_type.max_per_call = 2
    world.offers["insight"].voucher_type.save()
    application = factories.submitted(world, "meet_greet")
    world.offers["meet_greet"].voucher_type.refresh_from_db()
    application.organisation.figures.update(headcount=260)

    answer = press(client, world.broker, application, "find_eligible")

    application.refresh_from_db()
    assert (application.state, errors(answer)) == (
        S.SUBMITTED,
        [
            (
                "An SME has fewer than 250 staff, and this firm has 260 with its partner and "
                "linked enterprises"
            )
        ],
    )


def test_the_history_names_who_did_what(client, world):
    history = look(client, world.broker, home_signed(world)).context["dossier"].history

    assert [(line.words, line.who) for line in history] == [
        ("Signed for the home region", "Broker"),
        ("Found eligible", "Broker"),
        ("Declared", "Sme"),
        ("Content frozen", "Sme"),
        ("Submitted", "Sme"),
        ("Partner confirmed", "the partner, by a link in a mail"),
        ("Partner asked for consent", "Sme"),
        ("Answers typed", "Sme"),
        ("Draft started", "Sme"),
    ]


@pytest.mark.parametrize("case", CASES)
def test_one_application_costs_few_statements(client, world, case):
    assessor = make_assessor(None, world)
    application = CASES[case](world, assessor)
    people = [world.broker, world.manager, assessor]

    costs = {}
    for person in people:
        look(client, person, application)
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(address(application))
        if answer.status_code == 200:
            costs[person.email] = len(asked)

    assert {who: cost for who, cost in costs.items() if cost > STATEMENTS} == {}
    assert world.broker.email in costs


def test_letters_are_released_once(client, world):
    for offer in world.offers.values():
        offer.holds_letters = True
        offer.save()
    factories.approved(world, by=factories.another_sme(world))
    factories.rejected(world, by=factories.another_sme(world))
    reserve = factories.eligible(world, by=factories.another_sme(world))
    awards.reserve(reserve, by=Actor.person(world.broker), now=world.now)
    kinds = ["voucher_awarded", "rejected", "on_reserve"]
    before = OutgoingMail.objects.filter(kind__in=kinds).count()
    offer = world.offers["insight"].pk
    page, button = (
        reverse("admin:vouchers_application_letters"),
        reverse("admin:vouchers_application_release_letters", args=[offer]),
    )
    client.force_login(world.manager)
    piles = client.get(page).context["piles"]

    first = client.post(button, follow=True)
    sent = OutgoingMail.objects.filter(kind__in=kinds).count()
    second = client.post(button, follow=True)

    told = {pile.offer.voucher_type.name: pile.total for pile in piles}
    assert (before, told) == (0, {"Meet & Greet": 0, "Insight": 3, "Collaboration": 0})
    assert (sent, OutgoingMail.objects.filter(kind__in=kinds).count()) == (3, 3)
    assert [str(m) for m in first.context["messages"]] == ["3 applicants told."]
    assert [str(m) for m in second.context["messages"]] == ["There was nobody left to tell."]


@pytest.mark.parametrize("role", ["broker", "finance", "auditor"])
def test_only_a_manager_releases_letters(client, world, role):
    client.force_login(getattr(world, role))
    page = client.get(reverse("admin:vouchers_application_letters"))
    offer = world.offers["insight"].pk
    button = client.post(reverse("admin:vouchers_application_release_letters", args=[offer]))

    assert (page.status_code, button.status_code) == (403, 403)
