from datetime import timedelta

import pytest

from eventapp.agenda.models import Appearance, BookingMode, Kind, SpeakerRole
from eventapp.events.models import SessionChoice, Venue
from tests.factories import STARTS, make_event, make_room, make_session, make_speaker, save
from tests.pages import words

HOUR = timedelta(hours=1)
HOSTILE = "<script>alert('é')</script> « \" ' & {{ 7 * 7 }}"


@pytest.fixture
def event():
    return make_event()


def programme(client, event):
    return client.page(f"/evenements/{event.slug}/programme")


def test_sessions_are_shown_with_their_speakers_in_order_of_protocol(client, event):
    prefect = make_speaker(event, civility="M.", first_name="Paul", last_name="Durand", function="préfet")
    mayor = make_speaker(event, first_name="Zoé", last_name="Lefèvre", function="maire", organisation="Lille")
    session = make_session(event, prefect, mayor, room=make_room(event, name="Amphithéâtre"), kind=Kind.PLENARY)
    session.appearances[1].role = SpeakerRole.MODERATOR
    session.appearances[0].note = "sous réserve"

    shown = words(programme(client, event).select_one(".programme li"))

    assert shown.startswith("9 h 1 h Plénière Session")
    assert "Amphithéâtre" in shown
    assert "M. Paul DURAND , préfet – sous réserve Mme Zoé LEFÈVRE , maire, Lille (animation)" in shown


def test_parallel_sessions_stand_side_by_side_and_say_their_hours_when_they_differ(client, event):
    make_session(event, title="Courte")
    make_session(event, title="Longue", ends_at=STARTS + 2 * HOUR)

    tracks = programme(client, event).select("ul.tracks > li")

    assert [words(track.select_one(".session__facts")) for track in tracks] == ["9 h – 10 h", "9 h – 11 h"]


def test_places_left_are_said_where_they_matter(client, event):
    make_session(event, booking=BookingMode.OPTIONAL, capacity=12)
    make_session(event, starts_at=STARTS + HOUR, booking=BookingMode.REQUIRED, capacity=0)
    make_session(event, starts_at=STARTS + 2 * HOUR, booking=BookingMode.REQUIRED)
    make_session(event, starts_at=STARTS + 3 * HOUR, capacity=40)

    facts = [words(fact) for fact in programme(client, event).select(".session__facts")]

    assert facts == ["12 places restantes", "complet, liste d’attente", "sur réservation"]


def test_what_is_granted_by_wishes_says_its_places_not_what_is_left(client, event):
    event.session_choice = SessionChoice.WISHES
    make_session(event, booking=BookingMode.OPTIONAL, capacity=12)
    make_session(event, booking=BookingMode.OPTIONAL)
    make_session(event, starts_at=STARTS + HOUR, booking=BookingMode.OPTIONAL, capacity=9)

    facts = [words(fact) for fact in programme(client, event).select(".session__facts")]

    assert facts == ["12 places, par souhaits", "par souhaits", "9 places restantes"]


def test_a_cancelled_session_stays_and_says_so(client, event):
    make_session(event, title="Visite", cancelled_at=STARTS)

    shown = programme(client, event).select_one(".session--cancelled")

    assert words(shown) == "Intervention annulé Visite"


def test_days_are_named_and_linked_when_there_are_several(client):
    event = make_event(ends_at=STARTS + 30 * HOUR)
    make_session(event)
    make_session(event, starts_at=STARTS + 24 * HOUR)

    page = programme(client, event)

    assert [words(h2) for h2 in page.select("h2.programme__day")] == [
        "Jeudi 14 janvier 2027",
        "Vendredi 15 janvier 2027",
    ]
    assert [a["href"] for a in page.select(".tabs a")] == ["#jour-2027-01-14", "#jour-2027-01-15"]


@pytest.mark.usefixtures("in_november")
def test_each_session_but_pauses_can_be_put_in_a_calendar(client, event):
    make_session(event, slug="atelier", kind=Kind.WORKSHOP)
    make_session(event, slug="pause", kind=Kind.BREAK, starts_at=STARTS + HOUR)

    links = [a["href"] for a in programme(client, event).select("a.session__calendar")]

    assert links == [f"/evenements/{event.slug}/sessions/atelier.ics"]


def test_a_session_may_be_followed_from_afar_unless_it_is_cancelled(client, event):
    make_session(event, online_url="https://visio.example/a")
    make_session(event, online_url="https://visio.example/b", cancelled_at=STARTS)

    links = [a["href"] for a in programme(client, event).select(".session a[rel]")]

    assert links == ["https://visio.example/a"]


def test_speakers_who_present_themselves_and_the_access_of_rooms_follow_the_programme(client, event):
    make_session(event, make_speaker(event, last_name="Martin", biography="Née à **Lille**."), make_speaker(event))
    make_room(event, name="Amphithéâtre", accessibility="de plain-pied")

    page = programme(client, event)

    assert [words(h3) for h3 in page.select(".speakers h3")] == ["Jeanne MARTIN"]
    assert "Amphithéâtre : de plain-pied" in words(page)


def test_hostile_text_is_only_text(client):
    event = make_event(title=HOSTILE, venue=Venue(name=HOSTILE))
    session = make_session(event, make_speaker(event, last_name=HOSTILE[:80]), room=make_room(event, name=HOSTILE))
    session.title = session.description = HOSTILE
    save(Appearance(event_id=event.id, session=session, speaker=make_speaker(event), note=HOSTILE))

    page = programme(client, event)

    assert page.select(".programme script") == []
    assert "{{ 7 * 7 }}" in words(page.select_one(".session__title"))


def test_a_programme_without_session_says_so(client, event):
    assert "Le programme n’est pas encore publié." in words(programme(client, event))


@pytest.mark.parametrize("facts", [{"published_at": None}, {"slug": "autre"}])
def test_a_draft_or_an_unknown_event_is_not_found(client, facts):
    make_event(**{"slug": "rencontre"} | facts)

    assert client.get("/evenements/rencontre/programme").status_code == 404


def test_the_kept_page_follows_a_change(client, event, kept_pages):
    session = make_session(event, booking=BookingMode.OPTIONAL, capacity=12)
    first = client.get(f"/evenements/{event.slug}/programme")
    assert client.get(f"/evenements/{event.slug}/programme").get_etag() == first.get_etag()

    session.capacity, event.revision = 13, 2

    second = client.get(f"/evenements/{event.slug}/programme")
    assert "13 places restantes" in second.text.replace("\u00a0", " ")
    assert second.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert "Set-Cookie" not in second.headers
