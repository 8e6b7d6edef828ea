"""Milestones as text: what is written is read again."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vouchers.rules import milestones
from vouchers.rules.milestones import Milestone

WORDS = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=40)


@given(st.lists(st.builds(Milestone, by=st.dates(), what=WORDS), max_size=milestones.MOST))
def test_what_is_written_is_read_again(rows):
    assert milestones.read(milestones.write(rows)) == rows


def test_a_row_that_lacks_a_part_is_kept_and_an_empty_one_is_not():
    rows = [("soon", "A test"), ("", ""), ("2027-06-01", ""), ("", "A report")]
    assert [*milestones.rows_in(milestones.as_text(rows))] == [rows[0], *rows[2:]]


@pytest.mark.parametrize("text", ["soon\tA test", "A test", "2027-02-30\tA test"])
def test_a_text_without_days_is_no_milestone(text):
    with pytest.raises(ValueError, match=r"isoformat|day"):
        milestones.read(text)


def test_days_are_kept_as_iso():
    assert milestones.write([Milestone(date(2027, 6, 2), "A test")]) == "2027-06-02\tA test"
