"""The undertaking's profile: each step is saved by itself, and the whole is confirmed."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied

from portal.documents import erase as erase_document
from portal.models import Document, Organisation, ProgrammeRegion
from portal.models.journal import PORTAL_CHAIN
from portal.permissions import Actor
from portal.queue import issue_document
from portal.workflow import action, as_json, record
from vouchers import documents
from vouchers.cases import local_day
from vouchers.cases.profiles import FIRM, mark_of, snapshot, statement_of
from vouchers.models import EnterpriseFigures, UndertakingProfile
from vouchers.rules import sectors
from vouchers.rules.ownership import Party, Stake
from vouchers.rules.sme import Figures

MOST_PARTIES = 40


class ChangedMeanwhile(Exception):
    """Somebody else has saved the profile since the page was shown."""


class ProfileNotComplete(Exception):
    """Steps of the interview are not answered yet."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__(", ".join(missing))
        self.missing = missing


class TooManyParties(Exception):
    """The tree holds as many parties as it may."""


class NoSuchParty(Exception):
    """A stake names somebody who is not in the tree, or a party in itself."""


def profile_of(organisation: Organisation) -> UndertakingProfile | None:
    """Return the organisation's profile, if it has begun one."""
    return UndertakingProfile.objects.filter(organisation=organisation).first()


def _change(
    organisation: Organisation,
    step: str,
    write: Callable[[UndertakingProfile], None],
    *,
    seen: int | None,
    by: Actor,
    now: datetime,
) -> UndertakingProfile:
    """Write one step of the locked profile; the journal says which step, never what it holds."""
    if not by.acts_for(organisation.pk):
        raise PermissionDenied(step)
    UndertakingProfile.objects.get_or_create(organisation=organisation, defaults={"saved_at": now})
    rows = UndertakingProfile.objects.select_for_update(of=("self",), no_key=True)
    profile = rows.select_related("organisation").get(organisation=organisation)
    if seen is not None and seen != profile.version:
        raise ChangedMeanwhile(step)
    write(profile)
    profile.version += 1
    profile.saved_at = now
    profile.save()
    record(profile, "edit", by=by, now=now, chain=PORTAL_CHAIN, step=step)
    return profile


@action
def set_activity(
    organisation: Organisation,
    *,
    nace_code: str,
    nace_revision: str,
    has_separate_accounts: bool,
    seen: int | None = None,
    by: Actor,
    now: datetime,
) -> UndertakingProfile:
    """Say what the firm does. Raises NotNace, ChangedMeanwhile and PermissionDenied."""
    code = sectors.normal(nace_code)

    def write(profile: UndertakingProfile) -> None:
        profile.nace_code, profile.nace_revision = code, nace_revision
        profile.has_separate_accounts = has_separate_accounts

    return _change(organisation, "activity", write, seen=seen, by=by, now=now)


@action
def set_figures_by_year(
    organisation: Organisation,
    *,
    years: Iterable[tuple[Figures, bool]],
    seen: int | None = None,
    by: Actor,
    now: datetime,
) -> UndertakingProfile:
    """Store the firm's own figures of several years, each with whether it is an estimate."""
    rows = list(years)

    def write(profile: UndertakingProfile) -> None:
        store_figures(profile.organisation_id, rows)

    return _change(organisation, "figures", write, seen=seen, by=by, now=now)


def store_figures(organisation: int, years: Iterable[tuple[Figures, bool]]) -> None:
    """Write figures by year in EUR, inside an action; a year that is there is replaced."""
    EnterpriseFigures.objects.bulk_create(
        [
            EnterpriseFigures(organisation_id=organisation, **asdict(one), is_estimate=is_estimate)
            for one, is_estimate in years
        ],
        update_conflicts=True,
        unique_fields=["organisation", "year"],
        update_fields=["headcount", "turnover", "balance_sheet", "is_estimate"],
    )


@action
def set_around(
    organisation: Organisation,
    *,
    stands_alone: bool,
    seen: int | None = None,
    by: Actor,
    now: datetime,
) -> UndertakingProfile:
    """Say whether anybody stands around the firm; the tree is kept for who comes back to it."""

    def write(profile: UndertakingProfile) -> None:
        profile.stands_alone = stands_alone

    return _change(organisation, "around", write, seen=seen, by=by, now=now)


@action
def set_conduct(
    organisation: Organisation,
    *,
    is_taken_over: bool,
    is_insolvent: bool,
    seen: int | None = None,
    by: Actor,
    now: datetime,
) -> UndertakingProfile:
    """Say what may stand against a voucher."""

    def write(profile: UndertakingProfile) -> None:
        profile.is_taken_over, profile.is_insolvent = is_taken_over, is_insolvent

    return _change(organisation, "conduct", write, seen=seen, by=by, now=now)


@action
def put_party(
    organisation: Organisation,
    *,
    party: Party,
    register_number: str = "",
    stake: Stake | None = None,
    seen: int | None = None,
    by: Actor,
    now: datetime,
) -> UndertakingProfile:
    """Add a party to the tree with its stake, or replace what was said of it.

    A party with an empty key is new; `stake` then names it by that empty key. Raises
    TooManyParties, NoSuchParty, ChangedMeanwhile and PermissionDenied.
    """

    def write(profile: UndertakingProfile) -> None:
        key = party.key or _next_key(profile.parties)
        row = {**_party_json(party), "key": key, "register_number": register_number}
        others = [one for one in profile.parties if one["key"] != key]
        if len(others) >= MOST_PARTIES:
            raise TooManyParties
        if len(others) == len(profile.parties):
            profile.parties = [*profile.parties, row]
        else:
            profile.parties = [row if one["key"] == key else one for one in profile.parties]
        if stake is not None:
            _add_stake(profile, stake, key=key)

    return _change(organisation, "group", write, seen=seen, by=by, now=now)


