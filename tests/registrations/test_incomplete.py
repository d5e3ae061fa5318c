"""Who still lacks an answer or a choice: the database finds exactly those of whom `missing` says so."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eventapp.agenda.models import BookingMode
from eventapp.events.models import Event, SessionChoice
from eventapp.extensions import db
from eventapp.registrations.models import Booking, Registration, Status
from eventapp.registrations.questions.completeness import missing
from eventapp.registrations.questions.incomplete import can_lack, is_incomplete
from eventapp.registrations.questions.models import Answer, QuestionKind
from eventapp.registrations.wishes.models import Wish
from tests.factories import NOW, make_event, make_question, make_registration, make_session, save

VALUES: list[Any] = [True, False, 12, 12.0, 3.5, "oui", "12", "Été", 'a"b', "100 %", "_", ["Été", "b"], ['a"b'], []]
CONDITIONS = [*VALUES[:11], "True", "b", "%", None]


def incomplete(event: Event) -> list[int]:
    query = db.select(Registration.id).where(Registration.event_id == event.id, is_incomplete(event))
    return list(db.session.scalars(query.order_by(Registration.id)))


def lacking(event: Event) -> list[int]:
    live = Registration.of(event).where(Registration.status != Status.CANCELLED)
    return sorted(one.id for one in db.session.scalars(live).unique() if missing(one))


@pytest.mark.both_databases
@settings(max_examples=12, deadline=None)
@given(
    facts=st.lists(st.tuples(st.booleans(), st.integers(-1, 3), st.sampled_from(CONDITIONS)), min_size=1, max_size=4),
    given_=st.lists(st.dictionaries(st.integers(0, 3), st.sampled_from(VALUES), max_size=4), min_size=1, max_size=6),
)
def test_the_database_decides_as_the_page_does(
    facts: list[tuple[bool, int, Any]], given_: list[dict[int, Any]]
) -> None:
    event = make_event()
    questions = []
    for place, (required, source, wanted) in enumerate(facts):
        shown_if = {"question": f"q{source}", "is": wanted} if source >= 0 else None
        kind = QuestionKind.TEXT
        questions.append(
            make_question(event, slug=f"q{place}", kind=kind, position=place, required=required, shown_if=shown_if)
        )
    for answers in given_:
        registration = make_registration(event)
        for place, value in answers.items():
            if place < len(questions):
                save(Answer(registration=registration, question=questions[place], value=value))
    db.session.commit()
    assert incomplete(event) == lacking(event)


@pytest.mark.both_databases
@pytest.mark.parametrize("mode", list(SessionChoice))
def test_a_slot_in_which_everyone_chooses(mode: SessionChoice) -> None:
    event = make_event(session_choice=mode, choice_required=["2027-01-14T09:00"])
    sessions = [make_session(event, booking=BookingMode.OPTIONAL, capacity=9) for _ in range(2)]
    chosen, wished, _neither, gone = (make_registration(event) for _ in range(4))
    facts = {"event_id": event.id, "created_at": NOW}
    save(Booking(registration=chosen, session=sessions[0], **facts))
    save(Wish(registration=wished, session=sessions[1], rank=1, **facts))
    seats_given_up = {"registration": gone, "session": sessions[0], "released_at": NOW}
    save(Booking(**seats_given_up, **facts))
    db.session.commit()

    assert can_lack(event)
    assert incomplete(event) == lacking(event)
    assert (wished.id in incomplete(event)) is (mode is SessionChoice.FIRST_COME)
    assert gone.id in incomplete(event)


@pytest.mark.both_databases
def test_whoever_cancelled_completes_nothing() -> None:
    assert not can_lack(make_event())
    event = make_event()
    make_question(event, required=True)
    make_registration(event, status=Status.CANCELLED)
    waiting = make_registration(event, status=Status.WAITING)
    assert incomplete(event) == lacking(event) == [waiting.id]
