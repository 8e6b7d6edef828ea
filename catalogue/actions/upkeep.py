"""How records stay true: providers are asked every half year, and one click confirms."""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import DateTimeField, ExpressionWrapper, F, Q

from catalogue.actions.records import set_confirmed
from catalogue.enums import RecordState
from catalogue.models import HIDDEN_AFTER, SINKS_AFTER, Provider, Record, RecordQuerySet
from catalogue.models.records import ASKED_AFTER
from catalogue.notifications.upkeep import StillTrue
from portal import links
from portal.enums import LinkPurpose
from portal.models import MailLink
from portal.models.journal import PORTAL_CHAIN
from portal.permissions import Actor
from portal.queue import enqueue
from portal.workflow import action, record

log = logging.getLogger(__name__)
LINK_LIFETIME = timedelta(days=60)
LAST_CALL = HIDDEN_AFTER - timedelta(days=30)
# Asked at six months, again when the record sinks, and a month before it is hidden.
ROUNDS = (ASKED_AFTER, SINKS_AFTER, LAST_CALL)


def due(now: datetime) -> RecordQuerySet:
    """Return the published records whose last round has come and who were not asked in it."""
    rows = Record.objects.to_confirm(now)
    waits = Q(asked_to_confirm_at=None)
    for age in ROUNDS:
        begins = ExpressionWrapper(F("confirmed_on") + age, output_field=DateTimeField())
        reached = Q(confirmed_on__lte=(now - age).date())
        waits |= reached & Q(asked_to_confirm_at__lt=begins)
    return rows.filter(waits)


def ask_to_confirm(*, by: Actor, now: datetime, link_now: datetime) -> None:
    """Ask every provider once a round whether its old records are still true.

    Safe to run twice and after a missed day. One provider that cannot be asked is logged and tried
    again the next time. `link_now` is real time, by which links expire.
    """
    ids = due(now).order_by("provider").values_list("provider", flat=True).distinct()
    for provider in Provider.objects.filter(pk__in=[*ids]).iterator(chunk_size=100):
        try:
            ask_provider(provider, by=by, now=now, link_now=link_now)
        except Exception:
            log.exception("Provider %s was not asked to confirm its records.", provider.pk)


@action
def ask_provider(provider: Provider, *, by: Actor, now: datetime, link_now: datetime) -> None:
    """Write one letter to each address of a provider that has records to ask about.

    It lists all records of the address that wait to be confirmed, those of an earlier letter too,
    since it takes that letter's place. A record without any address is put to the region's team.
    """
    waiting = Record.objects.to_confirm(now).filter(provider=provider)
    rows = waiting.select_related("provider__organisation", "region")
    by_address: dict[str, list[Record]] = {}
    for row in rows.order_by("pk").select_for_update(of=("self",), no_key=True):
        address = (row.work_contact or row.region.team_email).lower()
        by_address.setdefault(address, []).append(row)
    by_address.pop("", None)
    # Asked once the rows are locked: another worker may have written meanwhile.
    asked_now = set(due(now).filter(provider=provider).values_list("pk", flat=True))
    for address, records in by_address.items():
        if asked_now.isdisjoint(row.pk for row in records):
            continue
        data = {"provider": provider.pk, "email": address}
        links.replace(LinkPurpose.RECORD_CONFIRMATION, data=data, now=link_now)
        _send(address, records, data, by=by, now=now, at=link_now)
        for row in records:
            row.asked_to_confirm_at = now
            row.save(update_fields=["asked_to_confirm_at"])
            record(row, "ask_to_confirm", by=by, now=now, chain=PORTAL_CHAIN)


@action
def renew_question(link: MailLink, *, by: Actor, now: datetime, link_now: datetime) -> bool:
    """Mail an expired question anew, to the same address.

    False where nothing is asked any more, or a newer link is on its way.
    """
    rows = _locked(link)
    if not rows or not links.waits(link):
        return False
    data = {"provider": link.data["provider"], "email": link.data["email"]}
    links.replace(LinkPurpose.RECORD_CONFIRMATION, data=data, now=link_now)
    _send(link.email, rows, data, by=by, now=now, at=link_now)
    return True


@action
def confirm_by_link(token: str, *, now: datetime, link_now: datetime) -> list[Record]:
    """Use the link of a letter: all its records that are published are true today.

    Raises LinkNotValid.
    """
    by = Actor.mail_link("link in a mail")
    # The records go before the link, as in ask_provider: nobody waits for each other.
    rows = _locked(links.find(LinkPurpose.RECORD_CONFIRMATION, token, now=link_now))
    links.use(LinkPurpose.RECORD_CONFIRMATION, token, now=link_now)
    for row in rows:
        set_confirmed(row, now)
        record(row, "confirm", by=by, now=now, chain=PORTAL_CHAIN, confirmed_on=row.confirmed_on)
    return rows


def asked_about(link: MailLink) -> list[Record]:
    """Return the records of a question that are still published, by title."""
    return [*_of_link(link)]


def _locked(link: MailLink) -> list[Record]:
    """Lock the records of a question in the order of ask_provider."""
    rows = _of_link(link).order_by("pk").select_for_update(of=("self",), no_key=True)
    return sorted(rows, key=lambda row: (row.title, row.pk))


def _of_link(link: MailLink) -> RecordQuerySet:
    rows = Record.objects.filter(
        state=RecordState.PUBLISHED,
        pk__in=link.data["records"],
        provider=link.data["provider"],
    )
    return rows.select_related("provider__organisation", "region")


def _send(
    address: str,
    rows: Iterable[Record],
    data: dict[str, object],
    *,
    by: Actor,
    now: datetime,
    at: datetime,
) -> None:
    records = [*rows]
    if not records:
        return
    token = links.make(
        LinkPurpose.RECORD_CONFIRMATION,
        email=address,
        data={**data, "records": [row.pk for row in records]},
        lifetime=LINK_LIFETIME,
        by=by,
        now=at,
    )
    link = links.find(LinkPurpose.RECORD_CONFIRMATION, token, now=at)
    letters = StillTrue(link, token=token, records=records).letters()
    enqueue(*letters, now=now, is_private=True)
