"""Import, update, draft: what a file does to the database, and whom it tells."""

import copy
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eventapp.accounts.models import Organisation
from eventapp.agenda.models import Session
from eventapp.events.models import Category, Event, Status
from eventapp.exchange import applying, reading, taking, writing
from eventapp.exchange.duplicating import duplicate
from eventapp.exchange.faults import BadFile
from eventapp.exchange.telling import will_be_told
from eventapp.extensions import db
from eventapp.journal.models import Entry
from eventapp.registrations.models import Booking
from eventapp.registrations.questions.models import Answer, Question
from tests.exchange.files import MINIMAL, WHOLE, event_files
from tests.factories import NOW, make_person, make_registration, make_structure, save

LATER = NOW + timedelta(days=1)


def import_(data, **options):
    return applying.import_file(reading.read(data), **{"publish": False, "update": False, "now": NOW} | options)


def exported(event):
    db.session.flush()
    db.session.expire_all()
    return writing.as_dict(taking.take(event))


def edited(**changes):
    return copy.deepcopy(WHOLE) | changes


def session(event, slug):
    return db.session.scalars(Session.of(event).where(Session.slug == slug)).one()


def book(event, slug, **facts):
    registration = make_registration(event, **facts)
    booking = Booking(
        event_id=event.id, registration=registration, session=session(event, slug), created_at=NOW, confirmed_at=NOW
    )
    db.session.add(booking)
    db.session.flush()
    return registration


def history(registration):
    about = Entry.subject_kind == "registration", Entry.subject_id == registration.id
    return db.session.scalars(db.select(Entry).where(*about)).all()


@pytest.mark.both_databases
def test_what_was_imported_is_exported_again():
    event = import_(WHOLE, publish=True).event
    assert exported(event) == WHOLE


def test_without_publish_the_status_of_the_file_is_ignored():
    assert import_(WHOLE).event.status is Status.DRAFT


def test_a_cancelled_event_is_cancelled_again_when_published():
    assert import_(edited(status="cancelled"), publish=True).event.status is Status.CANCELLED


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=event_files(), number=st.integers(0, 10**9))
def test_any_file_round_trips(data, number):
    data = data | {"slug": f"rencontre-{number}"}
    first = exported(import_(data).event)
    event = db.session.scalars(db.select(Event).where(Event.slug == data["slug"])).one()
    db.session.delete(event)
    db.session.flush()
    assert exported(import_(first).event) == first
    db.session.rollback()


def test_an_unknown_organisation_is_created():
    import_(WHOLE)
    organisation = db.session.scalars(db.select(Organisation)).one()
    assert (organisation.slug, organisation.region_code) == ("sgar-test", "32")


def test_a_known_organisation_is_left_as_it_is():
    import_(WHOLE)
    import_(edited(slug="autre", organisation={"slug": "sgar-test", "name": "Autre nom"}))
    assert db.session.scalars(db.select(Organisation.name)).all() == ["SGAR Test"]


def test_an_unknown_region_is_refused():
    with pytest.raises(BadFile) as refusal:
        import_(edited(organisation={"slug": "x", "name": "X", "region": "99"}))
    assert [str(f) for f in refusal.value.faults] == ["organisation.region: unknown region"]


@pytest.mark.both_databases
def test_an_existing_slug_is_refused_without_update():
    import_(WHOLE)
    with pytest.raises(BadFile) as refusal:
        import_(WHOLE)
    assert [str(f) for f in refusal.value.faults] == ["slug: already used by another event"]


def test_another_organisation_cannot_update():
    import_(WHOLE)
    with pytest.raises(BadFile) as refusal:
        import_(edited(organisation={"slug": "autre", "name": "Autre"}), update=True)
    assert [str(f) for f in refusal.value.faults] == ["organisation.slug: another organisation owns this event"]


def test_an_update_of_an_unknown_slug_creates():
    assert import_(WHOLE, update=True).is_new


def test_a_draft_event_is_updated_at_once():
    import_(WHOLE)
    outcome = import_(edited(title="Autre titre"), update=True, now=LATER)
    assert (outcome.event.title, outcome.event.revision > 1, outcome.event.draft) == ("Autre titre", True, None)


def test_a_released_event_keeps_its_pages_and_gets_a_draft():
    import_(WHOLE, publish=True)
    outcome = import_(edited(title="Autre titre"), update=True)
    assert (outcome.is_draft, outcome.event.title) == (True, "Rencontres 2027")
    assert outcome.event.draft["title"] == "Autre titre"


