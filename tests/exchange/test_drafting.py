"""The programme of a released event is edited beside it, by the verbs that edit rows."""

from datetime import timedelta

import pytest

from eventapp.agenda import editing, rooms, speakers
from eventapp.agenda.models import BookingMode, Room, Session, Speaker
from eventapp.errors import Refused
from eventapp.exchange import applying, drafting, shifting, taking
from eventapp.extensions import db
from eventapp.journal.models import Entry
from tests.factories import NOW, STARTS, make_event, make_room, make_session, make_speaker

HOUR = timedelta(hours=1)


@pytest.fixture
def event():
    """Shown to everyone: two sessions, of which one may be booked, in a room, with somebody who speaks."""
    event = make_event(slug="rencontre", choice_required=["2027-01-14T11:00"])
    amphi = make_room(event, slug="amphi", name="Amphi")
    make_session(event, make_speaker(event, slug="jeanne"), room=amphi, slug="ouverture", title="Ouverture")
    make_session(event, room=amphi, slug="atelier", starts_at=STARTS + 2 * HOUR, booking=BookingMode.OPTIONAL)
    return event


def edit(event, act):
    with drafting.edited(event, now=NOW, by=None):
        act()


def row(event, slug, model=Session):
    return db.session.scalar(db.select(model).where(model.event_id == event.id, model.slug == slug))


def retitle(event, title="Accueil", slug="ouverture"):
    edit(event, lambda: editing.edit_session(row(event, slug), {"title": title}, now=NOW, by=None))


@pytest.mark.both_databases
def test_an_edit_waits_and_leaves_everything_shown_as_it_is(event):
    before = taking.take(event)

    retitle(event)

    assert taking.take(event) == before
    plan = drafting.plan(event)
    assert plan.sessions[0].title == "Accueil"
    assert plan.differences == ["Session modifiée\u00a0: Accueil (titre\u00a0: Ouverture → Accueil)"]
    assert sorted(event.draft) == sorted([*drafting.PARTS, applying.ZONE])


@pytest.mark.both_databases
def test_edits_add_up_and_are_published_together(event):
    retitle(event)
    edit(event, lambda: rooms.add_room(event, name="Salle Vauban", now=NOW, by=None))
    edit(event, lambda: editing.edit_session(
        row(event, "atelier"), {"room": row(event, "salle-vauban", Room)}, now=NOW, by=None))  # fmt: skip
    edit(event, lambda: speakers.remove_speaker(row(event, "jeanne", Speaker), now=NOW, by=None))

    assert db.session.scalars(Room.of(event)).all() == [row(event, "amphi", Room)]
    applying.publish_draft(event, now=NOW, by=None)

    assert (row(event, "ouverture").title, row(event, "atelier").room.name) == ("Accueil", "Salle Vauban")
    assert (event.draft, row(event, "jeanne", Speaker)) == (None, None)


def test_what_waits_is_read_without_a_row(event):
    edit(event, lambda: editing.add_session(
        event, title="Café", starts_at=STARTS + HOUR, ends_at=STARTS + 2 * HOUR, now=NOW, by=None))  # fmt: skip
    db.session.commit()

    plan = drafting.plan(event)

    assert [session.slug for session in plan.sessions] == ["ouverture", "cafe", "atelier"]
    assert plan.session("cafe").id < 0 < plan.session("atelier").id == row(event, "atelier").id
    assert plan.session("ouverture").appearances[0].speaker.first_name == "Jeanne"
    assert plan.session("cafe").room is None
    assert not db.session.new
    assert not db.session.dirty


def test_what_is_undone_waits_no_more(event):
    title = row(event, "ouverture").title
    retitle(event)
    retitle(event, title)

    assert event.draft is None
    assert drafting.plan(event).differences == []


def test_a_refusal_leaves_the_draft_as_it_was(event):
    retitle(event)
    before = event.draft

    with pytest.raises(Refused):
        edit(event, lambda: editing.edit_session(row(event, "atelier"), {"ends_at": STARTS}, now=NOW, by=None))

    assert event.draft == before
    assert row(event, "atelier").ends_at == STARTS + 3 * HOUR


def test_the_journal_says_what_was_done_once(event, outbox):
    retitle(event)
    retitle(event)  # nothing new

    sentences = db.session.scalars(db.select(Entry.sentence).where(Entry.event_id == event.id)).all()
    assert [words.replace("\u00a0", " ") for words in sentences] == ["Brouillon : Session « Accueil » modifiée"]
    assert outbox() == []


def test_before_it_is_shown_an_edit_is_of_the_rows(event):
    event.published_at = None

    retitle(event)

    assert (row(event, "ouverture").title, event.draft) == ("Accueil", None)
    assert drafting.plan(event).differences is None


def test_what_the_draft_does_not_say_stays_as_it_is_now(event):
    retitle(event)
    event.summary = "Écrit depuis"

    applying.publish_draft(event, now=NOW, by=None)

    assert (event.summary, row(event, "ouverture").title) == ("Écrit depuis", "Accueil")


def test_a_whole_file_that_waits_is_edited_too(event):
    event.draft = applying.writing.as_dict(taking.take(event)) | {"title": "Autre titre"}

    retitle(event)
    applying.publish_draft(event, now=NOW, by=None)

    assert (event.title, row(event, "ouverture").title) == ("Autre titre", "Accueil")


def test_a_session_cancelled_at_once_leaves_the_draft(event):
    retitle(event)
    editing.cancel_session(row(event, "atelier"), now=NOW, by=None)

    drafting.leave_out(event, "atelier")
    applying.publish_draft(event, now=NOW, by=None)

    assert row(event, "atelier").cancelled_at == NOW
    assert row(event, "ouverture").title == "Accueil"


def test_a_cancelled_session_is_still_in_the_plan(event):
    editing.cancel_session(row(event, "atelier"), now=NOW, by=None)

    retitle(event)

    assert [session.slug for session in drafting.plan(event).sessions] == ["ouverture", "atelier"]


def test_the_draft_follows_an_event_that_moves(event):
    retitle(event)
    day = timedelta(days=1)
    event.starts_at, event.ends_at = event.starts_at + day, event.ends_at + day
    shifting.shift_sessions(event, day, now=NOW, by=None)

    drafting.follow(event, day)

    assert drafting.plan(event).differences == ["Session modifiée\u00a0: Accueil (titre\u00a0: Ouverture → Accueil)"]
    assert drafting.plan(event).required == ("2027-01-15T11:00",)


def test_what_waits_is_published_as_a_file_would_be(event):
    retitle(event)
    edit(event, lambda: editing.cancel_session(row(event, "atelier"), now=NOW, by=None))
    waiting = applying.waiting_file(event)

    applying.import_file(waiting, publish=True, update=True, now=NOW)

    assert taking.take(event).sessions == waiting.sessions
