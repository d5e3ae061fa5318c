"""The pages of wishes: the form, the person's own, the organisers' preview and its acts."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from eventapp import tokens
from eventapp.agenda.models import BookingMode, Session
from eventapp.clock import utcnow
from eventapp.events.models import Event, SessionChoice
from eventapp.extensions import db
from eventapp.invitations.models import Invitation
from eventapp.outbox import rendering
from eventapp.outbox.models import Message
from eventapp.registrations import links
from eventapp.registrations.models import Registration
from eventapp.registrations.wishes import wish_slots
from eventapp.registrations.wishes.models import Allocation
from tests.factories import (
    make_event,
    make_guest,
    make_invitation,
    make_person,
    make_registration,
    make_session,
    make_user,
    save,
)
from tests.pages import parse, words

Outbox = Callable[[], list[Message]]
HOUR = timedelta(hours=1)
PERSON = {"first_name": "Jeanne", "last_name": "Martin", "email": "j.martin@agents.example"}


def make_wishing(**facts: Any) -> tuple[Event, Session, Session]:
    starts = utcnow().replace(minute=0, second=0, microsecond=0) + timedelta(days=50)
    dates = {"starts_at": starts, "ends_at": starts + timedelta(hours=8)}
    event = make_event(**dates | {"session_choice": SessionChoice.WISHES} | facts)
    booked = {"booking": BookingMode.OPTIONAL, "capacity": 1}
    return event, make_session(event, title="Atelier A", **booked), make_session(event, title="Atelier B", **booked)


def key(event: Event, number: int) -> str:
    return f"wish-{wish_slots.ranked_slots(event)[0].key}-{number}"


def ranked(registration: Registration) -> list[str]:
    return [session.title for ranking in wish_slots.ranking_of(registration) for session in ranking.sessions]


def register(client: Any, event: Event, **sent: str) -> Registration:
    response = client.post(f"/evenements/{event.slug}/inscription", data=PERSON | sent)
    assert response.status_code == 303, words(parse(response).main)
    return db.session.scalars(db.select(Registration)).one()


def test_the_form_ranks_parallel_sessions(client: Any) -> None:
    event, one, other = make_wishing()

    page = client.page(f"/evenements/{event.slug}/inscription")

    lists = [select for select in page.select("select") if select["name"].startswith("wish-")]
    assert [select["name"] for select in lists] == [key(event, 1), key(event, 2)]
    assert [option["value"] for option in lists[0].select("option")] == ["", one.slug, other.slug]
    assert page.select("input[name^=sessions]") == []


def test_wishes_are_kept_in_their_order(client: Any) -> None:
    event, one, other = make_wishing()

    registration = register(client, event, **{key(event, 1): other.slug, key(event, 2): one.slug})

    assert ranked(registration) == ["Atelier B", "Atelier A"]


@pytest.mark.parametrize("name", ["sessions", "sessions-any"])
def test_the_names_of_sessions_give_the_first_wish(client: Any, name: str) -> None:
    event, one, other = make_wishing()

    registration = register(client, event, **{name: other.slug, key(event, 1): one.slug})

    assert ranked(registration) == ["Atelier B", "Atelier A"]
    assert registration.live_bookings == []


def test_a_session_ranked_twice_is_refused_and_said(client: Any) -> None:
    event, one, _other = make_wishing()

    response = client.post(
        f"/evenements/{event.slug}/inscription", data=PERSON | {key(event, 1): one.slug, key(event, 2): one.slug}
    )

    page = parse(response)
    assert response.status_code == 422
    assert "deux fois « Atelier A »" in words(page.select_one("#erreurs"))
    assert page.select_one(f"select[name='{key(event, 2)}'] option[selected]")["value"] == one.slug


def test_a_missing_wish_in_a_required_slot_is_refused_and_said(client: Any) -> None:
    event, _one, _other = make_wishing()
    event.choice_required = [wish_slots.ranked_slots(event)[0].key]

    response = client.post(f"/evenements/{event.slug}/inscription", data=PERSON)

    page = parse(response)
    assert response.status_code == 422
    assert "Classez au moins une session" in words(page.select_one("#erreurs"))
    assert page.select_one(f"select[name='{key(event, 1)}']").has_attr("required")
    assert not page.select_one(f"select[name='{key(event, 2)}']").has_attr("required")


def test_the_form_says_that_wishes_are_closed(client: Any) -> None:
    event, _one, _other = make_wishing(wishes_close_at=utcnow() - timedelta(hours=1))

    page = client.page(f"/evenements/{event.slug}/inscription")

    assert "Les souhaits sont clos depuis" in words(page.main)
    assert page.select("select[name^=wish]") == []


def test_the_personal_page_shows_wishes_and_changes_them(client: Any) -> None:
    event, one, other = make_wishing()
    registration = register(client, event, **{key(event, 1): one.slug})
    own = f"/mon-inscription/{links.token(registration)}"

    assert "Atelier A" in words(client.page(own).select_one("section[aria-labelledby=wishes] ol"))
    page = client.page(f"{own}/souhaits")
    assert page.select_one(f"select[name='{key(event, 1)}'] option[selected]")["value"] == one.slug
    response = client.post(f"{own}/souhaits", data={key(event, 1): other.slug})

    assert (response.status_code, response.location) == (303, own)
    assert ranked(registration) == ["Atelier B"]


def test_the_personal_page_takes_the_names_of_sessions_too(client: Any) -> None:
    event, one, other = make_wishing()
    registration = register(client, event, **{key(event, 1): one.slug})

    client.post(f"/mon-inscription/{links.token(registration)}/souhaits", data={"sessions": other.slug})

    assert ranked(registration) == ["Atelier B"]


def test_an_event_without_wishes_says_so(client: Any) -> None:
    registration = make_registration(
        make_event(starts_at=utcnow() + timedelta(days=5), ends_at=utcnow() + timedelta(6))
    )

    page = client.page(f"/mon-inscription/{links.token(registration)}/souhaits")

    assert "pas, ou plus, de souhaits" in words(page.main)


@pytest.mark.both_databases
def test_organisers_draw_apply_and_announce(client: Any, outbox: Outbox) -> None:
    event, one, other = make_wishing()
    registration = register(client, event, **{key(event, 1): other.slug, key(event, 2): one.slug})
    client.sign_in(make_user(event.organisation))
    desk = f"/gestion/evenements/{event.slug}/souhaits"
    assert "1 personne a classé ces sessions" in words(client.page(desk).main)

    preview = client.post(f"{desk}/apercus", data={"seed": "7"}).location
    assert "1er souhait 1 100 %" in words(client.page(preview).main)
    assert client.post(f"{preview}/application").location == preview
    event_desk = f"/gestion/evenements/{event.slug}/"
    assert client.page(event_desk).find("a", string="Annoncer l’attribution")["href"] == preview
    assert [(b.session_id, b.rank, b.is_confirmed) for b in registration.live_bookings] == [(other.id, 1, True)]
    assert "1 personne recevra un courriel" in words(client.page(preview).main)
    client.post(f"{preview}/annonce")
    assert client.page(event_desk).find("a", string="Annoncer l’attribution") is None

    assert [message.letter for message in outbox()] == ["registrations/confirmed", "registrations/allocated"]
    assert "appliqué et annoncé" in words(client.page(desk).main)
    own = words(client.page(f"/mon-inscription/{links.token(registration)}").main)
    assert "place réservée, 1er souhait" in own


@pytest.mark.both_databases
def test_the_same_page_sent_twice_shows_one_preview(client: Any) -> None:
    event, one, _other = make_wishing()
    register(client, event, **{key(event, 1): one.slug})
    client.sign_in(make_user(event.organisation))
    desk = f"/gestion/evenements/{event.slug}/souhaits"
    number = {"fresh": client.page(desk).find("input", {"name": "fresh"})["value"], "seed": ""}
    first = client.post(f"{desk}/apercus", data=number).location

    assert client.post(f"{desk}/apercus", data=number).location == first
    assert db.session.scalar(db.select(db.func.count(Allocation.id))) == 1
    again = {"fresh": client.page(desk).find("input", {"name": "fresh"})["value"], "seed": ""}
    assert client.post(f"{desk}/apercus", data=again).location != first
    client.post(f"{first}/abandon")
    assert client.post(f"{desk}/apercus", data=number).location != first


@pytest.mark.parametrize("fresh", ["", "x", "²", str(2**31), "9" * 400, "-1"])
def test_a_number_that_no_page_drew_is_as_if_there_were_none(client: Any, fresh: str) -> None:
    event, one, _other = make_wishing()
    register(client, event, **{key(event, 1): one.slug})
    client.sign_in(make_user(event.organisation))
    response = client.post(f"/gestion/evenements/{event.slug}/souhaits/apercus", data={"fresh": fresh})
    assert response.status_code == 303
    assert client.page(response.location)


def test_an_abandoned_preview_is_gone(client: Any) -> None:
    event, one, _other = make_wishing()
    register(client, event, **{key(event, 1): one.slug})
    client.sign_in(make_user(event.organisation))
    desk = f"/gestion/evenements/{event.slug}/souhaits"
    preview = client.post(f"{desk}/apercus").location

    assert client.post(f"{preview}/abandon").location == desk
    assert client.get(preview).status_code == 404


def test_a_stranger_sees_no_preview(client: Any) -> None:
    event, _one, _other = make_wishing()
    now = utcnow()
    facts = {"seed": 1, "input_digest": "", "seats": [], "figures": {"slots": []}, "made_at": now}
    preview = save(Allocation(event=event, **facts))
    client.sign_in(make_user(make_event().organisation))

    assert client.get(f"/gestion/evenements/{event.slug}/souhaits/apercus/{preview.id}").status_code == 404


def test_the_mode_and_the_closing_are_set_on_the_page(client: Any) -> None:
    event, _one, _other = make_wishing(session_choice=SessionChoice.FIRST_COME)
    client.sign_in(make_user(event.organisation))
    day = (event.starts_at - timedelta(days=10)).date().isoformat()

    response = client.post(
        f"/gestion/evenements/{event.slug}/souhaits",
        data={"session_choice": "wishes", "wishes_date": day, "wishes_time": "12:00"},
    )

    assert response.status_code == 303
    assert event.session_choice is SessionChoice.WISHES
    assert event.wishes_close_at is not None
    assert event.wishes_close_at.date().isoformat() == day


def test_the_letters_say_wishes_and_then_what_was_granted(client: Any, outbox: Outbox) -> None:
    event, one, other = make_wishing()
    register(client, event, **{key(event, 1): other.slug, key(event, 2): one.slug})
    client.sign_in(make_user(event.organisation))
    desk = f"/gestion/evenements/{event.slug}/souhaits"

    before = rendering.render(outbox()[0]).text
    preview = client.post(f"{desk}/apercus").location
    client.post(f"{preview}/application")
    client.post(f"{preview}/annonce")
    after = rendering.render(outbox()[1])

    assert "1. Atelier B\n2. Atelier A" in before
    assert "Atelier B\u00a0: place réservée, votre 1er souhait" in after.text
    assert "votre 1er souhait" in after.html


def test_organisers_rank_for_somebody(client: Any) -> None:
    event, one, other = make_wishing(wishes_close_at=utcnow() - timedelta(hours=1))
    registration = make_registration(event)
    client.sign_in(make_user(event.organisation))
    detail = f"/gestion/evenements/{event.slug}/inscriptions/{registration.id}"

    assert client.page(detail).select_one(f"a[href='{detail}/souhaits']") is not None
    assert client.post(f"{detail}/souhaits", data={key(event, 1): "inconnu"}).status_code == 422
    response = client.post(f"{detail}/souhaits", data={key(event, 1): other.slug, key(event, 2): one.slug})

    assert (response.status_code, response.location) == (303, detail)
    shown = client.page(detail).select("section[aria-labelledby=wishes] li")
    assert [words(line) for line in shown] == ["Atelier B", "Atelier A"]
    assert ranked(registration) == ["Atelier B", "Atelier A"]


def test_the_desk_says_that_wishes_wait(client: Any) -> None:
    event, _one, _other = make_wishing(wishes_close_at=utcnow() - timedelta(hours=1))
    client.sign_in(make_user(event.organisation))

    assert "les souhaits sont clos" in words(client.page(f"/gestion/evenements/{event.slug}/").main).lower()


def test_an_invited_person_ranks_too(client: Any) -> None:
    event, one, other = make_wishing()
    guest = make_guest(event, make_person(first_name=PERSON["first_name"], last_name=PERSON["last_name"]))
    token = tokens.reveal(Invitation.PURPOSE, make_invitation(guest).nonce)
    path = f"/invitation/{token}/inscription"

    assert client.page(path).select_one(f"select[name='{key(event, 1)}']") is not None
    response = client.post(path, data=PERSON | {key(event, 1): other.slug, key(event, 2): one.slug, "comes": "y"})

    assert response.status_code == 303
    assert ranked(db.session.scalars(db.select(Registration)).one()) == ["Atelier B", "Atelier A"]


def test_wishes_of_a_slot_that_moved_while_the_form_was_open_are_not_lost_in_silence(client: Any) -> None:
    event, one, other = make_wishing()
    name = key(event, 1)
    for session in (one, other):
        session.starts_at, session.ends_at = session.starts_at + HOUR, session.ends_at + HOUR
    event.revision += 1

    response = client.post(f"/evenements/{event.slug}/inscription", data=PERSON | {name: one.slug})

    assert response.status_code == 422
    assert "Le programme a changé" in words(parse(response).select_one("#erreurs"))
