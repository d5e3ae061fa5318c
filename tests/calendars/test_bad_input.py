"""Nights when clocks change, overseas zones, midnight, three days, four hundred sessions: the same instants for all."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from eventapp.calendars import mail
from eventapp.calendars.files import agenda, download, feed
from tests.calendars.lint import faults
from tests.calendars.readers import QUICK, READERS
from tests.calendars.readers.entry import instant
from tests.calendars.rows import HOUR, links, make_event, make_session

HALF = timedelta(minutes=30)
NOW = datetime(2027, 1, 1, tzinfo=UTC)
NIGHTS = [
    ("Europe/Paris", datetime(2027, 3, 28, 1, tzinfo=UTC)),
    ("Europe/Paris", datetime(2027, 10, 31, 1, tzinfo=UTC)),
    ("America/Miquelon", datetime(2027, 3, 14, 5, tzinfo=UTC)),
    ("America/Miquelon", datetime(2027, 11, 7, 4, tzinfo=UTC)),
]
ZONES = [
    "America/Martinique", "America/Cayenne", "Indian/Reunion", "Indian/Mayotte", "America/Miquelon", "Pacific/Noumea",
    "Pacific/Tahiti", "Pacific/Marquesas", "Pacific/Wallis", "Europe/Paris",
]  # fmt: skip


def instants(entries):
    return [(entry.uid, entry.start, entry.end) for entry in entries]


def truth(rows):
    return [(row.calendar_uid, instant(row.starts_at), instant(row.ends_at)) for row in rows]


def around(zone, change):
    """Half-hours from three hours before to three hours after clocks change, and one that lasts the whole night."""
    event = make_event(timezone=zone, starts_at=change - 12 * HOUR, ends_at=change + 12 * HOUR)
    starts = [change + n * HALF for n in range(-6, 7)]
    short = [make_session(event, starts_at=moment, ends_at=moment + HALF) for moment in starts]
    return [event, *short, make_session(event, starts_at=change - 5 * HOUR, ends_at=change + 5 * HOUR)]


@pytest.mark.parametrize("reader", READERS)
def test_in_the_nights_when_clocks_change_no_entry_moves(reader, tmp_path):
    rows = [row for night in NIGHTS for row in around(*night)]
    rows = rows if READERS[reader] in QUICK else rows[::4]
    content = agenda("Nuits", rows, links, zone="Europe/Paris")
    assert faults(content) == []
    assert instants(READERS[reader](content, tmp_path)) == truth(rows)


@pytest.mark.parametrize("zone", ZONES)
def test_in_every_zone_at_midnight_at_noon_and_over_three_days(zone, tmp_path):
    midnight = datetime(2027, 7, 14, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    event = make_event(timezone=zone, starts_at=midnight, ends_at=midnight + 72 * HOUR)
    hours = [(0, 1), (12, 13), (23, 24), (24, 25), (47, 49), (71, 72)]
    rows = [make_session(event, starts_at=midnight + a * HOUR, ends_at=midnight + b * HOUR) for a, b in hours]
    content = feed("Trois jours", [event, *rows], links, zone=zone, now=NOW)
    for read in QUICK:
        assert instants(read(content)) == truth([event, *rows])
        assert instants(read(download(rows[0], links))) == truth(rows[:1])


@pytest.mark.parametrize("reader", READERS)
def test_a_feed_of_four_hundred_sessions(reader, tmp_path):
    event = make_event(ends_at=make_event().starts_at + 72 * HOUR)
    starts = [event.starts_at + (n // 8) * HOUR for n in range(400)]
    rows = [make_session(event, room=f"Salle {n % 8}", starts_at=s, ends_at=s + HOUR) for n, s in enumerate(starts)]
    few = rows if READERS[reader] in QUICK else rows[::20]
    content = feed("Quatre cents", few, links, zone=event.timezone, now=NOW)
    assert instants(READERS[reader](content, tmp_path)) == truth(few)


@pytest.mark.parametrize("night", NIGHTS)
def test_mails_about_such_a_night_name_the_same_instants(night):
    guest = type("Guest", (), {"email": "zoe@agents.example", "first_name": "Zoé", "last_name": "Le Gall"})
    for row in around(*night):
        for write in (mail.request, mail.cancel):
            content = write(row, guest, links, organiser="rencontres@sgar.example", sequence=1, stamp=NOW)
            for read in QUICK:
                assert instants(read(content)) == truth([row])
