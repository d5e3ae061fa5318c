"""Join a production lock and a whole lock into one file: production, marker, the rest."""

import re
import sys
from pathlib import Path

HEADER = """\
# Made by `make lock` from setup.cfg; not edited by hand.
# Production installs what stands above the development marker, development the whole file.
"""
MARKER = "# --- development ---"


def entries(path: str) -> dict[str, str]:
    """The requirements of a lock, each with its hashes, by name and version."""
    text = Path(path).read_text(encoding="utf-8")
    found = re.findall(r"^[A-Za-z0-9].*(?:\n[ \t]+.*)*", text, flags=re.MULTILINE)
    return {entry.split()[0]: entry for entry in found}


def main(production_path: str, whole_path: str) -> None:
    production, whole = entries(production_path), entries(whole_path)
    if production.keys() - whole.keys():
        sys.exit("production and development disagree about a version")
    # The whole lock's wording wins: its platform markers are the wider ones.
    first = [entry for name, entry in whole.items() if name in production]
    rest = [entry for name, entry in whole.items() if name not in production]
    print(HEADER + "\n".join([*first, "", MARKER, *rest]))


if __name__ == "__main__":
    main(*sys.argv[1:])
