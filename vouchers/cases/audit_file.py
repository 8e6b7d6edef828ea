"""All that the portal holds of one award, as an auditor takes it away: papers, lines and proofs."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Model

from portal.models import Document, JournalEntry
from portal.workflow import digest, entry_hash
from vouchers.cases.aid import aid_history
from vouchers.cases.papers import Paper, about, papers_of
from vouchers.enums import AidBasis
from vouchers.models import Application, Award, Balance, Claim, LedgerEntry, Signature
from vouchers.rules import deminimis
from vouchers.rules.deminimis import Headroom


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalProof:
    """The entries about an award; `broken` are those that fit not their hash or forerunner."""

    entries: list[JournalEntry]
    broken: list[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFile:
    """One award with everything of it; `headroom` is that of the granting day of de minimis aid."""

    award: Award
    papers: list[Paper]
    journal: JournalProof
    lines: list[LedgerEntry]
    balance: Balance
    signatures: list[Signature]
    found_eligible: JournalEntry | None
    headroom: Headroom | None
    claims: list[Claim]


def read(award: Award) -> AuditFile:
    """Read everything of an award, and compare each stored file with its hash."""
    application = award.application
    claims = list(award.claims.order_by("number").prefetch_related("lines__kind"))
    subjects = list(_subjects(award, application, claims))
    documents = list(about(Document, subjects))
    entries = _entries([*subjects, *documents])
    issuers = {
        entry.subject_id: str(entry.by or entry.by_label)
        for entry in entries
        if (entry.subject_type, entry.verb) == ("portal.document", "issue")
    }
    lines = award.entries.select_related("by", "pot__region").order_by("pk")
    found = [one for one in entries if one.verb == "find_eligible"]
    signatures = application.signatures.select_related("signed_by", "region")
    return AuditFile(
        award=award,
        papers=papers_of(award, documents, claims, issuers),
        journal=_proof(application.journal_chain, entries),
        lines=list(lines),
        balance=award.entries.all().balance(),
        signatures=list(signatures.order_by("signed_at", "pk")),
        found_eligible=found[-1] if found else None,
        headroom=_headroom(award, application),
        claims=claims,
    )


def _subjects(award: Award, application: Application, claims: list[Claim]) -> Iterator[Model]:
    yield from (application, award, *claims)
    for rows in (
        application.submissions,
        application.decisions,
        application.signatures,
        application.consents,
        application.change_requests,
        application.appeals,
        application.extensions,
        application.assessments,
        application.conflicts,
        application.co_applicants,
        award.changes,
        award.entries,
    ):
        yield from rows.all()
    for claim in claims:
        yield from claim.instructions.all()
    if agreement := getattr(award, "agreement", None):
        yield agreement
    if entry := getattr(award, "register_entry", None):
        yield entry


def _entries(subjects: list[Model]) -> list[JournalEntry]:
    return list(about(JournalEntry, subjects).select_related("by").order_by("chain", "number"))


def _proof(chain: str, entries: list[JournalEntry]) -> JournalProof:
    rows = JournalEntry.objects.filter(chain=chain)
    own = [entry for entry in entries if entry.chain == chain]
    before = dict(
        rows.filter(number__in=[entry.number - 1 for entry in own]).values_list("number", "hash")
    )
    broken = [entry.number for entry in own if not _fits(entry, before.get(entry.number - 1, ""))]
    return JournalProof(entries=entries, broken=broken)


def _fits(entry: JournalEntry, previous: str) -> bool:
    is_own = not entry.personal or digest(entry.personal) == entry.personal_digest
    return entry.hash == entry_hash(entry) and entry.previous_hash == previous and is_own


def _headroom(award: Award, application: Application) -> Headroom | None:
    undertaking = application.undertaking
    if award.aid_basis != AidBasis.DE_MINIMIS or award.granted_on is None or undertaking is None:
        return None
    return deminimis.headroom(
        aid_history(undertaking, apart_from=application.pk),
        undertaking=str(undertaking.pk),
        member_state=application.home_region.country,
        on=award.granted_on,
    )
