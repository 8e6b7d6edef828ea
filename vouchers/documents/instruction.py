"""A payment batch as the bank reads it: pain.001, valid against the schema of ISO 20022."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from xml.etree.ElementTree import SubElement

from sepaxml import SepaTransfer
from sepaxml.validation import ValidationError

from portal import sepa
from portal.money import CENT
from vouchers.cases.payments import Debtor

# The version of the rulebooks since 2023; banks stop to take 001.001.03 in November 2026.
SCHEMA = "pain.001.001.09"
NOT_PROVIDED = "NOTPROVIDED"


class InvalidInstruction(Exception):
    """The schema refuses the file: something in it cannot be said in it."""


@dataclass(frozen=True, slots=True)
class Transfer:
    """One payment; the amount in EUR."""

    name: str
    iban: str
    amount: Decimal
    end_to_end_id: str
    remittance: str


class _File(SepaTransfer):
    """The library's file, with our number and instant: the same batch gives the same bytes."""

    def __init__(self, number: str, made_at: datetime, debtor: Debtor) -> None:
        self.number, self.made_at = number[-sepa.LONGEST_ID :], made_at
        account = {"name": sepa.latin(debtor.name, sepa.LONGEST_NAME), "IBAN": debtor.iban}
        bic = {"BIC": debtor.bic} if debtor.bic else {}
        config = {**account, **bic, "batch": True, "currency": "EUR"}
        super().__init__(config, schema=SCHEMA, clean=False)

    def _create_header(self) -> None:
        super()._create_header()
        _write(self._xml, "MsgId", self.number)
        _write(self._xml, "CreDtTm", f"{self.made_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}")

    def _finalize_batch(self) -> None:
        super()._finalize_batch()
        _write(self._xml, "PmtInfId", self.number)
        for bank in self._xml.iter("FinInstnId"):
            # The rulebook wants a word where no BIC is given (EPC132-08, DebtorAgent).
            if not len(bank):
                SubElement(SubElement(bank, "Othr"), "Id").text = NOT_PROVIDED


def instruction_file(
    number: str,
    *,
    made_at: datetime,
    execution_date: date,
    debtor: Debtor,
    transfers: Iterable[Transfer],
) -> str:
    """Return the file of a batch. Raises InvalidInstruction where the schema refuses it."""
    file = _File(number, made_at, debtor)
    for one in transfers:
        file.add_payment(
            {
                "name": one.name,
                "IBAN": one.iban,
                "amount": int(one.amount / CENT),
                "execution_date": execution_date,
                "description": one.remittance,
                "endtoend_id": one.end_to_end_id,
            }
        )
    try:
        written: bytes = file.export()
    except ValidationError as error:
        raise InvalidInstruction(number) from error
    return written.decode()


def _write(xml: Any, name: str, text: str) -> None:
    for element in xml.iter(name):
        element.text = text
