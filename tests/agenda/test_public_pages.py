"""The page of a session and of a speaker, the filters of the programme, and what is shown during the day."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import event as database_events

from eventapp.agenda.happening import happening, next_change
from eventapp.agenda.models import BookingMode, Kind, Session, Speaker, SpeakerRole
from eventapp.extensions import db
from tests.factories import ENDS, NOW, STARTS, make_event, make_room, make_session, make_speaker
from tests.pages import words

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def event():
    return make_event(slug="rencontre")


@pytest.fixture
def day(event):
    """Two rooms, two speakers, three sessions and a break."""
    rooms = [make_room(event, slug=f"salle-{n}", name=f"Salle {n}") for n in (1, 2)]
    jeanne = make_speaker(event, slug="jeanne", last_name="Martin")
    paul = make_speaker(event, slug="paul", civility="M.", first_name="Paul", last_name="Durand")
    make_session(event, jeanne, slug="ouverture", title="Ouverture", room=rooms[0], kind=Kind.OPENING)
    make_session(event, slug="pause", title="Pause", kind=Kind.BREAK, starts_at=STARTS + HOUR)
    facts = {"kind": Kind.WORKSHOP, "starts_at": STARTS + 2 * HOUR, "booking": BookingMode.OPTIONAL, "capacity": 12}
    make_session(event, paul, jeanne, slug="aller-vers", title="Aller vers", room=rooms[0], **facts)
    make_session(event, slug="ecrire", title="Écrire", room=rooms[1], **facts)
    return event


def programme(client, query=""):
    return client.page(f"/evenements/rencontre/programme{query}")


def shown(page):
    return [words(title) for title in page.select(".session__title")]


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("?type=atelier", ["Aller vers", "Écrire"]),
        ("?salle=salle-1", ["Ouverture", "Aller vers"]),
        ("?intervenant=jeanne", ["Ouverture", "Aller vers"]),
        ("?type=atelier&salle=salle-1&intervenant=paul", ["Aller vers"]),
        ("?type=&salle=salle-2&intervenant=", ["Écrire"]),
    ],
)
@pytest.mark.usefixtures("day")
def test_a_filter_shows_what_was_asked_and_how_many(client, query, titles):
    page = programme(client, query)

    assert shown(page) == titles
    assert f"{len(titles)} session{'s' if len(titles) > 1 else ''} sur 4" in words(page.select_one(".filtered"))
    assert page.select_one("meta[name=robots]")["content"] == "noindex"
    assert page.select_one("details")["open"] == ""
    assert programme(client, "?" + query[1:]).select_one(".filtered a")["href"] == "/evenements/rencontre/programme"


@pytest.mark.usefixtures("day")
def test_a_filter_says_itself_in_the_title_and_stays_chosen(client):
    page = programme(client, "?type=atelier&salle=salle-1")

    assert words(page.title).startswith("Programme : Atelier, Salle 1 –")
    assert [option["value"] for option in page.select("option[selected]")] == ["atelier", "salle-1"]


@pytest.mark.usefixtures("day")
@pytest.mark.parametrize("query", ["?type=conference", "?salle=ailleurs", "?intervenant=%00", "?type=<script>", "?q=1"])
def test_what_is_not_offered_is_not_asked(client, query):
    page = programme(client, query)

    assert len(shown(page)) == 4
    assert page.select("meta[name=robots], .filtered, details[open]") == []


@pytest.mark.usefixtures("day")
def test_choices_that_meet_nowhere_say_what_to_do(client):
    page = programme(client, "?type=pause&salle=salle-1")

    assert "0 session sur 4" in words(page)
    assert "Aucune session ne réunit ces choix." in words(page.select_one(".empty"))
    assert page.select_one(".empty a")["href"] == "/evenements/rencontre/programme"


def test_nothing_to_choose_between_offers_no_filter(client, event):
    make_session(event, make_speaker(event), room=make_room(event))

    assert programme(client).select("form.filters") == []


@pytest.mark.usefixtures("day")
def test_a_filtered_page_is_kept_apart(client, kept_pages):
    whole, part = (client.get(f"/evenements/rencontre/programme{query}").text for query in ("", "?type=atelier"))
    again = client.get("/evenements/rencontre/programme").text

    assert whole == again != part


@pytest.mark.usefixtures("day")
def test_the_programme_leads_to_the_page_of_each_session_and_speaker(client):
    page = programme(client)

    links = [a["href"] for a in page.select(".session a") if not a["href"].endswith(".ics")]
    assert len(links) == len(page.select(".session")) + 3
    for link in links:
        assert client.get(link).status_code == 200


@pytest.mark.usefixtures("in_november")
def test_a_session_says_all_that_is_known_of_it(client, day):
    session = db.session.scalars(db.select(Session).where(Session.slug == "aller-vers")).one()
    session.description, session.room.accessibility = "Le **bus**.", "de plain-pied, boucle magnétique"
    session.appearances[0].role, session.appearances[1].note = SpeakerRole.MODERATOR, "représentée par Luc Petit"

    page = client.page("/evenements/rencontre/sessions/aller-vers")

    assert words(page.h1) == "Aller vers"
    text = words(page.main)
    for fact in (
        "Le bus .", "M. Paul DURAND", "(animation)", "– représentée par Luc Petit", "Aussi à 9 h : Ouverture",
        "Jeudi 14 janvier 2027, 11 h – 12 h (1 h)", "Salle 1, Préfecture de région, 59000 Lille",
        "de plain-pied, boucle magnétique", "Réservation possible : 12 places restantes.",
        "Écrire 11 h – 12 h · Salle 2", "Avant, 10 h Pause", "Après, 11 h Écrire",
    ):  # fmt: skip
        assert fact in text, (fact, text)
    assert page.select_one("a[download]")["href"] == "/evenements/rencontre/sessions/aller-vers.ics"
    assert page.select('a[href="/evenements/rencontre/inscription"]')[-1].text == "S’inscrire"


def test_a_cancelled_session_says_so_and_is_put_in_no_calendar(client, event):
    make_session(event, slug="visite", cancelled_at=NOW, booking=BookingMode.OPTIONAL, online_url="https://v.example/")

    page = client.page("/evenements/rencontre/sessions/visite")

    assert "Cette session est annulée." in words(page.select_one(".fr-alert--error"))
    assert page.select("a[download]") == []
    assert "Suivre à distance" not in words(page)
    assert "Places" not in words(page.select_one(".facts-list"))


def test_sessions_of_one_name_have_pages_of_different_titles(client, event):
    for n in (1, 2):
        make_session(event, slug=f"pause-{n}", title="Pause", starts_at=STARTS + n * HOUR, kind=Kind.BREAK)

    titles = {words(client.page(f"/evenements/rencontre/sessions/pause-{n}").title) for n in (1, 2)}

    assert len(titles) == 2


def test_a_speaker_has_what_is_known_and_where_they_speak(client, day):
    speaker = db.session.scalars(db.select(Speaker).where(Speaker.slug == "jeanne")).one()
    speaker.biography, speaker.organisation = "Née à **Lille**.", "Préfecture"

    page = client.page("/evenements/rencontre/intervenants/jeanne")

    assert words(page.h1) == "Mme Jeanne MARTIN"
    assert "secrétaire générale pour les affaires régionales, Préfecture" in words(page)
    assert "Née à Lille ." in words(page)
    assert shown(page) == ["Ouverture", "Aller vers"]


def test_who_was_only_noted_for_later_has_no_page(client, event):
    make_speaker(event, slug="plus-tard")
    make_speaker(event, slug="presente", biography="Elle viendra.")

    assert client.get("/evenements/rencontre/intervenants/plus-tard").status_code == 404
    assert "Aucune session n’est annoncée" in words(client.page("/evenements/rencontre/intervenants/presente"))


@pytest.mark.parametrize("facts", [{"published_at": None}, {"slug": "autre"}])
def test_what_is_not_released_or_foreign_is_not_found(client, facts):
    event = make_event(**{"slug": "rencontre"} | facts)
    foreign = make_event(slug="ailleurs")
    for one in (event, foreign):
        make_session(one, make_speaker(one, slug=f"de-{one.slug}"), slug=f"de-{one.slug}")
    paths = [f"/evenements/rencontre/{kind}/de-rencontre" for kind in ("sessions", "intervenants")]
    paths += [f"/evenements/ailleurs/{kind}/de-rencontre" for kind in ("sessions", "intervenants")]

    assert [client.get(path).status_code for path in paths] == [404] * 4


def marks(page):
    badges = page.select(".session .fr-badge")
    return {words(badge.find_parent(class_="session").select_one(".session__title")): words(badge) for badge in badges}


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (STARTS - 10 * HOUR, {}),
        (STARTS - HOUR, {"Ouverture": "à suivre"}),
        (STARTS, {"Ouverture": "en ce moment", "Pause": "à suivre"}),
        (STARTS + HOUR, {"Pause": "en ce moment", "Aller vers": "à suivre", "Écrire": "à suivre"}),
        (STARTS + 3 * HOUR - MINUTE, {"Aller vers": "en ce moment", "Écrire": "en ce moment"}),
        (STARTS + 3 * HOUR, {}),
    ],
)
def test_what_goes_on_and_what_follows_is_marked_and_linked(client, day, at, expected):
    with time_machine.travel(at, tick=False):
        page = programme(client)

    assert marks(page) == expected
    named = {words(a): page.select_one(a["href"]) for a in page.select(".happening a")}
    assert set(named) == set(expected)
    assert all(words(anchor) == title for title, anchor in named.items())


def test_kept_pages_follow_the_clock(client, day, kept_pages):
    with time_machine.travel(STARTS - MINUTE, tick=False) as clock:
        assert marks(programme(client)) == {"Ouverture": "à suivre"}
        clock.move_to(STARTS)
        assert marks(programme(client))["Ouverture"] == "en ce moment"
        assert "Maintenant" in words(client.page("/evenements/rencontre/"))
        clock.move_to(STARTS + HOUR)
        assert marks(programme(client))["Pause"] == "en ce moment"


@pytest.mark.both_databases
def test_the_next_change_is_an_instant_at_which_something_changes(app):
    event = make_event(timezone="America/Martinique", starts_at=STARTS, ends_at=ENDS)
    sessions = [make_session(event, starts_at=STARTS + n * HOUR) for n in (0, 2)]
    make_session(event, starts_at=STARTS + 5 * HOUR, cancelled_at=NOW)
    midnight = datetime(2027, 1, 14, 4, tzinfo=UTC)

    instants, now = [], NOW
    while (change := next_change(event, now=now)) is not None:
        before, after = (happening(event, sessions, now=at) for at in (change - MINUTE / 60, change))
        assert before != after
        instants.append(change)
        now = change

    assert instants == [midnight, STARTS, STARTS + HOUR, STARTS + 2 * HOUR, STARTS + 3 * HOUR]


def test_nothing_goes_on_in_a_cancelled_event_or_session(app, event):
    session = make_session(event, cancelled_at=NOW)
    held = make_session(event)
    assert happening(event, [session, held], now=STARTS).going_on == [held]
    event.cancelled_at = NOW
    assert happening(event, [session, held], now=STARTS).going_on == ()


def test_many_sessions_cost_no_more_questions_than_few(client, event):
    make_session(event, make_speaker(event), room=make_room(event))
    few = questions(client)
    for _ in range(40):
        make_session(event, make_speaker(event), make_speaker(event), room=make_room(event))

    assert questions(client) == few


def questions(client):
    asked = []
    db.session.commit()
    with_count = lambda *arguments: asked.append(arguments[2])  # noqa: E731
    database_events.listen(db.engine, "before_cursor_execute", with_count)
    try:
        for path in ("programme", "sessions/" + first(client), "intervenants/" + first(client, "intervenants")):
            client.get(f"/evenements/rencontre/{path}")
    finally:
        database_events.remove(db.engine, "before_cursor_execute", with_count)
    return len(asked)


def first(client, kind="sessions"):
    page = programme(client)
    return next(a["href"] for a in page.select(".session a") if f"/{kind}/" in a["href"]).rpartition("/")[2]
