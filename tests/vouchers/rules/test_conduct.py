"""Declarations that stand against a voucher."""

from dataclasses import fields

import pytest

from vouchers.rules import conduct
from vouchers.rules.conduct import Conduct
from vouchers.rules.verdict import ReasonCode

CODES = {
    "is_insolvent": ReasonCode.INSOLVENT,
    "has_started": ReasonCode.ALREADY_STARTED,
    "is_funded_elsewhere": ReasonCode.FUNDED_ELSEWHERE,
    "is_export_tied": ReasonCode.EXPORT_TIED,
    "depends_on_domestic_goods": ReasonCode.DOMESTIC_GOODS,
}


@pytest.mark.parametrize("name", [field.name for field in fields(Conduct)])
def test_each_declaration_refuses_by_its_own_reason(name):
    assert conduct.check(Conduct(**{name: True})).codes == (CODES[name],)


def test_nothing_declared_is_allowed_and_all_are_named():
    assert conduct.check(Conduct()).ok
    everything = Conduct(**dict.fromkeys(CODES, True))
    assert conduct.check(everything).codes == tuple(CODES.values())
