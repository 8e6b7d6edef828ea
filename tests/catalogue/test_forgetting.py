"""What a record keeps of an expert who left: no picture, no address, no word in the journal."""

import pytest
from django.utils import timezone

from catalogue import actions
from catalogue.actions import experts
from catalogue.enums import RecordKind
from catalogue.models import Photo, Record
from portal import uploads
from portal.models import JournalEntry, Upload
from portal.permissions import Actor
from tests.catalogue import factories
from tests.catalogue.factories import NOW
from tests.catalogue.test_photos import picture, upload

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(settings, freeze) -> None:
    settings.MFA_RELAXED_FOR_DEMO = True
    freeze(NOW)
    factories.programme()


@pytest.fixture
def member():
    return factories.member(factories.provider().organisation)


@pytest.fixture
def row(member) -> Record:
    """An expert's record that its provider wrote, with a published photo and one of a draft."""
    factories.term("imaging")
    by, broker = Actor.person(member), Actor.person(factories.broker())
    owner = member.memberships.get().organisation.provider
    made = actions.start_record(owner, kind=RecordKind.EXPERT, title="Anna Muster", by=by, now=NOW)
    said = {"summary": "Images", "competences": ["imaging"], "access_types": ["remote"]}
    add_photo(made, by)
    change = actions.write_revision(made, changes=said, by=by, now=NOW)
    actions.submit_revision(change, by=by, now=NOW)
    actions.approve_revision(change, submitted_at=NOW, by=broker, now=NOW)
    add_photo(made, by)
    real = {"by": by, "now": NOW, "link_now": timezone.now()}
    experts.name_person(made, name="Anna Muster", email="anna@lab.example", language="en", **real)
    made.refresh_from_db()
    return made


def add_photo(row: Record, by: Actor) -> Photo:
    checked = uploads.check_picture(upload(picture(), "anna-muster.png"))
    return actions.add_photo(row, picture=checked, alt="Anna Muster at work", by=by, now=NOW)


def told() -> list[str]:
    """Return the lines of the journal and the contents that name the person."""
    rows = [*JournalEntry.objects.all(), *Record.objects.all()]
    for record in Record.objects.all():
        rows += [*record.versions.all(), *record.revisions.all()]
    return [str(vars(one)) for one in rows if "anna" in str(vars(one)).lower()]


def test_photos_and_address_are_forgotten_with_the_person(
    client, row, member, django_capture_on_commit_callbacks
):
    client.force_login(member)
    files = [photo.upload.file for photo in Photo.objects.all()]
    assert (row.slug, len(files), len(told()) > 0) == ("anna-muster", 2, True)

    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(f"/provider/records/{row.slug}/person/leaves/", follow=True)

    row.refresh_from_db()
    assert answer.redirect_chain == [(f"/provider/records/{row.slug}/person/", 302)]
    assert (answer.status_code, row.title, row.photos.count()) == (200, "…", 0)
    assert [file.storage.exists(file.name) for file in files] == [False, False]
    assert (Upload.objects.count(), told()) == (0, [])
    assert [one.content["photos"] for one in (*row.versions.all(), *row.revisions.all())] == [
        [],
        [],
        [],
    ]


def test_an_address_that_tells_nothing_stays(client, row, member):
    by = Actor.person(member)
    real = {"by": by, "now": NOW, "link_now": timezone.now()}
    left = experts.withdraw(row, **real)
    slug = left.slug
    experts.name_person(row, name="Otto Neu", email="otto@lab.example", language="en", **real)
    assert experts.withdraw(row, **real).slug == slug
