"""Registrations day by day, and the plot they make."""

from datetime import UTC, date, datetime, timedelta

import pytest

from eventapp.invitations.models import Reply
from eventapp.registrations.models import Status
from eventapp.statistics.charts import nice_levels, plot
from eventapp.statistics.timeline import DayFigures, timeline
from tests.factories import NOW, make_event, make_guest, make_invitation, make_registration

LATE = datetime(2026, 11, 2, 23, 30, tzinfo=UTC)  # already the third in Paris


@pytest.mark.both_databases
def test_days_are_those_of_the_zone_and_totals_add_up() -> None:
    event = make_event()
    make_registration(event, at=NOW)
    make_registration(event, at=LATE + timedelta(microseconds=999_999))
    make_registration(event, at=NOW, status=Status.CANCELLED, cancelled_at=LATE)
    make_invitation(make_guest(event), reply=Reply.DECLINED, replied_at=LATE)

    assert timeline(event, now=LATE + timedelta(days=1)) == [
        DayFigures(date(2026, 11, 1), 0, 0, 0, 0, 0),
        DayFigures(date(2026, 11, 2), 2, 0, 0, 2, 0),
        DayFigures(date(2026, 11, 3), 1, 1, 1, 2, 1),
        DayFigures(date(2026, 11, 4), 0, 0, 0, 2, 1),
    ]


def test_a_zone_off_the_hour_keeps_its_days() -> None:
    event = make_event(timezone="Pacific/Marquesas")  # 9 h 30 behind
    make_registration(event, at=datetime(2026, 11, 2, 9, 20, tzinfo=UTC))
    make_registration(event, at=datetime(2026, 11, 2, 9, 40, tzinfo=UTC))

    days = timeline(event, now=NOW + timedelta(hours=2))

    assert [(day.date.day, day.came) for day in days] == [(31, 0), (1, 1), (2, 1)]


def test_the_line_ends_with_the_event() -> None:
    event = make_event()
    make_registration(event, at=event.ends_at - timedelta(days=2))

    assert timeline(event, now=event.ends_at + timedelta(days=900))[-1].date == event.ends_at.date()


def test_nothing_happened_yet() -> None:
    assert timeline(make_event(), now=NOW) == []
    assert plot([]) is None


@pytest.mark.parametrize(
    ("highest", "levels"),
    [(1, [0, 1]), (7, [0, 2, 4, 6, 8]), (239, [0, 50, 100, 150, 200, 250]), (500, [0, 100, 200, 300, 400, 500])],
)
def test_levels_are_round(highest: int, levels: list[int]) -> None:
    assert nice_levels(highest) == levels


def days(*totals: int, replied: int = 0) -> list[DayFigures]:
    start = date(2026, 11, 1)
    return [DayFigures(start + timedelta(days=n), total, 0, 0, total, replied) for n, total in enumerate(totals)]


def test_the_plot_names_days_and_reads_itself() -> None:
    drawn = plot(days(0, 1, 2, 3, 4, 5, 6, 7, 8, 10, replied=12), capacity=11)

    assert drawn is not None
    assert [tick.label for tick in drawn.dates] == ["1er\xa0nov.", "4\xa0nov.", "7\xa0nov.", "10\xa0nov."]
    assert [tick.anchor for tick in drawn.dates] == ["", "middle", "middle", "end"]
    assert drawn.limit is not None
    assert drawn.limit.label == "11 places"
    assert drawn.reading == (
        "10 inscriptions au mardi 10 novembre 2026, 8 de plus en une semaine. 12 réponses aux invitations."
    )


def test_places_far_above_are_not_drawn() -> None:
    drawn = plot(days(0, 10), capacity=500)

    assert drawn is not None
    assert drawn.limit is None
    assert drawn.replied == ""
    assert [tick.label for tick in drawn.levels] == ["0", "2", "4", "6", "8", "10"]
