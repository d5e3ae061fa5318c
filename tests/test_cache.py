"""Public answers kept in the process: how they are found again, renewed, sent, and never mixed with personal ones."""

import gzip
import time
import urllib.request
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask, Response, request
from sqlalchemy.exc import OperationalError

from eventapp import access, cache
from eventapp.cache import Shelf, Version, cached_page
from eventapp.events import lifecycle
from eventapp.events.models import Event
from eventapp.extensions import db
from tests.factories import NOW, make_event


class Counter:
    """A page that counts its renderings, on a version that the test sets."""

    def __init__(self):
        self.version = Version(1)
        self.rendered = 0
        self.asked = 0
        self.away = False

    def current(self, **_arguments):
        self.asked += 1
        if self.away:
            raise OperationalError("SELECT", {}, Exception("away"))
        return self.version

    def view(self, name):
        self.rendered += 1
        if self.away:
            raise OperationalError("SELECT", {}, Exception("away"))
        if name == "absent":
            return "nothing", 404
        return Response(f"{name} {self.rendered} {request.args.get('q', '')}", headers={"X-Kept": "yes"})


@pytest.fixture
def page():
    return Counter()


@pytest.fixture
def visitor(page, monkeypatch):
    """A client of a small application with one cached page and one cached feed; time stands still."""
    app = Flask("cached")
    app.config.update(TESTING=True, CACHE_PAGES=True, SESSION_COOKIE_NAME="session")
    cache.register(app)
    app.add_url_rule("/<name>", "page", access.everyone(cached_page(page.current)(page.view)))
    feed = access.everyone(cached_page(page.current, compress=False)(page.view))
    app.add_url_rule("/feeds/<name>", "feed", feed)
    app.register_error_handler(OperationalError, lambda _error: ("away", 503))
    monkeypatch.setattr(cache.time, "monotonic", lambda: 100.0)
    return app.test_client()


def later(monkeypatch, seconds=1.0):
    monkeypatch.setattr(cache.time, "monotonic", lambda: 100.0 + seconds)


def test_a_page_is_rendered_once_and_the_database_not_asked_again_within_the_second(visitor, page):
    texts = [visitor.get("/a").text for _ in range(3)]

    assert texts == ["a 1 "] * 3
    assert (page.asked, page.rendered) == (1, 1)


def test_after_a_second_the_version_is_asked_and_the_same_page_sent(visitor, page, monkeypatch):
    visitor.get("/a")
    later(monkeypatch)

    assert visitor.get("/a").text == "a 1 "
    assert (page.asked, page.rendered) == (2, 1)


def test_a_change_shows_within_a_second(visitor, page, monkeypatch):
    visitor.get("/a")
    page.version = Version(2)
    later(monkeypatch)

    assert visitor.get("/a").text == "a 2 "


def test_a_page_that_changes_by_itself_is_rendered_again_at_that_instant(visitor, page, monkeypatch):
    noon = datetime(2027, 1, 14, 12, tzinfo=UTC)
    page.version = Version(1, until=noon)
    monkeypatch.setattr(cache, "utcnow", lambda: noon - timedelta(microseconds=1))
    assert [visitor.get("/a").text, visitor.get("/a").text] == ["a 1 ", "a 1 "]

    monkeypatch.setattr(cache, "utcnow", lambda: noon)

    assert visitor.get("/a").text == "a 2 "


def test_addresses_and_queries_are_kept_apart(visitor):
    assert [visitor.get(path).text for path in ("/a", "/b", "/a?q=x", "/a")] == ["a 1 ", "b 2 ", "a 3 x", "a 1 "]


def test_an_address_too_long_is_not_kept(visitor, page):
    address = "/a?q=" + "x" * cache.LONGEST_ADDRESS

    visitor.get(address)
    visitor.get(address)

    assert page.rendered == 2


