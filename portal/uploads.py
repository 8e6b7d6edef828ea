"""Files that people give: looked at before anything is stored, given back only as downloads."""

import hashlib
import io
import logging
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import PurePath
from typing import Any

import pikepdf
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models.fields.files import FieldFile
from django.utils.translation import gettext
from PIL import Image, ImageOps

from portal import viruses
from portal.models import Upload, User
from portal.permissions import Actor

MAX_BYTES = 10 * 1024 * 1024
MAX_NAME = 150
PIECE = 64 * 1024
ENDINGS: Mapping[str, frozenset[str]] = {
    "application/pdf": frozenset({".pdf"}),
    "image/png": frozenset({".png"}),
    "image/jpeg": frozenset({".jpg", ".jpeg"}),
}
ACCEPT = ".pdf,.png,.jpg,.jpeg"
ACCEPT_PICTURES = ".png,.jpg,.jpeg"
LONGEST_SIDE = 1600
MAX_PIXELS = 40_000_000

logger = logging.getLogger(__name__)


class FileHeld(Exception):
    """Nobody but its giver opens a file that the scanner has not looked at yet."""


class UploadRefused(Exception):
    """The file is not taken; `sentence` says what to do."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Checked:
    """A file whose content is what it says; size in bytes, hash as SHA-256.

    `is_held` where the scanner gave no verdict: the file is kept, and scanned again later.
    """

    name: str
    content_type: str
    content: bytes
    sha256: str
    is_held: bool = False

    @property
    def size(self) -> int:
        """Size in bytes."""
        return len(self.content)


def check(file: UploadedFile[Any]) -> Checked:
    """Look at a file's size, name, content and viruses. Raises UploadRefused; stores nothing.

    A scanner that is away costs nobody a deadline: the file comes back as held.
    """
    if not file.size:
        raise UploadRefused(gettext("The file is empty. Choose another file"))
    if file.size > MAX_BYTES:
        raise UploadRefused(gettext("The file is larger than 10 MB. Choose a smaller file"))
    file.seek(0)
    content = file.read()
    content_type = _kind_of(content)
    name = _tidy_name(file.name or "")
    if not content_type:
        raise UploadRefused(gettext("Choose a PDF, PNG or JPEG file that opens without a password"))
    if PurePath(name).suffix.lower() not in ENDINGS[content_type]:
        raise UploadRefused(
            gettext("The file's name and content differ. Save it again as PDF, PNG or JPEG")
        )
    is_held = _must_wait(content)
    return Checked(name, content_type, content, hashlib.sha256(content).hexdigest(), is_held)


def check_now(file: UploadedFile[Any]) -> Checked:
    """Look at a file that no deadline hurries: refused while it cannot be scanned.

    Raises UploadRefused; stores nothing.
    """
    checked = check(file)
    if checked.is_held:
        raise UploadRefused(
            gettext("Files cannot be checked for viruses right now. Try again in a few minutes")
        )
    return checked


def check_picture(file: UploadedFile[Any]) -> Checked:
    """Look at a picture and make it anew: a JPEG of at most 1600 px without hidden data.

    Cameras write where and when a picture was taken. Raises UploadRefused; stores nothing.
    """
    checked = check_now(file)
    if not checked.content_type.startswith("image/"):
        raise UploadRefused(gettext("Choose a picture: a PNG or JPEG file"))
    try:
        content = _as_jpeg(checked.content)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise UploadRefused(gettext("The picture cannot be read. Save it again as JPEG")) from None
    name = f"{PurePath(checked.name).stem}.jpg"
    return Checked(name, "image/jpeg", content, hashlib.sha256(content).hexdigest())


def _as_jpeg(content: bytes) -> bytes:
    """Draw a picture upright on white, small enough for a page. Raises OSError and ValueError."""
    out = io.BytesIO()
    with Image.open(io.BytesIO(content), formats=["PNG", "JPEG"]) as image:
        if image.width * image.height > MAX_PIXELS:
            raise UploadRefused(gettext("The picture has too many pixels. Make it smaller"))
        # Small first: a JPEG is then not even read in full.
        image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        upright = ImageOps.exif_transpose(image)
        layer = upright if upright.has_transparency_data else upright.convert("RGB")
        layer = layer.convert("RGBA")
        picture = Image.new("RGB", layer.size, "white")
        picture.paste(layer, mask=layer)
        # A new image carries neither EXIF nor a profile nor a comment.
        picture.save(out, "JPEG", quality=85, optimize=True)
    return out.getvalue()


def store(checked: Checked, *, by: Actor, now: datetime) -> Upload:
    """Store a checked file; inside an action."""
    upload = Upload(
        name=checked.name,
        content_type=checked.content_type,
        size=checked.size,
        sha256=checked.sha256,
        uploaded_by=by.user,
        uploaded_at=now,
        held_at=now if checked.is_held else None,
    )
    ending = PurePath(checked.name).suffix.lower()
    # A name of our own: what people call their files must not become a path.
    upload.file.save(f"{checked.sha256[:32]}{ending}", ContentFile(checked.content), save=False)
    upload.save()
    return upload


def erase(files: Iterable[Upload]) -> None:
    """Delete uploaded files to which nothing points any more; inside an action."""
    for upload in files:
        upload.delete()
        transaction.on_commit(partial(upload.file.delete, save=False))


def pieces_of(file: FieldFile) -> Iterator[bytes]:
    """Yield a stored file piece by piece; nothing where it is gone."""
    storage: Storage = file.storage
    if file.name and storage.exists(file.name):
        with storage.open(file.name) as stored:
            while piece := stored.read(PIECE):
                yield piece


def file_hash(file: FieldFile) -> str:
    """Return the SHA-256 of a stored file, read piece by piece; nothing where it is gone."""
    seen, size = hashlib.sha256(), 0
    for piece in pieces_of(file):
        seen.update(piece)
        size += len(piece)
    return seen.hexdigest() if size else ""


def virus_in(upload: Upload) -> str:
    """Scan a stored file again: the virus's name, or nothing. Raises viruses.NotScanned."""
    with upload.file.open("rb") as stored:
        return _virus_in(stored.read())


