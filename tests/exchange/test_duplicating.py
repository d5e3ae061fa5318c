from datetime import date, timedelta

import pytest

from eventapp.errors import Refused
from eventapp.events.lifecycle import SlugTaken
from eventapp.events.models import Event
from eventapp.exchange import applying, reading, taking, writing
from eventapp.exchange.duplicating import Parts, counts, duplicate
from eventapp.exchange.guests_again import Brought, bring, count
from eventapp.exchange.shifting import shift_sessions
from eventapp.extensions import db
from eventapp.invitations import automatic
from eventapp.invitations.models import Guest, GuestKind, GuestState, NamedAs
from eventapp.letters.models import Letter, LetterKind
from tests.exchange.files import WHOLE
from tests.factories import (
    NOW,
    make_category,
    make_event,
    make_guest,
    make_invitation,
    make_person,
    make_question,
    make_session,
    make_structure,
    make_user,
    save,
)


def whole(**changes):
    return applying.import_file(reading.read(WHOLE | changes), publish=True, update=False, now=NOW).event


def copy_of(event, starts_on=date(2027, 7, 1)):
    made = duplicate(event, slug="copie", title="Copie", starts_on=starts_on, now=NOW, by=None)
    db.session.flush()
    return writing.as_dict(taking.take(made))


@pytest.mark.both_databases
def test_a_copy_keeps_its_hours_on_the_other_side_of_summer_time():
    copy = copy_of(whole())
    assert (copy["starts_at"], copy["ends_at"]) == ("2027-07-01T09:00", "2027-07-01T17:00")
    assert [s["starts_at"] for s in copy["sessions"]] == ["2027-07-01T09:30", "2027-07-01T14:00"]
    assert copy["choice_required"] == ["2027-07-01T14:00"]
    assert copy["registration"]["closes_at"] == "2027-06-24T18:00"


def test_a_copy_is_a_draft_with_everything_but_the_report():
    copy = copy_of(whole(report="Réussi"), starts_on=date(2027, 1, 14))
    assert copy == WHOLE | {"slug": "copie", "title": "Copie", "status": "draft"}


def test_the_last_letter_comes_along():
    event = whole()
    for version, subject in ((1, "Ancienne"), (2, "Dernière")):
        save(
            Letter(
                event_id=event.id,
                name=LetterKind.INVITATION,
                version=version,
                subject=subject,
                body="…",
                written_at=NOW,
            )
        )
    made = duplicate(event, slug="copie", title="Copie", starts_on=date(2027, 7, 1), now=NOW, by=None)
    letters = db.session.scalars(db.select(Letter).where(Letter.event_id == made.id)).all()
    assert [(letter.version, letter.subject) for letter in letters] == [(1, "Dernière")]


def test_a_taken_address_is_refused():
    event = whole()
    with pytest.raises(SlugTaken):
        duplicate(event, slug=event.slug, title="x", starts_on=date(2027, 7, 1), now=NOW, by=None)


def test_a_session_in_the_gap_of_spring_is_refused_by_its_title():
    event = whole()
    early = "2027-01-14T02:30"
    make_session(event, title="Matinale", starts_at=_instant(early), ends_at=_instant(early) + timedelta(minutes=20))
    with pytest.raises(Refused) as refusal:
        duplicate(event, slug="copie", title="x", starts_on=date(2027, 3, 28), now=NOW, by=None)
    assert (refusal.value.field, "Matinale" in str(refusal.value)) == ("starts_on", True)


def test_sessions_follow_a_moved_event():
    event = whole()
    shift_sessions(event, timedelta(days=7, hours=1), now=NOW, by=None)
    db.session.flush()
    found = writing.as_dict(taking.take(event))
    assert [s["starts_at"] for s in found["sessions"]] == ["2027-01-21T10:30", "2027-01-21T15:00"]
    assert found["choice_required"] == ["2027-01-21T15:00"]


