"""What the demo's provider has changed: one change waits for the broker, one came back."""

from datetime import datetime, timedelta
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

from catalogue import actions
from catalogue.models import Provider, Record, Revision
from portal import uploads
from portal.actions import organisations
from portal.models import User
from portal.permissions import Actor
from portal.site.demo import people
from portal.workflow import action

PROVIDER = "musterlab"
FACILITY, EQUIPMENT = "musterlab-bioanalytics", "triple-quad-koeln"
WELLS = (12, 8)
STEP = 100
NOTE = (
    "Please say how long a firm waits for a first result. "
    "The summary promises a day, and the first access takes twelve."
)


def is_missing() -> bool:
    """Whether nobody has changed a record yet."""
    return not Revision.objects.exists()


@action
def load(*, now: datetime) -> None:
    """Let the printed login act for its provider, and write both changes."""
    user = _member(now=now - timedelta(days=6))
    by = Actor.person(user)
    broker = Actor.person(User.objects.get(email=f"broker.{people.HOST.lower()}@{people.DOMAIN}"))
    _sent(by, now=now - timedelta(days=3))
    _sent_back(by, broker, now=now - timedelta(days=2))


def _member(*, now: datetime) -> User:
    """Let the broker admit the person as the provider's first member, unless it is one."""
    user = User.objects.get(email=f"provider@{people.DOMAIN}")
    provider = Provider.objects.select_related("organisation").get(slug=PROVIDER)
    if provider.organisation_id in user.organisation_ids:
        return user
    asked = organisations.ask_to_join(provider.organisation, by=Actor.person(user), now=now)
    broker = User.objects.get(email=f"broker.{people.HOST.lower()}@{people.DOMAIN}")
    organisations.admit(asked, by=Actor.person(broker), now=now + timedelta(hours=2))
    return User.objects.get(pk=user.pk)


def _sent(by: Actor, *, now: datetime) -> None:
    row = Record.objects.get(slug=FACILITY)
    actions.add_photo(
        row,
        picture=uploads.check_picture(SimpleUploadedFile("plate.png", _plate())),
        alt="A plate of 96 wells, half of them filled with plasma samples",
        by=by,
        now=now,
    )
    summary = row.summary.replace("small companies", "founders and small companies")
    changes = {"summary": summary, "techniques": [*row.techniques, "dried blood spots"]}
    change = actions.write_revision(row, changes={**changes, "lead_time_days": 10}, by=by, now=now)
    actions.submit_revision(change, by=by, now=now)


def _sent_back(by: Actor, broker: Actor, *, now: datetime) -> None:
    row = Record.objects.get(slug=EQUIPMENT)
    summary = f"{row.summary.rstrip('.')}. First results after a day."
    change = actions.write_revision(row, changes={"summary": summary}, by=by, now=now)
    actions.submit_revision(change, by=by, now=now)
    change = Revision.objects.get(pk=change.pk)
    actions.return_revision(change, note=NOTE, by=broker, now=now + timedelta(hours=5))


def _plate() -> bytes:
    """Draw a plate of wells: the demo carries no picture of anybody's laboratory."""
    columns, rows = WELLS
    image = Image.new("RGB", (columns * STEP + STEP, rows * STEP + STEP), "#dfe6ee")
    pen = ImageDraw.Draw(image)
    for place in range(columns * rows):
        x, y = STEP * (place % columns + 1), STEP * (place // columns + 1)
        colour = "#c98d3a" if place % columns < columns // 2 else "#ffffff"
        pen.ellipse((x - 38, y - 38, x + 38, y + 38), fill=colour, outline="#71808f", width=4)
    out = BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
