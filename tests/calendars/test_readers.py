"""What we write, as other programs understand it."""

from datetime import UTC, datetime, timedelta

import pytest

from eventapp.calendars import mail
from eventapp.calendars.files import agenda, feed
from eventapp.text import many_lines, one_line
from tests.calendars.readers import READERS
from tests.calendars.readers.entry import instant
from tests.calendars.rows import HOUR, add_speaker, links, make_event, make_session

HOSTILE = [
    "virgule, point-virgule; deux-points: barre \\ et \\n, \\N, \\, \\;",
    'guillemets "doubles" ‘simples’ « français »',
    "Titre\r\nATTENDEE:mailto:pirate@evil.example\r\nEND:VEVENT",
    "Titre\nBEGIN:VALARM\x85X\u2028Y\u2029Z\x0b\x00",
    "é" * 120,
    "👩‍💻👨‍👩‍👧‍👦 emoji " * 8,
    "BEGIN:VEVENT",
    "=1+1 {{7*7}} %(x)s <b>gras</b> &amp;",
    "ligne terminée par une barre \\",
    " \u202e espaces  doubles \t",
]
NOW = datetime(2027, 1, 1, tzinfo=UTC)


def expected(row):
    """The truth of a row, written without the builders."""
    event = getattr(row, "event", row)
    cancelled = row.cancelled_at or event.cancelled_at
    title = one_line(row.title)
    sequence = row.sequence if row is event else row.sequence + event.sequence
    return {
        "uid": row.calendar_uid,
        "start": instant(row.starts_at),
        "end": instant(row.ends_at),
        "title": f"Annulé\u00a0: {title}" if cancelled else title,
        "status": "CANCELLED" if cancelled else "CONFIRMED",
        "sequence": sequence,
    }


def understood(entries):
    return [{name: getattr(entry, name) for name in expected_names} for entry in entries]


expected_names = ("uid", "start", "end", "title", "status", "sequence")


def conference():
    """Forty sessions over two days, in parallel rooms, on both sides of a change of clocks."""
    event = make_event(starts_at=datetime(2027, 3, 27, 8, tzinfo=UTC), ends_at=datetime(2027, 3, 28, 16, tzinfo=UTC))
    sessions = []
    for n in range(40):
        starts = event.starts_at + timedelta(hours=n // 4 + (n // 20) * 16)
        sessions.append(make_session(event, room=f"Salle {n % 4}", starts_at=starts, ends_at=starts + HOUR, sequence=n))
        add_speaker(sessions[-1], function="secrétaire générale, préfecture; région", note="sous réserve")
    sessions[7].cancelled_at = NOW
    sessions[8].online_url = "https://visio.example/salle?a=1,2;3"
    return event, sessions


def zoned(name):
    starts = datetime(2027, 7, 14, 8, tzinfo=UTC)
    return make_event(timezone=name, starts_at=starts, ends_at=starts + HOUR)


@pytest.mark.parametrize("reader", READERS)
def test_every_reader_finds_every_session_at_the_right_time(reader, tmp_path):
    event, sessions = conference()
    content = feed("Rencontres", sessions, links, zone=event.timezone, now=NOW)
    assert understood(READERS[reader](content, tmp_path)) == [expected(session) for session in sessions]


@pytest.mark.parametrize("reader", READERS)
def test_every_reader_understands_every_zone(reader, tmp_path):
    zones = [
        "Europe/Paris",
        "America/Miquelon",
        "Pacific/Marquesas",
        "Pacific/Noumea",
        "Indian/Reunion",
        "Europe/Minsk",
    ]
    rows = [zoned(name) for name in zones] + [make_event(timezone=name) for name in zones]
    content = agenda("Toutes", rows, links, zone="Europe/Paris")
    assert understood(READERS[reader](content, tmp_path)) == [expected(row) for row in rows]


@pytest.mark.parametrize("reader", READERS)
def test_hostile_text_is_only_text_for_every_reader(reader, tmp_path):
    rows = [make_event(title=text, summary=text, description=text) for text in HOSTILE]
    entries = READERS[reader](agenda(HOSTILE[2], rows, links, zone="Europe/Paris"), tmp_path)
    assert [entry.title for entry in entries] == [one_line(text) for text in HOSTILE]
    assert [entry.description.split("\n\n")[0] for entry in entries] == [many_lines(text) for text in HOSTILE]


@pytest.mark.parametrize("reader", READERS)
def test_mail_is_understood(reader, tmp_path):
    event = make_event(title="Rencontre, 2027; fin")
    guest = type("Guest", (), {"email": "zoe@agents.example", "first_name": "Zoé", "last_name": 'Le "Gall", ^n'})
    for write, status in ((mail.request, "CONFIRMED"), (mail.cancel, "CANCELLED")):
        content = write(event, guest, links, organiser="rencontres@sgar.example", sequence=3, stamp=NOW)
        (entry,) = READERS[reader](content, tmp_path / status if (tmp_path / status).mkdir() is None else tmp_path)
        assert (entry.uid, entry.status, entry.sequence) == (event.calendar_uid, status, 3)
