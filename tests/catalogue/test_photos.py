"""Photos: made anew without hidden data, seen by who may, arranged by the provider."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from catalogue import actions
from catalogue.models import Photo, Record, Revision
from portal import uploads
from portal.enums import Role
from portal.permissions import Actor
from tests.catalogue import factories
from tests.catalogue.factories import NOW

pytestmark = pytest.mark.django_db
GPS, MADE_BY = 0x8825, 0x010F


@pytest.fixture(autouse=True)
def clock(settings, freeze) -> None:
    settings.MFA_RELAXED_FOR_DEMO = True
    freeze(NOW)


def picture(size=(40, 30), kind="PNG", mode="RGB") -> bytes:
    """A picture that says where and by whom it was taken."""
    exif = Image.Exif()
    exif[MADE_BY] = "Secret camera"
    exif.get_ifd(GPS)[2] = (51.0, 13.0, 0.0)
    text = PngInfo()
    text.add_text("Comment", "Secret comment")
    out = io.BytesIO()
    extra = {"pnginfo": text} if kind == "PNG" else {"comment": b"Secret comment"}
    Image.new(mode, size, "red").save(out, kind, exif=exif, **extra)
    return out.getvalue()


def upload(content: bytes, name="photo.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_picture_loses_what_it_says_of_itself(kind):
    content = picture(kind=kind)
    assert b"Secret camera" in content
    assert b"Secret comment" in content
    checked = uploads.check_picture(upload(content, f"photo.{kind.lower()}"))
    assert b"Secret" not in checked.content
    with Image.open(io.BytesIO(checked.content)) as image:
        assert (image.format, dict(image.getexif()), image.info.get("comment")) == (
            "JPEG",
            {},
            None,
        )
    assert (checked.name, checked.content_type) == ("photo.jpg", "image/jpeg")


def test_a_picture_becomes_small_and_white_behind():
    checked = uploads.check_picture(upload(picture((4000, 1000))))
    with Image.open(io.BytesIO(checked.content)) as image:
        assert image.size == (1600, 400)
    out = io.BytesIO()
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(out, "PNG")
    with Image.open(io.BytesIO(uploads.check_picture(upload(out.getvalue())).content)) as image:
        assert image.getpixel((0, 0)) == (255, 255, 255)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16"])
def test_pictures_of_every_kind_are_taken(mode):
    kind = "JPEG" if mode == "CMYK" else "PNG"
    out = io.BytesIO()
    Image.new(mode, (20, 10)).save(out, kind)
    checked = uploads.check_picture(upload(out.getvalue(), f"photo.{kind.lower()}"))
    with Image.open(io.BytesIO(checked.content)) as image:
        assert (image.mode, image.size) == ("RGB", (20, 10))


def test_a_picture_stands_upright():
    exif = Image.Exif()
    exif[0x0112] = 6
    out = io.BytesIO()
    Image.new("RGB", (40, 20)).save(out, "JPEG", exif=exif)
    with Image.open(
        io.BytesIO(uploads.check_picture(upload(out.getvalue(), "x.jpg")).content)
    ) as i:
        assert i.size == (20, 40)


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (SVG, "photo.png"),
        (SVG, "photo.svg"),
        (b"<html><script>alert(1)</script></html>", "photo.png"),
        (b"\x89PNG\r\n\x1a\n" + SVG, "photo.png"),
        (picture()[:-40], "photo.png"),
        (picture(), "photo.pdf"),
        (b"", "photo.png"),
    ],
)
def test_what_is_no_picture_is_refused(content, name):
    with pytest.raises(uploads.UploadRefused):
        uploads.check_picture(upload(content, name))


def test_a_picture_of_too_many_pixels_is_refused():
    out = io.BytesIO()
    Image.new("1", (8000, 6000)).save(out, "PNG")
    with pytest.raises(uploads.UploadRefused, match="too many pixels"):
        uploads.check_picture(upload(out.getvalue()))


def at(record: Record, page: str = "_photos", *args) -> str:
    return reverse(f"provider_record{page}", args=[record.slug, *args])


@pytest.fixture
def record(client) -> Record:
    """A public record, for whose provider the browser's person acts."""
    factories.term("imaging")
    row = factories.record(access_types=["remote"])
    client.force_login(factories.member(row.provider.organisation, "DE-RHI"))
    return row


def add(client, record: Record, alt="A hall"):
    return client.post(at(record), {"picture": upload(picture()), "alt": alt})


def test_a_photo_needs_words_and_a_picture(client, record):
    refused = client.post(at(record), {"picture": upload(SVG), "alt": "Our <b>hall</b>"})
    page = refused.text
    assert (refused.status_code, "Choose a PDF, PNG or JPEG" in page or "picture" in page) == (
        422,
        True,
    )
    assert "Our &lt;b&gt;hall&lt;/b&gt;" in page
    refused = client.post(at(record), {"picture": upload(picture()), "alt": ""})
    assert "Say what the photo shows" in refused.text
    assert Photo.objects.count() == 0


