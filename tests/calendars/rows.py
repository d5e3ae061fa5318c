"""Events and sessions in memory: what calendar builders read, without a database."""

from datetime import UTC, datetime, timedelta
from itertools import count

import eventapp.network.models  # noqa: F401 — the table that organisations refer to
from eventapp.accounts.models import Organisation
from eventapp.agenda.models import Appearance, Kind, Room, Session, Speaker, SpeakerRole
from eventapp.events.models import Event, Venue

STARTS = datetime(2027, 1, 14, 8, tzinfo=UTC)
CHANGED = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)

number = count(1)


def make_event(**facts):
    n = next(number)
    defaults = {
        "calendar_uid": f"event-{n}@rencontres.example",
        "slug": f"rencontre-{n}",
        "title": f"Rencontre {n}",
        "summary": "",
        "description": "",
        "timezone": "Europe/Paris",
        "starts_at": STARTS,
        "ends_at": STARTS + 8 * HOUR,
        "updated_at": CHANGED,
        "sequence": 0,
        "revision": 1,
        "organisation": Organisation(name="SGAR Hauts-de-France", email="sgar@rencontres.example"),
        "venue": Venue(name="Préfecture de région", address="12 rue Jean-sans-Peur", postcode="59000", city="Lille"),
    }
    return Event(**defaults | facts)


def make_session(event=None, room="Amphithéâtre", **facts):
    n = next(number)
    event = event or make_event()
    defaults = {
        "calendar_uid": f"session-{n}@rencontres.example",
        "slug": f"session-{n}",
        "title": f"Session {n}",
        "kind": Kind.WORKSHOP,
        "description": "",
        "starts_at": event.starts_at + HOUR,
        "ends_at": event.starts_at + 2 * HOUR,
        "updated_at": CHANGED,
        "sequence": 0,
        "revision": 1,
        "event": event,
        "room": Room(name=room, slug="salle") if room else None,
    }
    return Session(**defaults | facts)


def add_speaker(session, role=SpeakerRole.SPEAKER, note="", **facts):
    defaults = {"civility": "", "first_name": "Jeanne", "last_name": "Martin", "function": "", "organisation": ""}
    session.appearances.append(Appearance(speaker=Speaker(**defaults | facts), role=role, note=note))


def links(row):
    if isinstance(row, Event):
        return f"https://rencontres.example/evenements/{row.slug}/"
    return f"https://rencontres.example/evenements/{row.event.slug}/programme#{row.slug}"
