"""Write ``requirements.lock``: the exact versions of everything that ``make install`` installs.

pip resolves anew and installs nothing. The file holds names and versions only, so any registry or mirror serves it; it
is used as constraints, so that what a system does not need (a package for another system) is not installed. It is made
with the oldest Python that clew runs on, because what that one can install the later ones can too.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
OLDEST = (3, 11)
HEAD = """\
# The versions that clew was tested with, as constraints for `make install`. Made by `make lock`; do not edit.
"""


def main() -> int:
    """Resolve and write; pip's own words stand on stderr where it fails."""
    if sys.version_info[:2] != OLDEST:
        sys.stderr.write(f"make it with Python {'.'.join(map(str, OLDEST))}: make clean; make lock PYTHON=python3.11\n")
        return 1
    command = [
        sys.executable, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--quiet", "--report", "-",
        "--group", "dev", "--editable", ".[neo4j-local]",
    ]  # fmt: skip
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True)  # noqa: S603
    packages = [package["metadata"] for package in json.loads(done.stdout)["install"]]
    own = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["name"]
    pins = {re.sub(r"[-_.]+", "-", p["name"]).lower(): p["version"] for p in packages if p["name"] != own}
    LOCK.write_text(HEAD + "".join(f"{name}=={version}\n" for name, version in sorted(pins.items())), "utf-8")
    sys.stderr.write(f"{LOCK.name}: {len(pins)} packages\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
