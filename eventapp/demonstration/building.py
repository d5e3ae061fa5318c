"""Loading the demonstration, with the same verbs that people's clicks call, at times of the past weeks."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from eventapp.accounts import passwords, people
from eventapp.accounts.models import Organisation, Role, User
from eventapp.demonstration import EMAIL, PASSWORD, workshops
from eventapp.demonstration.life import live
from eventapp.errors import Refused
from eventapp.events.models import Event
from eventapp.exchange import applying, reading, shifting
from eventapp.exchange.event_file import EventFile
from eventapp.extensions import db
from eventapp.network import importing, opendata
from eventapp.network.models import Structure
from eventapp.network.opendata import Line, Rejected

DATA = Path(__file__).with_name("data")
HAUTS_DE_FRANCE = ("02", "59", "60", "62", "80")
AHEAD, FURTHER_AHEAD = timedelta(days=45), timedelta(days=73)
SEED = 20211007  # the day of the first meeting


class NotEmpty(Refused):
    message = "La base contient déjà une organisation : la démonstration ne se charge que dans une base vide."


def build(now: datetime) -> Event:
    """Everything; the upcoming event. Raises NotEmpty."""
    if db.session.scalar(db.select(Organisation.id).limit(1)) is not None:
        raise NotEmpty
    import_structures(now)
    first = reading.read_bytes((DATA / "rencontres-2021.json").read_bytes())
    applying.import_file(first, publish=True, update=False, now=datetime(2021, 9, 1, 8, tzinfo=UTC))
    upcoming = _ahead("rencontres-a-venir.json", "rencontres-regionales", now + AHEAD)
    opened = now - timedelta(days=16)
    event = applying.import_file(upcoming, publish=True, update=False, now=opened).event
    organiser = _team(event.organisation, now=opened)
    event_id, lottery = event.id, random.Random(SEED)  # noqa: S311 - the same invented people every time
    live(event, organiser, lottery, now=now)
    further = _ahead("ateliers.json", "ateliers-du-reseau", now + FURTHER_AHEAD)
    announced = applying.import_file(further, publish=True, update=False, now=now - timedelta(days=5)).event
    workshops.register(announced, lottery, now=now)
    return db.session.get_one(Event, event_id)


def import_structures(now: datetime) -> None:
    """The région's, from the open data, which leaves their addresses out: invented ones."""
    importing.apply(db.session(), _structures(), now=now)
    for structure in db.session.scalars(db.select(Structure)).unique():
        structure.email = f"accueil-{structure.id}@france-services.example"


def _structures() -> Iterator[Line | Rejected]:
    content = (DATA / "france_services_2024-08-01.csv").read_bytes()
    for line in opendata.read(content).lines():
        if isinstance(line, Line) and line.departement_code in HAUTS_DE_FRANCE:
            yield line


def _ahead(name: str, slug: str, at: datetime) -> EventFile:
    """The event of this file on the day of `at`, with its year in the slug."""
    file, day = reading.read_bytes((DATA / name).read_bytes()), at.date()
    shifted = shifting.shift_file(file, timedelta(days=(day - file.starts_at.date()).days))
    return replace(shifted, slug=f"{slug}-{day.year}")


def _team(organisation: Organisation, *, now: datetime) -> User:
    member = people.create_account(EMAIL, organisation, Role.ADMINISTRATOR, now=now, name="Hélène Carpentier")
    member.reads_sensitive = True
    passwords.choose(member.user, PASSWORD)
    people.create_account(
        "mathieu.wattel@sgar-hdf.example", organisation, Role.ORGANISER, now=now, name="Mathieu Wattel"
    )
    db.session.flush()
    return member.user
