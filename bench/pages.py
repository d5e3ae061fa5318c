"""The pages that everyone asks for, against bare Flask."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from bench import journeys, load, seed, sites
from bench.load import Measure, Target
from bench.sites import Site
from bench.tables import Row, Table
from eventapp.events.models import Event
from eventapp.extensions import db

ROUNDS = 5
SECONDS = 0.8
CHANGES = 8  # of the event, each followed by one question for its calendar
FLOOR = 0.1  # of bare Flask

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


def run(folder: Path) -> Iterator[Table]:
    with sites.product(sites.new_sqlite(folder), demonstration=True) as site, sites.bare(folder) as bare:
        yield Table(title="Pages (16 connexions)", rows=[*_in_rounds(bare, site), _changes(site)])


def _in_rounds(bare: Site, site: Site) -> list[Row]:
    """So that a ratio compares what was measured within the same seconds."""
    asked = [*PAGES, _unchanged(site), FORM]
    for target in asked:
        load.run(site, target, 0.3)
    found: dict[Target, list[Measure]] = {target: [] for target in (BARE, *asked)}
    for _ in range(ROUNDS):
        found[BARE].append(load.run(bare, BARE, SECONDS))
        for target in asked:
            found[target].append(load.run(site, target, SECONDS))
    yardstick = [measure.per_second for measure in found[BARE]]
    rows = [Row(name=BARE.name, measures=found[BARE])]
    for target in asked:
        ratios = [m.per_second / base for m, base in zip(found[target], yardstick, strict=True)]
        floor = None if target is FORM else FLOOR
        rows.append(Row(name=target.name, measures=found[target], ratios=ratios, floor=floor))
    return rows


def _changes(site: Site) -> Row:
    """The same calendar just after the event changed: built again from its rows, by one process at a time."""
    measures, cpu = [], site.cpu_seconds()
    for n in range(CHANGES):
        _change(site)
        cold = Target(name="", path=f"{FEED}?n={n}")  # another address is never in the cache
        measures.append(load.run_once(site, cold))
    each = 1000 * (site.cpu_seconds() - cpu) / CHANGES  # a single one is too short for the clock of processes
    return Row(name="le même, reconstruit", measures=[replace(measure, cpu_ms=each) for measure in measures])


def _unchanged(site: Site) -> Target:
    etag = load.header(site, PAGES[-1], "ETag")
    return Target(name="le même, inchangé (304)", path=FEED, headers=f"If-None-Match: {etag}\r\n", status=304)


def _change(site: Site) -> None:
    assert site.app is not None
    with site.app.app_context():
        db.session.execute(db.update(Event).where(Event.slug == seed.SLUG).values(revision=Event.revision + 1))
        db.session.commit()
