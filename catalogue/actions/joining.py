"""How providers come in: asked for by anybody, invited by the broker, taken up by a person."""

from datetime import datetime, timedelta

from django.utils.text import slugify

from catalogue.actions.providers import add_provider
from catalogue.actions.require import require
from catalogue.enums import ProviderKind, RequestState
from catalogue.models import Provider, ProviderRequest
from catalogue.notifications.joining import (
    Listed,
    ListingForTeam,
    ListingReceived,
    ListingRefused,
    ProviderInvited,
)
from catalogue.permissions import may_add_to, may_invite
from catalogue.workflow import REQUEST
from portal import links
from portal.actions.organisations import AlreadyMember, find_same, take_in
from portal.actions.people import InviterGone, WrongAddress, has_verified
from portal.enums import LinkPurpose, MembershipState
from portal.models import MailLink, Membership, Organisation, Region, User
from portal.models.journal import PORTAL_CHAIN
from portal.permissions import Actor
from portal.queue import enqueue, notify
from portal.same_firm import name_key
from portal.workflow import action, lock, move, record

ANSWER_DAYS = 5
INVITATION_LIFETIME = timedelta(days=14)


class AlreadyListed(Exception):
    """The organisation is a provider already: its own people or the region's broker let one in."""

    def __init__(self, found: Provider) -> None:
        super().__init__(found.pk)
        self.found = found


class AlreadyAsked(Exception):
    """The broker has a request for this organisation, and has not answered it yet."""

    def __init__(self, found: ProviderRequest) -> None:
        super().__init__(found.pk)
        self.found = found


class BelongsElsewhere(Exception):
    """Others decide who acts for the organisation: the broker of `region`, or its own people."""

    def __init__(self, found: Organisation, region: Region | None) -> None:
        super().__init__(found.pk)
        self.found = found
        self.region = region


@action
def ask_to_be_listed(
    *,
    region: Region,
    organisation_name: str,
    kind: str,
    city: str,
    website: str,
    offer: str,
    name: str,
    email: str,
    language: str,
    by: Actor,
    now: datetime,
) -> ProviderRequest:
    """Ask the broker of a region to list an organisation; due after five of its working days.

    Raises AlreadyListed and AlreadyAsked.
    """
    # Two clicks at once must not ask twice.
    Region.objects.select_for_update(no_key=True).get(pk=region.pk)
    same = find_same(organisation_name, region.country)
    if same and (listed := Provider.objects.filter(organisation=same).first()):
        raise AlreadyListed(listed)
    if waiting := _waiting(organisation_name, region):
        raise AlreadyAsked(waiting)
    request = ProviderRequest.objects.create(
        region=region,
        organisation_name=organisation_name,
        kind=kind,
        city=city,
        website=website,
        offer=offer,
        name=name,
        email=email,
        language=language,
        asked_at=now,
        due_on=region.answer_day(now, working_days=ANSWER_DAYS),
    )
    record(
        request,
        "ask",
        by=by,
        now=now,
        chain=PORTAL_CHAIN,
        after=request.state,
        personal={"name": name, "email": email, "organisation": organisation_name},
        region=region.code,
        due_on=request.due_on,
    )
    notify(ListingReceived(request), ListingForTeam(request), now=now)
    return request


@action
def accept_request(
    request: ProviderRequest, *, by: Actor, now: datetime, link_now: datetime
) -> Provider:
    """List the organisation and invite who asked; `link_now` is real time, by which links expire.

    An organisation that is registered is taken as it is. Raises PermissionDenied, IllegalMove and
    BelongsElsewhere.
    """
    row = lock(request, "region")
    move(row, REQUEST.ACCEPT, by=by, now=now, also=lambda _row: _decided(by, now))
    provider = list_organisation(
        row.region,
        name=row.organisation_name,
        kind=row.kind,
        city=row.city,
        website=row.website,
        asked_by=row.email,
        by=by,
        now=now,
    )
    row.provider = provider
    row.save(update_fields=["provider"])
    if _is_member(provider.organisation, row.email):
        notify(Listed(row), now=now)
    else:
        invite(
            provider,
            email=row.email,
            language=row.language,
            by=by,
            now=now,
            link_now=link_now,
        )
    return provider


@action
def refuse_request(request: ProviderRequest, *, reason: str, by: Actor, now: datetime) -> None:
    """Refuse and mail the reason to who asked. Raises PermissionDenied and IllegalMove."""
    row = lock(request, "region")
    move(
        row,
        REQUEST.REFUSE,
        by=by,
        now=now,
        also=lambda _row: {**_decided(by, now), "reason": reason},
        reason=reason,
    )
    notify(ListingRefused(row), now=now)


@action
def list_organisation(
    region: Region,
    *,
    name: str,
    kind: str,
    city: str,
    website: str,
    asked_by: str = "",
    by: Actor,
    now: datetime,
) -> Provider:
    """Return the organisation of this name as a provider of the region, which is new or listed.

    `asked_by` is the address of who asked for it, if somebody did. Raises PermissionDenied, and
    BelongsElsewhere where others must decide.
    """
    require(may_add_to(by, region))
    Region.objects.select_for_update(no_key=True).get(pk=region.pk)
    same = find_same(name, region.country)
    listed = listed_in(region, same, asked_by=asked_by) if same else None
    return listed or add_provider(
        same or _register(region, name, kind, city, website, by=by, now=now),
        slug=_slug(name),
        kind=ProviderKind(kind),
        region=region,
        summary="",
        by=by,
        now=now,
    )


