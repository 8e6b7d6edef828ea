"""German is complete: every text that the portal says has its German, with the same places."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
APPS = ("portal", "vouchers", "catalogue", "brokers", "events")
# How many arguments of a call are texts, and which of them is a context.
CALLS = {
    "_": (0,),
    "gettext": (0,),
    "gettext_lazy": (0,),
    "gettext_noop": (0,),
    "ngettext": (0,),
    "ngettext_lazy": (0,),
    "pgettext": (1,),
    "pgettext_lazy": (1,),
    "npgettext": (1,),
}
PLACES = re.compile(r"%\((\w+)\)[sd]|%%|</?\w+[^>]*>")
CALL = re.compile(r"\b(_|gettext|ngettext|pgettext|npgettext)\(")


def catalogue(language: str) -> polib.POFile:
    return polib.pofile(ROOT / "locale" / language / "LC_MESSAGES" / "django.po")


def in_python() -> Iterator[tuple[str | None, str]]:
    for app in APPS:
        for path in (ROOT / app).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                    yield from _texts(node.func.id, node.args)


def _texts(call: str, given: list[ast.expr]) -> Iterator[tuple[str | None, str]]:
    for place in CALLS.get(call, ()):
        words = [arg.value if isinstance(arg, ast.Constant) else None for arg in given]
        if len(words) > place and isinstance(words[place], str):
            yield (str(words[0]) if place else None), words[place]


def in_templates() -> Iterator[tuple[str | None, str]]:
    for path in (ROOT / "templates").rglob("*"):
        if path.suffix in {".html", ".txt"}:
            code = templatize(path.read_text(), origin=str(path))
            for found in CALL.finditer(code):
                node = _call_at(code, found.start(), found.end())
                if node is not None:
                    yield from _texts(found[1], node.args)


def _call_at(code: str, start: int, end: int) -> ast.Call | None:
    """Return the call that begins here: the shortest piece that is whole."""
    while (end := code.find(")", end) + 1) > 0:
        try:
            node = ast.parse(code[start:end], mode="eval").body
        except SyntaxError:
            continue
        return node if isinstance(node, ast.Call) else None
    return None


@pytest.fixture(scope="module")
def said() -> set[tuple[str | None, str]]:
    return {*in_python(), *in_templates()}


def test_the_texts_are_found(said):
    assert len(said) > 3000
    assert (None, "Sign in") in said
    assert ("task", "Completed") in said


def test_every_text_has_its_german(said):
    known = {(entry.msgctxt, entry.msgid) for entry in catalogue("de")}
    assert sorted((text, context or "") for context, text in said - known) == []


def test_no_german_is_missing_unsure_or_left_over(said):
    entries = catalogue("de")
    open_ones = [e.msgid for e in entries if not e.translated() or e.obsolete]
    assert open_ones == []
    assert [e.msgid for e in entries if (e.msgctxt, e.msgid) not in said] == []


def test_german_has_the_same_places():
    wrong = []
    for entry in catalogue("de"):
        wanted = sorted(PLACES.findall(entry.msgid_plural or entry.msgid))
        for text in entry.msgstr_plural.values() or [entry.msgstr]:
            few = bool(entry.msgid_plural) and set(PLACES.findall(text)) <= set(wanted)
            if sorted(PLACES.findall(text)) != wanted and not few:
                wrong.append((entry.msgid, text))
    assert wrong == []
