"""VAT and register numbers are checked without a network."""

import pytest

from portal.identifiers import BadNumber, check_register, check_vat, plain

VAT = [
    "NL004495445B01",
    "BE0403170701",
    "DE136695976",
    "DK13585628",
    "FR40303265045",
    "IE6433435F",
    "GB980780684",
    "XI980780684",
    "ESA58818501",
    "LU15027442",
    "EL094259216",
]


def is_bad(check, *given: str) -> bool:
    try:
        check(*given)
    except BadNumber:
        return True
    return False


@pytest.mark.parametrize("number", VAT)
def test_a_known_number_passes_and_one_wrong_digit_does_not(number):
    place = next(n for n in range(len(number) - 1, -1, -1) if number[n].isdigit())
    # 7 is coprime to the moduli in use, so the changed digit never gives the same rest.
    spoilt = number[: place - 3] + str((int(number[place - 3]) + 7) % 10) + number[place - 2 :]
    assert (is_bad(check_vat, number), is_bad(check_vat, spoilt)) == (False, True)


@pytest.mark.parametrize("number", ["US123456789", "ZZ1"])
def test_a_country_that_nobody_knows_is_not_judged(number):
    assert not is_bad(check_vat, number)


@pytest.mark.parametrize(
    ("number", "country", "bad"),
    [
        ("0403.170.701", "BE", False),
        ("0403.170.702", "BE", True),
        ("CVR 13585628", "DK", False),
        ("CVR 13585627", "DK", True),
        ("RCS Paris 552 008 443", "FR", False),
        ("552 008 444", "FR", True),
        ("552 008 443 00038", "FR", False),
        ("A58818501", "ES", False),
        ("A58818502", "ES", True),
        ("KvK 1", "NL", False),
        ("HRB 12", "DE", False),
    ],
)
def test_register_numbers_with_check_digits_are_checked(number, country, bad):
    assert is_bad(check_register, number, country) is bad


def test_numbers_are_compared_without_the_registers_name_and_marks():
    same = {plain(text) for text in ("CVR 13585628", "13 58 56 28", "013585628", "cvr: 13585628")}
    assert (same, plain("HRB 0012-B")) == ({"13585628"}, "12B")
