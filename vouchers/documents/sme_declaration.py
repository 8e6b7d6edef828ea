"""The declaration of a firm's size: the tree, the arithmetic, and who confirmed it."""

from datetime import datetime
from typing import Any, TypedDict

from django.utils.translation import gettext as _
from django.utils.translation import override
from stdnum.eu import nace

from portal.models import Programme
from portal.pdf import Frame
from portal.templatetags.portal_ui import country_name
from vouchers.cases.profiles import FIRM
from vouchers.documents.frame import frame_of
from vouchers.models import UndertakingProfile
from vouchers.words import CONTROL_WORDS, KIND_WORDS, RELATION_WORDS, SIZE_WORDS


class PartyFacts(TypedDict):
    """A party of the tree."""

    name: str
    kind: str
    country: str
    register_number: str


class StakeFacts(TypedDict):
    """What one party holds in another; percent as text."""

    holder: str
    held: str
    capital: str
    votes: str
    control: str


class AddedFacts(TypedDict):
    """What one party adds to the firm's figures; amounts in EUR as text."""

    name: str
    relation: str
    percent: str
    headcount: str
    turnover: str
    balance_sheet: str


class SmeDeclarationFacts(TypedDict):
    """What `vouchers/pdf/sme_declaration.html` prints."""

    frame: Frame
    sme_name: str
    sme_address: list[str]
    register_number: str
    vat_number: str
    activity: str
    size: str
    definition: str
    year: int
    parties: list[PartyFacts]
    stakes: list[StakeFacts]
    own: AddedFacts
    added: list[AddedFacts]
    total: AddedFacts
    years: list[list[str]]
    exempt: list[str]
    notes: list[str]
    confirmed_by: str
    confirmed_at: datetime


def sme_declaration_title(profile: UndertakingProfile, *, language: str) -> str:
    """Return the declaration's title."""
    with override(language):
        return _("SME declaration of %(firm)s") % {"firm": profile.organisation.name}


def sme_declaration_facts(
    profile: UndertakingProfile, programme: Programme, *, by: str, language: str
) -> SmeDeclarationFacts:
    """Freeze the declaration of a profile that is being confirmed; `by` names who declares."""
    with override(language):
        return _facts(profile, programme, by=by)


def _facts(profile: UndertakingProfile, programme: Programme, *, by: str) -> SmeDeclarationFacts:
    said, firm = profile.confirmed or {}, profile.organisation
    assert firm.region is not None  # noqa: S101  issued only for firms of a programme's region
    assert profile.confirmed_at is not None  # noqa: S101  being confirmed
    tree = [] if said["stands_alone"] else said["parties"]
    stakes = [] if said["stands_alone"] else said["stakes"]
    names = {FIRM: firm.name, **{party["key"]: party["name"] for party in tree}}
    own = next(one for one in said["figures"] if one["year"] == said["year"])
    return SmeDeclarationFacts(
        frame=frame_of(programme, firm.region),
        sme_name=firm.name,
        sme_address=[
            line for line in (firm.address, firm.city, country_name(firm.country)) if line
        ],
        register_number=firm.register_number,
        vat_number=firm.vat_number,
        activity=activity_words(said["nace_code"], said["nace_revision"]),
        size=str(SIZE_WORDS[said["size"]]),
        definition=said["definition"],
        year=said["year"],
        parties=[_party(party) for party in tree],
        stakes=[_stake(stake, names) for stake in stakes],
        own=_added(firm.name, own),
        added=[
            _added(
                one["name"],
                one,
                relation=str(RELATION_WORDS[one["relation"]]),
                percent=one["percent"],
            )
            for one in said["contributions"]
        ],
        total=_added(_("Together"), said["total"]),
        years=[[str(year), str(SIZE_WORDS[size])] for year, size in said["years"]],
        exempt=said["exempt"],
        notes=_notes(said),
        confirmed_by=by,
        confirmed_at=profile.confirmed_at,
    )


def activity_words(code: str, revision: str) -> str:
    """Return a NACE code with its revision and its English name, where the library knows it."""
    words = _("%(code)s (NACE %(revision)s)") % {"code": code, "revision": revision}
    edition = "2.0" if revision == "2" else revision
    try:
        label = nace.get_label(code, revision=edition)
    except nace.ValidationError:
        return words
    return f"{words}: {label}"


def _party(party: dict[str, Any]) -> PartyFacts:
    return PartyFacts(
        name=party["name"],
        kind=str(KIND_WORDS[party["kind"]]),
        country=country_name(party["country"]) if party["country"] else "",
        register_number=party["register_number"],
    )


def _stake(stake: dict[str, Any], names: dict[str, str]) -> StakeFacts:
    return StakeFacts(
        holder=names[stake["holder"]],
        held=names[stake["held"]],
        capital=stake["capital"],
        votes=stake["votes"],
        control=str(CONTROL_WORDS[stake["control"]]) if stake["control"] else "",
    )


def _added(
    name: str, figures: dict[str, Any], *, relation: str = "", percent: str = ""
) -> AddedFacts:
    return AddedFacts(
        name=name,
        relation=relation,
        percent=percent,
        headcount=figures["headcount"],
        turnover=figures["turnover"],
        balance_sheet=figures["balance_sheet"],
    )


def _notes(said: dict[str, Any]) -> list[str]:
    notes = []
    if said["is_kept"]:
        notes.append(_("The limits were passed in one year only: the class before still holds."))
    if said["is_estimate"]:
        notes.append(_("The figures are an estimate in good faith: no accounts are closed yet."))
    if said["is_taken_over"]:
        notes.append(_("The firm was taken over, so the newest year decides alone."))
    if said["has_separate_accounts"]:
        notes.append(_("Excluded activities have accounts of their own."))
    return notes
