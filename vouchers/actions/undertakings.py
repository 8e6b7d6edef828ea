"""Which firms are one undertaking: joined and parted by staff, with the reason kept."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import NamedTuple

from django.core.exceptions import PermissionDenied

from portal import uploads
from portal.models import Organisation
from portal.permissions import Actor
from portal.workflow import action, lock, record
from vouchers.cases import aid_history
from vouchers.cases.undertakings import Split
from vouchers.models import AidAdjustment, Application, Undertaking, UndertakingMember
from vouchers.permissions import may_group
from vouchers.rules import deminimis
from vouchers.rules.deminimis import AidLine


class AlreadyOne(Exception):
    """The two firms are one undertaking already."""


class AnotherState(Exception):
    """The two firms sit in different Member States, which each count their own aid."""


class StandsAlone(Exception):
    """The firm is the only one of its undertaking, so there is nothing to part it from."""


@action
def undertaking_for(organisation: Organisation) -> Undertaking:
    """Return the organisation's single undertaking; one of its own until links are found.

    The member is locked, so that what begins now is not left behind when the firm is joined.
    """
    members = UndertakingMember.objects.select_related("undertaking")
    member = members.select_for_update(of=("self",)).filter(organisation=organisation).first()
    if member:
        return member.undertaking
    undertaking = Undertaking.objects.create(name=organisation.name)
    UndertakingMember.objects.create(undertaking=undertaking, organisation=organisation)
    return undertaking


@action
def join(
    application: Application, other: Organisation, *, reason: str, by: Actor, now: datetime
) -> Undertaking:
    """Make the applicant and another firm one undertaking, with all who are one with either.

    Enterprises that control each other count their aid together, in one Member State (Regulation
    (EU) 2023/2831, article 2(2)); after a merger all earlier aid counts (article 3(8)). Raises
    PermissionDenied, AnotherState and AlreadyOne.
    """
    row = _row(application, by=by)
    firm = row.organisation
    if firm.country != other.country:
        raise AnotherState(other.country)
    joined, target = _lock(firm, other)
    if joined == target:
        raise AlreadyOne(other)
    UndertakingMember.objects.filter(undertaking=joined).update(undertaking=target)
    Application.objects.filter(undertaking=joined).update(undertaking=target)
    joined.delete()
    _note(row, "join_undertaking", other, reason=reason, by=by, now=now)
    return target


class Side(NamedTuple):
    """What a split leaves: an undertaking, and the firm under whose name aid is moved."""

    undertaking: Undertaking
    organisation: Organisation
    is_leaving: bool = False


@action
def part(
    application: Application,
    member: Organisation,
    *,
    reason: str,
    split: Split | None = None,
    by: Actor,
    now: datetime,
) -> Undertaking:
    """Take a firm out of the applicant's undertaking.

    After a split, aid stays with the firm that had the benefit of it; with `split`, all earlier
    aid is divided by equity instead, and what moves is recorded. Raises PermissionDenied and
    StandsAlone.
    """
    row = _row(application, by=by)
    old = _lock(row.organisation)[0]
    members = UndertakingMember.objects.filter(undertaking=old)
    if members.count() == 1 or not members.filter(organisation=member).exists():
        raise StandsAlone(member)
    new = Undertaking.objects.create(name=member.name)
    members.filter(organisation=member).update(undertaking=new)
    Application.objects.filter(undertaking=old, organisation=member).update(undertaking=new)
    if split is not None:
        staying = Side(old, members.order_by("pk")[0].organisation)
        leaving = Side(new, member, is_leaving=True)
        _divide(split, staying, leaving, reason=reason, by=by, now=now)
    _note(row, "part_undertaking", member, reason=reason, by=by, now=now)
    return new


def _divide(
    split: Split, stays: Side, leaves: Side, *, reason: str, by: Actor, now: datetime
) -> None:
    """Record what each side gets and gives up, line by line, so that every aid keeps its date."""
    document = uploads.store(split.document, by=by, now=now)
    moves = [*_moves(split, stays, leaves), *_moves(split, leaves, stays)]
    AidAdjustment.objects.bulk_create(
        AidAdjustment(
            organisation=organisation,
            granted_on=granted_on,
            authority=line.authority,
            member_state=line.member_state,
            amount=amount,
            split_on=split.on,
            reason=reason,
            document=document,
            recorded_at=now,
            recorded_by=by.user,
        )
        for granted_on, line, giver, taker in moves
        for organisation, amount in ((taker, line.amount), (giver, -line.amount))
    )


def _moves(
    split: Split, giver: Side, taker: Side
) -> Iterator[tuple[date, AidLine, Organisation, Organisation]]:
    """Return the day and the part of each aid that goes from the giver to the taker."""
    mine, theirs = str(giver.undertaking.pk), str(taker.undertaking.pk)
    share = split.share if taker.is_leaving else 1 - split.share
    for line in aid_history(giver.undertaking):
        if line.granted_on is None:
            # An offer without an answer is granted to nobody yet.
            continue
        parts = deminimis.after_split(
            [line], of=mine, shares={mine: 1 - share, theirs: share}, on=split.on
        )
        for moved in parts:
            if moved.undertaking == theirs:
                yield line.granted_on, moved, giver.organisation, taker.organisation


def _row(application: Application, *, by: Actor) -> Application:
    row = lock(application, "organisation", "call__programme", "home_region")
    if not may_group(by, row):
        raise PermissionDenied("group")
    return row


def _lock(*firms: Organisation) -> list[Undertaking]:
    """Return the firms' undertakings, locked as whoever grants them aid locks them.

    Members first, then applications, then undertakings, each by its number.
    """
    for firm in firms:
        undertaking_for(firm)
    rows = UndertakingMember.objects.filter(organisation__in=firms).order_by("pk")
    found = {row.organisation_id: row.undertaking_id for row in rows.select_for_update()}
    asked = Application.objects.filter(undertaking__in=found.values()).order_by("pk")
    list(asked.select_for_update(no_key=True).values_list("pk", flat=True))
    locked = Undertaking.objects.filter(pk__in=found.values()).order_by("pk")
    by_id = {row.pk: row for row in locked.select_for_update()}
    return [by_id[found[firm.pk]] for firm in firms]


def _note(
    row: Application, verb: str, other: Organisation, *, reason: str, by: Actor, now: datetime
) -> None:
    said = {"firm": other.name, "reason": reason}
    chain = row.journal_chain
    record(row, verb, by=by, now=now, chain=chain, organisation=other.pk, personal=said)
