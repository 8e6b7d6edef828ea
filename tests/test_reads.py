"""What a page must be, whatever it shows: it only reads, names nothing undefined, and is whole."""

from collections.abc import Sequence

import pytest
from allauth.account.models import EmailAddress
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from portal.models import OutgoingMail
from tests.rigs import Visit, faults, noticed_undefined, noticed_writes, visit
from tests.stage import tour
from tests.vouchers import factories

pytestmark = pytest.mark.django_db
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
# A file that somebody gave is shut in further than a page.
SANDBOX = "sandbox; default-src 'none'"
# The page sends a person without an organisation to register one, and notes where to go on.
NOTES_THE_WAY_BACK = frozenset({"application_start", "application_new"})

# Opening these pages is reading them: one statement says up to when, and decides nothing.
NOTES_WHAT_WAS_READ = frozenset({"application", "award", "admin:vouchers_application_change"})
READ = 'INSERT INTO "vouchers_reading"'
# What of a firm is personal: who of the staff opens it stands in the journal, under its lock.
# The register of documents gives the file that the tour has opened at its case before.
JOURNALS_WHO_READ = frozenset(
    {
        "admin:vouchers_application_change",
        "admin:vouchers_application_copy",
        "admin:vouchers_application_file",
        "admin:vouchers_award_file",
        "admin:vouchers_award_agreement",
        "admin:vouchers_award_letter",
        "admin:vouchers_award_register_file",
        "admin:vouchers_claim_file",
        "statistics_applications",
    }
)
JOURNALLED = 'INSERT INTO "portal_journalentry"'


def visits() -> dict[str, Visit]:
    """Every visit of the tour, by address and role."""
    return {f"{label}: {role}": one for label, all_ in tour().items() for role, one in all_.items()}


def test_a_page_only_reads():
    writing = {
        where: one.writes
        for where, one in visits().items()
        if one.writes and not (where.partition(":")[0] in NOTES_THE_WAY_BACK and _notes(one))
    }
    journalled = {where: writes for where, writes in writing.items() if _journals(writes)}
    assert {_name(where) for where in journalled} == JOURNALS_WHO_READ
    rest = {
        where: [sql for sql in writes if not sql.startswith(JOURNALLED)]
        for where, writes in writing.items()
    }
    reading = {where for where, writes in rest.items() if _reads_up_to_now(writes)}
    assert {_name(where) for where in reading} <= NOTES_WHAT_WAS_READ
    assert {where: sql for where, sql in rest.items() if sql and where not in reading} == {}


def _name(where: str) -> str:
    return where.rpartition(": ")[0].partition(" [")[0]


def _journals(writes: Sequence[str]) -> bool:
    """Whether a visit wrote one entry of the journal, under the lock of its chain."""
    return [sql for sql in writes if sql.startswith(JOURNALLED)] != []


def _reads_up_to_now(writes: Sequence[str]) -> bool:
    """Whether a visit noted once up to when its side has read, and wrote nothing else."""
    return len(writes) == 1 and writes[0].startswith(READ)


def _notes(one: Visit) -> bool:
    """Whether a visit wrote its session and nothing else."""
    return all(sql.startswith('UPDATE "django_session"') for sql in one.writes)


def test_no_template_names_what_is_not_there():
    assert {where: one.undefined for where, one in visits().items() if one.undefined} == {}


def test_every_page_is_whole():
    assert {where: one.faults for where, one in visits().items() if one.faults} == {}


def test_every_answer_is_shut_in():
    policies = {where: one.policy for where, one in visits().items()}
    loose = {where: policy for where, policy in policies.items() if policy != POLICY}
    assert set(loose.values()) <= {SANDBOX}
    files = ("application_file", "application_copy")
    assert [where for where in loose if not where.startswith(files)] == []


def test_every_answer_of_the_tour_is_one_of_five():
    assert {one.status for one in visits().values()} == {200, 302, 403, 404}


# allauth's pages in our frame; setting up a second factor keeps its secret in the session.
OF_STRANGERS = (
    "account_login",
    "account_signup",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key_done",
    "account_email_verification_sent",
    "account_inactive",
)
OF_MEMBERS = (
    "account_logout",
    "account_email",
    "account_change_password",
    "mfa_index",
    "mfa_activate_totp",
    "mfa_list_webauthn",
    "usersessions_list",
)


@pytest.fixture
def member(client) -> Client:
    """A browser in which somebody has just given the password again, as these pages ask."""
    person = factories.make_person("member@voorbeeld.example")
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    client.post(reverse("account_login"), {"login": person.email, "password": "password"})
    client.post(reverse("account_reauthenticate"), {"password": "password"})
    return client


@pytest.mark.parametrize("name", OF_STRANGERS)
def test_a_strangers_page_of_the_library_is_whole(client, name):
    assert whole(visit(client, reverse(name), {})) == (200, (), (), POLICY)


@pytest.mark.parametrize("name", OF_MEMBERS)
def test_a_members_page_of_the_library_is_whole(member, name):
    assert whole(visit(member, reverse(name), {})) == (200, (), (), POLICY)


def whole(one: Visit) -> tuple[object, ...]:
    """What is asked of a page of the library; of its tables it may write its session."""
    assert _notes(one)
    return one.status, one.undefined, one.faults, one.policy


def test_a_page_that_is_not_there_is_whole(client):
    assert whole(visit(client, "/nowhere/", {})) == (404, (), (), POLICY)


def answered(answer, undefined) -> tuple[object, ...]:
    page = answer.content.decode()
    return answer.status_code, undefined, [*faults(page)], answer["Content-Security-Policy"]


def test_a_move_too_late_is_a_whole_page(client, freeze, settings):
    freeze(factories.NOW)
    settings.MFA_RELAXED_FOR_DEMO = True
    world = factories.make_world()
    application = factories.eligible(world)
    client.force_login(world.broker)
    address = reverse("admin:vouchers_application_find_eligible", args=[application.reference])
    with noticed_undefined() as undefined:
        answer = client.post(address)
    assert answered(answer, undefined) == (409, [], [], POLICY)


def test_too_many_tries_are_a_whole_page(client, settings):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "login": "1/m/ip"}
    given = {"login": "nobody@voorbeeld.example", "password": "wrong"}
    client.post(reverse("account_login"), given)
    with noticed_undefined() as undefined:
        answer = client.post(reverse("account_login"), given)
    assert answered(answer, undefined) == (429, [], [], POLICY)


def test_a_form_without_its_token_is_a_whole_page():
    with noticed_undefined() as undefined:
        answer = Client(enforce_csrf_checks=True).post(reverse("account_login"))
    assert answered(answer, undefined) == (403, [], [], POLICY)


def test_the_rig_notices_writing_and_what_is_undefined():
    factories.make_person("first@voorbeeld.example")
    with noticed_writes() as writes, noticed_undefined() as undefined:
        OutgoingMail.objects.filter(pk=0).update(state="sent")
        list(OutgoingMail.objects.select_for_update().filter(pk=0))
        bool(OutgoingMail.objects.exists())
        render_to_string("portal/email/block_text.html", {})
        assert Template("{{ nothing }}").render(Context()) == ""
    assert ([sql.partition(" ")[0] for sql in writes], undefined) == (
        ["UPDATE", "SELECT"],
        ["portal/email/block_text.html: block.text|urlize"],
    )
