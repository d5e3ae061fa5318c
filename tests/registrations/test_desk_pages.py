"""The desk's pages for several people or for one decision: files, cancellations, moves, merges, notes, undoing."""

import random
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest

from eventapp.agenda.models import BookingMode, Session
from eventapp.clock import utcnow
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.invitations.models import Reply
from eventapp.journal.models import Entry
from eventapp.outbox.letters import post
from eventapp.outbox.models import Message
from eventapp.outbox.rendering import render
from eventapp.registrations import seats
from eventapp.registrations.desk.models import RegistrationImport
from eventapp.registrations.models import Booking, Registration, Status
from tests.factories import (
    NOW,
    make_event,
    make_guest,
    make_invitation,
    make_person,
    make_registration,
    make_session,
    make_user,
    save,
)
from tests.pages import PageClient, parse, words
from tests.registrations.test_public_pages import coming

Outbox = Callable[[], list[Message]]
FILE = "Prénom;Nom;Courriel\r\nLuc;Petit;luc@agents.example\r\nAnne;Roy;anne@agents.example\r\n;Seul;rien\r\n"


@pytest.fixture
def event(client: PageClient) -> Event:
    event = coming()
    client.sign_in(make_user(event.organisation, name="Jeanne Martin"))
    return event


def desk(event: Event, path: str = "") -> str:
    return f"/gestion/evenements/{event.slug}/inscriptions{path}"


def page_of(registration: Registration, path: str = "") -> str:
    return desk(registration.event, f"/{registration.id}{path}")


def send(client: PageClient, event: Event, text: str = FILE) -> Any:
    upload = {"file": (BytesIO(text.encode()), "agents.csv")}
    return client.post(desk(event, "/import"), data=upload, content_type="multipart/form-data")


def seated(event: Event, session: Session) -> Registration:
    registration = make_registration(event)
    facts = {"event_id": event.id, "session": session, "created_at": NOW, "confirmed_at": NOW}
    save(Booking(registration=registration, **facts))
    return registration


def test_a_file_is_read_then_applied_once(client: PageClient, event: Event, outbox: Outbox) -> None:
    event.capacity = 1
    assert client.page(desk(event)).find("a", href=desk(event, "/import"))
    preview = send(client, event).location
    page = client.page(preview)
    assert "2 personnes seront inscrites, dans l’ordre du fichier, dont 1 sur la liste d’attente." in words(page.main)
    assert "Le prénom est absent." not in words(page.main)
    assert "agents.csv" in words(client.page(desk(event, "/import")).aside)

    act = f"{preview}/application"
    assert client.post(act, data={"over_limits": "y"}).location == preview  # without a reason
    for _double_click in range(2):
        assert client.post(act, data={"tell": "y"}).location == desk(event, "?tri=-date")
    assert client.post(desk(event, "/import/99/application")).status_code == 404

    assert [m.letter for m in outbox()] == ["registrations/confirmed", "registrations/waiting"]
    assert db.session.scalars(db.select(RegistrationImport)).all() == []


def test_a_file_can_be_left_and_a_bad_one_is_explained(client: PageClient, event: Event) -> None:
    refused = send(client, event, "Nom\r\nPetit\r\n")
    assert refused.status_code == 422
    assert "Colonnes absentes : Prénom, Adresse électronique" in words(parse(refused).main)
    preview = send(client, event).location
    client.post(f"{preview}/abandon")
    assert client.get(preview).status_code == 404


def test_the_model_can_be_sent_back(client: PageClient, event: Event) -> None:
    model = client.get(desk(event, "/modele.csv")).text
    assert "1 personne sera inscrite" in words(client.page(send(client, event, model).location).main)


def test_several_are_cancelled_with_a_message(client: PageClient, event: Event, outbox: Outbox) -> None:
    people = [make_registration(event) for _ in range(3)]
    ticked = {"inscriptions": [str(one.id) for one in people[:2]]}
    assert len(client.page(desk(event, "/annulation-groupee")).find_all("input", {"name": "inscriptions"})) == 3
    assert len(client.page(desk(event, "/annulation-groupee?cocher=tout")).find_all("input", checked=True)) == 3
    review = parse(client.post(desk(event, "/annulation-groupee/relecture"), data=ticked))
    assert "2 inscriptions seront annulées. 2 places passent" in words(review.main)

    words_sent = ticked | {"reason": "Salle réduite", "message": "Venez **en mars** {{ 7*7 }}", "tell": "y"}
    assert client.post(desk(event, "/annulation-groupee"), data=words_sent).status_code == 303

    assert [one.is_cancelled for one in people] == [True, True, False]
    assert [m.to for m in outbox()] == [one.email for one in people[:2]]
    letter = render(outbox()[0])
    assert "Motif\u00a0: Salle réduite\n\nVenez en mars {{ 7*7 }}\n\nSi c’est une erreur" in letter.text
    assert "<strong>en mars</strong> {{ 7*7 }}" in letter.html


