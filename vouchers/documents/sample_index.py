"""The index of a sample of payments: the seed, what it was drawn from, and what was drawn."""

import hashlib
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TypedDict

from django.utils.translation import gettext as _
from django.utils.translation import override

from portal.money import ZERO
from portal.pdf import Frame
from portal.templatetags.portal_ui import day, money
from portal.workflow import as_json
from vouchers.documents.audit_index import Said
from vouchers.documents.frame import frame_of, printed
from vouchers.models import Claim

TEMPLATE = "vouchers/pdf/sample_index.html"


class DrawnFacts(TypedDict):
    """One payment of the sample; the amount in EUR."""

    folder: str
    claim: str
    firm: str
    region: str
    paid_at: datetime | None
    amount: Decimal


class SampleFacts(TypedDict):
    """What `vouchers/pdf/sample_index.html` prints."""

    frame: Frame
    zone: str
    about: list[Said]
    drawn: list[DrawnFacts]
    total: Decimal


def sample_index_pdf(
    drawn: Sequence[tuple[str, Claim]],
    population: Sequence[Claim],
    *,
    seed: str,
    period: tuple[date | None, date | None],
    language: str,
    now: datetime,
) -> bytes:
    """Return the index of a sample; `drawn` names the folder of each payment.

    Raises pdf.PdfUnavailable.
    """
    with override(language):
        title = _("Random sample of %(number)d payments") % {"number": len(drawn)}
        facts = as_json(_facts(drawn, population, seed=seed, period=period))
    return printed(TEMPLATE, facts, title=title, language=language, now=now)


def _facts(
    drawn: Sequence[tuple[str, Claim]],
    population: Sequence[Claim],
    *,
    seed: str,
    period: tuple[date | None, date | None],
) -> SampleFacts:
    application = drawn[0][1].award.application
    frame = frame_of(application.call.programme, application.home_region)
    frame["issuer"] = _("Sample of payments")
    names = "\n".join(str(claim) for claim in population)
    first, last = ((day(one) if one else _("without limit")) for one in period)
    return SampleFacts(
        frame=frame,
        zone=frame["time_zone"],
        about=[
            Said(_("Seed"), seed),
            Said(_("Paid from"), first),
            Said(_("Paid until"), last),
            Said(_("Drawn from"), _("%(number)d payments") % {"number": len(population)}),
            Said(_("Their sum"), money(_total(population))),
            Said(
                _("SHA-256 of their numbers, one a line"),
                hashlib.sha256(names.encode()).hexdigest(),
            ),
        ],
        drawn=[_drawn(folder, claim) for folder, claim in drawn],
        total=_total([claim for _folder, claim in drawn]),
    )


def _drawn(folder: str, claim: Claim) -> DrawnFacts:
    application = claim.award.application
    return DrawnFacts(
        folder=folder,
        claim=str(claim),
        firm=str(application.organisation),
        region=str(application.home_region),
        paid_at=claim.paid_at,
        amount=claim.approved_amount or ZERO,
    )


def _total(claims: Sequence[Claim]) -> Decimal:
    return sum((claim.approved_amount or ZERO for claim in claims), ZERO)
