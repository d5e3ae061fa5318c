"""The short way of « nothing changed » says what the long one says, and never when something did."""

import pytest
from werkzeug.test import Client

from eventapp.events import lifecycle
from eventapp.extensions import db
from eventapp.unchanged import Unchanged
from tests.calendars.test_routes import feed_url
from tests.factories import NOW, make_event, make_registration, make_session

FEED = "/evenements/rencontre/calendrier.ics"


@pytest.fixture
def event():
    event = make_event(slug="rencontre", title="Rencontre")
    make_session(event, title="Plénière")
    return event


@pytest.fixture
def asked(app, event, kept_pages, monkeypatch, in_november):
    """Asks as a program that has `etag`; `asked.reached`: how many questions the application itself was asked."""
    monkeypatch.setattr("eventapp.cache.SECONDS", 60)
    db.session.commit()
    reached = []

    def application(environ, start_response):
        reached.append(environ["PATH_INFO"])
        with app.app_context():
            return app.wsgi_app(environ, start_response)

    client = Client(Unchanged(application, lambda: app.extensions["page_cache"]), use_cookies=False)

    def ask(etag="", path=FEED, **headers):
        return client.get(path, headers={"If-None-Match": etag, **headers} if etag else headers)

    ask.reached, ask.client = reached, client
    return ask


def test_the_second_time_nothing_is_asked_and_the_same_is_said(asked):
    etag = asked().headers["ETag"]
    first, second = asked(etag), asked(etag)
    head = asked.client.head(FEED, headers={"If-None-Match": etag})
    assert len(asked.reached) == 2
    assert [answer.status_code for answer in (first, second, head)] == [304] * 3
    assert list(first.headers) == list(second.headers) == list(head.headers)
    assert second.headers["Cache-Control"] == "public, max-age=0, must-revalidate"


def test_what_is_not_exactly_that_goes_its_ordinary_way(asked):
    etag = asked().headers["ETag"]
    asked(etag)
    others = [asked('"other"'), asked(etag, Cookie="autre=x"), asked(etag, path=f"{FEED}?n=1")]
    assert [answer.status_code for answer in others][:2] == [200, 304]
    assert asked.client.post(FEED, headers={"If-None-Match": etag}).status_code == 405
    assert len(asked.reached) == 6


def test_after_a_change_the_new_content_is_sent(asked, event, monkeypatch):
    etag = asked().headers["ETag"]
    asked(etag)
    lifecycle.cancel(event, reason="Neige", now=NOW, by=None)
    db.session.commit()
    monkeypatch.setattr("eventapp.cache.SECONDS", 0)
    assert "Annulé" in asked(etag).text


def test_personal_feeds_are_asked_every_time(asked, event):
    path = feed_url(make_registration(event))
    db.session.commit()
    etag = asked(path=path).headers["ETag"]
    assert [asked(etag, path=path).status_code for _ in range(2)] == [304, 304]
    assert len(asked.reached) == 3
