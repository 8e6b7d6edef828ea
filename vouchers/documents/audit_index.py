"""The index of an audit file: what lies in the archive, and what proves it."""

from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple, TypedDict

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from portal.money import ZERO
from portal.pdf import Frame
from portal.templatetags.portal_ui import day, instant, money
from portal.workflow import as_json
from vouchers.cases.audit_file import AuditFile
from vouchers.cases.papers import Paper
from vouchers.documents.frame import broker_of, frame_of, printed
from vouchers.models import Claim

TEMPLATE = "vouchers/pdf/audit_index.html"


class Said(NamedTuple):
    """A name and what is said of it."""

    name: str
    text: str


class Check(NamedTuple):
    """One thing that was looked at: what, what was found, and whether it is as it must be."""

    name: str
    found: str
    holds: bool


class PaperFacts(TypedDict):
    """One file of the archive."""

    path: str
    title: str
    at: datetime
    by: str
    extent: str
    sha256: str
    note: str


class ReceiptFacts(TypedDict):
    """One receipt, amounts in EUR without VAT."""

    receipt: str
    paid_on: Any
    kind: str
    claimed: Decimal
    eligible: Decimal | None


class ClaimFacts(TypedDict):
    """One claim with its receipts; what was approved and paid in EUR."""

    claim: str
    state: str
    receipts: list[ReceiptFacts]
    said: list[Said]


class LineFacts(TypedDict):
    """A ledger line; the amount in EUR."""

    at: datetime
    kind: str
    by: str
    reason: str
    amount: Decimal


class IndexFacts(TypedDict):
    """What `vouchers/pdf/audit_index.html` prints."""

    frame: Frame
    zone: str
    award_number: str
    about: list[Said]
    checks: list[Check]
    papers: list[PaperFacts]
    lines: list[LineFacts]
    balance: list[Said]
    claims: list[ClaimFacts]


def audit_index_pdf(file: AuditFile, *, language: str, now: datetime) -> bytes:
    """Return the index of one award. Raises pdf.PdfUnavailable."""
    with override(language):
        title = _("Audit file of award %(number)s") % {"number": file.award.number}
        facts = as_json(_facts(file))
    return printed(TEMPLATE, facts, title=title, language=language, now=now)


def _facts(file: AuditFile) -> IndexFacts:
    award, application = file.award, file.award.application
    home = application.home_region
    return IndexFacts(
        frame=frame_of(application.call.programme, home),
        zone=home.time_zone,
        award_number=award.number,
        about=list(_about(file)),
        checks=[
            _files(file.papers),
            _journal(file),
            _ledger(file),
            *_signed(file),
            _eligible(file),
            *_headroom(file),
        ],
        papers=[_paper(paper) for paper in file.papers],
        lines=[
            LineFacts(
                at=line.at,
                kind=line.get_kind_display(),
                by=str(line.by or ""),
                reason=line.reason,
                amount=line.amount,
            )
            for line in file.lines
        ],
        balance=_balance(file),
        claims=[_claim(claim, home.time_zone) for claim in file.claims],
    )


def _about(file: AuditFile) -> list[Said]:
    award, application = file.award, file.award.application
    zone = application.home_region.time_zone
    host = application.host_region or _("outside the programme")
    return [
        Said(_("Firm"), str(application.organisation)),
        Said(_("Application"), f"{application.reference}, {application.title}"),
        Said(_("Call"), str(application.call)),
        Said(_("Voucher"), str(application.voucher_type)),
        Said(_("Home region"), str(application.home_region)),
        Said(_("Host region"), str(host)),
        Said(_("Amount"), money(award.amount)),
        Said(_("State"), award.get_state_display()),
        Said(_("Offered"), instant(award.offered_at, zone)),
        Said(_("Accepted"), instant(award.accepted_at, zone) if award.accepted_at else "\u2013"),
        Said(_("Granting date"), day(award.granted_on) if award.granted_on else "\u2013"),
        Said(_("Aid basis"), award.get_aid_basis_display()),
    ]


def _files(papers: list[Paper]) -> Check:
    broken = [paper.path for paper in papers if not paper.is_sound]
    words = ngettext("%(count)d file", "%(count)d files", len(papers)) % {"count": len(papers)}
    if broken:
        words = _("Not what was stored: %(names)s") % {"names": ", ".join(broken)}
    return Check(_("Files read and compared with their SHA-256"), words, not broken)


