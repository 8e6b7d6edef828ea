"""Extension tickets: who gives one, who agrees, and what it changes for one application."""

from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied

from portal.permissions import Actor
from portal.queue import notify
from portal.workflow import IllegalMove, action, hold, lock, move, record
from vouchers.enums import ApplicationState
from vouchers.models import Application, Extension
from vouchers.notifications import (
    ExtensionAsked,
    ExtensionGiven,
    ExtensionGivenForTeam,
    ExtensionRefused,
)
from vouchers.permissions import may_extend_file
from vouchers.workflow import APPLICATION, EXTENSION


class NotLater(Exception):
    """The instant gives no more time than there is: it is past, or before the end."""


@action
def give(
    application: Application, *, until: datetime, reason: str, by: Actor, now: datetime
) -> Extension:
    """Let one unsent draft be sent until a later instant, with a reason.

    A broker alone may add the programme's `extension_days` to the end; a longer extension waits
    for a manager. Raises PermissionDenied, IllegalMove (not a draft) and NotLater.
    """
    row = lock(application, "call__programme", "offer", "home_region")
    if not may_extend_file(by, row) or by.user is None:
        raise PermissionDenied("extend")
    if row.state != ApplicationState.DRAFT:
        raise IllegalMove(row, APPLICATION.SUBMIT)
    if until <= now or until <= row.window.last_instant:
        raise NotLater
    extension = Extension.objects.create(
        application=row, until=until, reason=reason, given_by=by.user, given_at=now
    )
    hold(extension)
    chain = row.journal_chain
    record(
        extension, "extend", by=by, now=now, chain=chain, until=until, personal={"reason": reason}
    )
    if needs_consent(row, until):
        notify(ExtensionAsked(extension), now=now)
    else:
        move(extension, EXTENSION.TAKE_EFFECT, by=by, now=now)
        _take_effect(extension, row, now=now)
    return extension


def needs_consent(application: Application, until: datetime) -> bool:
    """Whether a manager must agree: more days than a broker may add to the end alone."""
    alone = timedelta(days=application.call.programme.extension_days)
    return until > application.offer.window.last_instant + alone


@action
def agree(extension: Extension, *, by: Actor, now: datetime) -> None:
    """Let a waiting extension count. Raises PermissionDenied, IllegalMove and NotLater."""
    if extension.until <= now:
        raise NotLater
    row = lock(extension.application, "call__programme", "offer", "home_region")
    move(extension, EXTENSION.AGREE, by=by, now=now, also=lambda _row: _decided(by, now))
    if row.state == ApplicationState.DRAFT:
        _take_effect(extension, row, now=now)


@action
def refuse(extension: Extension, *, by: Actor, now: datetime) -> None:
    """Do not let a waiting extension count; the region is told."""
    move(extension, EXTENSION.REFUSE, by=by, now=now, also=lambda _row: _decided(by, now))
    notify(ExtensionRefused(extension), now=now)


def _decided(by: Actor, now: datetime) -> dict[str, object]:
    return {"decided_by": by.user, "decided_at": now}


def _take_effect(extension: Extension, row: Application, *, now: datetime) -> None:
    row.extended_until = extension.until
    row.save(update_fields=["extended_until"])
    notify(ExtensionGiven(extension), ExtensionGivenForTeam(extension), now=now)