def test_nobody_ticked_or_somebody_of_elsewhere_cancels_nothing(client: PageClient, event: Event) -> None:
    foreign = make_registration(make_event())
    for ids in ([], [str(foreign.id)], ["x"], ["99999999999999"]):
        for path in ("/annulation-groupee", "/annulation-groupee/relecture"):
            response = client.post(desk(event, path), data={"inscriptions": ids})
            assert response.location == desk(event, "/annulation-groupee")
    assert not foreign.is_cancelled


def test_people_are_moved_and_those_who_stay_are_named(client: PageClient, event: Event) -> None:
    later = event.starts_at + timedelta(hours=2)
    source = make_session(event, title="Aidants", booking=BookingMode.OPTIONAL)
    target = make_session(event, title="Numérique", booking=BookingMode.OPTIONAL, capacity=1, starts_at=later)
    first, second = seated(event, source), seated(event, source)
    assert client.page(desk(event)).find("a", href=desk(event, "/deplacement"))
    address = desk(event, f"/deplacement?de={source.slug}&vers={target.slug}")
    page = client.page(address)
    assert "1 place libre" in words(page.main)
    assert len(client.page(f"{address}&cocher=tout").find_all("input", checked=True)) == 2
    facts = {"de": source.slug, "vers": target.slug, "inscriptions": [str(first.id), str(second.id)]}

    assert client.post(desk(event, "/deplacement"), data=facts).location == address

    assert [first.live_bookings[0].session_id, second.live_bookings[0].session_id] == [target.id, source.id]
    lacking = client.post(desk(event, "/deplacement"), data=facts | {"over_limits": "y"})
    assert (lacking.status_code, "Écrivez le motif." in words(parse(lacking).main)) == (422, True)
    assert str(second.id) in [box["value"] for box in parse(lacking).select("[name=inscriptions][checked]")]
    client.post(desk(event, "/deplacement"), data=facts | {"over_limits": "y", "over_reason": "Salle prêtée"})
    assert "Motif : Salle prêtée" in words(client.page(page_of(second)).main)
    assert second.live_bookings[0].session_id == target.id
    assert client.post(desk(event, "/deplacement"), data=facts | {"vers": "rien"}).location == desk(
        event, "/deplacement"
    )


def test_two_registrations_become_one(client: PageClient, event: Event) -> None:
    names = {"first_name": "Zoé", "last_name": "Lefèvre"}
    one = make_registration(event, make_person(**names, email="zoe@mairie.example"))
    other = make_registration(event, make_person(**names, email="zoe@agents.example"))
    invitation = make_invitation(make_guest(event), registration_id=other.id, reply=Reply.ACCEPTED, replied_at=NOW)
    assert "1 autre inscription porte le même nom." in words(client.page(page_of(one)).aside)
    assert client.page(page_of(one, "/fusion")).find(value=str(other.id))
    assert client.post(page_of(one, "/fusion"), data={"address": "this"}).status_code == 422
    assert client.post(page_of(one, "/fusion"), data={"address": "this", "other": "7" * 9}).status_code == 422

    response = client.post(page_of(one, "/fusion"), data={"address": "other", "other": str(other.id)})

    assert response.location == page_of(one)
    assert (one.email, other.status, invitation.registration_id) == ("zoe@agents.example", Status.CANCELLED, one.id)
    assert "L’annulation ne se défait pas. Cette inscription a été réunie" in words(client.page(page_of(other)).main)
    assert "(inscription réunie)" in words(client.page(page_of(one)).main)


def test_somebody_else_can_be_searched_for(client: PageClient, event: Event) -> None:
    one, other = make_registration(event), make_registration(event, make_person(last_name="Quidam"))
    assert not client.page(page_of(one, "/fusion")).find(value=str(other.id))
    assert client.page(page_of(one, "/fusion?q=quidam")).find(value=str(other.id))


def test_a_note_is_kept_and_its_words_stay_out_of_the_history(client: PageClient, event: Event) -> None:
    registration = make_registration(event)
    assert client.post(page_of(registration, "/note"), data={"note": "x" * 2001}).status_code == 422
    client.post(page_of(registration, "/note"), data={"note": "Arrive à 10 h\r\nVoir Léa"})
    assert registration.note == "Arrive à 10 h\nVoir Léa"
    assert "Voir Léa" in words(client.page(page_of(registration)).main)
    entry = db.session.scalars(db.select(Entry)).one()
    assert "Léa" not in entry.sentence
    assert "(par Jeanne Martin)" in words(client.page(page_of(registration)).main)


