"""Words that go, words that come."""

from catalogue.rules.differences import LONGEST, words


def marked(pieces) -> str:
    return "".join(f"[{text}]" if is_changed else text for text, is_changed in pieces)


def both(before: str, after: str) -> tuple[str, str]:
    old, new = words(before, after)
    return marked(old), marked(new)


def test_only_what_differs_is_marked():
    assert both("A small old hall", "A big new hall") == ("A [small old] hall", "A [big new] hall")
    assert both("One\n\ntwo", "One\n\nthree") == ("One\n\n[two]", "One\n\n[three]")
    assert both("one, two", "one, two, three") == ("one, two", "one, two[, three]")
    assert both("", "New") == ("", "[New]")
    assert both("Same", "Same") == ("Same", "Same")


def test_a_word_that_goes_leaves_the_others_unmarked():
    assert both("a b c", "a c") == ("a [b ]c", "a c")


def test_very_long_texts_count_as_wholly_different():
    long = "word " * LONGEST
    assert both(long, "word") == (f"[{long}]", "[word]")
