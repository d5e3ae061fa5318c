"""Two clicks at once on what arranges a programme: one effect, on both databases."""

import pytest

from eventapp.agenda.models import Session
from eventapp.events.models import Event
from eventapp.exchange import drafting
from eventapp.exchange.models import AgendaImport, EventTemplate, Release
from eventapp.extensions import db
from eventapp.outbox.models import Message
from tests.faults.prepared import PREPARED
from tests.faults.test_races import acts, at_once, count
from tests.faults.world import build

pytestmark = pytest.mark.both_databases


def planned(side):
    """What the draft holds, by title and hour."""
    db.session.rollback()
    db.session.expire_all()
    return sorted((session.title, session.starts_at) for session in drafting.plan(side.event).sessions)


@pytest.mark.parametrize(("endpoint", "more"), [("do_copy_session", 2), ("add_half_day", 7), ("do_shift", 0)])
def test_arranging_the_programme_twice(app, endpoint, more):
    side = build()
    before = planned(side)

    at_once(app, side, f"agenda_organiser.{endpoint}", user=side.organiser)

    after = planned(side)
    assert len(after) == len(before) + more
    assert acts("event.drafted") == 1
    gone = {hour for _title, hour in before} - {hour for _title, hour in after}
    assert bool(gone) == (endpoint == "do_shift")
    if gone:
        moved = {new - old for (_, old), (_, new) in zip(before, after, strict=True)}
        assert {step.total_seconds() / 60 for step in moved} == {10}


def test_publishing_a_draft_twice_tells_each_person_once(app):
    side = build()
    at_once(app, side, "agenda_organiser.do_shift", user=side.organiser)
    before = count(Release)

    answers = at_once(app, side, "events_organiser.publish_draft", user=side.organiser)

    assert count(Release) == before + 1
    assert 303 in [status for status, _text in answers]
    letters = list(db.session.scalars(db.select(Message.to).where(Message.letter == "registrations/programme_changed")))
    assert letters
    assert len(letters) == len(set(letters))


def test_taking_up_a_release_twice(app):
    side = build()
    answers = at_once(app, side, "events_organiser.take_up", user=side.organiser)
    assert {status for status, _text in answers} == {303}
    assert acts("event.drafted") <= 1


def test_beginning_an_event_from_a_template_twice(app):
    side = build()
    before = count(Event)
    answers = at_once(app, side, "events_organiser.start_from_template", user=side.organiser)
    assert count(Event) == before + 1
    assert len(set(answers)) == 1


def test_confirming_an_import_twice(app):
    side = build()
    before = len(planned(side))
    answers = at_once(app, side, "events_organiser.take_agenda", user=side.organiser)
    assert len(planned(side)) == before + 1
    assert len(set(answers)) == 1
    assert (count(AgendaImport, AgendaImport.taken_at.is_not(None)), acts("event.drafted")) == (1, 1)


@pytest.mark.parametrize("endpoint", ["leave_agenda", "do_remove_template", "restore_template", "keep_template"])
def test_nothing_else_done_twice_crashes(app, endpoint):
    side = build()
    templates = count(EventTemplate)
    PREPARED.get(f"events_organiser.{endpoint}", lambda _side: None)(side)
    answers = at_once(app, side, f"events_organiser.{endpoint}", user=side.organiser)
    assert 303 in [status for status, _text in answers]
    assert count(EventTemplate) == templates + (endpoint == "keep_template")
    assert count(Session) > 0
