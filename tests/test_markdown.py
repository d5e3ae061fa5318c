import re
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventapp.markdown import plain, render

HOSTILE = [
    "[x](javascript:alert(1))",
    "[x](JAVASCRIPT:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](//evil.example)",
    "[x](/gestion/)",
    "<javascript:alert(1)>",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "![x](https://evil.example/pixel.png)",
    "![<b onclick=x>](https://evil.example/pixel.png)",
    '[x](https://a.example "onclick=alert(1)")',
    "<a href='https://a.example' style='position:fixed'>x</a>",
    "```<script>\nalert(1)\n```",
    "&lt;script&gt;",
]


def test_what_organisers_write_becomes_html():
    html = render("# Accès\n\nMétro **ligne 1**, *puis* [plan](https://exemple.fr/?a=1&b=2).\nDeux\n\n3. un\n4. deux")
    assert html == (
        "<h3>Accès</h3>\n<p>Métro <strong>ligne 1</strong>, <em>puis</em> "
        '<a href="https://exemple.fr/?a=1&amp;b=2" rel="noopener">plan</a>.<br>\nDeux</p>\n'
        '<ol start="3">\n<li>un</li>\n<li>deux</li>\n</ol>\n'
    )


def test_french_typography_is_applied_to_words_not_to_code():
    assert render("Pourquoi ? `a ?`") == "<p>Pourquoi\u00a0? <code>a ?</code></p>\n"


@pytest.mark.parametrize(("top", "levels"), [(3, ["3", "4", "3", "4"]), (2, ["2", "3", "2", "3"]), (6, ["6"] * 4)])
def test_headings_start_where_asked_and_skip_no_level(top, levels):
    html = render("## Un\n\n##### Deux\n\n## Trois\n\n### Quatre", top=top)
    assert re.findall(r"<h(\d)>", html) == levels
    assert re.findall(r"</h(\d)>", html) == levels


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_inert(text):
    html = render(text)
    assert not re.search(r"<(script|img|b|style)|<[^>]* (on\w+|style|title)=|href=\"(?!https?://|mailto:)", html)


@given(st.text(alphabet="<>\"'&[]()!#*_`~-+=:/\\ \n\tajvscript0123"))
def test_only_known_tags_come_out(text):
    assert not re.sub(
        r"</?(p|br|hr|h[3-6]|strong|em|ul|ol|li|blockquote|code|pre|a)( [^<>]*)?>", "", render(text)
    ).count("<")


NESTED = [">", "- ", "*", "*a ", "[", "![", "[a](", "`", "<", "_*", "1. ", "\\", "#", "&", "a\n"]


@pytest.mark.parametrize("piece", NESTED)
@pytest.mark.parametrize("function", [render, plain])
def test_work_grows_in_proportion_to_the_text(function, piece):
    assert calls(function, piece * 4_000) < 2.5 * calls(function, piece * 2_000) + 1_000


@pytest.mark.parametrize("piece", ["> ", "![", "[a](", "*a "])
def test_fifty_thousand_levels_are_survived(piece):
    assert render(piece * 50_000)


def calls(function, text):
    """How many Python calls it makes: the same on a busy machine and on an idle one."""
    count = 0

    def see(_frame, event, _argument):
        nonlocal count
        count += event == "call"

    sys.setprofile(see)
    try:
        function(text)
    finally:
        sys.setprofile(None)
    return count


def test_plain_text_reads_well():
    text = (
        "# Accès\n\nMétro **ligne 1**, [plan](https://exemple.fr).\nPuis [https://a.fr](https://a.fr) !\n\n"
        "- un\n- deux\n  1. a\n  2. b\n\nÉcrire à <x@exemple.fr>.\n\n> Citation\n\n![Plan](https://x.fr/p.png)\n\n---\n"
    )
    assert plain(text) == (
        "Accès\n\nMétro ligne 1, plan (https://exemple.fr).\nPuis https://a.fr\u00a0!\n\n"
        "- un\n- deux\n  1. a\n  2. b\n\nÉcrire à x@exemple.fr.\n\n> Citation\n\nPlan\n\n---"
    )


def test_a_list_with_paragraphs_keeps_them_apart():
    assert plain("- un\n\n  suite\n\n- deux") == "- un\n\n  suite\n\n- deux"


def test_quotations_are_marked_down_to_their_blank_lines():
    assert plain("a\n\n> b\n>\n> > c\n\nd") == "a\n\n> b\n>\n> > c\n\nd"


def test_nothing_gives_nothing():
    assert (render(None), plain(None), render(""), plain("")) == ("", "", "", "")


@given(st.text())
def test_plain_text_never_fails(text):
    assert isinstance(plain(text), str)
