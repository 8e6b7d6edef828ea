"""What every letter of a voucher shares: who writes, who pays, to whom, for what."""

import base64
import mimetypes
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, TypedDict

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portal import pdf
from portal.models import Programme, Region
from portal.pdf import Frame
from portal.templatetags.portal_ui import country_name
from portal.workflow import digest
from vouchers.enums import TextUse
from vouchers.models import Application, CostLine, TextBlock


class Line(TypedDict):
    """A labelled amount in EUR."""

    label: str
    amount: Decimal


class Cost(TypedDict):
    """A line of the cost table; amount in EUR without VAT, and the VAT on it."""

    description: str
    kind: str
    amount: Decimal
    vat: Decimal


class Addressed(TypedDict):
    """Facts that every letter to an SME begins with."""

    frame: Frame
    sme_name: str
    sme_address: list[str]
    voucher_kind: str
    voucher_label: str
    title_of_project: str
    home_region: str


def addressed(application: Application) -> Addressed:
    """Return frame, addressee and subject of a letter about an application."""
    firm, home = application.organisation, application.home_region
    address = (firm.address, firm.city, country_name(firm.country))
    return Addressed(
        frame=frame_of(application.call.programme, home),
        sme_name=firm.name,
        sme_address=[line for line in address if line],
        voucher_kind=application.voucher_type.kind,
        voucher_label=application.voucher_type.name,
        title_of_project=application.title,
        home_region=home.name,
    )


def added_words(use: TextUse, application: Application) -> list[str]:
    """Return what programme and region add to a document, in the language that is active."""
    return TextBlock.objects.printed(
        use,
        programme=application.call.programme,
        region=application.home_region,
        language=(get_language() or settings.LANGUAGE_CODE)[:2],
    )


def broker_of(region: Region) -> str:
    """Name the writer or signatory of a region."""
    return _("Access Broker, %(region)s") % {"region": region.name}


def frame_of(programme: Programme, region: Region) -> Frame:
    """Return what the programme prints on every page of a region's letter."""
    return Frame(
        programme=programme.name,
        issuer=broker_of(region),
        funders=programme.funders,
        funding_statement=programme.funding_statement,
        funding_number=programme.funding_number,
        emblem=_emblem(programme),
        time_zone=programme.time_zone,
        verify_url=f"{settings.SITE_URL}/verify/",
        is_demo=settings.MFA_RELAXED_FOR_DEMO,
    )


def printed(
    template: str, facts: Mapping[str, Any], *, title: str, language: str, now: datetime
) -> bytes:
    """Print frozen facts as a file that nobody keeps. Raises pdf.PdfUnavailable."""
    document = {"number": "", "code": "", "title": title, "issued_at": now}
    return pdf.render(
        template,
        {**facts, "document": document},
        language=language,
        identifier=digest(facts),
        attachment=facts,
        title=title,
    )


def cost_lines(rows: Iterable[CostLine]) -> list[Cost]:
    """Return the cost table."""
    return [
        Cost(description=row.item, kind=row.kind.label, amount=row.amount, vat=row.vat)
        for row in rows
    ]


def cost_totals(costs: Iterable[Cost], amount: Decimal) -> list[Line]:
    """Return the sums under a cost table, without what is nothing; `amount` is the voucher's."""
    table = list(costs)
    eligible = sum((cost["amount"] for cost in table), Decimal("0.00"))
    vat = sum((cost["vat"] for cost in table), Decimal("0.00"))
    own = max(eligible - amount, Decimal("0.00"))
    lines = [
        Line(label=_("Eligible costs without VAT"), amount=eligible),
        Line(label=_("The voucher pays"), amount=amount),
    ]
    if vat:
        lines.append(Line(label=_("Your own share"), amount=own))
        lines.append(Line(label=_("VAT, which you pay too"), amount=vat))
    return [*lines, Line(label=_("You pay"), amount=own + vat)] if own or vat else lines


def _emblem(programme: Programme) -> str:
    """Return the emblem's own bytes as an address: the letter must not change when it does."""
    if not programme.emblem:
        return ""
    kind = mimetypes.guess_type(str(programme.emblem))[0] or "image/png"
    with programme.emblem.open("rb") as file:
        return f"data:{kind};base64,{base64.b64encode(file.read()).decode()}"
