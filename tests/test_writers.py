"""Those who write to SQLite take turns: everybody comes through, and whoever fails leaves the turn to the next."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError

from eventapp.events.models import Event
from eventapp.extensions import db
from tests.factories import make_event

THREADS, TIMES = 8, 5


@pytest.mark.both_databases
def test_every_writer_comes_through(app: Flask) -> None:
    slug = make_event().slug
    db.session.commit()

    def write(_n: int) -> None:
        with app.app_context():
            for _ in range(TIMES):
                db.session.execute(db.update(Event).where(Event.slug == slug).values(revision=Event.revision + 1))
                db.session.commit()

    with ThreadPoolExecutor(THREADS) as writers:
        list(writers.map(write, range(THREADS)))
    assert db.session.scalar(db.select(Event.revision).where(Event.slug == slug)) == 1 + THREADS * TIMES


@pytest.mark.both_databases
def test_whoever_fails_leaves_the_turn_to_the_next(app: Flask) -> None:
    slug = make_event().slug
    db.session.commit()

    def fail() -> None:
        with app.app_context(), pytest.raises(IntegrityError):
            make_event(slug=slug)

    with ThreadPoolExecutor(1) as writer:
        writer.submit(fail).result()
    make_event()
    db.session.commit()
