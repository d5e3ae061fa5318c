"""H1: requests made of the addresses' converters and the forms' fields, with whatever people and robots may send."""

import base64
import json
import re
import time
from urllib.parse import quote_from_bytes, unquote_to_bytes

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from eventapp import access
from eventapp.extensions import db
from tests.faults.world import build_two_anew, rules

EXAMPLES, SLOW = 150, 5
INTEGERS = ["0", "-1", "2147483647", "2147483648", "9223372036854775807", "9223372036854775808", "9" * 30, "1" * 5000]
TEXTS = [
    "", " ", "\0", "a\0b", "\ud800", "\udfff\ud800", "\u202e\u2066", "\ufeff", "é" * 300, "a" * 70_000, "'\";--", "%",
    "%s%n", "{{7*7}}", "{0.__class__}", "${x}", "<script>alert(1)</script>", "a\r\nBcc: x@evil.example", "𝒳" * 100,
    "\u0301" * 2000, "٣", "²", "1e999", "NaN", "-0", "1,5", "../../etc/passwd", "//evil.example", "0001-01-01",
    "9999-12-31", "2027-02-30", "2027-03-28", "24:00", "02:30", "23:59:60", "[" * 3000, "ﷺ" * 200, "a@b", "@", "\\",
    "a" * 400 + "@agents.example", "é@éé.example", "\"a b\"@agents.example", "+33" + "1" * 60, "=1+1", "\t=1", "\n",
]  # fmt: skip
KEYS = [
    ["0001-01-01T00:00:00+14:00", 1], ["9999-12-31T23:59:59-14:00", 1], ["\ud800", 1], ["a", 2**63], ["a", True],
    ["a"], {}, None, [{"t": "0001-01-01T00:00:00+14:00"}, 1], [{"t": "9999-12-31T23:59:59-14:00"}, 1], ["\0", 1],
    [{"t": "2027-01-01"}, 1], [{"t": []}, 1], ["é", 1], [2**31], [-1], ["\ud800", "\ud800", 1], ["59", "\ud800", 1],
]  # fmt: skip
CURSORS = [base64.urlsafe_b64encode(json.dumps(key).encode()).decode() for key in KEYS] + ["=", "é", "A" * 3000]
QUERIES = (
    "q", "tri", "etat", "statut", "departement", "categorie", "session", "origine", "region", "structure", "invite",
    "ordre", "lignes", "next", "periode", "organisation", "lettre", "campagne",
)  # fmt: skip
SORTS = ["nom", "-nom", "ajout", "-ajout", "date", "-date", "departement", "-departement", "titre", "etat", "x"]
TYPES = [
    "application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=utf-16", "application/json",
    "text/plain", "multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=absent", "é/",
]  # fmt: skip
HOSTILE = st.sampled_from(TEXTS) | st.sampled_from(INTEGERS) | st.text(max_size=30)
ROLES = ("stranger", "organiser", "administrator", "other")
CONVERTER = re.compile(r"<(?:[^<>]*:)?(\w+)>")


def encoded(text):
    return quote_from_bytes(str(text).encode("utf-8", "surrogatepass"), safe="")


@st.composite
def queries(draw):
    pairs = draw(st.lists(st.tuples(st.sampled_from(QUERIES), HOSTILE), max_size=3))
    if draw(st.booleans()):
        cursor = draw(st.sampled_from(CURSORS))
        pairs += [("tri", draw(st.sampled_from(SORTS))), (draw(st.sampled_from(["apres", "avant"])), cursor)]
    return "&".join(f"{name}={encoded(value)}" for name, value in pairs) + draw(st.sampled_from(["", "&%ff=%c3", "&"]))


@st.composite
def fields(draw, body):
    """What the form holds, with one to three values replaced, repeated or left out."""
    pairs = [(name, value) for name, value in body.items() if not isinstance(value, tuple)]
    for _ in range(draw(st.integers(0, 3))):
        name = draw(st.sampled_from(sorted(body) or ["x"]))
        act = draw(st.sampled_from(["replace", "replace", "repeat", "leave", "add"]))
        kept = [pair for pair in pairs if pair[0] != name] if act in ("replace", "leave") else pairs
        more = [(draw(HOSTILE) if act == "add" else name, draw(HOSTILE))] if act != "leave" else []
        pairs = [*kept, *more]
    return pairs


