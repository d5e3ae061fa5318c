"""Calendar files and feeds of 40, 400 and 4,000 sessions, cold and kept; revalidation against bare Flask; the programme
page of 40 and 400 sessions."""

import contextlib
import http.client
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from statistics import median

from bench import load, seed, sites
from bench.load import Measure, Target
from bench.sites import Site
from bench.tables import Row, Table, number, verdict
from eventapp.agenda.models import Appearance, Kind, Room, Session, Speaker
from eventapp.clock import utcnow
from eventapp.events.lifecycle import calendar_uid, searchable
from eventapp.events.models import Audience, Event, Venue
from eventapp.extensions import db
from eventapp.registrations import links, seats
from eventapp.registrations.people import Person

SIZES = (40, 400, 4_000)
PAGES = (40, 400)
ROOMS = 8
ROUNDS = 5
SECONDS = 0.6
COLD = 5  # times each file is built again
AGAIN = 6  # times it is asked for after that: each process of the server builds its own copy
FLOOR = 0.6  # of bare Flask, for « nothing changed »
CEILINGS = {40: 50.0, 400: 250.0, 4_000: 2_500.0}  # milliseconds, cold
BARE = Target(name="Flask nu", path="/")
HEADER = ("", "octets", "à froid (ms)", "gardé (ms)", "gardé, par seconde", "limites")


@dataclass(frozen=True, kw_only=True)
class File:
    """One address: how large, how long to build anew (a person waiting alone) and to send again."""

    name: str
    size: int
    cold_ms: Sequence[float]
    warm_ms: Sequence[float]
    rates: Sequence[float]
    ceiling: float

    @property
    def is_held(self) -> bool:
        return median(self.cold_ms) <= self.ceiling

    @property
    def cells(self) -> list[str]:
        limit = verdict(self.is_held, f"à froid ≤ {self.ceiling:g} ms")
        figures = (median(self.cold_ms), median(self.warm_ms), median(self.rates))
        return [self.name, number(self.size), *map(number, figures), limit]


def run(folder: Path) -> Iterator[Table]:
    feeds: list[str] = []
    planted = sites.product(sites.new_sqlite(folder), more=lambda: feeds.append(plant()))
    with planted as site, sites.bare(folder) as bare:
        files = [_file(site, f"calendrier .ics, {size} sessions", _feed(size), CEILINGS[size]) for size in SIZES]
        pages = [_file(site, f"page programme, {size} sessions", _page(size), 2 * CEILINGS[size]) for size in PAGES]
        yield Table(
            title="Calendriers et programmes (1 personne, puis 16 connexions)", rows=files + pages, header=HEADER
        )
        asked = [_unchanged(site, f"calendrier public, {size} sessions", _feed(size)) for size in SIZES]
        asked.append(_unchanged(site, "agenda d’une personne, 400 sessions", feeds[0]))
        yield Table(title="Rien n’a changé (304), 16 connexions", rows=_against(bare, site, asked))


def plant() -> str:
    """One more event of each size; the path of somebody's own feed of the middle one."""
    known = db.session.scalars(db.select(Event).where(Event.slug == seed.SLUG)).one()
    events = {size: _event(known, size) for size in SIZES}
    person = Person(first_name="Jeanne", last_name="Martin", email="jeanne.martin@agents.example")
    registration = seats.register(events[400], person, now=utcnow())
    db.session.commit()
    return "/agenda/" + links.feed(registration).partition("/agenda/")[2]


