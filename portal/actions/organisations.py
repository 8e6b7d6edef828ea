"""Organisations and those who act for them: register, join by consent, leave."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied

from portal.actions import setup
from portal.actions.notices import JoinAsked, JoinDecided
from portal.actions.tables import MEMBERSHIP
from portal.enums import MembershipState
from portal.models import JournalEntry, Membership, Organisation, User, VatCheck
from portal.models.journal import PORTAL_CHAIN
from portal.permissions import Actor
from portal.queue import notify
from portal.same_firm import name_key
from portal.workflow import action, move, record

# Too short to be found by: an entry that was erased is nobody's double.
FORGOTTEN = "…"
JOINED = frozenset({MembershipState.REQUESTED, MembershipState.ACTIVE})


class SameOrganisation(Exception):
    """An organisation of this name exists in the country: the person should ask to join it."""

    def __init__(self, found: Organisation) -> None:
        super().__init__(found.pk)
        self.found = found


class StillNeeded(Exception):
    """Somebody acts for the organisation, or asks to."""


class AlreadyMember(Exception):
    """The person is a member of the organisation, or has asked to be."""


def find_same(name: str, country: str, register_number: str = "") -> Organisation | None:
    """Return the organisation of the country whose name is the same but for spelling.

    Two that are both registered, under different numbers, are two.
    """
    wanted = name_key(name)
    rows = Organisation.objects.filter(country=country).order_by("pk")
    if register_number:
        rows = rows.filter(register_number__in=["", register_number])
    names = rows.values_list("pk", "name").iterator()
    found = next((pk for pk, other in names if name_key(other) == wanted), None)
    return Organisation.objects.get(pk=found) if found else None


@action
def register_organisation(organisation: Organisation, *, by: Actor, now: datetime) -> Organisation:
    """Store an organisation whose first owner is the person. Raises SameOrganisation."""
    if by.user is None:
        raise PermissionDenied
    same = find_same(organisation.name, organisation.country, organisation.register_number)
    if same is not None:
        raise SameOrganisation(same)
    organisation.save(force_insert=True)
    record(organisation, "register", by=by, now=now, chain=PORTAL_CHAIN)
    membership = Membership.objects.create(
        user=by.user,
        organisation=organisation,
        is_owner=True,
        state=MembershipState.ACTIVE,
        asked_at=now,
        decided_at=now,
    )
    record(
        membership,
        "register",
        by=by,
        now=now,
        chain=PORTAL_CHAIN,
        after=MembershipState.ACTIVE,
    )
    return organisation


@action
def edit_organisation(
    organisation: Organisation, changes: Mapping[str, Any], *, by: Actor, now: datetime
) -> Organisation:
    """Change what an organisation says of itself. Raises PermissionDenied for non-owners."""
    owners = organisation.memberships.filter(is_owner=True, state=MembershipState.ACTIVE)
    if by.user is None or not owners.filter(user=by.user).exists():
        raise PermissionDenied
    # A sole trader's address is a person's, so the values stand where they can be erased.
    return setup.edit(organisation, changes, by=by, now=now, chain=PORTAL_CHAIN, is_personal=True)


@action
def forget_organisation(organisation: Organisation, *, by: Actor, now: datetime) -> None:
    """Erase what an entry says of a firm that nobody acts for; country and region stay.

    The caller has made sure that no file or record needs it. Raises StillNeeded while a person
    acts for it or asks to.
    """
    if organisation.memberships.filter(state__in=JOINED).exists():
        raise StillNeeded
    organisation.name = FORGOTTEN
    for field in ("legal_form", "register_number", "vat_number", "address", "city", "sme_id"):
        setattr(organisation, field, "")
    organisation.website = organisation.email = ""
    organisation.is_sole_trader = False
    organisation.save()
    VatCheck.objects.filter(organisation=organisation).delete()
    JournalEntry.objects.about(organisation).update(personal={})
    record(organisation, "erase", by=by, now=now, chain=PORTAL_CHAIN)


@action
def ask_to_join(organisation: Organisation, *, by: Actor, now: datetime) -> Membership:
    """Ask the owners, or the region's broker, to be let in. Raises AlreadyMember."""
    if by.user is None:
        raise PermissionDenied
    current = [MembershipState.REQUESTED, MembershipState.ACTIVE]
    # Two clicks at once must not ask twice.
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    if organisation.memberships.filter(user=by.user, state__in=current).exists():
        raise AlreadyMember
    membership = Membership.objects.create(user=by.user, organisation=organisation, asked_at=now)
    record(
        membership,
        "ask",
        by=by,
        now=now,
        chain=PORTAL_CHAIN,
        after=MembershipState.REQUESTED,
        organisation=organisation.pk,
    )
    notify(JoinAsked(membership), now=now)
    return membership


@action
def take_in(
    organisation: Organisation, *, invited_by: User, by: Actor, now: datetime
) -> Membership:
    """Make an invited person a member; the first one owns the organisation. Raises AlreadyMember.

    The caller has checked that `invited_by` may invite.
    """
    if by.user is None:
        raise PermissionDenied
    # Two invited people at once must not both become the first.
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    active = organisation.memberships.filter(state=MembershipState.ACTIVE)
    if active.filter(user=by.user).exists():
        raise AlreadyMember
    for asked in organisation.memberships.filter(user=by.user, state=MembershipState.REQUESTED):
        move(asked, MEMBERSHIP.take_back, by=by, now=now)
    membership = Membership.objects.create(
        user=by.user,
        organisation=organisation,
        is_owner=not active.filter(is_owner=True).exists(),
        state=MembershipState.ACTIVE,
        asked_at=now,
        decided_at=now,
        decided_by=invited_by,
    )
    record(
        membership,
        "accept_invitation",
        by=by,
        now=now,
        chain=PORTAL_CHAIN,
        after=MembershipState.ACTIVE,
        organisation=organisation.pk,
        invited_by=invited_by.pk,
    )
    by.user.forget_held()
    return membership


@action
def admit(membership: Membership, *, by: Actor, now: datetime) -> None:
    """Let a person act for the organisation; without any owner, the person becomes it."""
    move(membership, MEMBERSHIP.admit, by=by, now=now)
    owners = membership.organisation.memberships.filter(is_owner=True, state=MembershipState.ACTIVE)
    membership.is_owner = not owners.exists()
    _decided(membership, by=by, now=now)
    notify(JoinDecided(membership), now=now)


@action
def refuse(membership: Membership, *, by: Actor, now: datetime) -> None:
    """Do not let a person act for the organisation."""
    move(membership, MEMBERSHIP.refuse, by=by, now=now)
    _decided(membership, by=by, now=now)
    notify(JoinDecided(membership), now=now)


@action
def take_back(membership: Membership, *, by: Actor, now: datetime) -> None:
    """Take one's own request back."""
    move(membership, MEMBERSHIP.take_back, by=by, now=now)


@action
def leave(membership: Membership, *, by: Actor, now: datetime) -> None:
    """Stop acting for the organisation."""
    move(membership, MEMBERSHIP.leave, by=by, now=now)


@action
def end(membership: Membership, *, by: Actor, now: datetime) -> None:
    """End somebody else's membership; it acts on the person's next request."""
    move(membership, MEMBERSHIP.end, by=by, now=now)


def _decided(membership: Membership, *, by: Actor, now: datetime) -> None:
    membership.decided_at, membership.decided_by = now, by.user
    membership.save(update_fields=["decided_at", "decided_by", "is_owner"])


# The verbs of the table by name, for pages that offer what is available.
MEMBERSHIP_VERBS = {verb.__name__: verb for verb in (admit, refuse, take_back, leave, end)}
