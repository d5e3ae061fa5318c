"""Start, measure, print; exit 1 when a floor is missed."""

import contextlib
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from bench import journeys, letters, load, seed, sites, tables
from bench.letters import Sink
from bench.load import Measure, Target
from bench.sites import Site
from bench.tables import Row
from eventapp.events.models import Event
from eventapp.extensions import db
from tests import postgresql

ROUNDS = 5
PAGE_SECONDS = 0.8
RUNS = 3
JOURNEY_SECONDS = 3.0
CHANGES = 8  # of the event, each followed by one question for its calendar
CLIENTS = (1, 8)
PAGE_FLOOR = 0.1  # of bare Flask
REGISTRATION_FLOOR = 40.0  # per second, eight clients

EVENT = f"/evenements/{seed.SLUG}/"
FEED = f"{EVENT}calendrier.ics"
BARE = Target(name="Flask nu", path="/")
PAGES = (
    Target(name="accueil", path="/"),
    Target(name="page de l’événement", path=EVENT),
    Target(name="programme, 40 sessions", path=f"{EVENT}programme"),
    Target(name="calendrier .ics, 40 sessions", path=FEED),
)
FORM = Target(name="formulaire d’inscription", path=journeys.FORM)


def main() -> int:
    began = time.monotonic()
    print(f"{os.cpu_count()} cœurs, charge {_load()} au début ; serveur : Granian, comme `make serve`.", flush=True)
    rows: list[Row] = []
    with letters.mail_server() as (port, sink), tempfile.TemporaryDirectory(prefix="eventapp-bench-") as name:
        folder = Path(name)
        with sites.product(folder, f"sqlite:///{folder / 'bench.db'}", port) as site:
            with sites.bare(folder) as bare:
                rows += _show("Pages (16 connexions)", measure_pages(bare, site))
            rows += _show("Sur SQLite", measure_registrations(site, sink))
        with _postgresql() as url:
            if url is not None:
                with sites.product(folder, url, port, demonstration=False) as site:
                    rows += _show("Sur PostgreSQL", measure_registrations(site, sink))
    print(f"\nCharge {_load()} à la fin ; durée : {time.monotonic() - began:.0f} s.")
    missed = [row.name for row in rows if not row.is_held]
    print(f"Planchers manqués : {', '.join(missed)}." if missed else "Tous les planchers sont tenus.")
    return 1 if missed else 0


def measure_pages(bare: Site, site: Site) -> list[Row]:
    """In rounds, so that a ratio compares what was measured within the same seconds."""
    asked = [*PAGES, _unchanged(site), FORM]
    for target in asked:
        load.run(site, target, 0.3)
    found: dict[Target, list[Measure]] = {target: [] for target in (BARE, *asked)}
    for _ in range(ROUNDS):
        found[BARE].append(load.run(bare, BARE, PAGE_SECONDS))
        for target in asked:
            found[target].append(load.run(site, target, PAGE_SECONDS))
    yardstick = [measure.per_second for measure in found[BARE]]
    rows = [Row(name=BARE.name, measures=found[BARE])]
    for target in asked:
        ratios = [m.per_second / base for m, base in zip(found[target], yardstick, strict=True)]
        rows.append(
            Row(
                name=target.name,
                measures=found[target],
                ratios=ratios,
                floor=None if target is FORM else PAGE_FLOOR,
            )
        )
    return [*rows, measure_changes(site)]


def measure_changes(site: Site) -> Row:
    """The same calendar just after the event changed: built again from its rows, by one process at a time."""
    measures, cpu = [], site.cpu_seconds()
    for n in range(CHANGES):
        _change(site)
        cold = Target(name="", path=f"{FEED}?n={n}")  # another address is never in the cache
        measures.append(load.run_once(site, cold))
    each = 1000 * (site.cpu_seconds() - cpu) / CHANGES  # a single one is too short for the clock of processes
    return Row(name="le même, reconstruit", measures=[replace(measure, cpu_ms=each) for measure in measures])


def measure_registrations(site: Site, sink: Sink) -> list[Row]:
    journeys.run(site, 1.0, max(CLIENTS))
    rows = []
    for clients in CLIENTS:
        measures = [journeys.run(site, JOURNEY_SECONDS, clients) for _ in range(RUNS)]
        who = "1 client" if clients == 1 else f"{clients} clients"
        floor = REGISTRATION_FLOOR if clients == max(CLIENTS) else None
        rows.append(Row(name=f"inscriptions complètes, {who}", measures=measures, floor=floor))
    sent = letters.run(site, sink, 1.5, RUNS)
    return [*rows, Row(name="courriels envoyés, un facteur", measures=sent)] if sent else rows


def _unchanged(site: Site) -> Target:
    etag = load.header(site, PAGES[-1], "ETag")
    return Target(name="le même, inchangé (304)", path=FEED, headers=f"If-None-Match: {etag}\r\n", status=304)


def _change(site: Site) -> None:
    assert site.app is not None
    with site.app.app_context():
        db.session.execute(db.update(Event).where(Event.slug == seed.SLUG).values(revision=Event.revision + 1))
        db.session.commit()


def _show(title: str, rows: list[Row]) -> list[Row]:
    print(tables.show(title, rows), flush=True)
    return rows


@contextlib.contextmanager
def _postgresql() -> Iterator[str | None]:
    if postgresql.binaries() is None:
        print(f"\n{postgresql.HOW_TO_GET} ; mesures omises.")
        yield None
    else:
        with postgresql.cluster() as url:
            yield url


def _load() -> str:
    return f"{os.getloadavg()[0]:.1f}".replace(".", ",")


if __name__ == "__main__":
    sys.exit(main())