def _event(known: Event, size: int) -> Event:
    """Eight parallel rooms, an hour each, day after day."""
    now, starts_at = utcnow(), known.starts_at
    slots = -(-size // ROOMS)
    facts = {"created_at": now, "updated_at": now, "published_at": now, "audience": Audience.PUBLIC}
    event = Event(
        organisation=known.organisation, slug=f"mesure-{size}", title=f"Rencontre de {size} sessions",
        starts_at=starts_at, ends_at=starts_at + timedelta(days=-(-slots // 10)), calendar_uid=calendar_uid("event"),
        venue=Venue(name="Grand Palais", address="1 bd des Cités-Unies", postcode="59000", city="Lille"), **facts,
    )  # fmt: skip
    event.search_text = searchable(event)
    db.session.add(event)
    db.session.flush()
    rooms = [Room(event_id=event.id, slug=f"salle-{n}", name=f"Salle {n}", position=n) for n in range(ROOMS)]
    speaker = Speaker(event_id=event.id, slug="jeanne-martin", civility="Mme", first_name="Jeanne", last_name="Martin")
    db.session.add_all([*rooms, speaker])
    db.session.flush()
    db.session.add_all(_session(event, n, rooms[n % ROOMS], speaker) for n in range(size))
    db.session.flush()
    return event


def _session(event: Event, n: int, room: Room, speaker: Speaker) -> Session:
    slot = n // ROOMS
    starts_at = event.starts_at + timedelta(days=slot // 10, minutes=45 * (slot % 10))
    session = Session(
        event_id=event.id, slug=f"session-{n}", title=f"Accompagner les usagers, atelier n° {n + 1}", kind=Kind.TALK,
        description="Des **exemples** concrets, puis vos questions ; apportez les vôtres.", room_id=room.id,
        starts_at=starts_at, ends_at=starts_at + timedelta(minutes=45), updated_at=event.updated_at,
        calendar_uid=calendar_uid("session"),
    )  # fmt: skip
    session.appearances.append(Appearance(event_id=event.id, speaker=speaker, position=0))
    return session


def _feed(size: int) -> str:
    return f"/evenements/mesure-{size}/calendrier.ics"


def _page(size: int) -> str:
    return f"/evenements/mesure-{size}/programme"


def _file(site: Site, name: str, path: str, ceiling: float) -> File:
    slug = path.split("/")[2]
    cold, warm = [], []
    for n in range(COLD):
        _change(site, slug)
        cold.append(_once(site, f"{path}?n={n}")[0])  # another address is never in the cache
        again = [_once(site, path) for _ in range(AGAIN)]
        size = again[-1][1]
        warm.append(min(milliseconds for milliseconds, _ in again))
    rates = [load.run(site, Target(name=name, path=path), SECONDS).per_second for _ in range(3)]
    return File(name=name, size=size, cold_ms=cold, warm_ms=warm, rates=rates, ceiling=ceiling)


def _once(site: Site, path: str) -> tuple[float, int]:
    """Milliseconds for one person, and bytes of the body."""
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", site.port, timeout=60)) as connection:
        began = time.perf_counter()
        connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
        answer = connection.getresponse()
        size = len(answer.read())
        if answer.status != 200:
            raise load.Unexpected(f"{path} : {answer.status} au lieu de 200")
        return 1000 * (time.perf_counter() - began), size


def _change(site: Site, slug: str) -> None:
    assert site.app is not None
    with site.app.app_context():
        db.session.execute(db.update(Event).where(Event.slug == slug).values(revision=Event.revision + 1))
        db.session.commit()


def _unchanged(site: Site, name: str, path: str) -> Target:
    etag = load.header(site, Target(name=name, path=path), "ETag")
    return Target(name=name, path=path, headers=f"If-None-Match: {etag}\r\n", status=304)


def _against(bare: Site, site: Site, asked: Sequence[Target]) -> list[Row]:
    """In rounds, so that a ratio compares what was measured within the same seconds."""
    found: dict[Target, list[Measure]] = {target: [] for target in (BARE, *asked)}
    for _ in range(ROUNDS):
        found[BARE].append(load.run(bare, BARE, SECONDS))
        for target in asked:
            found[target].append(load.run(site, target, SECONDS))
    rows = [Row(name=BARE.name, measures=found[BARE])]
    for target in asked:
        pairs = zip(found[target], found[BARE], strict=True)
        ratios = [measure.per_second / base.per_second for measure, base in pairs]
        rows.append(Row(name=target.name, measures=found[target], ratios=ratios, floor=FLOOR))
    return rows
