"""The style sheet's promises: contrast, one file in layers, few bytes."""

import re
from itertools import product
from pathlib import Path

import pytest

STATIC = Path(__file__).parents[1] / "eventapp" / "static"
TEMPLATES = Path(__file__).parents[1] / "templates"
THEME = (STATIC / "css" / "theme.css").read_text("utf-8")
COLOUR = re.compile(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)")
ASKS = re.compile(r"prefers-color-scheme|matchMedia|@container|getComputedStyle")
SCHEME = re.compile(r"(?<!supported-)color-scheme(?!s)[^;>]*(?=[;\"])|light-dark\(")
COLOURS = {name: {"light": light, "dark": dark} for name, light, dark in COLOUR.findall(THEME)}

PAPERS = ("paper", "paper-2")
WASHES = ("paper-3", "accent-wash", "warm-wash", "good-wash", "bad-wash")
TEXTS = [
    *product(("ink", "ink-soft", "accent", "accent-strong", "warm", "good", "bad", "plum"), PAPERS),
    *product(("ink", "ink-soft"), WASHES),
    *((name, f"{name}-wash") for name in ("accent", "warm", "good", "bad")),
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
    ("paper", "bad"),
]
EDGES = [*product(("line-strong", "focus"), PAPERS), ("focus", "bad-wash"), ("focus", "accent-wash")]


def luminance(colour: str) -> float:
    """WCAG 2.1, relative luminance."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str, scheme: str) -> float:
    dark, light = sorted(luminance(COLOURS[name][scheme]) for name in (one, other))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_are_read_on_every_ground(scheme: str):
    assert [pair for pair in TEXTS if contrast(*pair, scheme) < 4.5] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_edges_and_focus_are_seen(scheme: str):
    assert [pair for pair in EDGES if contrast(*pair, scheme) < 3] == []


def test_our_own_layer_comes_last():
    layers = re.findall(r"^@layer (\w+) \{", THEME, re.MULTILINE)

    assert layers == ["tokens", "base", "layout", "components", "print", "own"]


def test_nothing_is_fetched_from_elsewhere_and_nothing_shades():
    assert re.findall(r"url\(|@import|gradient\(|@font-face", THEME) == []


def test_every_colour_outside_the_tokens_is_a_token():
    rules = THEME[THEME.index("@layer base {") :]

    paper = ["#000", "#222", "#fff", "#fff", "#000"]  # the tokens of a programme printed black on white
    assert re.findall(r"#[0-9a-f]{3,8}\b(?=[;\s])", rules) == ["#fff", "#555", *paper]  # a letter's ground; ink


def test_only_colours_differ_between_light_and_dark():
    """So that of a page which is judged whole on a light screen, only colours are left to judge on a dark one."""
    page_files = [*STATIC.rglob("*.css"), *STATIC.rglob("*.js"), *TEMPLATES.rglob("*.html")]
    asks = [path for path in page_files if ASKS.search(path.read_text("utf-8"))]
    schemes = {f"{path.parent.name}/{path.name}": SCHEME.findall(path.read_text("utf-8")) for path in page_files}

    assert asks == []
    assert {name: found for name, found in schemes.items() if found} == {
        "css/theme.css": [
            "color-scheme: light dark",
            *["light-dark("] * len(COLOURS),
            "color-scheme: light",
        ],  # on paper
        "layouts/base.html": ['color-scheme" content="light dark'],
        "layouts/mail.html": ['color-scheme" content="light dark'],
    }


def test_style_and_script_stay_small():
    """Of every page; the organiser's grid brings its own."""
    scripts = {path.name: path.stat().st_size for path in (STATIC / "js").glob("*.js")}
    grid = (STATIC / "css" / "grid.css").stat().st_size + scripts.pop("grid.js")

    assert len(THEME.encode()) < 60_000
    assert sum(scripts.values()) <= 3_600
    assert grid < 16_000