def test_a_cancellation_is_undone_from_its_page(client: PageClient, event: Event) -> None:
    event.capacity, event.waiting_list = 1, True
    registration = make_registration(event)
    seats.cancel(registration, now=utcnow(), by="person")
    invitation = make_invitation(
        make_guest(event), registration_id=registration.id, reply=Reply.DECLINED, replied_at=NOW
    )
    address = page_of(registration, "/retablissement")
    assert client.page(page_of(registration)).find("form", action=address)

    assert client.post(address).location == page_of(registration)

    assert (registration.status, invitation.reply) == (Status.CONFIRMED, Reply.ACCEPTED)


def test_an_undoing_that_is_refused_says_why(client: PageClient, event: Event) -> None:
    event.capacity = 1
    registration = make_registration(event)
    seats.cancel(registration, now=utcnow(), by="person")
    make_registration(event)
    said = words(client.page(page_of(registration)).aside)
    assert said == "L’annulation ne se défait pas. Toutes les places de la rencontre sont prises."
    client.post(page_of(registration, "/retablissement"))
    assert registration.is_cancelled


@pytest.mark.parametrize("letter", ["restored", "merged", "merged_away"])
def test_the_letters_of_the_desk_read_well(event: Event, letter: str) -> None:
    registration = make_registration(event)
    message = post(f"registrations/{letter}", to="a@b.example", now=NOW, event=event, registration_id=registration.id)
    save(message)
    sent = render(message)
    for text in (sent.text, sent.html):
        assert registration.last_name.upper() in text
        assert ("/mon-inscription/" in text) is (letter != "merged_away")


def test_possible_doubles_are_found_in_the_list(client: PageClient, event: Event) -> None:
    zoe = {"first_name": "Zoé", "last_name": "Lefèvre"}
    make_registration(event, make_person(**zoe)), make_registration(event, make_person(**zoe | {"first_name": "ZOE"}))
    paul = {"first_name": "Paul", "last_name": "Roy"}
    make_registration(event, make_person(**paul))
    make_registration(event, make_person(**paul), status=Status.CANCELLED)
    link = client.page(desk(event)).find("a", string="Doublons possibles")["href"]
    assert [words(cell) for cell in client.page(desk(event, link)).main.tbody.find_all("th")] == [
        "LEFÈVRE Zoé",
        "LEFÈVRE ZOE",
    ]


def test_a_second_press_of_the_button_finds_what_the_first_one_did(client: PageClient, event: Event) -> None:
    source, target = (make_session(event, title=t, booking=BookingMode.OPTIONAL) for t in ("Aidants", "Numérique"))
    person, other = seated(event, source), make_registration(event)
    moved = {"de": source.slug, "vers": target.slug, "inscriptions": str(person.id)}
    acts: list[tuple[str, dict[str, str], str]] = [
        (desk(event, "/deplacement"), moved, "ne sont plus dans « Aidants »"),
        (page_of(person, "/fusion"), {"other": str(other.id), "address": "this"}, "n’en font plus qu’une"),
        (desk(event, "/annulation-groupee"), {"inscriptions": str(person.id)}, "Ces inscriptions sont annulées."),
    ]
    for path, data, said in acts:
        client.post(path, data=data, follow_redirects=True)
        again = client.post(path, data=data, follow_redirects=True)
        assert again.status_code == 200
        assert said in words(parse(again))


def test_names_of_any_length_do_not_make_an_answer_that_browsers_and_proxies_refuse(
    client: PageClient, event: Event
) -> None:
    """The messages travel in a cookie, and anybody may type the longest name."""
    source, target = (make_session(event, title=t, booking=BookingMode.OPTIONAL) for t in ("Aidants", "Numérique"))
    target.capacity = 0
    signs = random.Random(1)
    ids = []
    for _ in range(25):
        person = seated(event, source)
        person.first_name, person.last_name = (
            "".join(chr(signs.randint(0x4E00, 0x9FFF)) for _ in range(80)) for _ in "ab"
        )
        ids.append(str(person.id))

    response = client.post(
        desk(event, "/deplacement"), data={"de": source.slug, "vers": target.slug, "inscriptions": ids}
    )

    assert max(len(cookie) for cookie in response.headers.getlist("Set-Cookie")) < 4_093
    assert "autres personnes restent" in words(client.page(response.location).main)