@action
def remove_party(
    organisation: Organisation, *, key: str, by: Actor, now: datetime
) -> UndertakingProfile:
    """Take a party out of the tree, with every stake that names it."""

    def write(profile: UndertakingProfile) -> None:
        profile.parties = [one for one in profile.parties if one["key"] != key]
        profile.stakes = [one for one in profile.stakes if key not in {one["holder"], one["held"]}]

    return _change(organisation, "group", write, seen=None, by=by, now=now)


@action
def put_stake(
    organisation: Organisation,
    *,
    stake: Stake,
    seen: int | None = None,
    by: Actor,
    now: datetime,
) -> UndertakingProfile:
    """Say what one party of the tree holds in another; what was said of the two is replaced."""

    def write(profile: UndertakingProfile) -> None:
        _add_stake(profile, stake, key="")

    return _change(organisation, "group", write, seen=seen, by=by, now=now)


@action
def remove_stake(
    organisation: Organisation, *, holder: str, held: str, by: Actor, now: datetime
) -> UndertakingProfile:
    """Take a stake away; both parties stay."""

    def write(profile: UndertakingProfile) -> None:
        profile.stakes = [
            one for one in profile.stakes if (one["holder"], one["held"]) != (holder, held)
        ]

    return _change(organisation, "group", write, seen=None, by=by, now=now)


@action
def confirm(
    organisation: Organisation, *, seen: int | None = None, by: Actor, now: datetime
) -> UndertakingProfile:
    """Declare the whole profile in good faith; from now on the law reads it.

    The declaration is issued as a document where a programme covers the firm's region. Raises
    ProfileNotComplete, ChangedMeanwhile and PermissionDenied.
    """

    def write(profile: UndertakingProfile) -> None:
        statement = statement_of(profile)
        if statement.missing:
            raise ProfileNotComplete(statement.missing)
        region = organisation.region
        day = local_day(now, region) if region else now.date()
        frozen = {**snapshot(statement, on=day), "mark": mark_of(statement)}
        profile.confirmed, profile.confirmed_at = frozen, now
        profile.confirmed_by = by.user
        _issue(profile, by=by, now=now)

    profile = _change(organisation, "confirm", write, seen=seen, by=by, now=now)
    record(profile, "confirm", by=by, now=now, chain=PORTAL_CHAIN, mark=_mark(profile))
    return profile


@action
def erase(profile: UndertakingProfile, *, by: Actor, now: datetime) -> None:
    """Erase whom the profile names, and its declarations; the firm's activity stays."""
    profile.parties, profile.stakes, profile.version = [], [], profile.version + 1
    profile.confirmed = profile.confirmed_at = profile.confirmed_by = None
    profile.declaration, profile.saved_at = None, now
    profile.save()
    issued = Document.objects.filter(
        subject_type=profile._meta.label_lower, subject_id=profile.pk, erased_at=None
    )
    for document in issued:
        erase_document(document, by=by, now=now)
    record(profile, "erase", by=by, now=now, chain=PORTAL_CHAIN)


def _mark(profile: UndertakingProfile) -> str:
    return str((profile.confirmed or {})["mark"])


def is_current(profile: UndertakingProfile) -> bool:
    """Whether what was confirmed is still what the profile says."""
    return profile.confirmed is not None and _mark(profile) == mark_of(statement_of(profile))


def _issue(profile: UndertakingProfile, *, by: Actor, now: datetime) -> None:
    named = ProgrammeRegion.objects.filter(
        region=profile.organisation.region_id, programme__is_historic=False
    )
    newest = named.select_related("programme").order_by("-programme__starts_on").first()
    if newest is None:
        return
    language = by.user.language if by.user else "en"
    profile.declaration = issue_document(
        documents.SME_DECLARATION,
        profile,
        number=f"SME-{profile.organisation_id}-{profile.version + 1}",
        title=documents.sme_declaration_title(profile, language=language),
        facts=documents.sme_declaration_facts(
            profile, newest.programme, by=str(by.user or ""), language=language
        ),
        language=language,
        programme=newest.programme,
        by=by,
        now=now,
    )


def _next_key(parties: Iterable[Mapping[str, Any]]) -> str:
    numbers = [int(one["key"].removeprefix("p")) for one in parties]
    return f"p{max(numbers, default=0) + 1}"


def _party_json(party: Party) -> dict[str, Any]:
    return {
        **as_json(
            {
                "name": party.name,
                "kind": party.kind,
                "country": party.country,
                "invested": party.invested,
                "budget": party.budget,
                "inhabitants": party.inhabitants,
            }
        ),
        "figures": as_json([asdict(one) for one in party.figures]),
    }


def _add_stake(profile: UndertakingProfile, stake: Stake, *, key: str) -> None:
    holder, held = stake.holder or key, stake.held or key
    known = {FIRM, *(one["key"] for one in profile.parties)}
    if holder == held or not {holder, held} <= known:
        raise NoSuchParty(holder, held)
    row = as_json(
        {
            "holder": holder,
            "held": held,
            "capital": stake.capital,
            "votes": stake.votes,
            "control": stake.control or "",
            "same_market": stake.same_market,
        }
    )
    others = [one for one in profile.stakes if (one["holder"], one["held"]) != (holder, held)]
    profile.stakes = [*others, row]
