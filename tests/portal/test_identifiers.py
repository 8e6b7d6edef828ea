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
        ("FN 122119m", "AT", False),
        ("FN 122119", "AT", True),
        ("ZVR 123456789", "AT", False),
        ("175 074 752", "BG", False),
        ("175 074 753", "BG", True),
        ("1750747521234", "BG", False),
        ("CHE-100.155.212", "CH", False),
        ("CHE-100.155.213", "CH", True),
        ("IČO 251 23 891", "CZ", False),
        ("25123890", "CZ", True),
        ("HRB 12", "DE", False),
        ("Amtsgericht Aachen, HRA 11223", "DE", False),
        ("Aachen HRC 44123", "DE", True),
        ("12345", "DE", True),
        ("12345678", "EE", False),
        ("12345679", "EE", True),
        ("2077474-0", "FI", False),
        ("2077474-1", "FI", True),
        ("OIB 33392005961", "HR", False),
        ("OIB 33392005962", "HR", True),
        ("MBS 080000123", "HR", False),
        ("450401-3150", "IS", False),
        ("450401-3151", "IS", True),
        ("00743110157", "IT", False),
        ("00743110158", "IT", True),
        ("REA MI-1234567", "IT", False),
        ("4000 3521 600", "LV", False),
        ("4000 3521 601", "LV", True),
        ("988 077 918", "NO", True),
        ("Foretaksregisteret 988 077 917", "NO", False),
        ("REGON 192598184", "PL", False),
        ("REGON 192598183", "PL", True),
        ("KRS 0000123456", "PL", False),
        ("501 964 843", "PT", False),
        ("501 964 842", "PT", True),
        ("J52/750/2012", "RO", False),
        ("J52/750/2050", "RO", True),
        ("556123-4567", "SE", False),
        ("556123-4568", "SE", True),
        ("9331310000", "SI", False),
        ("9331320000", "SI", True),
        ("HE 123456", "CY", False),
        ("HE 12345678", "CY", True),
        ("SC123456", "GB", False),
        ("01234567", "GB", False),
        ("123", "GB", True),
        ("ΓΕΜΗ 123456789000", "GR", False),
        ("GEMI 12345", "GR", True),
        ("Cg. 01-09-123456", "HU", False),
        ("01-09-12345", "HU", True),
        ("CRO 123456", "IE", False),
        ("CRO 12345678", "IE", True),
        ("FL-0002.123.456-7", "LI", False),
        ("FL-0002", "LI", True),
        ("304151376", "LT", False),
        ("3041513", "LT", False),
        ("30415", "LT", True),
        ("RCS Luxembourg B 12345", "LU", False),
        ("B", "LU", True),
        ("C 12345", "MT", False),
        ("C-1234567", "MT", True),
        ("KvK 12345678", "NL", False),
        ("KvK 1", "NL", True),
        ("36421928", "SK", False),
        ("3642192", "SK", True),
        ("1", "US", False),
    ],
)
def test_register_numbers_are_checked_by_their_digits_or_their_shape(number, country, bad):
    assert is_bad(check_register, number, country) is bad


MARKET = """
AT BE BG CH CY CZ DE DK EE ES FI FR GB GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK
"""


@pytest.mark.parametrize("country", MARKET.split())
def test_every_country_of_the_single_market_has_its_check(country):
    assert is_bad(check_register, "1" * 30, country)


def test_numbers_are_compared_without_the_registers_name_and_marks():
    same = {plain(text) for text in ("CVR 13585628", "13 58 56 28", "013585628", "cvr: 13585628")}
    assert (same, plain("HRB 0012-B")) == ({"13585628"}, "12B")
