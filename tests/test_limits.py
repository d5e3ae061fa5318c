"""Who is slowed down, who never is, and what happens when nothing can be counted."""

import multiprocessing
import sqlite3
import time

import pytest
from flask_security import hash_password
from limits import parse
from limits.strategies import FixedWindowRateLimiter
from werkzeug.exceptions import TooManyRequests

from eventapp import limits as rules
from eventapp.accounts import people
from eventapp.clock import utcnow
from eventapp.counters import BUSY_SECONDS, Counters
from eventapp.extensions import limiter
from tests.factories import make_organisation, make_user
from tests.pages import parse as soup_of
from tests.pages import words

TEN = parse("10 per 5 minutes")
TRIES = 50


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'eventapp.db'}"
    return request.getfixturevalue("postgresql_url")


@pytest.fixture
def counters(url):
    storage = Counters(database=url)
    storage.reset()
    yield storage
    storage.close()


def test_the_eleventh_is_refused_until_the_window_ends(counters):
    limit = FixedWindowRateLimiter(counters)
    assert [limit.hit(TEN, "sign-in", "a") for _ in range(11)] == [True] * 10 + [False]
    assert limit.hit(TEN, "sign-in", "b")
    assert 290 < limit.get_window_stats(TEN, "sign-in", "a").reset_time - time.time() <= 300


def test_a_window_that_ended_counts_from_nothing(counters, monkeypatch):
    began = time.time()
    monkeypatch.setattr("eventapp.counters.time.time", lambda: began)
    assert counters.incr("key", 10) == 1
    assert counters.incr("key", 10) == 2
    monkeypatch.setattr("eventapp.counters.time.time", lambda: began + 10)
    assert counters.get("key") == 0
    assert counters.incr("key", 60) == 1


def test_forgetting_one_key_keeps_the_others(counters):
    counters.incr("a", 60)
    counters.incr("b", 60)
    counters.clear("a")
    assert (counters.get("a"), counters.get("b")) == (0, 1)


def test_counts_survive_a_restart_and_hold_no_address(counters, url, tmp_path):
    counters.incr("LIMITS/sign-in/jeanne@sgar.example", 60)
    again = Counters(database=url)
    assert again.get("LIMITS/sign-in/jeanne@sgar.example") == 1
    again.close()
    counters.close()
    assert all(b"jeanne" not in file.read_bytes() for file in tmp_path.iterdir())


def count(url, sender):
    storage = Counters(database=url)
    limit = FixedWindowRateLimiter(storage)
    passed = 0
    for _ in range(20):
        try:
            passed += limit.hit(TEN, "sign-in", "shared")
        except (TimeoutError, sqlite3.Error):
            time.sleep(1.1)
    sender.send(passed)


def test_processes_share_one_count(counters, url):
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    processes = [context.Process(target=count, args=(url, sender)) for _ in range(2)]
    for process in processes:
        process.start()
    passed = sum(receiver.recv() for _ in processes)
    for process in processes:
        process.join(30)
    assert passed == 10


def test_a_locked_storage_neither_blocks_nor_stays_asked(tmp_path):
    storage = Counters(database=f"sqlite:///{tmp_path / 'eventapp.db'}")
    storage.incr("key", 60)
    lock = sqlite3.connect(tmp_path / "limits.db", isolation_level=None)
    lock.execute("BEGIN EXCLUSIVE")
    began = time.monotonic()
    for _ in range(TRIES):
        with pytest.raises((sqlite3.Error, TimeoutError)):
            storage.incr("key", 60)
    assert time.monotonic() - began < TRIES * BUSY_SECONDS / 4
    lock.close()
    storage.close()


def test_what_cannot_be_counted_passes(app, limits, monkeypatch, caplog):
    def broken(*_args):
        raise sqlite3.OperationalError("database is locked")

    monkeypatch.setattr(limiter.limiter, "hit", broken)
    with app.test_request_context():
        rules.spend("sign-in in all")
    assert "rate limits are not counted" in caplog.text


def test_past_the_limit_one_is_told_when_to_come_back(app, limits):
    with app.test_request_context():
        for _ in range(10):
            rules.spend("sign-in of an account", "a@b.example")
        with pytest.raises(TooManyRequests) as refusal:
            rules.spend("sign-in of an account", "a@b.example")
        assert 0 < refusal.value.retry_after <= 300


@pytest.mark.parametrize(
    ("remote", "counted_as"),
    [("192.0.2.7", "192.0.2.7"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"), (None, "unknown"), ("x", "unknown")],
)
def test_an_ipv6_subscriber_is_one_address(app, remote, counted_as):
    with app.test_request_context(environ_base={"REMOTE_ADDR": remote}):
        assert rules.address() == counted_as


def guess(client, email="a@b.example", remote="192.0.2.1"):
    data = {"email": email, "password": "faux"}
    return client.post("/connexion", data=data, environ_base={"REMOTE_ADDR": remote})


def test_guessing_one_account_from_many_addresses_is_slowed(client, limits):
    codes = [guess(client, remote=f"192.0.2.{number}").status_code for number in range(12)]
    assert codes == [422] * 10 + [429] * 2


def test_guessing_many_accounts_from_one_address_is_slowed(client, limits):
    codes = [guess(client, email=f"a{number}@b.example").status_code for number in range(12)]
    assert codes == [422] * 10 + [429] * 2


def test_signing_in_rightly_costs_nothing(app, client, limits):
    make_user(make_organisation(), email="a@b.example", password=hash_password("quatre mots sans rapport"))
    for _ in range(12):
        data = {"email": "a@b.example", "password": "quatre mots sans rapport"}
        assert app.test_client().post("/connexion", data=data).status_code == 303
    assert [guess(client).status_code for _ in range(11)] == [422] * 10 + [429]


def test_the_refusal_is_a_page_that_says_when(client, limits):
    for _ in range(10):
        guess(client)
    response = guess(client)
    assert int(response.headers["Retry-After"]) > 0
    assert words(soup_of(response).h1) == "Trop de demandes"
    assert client.get("/connexion").status_code == 200


def test_links_to_one_mailbox_are_few(client, limits, outbox):
    codes = [client.post("/connexion/lien", data={"email": "a@b.example"}).status_code for _ in range(7)]
    assert codes == [303] * 5 + [429] * 2
    assert len(outbox()) == 5


@pytest.mark.parametrize("start", ["/connexion", "/invitation"])
def test_a_thousand_wrong_tokens_get_the_same_404_then_429(client, limits, start):
    answers = [client.get(f"{start}/{number}") for number in range(400)]
    assert [answer.status_code for answer in answers] == [404] * 300 + [429] * 100
    assert len({answer.data for answer in answers[:300]}) == 1
    assert "Retry-After" in answers[-1].headers
    assert answers[-1].headers["Cache-Control"] == "no-store"


def test_a_right_link_opens_even_then(client, limits):
    link = people.issue_sign_in_link(make_user(), now=utcnow())
    for number in range(301):
        client.get(f"/connexion/{number}")
    assert client.get(f"/connexion/{link.token}").status_code == 200


def test_every_limited_post_exists(app):
    missing = set(rules.POSTS) - set(app.view_functions)
    assert missing == set()