def test_publishing_the_draft_applies_and_clears_it():
    event = import_(WHOLE, publish=True).event
    import_(edited(title="Autre titre"), update=True)
    applying.publish_draft(event, now=LATER, by=None)
    assert (event.title, event.draft) == ("Autre titre", None)


def test_abandoning_the_draft_changes_nothing_else():
    event = import_(WHOLE, publish=True).event
    before = exported(event)
    import_(edited(title="Autre titre"), update=True)
    applying.abandon_draft(event, now=LATER, by=None)
    assert exported(event) == before
    with pytest.raises(applying.NoDraft):
        applying.publish_draft(event, now=LATER, by=None)


def test_updating_with_the_same_file_raises_no_session():
    event = import_(WHOLE, publish=True).event
    import_(WHOLE, update=True, publish=True, now=LATER)
    assert [(s.revision, s.sequence) for s in db.session.scalars(Session.of(event))] == [(1, 0), (1, 0)]


@pytest.mark.both_databases
def test_a_session_missing_from_the_file_is_cancelled_not_deleted():
    event = import_(WHOLE, publish=True).event
    import_(edited(sessions=WHOLE["sessions"][:1], choice_required=[]), update=True, publish=True, now=LATER)
    gone = session(event, "table-ronde")
    assert (gone.cancelled_at, gone.sequence) == (LATER, 1)


def test_a_cancelled_session_of_the_file_is_held_again():
    event = import_(WHOLE, publish=True).event
    import_(edited(sessions=WHOLE["sessions"][:1], choice_required=[]), update=True, publish=True)
    import_(WHOLE, update=True, publish=True, now=LATER)
    assert exported(event) == WHOLE
    assert session(event, "table-ronde").sequence == 2


def test_rooms_and_speakers_missing_from_the_file_go():
    event = import_(WHOLE, publish=True).event
    sessions = [WHOLE["sessions"][0] | {"speakers": []}]
    smaller = edited(sessions=sessions, choice_required=[], rooms=WHOLE["rooms"][:1], speakers=[])
    import_(smaller, update=True, publish=True)
    assert exported(event) == smaller


def test_a_category_that_somebody_chose_cannot_be_removed():
    event = import_(WHOLE, publish=True).event
    make_registration(event, make_person(category=db.session.scalars(db.select(Category)).one()))
    with pytest.raises(BadFile) as refusal:
        import_(edited(categories=[]), update=True, publish=True)
    assert [str(f) for f in refusal.value.faults] == ["categories.agents: in use, cannot be removed"]


def test_a_question_missing_from_the_file_is_no_longer_asked():
    event = import_(WHOLE).event
    import_(edited(questions=WHOLE["questions"][:1]), update=True, now=LATER)
    assert [q.slug for q in db.session.scalars(Question.asked(event))] == ["repas"]
    assert db.session.scalar(db.select(db.func.count(Question.id))) == 2


@pytest.mark.both_databases
def test_a_file_keeps_what_people_agreed_to():
    event = import_(WHOLE, publish=True).event
    menu = db.session.scalars(db.select(Question).where(Question.event_id == event.id, Question.slug == "menu")).one()
    save(Answer(registration=make_registration(event), question=menu, value="standard", consented_at=NOW))
    longer = [WHOLE["questions"][0], WHOLE["questions"][1] | {"kept_days": 300}]

    with pytest.raises(BadFile) as refusal:
        import_(edited(questions=longer), update=True, now=LATER, publish=True)

    faults = [str(fault) for fault in refusal.value.faults]
    assert faults == ["questions[1].sensitive: has answers, its consent cannot change"]


def test_another_date_tells_everybody_once(outbox):
    event = import_(WHOLE, publish=True).event
    moved = edited(ends_at="2027-01-14T18:00")
    moved["sessions"][1]["starts_at"] = "2027-01-14T14:15"
    moved["choice_required"] = []
    book(event, "table-ronde")
    make_registration(event)
    assert import_(moved, update=True, publish=True, now=LATER).told == 2
    assert [m.letter for m in outbox()] == ["registrations/event_moved"] * 2


def test_another_room_tells_only_those_who_booked(outbox):
    event = import_(WHOLE, publish=True).event
    booked = book(event, "table-ronde")
    make_registration(event)
    moved = edited()
    moved["sessions"][1]["room"] = "amphi"
    assert import_(moved, update=True, publish=True, now=LATER).told == 1
    assert [m.to for m in outbox()] == [booked.email]


