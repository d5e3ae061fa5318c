"""U6, L1, L2, L4, A6: reading changes nothing, links of letters least of all; a token opens its own pages only."""

import re

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy.exc import DBAPIError

from eventapp import access, tokens
from eventapp.accounts.models import Membership, SignInLink
from eventapp.clock import utcnow
from eventapp.extensions import db
from eventapp.invitations.models import Invitation
from eventapp.outbox.delivery import deliver_due
from eventapp.outbox.keeping import Letter
from eventapp.outbox.models import KeptMail
from eventapp.registrations.models import Registration
from eventapp.worker import Worker
from tests.faults.world import build, dump, rules

ROLES = (None, "reader", "organiser", "administrator")
WRITERS = (
    "accounts_organiser.invite", "events_organiser.do_move", "invitations_organiser.send_campaign",
    "registrations.create", "registrations.send_links", "registrations_organiser.create", "accounts.send_link",
)  # fmt: skip


def client_of(app, user):
    client = FlaskClient(app, app.response_class)
    if user is not None:
        with client.session_transaction() as session:
            session["_user_id"], session["_fresh"] = user.fs_uniquifier, True
    return client


def ask(app, client, path, method="GET", **more):
    db.session.rollback()
    with app.app_context():
        return client.open(path, method=method, buffered=True, **more)


@pytest.mark.both_databases
def test_reading_changes_nothing(app, database, monkeypatch):
    """U6: every address by GET, as whoever may see most of it, and by HEAD as everybody on SQLite."""
    monkeypatch.setitem(app.config, "EVENTAPP_DEMO", True)
    side = build()
    before = dump()
    for role in ROLES if database == "sqlite" else ROLES[-1:]:
        client = client_of(app, getattr(side, role) if role else None)
        for rule in rules(app, method="GET"):
            for method in ("GET", "HEAD") if role in (None, "administrator") else ("HEAD",):
                answer = ask(app, client, side.path(app, rule), method)
                assert answer.status_code < 500 or rule.endpoint == "pages.readyz", rule
    assert dump() == before


@pytest.mark.both_databases
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_get_that_writes_is_stopped_by_the_database(app, monkeypatch, method):
    """The control: query_only on SQLite, READ ONLY on PostgreSQL."""

    @access.everyone
    def writes():
        db.session.execute(db.update(Registration).values(note="écrit"))
        db.session.commit()
        return "ok"

    build()
    before = dump()
    monkeypatch.setitem(app.view_functions, "pages.cookies", writes)
    with pytest.raises(DBAPIError, match=r"read-?only"):
        ask(app, client_of(app, None), "/cookies", method)
    assert dump() == before


@pytest.fixture
def letters(app, monkeypatch):
    """Every letter that the acts of a world send, as delivered."""
    monkeypatch.setitem(app.config, "EVENTAPP_DEMO", True)
    side = build()
    client = client_of(app, side.administrator)
    posts = {rule.endpoint: rule for rule in rules(app, method="POST")}
    for endpoint in WRITERS:
        path, body = side.path(app, posts[endpoint]), side.body(endpoint)
        assert ask(app, client, path, "POST", data=body).status_code == 303, endpoint
    Worker().run_jobs()  # queues the campaign
    deliver_due(now=utcnow(), limit=100)
    return [Letter(row.source) for row in db.session.scalars(db.select(KeptMail).where(KeptMail.id != side.mail.id))]


def links(letters):
    found = {link["href"] for letter in letters for link in BeautifulSoup(letter.html, "html.parser").find_all("a")}
    found |= {link for letter in letters for link in re.findall(r"https?://[^\s<>»]+", letter.text)}
    return {link for link in found if link.startswith("http")}


def test_no_link_of_a_letter_changes_anything_when_followed(app, letters):
    """L1."""
    before, followed = dump(), 0
    for link in links(letters):
        if link.startswith("http://localhost/"):
            for method in ("HEAD", "GET"):
                assert ask(app, client_of(app, None), link.removeprefix("http://localhost"), method).status_code < 400
            followed += 1
    assert followed > 8
    assert dump() == before


def test_a_dump_of_the_database_opens_nothing(letters):
    """L2: the letters kept by the demonstration apart, which hold what was mailed."""
    tables = [table for table in db.metadata.sorted_tables if table.name != KeptMail.__tablename__]
    content = "\n".join(repr(row) for table in tables for row in db.session.execute(table.select()))
    secrets = {
        secret for link in links(letters) for secret in re.findall(r"/([A-Za-z0-9_-]{32})(?![A-Za-z0-9_-])", link)
    }
    assert len(secrets) > 4
    assert [secret for secret in secrets if secret in content] == []
    digests = [tokens.digest(secret) for secret in secrets]
    assert [digest for digest in digests if digest in content] == digests  # the control: what is kept is found


@pytest.mark.parametrize("header", ["X-Forwarded-Host", "X-Host", "Forwarded", "X-Original-URL", "X-Rewrite-URL"])
def test_no_header_moves_the_links_of_letters(app, monkeypatch, header):
    """L4."""
    side = build()
    rule = next(rule for rule in rules(app, method="POST") if rule.endpoint == "registrations.send_links")
    body, headers = side.body(rule.endpoint), {header: "host=evil.example"}
    answer = ask(app, client_of(app, None), side.path(app, rule), "POST", data=body, headers=headers)
    assert "evil.example" not in answer.headers["Location"]
    monkeypatch.setitem(app.config, "EVENTAPP_DEMO", True)
    deliver_due(now=utcnow(), limit=10)
    sources = db.session.scalars(db.select(KeptMail.source)).all()
    assert len(sources) > 1
    assert not [source for source in sources if b"evil.example" in source]


def test_a_token_opens_only_the_pages_it_was_made_for(app):
    """A6: the tokens of the other kinds, and the same nonce under another purpose."""
    side = build()
    team = side.administrator.memberships[0].feed_nonce or ""
    nonces = {side.registration.nonce, side.registration.feed_nonce, side.invitation.nonce, side.link.nonce, team}
    kinds = {"accounts": SignInLink.PURPOSE, "invitations": Invitation.PURPOSE, "registrations": Registration.PURPOSE}
    right = {
        (SignInLink.PURPOSE, side.link.nonce), (Invitation.PURPOSE, side.invitation.nonce),
        (Registration.PURPOSE, side.registration.nonce), (Registration.FEED_PURPOSE, side.registration.feed_nonce),
        (Membership.FEED_PURPOSE, team),
    }  # fmt: skip
    before, asked = dump(), 0
    for method in ("GET", "POST"):
        for rule in rules(app, method=method):
            if "token" not in rule.arguments:
                continue
            feeds = {"calendars.feed": Registration.FEED_PURPOSE, "calendars.team": Membership.FEED_PURPOSE}
            feed = feeds.get(rule.endpoint, Registration.PURPOSE)
            own = kinds.get(rule.endpoint.partition(".")[0], feed)
            for purpose in {*kinds.values(), *feeds.values()}:
                for nonce in nonces:
                    if purpose == own and (purpose, nonce) in right:
                        continue
                    path = side.path(app, rule, token=tokens.reveal(purpose, nonce))
                    answer = ask(app, client_of(app, None), path, method, data=side.body(rule.endpoint))
                    assert answer.status_code == 404, (rule, purpose)
                    asked += 1
    assert asked > 200
    assert dump() == before
