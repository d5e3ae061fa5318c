"""M6: whatever fails once a letter is queued, there is a registration with its letter, or neither."""

from datetime import timedelta

import pytest

from eventapp.clock import utcnow
from eventapp.extensions import db
from eventapp.outbox import letters
from eventapp.outbox.models import Message
from eventapp.registrations import calendar_letters, notices
from eventapp.registrations.models import Registration
from tests.factories import make_event

PERSON = {"first_name": "Zoé", "last_name": "Lefèvre", "email": "zoe.lefevre@agents.example"}


@pytest.fixture
def register(client):
    starts_at = utcnow() + timedelta(days=30)
    address = f"/evenements/{make_event(starts_at=starts_at, ends_at=starts_at + timedelta(hours=8)).slug}/inscription"
    key = client.page(address).find("input", {"name": "key"})["value"]
    return lambda: client.post(address, data=PERSON | {"key": key})


def rows():
    db.session.rollback()
    return [db.session.scalar(db.select(db.func.count()).select_from(table)) for table in (Registration, Message)]


def failing_after(act):
    def fail(*args, **facts):
        act(*args, **facts)
        db.session.flush()
        raise MemoryError("after the letter was queued")

    return fail


@pytest.mark.both_databases
def test_a_fault_after_the_letter_was_queued_leaves_neither(register, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr(notices, "confirmed", failing_after(notices.confirmed))
        with pytest.raises(MemoryError):
            register()
        assert rows() == [0, 0]

    assert register().status_code == 303
    assert rows() == [1, 1]


def test_a_letter_that_commits_by_itself_would_be_noticed(register, monkeypatch):
    """The negative control: posting that ends the transaction of the act."""

    def post(*args, **facts):
        message = letters.post(*args, **facts)
        db.session.commit()
        return message

    monkeypatch.setattr(calendar_letters, "post", post)
    monkeypatch.setattr(notices, "confirmed", failing_after(notices.confirmed))
    with pytest.raises(MemoryError):
        register()

    assert rows() != [0, 0]
