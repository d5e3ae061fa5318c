"""Five thousand personal letters with their calendar part: the real worker renders them and sends them over SMTP to a
server that throws them away, alone, beside people who register, then with a second worker."""

import contextlib
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from bench import crowd, journeys, seed, sites
from bench.load import Measure
from bench.mail_sink import Sink, mail_server
from bench.sites import Site, family_cpu_seconds
from bench.tables import Row, Table
from eventapp import processes
from eventapp.clock import utcnow
from eventapp.config import ROOT
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.outbox.models import Message, State
from eventapp.registrations import notices

LETTERS = 5_000
ALONE, BESIDE = 2_500, 500  # letters measured in each phase; what is left is for two workers
FLOOR = 150.0  # per second, one worker
CPU_CEILING = 6.5  # milliseconds, one letter
OVERTAKING_CEILING = 30_000  # milliseconds until a confirmation has left
PATIENCE_SECONDS = 300
WARM = 100
SECONDS = 4.0
STARTING_SECONDS = 3.0  # of the second worker, whose start is not what is measured
LINE = [sys.executable, "-m", "flask", "--app", "wsgi", "worker"]


def run(folder: Path) -> Iterator[Table]:
    with contextlib.closing(sites.databases(folder)) as databases, mail_server() as sink:
        for database, fresh in databases:
            with sites.product(fresh(), mail_port=sink.port, more=plant) as site:
                words = f"{LETTERS:,}".replace(",", "\u202f")
                yield Table(
                    title=f"{words} courriels personnels avec calendrier, sur {database}", rows=_rows(site, sink)
                )


def plant() -> None:
    """A large event has moved: everybody is told, with a new entry for their calendar."""
    crowd.plant(LETTERS)
    event = db.session.scalars(select(Event).where(Event.slug == seed.SLUG)).one()
    told = notices.event_moved(event, now=utcnow())
    if told != LETTERS:
        raise RuntimeError(f"{told} letters")
    db.session.commit()


def _rows(site: Site, sink: Sink) -> list[Row]:
    journeys.run(site, 1.0, 1)
    quiet = journeys.run(site, SECONDS, 1)
    with _worker(site) as pid:
        _until(sink, sink.received + WARM)
        alone = _measure(sink, [pid], ALONE)
        since = utcnow()
        beside = journeys.run(site, SECONDS, 1)
        left_after = _overtaking(site, since)
        with _worker(site) as other:
            time.sleep(STARTING_SECONDS)
            together = _measure(sink, [pid, other], BESIDE)
    return [
        Row(name="un facteur", measures=[alone], floor=FLOOR, cpu_ceiling=CPU_CEILING),
        Row(name="deux facteurs", measures=[together]),
        Row(name="inscriptions complètes, 1 client, sans envoi", measures=[quiet]),
        Row(name="les mêmes pendant l’envoi", measures=[beside]),
        Row(name="leur confirmation est partie", measures=[left_after], slowest_ceiling=OVERTAKING_CEILING),
    ]


@contextlib.contextmanager
def _worker(site: Site) -> Iterator[int]:
    child = processes.start(LINE, environ=site.environ, cwd=str(ROOT))
    try:
        yield child.pid
    finally:
        processes.stop([child])


def _measure(sink: Sink, pids: list[int], letters: int) -> Measure:
    before, cpu, began = sink.received, sum(map(family_cpu_seconds, pids)), time.perf_counter()
    _until(sink, before + letters)
    lasted, sent = time.perf_counter() - began, sink.received - before
    spent = sum(map(family_cpu_seconds, pids)) - cpu
    return Measure(per_second=sent / lasted, cpu_ms=1000 * spent / sent, slowest_ms=0)


def _until(sink: Sink, count: int) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while sink.received < count:
        if time.monotonic() > deadline:
            raise RuntimeError("the letters do not leave")
        time.sleep(0.02)


def _overtaking(site: Site, since: datetime) -> Measure:
    """How long the confirmations asked for since then took to leave, the slowest one."""
    assert site.app is not None
    wanted = select(Message).where(Message.letter == "registrations/confirmed", Message.created_at >= since)
    deadline = time.monotonic() + PATIENCE_SECONDS
    with site.app.app_context():
        while True:
            found = db.session.scalars(wanted).all()
            delays = [(one.sent_at - one.created_at).total_seconds() for one in found if one.sent_at is not None]
            db.session.remove()
            if found and len(delays) == len(found):
                return Measure(per_second=0, cpu_ms=0, slowest_ms=1000 * max(delays))
            if time.monotonic() > deadline or any(one.state is State.FAILED for one in found):
                raise RuntimeError("the confirmations do not leave")
            time.sleep(0.1)
