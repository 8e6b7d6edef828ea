"""The house rules that a machine can check."""

import ast
from pathlib import Path

import pytest
from django.template.loader import get_template

from portal.notifications import Notification
from portal.workflow import Transition

ROOT = Path(__file__).resolve().parent.parent
APPS = ("portal", "vouchers", "catalogue", "brokers", "events")
SOURCES = sorted(
    path for app in APPS for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts
)
WRITERS = {"save", "create", "update", "delete", "bulk_create", "bulk_update", "get_or_create"}
# Kernel mechanisms that write by design, each named with what it writes.
MECHANISMS = {
    "portal/documents.py": "documents",
    "portal/links.py": "mail links",
    "portal/mailers.py": "account mails",
    "portal/models/base.py": "counters",
    "portal/models/users.py": "people",
    "portal/outbox.py": "mails",
    "portal/queue.py": "mails",
    "portal/uploads.py": "uploaded files",
    "portal/workflow.py": "states and journal",
}


def relative(path):
    return path.relative_to(ROOT).as_posix()


def is_writer(path):
    name = relative(path)
    invented = ("portal/site/demo/", "portal/site/makedata/", "portal/site/rehearsal/")
    return name in MECHANISMS or "/actions" in name or name.startswith(invented)


def calls_of(tree, names):
    """Yield attribute calls such as `row.save()`; dict.update and the like are let through."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        if node.func.attr in names and looks_like_rows(node.func):
            yield node


def looks_like_rows(function):
    """Whether the call is on a manager, a queryset, or saves or deletes something."""
    if function.attr in {"save", "bulk_create", "bulk_update", "get_or_create"}:
        return True
    text = ast.unparse(function.value)
    return "objects" in text or ".filter(" in text or ".all()" in text


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_file_is_short(path):
    assert len(path.read_text().splitlines()) <= 400


@pytest.mark.parametrize("path", [p for p in SOURCES if not is_writer(p)], ids=relative)
def test_only_actions_write(path):
    tree = ast.parse(path.read_text())
    assert [f"{n.lineno}: {ast.unparse(n)}" for n in calls_of(tree, WRITERS)] == []


@pytest.mark.parametrize(
    "path", [p for p in SOURCES if relative(p) not in MECHANISMS], ids=relative
)
def test_nobody_assigns_state(path):
    assigned = [
        node.lineno
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Assign | ast.AugAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        for part in ast.walk(target)
        if isinstance(part, ast.Attribute) and part.attr == "state"
    ]
    assert assigned == []


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_public_functions_say_what_they_do(path):
    assert list(silent(ast.parse(path.read_text()))) == []


def silent(tree):
    """Yield public classes and functions without a docstring; inner functions need none."""
    for node in ast.iter_child_nodes(tree):
        if not isinstance(node, ast.FunctionDef | ast.ClassDef):
            continue
        is_public = not node.name.startswith("_") and node.name not in {"Meta", "Media"}
        if is_public and ast.get_docstring(node) is None:
            yield f"{node.lineno}: {node.name}"
        if isinstance(node, ast.ClassDef):
            yield from silent(node)


def tables():
    import brokers.workflow
    import catalogue.workflow
    import vouchers.workflow

    modules = (vouchers.workflow, catalogue.workflow, brokers.workflow)
    return [
        value
        for module in modules
        for value in vars(module).values()
        if isinstance(value, tuple) and value and isinstance(value[0], Transition)
    ]


def test_every_transition_has_a_name_of_its_own_and_a_label():
    for table in tables():
        assert len({t.name for t in table}) == len(table)
        assert all(str(t.label) for t in table)


def letters(base=Notification):
    for kind in base.__subclasses__():
        if "template" in vars(kind):
            yield kind
        yield from letters(kind)


def test_every_letter_has_a_subject_and_a_body():
    import brokers.notifications  # noqa: F401
    import portal.actions.notices  # noqa: F401
    import vouchers.notifications  # noqa: F401

    for kind in letters():
        get_template(f"{kind.template}.subject.txt")
        get_template(f"{kind.template}.body.txt")
