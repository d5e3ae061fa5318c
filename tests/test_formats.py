import time
from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from eventapp import formats

PARIS = "Europe/Paris"


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "shown"),
    [
        (utc(2021, 10, 7, 7), "jeudi 7 octobre 2021"),
        (utc(2024, 3, 1, 11), "vendredi 1er mars 2024"),
        (utc(2021, 10, 6, 22, 30), "jeudi 7 octobre 2021"),
    ],
)
def test_dates_are_french_and_local(moment, shown):
    assert formats.french_date(moment, PARIS) == shown


def test_a_date_needs_no_zone():
    assert formats.french_date(date(2021, 8, 2)) == "lundi 2 août 2021"
    assert formats.short_date(date(2021, 10, 7)) == "7 oct. 2021"
    assert formats.short_date(date(2021, 5, 1)) == "1er mai 2021"
    assert formats.short_datetime(utc(2026, 11, 23, 10, 32), PARIS) == "23 nov. 2026, 11\u00a0h\u00a032"


def test_an_instant_without_a_zone_is_a_mistake():
    with pytest.raises(ValueError, match="zone"):
        formats.french_time(utc(2021, 10, 7, 7))
    with pytest.raises(ValueError, match="zone"):
        formats.french_date(datetime(2021, 10, 7, 7), PARIS)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("moment", "shown"),
    [
        (utc(2021, 10, 7, 7, 30), "9\u00a0h\u00a030"),
        (utc(2021, 10, 7, 12), "14\u00a0h"),
        (utc(2021, 12, 7, 8, 5), "9\u00a0h\u00a005"),
        (utc(2021, 12, 6, 23), "0\u00a0h"),
    ],
)
def test_times_have_no_break_spaces(moment, shown):
    assert formats.french_time(moment, PARIS) == shown


def test_the_zone_changes_the_time():
    assert formats.french_datetime(utc(2027, 1, 14, 13), "America/Cayenne") == "jeudi 14 janvier 2027 à 10\u00a0h"


@pytest.mark.parametrize(
    ("starts", "ends", "shown"),
    [
        (utc(2021, 10, 7, 7), utc(2021, 10, 7, 15), "jeudi 7 octobre 2021"),
        (utc(2026, 5, 5, 7), utc(2026, 5, 6, 15), "du mardi 5 au mercredi 6 mai 2026"),
        (utc(2026, 4, 30, 7), utc(2026, 5, 1, 15), "du jeudi 30 avril au vendredi 1er mai 2026"),
        (utc(2026, 12, 31, 7), utc(2027, 1, 1, 15), "du jeudi 31 décembre 2026 au vendredi 1er janvier 2027"),
        (utc(2026, 5, 5, 17), utc(2026, 5, 5, 22), "mardi 5 mai 2026"),
    ],
)
def test_day_ranges(starts, ends, shown):
    assert formats.french_day_range(starts, ends, PARIS) == shown


def test_hours_of_one_day_and_of_several():
    start = utc(2026, 5, 5, 7)
    assert formats.french_hours(start, utc(2026, 5, 5, 15), PARIS) == "9\u00a0h – 17\u00a0h"
    assert formats.french_hours(start, utc(2026, 5, 6, 15), PARIS) == "mardi 9\u00a0h – mercredi 17\u00a0h"


@pytest.mark.parametrize(
    ("minutes", "shown"),
    [
        (30, "30\u00a0min"),
        (60, "1\u00a0h"),
        (75, "1\u00a0h\u00a015"),
        (65, "1\u00a0h\u00a005"),
        (1500, "25\u00a0h"),
    ],
)
def test_durations(minutes, shown):
    start = utc(2026, 5, 5, 7)
    assert formats.duration(start, datetime.fromtimestamp(start.timestamp() + minutes * 60, UTC)) == shown


def test_the_leaf_has_three_lines():
    assert formats.leaf(utc(2021, 10, 7, 7), PARIS) == ("jeudi", "7", "octobre 2021")


