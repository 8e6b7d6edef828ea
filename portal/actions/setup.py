"""Set-up rows: every change is journalled with the old and the new value."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models.fields.files import FieldFile

from portal.enums import Role
from portal.models import Programme, ProgrammeRegion, ProgrammeRole, Region
from portal.models.journal import PORTAL_CHAIN
from portal.permissions import Actor, may_set_up
from portal.workflow import action, record


@action
def create[M: models.Model](obj: M, *, by: Actor, now: datetime, chain: str) -> M:
    """Store a set-up row and journal what it holds. The caller has checked the permission."""
    obj.save(force_insert=True)
    names = [f.name for f in obj._meta.concrete_fields if not f.primary_key]
    record(obj, "create", by=by, now=now, chain=chain, new=_values(obj, names))
    return obj


@action
def edit[M: models.Model](
    obj: M,
    changes: Mapping[str, Any],
    *,
    by: Actor,
    now: datetime,
    chain: str,
    reason: str = "",
    is_personal: bool = False,
) -> M:
    """Write the changes to the row and journal those that differ, with old and new value.

    Many-to-many values are written too. The caller has checked the permission.
    """
    # The person behind a request is a lazy object, whose type is not its model.
    model = cast("type[M]", obj._meta.model)
    locked = model._base_manager.select_for_update(of=("self",), no_key=True).get(pk=obj.pk)
    old = _values(locked, changes)
    for name, value in changes.items():
        _write(locked, name, value)
    locked.save()
    new = _values(locked, changes)
    changed = [name for name in changes if old[name] != new[name]]
    if changed:
        values: dict[str, Any] = {
            "old": {n: old[n] for n in changed},
            "new": {n: new[n] for n in changed},
        }
        open_values: dict[str, Any] = {} if is_personal else values
        record(
            locked,
            "edit",
            by=by,
            now=now,
            chain=chain,
            personal=values if is_personal else None,
            fields=changed,
            reason=reason,
            **open_values,
        )
    return locked


def _write(obj: models.Model, name: str, value: Any) -> None:
    if obj._meta.get_field(name).many_to_many:
        getattr(obj, name).set(value)
    else:
        setattr(obj, name, value)


def _values(obj: models.Model, names: Iterable[str]) -> dict[str, Any]:
    """Return the values as the journal keeps them: relations by id, files by name."""
    return {name: _value(obj, name) for name in names}


def _value(obj: models.Model, name: str) -> Any:
    field = obj._meta.get_field(name)
    if field.many_to_many:
        return sorted(getattr(obj, name).values_list("pk", flat=True))
    value = field.value_from_object(obj)  # type: ignore[union-attr]
    return (value.name or "") if isinstance(value, FieldFile) else value


@action
def create_programme(programme: Programme, *, by: Actor, now: datetime) -> Programme:
    """Store a programme; the person who made it manages it. Raises PermissionDenied."""
    _require_set_up(by, None)
    create(programme, by=by, now=now, chain=programme.journal_chain)
    if by.user is not None:
        role = ProgrammeRole(
            user=by.user, programme=programme, role=Role.MANAGER, starts_at=now, given_by=by.user
        )
        create(role, by=by, now=now, chain=programme.journal_chain)
        by.user.forget_held()
    return programme


@action
def edit_programme(
    programme: Programme, changes: Mapping[str, Any], *, by: Actor, now: datetime
) -> Programme:
    """Change a programme's own settings. Raises PermissionDenied."""
    _require_set_up(by, programme)
    if "code" in changes:
        raise ValueError("A programme keeps its code: its journal stands under it.")
    return edit(programme, changes, by=by, now=now, chain=programme.journal_chain)


@action
def create_region(region: Region, *, by: Actor, now: datetime) -> Region:
    """Store a region; programmes may name it from now on. Raises PermissionDenied."""
    _require_set_up(by, None)
    return create(region, by=by, now=now, chain=PORTAL_CHAIN)


@action
def edit_region(region: Region, changes: Mapping[str, Any], *, by: Actor, now: datetime) -> Region:
    """Change what the portal says of a region. Raises PermissionDenied."""
    _require_set_up(by, region)
    return edit(region, changes, by=by, now=now, chain=PORTAL_CHAIN)


@action
def name_region(part: ProgrammeRegion, *, by: Actor, now: datetime) -> ProgrammeRegion:
    """Let a region take part in a programme. Raises PermissionDenied."""
    _require_set_up(by, part.programme)
    return create(part, by=by, now=now, chain=part.programme.journal_chain)


@action
def edit_named_region(
    part: ProgrammeRegion, changes: Mapping[str, Any], *, by: Actor, now: datetime
) -> ProgrammeRegion:
    """Change a region's part in a programme. Raises PermissionDenied."""
    _require_set_up(by, part.programme)
    return edit(part, changes, by=by, now=now, chain=part.programme.journal_chain)


def _require_set_up(by: Actor, scope: Region | Programme | None) -> None:
    if not may_set_up(by, scope):
        raise PermissionDenied
