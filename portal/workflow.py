"""State is a table; move() is the only code that assigns .state; the journal is sealed last."""

import hashlib
import json
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction
from django.utils import timezone

from portal.models import JournalEntry, Stateful
from portal.permissions import Actor

ONCE = timedelta(hours=1)
REFUSED = "refused"
# The exceptions of these apps are how an action says no; anything else is a mistake of ours.
OURS = frozenset({"portal", "catalogue", "brokers", "events", "vouchers"})


class IllegalMove(Exception):
    """The row is not in a state from which the transition starts: someone was faster."""

    def __init__(self, obj: Stateful, transition: "Transition") -> None:
        super().__init__(f"{transition.name} from {obj.state}")
        self.obj = obj
        self.transition = transition
        # What the sentence names; a view may tell less where a decision is held.
        self.shown = str(obj.state)


@dataclass(frozen=True, slots=True)
class Transition:
    """One arrow of a workflow table; `historic` ones may be used by an importer too."""

    name: str
    label: Any
    sources: frozenset[str]
    target: str
    allowed: Callable[[Actor, Any], bool]
    historic: bool = False

    def permits(self, by: Actor, obj: Stateful) -> bool:
        """Whether the actor may use this arrow on the row, whatever its state."""
        return self.historic if by.is_importer else self.allowed(by, obj)


def available(table: Iterable[Transition], obj: Stateful, by: Actor) -> list[Transition]:
    """Return what the page may offer."""
    return [t for t in table if obj.state in t.sources and t.permits(by, obj)]


@dataclass(slots=True)
class _Pending:
    entries: list[JournalEntry] = field(default_factory=list)
    locked: dict[tuple[type[models.Model], Any], models.Model] = field(default_factory=dict)


_pending: ContextVar[_Pending | None] = ContextVar("pending", default=None)


def action[**P, R](verb: Callable[P, R]) -> Callable[P, R]:
    """Open the transaction; the outermost action seals the journal, last lock of all.

    An inner action has no savepoint: its exception dooms the outer one. Who means to go on after
    it opens a `transaction.atomic()` of their own around the call.
    """

    @wraps(verb)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        outer = _pending.get()
        if outer is not None:
            kept = len(outer.entries)
            try:
                with transaction.atomic(savepoint=False):
                    return verb(*args, **kwargs)
            except BaseException:
                # What the inner action wrote is rolled back, so its journal lines go too.
                del outer.entries[kept:]
                outer.locked.clear()
                raise
        try:
            return _sealed(verb, *args, **kwargs)
        except Exception as error:
            if args:
                by, now = kwargs.get("by"), kwargs.get("now")
                note_refusal(args[0], verb.__name__, error, by=by, now=now)
            raise

    return run


