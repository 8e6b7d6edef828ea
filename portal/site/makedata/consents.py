"""What partners of invented applications confirmed, with its lines in the journal."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from decimal import Decimal

from portal.permissions import Actor
from portal.site.makedata.plans import DAY, Life
from portal.site.makedata.stage import Stage
from portal.workflow import record
from vouchers.enums import ApplicationState, ConsentState
from vouchers.models import Host, PartnerConsent
from vouchers.permissions import PARTNER

LIFETIME = timedelta(days=60)


def write(stage: Stage, lives: Sequence[tuple[Life, Host]]) -> dict[int, PartnerConsent]:
    """Write a consent for each host that needs one: of all that was sent, and of some drafts."""
    rows = PartnerConsent.objects.bulk_create(_consents(stage, lives))
    owners = {host.application_id: life.firm.owner for life, host in lives}
    for row in rows:
        chain, about = row.journal_chain, row.application_id
        record(
            row,
            "ask_consent",
            by=Actor.person(owners[about]),
            now=row.asked_at,
            chain=chain,
            after=ConsentState.ASKED,
            application=about,
            host=row.host_id,
        )
        record(
            row,
            "give_consent",
            by=PARTNER,
            now=row.answered_at or row.asked_at,
            chain=chain,
            after=ConsentState.GIVEN,
            price=row.price,
            starts_on=row.starts_on,
            ends_on=row.ends_on,
            has_conflict=row.has_conflict,
            personal={"name": row.signatory_name, "role": row.signatory_role},
        )
    return {row.host_id: row for row in rows if row.host_id}


def _consents(stage: Stage, lives: Sequence[tuple[Life, Host]]) -> Iterator[PartnerConsent]:
    for life, host in lives:
        is_submitted = life.when(ApplicationState.SUBMITTED) is not None
        # Two of three drafts are ready to be sent; the others wait for their partner.
        is_ready = is_submitted or host.application_id % 3
        if is_ready and life.offer.row.voucher_type.needs_consent:
            yield _consent(stage, life, host)


def _consent(stage: Stage, life: Life, host: Host) -> PartnerConsent:
    asked_at = life.at[0]
    starts_on = (stage.now + 45 * DAY).date()
    return PartnerConsent(
        application=host.application,
        host=host,
        partner=host.name,
        state=ConsentState.GIVEN,
        contact_email=host.contact_email,
        language=host.region.language if host.region else "en",
        asked_at=asked_at,
        asked_by=life.firm.owner,
        expires_at=asked_at + LIFETIME,
        answered_at=asked_at,
        work="We do the work with the firm.",
        price=host.application.amount or Decimal(0),
        starts_on=starts_on,
        ends_on=starts_on + 90 * DAY,
        has_conflict=False,
        signatory_name="M. Muster",
        signatory_role="Head of the facility",
    )
