"""Rendered public answers, kept in this process (docs/decisions/2026-11-23-kept-pages.md).

An entry is asked for again in the database at most once a second, by the version its view declares; a change made in
any process therefore shows in all of them within that second. Nothing personal comes here: a request with a session
cookie goes past. While the database is away, the last good copy answers.
"""

import gzip
import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any

from flask import Flask, Response, current_app, make_response, request
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection

from eventapp.clock import utcnow
from eventapp.extensions import db

SECONDS = 0.9  # a page is rendered within the rest of the second
MOST_BYTES = 24 * 1024 * 1024
LONGEST_ADDRESS = 300
CACHE_CONTROL = "public, max-age=0, must-revalidate"
DATABASE_AWAY = (OperationalError, InterfaceError, NoConnection)
REMEMBER_COOKIE = "remember_token"


@dataclass(frozen=True)
class Version:
    """What an answer depends on, and the next instant at which it changes by itself."""

    key: Any
    until: datetime | None = None

    def holds(self, now: datetime) -> bool:
        return self.until is None or now < self.until


@dataclass
class Entry:
    version: Version
    body: bytes
    headers: list[tuple[str, str]]
    etag: str
    compressed: bool
    checked: float  # monotonic seconds
    unchanged: tuple[tuple[str, str], ...] = ()  # headers of the 304 that says so (see eventapp/unchanged.py)

    @property
    def size(self) -> int:
        return len(self.body) + 1000


class Shelf:
    """The entries of one application, the least recently used ones leaving first."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self.most_bytes = most_bytes
        self.bytes = 0
        self.entries: OrderedDict[str, Entry] = OrderedDict()
        self.lock = threading.Lock()

    def get(self, address: str) -> Entry | None:
        with self.lock:
            entry = self.entries.get(address)
            if entry is not None:
                self.entries.move_to_end(address)
            return entry

    def put(self, address: str, entry: Entry) -> None:
        with self.lock:
            self._take(address)
            self.entries[address] = entry
            self.bytes += entry.size
            while self.bytes > self.most_bytes:
                self._take(next(iter(self.entries)))

    def drop(self, address: str) -> None:
        with self.lock:
            self._take(address)

    def _take(self, address: str) -> None:
        entry = self.entries.pop(address, None)
        if entry is not None:
            self.bytes -= entry.size


def register(app: Flask) -> None:
    app.extensions["page_cache"] = Shelf()
    app.config.setdefault("CACHE_PAGES", not app.testing)


def cached_page(version: Callable[..., Version | None], *, compress: bool = True) -> Callable[..., Any]:
    """For views that everyone may read. `version` gets the view's arguments; None means: do not keep the answer."""

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def answer(**arguments: Any) -> Any:
            if not _may_use_cache():
                return _uncached(view, arguments)
            shelf: Shelf = current_app.extensions["page_cache"]
            address = request.full_path
            entry = shelf.get(address)
            now = time.monotonic()
            if entry is not None and now - entry.checked < SECONDS and entry.version.holds(utcnow()):
                return _send(entry)
            if entry is not None:
                entry.checked = now  # meanwhile the others are given this copy: one renders, not all
            try:
                return _renewed(shelf, address, entry, view, version, arguments, compress)
            except DATABASE_AWAY:
                if entry is None:
                    raise
                db.session.rollback()
                current_app.logger.error("database unavailable: the last good copy of %s is sent", request.path)
                return _send(entry)

        return answer

    return decorate


def kept_text(name: str, version: Callable[[], Version | None], render: Callable[[], str]) -> str:
    """Text kept like a page: what is the same for everyone in an answer that is not."""
    if not current_app.config["CACHE_PAGES"]:
        return render()
    shelf: Shelf = current_app.extensions["page_cache"]
    entry = shelf.get(name)
    now = time.monotonic()
    if entry is not None and now - entry.checked < SECONDS and entry.version.holds(utcnow()):
        return entry.body.decode()
    if entry is not None:
        entry.checked = now
    current = version()
    same = entry is not None and current is not None and current.key == entry.version.key
    if entry is not None and same and entry.version.holds(utcnow()):
        return entry.body.decode()
    text = render()
    if current is None:
        shelf.drop(name)
    else:
        shelf.put(name, Entry(current, text.encode(), [], "", compressed=False, checked=time.monotonic()))
    return text


def _may_use_cache() -> bool:
    cookies = request.cookies
    return (
        current_app.config["CACHE_PAGES"]
        and request.method in ("GET", "HEAD")
        and len(request.full_path) <= LONGEST_ADDRESS
        and current_app.config["SESSION_COOKIE_NAME"] not in cookies
        and REMEMBER_COOKIE not in cookies
    )


def _uncached(view: Callable[..., Any], arguments: dict[str, Any]) -> Response:
    """The same answer for someone with a session, whose browser must not keep it for the next person."""
    response = make_response(view(**arguments))
    response.headers.setdefault("Cache-Control", "private, no-cache" if _has_cookie() else CACHE_CONTROL)
    if response.status_code == 200 and request.method in ("GET", "HEAD"):
        response.add_etag()
        response.make_conditional(request)
    return response


def _has_cookie() -> bool:
    return bool(request.cookies)


def _renewed(
    shelf: Shelf,
    address: str,
    entry: Entry | None,
    view: Callable[..., Any],
    version: Callable[..., Version | None],
    arguments: dict[str, Any],
    compress: bool,
) -> Any:
    current = version(**arguments)
    same = entry is not None and current is not None and current.key == entry.version.key
    if entry is not None and same and entry.version.holds(utcnow()):
        return _send(entry)
    response = make_response(view(**arguments))
    if current is None or response.status_code != 200 or "Set-Cookie" in response.headers:
        shelf.drop(address)
        return response
    entry = _entry(response, current, compress)
    shelf.put(address, entry)
    return _send(entry)


def _entry(response: Response, version: Version, compress: bool) -> Entry:
    body = response.get_data()
    etag = hashlib.blake2b(body, digest_size=16).hexdigest()
    headers = [(name, value) for name, value in response.headers if name.lower() not in ("content-length", "etag")]
    return Entry(
        version=version,
        body=gzip.compress(body, 6, mtime=0) if compress else body,
        headers=headers,
        etag=etag,
        compressed=compress,
        checked=time.monotonic(),
    )


def _send(entry: Entry) -> Any:
    """The copy, compressed for who accepts it; each form has its own strong ETag."""
    compressed = entry.compressed and request.accept_encodings.quality("gzip") > 0
    body = entry.body if compressed or not entry.compressed else gzip.decompress(entry.body)
    response = Response(body, headers=entry.headers)
    response.headers.setdefault("Cache-Control", CACHE_CONTROL)
    if entry.compressed:
        response.vary.add("Accept-Encoding")
    if compressed:
        response.headers["Content-Encoding"] = "gzip"
    response.set_etag(entry.etag + ("-gzip" if compressed else ""))
    return response.make_conditional(request)
