"""Letters as files: one PDF that is PDF/A-3a (archive) and PDF/UA-1 (accessible) at once.

Pure: a template, frozen facts and their JSON in; bytes out. The same input gives the same bytes,
nothing is fetched from a network, every font and image comes from our static folder.
"""

import base64
import importlib
import json
import re
from collections.abc import Mapping
from datetime import UTC
from functools import cache
from pathlib import Path, PurePath
from typing import Any, TypedDict
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.template.loader import render_to_string
from django.utils import translation
from fontTools.ttLib import TTFont

STATIC = (Path(settings.BASE_DIR) / "static").resolve()
STYLESHEET = STATIC / "css" / "letter.css"
COLOURS = STATIC / "css" / "letter-colours.css"
FONTS = STATIC / "vendor" / "letter-fonts"
PACKAGES = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"

# ISO 14289-1 wants this mark, ISO 19005-3 wants every unknown XMP schema described.
UA_MARK = (
    b'<rdf:Description xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" rdf:about=""'
    b' xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" pdfuaid:part="1"/>'
    b'<rdf:Description xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" rdf:about=""'
    b' xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"'
    b' xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"'
    b' xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">'
    b'<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">'
    b"<pdfaSchema:schema>PDF/UA Universal Accessibility Schema</pdfaSchema:schema>"
    b"<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>"
    b"<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix><pdfaSchema:property><rdf:Seq>"
    b'<rdf:li rdf:parseType="Resource"><pdfaProperty:name>part</pdfaProperty:name>'
    b"<pdfaProperty:valueType>Integer</pdfaProperty:valueType>"
    b"<pdfaProperty:category>internal</pdfaProperty:category>"
    b"<pdfaProperty:description>Part of ISO 14289 that is followed</pdfaProperty:description>"
    b"</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas>"
    b"</rdf:Description>"
)

# WeasyPrint 70 may break a line after its first word when blanks stand at the edge of a block.
_BLOCK = "p|li|dt|dd|th|td|h[12]|caption|small"
_EDGES = re.compile(rf"(<(?:br|/?(?:{_BLOCK}))(?: [^>]*)?>)\s+|\s+(<(?:br|/?(?:{_BLOCK}))\b)")


class PdfUnavailable(Exception):
    """The text-drawing libraries are not on this machine."""


class ForeignFile(Exception):
    """A letter asked for a file that is not ours."""


class Frame(TypedDict):
    """The key `frame` of every document's facts; `portal/pdf/base.html` prints it on each page."""

    programme: str
    issuer: str  # who writes, like "Access Broker, East Netherlands"
    funders: str
    funding_statement: str
    funding_number: str  # may be empty
    emblem: str  # path under static/, or a data: address with an uploaded emblem
    time_zone: str  # IANA name; every printed time is in it
    verify_url: str
    is_demo: bool


def render(
    template_name: str,
    context: Mapping[str, Any],
    *,
    language: str,
    identifier: str,
    attachment: Mapping[str, Any],
    title: str,
) -> bytes:
    """Draw a document from facts with the key `frame` (a Frame) and the template's own keys.

    `context["document"]` names number, code and issued_at (aware). The facts travel inside as
    `<template>.json`, canonical, so that the hash of that file is the hash printed as code.
    Raises PdfUnavailable without Pango, ForeignFile for an address outside static/.
    """
    weasyprint = _engine()
    with translation.override(language):
        html = render_to_string(template_name, {**context, "language": language, "title": title})
    fonts, stylesheet = _house_style()
    page = weasyprint.HTML(
        string=printable(_EDGES.sub(r"\1\2", html)),
        base_url=f"{STATIC.as_uri()}/",
        url_fetcher=own_file,
    )
    try:
        return page.write_pdf(
            stylesheets=[stylesheet],
            font_config=fonts,
            color_profiles=_colours(),
            output_intent="--letter",
            attachments=[_facts(template_name, context, attachment, title)],
            pdf_variant="pdf/a-3a",
            pdf_identifier=identifier.encode(),
            finisher=_claim_accessibility,
        )
    except weasyprint.urls.FatalURLFetchingError as refused:
        raise ForeignFile(str(refused)) from None


