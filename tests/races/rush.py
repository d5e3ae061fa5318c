"""Many requests at the same instant, over HTTP."""

import http.client
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier
from typing import Any
from urllib.parse import urlencode, urlsplit

from tests.servers import Site

START_SECONDS = 30
HIDDEN = r'name="{}"[^>]*value="([^"]+)"'


@dataclass(frozen=True)
class Form:
    """A form as one browser opened it: its session, its token, its key."""

    cookie: str
    csrf_token: str
    key: str

    @classmethod
    def open(cls, site: Site, path: str) -> "Form":
        connection = _connect(site)
        connection.request("GET", path)
        response = connection.getresponse()
        cookie = (response.getheader("Set-Cookie") or "").partition(";")[0]
        page = response.read().decode()
        connection.close()
        csrf_token, key = (re.search(HIDDEN.format(name), page) for name in ("csrf_token", "key"))
        assert csrf_token is not None
        return cls(cookie, csrf_token[1], key[1] if key else "")


def at_once(site: Site, form: Form, posts: Sequence[tuple[str, dict[str, Any]]]) -> list[tuple[int, str]]:
    """Each (path, fields) sent at the same instant; the status and the address gone to, in the same order."""
    together = Barrier(len(posts))
    headers = {"Cookie": form.cookie, "Content-Type": "application/x-www-form-urlencoded"}

    def send(post: tuple[str, dict[str, Any]]) -> tuple[int, str]:
        path, fields = post
        connection = _connect(site)
        connection.connect()
        together.wait(START_SECONDS)
        connection.request("POST", path, urlencode(fields | {"csrf_token": form.csrf_token}), headers)
        response = connection.getresponse()
        connection.close()
        return response.status, response.getheader("Location") or ""

    with ThreadPoolExecutor(len(posts)) as people:
        return list(people.map(send, posts))


def _connect(site: Site) -> http.client.HTTPConnection:
    address = urlsplit(site.url)
    return http.client.HTTPConnection(address.hostname or "", address.port, timeout=60)