@pytest.mark.parametrize(
    ("number", "shown"),
    [(0, "0 place"), (1, "1 place"), (2, "2 places"), (1234, "1\u202f234 places"), (1.5, "1,5 place")],
)
def test_plurals(number, shown):
    assert formats.plural(number, "place", "places") == shown


def test_ordinals():
    assert [formats.ordinal(1), formats.ordinal(1, feminine=True), formats.ordinal(4)] == ["1er", "1re", "4e"]


def test_names_in_capitals_keep_their_accents():
    anne = SimpleNamespace(first_name="Anne-Zoé", last_name="d’Hérœuil de la Haÿe")
    assert formats.person(anne) == "Anne-Zoé D’HÉRŒUIL DE LA HAŸE"
    assert formats.person_sorted(anne) == "D’HÉRŒUIL DE LA HAŸE Anne-Zoé"
    assert formats.person(SimpleNamespace(first_name="", last_name="Martin")) == "MARTIN"


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("+33323975390", "03 23 97 53 90"),
        ("+590590823456", "0590 82 34 56"),
        ("+3225010211", "+32 2 501 02 11"),
        ("le secrétariat", "le secrétariat"),
        (None, ""),
    ],
)
def test_phones(stored, shown):
    assert formats.phone(stored) == shown


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Pourquoi ?", "Pourquoi\u00a0?"),
        ("Pourquoi?", "Pourquoi\u00a0?"),
        ("Aller vers : le bus", "Aller vers\u00a0: le bus"),
        ("Aller vers: le bus", "Aller vers\u00a0: le bus"),
        ("« Bonjour »", "«\u00a0Bonjour\u00a0»"),
        ("«Bonjour»", "«\u00a0Bonjour\u00a0»"),
        ("Quoi ?!", "Quoi\u00a0?!"),
        ("(vraiment?)", "(vraiment\u00a0?)"),
        ("«Vraiment?»", "«\u00a0Vraiment\u00a0?\u00a0»"),
        ("À 9:30", "À 9:30"),
        ("https://exemple.fr/?a=1 et www.exemple.fr/a?", "https://exemple.fr/?a=1 et www.exemple.fr/a?"),
        ("un\u202f; deux", "un\u00a0; deux"),
        ("une ligne\nune autre !", "une ligne\nune autre\u00a0!"),
        ("l'ANCT. L'après-midi d'Éloïse", "l’ANCT. L’après-midi d’Éloïse"),
        ("«d'accord»", "«\u00a0d’accord\u00a0»"),
        ("l' et 'a' et 5'30", "l' et 'a' et 5'30"),
        ("https://exemple.fr/l'avenir o'neil@exemple.fr", "https://exemple.fr/l'avenir o'neil@exemple.fr"),
        ("", ""),
        (None, ""),
    ],
)
def test_typography(typed, shown):
    assert formats.typo(typed) == shown


def test_html_is_left_alone():
    assert formats.typo(Markup("<p>l'A &amp; B&#39;</p>")) == Markup("<p>l'A &amp; B&#39;</p>")


@given(st.text(alphabet="aé1 «»:;!?\u00a0\u202f\n()/.&"))
def test_typography_is_stable_and_changes_only_spaces(text):
    once = formats.typo(text)
    assert formats.typo(once) == once
    assert "".join(once.split()) == "".join(text.split())


@pytest.mark.parametrize(
    "text", ["?" * 100_000 + "a", " " * 100_000, "a?" * 50_000, "« " * 50_000, ") " * 50_000, "»?" * 50_000]
)
def test_typography_never_takes_long(text):
    start = time.process_time()
    formats.typo(text)
    assert time.process_time() - start < 0.5


def test_filters_are_registered_under_their_names():
    app = Flask(__name__)
    formats.register(app)
    template = app.jinja_env.from_string("{{ n|plural('place', 'places') }}, {{ t|french_time('Europe/Paris') }}")
    assert template.render(n=3, t=utc(2021, 10, 7, 7)) == "3 places, 9\u00a0h"
