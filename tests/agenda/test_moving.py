"""Sessions moved and shifted keep their length and their order; required choices go with them."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventapp.agenda import moving
from eventapp.agenda.models import BookingMode, Kind, Room, Session
from eventapp.events.models import Event
from eventapp.extensions import db
from tests.factories import NOW, STARTS, make_event, make_room, make_session

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
ROOMS = [Room(id=n, slug=f"salle-{n}", name=f"Salle {n}") for n in (1, 2)]
drawn_sessions = st.lists(
    st.tuples(st.integers(0, 90), st.integers(1, 24), st.sampled_from([None, *ROOMS])), min_size=1, max_size=10
)


@given(drawn_sessions, st.integers(0, 90), st.integers(-60, 60), st.sampled_from([None, "salle-1"]))
def test_a_shift_moves_what_follows_by_as_much_and_nothing_else(drawn, pivot, minutes, room_slug):
    event = Event(timezone="Europe/Paris")
    sessions = [
        Session(slug=f"s{n}", kind=Kind.TALK, starts_at=STARTS + 5 * start * MINUTE, room=room,
                ends_at=STARTS + 5 * (start + lasts) * MINUTE, appearances=[])
        for n, (start, lasts, room) in enumerate(drawn)
    ]  # fmt: skip
    after = STARTS + 5 * pivot * MINUTE
    following = moving.following(event, sessions, after, room_slug)
    moves = moving.shift(event, following, minutes) if following else []

    result = {session.slug: session for session in moving.after(sessions, moves)}

    for session in sessions:
        moves_on = session.starts_at >= after and (room_slug is None or session.room is ROOMS[0])
        by = minutes * MINUTE if moves_on else timedelta()
        assert result[session.slug].starts_at == session.starts_at + by
        assert result[session.slug].ends_at == session.ends_at + by
    back = moving.shift(event, [result[s.slug] for s in following], -minutes) if following else []
    assert [(m.starts_at, m.ends_at) for m in back] == [(s.starts_at, s.ends_at) for s in following]


def test_nothing_leaves_its_day():
    event = make_event()
    session = make_session(event, starts_at=STARTS + 14 * HOUR)  # 23 h in Paris

    with pytest.raises(moving.OtherDay):
        moving.shift(event, [session], 60)


def test_a_shift_of_nothing_says_so():
    with pytest.raises(moving.NothingFollows):
        moving.shift(make_event(), [], 10)


def test_a_required_choice_goes_with_the_last_of_its_sessions():
    event = make_event(choice_required=["2027-01-14T14:00"])
    begins = STARTS + 5 * HOUR
    one, two = (make_session(event, starts_at=begins, booking=BookingMode.OPTIONAL) for _ in range(2))

    for session, expected in ((one, ["2027-01-14T14:00"]), (two, ["2027-01-14T14:10"])):
        before = {session.slug: session.starts_at}
        session.starts_at, session.ends_at = session.starts_at + 10 * MINUTE, session.ends_at + 10 * MINUTE
        sessions = db.session.scalars(Session.of(event)).all()
        moving.follow_choices(event, sessions, before, now=NOW, by=None)
        assert event.choice_required == expected


def test_a_cancelled_session_stays_where_it_was():
    event = make_event()
    make_session(event, room=make_room(event), cancelled_at=NOW)

    assert moving.following(event, db.session.scalars(Session.of(event)), STARTS, None) == []
