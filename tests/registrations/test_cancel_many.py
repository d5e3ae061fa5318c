"""Several cancelled at once: under one lock, with one message, and their places go to others."""

from collections.abc import Callable

import pytest

from eventapp.extensions import db
from eventapp.journal.models import Entry
from eventapp.outbox.models import Message, Priority
from eventapp.registrations import changes
from eventapp.registrations.models import Registration, Status
from tests.factories import NOW, make_event, make_registration, make_user

Outbox = Callable[[], list[Message]]
pytestmark = pytest.mark.both_databases


def cancel(*people: Registration, tell: bool = True) -> list[Registration]:
    event, ids = people[0].event, {one.id for one in people}
    words = {"reason": "Salle réduite", "message": "Venez **en mars**.", "tell": tell}
    ended = changes.cancel_many(event, ids, now=NOW, by=make_user(), **words)
    db.session.flush()
    return ended


def test_no_place_passes_from_one_to_another_of_them() -> None:
    event = make_event(capacity=1)
    seated = make_registration(event)
    first, second = (make_registration(event, status=Status.WAITING) for _ in range(2))
    cancel(seated, first)
    assert [one.status for one in (seated, first, second)] == [Status.CANCELLED, Status.CANCELLED, Status.CONFIRMED]


def test_each_has_one_row_and_one_letter_with_the_message(outbox: Outbox) -> None:
    event = make_event()
    people = [make_registration(event) for _ in range(3)]
    cancel(*people[:2])
    assert [(m.to, m.context["words"], m.priority) for m in outbox()] == [
        (one.email, "Venez **en mars**.", Priority.BULK) for one in people[:2]
    ]
    assert db.session.scalars(db.select(Entry.act)).all() == ["registration.cancelled"] * 2
    assert people[0].cancellation_reason == "Salle réduite"


def test_nobody_is_told_without_the_box_and_the_gone_stay_gone(outbox: Outbox) -> None:
    gone = make_registration(make_event(), status=Status.CANCELLED)
    assert cancel(gone) == []
    cancel(make_registration(make_event()), tell=False)
    assert outbox() == []


def test_those_of_another_event_are_left_alone() -> None:
    mine, foreign = make_registration(make_event()), make_registration(make_event())
    assert cancel(mine, foreign) == [mine]
    assert foreign.is_confirmed
