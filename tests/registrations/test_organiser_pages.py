"""The organiser's list, one person's page, manual registration and cancellation."""

import base64
import json
import re
from collections.abc import Callable

import pytest

from eventapp.agenda.models import BookingMode
from eventapp.clock import utcnow
from eventapp.events.models import Audience, Event
from eventapp.extensions import db
from eventapp.journal.models import Entry
from eventapp.network.models import Structure
from eventapp.outbox.models import Message
from eventapp.registrations import seats
from eventapp.registrations.groups import parties
from eventapp.registrations.groups.models import PartyRule
from eventapp.registrations.models import Registration, Source, Status
from eventapp.registrations.people import Colleague
from eventapp.registrations.questions.models import Answer, QuestionKind
from eventapp.registrations.self_service import transfers
from tests.factories import (
    NOW,
    make_event,
    make_party,
    make_person,
    make_question,
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
    event = coming(capacity=1)
    client.sign_in(make_user(event.organisation))
    return event


def listing(event: Event) -> str:
    return f"/gestion/evenements/{event.slug}/inscriptions"


def names(client: PageClient, address: str) -> list[str]:
    return [words(cell) for cell in client.page(address).select("tbody th")]


def test_the_list_is_searched_filtered_and_sorted(client: PageClient, event: Event) -> None:
    laon = save(Structure(id_fs="1", name="France services de Laon", departement_code="02", updated_at=NOW))
    make_registration(event, make_person(last_name="Érard", structure=laon))
    make_registration(event, make_person(last_name="Zola"), status=Status.WAITING, source=Source.INVITATION)
    make_registration(event, make_person(last_name="Aubry"), status=Status.CANCELLED)

    base = listing(event)
    assert names(client, base) == ["AUBRY Camille", "ÉRARD Camille", "ZOLA Camille"]
    assert names(client, f"{base}?tri=-nom") == ["ZOLA Camille", "ÉRARD Camille", "AUBRY Camille"]
    assert names(client, f"{base}?q=erard+laon") == ["ÉRARD Camille"]
    assert names(client, f"{base}?etat=waiting") == ["ZOLA Camille"]
    assert names(client, f"{base}?departement=02") == ["ÉRARD Camille"]
    assert names(client, f"{base}?origine=invitation") == ["ZOLA Camille"]
    assert names(client, f"{base}?etat=inconnu&q=%00&tri=x&apres=x") == names(client, base)


def test_all_who_wait_are_counted_offers_among_them(client: PageClient, event: Event) -> None:
    make_registration(event)
    make_registration(event, status=Status.WAITING)
    make_registration(event, status=Status.WAITING, offer_until=utcnow() + HOUR)
    page = client.page(listing(event))
    assert "1 inscrit pour 1 place, 2 personnes en attente, dont 1 place proposée." in words(page.main)


@pytest.mark.parametrize(
    ("facts", "way"),
    [
        ({}, "/inscription"),
        ({"audience": Audience.INVITED}, "/invites"),
        ({"published_at": None}, "/publication"),
        ({"closes_at": NOW}, "/inscriptions/nouvelle"),
    ],
)
def test_an_empty_list_says_by_where_people_come(client: PageClient, facts: dict, way: str) -> None:
    event = coming(**facts)
    client.sign_in(make_user(event.organisation))
    empty = client.page(listing(event)).select_one(".empty")
    assert words(empty).startswith("Personne")
    assert empty.find("a")["href"].endswith(f"{event.slug}{way}")


def test_the_empty_list_of_a_past_event_asks_for_nothing(client: PageClient) -> None:
    event = make_event(starts_at=NOW - 3 * HOUR, ends_at=NOW - HOUR)
    client.sign_in(make_user(event.organisation))
    assert words(client.page(listing(event)).select_one(".empty")) == "Personne ne s’est inscrit à cet événement."


@pytest.mark.both_databases
@pytest.mark.parametrize("sort", ["nom", "-nom", "date", "-date", "structure", "-structure"])
def test_every_order_pages_through_everybody_once(client: PageClient, sort: str) -> None:
    event = coming()
    client.sign_in(make_user(event.organisation))
    for n in range(60):
        make_registration(event, make_person(organisation=f"Organisme {n % 7}"))

    first = client.page(f"{listing(event)}?tri={sort}")
    second = client.page(listing(event) + first.find("a", rel="next")["href"])

    seen = [words(cell) for page in (first, second) for cell in page.select("tbody th")]
    assert (len(seen), len(set(seen))) == (60, 60)


@pytest.mark.both_databases
def test_those_who_left_something_out_are_a_list_of_their_own(client: PageClient, event: Event) -> None:
    make_registration(event, make_person(last_name="Aubry"))
    address = f"{listing(event)}?etat=a-completer"
    assert (names(client, address), client.page(listing(event)).find("a", string="À compléter")) == ([], None)

    meal = make_question(event, slug="repas", label="Déjeunez-vous ?", required=True)
    save(Answer(registration=make_registration(event, make_person(last_name="Zola")), question=meal, value=True))

    assert names(client, address) == ["AUBRY Camille"]
    page = client.page(listing(event))
    assert page.find("a", href=re.compile("etat=a-completer")) is not None
    detail = page.find("a", string="AUBRY Camille")["href"]
    assert "Reste à compléter Déjeunez-vous ?" in words(client.page(detail).main)


@pytest.mark.both_databases
def test_a_group_is_found_together(client: PageClient, event: Event) -> None:
    party = make_party(event)
    together = make_registration(event, make_person(last_name="Aubry"), party_id=party.id)
    make_registration(event, make_person(last_name="Zola"))
    base = listing(event)
    for group in ("oui", party.id):
        assert names(client, f"{base}?groupe={group}") == ["AUBRY Camille"]
    for odd in ("x", "9" * 30, "-1"):
        assert names(client, f"{base}?groupe={odd}") == ["AUBRY Camille", "ZOLA Camille"]
    assert client.page(f"{base}/{together.id}").find("a", href=f"{base}?groupe={party.id}") is not None


def test_the_agreement_is_asked_of_the_organiser_about_the_person(client: PageClient, event: Event) -> None:
    make_question(event, slug="acces", sensitive=True, kind=QuestionKind.TEXT)
    make_question(event, slug="photo", sensitive=True, kind=QuestionKind.TEXT, consent="Je veux bien.")
    registration = make_registration(event)
    reader = make_user(event.organisation)
    reader.memberships[0].reads_sensitive = True
    client.sign_in(reader)
    for address in (f"{listing(event)}/nouvelle", f"{listing(event)}/{registration.id}/modification"):
        boxes = [words(box) for box in client.page(address).select(".consent")]
        assert boxes[0].startswith("La personne accepte que cette réponse soit utilisée pour préparer son accueil")
        assert boxes[1].startswith("La personne est d’accord avec cette phrase : « Je veux bien. »")


def test_the_list_is_filtered_by_session(client: PageClient, event: Event) -> None:
    session = make_session(event, booking=BookingMode.OPTIONAL)
    seats.register(event, make_person(last_name="Un"), sessions=[session], now=NOW)
    make_registration(event, make_person(last_name="Deux"))
    assert names(client, f"{listing(event)}?session={session.slug}") == ["UN Camille"]


def test_one_person_is_shown_with_history_and_letters(client: PageClient, event: Event) -> None:
    registration = seats.register(event, make_person(last_name="Un"), now=NOW)
    page = client.page(f"{listing(event)}/{registration.id}")
    assert "place confirmée : une place était libre" in words(page.main)
    assert "Place confirmée" in words(page.main)


def test_a_manual_registration_waits_or_goes_over_capacity(client: PageClient, event: Event) -> None:
    make_registration(event)
    address = f"{listing(event)}/nouvelle"
    client.page(address)

    client.post(address, data=PERSON)
    over = PERSON | {"last_name": "Autre", "over_capacity": "y"}
    assert "Écrivez le motif." in words(parse(client.post(address, data=over)).main)
    client.post(address, data=over | {"over_reason": "Elle anime l’atelier"})

    limit = "toutes les places de la rencontre sont prises (1\u00a0sur\u00a01)"
    last = db.session.scalars(db.select(Entry).order_by(Entry.id.desc()).limit(1)).one()
    assert (last.details["over_limits"], last.details["reason"]) == ([limit], "Elle anime l’atelier")
    assert last.sentence.endswith(f"par décision de l’équipe\u00a0: {limit}. Motif\u00a0: Elle anime l’atelier.")
    rows = db.session.scalars(db.select(Registration).where(Registration.source == Source.ORGANISER)).all()
    assert [row.status for row in rows] == [Status.WAITING, Status.CONFIRMED]


def test_registering_the_same_person_shows_their_registration(client: PageClient, event: Event) -> None:
    known = make_registration(event, make_person(**PERSON))
    response = client.post(f"{listing(event)}/nouvelle", data=PERSON)
    assert response.status_code == 422
    assert parse(response).find("a", href=f"{listing(event)}/{known.id}")


def test_cancelling_with_a_reason_may_stay_silent(client: PageClient, event: Event, outbox: Outbox) -> None:
    registration = make_registration(event)
    address = f"{listing(event)}/{registration.id}/annulation"
    assert client.page(address).find(id="tell").has_attr("checked")

    assert client.post(address, data={"reason": "Doublon"}).status_code == 303

    assert (registration.cancelled_by, registration.cancellation_reason) == ("organiser", "Doublon")
    assert outbox() == []


def test_the_link_is_sent_again(client: PageClient, event: Event, outbox: Outbox) -> None:
    registration = make_registration(event)
    client.post(f"{listing(event)}/{registration.id}/lien")
    assert [m.letter for m in outbox()] == ["registrations/link"]


@pytest.mark.parametrize("kind", ["csv", "xlsx", "ods"])
def test_the_list_is_exported(client: PageClient, event: Event, kind: str) -> None:
    make_registration(event)
    response = client.get(f"{listing(event)}.{kind}?etat=confirmed&tri=-date")
    assert response.status_code == 200
    assert response.headers["Content-Disposition"].startswith("attachment")


def test_the_csv_holds_what_the_list_shows(client: PageClient, event: Event) -> None:
    make_registration(event, make_person(last_name="=Un", phone="+33323975390"))
    text = client.get(f"{listing(event)}.csv").data.decode("utf-8-sig")
    assert text.splitlines()[0].startswith("Nom;Prénom;Adresse électronique;Téléphone")
    assert "03 23 97 53 90" in text


@pytest.mark.parametrize("path", ["", "/nouvelle", "/1", "/99999999999", "/1/annulation", ".csv", ".exe"])
def test_a_stranger_and_the_unknown_are_404(client: PageClient, event: Event, path: str) -> None:
    foreign = make_event()
    make_registration(foreign, id=1)
    assert client.get(f"/gestion/evenements/{foreign.slug}/inscriptions{path}").status_code == 404


@pytest.mark.parametrize("end", ["passed on", "merged"])
def test_a_registration_that_another_replaced_has_no_link_to_send(
    client: PageClient, event: Event, outbox: Outbox, end: str
) -> None:
    """The page was open while a colleague merged, or the person passed their place on."""
    registration, other = make_registration(event), make_registration(event)
    facts = {"cancelled_by": "transfer"} if end == "passed on" else {"merged_into_id": other.id}
    for name, value in ({"status": Status.CANCELLED, "cancelled_at": NOW} | facts).items():
        setattr(registration, name, value)
    response = client.post(f"{listing(event)}/{registration.id}/lien", follow_redirects=True)
    assert "son lien n’existe plus" in words(parse(response).main)
    assert outbox() == []


def test_the_history_names_once_who_registered_a_group_or_gave_their_place(client: PageClient, event: Event) -> None:
    anne, zoe = parties.Contact(name="Anne Roy", email="a@b.example"), {"first_name": "Zoé", "last_name": "Lefèvre"}
    facts = {"rule": PartyRule.FITTING, "now": utcnow()}
    made = db.session.scalars(parties.register_party(event, anne, [make_person()], **facts).party.people).one()
    received = transfers.pass_on(made, Colleague(**zoe, email="z@b.example"), now=utcnow(), by="person")

    before, after = (
        words(client.page(f"{listing(event)}/{one.id}").select_one("#history").parent) for one in (made, received)
    )
    assert "(faite par Anne Roy), place confirmée : une place était libre." in before
    assert before.count("(par la personne)") == 1  # who passed it on
    assert "(par la personne)" not in after


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("sort", "key"),
    [("nom", "\ud800"), ("date", {"t": "0001-01-01T00:00:00+14:00"}), ("date", {"t": "9999-12-31T23:59:59-14:00"})],
)
def test_a_page_that_no_database_could_look_for_is_the_first_one(
    client: PageClient, event: Event, sort: str, key: object
) -> None:
    make_registration(event)
    after = base64.urlsafe_b64encode(json.dumps([key, 1]).encode()).decode().rstrip("=")
    assert len(client.page(f"{listing(event)}?tri={sort}&apres={after}").select("tbody tr")) == 1
