"""A letter made from the record agrees with it in every language, and no other amount does."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils.translation import override
from hypothesis import example, given
from hypothesis import strategies as st

from portal.enums import Locale
from portal.templatetags.portal_ui import day, instant, money
from vouchers.cases.letters import WORDINGS
from vouchers.enums import LetterFact
from vouchers.rules import letters
from vouchers.rules.letters import Record

ZONE = "Europe/Brussels"
FIRMS = st.from_regex(r"[A-Z][a-zé]{3,9}( [A-Z][a-z]{3,9}){0,2} (GmbH|BV|SA|Ltd)", fullmatch=True)
WORDS = st.text(alphabet="abcdeß €0123456789.,", min_size=1, max_size=20).map(
    lambda text: f"Project {text.strip()}".strip()
)
AMOUNTS = st.decimals(min_value=1, max_value=9_999_999, places=2)
DAYS = st.dates(min_value=date(2012, 1, 1), max_value=date(2040, 1, 1))
FACTS = st.fixed_dictionaries(
    {
        "amount": AMOUNTS,
        "firm": FIRMS,
        "provider": FIRMS,
        "title": WORDS,
        "call": WORDS,
        "decided_on": DAYS,
        "answer_by": DAYS,
        "appeal_by": DAYS,
        "number": st.integers(min_value=1, max_value=99_999),
    }
)
LANGUAGES = st.sampled_from(Locale.values)


def written(outcome, facts, language) -> tuple[str, Record]:
    """Return the letter of an outcome, filled in its language, and the record."""
    until = datetime.combine(facts["answer_by"], datetime.min.time(), tzinfo=ZoneInfo(ZONE))
    with override(language):
        shown = {
            "firm": facts["firm"],
            "provider": facts["provider"],
            "title": facts["title"],
            "call": facts["call"],
            "voucher": "Insight",
            "region": "East Netherlands",
            "amount": money(facts["amount"]),
            "number": f"LSV-4-INS-{facts['number']:03}",
            "application": f"LSV-4-{facts['number']:04}",
            "decided_on": day(facts["decided_on"]),
            "appeal_by": day(facts["appeal_by"]),
            "answer_by": instant(until, ZONE),
        }
        text = letters.fill(f"{WORDINGS[outcome]} {{title}}, {{call}}", shown)
    record = Record(
        amount=facts["amount"],
        days=frozenset({facts["decided_on"], facts["answer_by"], facts["appeal_by"]}),
        names=(facts["firm"], facts["provider"]),
        numbers=(shown["number"], shown["application"]),
        languages=frozenset({language} if language in {"en", "de"} else {language, "en"}),
        words=(shown["title"], shown["call"], shown["voucher"], shown["region"]),
    )
    return text, record


@given(st.sampled_from(list(WORDINGS)), FACTS, LANGUAGES)
def test_a_letter_made_from_the_record_agrees_with_it(outcome, facts, language):
    text, record = written(outcome, facts, language)
    assert letters.check(text, record) == []


WHOLE = {
    "amount": Decimal("7000.00"),
    "firm": "Voorbeeld BV",
    "provider": "Muster GmbH",
    "title": "Project",
    "call": "Project 4",
    "decided_on": date(2026, 5, 4),
    "answer_by": date(2026, 5, 18),
    "appeal_by": date(2026, 5, 18),
    "number": 7,
}


@given(AMOUNTS, LANGUAGES, st.data())
@example(Decimal("7000.00"), "en", None)
def test_changing_any_digit_of_an_amount_is_found(amount, language, data):
    text, record = written("approved", {**WHOLE, "amount": amount}, language)
    with override(language):
        shown = money(amount)
    places = [place for place, sign in enumerate(shown) if sign.isdigit()]
    place = data.draw(st.sampled_from(places)) if data else places[0]
    others = [digit for digit in "0123456789" if digit != shown[place]]
    digit = data.draw(st.sampled_from(others)) if data else "8"
    edited = text.replace(shown, f"{shown[:place]}{digit}{shown[place + 1 :]}")
    assert [found.fact for found in letters.check(edited, record)] == [LetterFact.AMOUNT]


@given(DAYS, DAYS, LANGUAGES)
def test_another_day_is_found_in_every_language(recorded, other, language):
    record = Record(
        amount=None, days=frozenset({recorded}), names=(), numbers=(), languages=frozenset({"en"})
    )
    with override(language):
        found = letters.check(day(other), record)
    assert [one.fact for one in found] == ([] if other == recorded else [LetterFact.DAY])
