"""Measure every row for the folder of PORTAL_STATE and print what was found as JSON.

Called by `python -m tests.load` once for each size: a folder is chosen when settings are read.
"""

import json
import os
import sys
from pathlib import Path

from portal import embedded

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")


def main(applications: int, facilities: int, names: list[str], out: Path) -> None:
    """Fill the folder, serve it, measure it."""
    with embedded.services():
        # Django reads the folder's settings here, and the rows below need it set up.
        import django

        django.setup()
        from tests.load.host import fill, serving
        from tests.load.rows import ROWS

        fill(applications, facilities)
        with serving() as server:
            costs = {}
            for row in ROWS:
                if not names or row.__name__ in names:
                    sys.stderr.write(f"{applications}: {row.__name__}\n")
                    costs[row.__name__] = row(server)
        out.write_text(json.dumps(costs))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[4:], Path(sys.argv[3]))
