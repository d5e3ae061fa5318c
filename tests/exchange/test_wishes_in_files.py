"""The way of choosing sessions in an event file: written where it is not the usual one, copied, and kept once used."""

from datetime import timedelta
from typing import Any

import pytest

from eventapp.events.models import Event, SessionChoice
from eventapp.exchange import applying, reading, taking, writing
from eventapp.exchange.duplicating import duplicate
from eventapp.exchange.faults import BadFile
from eventapp.registrations import seats
from eventapp.registrations.models import Source
from eventapp.registrations.wishes import wish_slots
from tests.exchange.files import WHOLE
from tests.factories import NOW, make_person

OWN = {"session_choice": "wishes", "wishes_close_at": "2027-01-05T12:00"}


def import_(file: dict[str, Any], **options: bool) -> Event:
    facts = {"publish": True, "update": False} | options
    return applying.import_file(reading.read(file), now=NOW, **facts).event


def with_wishes(**changes: Any) -> dict[str, Any]:
    sessions = []
    for name in ("un", "deux"):
        facts = {"title": f"Atelier {name}", "kind": "workshop", "room": None, "booking": "optional", "capacity": 9}
        hours = {"starts_at": "2027-01-14T11:00", "ends_at": "2027-01-14T12:00"}
        sessions.append({"slug": name, "description": "", "online_url": None, "speakers": []} | facts | hours)
    file = {"registration": WHOLE["registration"] | OWN, "sessions": sessions}
    file |= {"choice_required": [], "questions": []}
    return WHOLE | file | changes


@pytest.mark.both_databases
def test_the_way_of_choosing_is_exported_again() -> None:
    exported = writing.as_dict(taking.take(import_(with_wishes())))

    assert exported["registration"] == WHOLE["registration"] | OWN


def test_the_usual_way_is_not_written() -> None:
    exported = writing.as_dict(taking.take(import_(WHOLE)))

    assert exported["registration"].keys() & OWN.keys() == set()


def test_a_copy_shifts_the_closing_of_wishes() -> None:
    event = import_(with_wishes())
    starts_on = event.starts_at.date() + timedelta(days=7)

    copy = duplicate(event, slug="copie", title="Copie", starts_on=starts_on, now=NOW, by=None)

    part = writing.as_dict(taking.take(copy))["registration"]
    assert (part["session_choice"], part["wishes_close_at"]) == ("wishes", "2027-01-12T12:00")


def test_an_unknown_way_is_a_fault() -> None:
    registration = WHOLE["registration"] | {"session_choice": "dice"}

    with pytest.raises(BadFile) as refusal:
        import_(with_wishes(registration=registration))
    assert [fault.path for fault in refusal.value.faults] == ["registration.session_choice"]


def test_wishes_close_before_the_event_starts() -> None:
    registration = WHOLE["registration"] | OWN | {"wishes_close_at": "2027-01-14T09:01"}

    with pytest.raises(BadFile) as refusal:
        import_(with_wishes(registration=registration))
    assert [str(fault) for fault in refusal.value.faults] == [
        "registration.wishes_close_at: after the event's starts_at"
    ]


def test_an_event_brought_forward_is_exported_as_it_can_be_imported() -> None:
    event = import_(with_wishes())
    event.wishes_close_at = event.starts_at + timedelta(hours=1)
    assert wish_slots.closing(event) == event.starts_at
    assert taking.take(event).registration.wishes_close_at == event.starts_at


def test_an_update_changes_the_way_only_while_nobody_has_chosen() -> None:
    event = import_(with_wishes())
    first_come = with_wishes(registration=WHOLE["registration"])
    import_(first_come, update=True)
    assert event.session_choice is SessionChoice.FIRST_COME
    import_(with_wishes(), update=True)
    ranked = wish_slots.ranked_slots(event)[0].sessions
    person, source = make_person(category=event.categories[0]), Source.ORGANISER
    seats.register(event, person, ranked=ranked, source=source, now=NOW)

    with pytest.raises(BadFile) as refusal:
        import_(first_come, update=True)
    assert [str(fault) for fault in refusal.value.faults] == [
        "registration.session_choice: people already chose in the present way"
    ]
