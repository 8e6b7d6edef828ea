"""Asking VIES about VAT numbers, one after the other and never in anybody's way."""

from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet

from portal import vies
from portal.models import Organisation, VatCheck
from portal.models.journal import PORTAL_CHAIN
from portal.permissions import Actor
from portal.workflow import action, record

MOST = 20
# A number that was known may have been given back since.
AGAIN = timedelta(days=365)


def waiting(now: datetime) -> QuerySet[Organisation]:
    """Return the firms about whose number VIES is to be asked, those never asked about first."""
    stale = (
        Q(vat_check=None)
        | ~Q(vat_check__number=F("vat_number"))
        | Q(vat_check__is_known=None)
        | Q(vat_check__asked_at__lt=now - AGAIN)
    )
    rows = Organisation.objects.filter(stale).exclude(vat_number="")
    rows = rows.select_related("vat_check").order_by(
        F("vat_check__asked_at").asc(nulls_first=True), "pk"
    )
    return rows.filter(vat_number__regex=vies.LETTERS)


def ask(*, base: str, by: Actor, now: datetime) -> int:
    """Ask about the next twenty numbers; return of how many something is known now.

    The wire is outside every transaction. Where VIES is away, the number waits for the next run.
    """
    answered = 0
    for organisation in list(waiting(now)[:MOST]):
        number = organisation.vat_number
        try:
            is_known: bool | None = vies.knows(number, base=base)
        except vies.NoAnswer:
            is_known = None
        note(organisation, number=number, is_known=is_known, by=by, now=now)
        answered += is_known is not None
    return answered


@action
def note(
    organisation: Organisation, *, number: str, is_known: bool | None, by: Actor, now: datetime
) -> None:
    """Keep what VIES said of a number; an answer is journalled, silence is not."""
    said = {"number": number, "is_known": is_known, "asked_at": now}
    VatCheck.objects.update_or_create(organisation=organisation, defaults=said)
    if is_known is not None:
        record(organisation, "check_vat", by=by, now=now, chain=PORTAL_CHAIN, is_known=is_known)