def test_a_cancelled_session_frees_its_places_and_tells_who_booked(outbox):
    event = import_(WHOLE, publish=True).event
    booked = book(event, "table-ronde")
    smaller = edited(sessions=WHOLE["sessions"][:1], choice_required=[])
    import_(smaller, update=True, publish=True, now=LATER)
    assert [(m.to, m.letter) for m in outbox()] == [(booked.email, "registrations/programme_changed")]
    assert booked.live_bookings == []
    assert [entry.act for entry in history(booked)] == ["booking.session_cancelled"]


def test_another_word_tells_nobody(outbox):
    event = import_(WHOLE, publish=True).event
    book(event, "table-ronde")
    assert import_(edited(title="Autre"), update=True, publish=True, now=LATER).told == 0
    assert outbox() == []


def test_a_minimal_file_is_enough():
    assert import_(MINIMAL).event.organisation.email == ""


@pytest.mark.parametrize(
    ("changes", "count"),
    [
        ({"title": "Autre"}, 0),
        ({"ends_at": "2027-01-14T18:00"}, 2),
        ({"sessions": WHOLE["sessions"][:1], "choice_required": []}, 1),
        ({"sessions": WHOLE["sessions"][1:]}, 0),
    ],
)
def test_the_number_told_is_known_before_publishing(changes, count):
    event = import_(WHOLE, publish=True).event
    book(event, "table-ronde")
    make_registration(event)
    file = reading.read(edited(**changes))
    assert will_be_told(event, taking.take(event), file) == count
    assert import_(edited(**changes), update=True, publish=True, now=LATER).told == count


def test_an_update_keeps_what_it_does_not_speak_of():
    event = import_(WHOLE, publish=True).event
    short = {key: WHOLE[key] for key in ("format", "organisation", "slug", "starts_at", "ends_at")}
    import_(short | {"title": "Autre"}, update=True)
    assert event.draft["sessions"] == WHOLE["sessions"]
    applying.publish_draft(event, now=LATER, by=None)
    assert exported(event) == edited(title="Autre")


def test_an_update_that_takes_a_room_from_a_kept_session_is_refused():
    import_(WHOLE, publish=True)
    short = {key: WHOLE[key] for key in ("format", "organisation", "slug", "title", "starts_at", "ends_at")}
    with pytest.raises(BadFile) as refusal:
        import_(short | {"rooms": WHOLE["rooms"][:1]}, update=True)
    assert [str(f) for f in refusal.value.faults] == ["sessions[1].room: unknown room"]


def test_a_slot_whose_sessions_go_is_no_longer_required():
    event = import_(WHOLE, publish=True).event
    file = {key: value for key, value in WHOLE.items() if key != "choice_required"}
    import_(file | {"sessions": WHOLE["sessions"][:1]}, update=True, publish=True)
    assert event.choice_required == []


def with_structures(**changes):
    registration = WHOLE["registration"] | {
        "per_structure_until": "2027-01-05T09:00", "changes_until": "2027-01-06T18:00",
        "cancellations_until": "2027-01-08T18:00",
        "structures": [{"id_fs": "1", "places": 3}, {"id_fs": "2", "places": 0}],
    }  # fmt: skip
    return edited(registration=registration | changes)


@pytest.mark.both_databases
def test_exceptions_per_structure_and_dates_are_exported_again():
    make_structure(id_fs="1"), make_structure(id_fs="2")
    event = import_(with_structures(), publish=True).event
    assert exported(event) == with_structures()
    fewer = [{"id_fs": "2", "places": 4}]
    import_(with_structures(structures=fewer), publish=True, update=True)
    assert exported(event)["registration"]["structures"] == fewer
    import_(WHOLE, publish=True, update=True)
    assert exported(event)["registration"] == WHOLE["registration"]


@pytest.mark.parametrize("options", [{}, {"update": True}])
def test_an_unknown_structure_is_refused(options):
    make_structure(id_fs="1")
    if options:
        import_(WHOLE, publish=True)
    with pytest.raises(BadFile) as refusal:
        import_(with_structures(), **options)
    assert [str(f) for f in refusal.value.faults] == ["registration.structures.2: unknown structure"]


def test_a_copy_keeps_the_exceptions_and_shifts_the_dates():
    make_structure(id_fs="1"), make_structure(id_fs="2")
    event = import_(with_structures()).event
    starts_on = event.starts_at.date() + timedelta(days=7)
    part = exported(duplicate(event, slug="copie", title="Copie", starts_on=starts_on, now=NOW, by=None))[
        "registration"
    ]
    assert [part[name] for name in ("per_structure_until", "changes_until", "cancellations_until")] == [
        "2027-01-12T09:00", "2027-01-13T18:00", "2027-01-15T18:00",
    ]  # fmt: skip
    assert part["structures"] == with_structures()["registration"]["structures"]
