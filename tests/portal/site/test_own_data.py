"""A person's own data: seen, taken away, erased."""

import io
import json
import zipfile
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.urls import reverse

from portal.models import User
from portal.tasks import sweep_outbox
from tests.vouchers import factories, lives
from tests.vouchers.factories import NOW
from vouchers.models import Application

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough password"


@pytest.fixture
def world(settings, freeze):
    settings.MFA_RELAXED_FOR_DEMO = True
    freeze(NOW)
    return factories.make_world()


@pytest.fixture
def me(client, world):
    """The SME, signed in with a password just now, as these pages demand."""
    world.sme.set_password(PASSWORD)
    world.sme.save()
    EmailAddress.objects.update_or_create(
        user=world.sme, defaults={"email": world.sme.email, "verified": True, "primary": True}
    )
    client.post(reverse("account_login"), {"login": world.sme.email, "password": PASSWORD})
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return client


def taken(client) -> tuple[dict, list[str]]:
    """Return the JSON of the archive and the names of its files."""
    answer = client.post(reverse("own_data_download"))
    packed = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    return json.loads(packed.read("data.json")), packed.namelist()


def test_the_archive_holds_what_the_person_wrote_and_was_sent(me, world):
    claim = lives.paid(world, "meet_greet")
    sweep_outbox()
    data, names = taken(me)
    application = claim.award.application
    assert data["account"]["email"] == world.sme.email
    assert [row["name"] for row in data["organisations"]] == ["Voorbeeld Biotech BV"]
    [file] = data["applications"]
    assert (file["reference"], file["as_it_is_now"]["title"]) == (
        application.reference,
        "Peptide stability in plasma",
    )
    assert file["award"]["claims"][0]["receipts"][0]["supplier"] == "Deutsche Bahn"
    assert {row["kind"] for row in data["letters"]} >= {"receipt", "voucher_awarded", "claim_paid"}
    assert {row["verb"] for row in data["what_you_did"]} >= {"submit", "accept", "file"}
    assert f"documents/{application.reference}-S1.pdf" in names
    assert [name for name in names if name.endswith("receipt.pdf")]


def test_the_archive_names_the_seats_at_other_firms_applications(me, world):
    other = factories.submitted(world, by=factories.another_sme(world))
    factories.seated(other, world.sme, "about")
    [seat] = taken(me)[0]["takes_part_in"]
    assert (seat["application"], seat["role"], seat["sections"], seat["state"]) == (
        other.reference,
        "edit",
        ["about"],
        "accepted",
    )
    assert seat["organisation"] == other.organisation.name


def test_the_archive_tells_no_decision_before_its_letter(me, world):
    application = factories.rejected(world)
    Application.objects.filter(pk=application.pk).update(told_at=None)
    application.decisions.update(told_at=None)
    [file] = taken(me)[0]["applications"]
    assert (file["state"], file["decisions"]) == ("under_review", [])


def test_another_firms_files_are_not_in_it(me, world):
    other = factories.another_sme(world)
    theirs = factories.submitted(world, by=other)
    text = json.dumps(taken(me))
    assert theirs.reference not in text
    assert other.email not in text


def test_who_signed_in_long_ago_is_asked_for_the_password_first(client, world):
    client.force_login(world.sme)
    for name in ("own_data_download", "own_data_erase"):
        answer = client.get(reverse(name))
        assert (answer.status_code, "reauthenticate" in answer["Location"]) == (302, True)


def test_the_overview_counts(me, world):
    factories.submitted(world)
    page = me.get(reverse("own_data")).content.decode()
    assert world.sme.email in page
    assert reverse("own_data_download") in page


def test_an_unticked_box_erases_nothing(me, world):
    page = me.post(reverse("own_data_erase"), {}).content.decode()
    assert "Tick the box first: erasure cannot be undone" in page
    assert User.objects.get(pk=world.sme.pk).erased_at is None


def test_erasure_signs_out_and_says_so(me, world):
    factories.rejected(world)
    page = me.get(reverse("own_data_erase")).content.decode()
    assert "Everything written in LSV-1-0001" in page
    answer = me.post(reverse("own_data_erase"), {"understood": "on"}, follow=True)
    assert "Your account is erased" in answer.content.decode()
    assert "_auth_user_id" not in me.session
    assert User.objects.get(pk=world.sme.pk).erased_at == NOW


def test_what_is_open_hinders_and_is_named(me, world):
    application = factories.submitted(world)
    page = me.get(reverse("own_data_erase")).content.decode()
    assert reverse("application", args=[application.address]) in page
    assert "Erase my data and sign out" not in page
    answer = me.post(reverse("own_data_erase"), {"understood": "on"})
    assert (answer.status_code, answer["Location"]) == (302, reverse("own_data_erase"))
    assert User.objects.get(pk=world.sme.pk).erased_at is None


def test_the_notice_names_every_period_as_it_is_set(client, world):
    page = client.get(reverse("privacy")).content.decode()
    for months in ("6 months", "24 months", "120 months", "60 months"):
        assert months in page


def test_too_many_archives_are_refused_in_a_sentence(me, world):
    for _time in range(6):
        taken(me)
    answer = me.post(reverse("own_data_download"), follow=True)
    assert "You took your data away several times" in answer.content.decode()


def test_the_desk_says_that_a_file_is_restricted_and_the_host_sees_it_no_more(client, world):
    from portal.permissions import Actor
    from vouchers.actions import leaving

    application = lives.paid(world).award.application
    assert application in Application.objects.for_desk(world.host_broker)
    leaving.restrict(
        application,
        keep_until=(NOW + timedelta(days=3652)).date(),
        by=Actor.clock(),
        now=NOW,
    )
    address = reverse("admin:vouchers_application_change", args=[application.reference])
    client.force_login(world.broker)
    assert "audits, payments and recovery alone" in client.get(address).content.decode()
    client.force_login(world.host_broker)
    assert client.get(address).status_code == 404
