"""Habits that a reviewer forgets. Each test lists what breaks the rule, and nothing else."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from flask import Flask

from eventapp.access import Public
from eventapp.config import ROOT
from eventapp.outbox.letters import LETTERS

ORDER = [
    "outbox",
    "journal",
    "accounts",
    "network",
    "events",
    "letters",
    "agenda",
    "calendars",
    "registrations",
    "invitations",
    "exchange",
    "attendance",
    "documents",
    "statistics",
    "privacy",
]
# These may call any package: a visible line replaces a signal.
ABOVE = {"views", "commands", "demo_commands", "worker", "schedule", "demonstration"}
# What is above all packages: it puts them together.
TOP = {"__init__", "console", "pages", "readiness", "run", "schedule", "serve", "versions", "worker"}
CODE = sorted((ROOT / "eventapp").rglob("*.py"))
TEMPLATES = ROOT / "templates"
PAGES = sorted(TEMPLATES.rglob("*.html"))


def parts(path: Path) -> tuple[str, ...]:
    return path.relative_to(ROOT / "eventapp").with_suffix("").parts


@cache
def imports(path: Path) -> list[str]:
    """The full names of what a module imports from the application, at its top or inside a function."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found += [f"{node.module}.{alias.name}" for alias in node.names]
    return [name for name in found if name.startswith("eventapp.")]


def is_above(path: Path) -> bool:
    return bool(ABOVE.intersection(parts(path)))


def wrong_way() -> Iterator[str]:
    for path in CODE:
        package = parts(path)[0]
        if is_above(path) or package in TOP:
            continue
        own = ORDER.index(package) if package in ORDER else -1
        for name in imports(path):
            other = name.split(".")[1]
            if other in ORDER and ORDER.index(other) > own:
                yield f"{'/'.join(parts(path))} imports {name}"


def test_packages_import_leftwards_only():
    assert list(wrong_way()) == []


def test_every_package_has_its_place_in_the_order():
    domains = {parts(path)[0] for path in CODE if path.name in ("models.py", "notices.py")}
    assert domains - set(ORDER) == set()


def test_nothing_below_imports_views():
    guilty = [
        f"{'/'.join(parts(path))} imports {name}"
        for path in CODE
        for name in imports(path)
        if "views" in name.split(".")[2:] and "views" not in parts(path) and parts(path) != ("__init__",)
    ]
    assert guilty == []


def test_verbs_take_facts_as_arguments():
    """No request, signed-in user or clock below views: they are handed down.

    A notice tells the time when it is sent, and a form is made of the request.
    """
    request_bound = re.compile(r"^from flask(_login)? import .*\b(request|session|g|current_user)\b", re.MULTILINE)
    clock = re.compile(r"\butcnow\(|\bdatetime\.now\(|\btime\.time\(")
    guilty = []
    for path in CODE:
        if parts(path)[0] in ORDER and not is_above(path) and path.stem not in ("forms", "notices"):
            text = path.read_text(encoding="utf-8")
            if request_bound.search(text) or clock.search(text):
                guilty.append("/".join(parts(path)))
    # Sign-in is about who is asking, and the worker's delivery about how long an answer takes.
    assert [name for name in guilty if name not in ("accounts/sign_in", "outbox/delivery")] == []


def test_nothing_is_named_after_its_having_no_name():
    vague = {"utils", "util", "helpers", "helper", "common", "services", "service", "misc"}
    assert [path for path in CODE if vague.intersection(parts(path))] == []


def test_every_route_says_who_may_use_it(app: Flask):
    silent = [name for name, view in app.view_functions.items() if name != "static" and not hasattr(view, "access")]
    assert silent == []


def test_the_desk_is_for_members_only(app: Flask):
    rules = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/gestion")]
    assert [str(rule) for rule in rules if app.view_functions[rule.endpoint].access is not Public.MEMBER] == []


def test_paths_are_kebab_case(app: Flask):
    segments = {rule.rule: rule.rule.strip("/").split("/") for rule in app.url_map.iter_rules()}
    own = {path: found for path, found in segments.items() if not path.startswith("/static") and path != "/"}
    assert [path for path, found in own.items() if not all(map(is_kebab, found))] == []


def is_kebab(segment: str) -> bool:
    """Words in lower case joined by hyphens, around variables; underscores only in a variable's name."""
    return re.fullmatch(r"([a-z0-9]+(-[a-z0-9]+)*|<[^>]+>|\.)+", segment) is not None


