"""Rigs that whole-site tests share: every address, and pages that may only read, and loudly."""

import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

from django.db import connection
from django.template import Node, engines
from django.template.base import FilterExpression
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
READS = re.compile(
    r"[(\s]*(SELECT|WITH|SAVEPOINT|RELEASE SAVEPOINT|ROLLBACK TO SAVEPOINT|DECLARE)\b"
)
WRITES = re.compile(
    r"""\bFOR (NO KEY )?(UPDATE|SHARE)\b|\b(nextval|setval|pg_advisory\w*)\("""
    r"""|\b(INSERT|DELETE) |\bUPDATE \""""
)


@dataclass(frozen=True, slots=True)
class Route:
    """One pattern of the resolver: its name with name space, its text, and whether all may come."""

    name: str
    pattern: str
    is_public: bool


def routes(resolver: URLResolver | None = None, space: str = "", before: str = "") -> list[Route]:
    """Return every pattern of the site, the admin's and allauth's too."""
    found: list[Route] = []
    for entry in (resolver or get_resolver()).url_patterns:
        text = f"{before}{entry.pattern}"
        if isinstance(entry, URLResolver):
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            found += routes(entry, inner, text)
        elif isinstance(entry, URLPattern):
            is_public = not getattr(entry.callback, "login_required", True)
            found.append(Route(f"{space}{entry.name or ''}", text, is_public))
    return found


@contextmanager
def noticed_writes() -> Iterator[list[str]]:
    """Collect every statement that writes or locks."""
    found: list[str] = []

    def notice(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if not READS.match(sql) or WRITES.search(sql):
            found.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(notice):
        yield found


class Loud(str):
    """What stands for an undefined variable: it prints nothing, and tells of our templates."""

    __slots__ = ("found",)

    def __bool__(self) -> bool:
        """Answer the one question that Django asks before it prints an undefined variable."""
        asking = sys._getframe(1)
        if asking.f_code is FilterExpression.resolve.__code__:
            expression, template = asking.f_locals["self"], _template(asking)
            # A filter of this name says what to print where there is nothing.
            has_default = any(call.__name__ == "default" for call, _args in expression.filters)
            if template.is_relative_to(TEMPLATES) and not has_default:
                self.found.append(f"{template.relative_to(TEMPLATES)}: {expression.token}")
        return False


def _template(frame: Any) -> Path:
    """Return the file of the node that is being drawn."""
    while frame:
        node = frame.f_locals.get("self")
        if isinstance(node, Node) and getattr(node, "origin", None):
            return Path(node.origin.name)
        frame = frame.f_back
    return Path()


@contextmanager
def noticed_undefined() -> Iterator[list[str]]:
    """Collect the undefined variables that our own templates name."""
    engine, loud = engines["django"].engine, Loud()
    loud.found = []
    before, engine.string_if_invalid = engine.string_if_invalid, loud
    try:
        yield loud.found
    finally:
        engine.string_if_invalid = before


@dataclass(frozen=True, slots=True)
class Visit:
    """What one GET answered and did."""

    status: int
    policy: str
    writes: tuple[str, ...]
    undefined: tuple[str, ...]
    faults: tuple[str, ...]
    told: frozenset[str]


def _told(text: str, secrets: Mapping[str, str]) -> list[str]:
    """Name the secrets that a text holds."""
    return [name for name, words in secrets.items() if words in text]


def visit(client: Client, address: str, secrets: Mapping[str, str]) -> Visit:
    """Get a page and look at it; `secrets` are words that not everybody may read."""
    with noticed_writes() as writes, noticed_undefined() as undefined:
        answer = client.get(address)
        # A file is read to its end: only then does the test client close it.
        body = b"".join(answer) if answer.streaming else answer.content
    # A refusal may repeat the address that was asked for, and tells nothing by it.
    text = body.decode(errors="replace")
    is_page = answer.get("Content-Type", "").startswith("text/html") and body
    return Visit(
        answer.status_code,
        answer.get("Content-Security-Policy", ""),
        tuple(writes),
        tuple(undefined),
        tuple(faults(text)) if is_page else (),
        frozenset(_told(text, secrets) if answer.status_code == HTTPStatus.OK else ()),
    )


INLINE = re.compile(
    r"""<[a-z][^>]*\s(?:style|on[a-z]+)\s*=\s*["'][^>]*>|<style\b[^>]*>|javascript:"""
    r"""|<script(?![^>]*\bsrc=)(?![^>]*type="application/(?:ld\+)?json")[^>]*>""",
    re.IGNORECASE,
)


def faults(page: str) -> Iterator[str]:
    """Say what is wrong with a whole page: its title, its heading, its language, its scripts."""
    if page.count("<h1") != 1:
        yield f"{page.count('<h1')} headings of the first level"
    if not re.search(r"<title>\s*[^<\s]", page):
        yield "no title"
    if not re.search(r'<html[^>]* lang="[a-z]{2}"', page):
        yield "no language"
    yield from INLINE.findall(page)