def multipart(pairs, files, *, torn):
    parts = [(f'name="{encoded(name)}"', str(value).encode("utf-8", "surrogatepass")) for name, value in pairs]
    parts += [(f'name="{name}"; filename="{filename}"', content) for name, filename, content in files]
    written = b"".join(b"--b\r\nContent-Disposition: form-data; %s\r\n\r\n%s\r\n" % (h.encode(), c) for h, c in parts)
    return written[: len(written) // 2] if torn else written + b"--b--\r\n"


FILES = [
    b"", b"Nom;Adresse \xe9lectronique\nA;a@b.example\n", b"PK\x03\x04", b"{}", b"[" * 50_000, b"\xff\xfeN\0o\0m\0",
    b'{"format": 1, "slug": "\\ud800", "title": NaN}', b'{"format": 1, "format": 1}', b"\0" * 1000, b"a;" * 100_000,
    "Nom;Adresse électronique\nA\0;a@b.example\n\"".encode(), b'{"format": 1e999, "slug": 5}', b"1" * 6000,
]  # fmt: skip
NAMES = ["invites.csv", "../../x", "a\\r\\nb", "é" * 300, "", "x.xlsx", "%00", "'"]


@st.composite
def contents(draw, body):
    """(content type, bytes) of a request's body."""
    pairs = draw(fields(body))
    if any(isinstance(value, tuple) for value in body.values()) or draw(st.integers(0, 3)) == 0:
        names = [name for name, value in body.items() if isinstance(value, tuple)] or ["file"]
        files = [(names[0], draw(st.sampled_from(NAMES)), draw(st.sampled_from(FILES) | st.binary(max_size=200)))]
        return "multipart/form-data; boundary=b", multipart(pairs, files, torn=draw(st.integers(0, 4)) == 0)
    content = "&".join(f"{encoded(name)}={encoded(value)}" for name, value in pairs).encode()
    return draw(st.sampled_from(TYPES[:1] * 12 + TYPES)), content


class World:
    """A fresh world and signed-in clients, made again once a request has changed something."""

    def __init__(self, app):
        self.app, self.failures, self.asked = app, [], 0
        self.begin()

    def begin(self):
        self.side, other = build_two_anew()
        people = dict(zip(ROLES, (None, self.side.organiser, self.side.administrator, other.organiser), strict=True))
        self.clients = {role: self.client(user) for role, user in people.items()}

    def client(self, user):
        client = FlaskClient(self.app, self.app.response_class)
        if user is not None:
            with client.session_transaction() as session:
                session["_user_id"], session["_fresh"] = user.fs_uniquifier, True
        return client

    def send(self, role, method, path, query, content):
        kind, body = content
        where = f"{role} {method} {path[:300]}?{query[:300]} {kind} {body[:600]!r}"
        overrides = {"PATH_INFO": unquote_to_bytes(path).decode("latin-1"), "QUERY_STRING": query}
        db.session.rollback()  # what was read to write this request holds SQLite's lock
        began = time.process_time()
        self.asked += 1
        try:
            with self.app.app_context():
                answer = self.clients[role].open(
                    "/", method=method, data=body, content_type=kind, environ_overrides=overrides, buffered=True
                )
        except Exception as crash:
            self.failures.append((where, repr(crash)[:500]))
            return
        if answer.status_code >= 500 and not path.startswith("/readyz"):
            self.failures.append((where, answer.status))
        if time.process_time() - began > SLOW:
            self.failures.append((where, "slow"))
        db.session.expire_all()
        if method == "POST" and answer.status_code in (302, 303) and "/connexion" not in answer.location:
            self.begin()


def path_of(data, side, rule):
    """The rule's address with at most one of its parts replaced."""
    values = side.values(rule)
    if data is not None and values and data.draw(st.integers(0, 4)) == 0:
        values[data.draw(st.sampled_from(sorted(values)))] = data.draw(HOSTILE)
    return CONVERTER.sub(lambda part: encoded(values[part[1]]), rule.rule)


@pytest.mark.both_databases
def test_no_request_breaks_the_server(app, monkeypatch):
    monkeypatch.setitem(app.config, "EVENTAPP_DEMO", True)
    world = World(app)
    asked = {"GET": rules(app, method="GET"), "POST": rules(app, method="POST")}

    @settings(
        max_examples=EXAMPLES, derandomize=True, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(st.data())
    def run(data):
        method = data.draw(st.sampled_from(["GET", "POST", "POST"]))
        rule = data.draw(st.sampled_from(asked[method]))
        content = data.draw(contents(world.side.body(rule.endpoint))) if method == "POST" else ("", b"")
        query = data.draw(queries()) if method == "GET" else ""
        world.send(
            data.draw(st.sampled_from(ROLES[1:3] * 4 + ROLES)), method, path_of(data, world.side, rule), query, content
        )

    run()
    assert world.asked >= EXAMPLES
    assert world.failures == []


WORST = "\0\ud800" + "9" * 5_000


@pytest.mark.both_databases
def test_no_field_left_out_or_filled_with_the_worst_breaks_the_server(app, database):
    """Left out on SQLite; on PostgreSQL, which is stricter about values, filled with the worst."""
    world = World(app)
    for rule in rules(app, method="POST"):
        for name in world.side.body(rule.endpoint):
            pairs = [(field, value) for field, value in world.side.body(rule.endpoint).items() if field != name]
            pairs += [(name, WORST)] if database == "postgresql" else []
            content = "&".join(f"{encoded(field)}={encoded(value)}" for field, value in pairs).encode()
            role = "stranger" if rule.arguments == {"token"} else "administrator"
            world.send(role, "POST", path_of(None, world.side, rule), "", (TYPES[0], content))
    assert world.asked > 150
    assert world.failures == []


def test_a_view_that_crashes_is_seen(app, monkeypatch):
    """The control."""

    @access.everyone
    def crash():
        raise ValueError

    monkeypatch.setitem(app.view_functions, "pages.cookies", crash)
    world = World(app)
    world.send("stranger", "GET", "/cookies", "", ("", b""))
    assert [failure for _where, failure in world.failures] == ["ValueError()"]
