"""Who may sign for home and host."""

import pytest

from vouchers.enums import Side
from vouchers.rules import signatures
from vouchers.rules.signatures import BOTH_SIDES, HOME_ONLY, Signature
from vouchers.rules.verdict import Reason, ReasonCode, Verdict

ANNA = Signature(side=Side.HOME, person="anna", organisation="Oost NL")
BRAM = Signature(side=Side.HOST, person="bram", organisation="BioLiège")


def check(signing, *, required=BOTH_SIDES, signed=(), recused=(), assessors=()):
    return signatures.check(
        signing, required=required, signed=signed, recused=recused, assessors=assessors
    )


def test_home_and_host_of_two_organisations_may_sign_in_either_order():
    assert check(ANNA) == Verdict()
    assert check(BRAM, signed=[ANNA]) == Verdict()
    assert check(ANNA, signed=[BRAM]) == Verdict()


def host(person="bram", organisation="BioLiège"):
    return Signature(side=Side.HOST, person=person, organisation=organisation)


@pytest.mark.parametrize(
    ("signing", "circumstances", "expected"),
    [
        (BRAM, {"required": HOME_ONLY}, (ReasonCode.SIGNATURE_NOT_REQUIRED,)),
        (host("anna"), {"signed": [ANNA]}, (ReasonCode.SAME_PERSON,)),
        (host(organisation="Oost NL"), {"signed": [ANNA]}, (ReasonCode.SAME_ORGANISATION,)),
        (
            host("anna", "Oost NL"),
            {"signed": [ANNA]},
            (ReasonCode.SAME_PERSON, ReasonCode.SAME_ORGANISATION),
        ),
        (BRAM, {"recused": {"bram"}}, (ReasonCode.RECUSED,)),
        (BRAM, {"assessors": {"bram", "eva"}}, (ReasonCode.ASSESSED_IT,)),
        (
            Signature(side=Side.HOME, person="cees", organisation="Oost NL"),
            {"signed": [ANNA]},
            (ReasonCode.SIDE_HAS_SIGNED,),
        ),
        (
            host("anna", "Oost NL"),
            {"signed": [ANNA], "recused": {"anna"}, "assessors": {"anna"}},
            (
                ReasonCode.SAME_PERSON,
                ReasonCode.SAME_ORGANISATION,
                ReasonCode.RECUSED,
                ReasonCode.ASSESSED_IT,
            ),
        ),
    ],
)
def test_signature_is_refused_with_every_reason(signing, circumstances, expected):
    assert check(signing, **circumstances).reasons == tuple(Reason(code) for code in expected)


@pytest.mark.parametrize(
    ("required", "signed", "expected"),
    [
        (HOME_ONLY, [], {Side.HOME}),
        (HOME_ONLY, [ANNA], set()),
        (BOTH_SIDES, [ANNA], {Side.HOST}),
        (BOTH_SIDES, [BRAM], {Side.HOME}),
        (BOTH_SIDES, [ANNA, BRAM], set()),
    ],
)
def test_missing_names_the_sides_still_needed(required, signed, expected):
    assert signatures.missing(required, signed) == expected


@pytest.mark.parametrize(
    ("signing", "required", "signed", "expected"),
    [
        (ANNA, HOME_ONLY, [], True),
        (ANNA, BOTH_SIDES, [], False),
        (BRAM, BOTH_SIDES, [ANNA], True),
        (ANNA, BOTH_SIDES, [BRAM], True),
    ],
)
def test_the_last_signature_completes_the_set(signing, required, signed, expected):
    assert signatures.is_last(signing, required=required, signed=signed) is expected
