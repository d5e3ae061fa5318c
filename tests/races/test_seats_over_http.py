"""A hundred people at once for fifty places, over HTTP, on the production server with four processes."""

import http.client
import re
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from urllib.parse import urlencode, urlsplit

import pytest

from eventapp.clock import utcnow
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.registrations.models import Registration, Status
from tests.factories import make_event
from tests.servers import Site

PLACES, PEOPLE, ROUNDS, PROCESSES = 50, 100, 5, 4
START_SECONDS = 30
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')

Start = Callable[..., Site]


def seed() -> None:
    starts_at = utcnow() + timedelta(days=30)
    for n in range(ROUNDS):
        make_event(slug=f"course-{n}", capacity=PLACES, starts_at=starts_at, ends_at=starts_at + timedelta(hours=8))


# `may_fail`: under such a rush the rate limits may give up counting, which they log; every answer is checked here.


def rush(site: Site, slug: str) -> Counter[int]:
    """Everybody registers at the same instant; how often each status was answered."""
    headers, csrf_token = _open_form(site, slug)
    together = Barrier(PEOPLE)

    def register(n: int) -> int:
        person = {"first_name": "Camille", "last_name": f"Durand {n}", "email": f"camille-{n}@agents.example"}
        connection = _connect(site)
        connection.connect()
        together.wait(START_SECONDS)
        body = urlencode(person | {"csrf_token": csrf_token})
        connection.request("POST", f"/evenements/{slug}/inscription", body, headers)
        status = connection.getresponse().status
        connection.close()
        return status

    with ThreadPoolExecutor(PEOPLE) as people:
        return Counter(people.map(register, range(PEOPLE)))


def confirmed_and_waiting(site: Site, slug: str) -> tuple[int, int]:
    rows = db.select(Registration.status).join(Event, Registration.event_id == Event.id).where(Event.slug == slug)
    with site.app.app_context():
        found = Counter(db.session.scalars(rows))
    return found[Status.CONFIRMED], found[Status.WAITING]


@pytest.mark.both_databases
def test_exactly_as_many_are_confirmed_as_there_are_places(start_site: Start, database: str) -> None:
    site = start_site(seed, database=database, workers=PROCESSES, may_fail=True)

    for n in range(ROUNDS):
        assert rush(site, f"course-{n}") == {303: PEOPLE}
        assert confirmed_and_waiting(site, f"course-{n}") == (PLACES, PEOPLE - PLACES)
    site.stop()


@pytest.mark.both_databases
def test_without_the_lock_places_are_given_twice(start_site: Start, database: str) -> None:
    """`tests/races/unlocked.py` lets others write between the counting of the places and the writing of the one taken:
    on PostgreSQL without the row that `hold` locks; on SQLite without the write lock of the whole transaction, on which
    `hold` rests there."""
    site = start_site(seed, database=database, workers=PROCESSES, application="tests.races.unlocked:app", may_fail=True)

    confirmed = [0]
    while max(confirmed) <= PLACES and len(confirmed) <= ROUNDS:  # once is enough
        slug = f"course-{len(confirmed) - 1}"
        rush(site, slug)
        confirmed.append(confirmed_and_waiting(site, slug)[0])
    site.stop()

    assert max(confirmed) > PLACES, confirmed


def _open_form(site: Site, slug: str) -> tuple[dict[str, str], str]:
    """One session for everybody: its cookie and its token."""
    connection = _connect(site)
    connection.request("GET", f"/evenements/{slug}/inscription")
    response = connection.getresponse()
    cookie = (response.getheader("Set-Cookie") or "").partition(";")[0]
    found = TOKEN.search(response.read().decode())
    connection.close()
    assert found is not None
    return {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}, found[1]


def _connect(site: Site) -> http.client.HTTPConnection:
    address = urlsplit(site.url)
    return http.client.HTTPConnection(address.hostname or "", address.port, timeout=60)
