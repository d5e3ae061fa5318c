"""One form sent twenty times at once: one registration, one letter, twenty equal answers."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from eventapp import tokens
from eventapp.clock import utcnow
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
FORM = "/evenements/double/inscription"

Start = Callable[..., Site]


def seed() -> None:
    starts_at = utcnow() + timedelta(days=30)
    event = make_event(slug="double", capacity=5, starts_at=starts_at, ends_at=starts_at + timedelta(hours=8))
    make_invitation(make_guest(event, make_person(**PERSON)))


def rows(site: Site, table: type) -> list[object]:
    with site.app.app_context():
        return list(db.session.scalars(db.select(table)))


def invitation_path(site: Site) -> str:
    with site.app.app_context():
        invitation = db.session.scalars(db.select(Invitation)).one()
        return f"/invitation/{tokens.reveal(Invitation.PURPOSE, invitation.nonce)}/inscription"


@pytest.mark.both_databases
@pytest.mark.parametrize("way", ["public", "invitation"])
def test_twenty_equal_submissions_are_one(start_site: Start, database: str, way: str) -> None:
    site = start_site(seed, database=database, workers=PROCESSES, may_fail=True)
    path = FORM if way == "public" else invitation_path(site)
    form = Form.open(site, path)

    answers = at_once(site, form, [(path, PERSON | {"key": form.key})] * TIMES)

    assert {status for status, _place in answers} == {303}
    assert len({place for _status, place in answers}) == 1
    assert answers[0][1].startswith("/mon-inscription/")
    assert [len(rows(site, table)) for table in (Registration, Message)] == [1, 1]
    acts = [entry.act for entry in rows(site, Entry) if isinstance(entry, Entry)]
    assert acts.count("registration.created") == 1
    site.stop()