@cache
def _engine() -> Any:
    """Load WeasyPrint with the first letter: it takes a second and 26 MB of every process.

    The portal starts without Pango, too; only making a letter needs it.
    """
    try:
        return importlib.import_module("weasyprint")
    except OSError as missing:
        raise PdfUnavailable(
            f"Letters cannot be drawn here: install the Debian packages {PACKAGES}. ({missing})"
        ) from missing


def _facts(
    template_name: str, context: Mapping[str, Any], facts: Mapping[str, Any], title: str
) -> Any:
    """Wrap the facts for one rendering: WeasyPrint empties an Attachment when it writes it."""
    issued_at = context["document"]["issued_at"].astimezone(UTC)
    return _engine().Attachment(
        string=json.dumps(facts, cls=DjangoJSONEncoder, sort_keys=True, separators=(",", ":")),
        url_fetcher=own_file,
        name=PurePath(template_name).with_suffix(".json").name,
        description=title,
        created=issued_at,
        modified=issued_at,
        relationship="Data",
    )


def own_file(url: str) -> Any:
    """Open a file of the static folder, or the image inside a data: address; refuse all else."""
    urls = _engine().urls
    if url.startswith("data:image/"):
        kind, _, payload = url.removeprefix("data:").partition(";base64,")
        return urls.URLFetcherResponse(url, base64.b64decode(payload), {"Content-Type": kind})
    parts = urlsplit(url)
    path = Path(unquote(parts.path)).resolve()
    if parts.scheme != "file" or not path.is_relative_to(STATIC) or not path.is_file():
        raise urls.FatalURLFetchingError(f"{url[:200]} is not a file of the portal.")
    return urls.URLFetcherResponse(url, path.read_bytes())


def printable(html: str) -> str:
    """Write characters that no letter font can draw as their code point: an empty box says nothing.

    An undrawable glyph would also break PDF/A-3 (ISO 19005-3, 6.2.11.8). The attachment keeps
    the text as it was typed.
    """
    strange = {ord(letter) for letter in set(html)} - _drawable()
    return html.translate({code: f"[U+{code:04X}]" for code in strange})


@cache
def _drawable() -> frozenset[int]:
    letters = {ord("\n"), ord("\t"), ord("\r")}
    for path in sorted(FONTS.glob("*.ttf")):
        with TTFont(path) as font:
            letters |= set(font.getBestCmap())
    return frozenset(letters)


@cache
def _house_style() -> tuple[Any, Any]:
    """Load fonts and style sheet once per process: they cost more than a page.

    The fonts are static cuts: cutting a variable font at each rendering took half of the time and
    stamped the clock into the file.
    """
    weasyprint = _engine()
    fonts = weasyprint.text.fonts.FontConfiguration()
    sheet = weasyprint.CSS(url=STYLESHEET.as_uri(), font_config=fonts, url_fetcher=own_file)
    return fonts, sheet


def _colours() -> dict[str, Any]:
    """Load the colour profile anew: a profile writes itself differently the second time."""
    profiles: dict[str, Any] = {}
    _engine().CSS(url=COLOURS.as_uri(), color_profiles=profiles, url_fetcher=own_file)
    return profiles


def _claim_accessibility(_document: Any, pdf: Any) -> None:
    """Add the PDF/UA mark to the metadata and list each attachment once."""
    metadata = pdf.objects[int(pdf.catalog["Metadata"].split()[0])]
    metadata.stream = [
        re.sub(rb"(</rdf:RDF>)", lambda end: UA_MARK + end[1], part) for part in metadata.stream
    ]
    pdf.catalog["AF"][:] = dict.fromkeys(pdf.catalog["AF"])
