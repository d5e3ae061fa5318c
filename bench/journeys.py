"""Complete registrations, as a browser does them: open the form, send it, follow the answer to one's own page."""

import html
import http.client
import itertools
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

from bench import seed
from bench.load import Measure, Unexpected
from bench.sites import Site

FORM = f"/evenements/{seed.SLUG}/inscription"
MOST = 500  # per run: far below what one address may send in a minute
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
KEY = re.compile(r'name="key"[^>]*value="([^"]+)"')
STRUCTURE = re.compile(r'<option value="([^"]+)"')
SLOT = re.compile(r'name="(sessions-[^"]+)" value="([^"]+)"')
number = itertools.count(1)


def run(site: Site, seconds: float, clients: int) -> Measure:
    """As many complete registrations as `clients` people at once can make."""
    ends, left = time.perf_counter() + seconds, itertools.count(1)
    durations: list[float] = []
    lock = threading.Lock()

    def client() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=60)
        while time.perf_counter() < ends and next(left) <= MOST:
            began = time.perf_counter()
            register(connection)
            with lock:
                durations.append(time.perf_counter() - began)
        connection.close()

    cpu, began = site.cpu_seconds(), time.perf_counter()
    with ThreadPoolExecutor(clients) as people:
        for done in [people.submit(client) for _ in range(clients)]:
            done.result()
    lasted = time.perf_counter() - began
    spent = site.cpu_seconds() - cpu
    return Measure(
        per_second=len(durations) / lasted,
        cpu_ms=1000 * spent / max(1, len(durations)),
        slowest_ms=1000 * max(durations, default=0),
    )


def register(connection: http.client.HTTPConnection) -> None:
    """One new person, with a session in each slot and answers to the questions."""
    page, cookie, _ = _ask(connection, 200, "GET", FORM)
    headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
    _, _, place = _ask(connection, 303, "POST", FORM, urlencode(_answers(page)), headers)
    own_page, _, _ = _ask(connection, 200, "GET", place, None, {"Cookie": cookie})
    if "Votre place est confirmée" not in own_page:
        raise Unexpected("la page personnelle ne confirme pas la place")


def _answers(page: str) -> dict[str, str]:
    n = next(number)
    structures, slots = STRUCTURE.findall(page), SLOT.findall(page)
    csrf_token, key = TOKEN.search(page), KEY.search(page)
    if not (csrf_token and key and structures and slots):
        raise Unexpected("le formulaire n’est pas celui de la rencontre mesurée")
    return {
        "csrf_token": csrf_token[1],
        "key": key[1],
        "first_name": "Camille",
        "last_name": f"Durand {n}",
        "email": f"camille.durand-{n}@agents.example",
        "phone": "03 23 97 53 90",
        "function": "Conseillère France services",
        "organization": html.unescape(structures[n % len(structures)]),
        "category": "conseillers",
        "question-dejeuner": "oui",
        "question-attentes": "Des exemples concrets.",
        **{name: _chosen(slots, name, n) for name in dict(slots)},
    }


def _chosen(slots: list[tuple[str, str]], name: str, n: int) -> str:
    """Each session of the slot in turn, and sometimes none."""
    choices = [slug for slot, slug in slots if slot == name]
    return choices[n % len(choices)]


def _ask(
    connection: http.client.HTTPConnection, status: int, method: str, path: str, *more: object
) -> tuple[str, str, str]:
    """Text, cookie and place of an answer that must have this status."""
    connection.request(method, path, *more)  # type: ignore[arg-type]
    response = connection.getresponse()
    text = response.read().decode()
    if response.status != status:
        raise Unexpected(f"{method} {path.split('/')[1]} : {response.status} au lieu de {status}")
    cookie = (response.getheader("Set-Cookie") or "").partition(";")[0]
    return text, cookie, response.getheader("Location") or ""