def test_photos_are_arranged_removed_and_at_most_six(client, record):
    for number in range(6):
        assert add(client, record, f"Photo {number}").status_code == 302
    assert add(client, record).status_code == 422
    first, second, *_rest = Revision.objects.get().content["photos"]
    client.post(at(record, "_photo", second), {"forward": ""})
    client.post(at(record, "_photo", first), {"remove": ""})
    listed = Revision.objects.get().content["photos"]
    assert (listed[0], first in listed, len(listed)) == (second, False, 5)
    assert client.post(at(record, "_photo", first), {"remove": ""}).status_code == 404


def test_a_photo_that_was_never_public_is_deleted_with_its_change(
    client, record, django_capture_on_commit_callbacks
):
    add(client, record, "Never shown")
    file = Photo.objects.get().upload.file
    with django_capture_on_commit_callbacks(execute=True):
        client.post(at(record, "_photo", Photo.objects.get().pk), {"remove": ""})
    assert (Photo.objects.count(), file.storage.exists(file.name)) == (0, False)
    add(client, record, "Not shown either")
    client.post(at(record, "_move", "discard"))
    assert Photo.objects.count() == 0


def test_a_photo_of_a_version_is_kept(client, record):
    add(client, record)
    broker = Actor.person(factories.broker())
    by = Actor.person(factories.member(record.provider.organisation))
    changes = {"competences": ["imaging"]}
    actions.write_revision(record, changes=changes, by=by, now=NOW)
    change = Revision.objects.get()
    actions.submit_revision(change, by=by, now=NOW)
    actions.approve_revision(change, submitted_at=NOW, by=broker, now=NOW)
    client.post(at(record, "_photo", Photo.objects.get().pk), {"remove": ""})
    change = Revision.objects.latest("pk")
    assert (change.content["photos"], Photo.objects.get().place) == ([], 1)
    actions.submit_revision(change, by=by, now=NOW)
    actions.approve_revision(change, submitted_at=NOW, by=broker, now=NOW)
    assert Photo.objects.get().place is None


def get(client, photo: Photo):
    answer = client.get(reverse("catalogue_photo", args=[photo.pk]))
    # A file is read to its end: only then does the test client close it.
    body = b"".join(answer) if answer.streaming else b""
    answer.is_jpeg = body.startswith(b"\xff\xd8")
    return answer


def test_a_photo_is_public_once_it_is_approved_and_the_record_is_public(client, record):
    add(client, record)
    photo, change = Photo.objects.get(), Revision.objects.get()
    assert (photo.place, get(client, photo).status_code) == (None, 200)
    assert get(client, photo)["Cache-Control"] == "private, no-store"
    others = [
        None,
        factories.broker(),
        factories.broker(role=Role.FINANCE),
        factories.broker("DK-DNK"),
        factories.member(factories.provider().organisation),
    ]

    def codes() -> list[int]:
        found = []
        for person in others:
            client.logout()
            if person:
                client.force_login(person)
            found.append(get(client, photo).status_code)
        return found

    assert codes() == [404] * 5
    by = Actor.person(factories.member(record.provider.organisation))
    fields = {"competences": ["imaging"]}
    change = actions.write_revision(record, changes=fields, by=by, now=NOW)
    actions.submit_revision(change, by=by, now=NOW)
    assert codes() == [404, 200, 404, 404, 404]
    broker = Actor.person(factories.broker())
    change = Revision.objects.get()
    actions.approve_revision(change, submitted_at=change.submitted_at, by=broker, now=NOW)
    photo.refresh_from_db()
    assert (photo.place, codes()) == (1, [200] * 5)
    client.logout()
    answer = get(client, photo)
    headers = ("Content-Type", "X-Content-Type-Options", "Cache-Control")
    assert [answer[name] for name in headers] == ["image/jpeg", "nosniff", "public, max-age=3600"]
    assert "Cookie" not in answer.get("Vary", "")
    assert answer.is_jpeg
    actions.hide(Record.objects.get(pk=record.pk), reason="x", by=broker, now=NOW)
    assert codes() == [404, 200, 200, 404, 404]
    Photo.objects.update(place=None)
    assert codes() == [404, 200, 200, 404, 404]


def test_a_photo_of_another_record_does_not_come_with_a_change(client, record):
    add(client, record)
    foreign = Photo.objects.get()
    other = factories.record()
    by = Actor.person(factories.member(other.provider.organisation))
    actions.arrange_photos(other, photos=[foreign.pk], by=by, now=NOW)
    assert [r.content["photos"] for r in Revision.objects.filter(record=other)] == [[]]
