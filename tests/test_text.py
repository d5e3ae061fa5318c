import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventapp.text import fold, fold_email, many_lines, normal_phone, one_line, slugify

WORST = [
    "a" + "\u0301\u0323" * 50_000,
    " " * 100_000,
    "\u202e" * 100_000,
    "-'" * 50_000,
    "\r" * 100_000 + "x",
]


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("Saint-Étienne", "saint etienne"),
        ("SAINT  ETIENNE", "saint etienne"),
        ("Villers-Cotterêts", "villers cotterets"),
        ("L’Œuvre d'Ævar", "l oeuvre d aevar"),
        ("L'Oeuvre d‘aevar", "l oeuvre d aevar"),
        ("E\u0301lodie\u00a0", "elodie"),
        ("Straße", "strasse"),
        ("n° 3", "n° 3"),
        ("١٢ Ελένη", "١٢ ελενη"),
    ],
)
def test_fold_ignores_case_accents_hyphens_and_apostrophes(typed, folded):
    assert fold(typed) == folded


@given(st.text())
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_folding_ignores_case(text):
    assert fold(text.upper()) == fold(text.upper().lower())


@given(st.text(min_size=1))
def test_a_folded_text_is_at_most_three_times_as_long(text):
    assert len(fold(text)) <= 3 * len(text)


@given(st.text(st.characters()))
def test_one_line_holds_no_control_and_is_stable(text):
    line = one_line(text)
    assert line == one_line(line)
    assert len(line.splitlines()) <= 1
    line.encode()


@given(st.text(st.characters()))
def test_many_lines_keep_only_line_feeds_and_are_stable(text):
    lines = many_lines(text)
    assert lines == many_lines(lines)
    assert lines.split("\n") == lines.splitlines() or not lines
    lines.encode()


def test_one_line_turns_controls_into_single_spaces():
    assert one_line(" Jeanne\r\nBcc: x\x00\x85\u2028 Martin\t\x7f") == "Jeanne Bcc: x Martin"


def test_one_line_drops_what_would_reverse_a_name():
    assert one_line("\ufeffMar\u202etin\u2069") == "Martin"


def test_a_name_of_invisible_characters_is_empty():
    assert one_line("\u200b\u200d \u00a0\u00ad") == ""


def test_one_line_keeps_what_people_type():
    assert one_line("9\u00a0h – l’été 👩‍💻") == "9\u00a0h – l’été 👩‍💻"


def test_many_lines_normalise_line_ends():
    assert many_lines("\nun\r\ndeux\rtrois\n\n  quatre\x00\u2029cinq\n\n") == "un\ndeux\ntrois\n\n  quatre  cinq"


def test_half_a_surrogate_pair_becomes_a_space():
    assert (one_line("a\ud800b"), many_lines("a\udfffb")) == ("a b", "a b")


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Rencontre n° 3, l’été", "rencontre-n-3-l-ete"),
        ("Où ? Là !", "ou-la"),
        ("東京", ""),
        ("mot " * 40, "-".join(["mot"] * 20)),
        ("x" * 100, "x" * 80),
    ],
)
def test_slugify(title, slug):
    assert slugify(title) == slug


def test_an_address_is_folded_without_touching_accents():
    assert fold_email(" Jérôme.B@Exemple.ORG\n") == "jérôme.b@exemple.org"
    assert fold_email("e\u0301@x.fr") == "é@x.fr"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("03 23 97 53 90", "+33323975390"),
        ("03.23.97.53.90", "+33323975390"),
        ("+33 (0)3 23 97 53 90", "+33323975390"),
        ("0033323975390", "+33323975390"),
        ("0590 82 34 56", "+590590823456"),
        ("0262 20 12 34", "+262262201234"),
        ("+32 2 501 02 11", "+3225010211"),
    ],
)
def test_a_phone_is_stored_in_international_form(typed, stored):
    assert normal_phone(typed) == stored


@pytest.mark.parametrize("typed", ["", "12", "bonjour", "03 23 97 53", "0" * 100_000, "+999 123"])
def test_a_wrong_phone_is_refused_with_an_example(typed):
    with pytest.raises(ValueError, match="Exemple"):
        normal_phone(typed)


@pytest.mark.parametrize("function", [fold, one_line, many_lines, slugify, fold_email])
@pytest.mark.parametrize("text", WORST, ids=range(len(WORST)))
def test_no_text_takes_long(function, text):
    start = time.process_time()
    function(text)
    assert time.process_time() - start < 0.5
