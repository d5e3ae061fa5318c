"""S9: fields repeated, or added to the form by hand, give nobody more than one person may have."""

from typing import Any

import pytest

from eventapp.agenda.models import BookingMode, Session
from eventapp.events.models import Event, SessionChoice
from eventapp.extensions import db
from eventapp.registrations import links
from eventapp.registrations.models import Booking, Registration, Status
from eventapp.registrations.wishes.models import Wish
from eventapp.registrations.wishes.wish_slots import MOST_WISHES, ranked_slots
from tests.factories import make_event, make_registration, make_session, make_structure
from tests.pages import PageClient

pytestmark = pytest.mark.usefixtures("in_november")

PERSON = {"first_name": "Zoé", "last_name": "Lefèvre", "email": "zoe.lefevre@agents.example"}


def path(event: Event) -> str:
    return f"/evenements/{event.slug}/inscription"


def parallel(event: Event, count: int) -> list[Session]:
    return [make_session(event, booking=BookingMode.OPTIONAL, capacity=5) for _ in range(count)]


def rows(table: Any) -> int:
    return db.session.scalar(db.select(db.func.count()).select_from(table)) or 0


@pytest.mark.parametrize("names", [("sessions", "sessions"), ("sessions-a", "sessions-b"), ("sessions", "sessions-a")])
def test_two_sessions_of_one_hour_by_any_names(client: PageClient, names: tuple[str, str]) -> None:
    event = make_event()
    sent: dict[str, Any] = {}
    for name, session in zip(names, parallel(event, 2), strict=True):
        sent.setdefault(name, []).append(session.slug)

    assert client.post(path(event), data=PERSON | sent).status_code == 422
    assert rows(Registration) == 0


def test_one_session_sent_many_times_is_one_seat(client: PageClient) -> None:
    event = make_event()
    (session,) = parallel(event, 1)

    client.post(path(event), data=PERSON | {"sessions": [session.slug] * 50, "sessions-x": session.slug})

    assert rows(Booking) == 1


@pytest.mark.parametrize("act", ["sessions", "sessions/verification"])
def test_two_sessions_of_one_hour_on_the_personal_page(client: PageClient, act: str) -> None:
    event = make_event()
    one, other = parallel(event, 2)
    registration = make_registration(event)

    answer = client.post(
        f"/mon-inscription/{links.token(registration)}/{act}",
        data={"sessions-a": one.slug, "sessions-b": other.slug},
    )

    assert (answer.status_code, rows(Booking)) == (422, 0)


def test_more_wishes_than_there_are_lists(client: PageClient) -> None:
    """A list added by hand is refused, as one of another programme is, and so is a session named besides."""
    event = make_event(session_choice=SessionChoice.WISHES)
    slugs = [session.slug for session in parallel(event, MOST_WISHES + 1)]
    slot = ranked_slots(event)[0].key
    lists = {f"wish-{slot}-{n}": slug for n, slug in enumerate(slugs, 1)}

    shown = dict(list(lists.items())[:MOST_WISHES])

    assert client.post(path(event), data=PERSON | lists).status_code == 422
    assert client.post(path(event), data=PERSON | shown | {"sessions": slugs[-1]}).status_code == 422
    assert rows(Registration) == 0
    assert client.post(path(event), data=PERSON | shown).status_code == 303
    assert rows(Wish) == MOST_WISHES


def test_a_second_person_in_the_form_of_one(client: PageClient) -> None:
    event = make_event()
    twice = {name: [value, f"autre-{value}"] for name, value in PERSON.items()}

    assert client.post(path(event), data=twice).status_code == 422
    assert rows(Registration) == 0


def group(count: int, **more: Any) -> dict[str, Any]:
    sent: dict[str, Any] = {"contact_name": "Anne Roy", "contact_email": "anne@mairie.example"}
    for n in range(1, count + 1):
        facts = {"first_name": "Camille", "last_name": f"Petit {n}", "email": f"camille-{n}@mairie.example"}
        sent |= {f"person-{n}-{name}": value for name, value in facts.items()}
    return sent | {"organization": "Mairie", "rule": "fitting"} | more


def test_more_people_than_a_group_may_be(client: PageClient) -> None:
    event = make_event()

    assert client.post(f"{path(event)}/groupe", data=group(21)).status_code == 422
    assert rows(Registration) == 0


def test_one_line_of_a_group_sent_twice_is_no_second_person(client: PageClient) -> None:
    event = make_event()

    answer = client.post(
        f"{path(event)}/groupe", data=group(1, **{"person-1-email": ["a@mairie.example", "b@mairie.example"]})
    )

    assert (answer.status_code, rows(Registration)) == (422, 0)


@pytest.mark.both_databases
def test_a_group_gets_no_more_than_the_places_of_its_structure(client: PageClient) -> None:
    event, structure = make_event(per_structure=2), make_structure()

    client.post(f"{path(event)}/groupe", data=group(4, organization=structure.full_label))

    confirmed = Registration.confirmed(event).where(Registration.structure_id == structure.id)
    assert len(db.session.scalars(confirmed).all()) == 2
    assert len(db.session.scalars(Registration.of(event).where(Registration.status == Status.WAITING)).all()) == 2


@pytest.mark.both_databases
def test_four_people_for_two_places_are_all_or_nobody(client: PageClient) -> None:
    """S8, as a browser sends it."""
    event = make_event(capacity=2)

    answer = client.post(f"{path(event)}/groupe", data=group(4, rule="all"))

    assert (answer.status_code, rows(Registration)) == (422, 0)
    assert client.post(f"{path(event)}/groupe", data=group(2, rule="all")).status_code == 303
    assert rows(Registration) == 2