def test_public_addresses_hold_no_row_id(app: Flask):
    public = [rule for rule in app.url_map.iter_rules() if not rule.rule.startswith(("/gestion", "/courriels"))]
    assert [rule.rule for rule in public if "<int:" in rule.rule] == []


def test_every_link_leads_somewhere(app: Flask):
    link = re.compile(r"""\b(?:url_for|absolute)\(\s*["']([a-z_.]+)["']""")
    sources = [*CODE, *(path for path in TEMPLATES.rglob("*") if path.is_file())]
    named = {name for path in sources for name in link.findall(path.read_text(encoding="utf-8"))}
    known = {*app.view_functions, *("." + name.rpartition(".")[2] for name in app.view_functions)}
    # Which of these two exists depends on DSFR_DIR.
    assert named - known - {"dsfr", "own_stylesheet"} == set()


def test_every_template_is_used():
    code = "".join(path.read_text(encoding="utf-8") for path in CODE)
    texts = {path: path.read_text(encoding="utf-8") for path in TEMPLATES.rglob("*") if path.is_file()}
    unused = []
    for path in texts:
        name = path.relative_to(TEMPLATES).as_posix()
        elsewhere = code + "".join(text for other, text in texts.items() if other != path)
        if not is_letter(name) and not re.search(rf"""["']{re.escape(name)}["']""", elsewhere):
            unused.append(name)
    assert unused == []


def is_letter(name: str) -> bool:
    """A letter's template is found by the letter's registered name."""
    package, _, file = name.partition("/mails/")
    return f"{package}/{file.rpartition('.')[0]}" in LETTERS


def test_every_letter_has_its_text_and_its_html(app: Flask):
    files = [
        f"{package}/mails/{letter}.{kind}"
        for package, letter in (name.split("/") for name in LETTERS)
        for kind in ("txt", "html")
    ]
    assert [file for file in files if not (TEMPLATES / file).exists()] == []


@pytest.mark.parametrize(
    ("what", "pattern"),
    [
        ("style", r"<style\b|\sstyle\s*="),
        ("script", r"<script\b(?![^>]*\ssrc=)(?! type=\"application/ld\+json\">)"),
        ("handler", r"\son[a-z]+\s*=\s*[\"']"),
        ("javascript address", r"javascript:"),
    ],
)
def test_pages_hold_no_inline(what: str, pattern: str):
    """The content security policy refuses them. Mails are read elsewhere and need their styles inside."""
    pages = [path for path in PAGES if "mail" not in path.stem and path.parent.name != "mails"]
    guilty = [path for path in pages if re.search(pattern, path.read_text(encoding="utf-8"))]
    assert [path.relative_to(TEMPLATES).as_posix() for path in guilty] == []


def test_nothing_is_left_to_do():
    marks = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|X{3})\b")
    kinds = {".py", ".html", ".txt", ".css", ".js", ".md", ".cfg", ".toml"}
    folders = ["eventapp", "templates", "tests", "docs", "migrations", "scripts", "bench"]
    files = [path for folder in folders for path in (ROOT / folder).rglob("*") if path.suffix in kinds]
    assert [path for path in files if marks.search(path.read_text(encoding="utf-8"))] == []


def test_the_map_of_the_code_names_every_package():
    packages = {path.parent.name for path in (ROOT / "eventapp").glob("*/__init__.py")}
    named = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    assert {package for package in packages if f"`{package}`" not in named} == set()


def test_links_between_written_pages_lead_somewhere():
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    link = re.compile(r"\]\(([^)#:]+)\)")
    named = [page.parent / path for page in pages for path in link.findall(page.read_text(encoding="utf-8"))]
    assert [path for path in named if not path.exists()] == []


def test_modules_stay_short():
    """Past 250 lines a module has two subjects, or a reason here."""
    explained = {"registrations/models"}  # one aggregate: its tables are held together by each other's constraints
    lengths = {"/".join(parts(path)): len(path.read_text(encoding="utf-8").splitlines()) for path in CODE}
    assert {name: length for name, length in lengths.items() if length > 250 and name not in explained} == {}


def test_templates_stay_short():
    """Past 80 lines a template has a fragment to give away. A file of macros is a list, not an outline."""
    outlines = [path for path in PAGES if path.parent.name != "components"]
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in outlines}
    assert {path.relative_to(TEMPLATES).as_posix(): n for path, n in lengths.items() if n > 80} == {}
