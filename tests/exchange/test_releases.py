"""Releasing a programme: what it changes, whom it affects and tells, and the releases that are kept."""

from datetime import timedelta

import pytest

from eventapp.agenda import editing
from eventapp.agenda.models import BookingMode, Session
from eventapp.exchange import applying, drafting, reading, taking
from eventapp.exchange.affected import affected
from eventapp.exchange.releases import keep_release, releases
from eventapp.exchange.telling import Telling
from eventapp.extensions import db
from eventapp.outbox import rendering
from eventapp.registrations.models import Booking
from tests.factories import NOW, STARTS, make_event, make_registration, make_room, make_session, save

HOUR = timedelta(hours=1)
LATER = NOW + HOUR


@pytest.fixture
def event():
    """Released: two workshops at different hours, both booked by one person; one more person booked the first."""
    event = make_event(slug="rencontre")
    room = make_room(event, slug="salle", name="Salle Vauban")
    for slug, hours in (("matin", 2), ("midi", 4)):
        make_session(
            event, room=room, slug=slug, title=slug.capitalize(), starts_at=STARTS + hours * HOUR,
            ends_at=STARTS + (hours + 1) * HOUR, booking=BookingMode.OPTIONAL,
        )  # fmt: skip
    keep_release(event, now=NOW, by=None)
    return event


@pytest.fixture
def both(event):
    registration = make_registration(event)
    for slug in ("matin", "midi"):
        book(event, registration, slug)
    return registration


@pytest.fixture
def one(event):
    registration = make_registration(event)
    book(event, registration, "matin")
    return registration


def book(event, registration, slug, confirmed_at=NOW):
    session = row_of(event, slug)
    facts = {"event_id": event.id, "created_at": NOW, "confirmed_at": confirmed_at}
    save(Booking(registration=registration, session=session, **facts))


def row_of(event, slug):
    return db.session.scalars(db.select(Session).where(Session.event_id == event.id, Session.slug == slug)).one()


def plan_another_hour(event, slug="matin", starts=4):
    with drafting.edited(event, now=NOW, by=None):
        facts = {"starts_at": STARTS + starts * HOUR, "ends_at": STARTS + (starts + 1) * HOUR}
        editing.edit_session(row_of(event, slug), facts, now=NOW, by=None)


def plan_without(event, slug="matin"):
    with drafting.edited(event, now=NOW, by=None):
        editing.remove_session(row_of(event, slug), now=NOW, by=None)


def effects(event):
    return affected(event, taking.take(event), applying.waiting_file(event))


def publish(event, **decided):
    return applying.publish_draft(event, telling=Telling(**decided), now=LATER, by=None)


@pytest.mark.both_databases
def test_those_who_booked_what_moves_or_overlaps_are_named(event, both, one):
    plan_another_hour(event)

    found = effects(event)

    assert [(e.titles, e.count) for e in found.changed] == [(["Matin"], 2)]
    assert [(e.titles, e.people) for e in found.overlapping] == [(["Matin", "Midi"], [both])]
    assert found.removed == []


@pytest.mark.both_databases
def test_those_who_booked_what_goes_are_named(event, both, one):
    plan_without(event)

    found = effects(event)

    assert [(e.titles, set(e.people)) for e in found.removed] == [(["Matin"], {both, one})]
    assert (found.changed, found.overlapping) == ([], [])


@pytest.mark.both_databases
def test_who_waits_for_one_of_two_that_overlap_is_named_apart_and_asked_nothing(event, both, one, outbox):
    row_of(event, "midi").capacity = 0
    book(event, one, "midi", confirmed_at=None)
    plan_another_hour(event)

    found = effects(event)
    publish(event)

    assert [(e.titles, e.people) for e in found.overlapping] == [(["Matin", "Midi"], [both])]
    assert [(e.titles, e.people) for e in found.awaited] == [(["Matin", "Midi"], [one])]
    asked = {message.to for message in outbox() if "même heure que" in rendering.render(message).text}
    assert asked == {both.email}


def test_a_change_of_what_nobody_booked_affects_nobody(event, one):
    plan_another_hour(event, "midi", 6)

    assert effects(event).is_empty
    assert publish(event) == 0


@pytest.mark.both_databases
def test_one_letter_says_all_that_changes_for_somebody(event, both, outbox):
    plan_another_hour(event, "matin", 5)
    plan_without(event, "midi")

    assert publish(event, note="L’animatrice est retenue.") == 1

    told, *updates = outbox()
    assert told.letter == "registrations/programme_changed"
    text = rendering.render(told).text
    assert text.startswith("Plusieurs de vos sessions changent.\nJeudi 14 janvier 2027")
    assert "Avant" in text
    assert "Maintenant" in text
    assert "«\u00a0Midi\u00a0» n’aura pas lieu." in text
    assert "L’animatrice est retenue." in text
    assert {message.letter for message in updates} <= {"registrations/calendar_update"}


