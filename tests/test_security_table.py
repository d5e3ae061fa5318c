"""docs/security.md names tests: each of them exists."""

import re

from eventapp.config import ROOT

NAMED = re.compile(r"`(tests/[a-z_/]+\.py)(?:::(\w+))?`")


def test_every_test_that_is_named_exists():
    named = NAMED.findall((ROOT / "docs/security.md").read_text(encoding="utf-8"))
    assert len(named) > 20
    missing = [f"{path}::{name}" for path, name in named if not exists(path, name)]
    assert missing == []


def exists(path: str, name: str) -> bool:
    file = ROOT / path
    return file.exists() and (not name or f"def {name}(" in file.read_text(encoding="utf-8"))
