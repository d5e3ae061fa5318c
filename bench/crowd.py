"""What a registration costs among 100,000 others, against one among 100. Those of the other events of the instance must
cost nothing; those of the same event are counted (docs/performance.md says why)."""

import contextlib
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, ColumnElement, String, case, cast, func, insert, literal, literal_column, select, text

from bench import journeys, seed, sites
from bench.load import Measure
from bench.sites import Site
from bench.tables import HEADER, Row, Table
from eventapp.agenda.models import Session
from eventapp.clock import utcnow
from eventapp.events.models import Category, Event
from eventapp.exchange import applying, reading
from eventapp.extensions import db
from eventapp.network.models import Structure
from eventapp.registrations.models import Booking, Registration, Source, Status
from eventapp.registrations.people import Person, search_text
from eventapp.registrations.questions.models import Answer, Question

FEW, MANY = 100, 100_000
RUNS = 3
SECONDS = 3.0
CLIENTS = 8
RATIO_CEILING = 1.2  # of the CPU
STRUCTURES = 20
OTHER_EVENTS = 20
MARK = "987654321"
RANDOM = {"sqlite": "lower(hex(randomblob(32)))", "postgresql": "md5(random()::text) || md5(random()::text)"}
ANSWERS = {"dejeuner": True, "attentes": "Des exemples concrets."}


def run(folder: Path) -> Iterator[Table]:
    header = [f"/ {FEW}" if name == "/ Flask nu" else name for name in HEADER]
    with contextlib.closing(sites.databases(folder)) as databases:
        for database, fresh in databases:
            with (
                _site(fresh(), FEW) as quiet,
                _site(fresh(), FEW, elsewhere=MANY) as busy,
                _site(fresh(), MANY) as crowded,
            ):
                title = f"Selon le nombre d’inscrits ({CLIENTS} clients), sur {database}"
                yield Table(title=title, rows=_rows(quiet, busy, crowded), header=header)


