"""Photos of records: brought by a change, public once the change is approved."""

from datetime import datetime

from catalogue.actions.revisions import forget_photos, open_revision
from catalogue.models import Photo, Record
from portal import uploads
from portal.models.journal import PORTAL_CHAIN
from portal.permissions import Actor
from portal.uploads import Checked
from portal.workflow import action, record

MOST_PHOTOS = 6


class TooManyPhotos(Exception):
    """A record shows at most six photos."""


@action
def add_photo(row: Record, *, picture: Checked, alt: str, by: Actor, now: datetime) -> Photo:
    """Store a picture that was made anew, and put it last in the change.

    Raises PermissionDenied, TooManyPhotos, and IllegalMove while the change waits for the broker.
    """
    revision = open_revision(row, by=by, now=now)
    listed = list(revision.content.get("photos", []))
    if len(listed) >= MOST_PHOTOS:
        raise TooManyPhotos
    upload = uploads.store(picture, by=by, now=now)
    photo = Photo.objects.create(record=row, upload=upload, alt=alt)
    revision.content = {**revision.content, "photos": [*listed, photo.pk]}
    revision.save(update_fields=["content"])
    record(
        revision,
        "add_photo",
        by=by,
        now=now,
        chain=PORTAL_CHAIN,
        personal={"alt": alt},
        photo=photo.pk,
    )
    return photo


@action
def arrange_photos(row: Record, *, photos: list[int], by: Actor, now: datetime) -> None:
    """Put the change's photos in this order; those that are not named leave it.

    One that was never published is deleted with its file.
    Raises PermissionDenied, and IllegalMove while the change waits for the broker.
    """
    revision = open_revision(row, by=by, now=now)
    listed = revision.content.get("photos", [])
    wanted = [pk for pk in dict.fromkeys(photos) if pk in listed]
    if wanted == listed:
        return
    revision.content = {**revision.content, "photos": wanted}
    revision.save(update_fields=["content"])
    record(revision, "arrange_photos", by=by, now=now, chain=PORTAL_CHAIN, photos=wanted)
    forget_photos(row, set(listed) - set(wanted))
