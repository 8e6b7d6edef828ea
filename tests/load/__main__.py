"""Print what everything costs with few and with many applications, beside the goal."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.load.table import GOALS, broken, table

ROOT = Path(__file__).resolve().parents[2]
FACILITIES_EACH = 5


def main() -> int:
    """Measure each size in a process and a folder of its own; return how many counts broke."""
    parser = argparse.ArgumentParser(prog="python -m tests.load", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 20_000], metavar="N")
    parser.add_argument("--only", nargs="+", default=[], choices=sorted(GOALS), metavar="ROW")
    parser.add_argument("--state", type=Path, default=ROOT / "var" / "bench")
    asked = parser.parse_args()
    found = {size: _measured(size, asked.only, asked.state / str(size)) for size in asked.sizes}
    sys.stdout.write(table(found) + "\n")
    problems = broken(found)
    sys.stdout.write("".join(f"{problem}\n" for problem in problems))
    return len(problems)


def _measured(size: int, only: list[str], state: Path) -> dict[str, dict[str, Any]]:
    state.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(suffix=".json") as out:
        numbers = [str(size), str(size * FACILITIES_EACH)]
        subprocess.run(
            [sys.executable, "-m", "tests.load.measure", *numbers, out.name, *only],
            cwd=ROOT,
            env={**os.environ, "PORTAL_STATE": str(state), "MFA_RELAXED_FOR_DEMO": "true"},
            check=True,
        )
        costs: dict[str, dict[str, Any]] = json.loads(Path(out.name).read_text())
        return costs


if __name__ == "__main__":
    sys.exit(main())