def opened(upload: Upload, *, user: User) -> Any:
    """Open a stored file for reading; a held one for its giver only. Raises FileHeld."""
    if upload.held_at is not None and upload.uploaded_by_id != user.pk:
        raise FileHeld
    return upload.file.open("rb")


def _virus_in(content: bytes) -> str:
    # A site without a scanner takes what is what it says.
    return viruses.found_in(content, settings.CLAMAV) if settings.CLAMAV else ""


def _must_wait(content: bytes) -> bool:
    """Ask the scanner where the site has one. Returns whether it gave no verdict."""
    try:
        virus = _virus_in(content)
    except viruses.NotScanned as reason:
        logger.error("An upload is held because ClamAV gave no verdict: %s", reason)
        return True
    if virus:
        logger.warning("An upload was refused because ClamAV found %s", virus)
        raise UploadRefused(
            gettext("A virus was found in this file. Check your computer and choose another file")
        )
    return False


def _tidy_name(name: str) -> str:
    stem = "".join(c for c in PurePath(name.replace("\\", "/")).name if c.isprintable())
    path = PurePath(stem or "file")
    return path.stem[: MAX_NAME - len(path.suffix)] + path.suffix


def _kind_of(content: bytes) -> str:
    """Return the content type if the content opens as one of ours, else nothing."""
    return next((kind for kind, opens in _KINDS.items() if opens(content)), "")


def _is_pdf(content: bytes) -> bool:
    if not content.startswith(b"%PDF-"):
        return False
    try:
        with pikepdf.open(io.BytesIO(content)) as document:
            return len(document.pages) > 0
    except (pikepdf.PdfError, pikepdf.PasswordError, RuntimeError, ValueError):
        return False


def _is_image(content: bytes, kind: str) -> bool:
    try:
        with warnings.catch_warnings():
            # A picture of a few bytes that unpacks to gigabytes only warns by default.
            warnings.simplefilter("error")
            with Image.open(io.BytesIO(content), formats=[kind]) as image:
                image.verify()
    except (OSError, SyntaxError, ValueError, Warning, Image.DecompressionBombError):
        return False
    return True


_KINDS: Mapping[str, Callable[[bytes], bool]] = {
    "application/pdf": _is_pdf,
    "image/png": lambda content: content.startswith(b"\x89PNG") and _is_image(content, "PNG"),
    "image/jpeg": lambda content: content.startswith(b"\xff\xd8") and _is_image(content, "JPEG"),
}
