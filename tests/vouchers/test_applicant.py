"""The SME in the browser: every page, every wall, and nothing typed is lost."""

import pytest
from django.urls import reverse

from portal import clock
from tests.vouchers import factories
from vouchers.models import Application

pytestmark = pytest.mark.django_db
BOXES = dict.fromkeys(
    ["true", "not_started", "no_double_funding", "de_minimis", "publication"], "on"
)


@pytest.fixture
def world(freeze) -> factories.World:
    freeze(factories.NOW)
    return factories.make_world()


@pytest.fixture
def sme(client, world):
    client.force_login(world.sme)
    return client


def url(application: Application, name: str = "") -> str:
    return f"/applications/{application.address}/" + (f"{name}/" if name else "")


def test_the_main_path_from_the_record_to_the_receipt(sme, world):
    started = sme.post(
        "/applications/new/lsv-1/insight/", {"record": "mass-spectrometry-lower-saxony"}
    )
    application = Application.objects.get()
    assert started["Location"] == url(application)
    factories.fill(application, world, by=world.sme)

    sent = sme.post(url(application, "check"), BOXES)

    application.refresh_from_db()
    assert (sent["Location"], application.state) == (
        "/applications/LSV-1-0001/receipt/",
        "submitted",
    )
    receipt = sme.get(sent["Location"])
    assert receipt.status_code == 200
    for text in ["LSV-1-0001", application.submissions.get().content_hash, "Brussels time"]:
        assert text in receipt.content.decode()
    assert clock.now() == factories.NOW
    assert reverse("application_receipt", args=["LSV-1-0001"]) == sent["Location"]


@pytest.mark.parametrize("kind", ["meet_greet", "insight", "collaboration"])
def test_every_part_of_an_empty_and_a_whole_draft_is_shown(sme, world, kind):
    for application in (factories.draft(world, kind), factories.complete_draft(world, kind)):
        codes = ["", "check", "hosts", "organisation", "aid", "about", "costs"]
        codes += [
            *dict.fromkeys(
                application.question_set.questions.exclude(kind="cost_table").values_list(
                    "section", flat=True
                )
            )
        ]
        answers = {code: sme.get(url(application, code)).status_code for code in codes}
        assert answers == dict.fromkeys(codes, 200)


@pytest.mark.parametrize(
    "path",
    [
        "/applications/",
        "/applications/start/",
        "/dashboard/",
        "/calls/",
        "/calls/lsv-1/",
        "/calls/lsv-1/insight/",
        "/applications/new/lsv-1/insight/",
    ],
)
def test_every_other_page_is_shown(sme, world, path):
    factories.submitted(world)
    assert sme.get(path).status_code == 200
