"""The half-days for which people sign."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from eventapp.agenda.models import Kind
from eventapp.documents.half_days import find_half_day, half_days
from eventapp.events.models import Event
from tests.factories import NOW, make_event, make_session

DAY = date(2027, 1, 14)
MORNING, AFTERNOON = "jeudi 14 janvier 2027, matin", "jeudi 14 janvier 2027, après-midi"


def at(hour: int, minute: int = 0, day: int = 14) -> datetime:
    """A time of that day in Paris, in winter."""
    return datetime(2027, 1, day, hour, minute, tzinfo=UTC) - timedelta(hours=1)


def labels(event: Event) -> list[str]:
    return [half_day.label for half_day in half_days(event)]


@pytest.mark.parametrize(
    ("starts_at", "ends_at", "expected"),
    [
        (at(9), at(17), [MORNING, AFTERNOON]),
        (at(9), at(12, 30), [MORNING]),
        (at(9), at(14), [MORNING]),
        (at(14), at(18), [AFTERNOON]),
        (at(13), at(13, 30), [AFTERNOON]),
    ],
)
def test_without_sessions_the_hours_of_the_event_decide(starts_at: datetime, ends_at: datetime, expected: list[str]):
    assert labels(make_event(starts_at=starts_at, ends_at=ends_at)) == expected


def test_sessions_decide_and_a_meal_gathers_nobody() -> None:
    event = make_event(starts_at=at(9), ends_at=at(17))
    make_session(event, starts_at=at(9), ends_at=at(12))
    make_session(event, starts_at=at(13), ends_at=at(14), kind=Kind.MEAL)
    make_session(event, starts_at=at(15), ends_at=at(16), cancelled_at=NOW)

    assert labels(event) == [MORNING]


def test_a_long_session_reaches_into_the_afternoon() -> None:
    event = make_event(starts_at=at(9), ends_at=at(17))
    make_session(event, starts_at=at(10), ends_at=at(16))

    assert labels(event) == [MORNING, AFTERNOON]


def test_several_days_and_a_midnight_that_belongs_to_the_day_before() -> None:
    event = make_event(starts_at=at(14), ends_at=at(0, day=16))
    make_session(event, starts_at=at(10, day=15), ends_at=at(11, day=15))

    assert labels(event) == [AFTERNOON, "vendredi 15 janvier 2027, matin"]


def test_days_are_those_of_the_event_s_zone() -> None:
    event = make_event(timezone="Indian/Reunion", starts_at=at(21, day=13), ends_at=at(23, day=13))

    assert labels(event) == [MORNING]


@pytest.mark.parametrize(
    ("day", "half", "found"),
    [("2027-01-14", "matin", True), ("2027-01-15", "matin", False), ("14-01-2027", "matin", False),
     ("2027-01-14", "soir", False), ("x", "x", False)],
)  # fmt: skip
def test_an_address_names_a_half_day_or_nothing(day: str, half: str, found: Any) -> None:
    assert (find_half_day(make_event(), day, half) is not None) is found
