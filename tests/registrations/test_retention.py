"""Sensitive answers are erased when their consent says."""

from datetime import timedelta

import pytest

from eventapp.extensions import db
from eventapp.journal.models import Entry
from eventapp.registrations.questions import retention
from eventapp.registrations.questions.models import Answer, QuestionKind
from eventapp.worker import Worker
from tests.factories import ENDS, NOW, make_event, make_question, make_registration, save

pytestmark = pytest.mark.both_databases
BLINK = timedelta(microseconds=1)


def plant(**facts):
    """An answer to a sensitive question, and one to another."""
    event = make_event()
    registration = make_registration(event)
    facts = {"kind": QuestionKind.TEXT, "sensitive": True} | facts
    save(Answer(registration=registration, question=make_question(event, **facts), value="rampe", consented_at=NOW))
    save(Answer(registration=registration, question=make_question(event), value=True))
    return event


def forget(now):
    events = retention.events_with_answers_over(now=now)
    for event_id in events:
        retention.forget_sensitive(event_id, now=now)
    return events


@pytest.mark.parametrize(("facts", "days"), [({}, 7), ({"kept_days": 30}, 30), ({"retired_at": NOW}, 7)])
def test_they_are_erased_at_their_very_instant(facts, days):
    event = plant(**facts)
    ends = ENDS + timedelta(days=days)

    assert forget(ends - BLINK) == []
    assert forget(ends) == [event.id]

    assert db.session.scalars(db.select(Answer.value)).all() == [True]


def test_they_are_erased_at_the_end_when_they_are_kept_no_day():
    event = plant(kept_days=0)
    assert forget(ENDS) == [event.id]


def test_the_journal_says_how_many_and_once():
    plant()
    later = ENDS + timedelta(days=8)

    forget(later)

    assert forget(later) == []
    [entry] = db.session.scalars(db.select(Entry).where(Entry.act == "answers.forgotten"))
    assert entry.sentence == "1 réponse sensible effacée, comme promis."


def test_the_worker_erases_them():
    event = plant()
    event.starts_at, event.ends_at = NOW - timedelta(days=400), NOW - timedelta(days=399)
    db.session.commit()

    Worker().run_jobs()

    assert db.session.scalars(db.select(Answer.value)).all() == [True]