def _instant(text):
    return reading.read(WHOLE | {"starts_at": text}).starts_at


def test_what_leaves_by_itself_is_planned_for_the_copy_from_its_own_dates():
    event = make_event()
    user = make_user(event.organisation)
    automatic.add(event, LetterKind.PRACTICAL, 3, now=NOW, by=user)
    automatic.stop(automatic.add(event, LetterKind.THANKS, 1, now=NOW, by=user), now=NOW, by=user)

    copy = duplicate(event, slug="copie", title="Copie", starts_on=date(2027, 6, 10), now=NOW, by=user)

    (planned,) = automatic.of(copy)
    assert automatic.leaves_at(planned) == copy.starts_at - timedelta(days=3)


def only(event, **parts):
    copy = duplicate(
        event, slug="copie", title="Copie", starts_on=date(2027, 7, 1), parts=Parts(**parts), now=NOW, by=None
    )
    db.session.flush()
    return writing.as_dict(taking.take(copy))


def test_without_rooms_the_sessions_stay_without_one():
    copy = only(whole(), rooms=False)
    assert copy["rooms"] == []
    assert [session["room"] for session in copy["sessions"]] == [None, None]
    assert copy["sessions"][0]["speakers"] == WHOLE["sessions"][0]["speakers"]


def test_without_speakers_nobody_speaks():
    copy = only(whole(), speakers=False)
    assert (copy["speakers"], [s["speakers"] for s in copy["sessions"]]) == ([], [[], []])


def test_without_its_programme_nothing_has_to_be_chosen():
    copy = only(whole(), agenda=False)
    assert (copy["sessions"], copy["choice_required"]) == ([], [])
    assert len(copy["rooms"]) == 2


def test_categories_questions_letters_and_what_leaves_by_itself_may_stay_behind():
    event = make_event()
    user = make_user(event.organisation)
    make_category(event)
    make_question(event)
    automatic.add(event, LetterKind.PRACTICAL, 3, now=NOW, by=user)
    save(Letter(event_id=event.id, name=LetterKind.INVITATION, version=1, subject="x", body="…", written_at=NOW))
    assert counts(event, now=NOW) | {"agenda": 0} == dict.fromkeys(counts(event, now=NOW), 1) | {
        "agenda": 0, "rooms": 0, "speakers": 0,
    }  # fmt: skip
    left = dict.fromkeys(("categories", "questions", "letters", "automatic"), False)
    duplicate(event, slug="copie", title="Copie", starts_on=date(2027, 7, 1), parts=Parts(**left), now=NOW, by=None)
    copy = db.session.scalar(db.select(Event).where(Event.slug == "copie"))
    assert not any(counts(copy, now=NOW).values())


@pytest.mark.both_databases
def test_guests_come_along_as_people_never_invited():
    event = make_event()
    category = make_category(event, slug="elus", name="Élus")
    kept = make_guest(event, make_person(category=category))
    make_invitation(kept)
    office = make_guest(
        event, make_person(first_name="", structure=make_structure()), kind=GuestKind.STRUCTURE, places=3
    )
    make_guest(event, removed_at=NOW)
    make_guest(event, undeliverable_at=NOW)
    make_guest(event, named_by=office, named_as=NamedAs.COLLEAGUE)
    copy = duplicate(event, slug="copie", title="Copie", starts_on=date(2027, 7, 1), now=NOW, by=None)

    brought = bring(event, copy, now=NOW, by=None)

    assert brought == Brought(added=2, withdrawn=1, undeliverable=1, named=1) == count(event)
    found = {guest.email: guest for guest in db.session.scalars(Guest.of(copy)).unique()}
    assert found.keys() == {kept.email, office.email}
    assert {guest.state for guest in found.values()} == {GuestState.NOT_INVITED}
    assert (found[kept.email].category.slug, found[office.email].places) == ("elus", 3)
    assert event.title in found[kept.email].origin
    assert "1 adresse qui ne reçoit plus" in brought.sentence
