"""An auditor draws a sample and takes it home, in a real browser, with and without scripts."""

import hashlib
import io
import json
import zipfile

import pikepdf
import pytest

from portal.models import JournalEntry
from tests.journeys.people import confirm_addresses
from tests.vouchers import factories
from tests.vouchers.test_audit_file import make_files
from tests.vouchers.test_payments import paid

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world(transactional_db, settings, tmp_path, freeze) -> factories.World:
    """An open call at a fixed instant: the claims' days are those of the world."""
    settings.MFA_RELAXED_FOR_DEMO = True
    settings.MEDIA_ROOT = tmp_path
    freeze(factories.NOW)
    return factories.make_world()


@pytest.mark.parametrize(("scripts", "width"), [(True, 1280), (False, 390)])
def test_an_auditor_takes_a_sample_home_as_one_archive(world, visit, tmp_path, scripts, width):
    claims = [paid(world) for _ in range(3)]
    make_files(world)
    confirm_addresses()
    auditor = visit(world.auditor.email, scripts=scripts, width=width)
    page = auditor.open("/admin/vouchers/claim/payments/")
    page.locator("[name=sample]").fill("2")
    auditor.press("Show payments")
    assert "2 of 3 payments" in auditor.text()
    auditor.check_access()
    with page.expect_download() as taken:
        page.get_by_role("link", name="Audit files (ZIP)").click()
    file = tmp_path / "sample.zip"
    taken.value.save_as(file)
    assert taken.value.suggested_filename.endswith("-2027-03-08.zip")

    with zipfile.ZipFile(file) as archive:
        names = archive.namelist()
        folders = sorted({name.partition("/")[0] for name in names if "/" in name})
        assert (names[0], len(folders)) == ("index.pdf", 2)
        for folder in folders:
            with pikepdf.open(io.BytesIO(archive.read(f"{folder}/index.pdf"))) as index:
                [name] = index.attachments
                facts = json.loads(index.attachments[name].get_file().read_bytes())
            for paper in facts["papers"]:
                content = archive.read(f"{folder}/{paper['path']}")
                assert hashlib.sha256(content).hexdigest() == paper["sha256"]
    assert {str(claim.award) for claim in claims} >= set(folders)
    taken_by = JournalEntry.objects.filter(verb="read", data__thing="audit_file")
    assert {entry.by for entry in taken_by} == {world.auditor}

    page = auditor.open(f"/admin/vouchers/award/{claims[0].award_id}/change/")
    assert page.get_by_role("link", name="Audit file (ZIP)").count() == 1
    auditor.check_access()


def test_a_manager_reads_who_read_what(world, visit):
    row = factories.submitted(world)
    confirm_addresses()
    broker, manager = visit(world.broker.email), visit(world.manager.email)
    broker.open(f"/admin/vouchers/application/{row.reference}/change/")
    page = manager.open(f"/admin/portal/organisation/{row.organisation_id}/change/")
    page.get_by_role("link", name="Who read what").click()
    page.wait_for_load_state()
    assert f"Figures and aid at the desk {row.reference}" in manager.text()
    manager.check_access()
