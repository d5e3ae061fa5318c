"""The table of a day holds each session once, in its room and at its hour, whatever overlaps."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from eventapp.agenda.grid import grid
from eventapp.agenda.models import Kind, Room, Session
from eventapp.agenda.programme import Day, Slot
from tests.factories import STARTS

MINUTE = timedelta(minutes=1)
ROOMS = [Room(id=n, slug=f"salle-{n}", name=f"Salle {n}") for n in range(1, 4)]


def session(number, starts, lasts, room=None, **facts):
    starts_at = STARTS + starts * MINUTE
    return Session(
        id=number, slug=f"s{number}", title=f"S{number}", kind=Kind.TALK, room=room,
        starts_at=starts_at, ends_at=starts_at + lasts * MINUTE, **facts,
    )  # fmt: skip


def table(*sessions, rooms=ROOMS):
    ordered = sorted(sessions, key=lambda s: s.starts_at)
    return grid(Day(date(2027, 1, 14), [Slot(one.starts_at, [one]) for one in ordered]), rooms)


def names(found):
    return [[cell.session.slug if cell.session else "" for cell in row.cells] for row in found.rows]


def test_parallel_sessions_stand_side_by_side_and_what_is_alone_spans_all_rooms():
    found = table(session(1, 0, 30), session(2, 30, 60, ROOMS[0]), session(3, 30, 30, ROOMS[1]))

    assert [column.room.slug for column in found.columns] == ["salle-1", "salle-2", "salle-3"]
    assert names(found) == [["s1"], ["s2", "s3", ""], [""]]
    assert [(cell.rows, cell.columns) for cell in found.rows[0].cells] == [(1, 3)]
    assert [cell.rows for cell in found.rows[1].cells] == [2, 1, 2]


def test_two_in_one_room_stand_in_lanes():
    found = table(session(1, 0, 60, ROOMS[0]), session(2, 30, 60, ROOMS[0]), rooms=ROOMS[:1])

    assert [(column.room.slug, column.lanes) for column in found.columns] == [("salle-1", 2)]
    assert names(found) == [["s1", ""], ["s2"], [""]]


def test_a_meal_with_something_beside_it_has_a_column_of_its_own_and_the_cancelled_has_none():
    found = table(session(1, 0, 90), session(2, 30, 30, ROOMS[0]), session(3, 0, 30, cancelled_at=STARTS))

    assert [column.room for column in found.columns] == [None, *ROOMS]
    assert [one.slug for one in found.cancelled] == ["s3"]


def test_ten_minutes_are_a_row_of_their_own():
    found = table(session(1, 0, 10, ROOMS[0]), session(2, 10, 95, ROOMS[0]))

    assert [(row.minutes, row.height) for row in found.rows] == [(10, 10), (95, 90)]


sessions_strategy = st.lists(
    st.tuples(st.integers(0, 100), st.integers(1, 30), st.sampled_from([None, *ROOMS])), min_size=1, max_size=12
)


@given(sessions_strategy)
def test_every_session_is_there_once_and_no_row_is_torn(drawn):
    sessions = [session(n, 5 * start, 5 * lasts, room) for n, (start, lasts, room) in enumerate(drawn, 1)]

    found = table(*sessions)

    shown = [cell.session.slug for row in found.rows for cell in row.cells if cell.session]
    assert sorted(shown) == sorted(one.slug for one in sessions)
    covered = [0] * len(found.rows)
    for place, row in enumerate(found.rows):
        for cell in row.cells:
            for below in range(place, place + cell.rows):
                covered[below] += cell.columns
    assert covered == [found.lanes] * len(found.rows)


def test_a_row_in_which_nothing_begins_stays_low_however_long():
    found = table(session(1, 0, 30, ROOMS[0]), session(2, 120, 60, ROOMS[0]))

    assert [(row.minutes, row.height) for row in found.rows] == [(30, 30), (90, 10), (60, 60)]
