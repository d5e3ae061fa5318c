"""One form sent twenty times at once: one registration, one letter, twenty equal answers."""

from collections.abc import Callable
from datetime import timedelta
from functools import cache
from typing import Any

import pytest

from eventapp import tokens
from eventapp.clock import utcnow
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.invitations.models import Invitation
from eventapp.journal.models import Entry
from eventapp.outbox.models import Message
from eventapp.registrations.models import Registration
from tests.factories import make_event, make_guest, make_invitation, make_person
from tests.races.rush import Form, at_once
from tests.servers import Site

TIMES, PROCESSES = 20, 4
PERSON = {"first_name": "Zoé", "last_name": "Lefèvre", "email": "zoe.lefevre@agents.example"}
WAYS = ("public", "invitation")

Start = Callable[..., Site]


def seed() -> None:
    """One event for each way."""
    starts_at = utcnow() + timedelta(days=30)
    for way in WAYS:
        event = make_event(slug=way, capacity=5, starts_at=starts_at, ends_at=starts_at + timedelta(hours=8))
        make_invitation(make_guest(event, make_person(**PERSON)))


@pytest.fixture(scope="module")
def site_on(start_site: Start) -> Start:
    """`site_on(database)`: the same site for each way."""
    return cache(lambda database: start_site(seed, database=database, workers=PROCESSES, may_fail=True))


def rows(site: Site, table: Any, way: str) -> list[Any]:
    with site.app.app_context():
        event_id = db.session.scalars(db.select(Event.id).where(Event.slug == way)).one()
        return list(db.session.scalars(db.select(table).where(table.event_id == event_id)))


def address(site: Site, way: str) -> str:
    if way == "public":
        return f"/evenements/{way}/inscription"
    (invitation,) = rows(site, Invitation, way)
    return f"/invitation/{tokens.reveal(Invitation.PURPOSE, invitation.nonce)}/inscription"


@pytest.mark.both_databases
@pytest.mark.parametrize("way", WAYS)
def test_twenty_equal_submissions_are_one(site_on: Start, database: str, way: str) -> None:
    site = site_on(database)
    path = address(site, way)
    form = Form.open(site, path)

    answers = at_once(site, form, [(path, PERSON | {"key": form.key, "comes": "y"})] * TIMES)

    assert {status for status, _place in answers} == {303}
    assert len({place for _status, place in answers}) == 1
    assert answers[0][1].startswith("/mon-inscription/")
    assert [len(rows(site, table, way)) for table in (Registration, Message)] == [1, 1]
    assert [entry.act for entry in rows(site, Entry, way)].count("registration.created") == 1