def _journal(file: AuditFile) -> Check:
    proof, name = file.journal, _("Journal entries, each with its own hash and the one before it")
    if not proof.entries:
        return Check(name, "\u2013", holds=False)
    first, last = proof.entries[0], proof.entries[-1]
    words = _("%(count)d entries, from %(first)s (%(first_hash)s) to %(last)s (%(last_hash)s)") % {
        "count": len(proof.entries),
        "first": f"{first.chain} {first.number}",
        "first_hash": first.hash,
        "last": f"{last.chain} {last.number}",
        "last_hash": last.hash,
    }
    if proof.broken:
        broken = ", ".join(map(str, proof.broken))
        words = _("These do not fit: %(numbers)s") % {"numbers": broken}
    return Check(name, words, not proof.broken)


def _ledger(file: AuditFile) -> Check:
    held = file.balance.reserved + file.balance.committed
    words = _("%(count)d lines, %(paid)s paid, %(held)s still held of %(amount)s") % {
        "count": len(file.lines),
        "paid": money(file.balance.paid),
        "held": money(held),
        "amount": money(file.award.amount),
    }
    fits = ZERO <= file.balance.paid + held <= file.award.amount
    return Check(_("Ledger within the award"), words, fits)


def _balance(file: AuditFile) -> list[Said]:
    balance = file.balance
    return [
        Said(_("Reserved"), money(balance.reserved)),
        Said(_("Committed"), money(balance.committed)),
        Said(_("Paid, net of what came back"), money(balance.paid)),
        Said(_("Returned to the pot"), money(balance.released)),
    ]


def _signed(file: AuditFile) -> list[Check]:
    zone = file.award.application.home_region.time_zone
    return [
        Check(
            broker_of(row.region),
            ", ".join(
                word
                for word in (
                    str(row.signed_by or ""),
                    row.organisation,
                    money(row.amount),
                    instant(row.signed_at, zone),
                    _("set aside later") if row.voided_at else "",
                )
                if word
            ),
            row.amount >= file.award.amount or row.voided_at is not None,
        )
        for row in file.signatures
    ]


def _eligible(file: AuditFile) -> Check:
    application, entry = file.award.application, file.found_eligible
    zone = application.home_region.time_zone
    found = f"{entry.by or entry.by_label}, {instant(entry.at, zone)}" if entry else "\u2013"
    words = [found, application.rules_version]
    return Check(
        _("Found eligible, under these rules"), "; ".join(filter(None, words)), bool(entry)
    )


def _headroom(file: AuditFile) -> list[Check]:
    room, amount = file.headroom, file.award.amount
    if room is None:
        return []
    words = _("%(used)s used of %(limit)s since %(since)s, %(left)s left, %(amount)s granted") % {
        "used": money(room.used),
        "limit": money(room.limit),
        "since": day(room.since),
        "left": money(room.left),
        "amount": money(amount),
    }
    name = _("De minimis headroom on the granting date, Regulation %(act)s") % {
        "act": room.regulation
    }
    return [Check(name, words, amount <= room.left)]


def _paper(paper: Paper) -> PaperFacts:
    pages = ""
    if paper.pages is not None:
        pages = ngettext("%(count)d page", "%(count)d pages", paper.pages) % {"count": paper.pages}
    size = _("%(size)d bytes") % {"size": paper.size}
    return PaperFacts(
        path=paper.path,
        title=paper.title,
        at=paper.at,
        by=paper.by,
        extent=", ".join(filter(None, [pages, size])),
        sha256=paper.sha256,
        note=paper.note if paper.is_sound else paper.note or _("not what was stored"),
    )


def _claim(claim: Claim, zone: str) -> ClaimFacts:
    said = [
        Said(_("Approved"), _by(claim.approved_by, claim.approved_at, zone)),
        Said(_("To be paid"), money(claim.approved_amount)),
        Said(_("Paid"), _by(claim.paid_by, claim.paid_at, zone)),
        Said(_("Reference"), claim.payment_reference),
    ]
    return ClaimFacts(
        claim=str(claim),
        state=claim.get_state_display(),
        receipts=[
            ReceiptFacts(
                receipt=str(line),
                paid_on=line.paid_on,
                kind=line.kind.label,
                claimed=line.amount,
                eligible=line.eligible_amount,
            )
            for line in claim.lines.all()
        ],
        said=[one for one in said if one.text],
    )


def _by(person: Any, at: datetime | None, zone: str) -> str:
    return ", ".join(filter(None, [str(person or ""), instant(at, zone)])) if at else ""