def test_the_second_entry_of_a_calendar_says_that_it_goes_with_the_change(event, both, outbox):
    plan_another_hour(event, "matin", 5)
    plan_another_hour(event, "midi", 7)

    publish(event)

    _told, update = outbox()
    assert update.letter == "registrations/calendar_update"
    letter, said = rendering.render(update), "Il accompagne le courriel qui vous dit ce qui change au programme\u00a0:"
    assert said in letter.text.replace("\n", " ")
    assert said in letter.html


@pytest.mark.parametrize(
    ("act", "invited"),
    [
        (plan_without, "vous pouvez choisir une autre session."),
        (plan_another_hour, "vous pouvez choisir une autre session ou renoncer à celle-ci."),
    ],
)
def test_a_session_that_is_cancelled_is_not_to_be_given_up(event, one, outbox, act, invited):
    act(event)

    publish(event)

    letter = rendering.render(outbox()[0])
    assert invited in letter.text
    assert invited in letter.html


@pytest.mark.parametrize(
    ("confirmed_at", "follows"),
    [(NOW, "Votre réservation vous suit."), (None, "Votre rang dans la liste d’attente vous suit.")],
)
def test_a_seat_follows_a_session_that_moves_and_so_does_a_rank(event, outbox, confirmed_at, follows):
    row_of(event, "matin").capacity = 0
    book(event, make_registration(event), "matin", confirmed_at=confirmed_at)
    plan_another_hour(event, starts=6)

    publish(event)

    letter = rendering.render(outbox()[0])
    assert [text.count("vous suit") for text in (letter.text, letter.html)] == [1, 1]
    assert follows in letter.html
    assert follows in " ".join(letter.text.split())


def test_who_now_holds_two_sessions_of_one_hour_is_asked_to_choose(event, both, outbox):
    plan_another_hour(event)

    publish(event)

    assert "même heure que «\u00a0Midi\u00a0»" in rendering.render(outbox()[0]).text


def test_everyone_registered_is_told_what_changed_when_the_organiser_says_so(event, one, outbox):
    other = make_registration(event)
    plan_another_hour(event)

    assert publish(event, to_everyone=True) == 2

    text = rendering.render(next(m for m in outbox() if m.to == other.email)).text
    assert "vos sessions restent les mêmes" in text
    assert "Session modifiée\u00a0: Matin (horaire" in text


def test_a_draft_edited_while_it_was_read_is_not_published(event):
    plan_another_hour(event)
    seen = applying.mark(event)
    plan_another_hour(event, starts=6)

    with pytest.raises(applying.DraftChanged):
        applying.publish_draft(event, seen=seen, now=LATER, by=None)

    assert row_of(event, "matin").starts_at == STARTS + 2 * HOUR


def test_what_was_edited_in_the_event_meanwhile_is_not_overwritten(event):
    plan_another_hour(event)
    event.capacity = 7

    publish(event)

    assert (event.capacity, row_of(event, "matin").starts_at) == (7, STARTS + 4 * HOUR)


@pytest.mark.both_databases
def test_each_release_is_kept_as_it_was_shown(event, one):
    plan_another_hour(event)
    publish(event)

    second, first = db.session.scalars(releases(event))

    assert (first.number, second.number, second.told) == (1, 2, 1)
    starts = [reading.read(release.file).sessions[0].starts_at for release in (first, second)]
    assert starts == [STARTS + 2 * HOUR, STARTS + 4 * HOUR]


@pytest.mark.both_databases
def test_an_earlier_release_is_taken_up_in_the_draft(event):
    plan_without(event)
    publish(event)
    first = reading.read(db.session.scalars(releases(event)).all()[-1].file)

    assert drafting.take_up(event, first, "version 1 reprise", now=LATER, by=None)

    (added,) = drafting.plan(event).differences
    assert added.startswith("Session ajoutée\u00a0: Matin, jeudi 14 janvier 2027, 11\u00a0h")
    assert row_of(event, "matin").cancelled_at == LATER


def test_taking_up_what_is_shown_leaves_no_draft(event):
    first = reading.read(db.session.scalars(releases(event)).one().file)

    assert not drafting.take_up(event, first, "version 1 reprise", now=LATER, by=None)
    assert event.draft is None
    assert db.session.scalar(db.select(db.func.count(Session.id))) == 2
