from dataclasses import replace
from datetime import timedelta

import pytest

from eventapp.events import lifecycle
from eventapp.events.locks import hold
from eventapp.events.models import Event, Status
from eventapp.extensions import db
from eventapp.journal.models import Entry
from tests.factories import ENDS, NOW, STARTS, make_event, make_organisation, make_user

LATER = NOW + timedelta(hours=1)
WEEK = timedelta(days=7)


def acts():
    return list(db.session.scalars(db.select(Entry.act).order_by(Entry.id)))


def create(**facts):
    defaults = {"slug": "rencontre", "title": "Rencontre de l’Été", "starts_at": STARTS, "ends_at": ENDS}
    return lifecycle.create(make_organisation(), now=NOW, by=None, **defaults | facts)


@pytest.mark.both_databases
def test_a_new_event_is_a_draft_with_its_own_calendar_entry():
    event = create()
    assert (event.status, event.revision, event.sequence) == (Status.DRAFT, 1, 0)
    assert event.calendar_uid.startswith("event-")
    assert acts() == ["event.created"]


@pytest.mark.both_databases
def test_a_slug_belongs_to_one_event():
    create()
    with pytest.raises(lifecycle.SlugTaken):
        create()
    assert db.session.scalar(db.select(db.func.count(Event.id))) == 1


def test_an_event_ends_after_it_starts():
    with pytest.raises(lifecycle.EndsBeforeStart) as refusal:
        create(ends_at=STARTS)
    assert refusal.value.field == "ends_at"


def test_registration_closes_after_it_opens():
    with pytest.raises(lifecycle.ClosesBeforeOpening) as refusal:
        create(opens_at=STARTS, closes_at=STARTS - WEEK)
    assert refusal.value.field == "closes_at"


def test_a_word_changes_the_revision_only():
    event = make_event()
    assert lifecycle.edit(event, {"summary": "Autre"}, now=LATER, by=None) == {"summary"}
    assert (event.revision, event.sequence, event.updated_at) == (2, 0, LATER)


def test_another_place_changes_the_calendar_entry():
    event = make_event()
    lifecycle.edit(event, {"venue": replace(event.venue, city="Amiens")}, now=LATER, by=None)
    assert (event.revision, event.sequence) == (2, 1)


def test_how_to_come_is_not_another_place():
    event = make_event()
    lifecycle.edit(event, {"venue": replace(event.venue, access="Métro")}, now=LATER, by=None)
    assert (event.revision, event.sequence) == (2, 0)


def test_saving_without_change_changes_nothing():
    event = make_event()
    assert lifecycle.edit(event, {"title": event.title}, now=LATER, by=None) == set()
    assert (event.revision, event.updated_at) == (1, NOW)


@pytest.mark.both_databases
def test_an_older_form_is_refused():
    event = make_event()
    lifecycle.edit(event, {"title": "Un"}, now=LATER, by=None, revision=1)
    with pytest.raises(lifecycle.EditedMeanwhile):
        lifecycle.edit(event, {"title": "Deux"}, now=LATER, by=None, revision=1)
    assert event.title == "Un"


def test_the_search_follows_title_and_place():
    event = create()
    lifecycle.edit(event, {"title": "Été à l’Île"}, now=LATER, by=None)
    assert event.search_text == "ete a l ile rencontre"


def test_publishing_twice_is_refused():
    event = make_event(published_at=None)
    lifecycle.publish(event, now=LATER, by=None)
    assert event.published_at == LATER
    with pytest.raises(lifecycle.AlreadyPublished):
        lifecycle.publish(event, now=LATER, by=None)


def test_withdrawing_hides_and_can_be_undone():
    event = make_event()
    lifecycle.withdraw(event, now=LATER, by=None)
    assert event.status is Status.DRAFT
    lifecycle.publish(event, now=LATER, by=None)
    assert event.status is Status.PUBLISHED


def test_cancelling_is_final():
    event = make_event()
    lifecycle.cancel(event, reason="Neige", now=LATER, by=None)
    assert (event.status, event.cancellation_reason, event.sequence) == (Status.CANCELLED, "Neige", 1)
    for again in (lifecycle.publish, lifecycle.withdraw):
        if again is lifecycle.publish:
            with pytest.raises(lifecycle.AlreadyCancelled):
                again(event, now=LATER, by=None)


def test_moving_raises_the_sequence_once():
    event = make_event()
    lifecycle.move(event, starts_at=STARTS + WEEK, ends_at=ENDS + WEEK, venue=event.venue, now=LATER, by=make_user())
    assert (event.starts_at, event.sequence) == (STARTS + WEEK, 1)


def test_moving_nowhere_is_refused():
    event = make_event()
    with pytest.raises(lifecycle.NothingMoves):
        lifecycle.move(event, starts_at=STARTS, ends_at=ENDS, venue=event.venue, now=LATER, by=None)


def test_a_free_slug_takes_the_year_then_a_number():
    assert lifecycle.free_slug("Rencontre d’Été", 2027) == "rencontre-d-ete"
    make_event(slug="rencontre-d-ete")
    assert lifecycle.free_slug("Rencontre d’Été", 2027) == "rencontre-d-ete-2027"
    make_event(slug="rencontre-d-ete-2027")
    assert lifecycle.free_slug("Rencontre d’Été", 2027) == "rencontre-d-ete-2027-2"
    assert lifecycle.free_slug("日本", 2027) == "evenement"


@pytest.mark.both_databases
def test_holding_again_in_the_same_transaction_keeps_what_was_read():
    event = make_event()
    db.session.commit()
    hold(event)
    event.title = "Lu après le verrou"
    hold(event)
    assert "title" in db.inspect(event).dict
    db.session.rollback()
    hold(event)
    assert event.title != "Lu après le verrou"
