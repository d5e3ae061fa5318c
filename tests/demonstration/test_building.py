from collections import Counter
from itertools import islice

import pytest

from eventapp.clock import utcnow
from eventapp.demonstration import building
from eventapp.events.models import Event, SessionChoice
from eventapp.extensions import db
from eventapp.invitations import listing
from eventapp.invitations.segments import Standing
from eventapp.network.models import Structure
from eventapp.outbox.models import Message, State
from eventapp.registrations import seats
from eventapp.registrations.groups.models import Party
from eventapp.registrations.models import Registration, Status
from eventapp.registrations.places.allowances import allowances
from eventapp.registrations.self_service import calendar_replies
from eventapp.registrations.self_service.calendar_models import Participation
from eventapp.registrations.wishes.figures import people_and_wishes
from tests.factories import make_organisation

FEW = 20


def returned(event):
    """What did not arrive."""
    trouble = (Message.state == State.FAILED) | Message.bounced_at.is_not(None)
    return db.session.scalars(db.select(Message).where(Message.event_id == event.id, trouble)).all()


def test_the_demonstration_has_something_to_show_on_every_page():
    now = utcnow()
    event = building.build(now)

    assert db.session.scalar(db.select(db.func.count()).select_from(Structure)) == 205
    first = db.session.scalars(db.select(Event).where(Event.slug == "rencontres-regionales-2021")).one()
    assert first.report
    assert (event.starts_at - now).days in (44, 45)
    assert seats.availability(event, now=now).step == "open"
    places = [place.left for place in seats.session_places(event).values()]
    assert places.count(0) == 1
    assert all(count for count in listing.states(event).values())
    assert sum(listing.states(event).values()) > 300
    assert listing.standings(event)[Standing.UNDELIVERABLE] == 2
    (answer,) = db.session.scalars(calendar_replies.open_ones(event))
    assert answer.participation is Participation.DECLINED
    assert {message.state for message in returned(event)} == {State.SENT, State.FAILED}
    assert set(db.session.scalars(db.select(Party.event_id))) == {
        event.id
    }  # a group, and those a structure answered for
    assert db.session.scalars(allowances(event)).one().places > (event.per_structure or 0)
    assert event.per_structure_until is not None
    workshops = db.session.scalars(db.select(Event).where(Event.session_choice == SessionChoice.WISHES)).one()
    assert [slot.people > slot.rows[0][0].capacity for slot in people_and_wishes(workshops)] == [True, True]
    registrations = db.session.scalars(Registration.of(event)).unique().all()
    assert {r.status for r in registrations} == set(Status)
    assert {r.email.rsplit(".", 1)[1] for r in registrations} == {"example"}  # RFC 2606: reserved


@pytest.mark.long
@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_so_it_has_on_postgresql(database):
    test_the_demonstration_has_something_to_show_on_every_page()


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_the_same_acts_with_fewer_structures_on_postgresql(database, monkeypatch):
    complete = building._structures
    monkeypatch.setattr(building, "_structures", lambda: islice(complete(), FEW))

    event = building.build(utcnow())

    assert db.session.scalar(db.select(db.func.count()).select_from(Structure)) == FEW
    states = Counter(db.session.scalars(db.select(Registration.status).where(Registration.event_id == event.id)))
    assert states[Status.CONFIRMED] > FEW
    assert states[Status.CANCELLED] > 0


def test_a_database_in_use_refuses_the_demonstration(app):
    make_organisation()
    db.session.commit()

    result = app.test_cli_runner().invoke(args=["demo"])

    assert result.exit_code == 1
    assert "base vide" in result.stderr
