"""Complete registrations per second, and what each costs the server, on both databases."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from bench import journeys, sites
from bench.sites import Site
from bench.tables import Row, Table

RUNS = 3
SECONDS = 3.0
CLIENTS = (1, 8)
FLOOR = 40.0  # per second, eight clients
CPU_CEILING = 10.0  # milliseconds of the server's processes, for the whole journey


def run(folder: Path) -> Iterator[Table]:
    with contextlib.closing(sites.databases(folder)) as databases:
        for database, fresh in databases:
            with sites.product(fresh()) as site:
                yield Table(title=f"Inscriptions, sur {database}", rows=_rows(site))


def _rows(site: Site) -> list[Row]:
    journeys.run(site, 1.0, max(CLIENTS))
    return [_registrations(site, clients) for clients in CLIENTS]


def _registrations(site: Site, clients: int) -> Row:
    return Row(
        name=f"inscriptions complètes, {clients} client{'s' if clients > 1 else ''}",
        measures=[journeys.run(site, SECONDS, clients) for _ in range(RUNS)],
        floor=FLOOR if clients == max(CLIENTS) else None,
        cpu_ceiling=CPU_CEILING,
    )