def _sealed[**P, R](verb: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    pending = _Pending()
    token = _pending.set(pending)
    try:
        with transaction.atomic():
            result = verb(*args, **kwargs)
            _seal(pending.entries)
            return result
    finally:
        _pending.reset(token)


def lock[T: Stateful](obj: T, *related: str) -> T:
    """Return the row as it is now, with its relations, locked until the action ends.

    An instance that comes from here is not read again by move(), nor by a second lock().
    """
    locked, key = _current().locked, (type(obj), obj.pk)
    if locked.get(key) is obj:
        return obj
    fresh = _locked(obj, *related)
    locked[key] = fresh
    return fresh


def hold[T: Stateful](obj: T) -> T:
    """Keep a row that the action has just created: nobody else can move it before the end."""
    _current().locked[type(obj), obj.pk] = obj
    return obj


def _locked[T: Stateful](obj: T, *related: str) -> T:
    rows = type(obj)._base_manager.select_for_update(of=("self",), no_key=True)
    fresh: T = (rows.select_related(*related) if related else rows).get(pk=obj.pk)
    return fresh


def _to_move[T: Stateful](obj: T) -> T:
    """Return the row against which a move is checked; it shares what `obj` has loaded around it."""
    locked, key = _current().locked, (type(obj), obj.pk)
    if locked.get(key) is obj:
        return obj
    # This instance moves the row now, so one that was locked before is stale.
    locked.pop(key, None)
    fresh = _locked(obj)
    for link in obj._meta.concrete_fields:
        if isinstance(link, models.ForeignKey) and link.is_cached(obj):
            _share(link, obj, fresh)
    return fresh


def _share(link: models.ForeignKey[Any, Any], obj: Stateful, fresh: Stateful) -> None:
    if getattr(obj, link.attname) == getattr(fresh, link.attname):
        link.set_cached_value(fresh, link.get_cached_value(obj))


def _current() -> _Pending:
    pending = _pending.get()
    if pending is None:
        raise RuntimeError("The journal is written by an action.")
    return pending


def move(
    obj: Stateful,
    transition: Transition,
    *,
    by: Actor,
    now: datetime,
    also: Callable[[Any], Mapping[str, Any]] | None = None,
    personal: dict[str, Any] | None = None,
    **data: Any,
) -> None:
    """Lock, check permission and source, save, journal.

    `also` gives the fields that must change in the same statement, from the locked row, once it
    is known that the move is legal. Raises PermissionDenied and IllegalMove. Other fields of
    `obj` may be stale afterwards: an action re-reads what it decides on.
    """
    locked = _to_move(obj)
    if not transition.permits(by, locked):
        raise PermissionDenied(transition.name)
    if locked.state not in transition.sources:
        raise IllegalMove(locked, transition)
    changes = also(locked) if also else {}
    before, obj.state = locked.state, transition.target
    for name, value in changes.items():
        setattr(obj, name, value)
    obj.save(update_fields=["state", *changes])
    _append(
        obj,
        transition.name,
        obj.journal_chain,
        by=by,
        now=now,
        before=before,
        after=transition.target,
        data=data,
        personal=personal,
    )


def move_all[T: Stateful](
    rows: Sequence[T], transition: Transition, *, by: Actor, now: datetime
) -> None:
    """Move many rows of one model along one arrow, in three statements however many they are.

    All or none: raises PermissionDenied and IllegalMove for the first that may not.
    """
    if not rows:
        return
    locked = type(rows[0])._base_manager.select_for_update(of=("self",), no_key=True).order_by("pk")
    fresh = locked.in_bulk([row.pk for row in rows])
    for row in rows:
        stored = fresh[row.pk]
        if not transition.permits(by, stored):
            raise PermissionDenied(transition.name)
        if stored.state not in transition.sources:
            raise IllegalMove(stored, transition)
    type(rows[0])._base_manager.filter(pk__in=fresh).update(state=transition.target)
    for row in rows:
        before, row.state = fresh[row.pk].state, transition.target
        _append(
            row,
            transition.name,
            row.journal_chain,
            by=by,
            now=now,
            before=before,
            after=transition.target,
            data={},
            personal=None,
        )


def record(
    subject: models.Model,
    verb: str,
    *,
    by: Actor,
    now: datetime,
    chain: str,
    after: str = "",
    personal: dict[str, Any] | None = None,
    **data: Any,
) -> None:
    """Journal a fact that is no change of state: a set-up edit, a ledger line, a document."""
    _append(
        subject, verb, chain, by=by, now=now, before="", after=after, data=data, personal=personal
    )


def note_refusal(subject: Any, verb: str, error: Exception, *, by: Any, now: Any) -> None:
    """Journal that a verb was refused to a person, once what it did is rolled back.

    The outermost action calls it, and who refuses before any action. It speaks of rows that have a
    chain, and once an hour for the same verb: a page that saves by itself must not fill the chain.
    """
    is_ours = type(error).__module__.partition(".")[0] in OURS
    is_stored = isinstance(subject, models.Model) and subject.pk is not None
    chain = getattr(subject, "journal_chain", "") if is_stored else ""
    by_somebody = isinstance(by, Actor) and not (by.is_clock or by.is_importer)
    is_noted = getattr(error, "is_noted", False) or connection.needs_rollback
    if not (is_ours or isinstance(error, PermissionDenied)) or not (chain and by_somebody):
        return
    if not is_noted and not was_recorded(subject, REFUSED, {"verb": verb}, by=by, now=now):
        _refuse(subject, verb, error, by=by, now=now, chain=chain)
    error.is_noted = True  # type: ignore[attr-defined]


@action
def _refuse(
    subject: models.Model, verb: str, error: Exception, *, by: Actor, now: datetime, chain: str
) -> None:
    said = {"verb": verb, "why": type(error).__name__, "reasons": getattr(error, "codes", ())}
    _append(subject, REFUSED, chain, by=by, now=now, before="", after="", data=said, personal=None)


def was_recorded(
    subject: models.Model, verb: str, data: Mapping[str, Any], *, by: Actor, now: datetime
) -> bool:
    """Whether the same was recorded of the same person within the last hour."""
    entries = JournalEntry.objects.about(subject).filter(
        verb=verb, by=by.user, by_label=by.label, at__gt=now - ONCE, at__lte=now
    )
    return entries.filter(data__contains=as_json(data)).exists()


def _append(
    subject: models.Model,
    verb: str,
    chain: str,
    *,
    by: Actor,
    now: datetime,
    before: str,
    after: str,
    data: dict[str, Any],
    personal: dict[str, Any] | None,
) -> None:
    pending = _current()
    salted = {**personal, "salt": secrets.token_hex(8)} if personal else {}
    pending.entries.append(
        JournalEntry(
            chain=chain,
            at=now,
            by=by.user,
            by_label=by.label,
            subject_type=subject._meta.label_lower,
            subject_id=subject.pk,
            verb=verb,
            before=before,
            after=after,
            data=as_json(data),
            personal=as_json(salted),
            personal_digest=digest(salted) if salted else "",
        )
    )


def as_json(value: Any) -> Any:
    """Return the value as it reads after a round trip through JSON."""
    return json.loads(json.dumps(value, cls=DjangoJSONEncoder))


def digest(value: Any) -> str:
    """Return the SHA-256 of the value's canonical JSON, in hexadecimal."""
    text = json.dumps(value, cls=DjangoJSONEncoder, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def entry_hash(entry: JournalEntry) -> str:
    """Return what the entry's hash must be; personal data takes part by its digest only."""
    return digest(
        [
            entry.previous_hash,
            entry.chain,
            entry.number,
            entry.at.astimezone(UTC).isoformat(),
            entry.recorded_at.astimezone(UTC).isoformat(),
            entry.by_id,
            entry.by_label,
            entry.subject,
            entry.verb,
            entry.before,
            entry.after,
            entry.data,
            entry.personal_digest,
        ]
    )


def _seal(entries: list[JournalEntry]) -> None:
    recorded_at = timezone.now()
    for chain in sorted({e.chain for e in entries}):
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM portal_journal_head(%s)", [chain])
            number, previous = cursor.fetchone() or (0, "")
        for entry in (e for e in entries if e.chain == chain):
            number += 1
            entry.number, entry.recorded_at, entry.previous_hash = number, recorded_at, previous
            entry.hash = previous = entry_hash(entry)
    JournalEntry.objects.bulk_create(entries)
