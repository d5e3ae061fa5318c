"""What the desk corrects for somebody, and why that somebody waits."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from eventapp.agenda.models import BookingMode
from eventapp.clock import utcnow
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.journal.models import Entry
from eventapp.network.models import Structure
from eventapp.outbox.models import Message
from eventapp.registrations.models import Registration, Status
from eventapp.registrations.waiting.reasons import reasons_to_wait
from tests.factories import (
    NOW,
    make_category,
    make_event,
    make_person,
    make_registration,
    make_session,
    make_user,
    save,
)
from tests.pages import PageClient, parse, words
from tests.registrations.test_public_pages import HOUR, PERSON, coming

Outbox = Callable[[], list[Message]]


@pytest.fixture
def event(client: PageClient) -> Event:
    """Its registrations are closed: the desk may still correct."""
    event = coming(closes_at=utcnow() - timedelta(minutes=1))
    client.sign_in(make_user(event.organisation))
    return event


def page_of(registration: Registration) -> str:
    return f"/gestion/evenements/{registration.event.slug}/inscriptions/{registration.id}"


def test_details_are_corrected_after_the_closing_and_journaled(
    client: PageClient, event: Event, outbox: Outbox
) -> None:
    registration = make_registration(event, make_person(**PERSON | {"email": "zoe@faute.example"}))
    address = f"{page_of(registration)}/modification"
    assert client.page(page_of(registration)).find("a", href=address)
    assert client.page(address).find(id="email")["value"] == "zoe@faute.example"

    response = client.post(address, data=PERSON)

    assert response.location == page_of(registration)
    assert registration.email == PERSON["email"]
    assert [(m.letter, m.to) for m in outbox()] == [("registrations/link", PERSON["email"])]
    entry = db.session.scalars(db.select(Entry)).one()
    assert (entry.actor, entry.act) == ("organiser", "registration.details_changed")
    said = words(client.page(page_of(registration)).main)
    assert "nouvelle adresse (par Personne " in said
    assert "Lien personnel (" in said


def test_a_fault_or_somebody_known_is_refused(client: PageClient, event: Event) -> None:
    known = make_registration(event, make_person(**PERSON))
    registration = make_registration(event)
    address = f"{page_of(registration)}/modification"

    assert client.post(address, data=PERSON | {"email": "rien"}).status_code == 422
    response = client.post(address, data=PERSON)

    assert response.status_code == 422
    assert parse(response).find("a", href=page_of(known))


def test_sessions_are_changed_and_told(client: PageClient, event: Event, outbox: Outbox) -> None:
    session = make_session(event, booking=BookingMode.OPTIONAL)
    registration = make_registration(event)
    address = f"{page_of(registration)}/sessions"
    page = client.page(address)
    assert page.find(value=session.slug)
    assert "Vous pourrez" not in words(page.main)

    assert client.post(address, data={"sessions": "inconnue"}).status_code == 422
    assert client.post(address, data={"sessions": session.slug}).location == page_of(registration)

    assert [b.session_id for b in registration.live_bookings] == [session.id]
    assert [m.letter for m in outbox()] == ["registrations/sessions_changed"]


@pytest.mark.parametrize("path", ["modification", "sessions"])
def test_what_is_cancelled_is_no_longer_corrected(client: PageClient, event: Event, path: str) -> None:
    registration = make_registration(event, status=Status.CANCELLED)
    assert client.get(f"{page_of(registration)}/{path}").location == page_of(registration)
    assert client.post(f"{page_of(registration)}/{path}", data=PERSON).location == page_of(registration)


@pytest.mark.parametrize("path", ["modification", "sessions"])
def test_a_stranger_corrects_nothing(client: PageClient, event: Event, path: str) -> None:
    address = f"{page_of(make_registration(make_event()))}/{path}"
    assert client.get(address).status_code == 404
    assert client.post(address, data=PERSON).status_code == 404


def test_every_limit_that_keeps_somebody_waiting_is_said(client: PageClient, event: Event) -> None:
    event.per_structure = 1
    agents = make_category(event, name="Agents", capacity=1)
    laon = save(Structure(id_fs="1", name="France services de Laon", departement_code="02", updated_at=NOW))
    make_registration(event, make_person(structure=laon, category=agents))
    held = make_registration(event, make_person(structure=laon, category=agents), status=Status.WAITING)

    said = words(client.page(page_of(held)).main)
    assert "Raison de l’attente : les places de la catégorie « Agents » sont toutes prises" in said
    assert "1 place déjà prise par sa structure (1 au plus)." in said
    event.capacity = 1
    assert (
        reasons_to_wait(held, now=NOW)[0].sentence
        == "toutes les places de la rencontre sont prises (1\u00a0sur\u00a01)"
    )


def test_who_has_a_place_or_an_offer_waits_for_no_reason(event: Event) -> None:
    event.capacity = 0
    offered = make_registration(event, status=Status.WAITING, offer_until=utcnow() + HOUR)
    assert reasons_to_wait(make_registration(event), now=NOW) == reasons_to_wait(offered, now=NOW) == []


def test_beyond_a_limit_only_once_the_box_is_ticked(client: PageClient, event: Event) -> None:
    event.per_structure = 1
    label = "France services de Laon (02000 Laon)"
    laon = save(
        Structure(id_fs="02001", name=label, match_key="x", sort_key="y", departement_code="02", updated_at=NOW)
    )
    make_registration(event, make_person(structure=laon))
    registration = make_registration(event, make_person(**PERSON))
    address, facts = f"{page_of(registration)}/modification", PERSON | {"organization": "02001"}
    assert not client.page(address).find(id="over_limits")

    refused = client.post(address, data=facts)
    assert refused.status_code == 422
    assert parse(refused).find(id="over_limits")
    assert registration.structure_id is None

    lacking = client.post(address, data=facts | {"over_limits": "y"})
    assert (lacking.status_code, "Écrivez le motif." in words(parse(lacking).main)) == (422, True)
    beyond = {"over_limits": "y", "over_reason": "Vu avec elle"}
    assert client.post(address, data=facts | beyond).location == page_of(registration)
    assert registration.structure_id == laon.id
    entry = db.session.scalars(db.select(Entry)).one()
    assert entry.details["over_limits"] == [
        f"{label} a déjà le nombre de places permis par structure (1\u00a0sur\u00a01)"
    ]
    assert "au-delà des limites par décision de l’organisation" in entry.sentence
    assert (entry.details["reason"], entry.sentence.endswith("Motif\u00a0: Vu avec elle.")) == ("Vu avec elle", True)


def test_a_seat_in_a_full_session_only_once_the_box_is_ticked(client: PageClient, event: Event) -> None:
    session = make_session(event, booking=BookingMode.OPTIONAL, capacity=0)
    registration = make_registration(event)
    address = f"{page_of(registration)}/sessions"
    client.post(address, data={"sessions": session.slug})
    assert [b.is_confirmed for b in registration.live_bookings] == [False]

    wanted = {"sessions": session.slug, "over_limits": "y"}
    refused = client.post(address, data=wanted | {"over_reason": " "})
    assert (refused.status_code, "Écrivez le motif." in words(parse(refused).main)) == (422, True)
    assert parse(refused).find(id="over_limits").has_attr("checked")
    client.post(address, data=wanted | {"over_reason": "Elle l’anime"})

    assert [b.is_confirmed for b in registration.live_bookings] == [True]
    last = db.session.scalars(db.select(Entry).order_by(Entry.id.desc()).limit(1)).one()
    assert (last.details["reason"], last.sentence.endswith("Motif\u00a0: Elle l’anime.")) == ("Elle l’anime", True)
    assert "Motif : Elle l’anime" in words(client.page(page_of(registration)).main)
    acts = db.session.scalars(db.select(Entry.act).order_by(Entry.id)).all()
    assert acts == ["registration.sessions_changed", "booking.forced"]
