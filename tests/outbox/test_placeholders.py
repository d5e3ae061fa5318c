import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventapp import markdown
from eventapp.outbox.placeholders import escape_markdown, fill, mistyped_in, names_in, unknown_in
from eventapp.text import one_line

HOSTILE = [
    "{structure}",
    "[cliquez](https://pirate.example)",
    "<https://pirate.example>",
    "![x](https://pirate.example/x.png)",
    "<script>alert(1)</script>",
    "&lt;b&gt; &#x27;",
    "# Titre",
    "- liste",
    "1. liste",
    "> citation",
    "    code",
    "`code` **gras** _italique_ ~~barré~~",
    "[x]: https://pirate.example",
    "a\n\n# b",
    "\\",
    "{0.__class__} {{7*7}} %(x)s ${x}",
]


def test_known_names_are_filled_and_unknown_ones_stay():
    assert fill("Bonjour {prenom} {inconnu} {", {"prenom": "Jeanne"}) == "Bonjour Jeanne {inconnu} {"


def test_values_are_not_read_again():
    assert fill("{nom} {lien}", {"nom": "{lien}", "lien": "secret"}) == "{lien} secret"


def test_no_other_language_of_templates_is_understood():
    text = "{{prenom}} {prenom!r} {prenom.x} {0} %(prenom)s ${prenom} {% raw %}"

    assert fill(text, {"prenom": "J"}) == "{J} {prenom!r} {prenom.x} {0} %(prenom)s $J {% raw %}"


def test_names_are_listed_once_in_order():
    assert names_in("{nom} {prenom} {nom}") == ["nom", "prenom"]
    assert unknown_in("{nom} {prenon}", {"nom", "prenom"}) == ["prenon"]


@pytest.mark.parametrize("value", HOSTILE)
def test_a_hostile_value_is_shown_as_it_is(value):
    filled = fill("Bonjour {nom}, merci.", {"nom": escape_markdown(value)})

    letters = "".join(f"Bonjour {one_line(value)}, merci.".split())  # French typography adds spaces, nothing else
    html = markdown.render(filled)
    assert "".join(markdown.plain(filled).split()) == letters
    assert "".join(html.unescape().split()) == f"<p>{letters}</p>"
    assert html.count("<") == 2


@given(st.text(st.characters(codec="utf-8"), max_size=60))
def test_any_value_stays_in_its_paragraph(value):
    html = markdown.render(fill("début {nom} fin", {"nom": escape_markdown(value)}))

    assert html.count("<") == 2
    assert html.startswith("<p>début")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("{Prénom}", {"{Prénom}": "prenom"}),
        ("{ nom }", {"{ nom }": "nom"}),
        ("{DATE}", {"{DATE}": "date"}),
        ("Répondez : {lien, merci", {"{lien": "lien"}),
        ("Répondez : lien} merci", {"lien}": "lien"}),
        ("{date limite}", {"{date limite}": "date_limite"}),
        ("{Quelque chose}", {"{Quelque chose}": ""}),
        ("{nom}, {prenom} { et } seuls : { } {} a{ 12 }", {"{ et }": ""}),
        ("Une accolade { seule, ou } seule, ou {1}", {}),
    ],
)
def test_what_looks_like_a_placeholder_is_told_from_lone_braces(text, found):
    assert mistyped_in(text, {"nom", "prenom", "date", "date_limite", "lien"}) == found
