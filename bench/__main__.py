"""Start, measure, print; exit 1 when a limit is missed. `python -m bench registrations`: one part alone."""

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from bench import allocation, calendars, crowd, hostile, letters, pages, registrations
from bench.tables import Table
from eventapp import processes

PARTS: dict[str, Callable[[Path], Iterator[Table]]] = {
    "markdown": hostile.run,
    "pages": pages.run,
    "calendars": calendars.run,
    "registrations": registrations.run,
    "letters": letters.run,
    "crowd": crowd.run,
    "allocation": allocation.run,
}


def main(wanted: Sequence[str]) -> int:
    if unknown := [name for name in wanted if name not in PARTS]:
        sys.exit(f"Partie inconnue : {', '.join(unknown)}. Les parties : {', '.join(PARTS)}.")
    began = time.monotonic()
    print(f"{os.cpu_count()} cœurs, charge {_load()} au début ; serveur : Granian, comme `make serve`.", flush=True)
    missed: list[str] = []
    for name in wanted or PARTS:
        missed += _measure(name)
    print(f"\nCharge {_load()} à la fin ; durée : {time.monotonic() - began:.0f} s.")
    print(f"Limites manquées : {', '.join(missed)}." if missed else "Toutes les limites sont tenues.")
    return 1 if missed else 0


def _measure(part: str) -> list[str]:
    """Print its tables as they come; the rows whose limits are missed."""
    missed = []
    with tempfile.TemporaryDirectory(prefix="eventapp-bench-") as folder:
        for table in PARTS[part](Path(folder)):
            print(table, flush=True)
            missed += [f"{row.name} ({table.title})" for row in table.rows if not row.is_held]
    return missed


def _load() -> str:
    return f"{os.getloadavg()[0]:.1f}".replace(".", ",")


if __name__ == "__main__":
    processes.end_by_exception()  # so that whatever was started is stopped, and its files removed
    try:
        sys.exit(main(sys.argv[1:]))
    except processes.Interrupted:
        sys.exit("Mesures interrompues.")