@pytest.mark.parametrize("cookie", ["session", cache.REMEMBER_COOKIE])
def test_someone_with_a_session_is_neither_given_nor_leaves_a_copy(visitor, page, cookie):
    visitor.get("/a")
    visitor.set_cookie(cookie, "x")

    response = visitor.get("/a")

    assert response.text == "a 2 "
    assert response.headers["Cache-Control"] == "private, no-cache"
    visitor.delete_cookie(cookie)
    assert visitor.get("/a").text == "a 1 "


def test_only_answers_200_are_kept(visitor, page):
    assert [visitor.get("/absent").status_code for _ in range(2)] == [404, 404]
    assert page.rendered == 2


def test_a_page_without_version_is_not_kept(visitor, page):
    page.version = None

    assert [visitor.get("/a").text for _ in range(2)] == ["a 1 ", "a 2 "]


def test_a_compressed_copy_and_a_plain_one_have_each_their_strong_etag(visitor):
    compressed = visitor.get("/a", headers={"Accept-Encoding": "gzip"})
    plain = visitor.get("/a")

    assert gzip.decompress(compressed.data) == plain.data == b"a 1 "
    assert compressed.headers["Content-Encoding"] == "gzip"
    assert compressed.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
    assert compressed.headers["Content-Length"] == str(len(compressed.data))
    assert compressed.get_etag() == (plain.get_etag()[0] + "-gzip", False)
    assert plain.headers["X-Kept"] == "yes"


def test_a_refused_compression_is_respected(visitor):
    response = visitor.get("/a", headers={"Accept-Encoding": "gzip;q=0, identity"})

    assert "Content-Encoding" not in response.headers


def test_a_feed_is_never_compressed(visitor):
    response = visitor.get("/feeds/a", headers={"Accept-Encoding": "gzip"})

    assert "Content-Encoding" not in response.headers
    assert "Vary" not in response.headers


def test_who_has_the_page_already_is_told_so(visitor, page):
    etag = visitor.get("/a").headers["ETag"]

    response = visitor.get("/a", headers={"If-None-Match": etag})

    assert (response.status_code, response.data, response.headers["ETag"]) == (304, b"", etag)
    assert response.headers["Cache-Control"] == cache.CACHE_CONTROL


def test_head_is_answered_from_the_same_copy(visitor, page):
    visitor.get("/a")

    response = visitor.head("/a")

    assert (response.status_code, response.data, response.headers["Content-Length"]) == (200, b"", "4")
    assert page.rendered == 1


def test_while_the_database_is_away_the_last_good_copy_answers(visitor, page, monkeypatch):
    visitor.get("/a")
    page.away = True
    later(monkeypatch)

    assert visitor.get("/a").text == "a 1 "
    assert visitor.get("/b").status_code == 503


def test_the_shelf_is_bounded_and_what_is_used_stays():
    shelf = Shelf(most_bytes=3500)
    entries = {name: cache.Entry(Version(1), b"x", [], "", False, 0.0) for name in "abcd"}
    for name in "abc":
        shelf.put(name, entries[name])
    shelf.get("a")

    shelf.put("d", entries["d"])

    assert list(shelf.entries) == ["c", "a", "d"]
    assert shelf.bytes == sum(entry.size for entry in shelf.entries.values())


def test_a_change_shows_in_every_process_within_a_second(start_site):
    site = start_site(lambda: make_event(slug="rencontre", title="Avant"), workers=2)
    address = f"{site.url}/evenements/rencontre/programme"
    assert ["Avant" in _read(address) for _ in range(20)] == [True] * 20

    with site.app.app_context():
        event = db.session.scalars(db.select(Event)).one()
        lifecycle.edit(event, {"title": "Après"}, now=NOW, by=None)
        db.session.commit()
    time.sleep(1)

    assert ["Après" in _read(address) for _ in range(20)] == [True] * 20


def _read(address):
    with urllib.request.urlopen(address, timeout=10) as answer:  # noqa: S310 - our own server
        return answer.read().decode()
