"""Columns of the files that leave the portal."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from portal.exports import Column
from portal.models import JournalEntry
from vouchers.cases.aid_register import Grant
from vouchers.cases.profiles import confirmed_of
from vouchers.models import Claim, ClaimLine, ConflictOfInterest, Instruction, LedgerEntry
from vouchers.rules.aid_register import INSTRUMENT
from vouchers.rules.deminimis import rule_set
from vouchers.statistics.figures import Cell
from vouchers.statistics.lives import COLUMNS
from vouchers.statistics.shape import Line

APPLICATIONS: tuple[Column[Mapping[str, Any]], ...] = tuple(
    Column(name, partial(lambda row, name: row[name], name=name)) for name in COLUMNS
)

FIGURES: tuple[Column[Line], ...] = (
    Column("figure", lambda line: line.figure),
    Column("programme", lambda line: line.programme),
    Column("call", lambda line: line.call),
    Column("region", lambda line: line.region),
    Column("voucher_type", lambda line: line.voucher_type),
    Column("value", lambda line: line.value),
    Column("unit", lambda line: line.unit),
    Column("as_of", lambda line: line.as_of),
)

MATRIX: tuple[Column[tuple[str, str, Cell]], ...] = (
    Column("home", lambda pair: pair[0]),
    Column("host", lambda pair: pair[1]),
    Column("awards", lambda pair: pair[2].awards),
    Column("value", lambda pair: pair[2].value),
)


def _firm(grant: Grant) -> Any:
    return grant.award.application.organisation


def _nace(grant: Grant) -> tuple[str, str]:
    """Return code and revision of the confirmed activity, empty where nobody has confirmed one."""
    said = confirmed_of(_firm(grant))
    return (said.nace_code, said.nace_revision) if said else ("", "")


AID_REGISTER: tuple[Column[Grant], ...] = (
    Column("to_do", lambda grant: grant.to_do),
    Column("due_on", lambda grant: grant.due_on),
    Column("award_number", lambda grant: grant.award.number),
    Column("beneficiary", lambda grant: _firm(grant).name, personal=True),
    Column("register_number", lambda grant: _firm(grant).register_number),
    Column("vat_number", lambda grant: _firm(grant).vat_number),
    Column("country", lambda grant: _firm(grant).country),
    Column("amount", lambda grant: grant.due),
    Column("currency", lambda _grant: "EUR"),
    Column("granted_on", lambda grant: grant.granted_on),
    Column(
        "granting_authority",
        lambda grant: grant.award.application.home_region.broker_organisation,
    ),
    Column("member_state", lambda grant: grant.award.application.home_region.country),
    Column("instrument", lambda _grant: INSTRUMENT),
    Column("regulation", lambda grant: rule_set(grant.granted_on).regulation),
    Column("nace_code", lambda grant: _nace(grant)[0]),
    Column("nace_revision", lambda grant: _nace(grant)[1]),
    Column("entered_amount", lambda grant: grant.entered),
    Column("entered_at", lambda grant: grant.entered_at),
    Column("entry_number", lambda grant: grant.number),
)


PAYMENTS: tuple[Column[Claim], ...] = (
    Column("claim", str),
    Column("award_number", lambda claim: claim.award.number),
    Column("programme", lambda claim: claim.award.pot.programme.code),
    Column("home_region", lambda claim: claim.award.application.home_region.code),
    Column("voucher_type", lambda claim: claim.award.application.voucher_type.code),
    Column("firm", lambda claim: claim.award.application.organisation.name, personal=True),
    Column("paid_at", lambda claim: claim.paid_at),
    Column("payment_reference", lambda claim: claim.payment_reference),
    Column("amount", lambda claim: claim.approved_amount),
    Column("currency", lambda _claim: "EUR"),
)

INSTRUCTIONS: tuple[Column[Instruction], ...] = (
    Column("batch", lambda one: one.batch.number),
    Column("execution_date", lambda one: one.batch.execution_date),
    Column("claim", lambda one: str(one.claim)),
    Column("reference", lambda one: one.end_to_end_id),
    Column("account_holder", lambda one: one.name, personal=True),
    Column("iban", lambda one: one.iban, personal=True),
    Column("amount", lambda one: one.amount),
    Column("currency", lambda _one: "EUR"),
    Column("remittance", lambda one: one.remittance),
    Column("state", lambda one: one.state),
    Column("bank_reason", lambda one: one.code),
)

RECEIPTS: tuple[Column[ClaimLine], ...] = (
    Column("claim", lambda line: str(line.claim)),
    Column("position", lambda line: line.position),
    Column("state", lambda line: line.claim.state),
    Column("programme", lambda line: line.claim.award.pot.programme.code),
    Column("home_region", lambda line: line.claim.award.application.home_region.code),
    Column("voucher_type", lambda line: line.claim.award.application.voucher_type.code),
    Column("firm", lambda line: line.claim.award.application.organisation.name, personal=True),
    Column("deducts_vat", lambda line: line.claim.deducts_vat),
    Column("paid_on", lambda line: line.paid_on),
    Column("supplier", lambda line: line.supplier, personal=True),
    Column("receipt_number", lambda line: line.receipt_number, personal=True),
    Column("kind", lambda line: line.kind.code),
    Column("original_currency", lambda line: line.currency),
    Column("original_amount", lambda line: line.original_amount),
    Column("original_vat", lambda line: line.original_vat),
    Column("units_per_eur", lambda line: line.rate),
    Column("rate_on", lambda line: line.rate_on),
    Column("rate_source", lambda line: line.rate_source),
    Column("amount", lambda line: line.amount),
    Column("vat", lambda line: line.vat),
    Column("eligible_amount", lambda line: line.eligible_amount),
    Column("currency", lambda _line: "EUR"),
)


def _json(data: Any) -> str:
    return json.dumps(data, sort_keys=True, ensure_ascii=False)


JOURNAL: tuple[Column[JournalEntry], ...] = (
    Column("chain", lambda entry: entry.chain),
    Column("number", lambda entry: entry.number),
    Column("at", lambda entry: entry.at),
    Column("recorded_at", lambda entry: entry.recorded_at),
    Column("by_id", lambda entry: entry.by_id),
    Column("by", lambda entry: str(entry.by or entry.by_label), personal=True),
    Column("subject", lambda entry: entry.subject),
    Column("verb", lambda entry: entry.verb),
    Column("before", lambda entry: entry.before),
    Column("after", lambda entry: entry.after),
    Column("data", lambda entry: _json(entry.data)),
    Column("personal", lambda entry: _json(entry.personal), personal=True),
    Column("personal_digest", lambda entry: entry.personal_digest),
    Column("previous_hash", lambda entry: entry.previous_hash),
    Column("hash", lambda entry: entry.hash),
)

LEDGER: tuple[Column[LedgerEntry], ...] = (
    Column("line", lambda line: line.pk),
    Column("at", lambda line: line.at),
    Column("pot", lambda line: line.pot.region.code),
    Column("award", lambda line: line.award.number if line.award else ""),
    Column("kind", lambda line: line.kind),
    Column("gives_back", lambda line: line.stage),
    Column("amount", lambda line: line.amount),
    Column("currency", lambda _line: "EUR"),
    Column("by", lambda line: str(line.by or ""), personal=True),
    Column("reason", lambda line: line.reason),
)


@dataclass(frozen=True, slots=True)
class Lot:
    """A payment that a sample could have drawn."""

    claim: Claim
    lot: str
    is_drawn: bool


POPULATION: tuple[Column[Lot], ...] = (
    Column("claim", lambda one: str(one.claim)),
    Column("amount", lambda one: one.claim.approved_amount),
    Column("paid_at", lambda one: one.claim.paid_at),
    Column("sha256_of_seed_and_claim", lambda one: one.lot),
    Column("drawn", lambda one: "yes" if one.is_drawn else "no"),
)

CONFLICTS: tuple[Column[ConflictOfInterest], ...] = (
    Column("application", lambda row: row.application.reference),
    Column("programme", lambda row: row.application.call.programme.code),
    Column("home_region", lambda row: row.application.home_region.code),
    Column("voucher_type", lambda row: row.application.voucher_type.code),
    Column("person", lambda row: row.person.email, personal=True),
    Column("kind", lambda row: row.kind),
    Column("party", lambda row: row.party),
    Column("evidence", lambda row: row.evidence, personal=True),
    Column("statement", lambda row: row.statement, personal=True),
    Column("found_at", lambda row: row.found_at),
    Column("state", lambda row: row.state),
    Column("judged_at", lambda row: row.judged_at),
    Column("judged_by", lambda row: row.judged_by.email if row.judged_by else "", personal=True),
    Column("reason", lambda row: row.reason, personal=True),
)