@action
def list_and_invite(
    *,
    region: Region,
    name: str,
    kind: str,
    city: str,
    website: str,
    email: str,
    language: str,
    by: Actor,
    now: datetime,
    link_now: datetime,
) -> Provider:
    """List an organisation without its asking, and invite a person to keep its records.

    Raises PermissionDenied, BelongsElsewhere and AlreadyMember.
    """
    provider = list_organisation(
        region, name=name, kind=kind, city=city, website=website, by=by, now=now
    )
    invite(provider, email=email, language=language, by=by, now=now, link_now=link_now)
    return provider


@action
def invite(
    provider: Provider,
    *,
    email: str,
    language: str = "",
    by: Actor,
    now: datetime,
    link_now: datetime,
) -> MailLink:
    """Mail somebody a link to act for the provider; a newer one takes an older one's place.

    Raises PermissionDenied and AlreadyMember.
    """
    require(may_invite(by, provider))
    if _is_member(provider.organisation, email):
        raise AlreadyMember(email)
    return _send(
        provider,
        email,
        language or provider.region.language,
        sender=by,
        by=by,
        now=now,
        at=link_now,
    )


@action
def renew_invitation(link: MailLink, *, by: Actor, now: datetime, link_now: datetime) -> bool:
    """Mail an expired invitation anew, to the same address and in the same person's name.

    False where a newer link is on its way.
    """
    provider, sender = invited_to(link), Actor(user=link.made_by, label="person")
    # Two clicks at once must not end the link that the first has just mailed.
    Provider.objects.select_for_update(of=("self",), no_key=True).get(pk=provider.pk)
    if not links.waits(link):
        return False
    language = link.data["language"]
    _send(provider, link.email, language, sender=sender, by=by, now=now, at=link_now)
    return True


@action
def accept_invitation(token: str, *, by: Actor, now: datetime, link_now: datetime) -> Membership:
    """Use an invitation: the person acts for the provider's organisation from now on.

    Raises LinkNotValid, WrongAddress, InviterGone and AlreadyMember; then the link stays unused.
    """
    link = links.use(LinkPurpose.PROVIDER_INVITATION, token, now=link_now)
    if by.user is None or not has_verified(by.user, link.email):
        raise WrongAddress(link.email)
    provider, giver = invited_to(link), link.made_by
    if giver is None or not may_invite(Actor.person(giver), provider):
        raise InviterGone
    return take_in(provider.organisation, invited_by=giver, by=by, now=now)


def invited_to(link: MailLink) -> Provider:
    """Return the provider of an invitation."""
    return Provider.objects.select_related("organisation", "region").get(pk=link.data["provider"])


def _send(
    provider: Provider,
    email: str,
    language: str,
    *,
    sender: Actor,
    by: Actor,
    now: datetime,
    at: datetime,
) -> MailLink:
    purpose, address = LinkPurpose.PROVIDER_INVITATION, email.lower()
    links.replace(purpose, data={"provider": provider.pk, "email": address}, now=at)
    token = links.make(
        purpose,
        email=address,
        data={"provider": provider.pk, "email": address, "language": language},
        lifetime=INVITATION_LIFETIME,
        by=sender,
        now=at,
    )
    link = links.find(purpose, token, now=at)
    record(
        link,
        "invite",
        by=by,
        now=now,
        chain=PORTAL_CHAIN,
        personal={"email": address},
        provider=provider.slug,
    )
    letters = ProviderInvited(link, token=token, provider=provider).letters()
    enqueue(*letters, now=now, is_private=True)
    return link


def _decided(by: Actor, now: datetime) -> dict[str, object]:
    return {"decided_at": now, "decided_by": by.user}


def _waiting(name: str, region: Region) -> ProviderRequest | None:
    key = name_key(name)
    rows = ProviderRequest.objects.filter(state=RequestState.NEW, region__country=region.country)
    return next((row for row in rows if name_key(row.organisation_name) == key), None)


def listed_in(region: Region, organisation: Organisation, *, asked_by: str = "") -> Provider | None:
    """Return the organisation's provider; None where the region's broker may make it one.

    Whoever makes it a provider can let people act for it. So raises BelongsElsewhere where it is
    of another region, or where people act for it and none of them is `asked_by`.
    """
    listed = Provider.objects.select_related("region").filter(organisation=organisation).first()
    if listed is not None:
        if listed.region_id != region.pk:
            raise BelongsElsewhere(organisation, listed.region)
        return listed
    if organisation.region_id not in {None, region.pk}:
        raise BelongsElsewhere(organisation, organisation.region)
    current = [MembershipState.REQUESTED, MembershipState.ACTIVE]
    has_people = organisation.memberships.filter(state__in=current).exists()
    if has_people and not _is_member(organisation, asked_by):
        raise BelongsElsewhere(organisation, None)
    return None


def _register(
    region: Region, name: str, kind: str, city: str, website: str, *, by: Actor, now: datetime
) -> Organisation:
    made = Organisation.objects.create(
        name=name,
        is_sole_trader=kind == ProviderKind.SOLE,
        country=region.country,
        region=region,
        city=city,
        website=website,
    )
    record(made, "register", by=by, now=now, chain=PORTAL_CHAIN)
    return made


def _slug(name: str) -> str:
    """Return a free address for a provider of this name."""
    base = slugify(name)[:70] or "provider"
    taken = set(Provider.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    numbered = (f"{base}-{number}" for number in range(2, len(taken) + 3))
    return base if base not in taken else next(one for one in numbered if one not in taken)


def _is_member(organisation: Organisation, email: str) -> bool:
    people = User.objects.filter(emailaddress__email__iexact=email, emailaddress__verified=True)
    members = organisation.memberships.filter(state=MembershipState.ACTIVE)
    return members.filter(user__in=people).exists()
