from datetime import timedelta

import pytest

from eventapp.agenda import editing
from eventapp.agenda.editing import Cast
from eventapp.agenda.models import Appearance, BookingMode, Kind, Session, SpeakerRole
from eventapp.extensions import db
from eventapp.journal.models import Entry
from tests.factories import NOW, STARTS, make_event, make_room, make_session, make_speaker, make_user

HOUR = timedelta(hours=1)
LATER = NOW + HOUR


def add(event, **facts):
    defaults = {"title": "Accueillir", "starts_at": STARTS, "ends_at": STARTS + HOUR}
    return editing.add_session(event, now=LATER, by=None, **defaults | facts)


def test_a_new_session_has_its_own_address_and_a_uid_for_ever():
    event = make_event()

    one, other, nameless = add(event), add(event), add(event, title="事")

    assert [s.slug for s in (one, other, nameless)] == ["accueillir", "accueillir-2", "session"]
    assert one.calendar_uid.startswith("session-")
    assert one.calendar_uid != other.calendar_uid
    assert (one.sequence, one.revision, one.updated_at) == (0, 1, LATER)


def test_adding_is_a_visible_change_of_the_event_not_of_its_calendar_entry():
    event = make_event()
    user = make_user(event.organisation)

    session = editing.add_session(event, now=LATER, by=user, title="Accueil", starts_at=STARTS, ends_at=STARTS + HOUR)

    assert (event.revision, event.sequence, event.updated_at) == (2, 0, LATER)
    [entry] = db.session.scalars(db.select(Entry)).all()
    assert (entry.act, entry.actor_id, entry.subject_id) == ("session.added", user.id, session.id)


@pytest.mark.both_databases
def test_speakers_keep_the_order_of_protocol():
    event = make_event()
    prefect, mayor = make_speaker(event), make_speaker(event)

    session = add(event, cast=[Cast(mayor, SpeakerRole.MODERATOR), Cast(prefect, note="sous réserve")])
    editing.edit_session(session, {}, now=LATER, by=None, cast=[Cast(prefect), Cast(mayor, SpeakerRole.MODERATOR)])

    db.session.flush()
    db.session.expire_all()
    assert [(a.speaker, a.role, a.note) for a in session.appearances] == [
        (prefect, SpeakerRole.SPEAKER, ""),
        (mayor, SpeakerRole.MODERATOR, ""),
    ]
    assert (session.revision, session.sequence) == (2, 0)


@pytest.mark.both_databases
def test_a_speaker_leaves_a_session_and_cannot_be_in_it_twice():
    event = make_event()
    jeanne, paul = make_speaker(event), make_speaker(event)
    session = make_session(event, jeanne, paul)

    editing.edit_session(session, {}, now=LATER, by=None, cast=[Cast(paul)])

    assert [a.speaker for a in db.session.scalars(db.select(Appearance))] == [paul]
    with pytest.raises(editing.SpeakerTwice):
        editing.edit_session(session, {}, now=LATER, by=None, cast=[Cast(paul), Cast(paul)])


@pytest.mark.parametrize(
    ("facts", "sequence"),
    [
        ({"title": "Autrement"}, 0),
        ({"description": "Mieux"}, 0),
        ({"booking": BookingMode.OPTIONAL, "capacity": 12}, 0),
        ({"kind": Kind.WORKSHOP}, 0),
        ({"starts_at": STARTS + HOUR / 2}, 1),
        ({"ends_at": STARTS + 3 * HOUR}, 1),
        ({"online_url": "https://visio.example/a"}, 1),
    ],
)
def test_calendars_must_follow_time_and_place_but_not_words(facts, sequence):
    session = make_session(make_event())

    assert editing.edit_session(session, facts, now=LATER, by=None) == set(facts)

    assert (session.revision, session.sequence, session.updated_at) == (2, sequence, LATER)
    assert session.event.revision == 2


@pytest.mark.both_databases
def test_another_room_is_another_place():
    event = make_event()
    one, other = make_room(event), make_room(event)
    session = make_session(event, room=one)

    editing.edit_session(session, {"room": other}, now=LATER, by=None)
    assert (session.room, session.sequence) == (other, 1)
    editing.edit_session(session, {"room": None}, now=LATER, by=None)

    assert (session.room, session.event, session.sequence) == (None, event, 2)


def test_saving_without_change_changes_nothing():
    event = make_event()
    session = make_session(event, make_speaker(event), room=make_room(event))
    cast = [Cast(a.speaker, a.role, a.note) for a in session.appearances]
    facts = {name: getattr(session, name) for name in editing.FACTS}

    for _ in range(3):
        assert editing.edit_session(session, facts, now=LATER, by=None, cast=cast) == set()

    assert (session.revision, session.sequence, session.updated_at, event.revision) == (1, 0, NOW, 1)


def test_an_end_before_the_start_is_refused_naming_the_field():
    session = make_session(make_event())

    with pytest.raises(editing.EndsBeforeStart) as refusal:
        editing.edit_session(session, {"ends_at": STARTS}, now=LATER, by=None)

    assert refusal.value.field == "ends"


def test_an_edit_based_on_an_older_revision_is_refused():
    session = make_session(make_event(), revision=3)

    with pytest.raises(editing.EditedMeanwhile):
        editing.edit_session(session, {"title": "Autre"}, now=LATER, by=None, seen="autre")


def test_cancelling_is_told_to_calendars_and_done_once():
    session = make_session(make_event())

    editing.cancel_session(session, now=LATER, by=None)

    assert (session.cancelled_at, session.sequence, session.revision) == (LATER, 1, 2)
    with pytest.raises(editing.AlreadyCancelled):
        editing.cancel_session(session, now=LATER, by=None)


@pytest.mark.both_databases
def test_removing_takes_the_session_away():
    event = make_event()
    session = make_session(event, make_speaker(event))

    editing.remove_session(session, now=LATER, by=None)

    assert db.session.scalars(Session.of(event)).all() == []
    assert event.revision == 2


def test_requiring_a_choice_is_a_visible_change_once():
    event = make_event()

    for _ in range(2):
        editing.require_choice(event, ["2027-01-14T14:00"], now=LATER, by=None)

    assert (event.choice_required, event.revision) == (["2027-01-14T14:00"], 2)
