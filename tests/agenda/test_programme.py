from datetime import UTC, date, datetime, timedelta

from eventapp.agenda.conflicts import Bounds, conflicts
from eventapp.agenda.models import Appearance, BookingMode, SpeakerRole
from eventapp.agenda.programme import booking_slots, clashes, programme
from tests.factories import ENDS, STARTS, make_event, make_room, make_session, make_speaker, save

HOUR = timedelta(hours=1)
AFTERNOON = STARTS + 5 * HOUR  # 14 h in Paris


def test_sessions_that_begin_together_share_a_slot_in_the_order_of_their_rooms():
    event = make_event()
    big, small = make_room(event, position=1), make_room(event, position=2)
    second = make_session(event, room=small, starts_at=AFTERNOON)
    first = make_session(event, room=big, starts_at=AFTERNOON)
    last = make_session(event, starts_at=AFTERNOON)
    morning = make_session(event)

    [day] = programme(event)

    assert [list(slot.sessions) for slot in day.slots] == [[morning], [first, second, last]]


def test_days_are_those_of_the_zone_of_the_event():
    night = datetime(2027, 1, 15, 2, 0, tzinfo=UTC)  # 14 January, 22 h in Martinique
    event = make_event(timezone="America/Martinique")
    make_session(event, starts_at=night)

    assert [day.date for day in programme(event)] == [date(2027, 1, 14)]


def test_a_slot_whose_sessions_end_together_is_even():
    event = make_event()
    make_session(event, starts_at=AFTERNOON)
    make_session(event, starts_at=AFTERNOON, ends_at=AFTERNOON + 2 * HOUR)

    [slot] = programme(event)[0].slots

    assert not slot.is_even
    assert slot.ends_at == AFTERNOON + 2 * HOUR


def test_sessions_that_touch_do_not_clash():
    event = make_event()
    one, next_one = make_session(event), make_session(event, starts_at=STARTS + HOUR)
    third = make_session(event, starts_at=STARTS + HOUR / 2)

    assert clashes([one, next_one]) == []
    assert clashes([one, next_one, third]) == [(one, third), (next_one, third)]


def test_parallel_sessions_make_an_exclusive_slot():
    event = make_event(choice_required=["2027-01-14T14:00"])
    facts = {"starts_at": AFTERNOON, "booking": BookingMode.REQUIRED}
    one, other = make_session(event, **facts), make_session(event, **facts)
    make_session(event, starts_at=AFTERNOON)  # open to all: nothing to choose

    [slot] = booking_slots(event)

    assert (slot.key, slot.exclusive, slot.required) == ("2027-01-14T14:00", True, True)
    assert slot.sessions == [one, other]
    assert slot.label == "jeudi 14 janvier 2027, 14\u00a0h – 15\u00a0h"


def test_two_short_sessions_beside_a_long_one_are_not_exclusive():
    event = make_event()
    optional = {"booking": BookingMode.OPTIONAL}
    make_session(event, starts_at=AFTERNOON, ends_at=AFTERNOON + 2 * HOUR, **optional)
    make_session(event, starts_at=AFTERNOON, **optional)
    make_session(event, starts_at=AFTERNOON + HOUR, **optional)

    [slot] = booking_slots(event)

    assert (len(slot.sessions), slot.exclusive, slot.required) == (3, False, False)


def test_a_session_alone_or_cancelled_is_no_exclusive_choice():
    event = make_event()
    alone = make_session(event, booking=BookingMode.OPTIONAL)
    make_session(event, booking=BookingMode.OPTIONAL, cancelled_at=STARTS)

    [slot] = booking_slots(event)

    assert (slot.sessions, slot.exclusive) == ([alone], False)


def test_a_slot_in_the_repeated_hour_says_which_of_the_two():
    event = make_event(starts_at=datetime(2027, 10, 30, 22, tzinfo=UTC), ends_at=datetime(2027, 10, 31, 9, tzinfo=UTC))
    make_session(event, starts_at=datetime(2027, 10, 31, 1, 30, tzinfo=UTC), booking=BookingMode.OPTIONAL)

    assert [slot.key for slot in booking_slots(event)] == ["2027-10-31T02:30+01:00"]


def test_a_choice_required_that_names_no_time_requires_nothing():
    event = make_event(choice_required=["n’importe quoi", "2027-03-28T02:30"])
    make_session(event, booking=BookingMode.OPTIONAL)

    assert [slot.required for slot in booking_slots(event)] == [False]


def test_remarks_name_a_room_or_a_speaker_taken_twice_a_room_too_small_and_odd_hours():
    event = make_event()
    room = make_room(event, name="Salle Vauban", capacity=40)
    jeanne = make_speaker(event, last_name="Martin")
    make_session(event, jeanne, room=room, title="Un")
    twice = make_session(event, jeanne, room=room, title="Deux", capacity=60)
    late = make_session(event, starts_at=ENDS - HOUR / 2, title="Trois")

    found = [(remark.session, remark.sentence) for remark in conflicts(bounds(event), [*_sessions(event)])]

    assert found == [
        (twice, "Salle Vauban accueille en même temps «\u00a0Un\u00a0» et «\u00a0Deux\u00a0» (9\u00a0h – 10\u00a0h)."),
        (twice, "Jeanne MARTIN est en même temps dans «\u00a0Un\u00a0» et «\u00a0Deux\u00a0» (9\u00a0h – 10\u00a0h)."),
        (twice, "«\u00a0Deux\u00a0» propose 60 places, mais Salle Vauban en compte 40."),
        (late, _outside("Trois")),
    ]


def test_neither_a_video_nor_a_cancelled_session_takes_anyone():
    event = make_event()
    jeanne = make_speaker(event)
    make_session(event, jeanne)
    video = make_session(event)
    save(Appearance(event_id=event.id, session=video, speaker=jeanne, role=SpeakerRole.VIDEO))
    make_session(event, jeanne, cancelled_at=STARTS)

    assert conflicts(bounds(event), _sessions(event)) == []


def bounds(event, *, has_rooms=False):
    return Bounds(event, event.starts_at, event.ends_at, event.choice_required, has_rooms)


def _sessions(event):
    return [session for day in programme(event) for session in day.sessions]


def _outside(title):
    hours = "jeudi 14 janvier 2027, 9\u00a0h – 17\u00a0h"
    return f"«\u00a0{title}\u00a0» sort des horaires de l’événement ({hours})."
