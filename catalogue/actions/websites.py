"""Which records name a website that is gone, and who is told."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from http import HTTPStatus
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import F, Q

from catalogue.enums import LinkProblem, RecordState
from catalogue.models import Record, RecordQuerySet
from catalogue.notifications.upkeep import DeadLink
from portal import web
from portal.models.journal import PORTAL_CHAIN
from portal.permissions import Actor
from portal.queue import notify
from portal.workflow import action, lock, record

log = logging.getLogger(__name__)
WEEK, DAY = timedelta(days=7), timedelta(days=1)
AT_ONCE = 25
GONE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
# As many different hosts do not fall silent at once: then it is our own network.
SUSPICIOUS = 5
UNREACHED = frozenset({LinkProblem.SILENT, LinkProblem.UNKNOWN})
# Names that nobody can register (RFC 2606): samples and demonstrations use them.
RESERVED = ("example", "test", "invalid", "localhost")

Look = Callable[[str], LinkProblem | None]


def due(now: datetime) -> RecordQuerySet:
    """Return the published records whose website is to be looked at, the longest waiting first.

    Once a week, and one that failed each day until it answers.
    """
    weekly = Q(link_checked_at=None) | Q(link_checked_at__lte=now - WEEK)
    daily = Q(link_failing_since__isnull=False, link_checked_at__lte=now - DAY)
    rows = Record.objects.filter(weekly | daily, state=RecordState.PUBLISHED).exclude(website="")
    return rows.order_by(F("link_checked_at").asc(nulls_first=True), "pk")


def look_at(url: str, *, reach: web.Reach = web.PUBLIC_WEB) -> LinkProblem | None:
    """Return what is wrong with an address now; a page that refuses robots exists."""
    try:
        status = web.look(
            url, agent=f"Voucher portal link check ({settings.SITE_URL})", reach=reach
        )
    except web.NoAnswer as silence:
        return LinkProblem(silence.trouble)
    if status in GONE:
        return LinkProblem.NOT_FOUND
    return LinkProblem.BROKEN if status >= HTTPStatus.INTERNAL_SERVER_ERROR else None


def look_at_websites(
    *, by: Actor, now: datetime, look: Look = look_at, at_once: int = AT_ONCE
) -> None:
    """Look at some websites that are due; the next run goes on where this one ended.

    Each address is asked once a run, outside any transaction. A record for which the outcome
    cannot be stored is logged and waits for its next turn.
    """
    rows = [*due(now)[:at_once]]
    found = {url: look(url) for url in {row.website for row in rows} if not _is_sample(url)}
    if _is_our_own_fault(found):
        log.warning("No website answers: the portal's own network is down.")
        found = {}
    for row in rows:
        try:
            if row.website in found:
                note_look(row, url=row.website, problem=found[row.website], by=by, now=now)
                continue
        except Exception:
            log.exception("What the website of record %s showed was not stored.", row.pk)
        pass_over(row, now=now)


@action
def note_look(
    row: Record, *, url: str, problem: LinkProblem | None, by: Actor, now: datetime
) -> None:
    """Store what a look at the record's website showed; its contact is told once of a problem.

    Gone is gone at once; anything else is a problem when it fails on a second day. A look at an
    address that the record does not name any more says nothing.
    """
    fresh = lock(row, "provider__organisation", "region")
    if fresh.website != url:
        return
    before = fresh.link_problem
    fresh.link_problem, fresh.link_failing_since = _after(fresh, problem, now)
    fresh.link_checked_at = now
    fresh.save(update_fields=["link_problem", "link_failing_since", "link_checked_at"])
    if bool(before) == bool(fresh.link_problem):
        return
    verb = "website_fails" if fresh.link_problem else "website_answers"
    record(fresh, verb, by=by, now=now, chain=PORTAL_CHAIN, url=url, problem=fresh.link_problem)
    if fresh.link_problem:
        notify(DeadLink(fresh, once=now.isoformat()), now=now)


@action
def pass_over(row: Record, *, now: datetime) -> None:
    """Let a record wait for its next turn: nothing could be learnt of its website."""
    row.link_checked_at = now
    row.save(update_fields=["link_checked_at"])


def _after(row: Record, problem: LinkProblem | None, now: datetime) -> tuple[str, datetime | None]:
    """Return the record's problem and since when it fails, after one more look."""
    if problem is None:
        return "", None
    since = row.link_failing_since or now
    is_sure = problem == LinkProblem.NOT_FOUND or since.date() < now.date()
    return problem if is_sure else row.link_problem, since


def _is_sample(url: str) -> bool:
    host = (urlsplit(url).hostname or "").rstrip(".")
    return host.rpartition(".")[2] in RESERVED or host in {"example.com", "example.org"}


def _is_our_own_fault(found: dict[str, LinkProblem | None]) -> bool:
    hosts = {urlsplit(url).hostname for url in found}
    return len(hosts) >= SUSPICIOUS and all(one in UNREACHED for one in found.values())