def plant(people: int, *, elsewhere: int = 0) -> None:
    """In an application context: so many confirmed people, each with a session in each slot and answers; committed.
    Their letters, long sent, and the journal, which registering only adds to, are left out. `elsewhere`: people of
    other events, shared among them."""
    others = [_other_event(number) for number in range(OTHER_EVENTS if elsewhere else 0)]
    is_postgresql = db.engine.dialect.name == "postgresql"
    if is_postgresql:  # a million keys need no checking one by one: they were just read
        db.session.execute(text("SET LOCAL session_replication_role = replica"))
    _fill(db.session.scalars(select(Event).where(Event.slug == seed.SLUG)).one(), people)
    for event in others:
        _fill(event, elsewhere // OTHER_EVENTS)
    db.session.commit()
    if is_postgresql:  # what its autovacuum does within a minute
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM (ANALYZE)"))


@contextlib.contextmanager
def _site(url: str, people: int, *, elsewhere: int = 0) -> Iterator[Site]:
    with sites.product(url, more=lambda: plant(people, elsewhere=elsewhere)) as site:
        journeys.run(site, 1.0, CLIENTS)
        yield site


def _rows(quiet: Site, busy: Site, crowded: Site) -> list[Row]:
    """In turns, so that a ratio compares what was measured within the same seconds."""
    runs = [[journeys.run(site, SECONDS, CLIENTS) for site in (quiet, busy, crowded)] for _ in range(RUNS)]
    few, among_others, many = (list(measures) for measures in zip(*runs, strict=True))
    crowd = f"{MANY:,}".replace(",", "\u202f")
    return [
        Row(name=f"{FEW} inscrits déjà là", measures=few),
        Row(
            name=f"et {crowd} aux autres rencontres",
            measures=among_others,
            ratios=_ratios(few, among_others),
            ratio_ceiling=RATIO_CEILING,
        ),
        Row(name=f"{crowd} à la même rencontre", measures=many, ratios=_ratios(few, many)),
    ]


def _ratios(few: Sequence[Measure], many: Sequence[Measure]) -> list[float]:
    return [m.cpu_ms / f.cpu_ms for f, m in zip(few, many, strict=True) if f.cpu_ms]


def _other_event(number: int) -> Event:
    file = seed.meeting() | {"slug": f"autre-rencontre-{number}"}
    return applying.import_file(reading.read(file), publish=True, update=False, now=utcnow() - timedelta(days=1)).event


def _fill(event: Event, people: int) -> None:
    _register(event, people, now=utcnow() - timedelta(hours=1))
    _book(event)
    _answer(event)


def _register(event: Event, people: int, *, now: datetime) -> None:
    """One statement for each structure: a row at a time would take longer than what is measured."""
    structures = db.session.scalars(select(Structure).order_by(Structure.id).limit(STRUCTURES)).all()
    for nth, structure in enumerate(structures):
        numbers = select(literal(nth).label("n")).cte("numbers", recursive=True)
        following = numbers.c.n + len(structures)
        numbers = numbers.union_all(select(following).where(following < people))
        category = event.categories[nth % len(event.categories)]
        facts = _facts(event, category, structure, numbers.c.n, at=now + timedelta(seconds=nth))
        rows = select(*(fact.label(name) for name, fact in facts.items()))
        db.session.execute(insert(Registration).from_select(list(facts), rows))


def _facts(
    event: Event, category: Category, structure: Structure, n: ColumnElement[int], *, at: datetime
) -> dict[str, ColumnElement[Any]]:
    """By column. The keys are those that the product derives; the links are such as nobody was given."""
    person = Person(
        first_name="Camille",
        last_name=f"Martin {MARK}",
        email=f"camille.martin-{MARK}@agents.example",
        phone="+33323975390",
        function="Conseillère France services",
        category=category,
        structure=structure,
    )
    columns = Registration.__table__.c
    same = {"event_id": event.id, "category_id": category.id, "structure_id": structure.id, "phone": person.phone}
    same |= {"first_name": person.first_name, "function": person.function}
    same |= {"status": Status.CONFIRMED, "source": Source.PUBLIC, "revision": 2}
    same |= dict.fromkeys(["created_at", "queued_at", "confirmed_at", "updated_at"], at)
    own = {"last_name": person.last_name, "email": person.email, "email_folded": person.email_folded}
    own |= {"name_folded": person.name_folded, "search_text": search_text(person)}
    secret: ColumnElement[str] = literal_column(RANDOM[db.engine.dialect.name], String)
    return (
        {name: literal(value, columns[name].type) for name, value in same.items()}
        | {name: _numbered(words, n) for name, words in own.items()}
        | dict.fromkeys(("digest", "feed_digest"), secret)
        | {name: func.substr(secret, 1, 32) for name in ("idempotency_key", "nonce", "feed_nonce")}
    )


def _numbered(words: str, n: ColumnElement[int]) -> ColumnElement[str]:
    """The words, with the person's number in the place of MARK."""
    first, *others = words.split(MARK)
    found: ColumnElement[str] = literal(first, String)
    for piece in others:
        found = found.concat(cast(n, String)).concat(literal(piece, String))
    return found


def _book(event: Event) -> None:
    """One session of each slot: among the first hundred people one in four fills the small one, then the large ones."""
    here = Registration.event_id == event.id
    nth = Registration.id - select(func.min(Registration.id)).where(here).scalar_subquery()
    for slot in seed.WORKSHOPS:
        slugs = [f"session-{slot}-{room}" for room in range(seed.ROOMS)]
        ids = dict(db.session.execute(select(Session.slug, Session.id).where(Session.event_id == event.id)).all())
        small, *large = (ids[slug] for slug in slugs)
        first_ones = (nth < seed.SMALL * seed.ROOMS) & (nth % seed.ROOMS == 0)
        chosen = case((first_ones, small), *((nth % len(large) == n, session) for n, session in enumerate(large)))
        whose = (Registration.event_id, Registration.id, chosen, Registration.created_at, Registration.created_at)
        columns = ["event_id", "registration_id", "session_id", "created_at", "confirmed_at"]
        db.session.execute(insert(Booking).from_select(columns, select(*whose).where(here)))


def _answer(event: Event) -> None:
    questions = dict(db.session.execute(select(Question.slug, Question.id).where(Question.event_id == event.id)).all())
    for slug, value in ANSWERS.items():
        given = select(Registration.id, literal(questions[slug]), literal(value, JSON))
        columns = ["registration_id", "question_id", "value"]
        db.session.execute(insert(Answer).from_select(columns, given.where(Registration.event_id == event.id)))
