"""The public form, the neutral answer, the closed doors."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from eventapp.agenda.models import BookingMode
from eventapp.clock import utcnow
from eventapp.events.models import Audience, Event
from eventapp.extensions import db
from eventapp.network.models import Structure
from eventapp.outbox.models import Message
from eventapp.registrations import submissions
from eventapp.registrations.models import Registration, Status
from eventapp.registrations.questions.models import QuestionKind
from tests.factories import (
    NOW,
    make_category,
    make_event,
    make_person,
    make_question,
    make_registration,
    make_session,
    save,
)
from tests.pages import PageClient, parse, words

Outbox = Callable[[], list[Message]]
PERSON = {"first_name": "Zoé", "last_name": "Lefèvre", "email": "zoe.lefevre@agents.example"}
HOUR = timedelta(hours=1)


def address(event: Event) -> str:
    return f"/evenements/{event.slug}/inscription"


def coming(**facts: object) -> Event:
    """An event in thirty days, from morning to evening whatever the hour of the test."""
    starts_at = (utcnow() + timedelta(days=30)).replace(hour=8, minute=0, second=0, microsecond=0)
    return make_event(**{"starts_at": starts_at, "ends_at": starts_at + 8 * HOUR} | facts)


def only() -> Registration:
    return db.session.scalars(db.select(Registration)).one()


@pytest.mark.both_databases
def test_registering_leads_to_the_personal_page(client: PageClient, outbox: Outbox) -> None:
    event = coming()
    key = client.page(address(event)).find("input", {"name": "key"})["value"]

    response = client.post(address(event), data=PERSON | {"key": key, "phone": "03 23 97 53 90"})

    assert response.status_code == 303
    page = client.page(response.location)
    assert page.find(attrs={"data-state": "confirmed"})
    assert "Zoé LEFÈVRE" in words(page.main)
    assert only().phone == "+33323975390"
    assert [m.letter for m in outbox()] == ["registrations/confirmed"]
    assert client.post(address(event), data=PERSON | {"key": key}).location == response.location
    assert len(outbox()) == 1


def test_needed_controls_say_so_and_optional_ones_never(client: PageClient) -> None:
    event = coming()
    make_category(event), make_category(event)
    page = client.page(address(event))

    required = {tag["name"] for tag in page.select("form [required]")}
    assert required == {"first_name", "last_name", "email", "category"}
    tokens = {tag["name"]: tag["autocomplete"] for tag in page.select("form [autocomplete]")}
    assert tokens == {
        "first_name": "given-name",
        "last_name": "family-name",
        "email": "email",
        "phone": "tel",
        "function": "organization-title",
        "organization": "organization",
    }


def test_a_missing_name_is_said_at_the_field_and_nothing_typed_is_lost(client: PageClient) -> None:
    event = coming()
    response = client.post(address(event), data=PERSON | {"last_name": " "})

    page = parse(response)
    assert response.status_code == 422
    assert words(page.title).startswith("Erreur : ")
    assert page.select_one("#erreurs a")["href"] == "#last_name"
    assert page.find(id="last_name")["aria-invalid"] == "true"
    assert page.find(id="email")["value"] == "zoe.lefevre@agents.example"


def test_the_same_person_again_reads_a_neutral_page_and_gets_the_link(client: PageClient, outbox: Outbox) -> None:
    event = coming()
    client.post(address(event), data=PERSON)
    response = client.post(address(event), data=PERSON | {"first_name": "ZOE"})

    assert response.location == f"{address(event)}/lien-envoye"
    assert "Zoé" not in words(client.page(response.location))
    assert [m.letter for m in outbox()] == ["registrations/confirmed", "registrations/link"]


@pytest.mark.both_databases
def test_the_constraint_is_the_last_net_under_a_look_that_saw_nothing(
    client: PageClient, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    event, look = coming(), submissions.earlier
    client.post(address(event), data=PERSON)
    looks = iter([lambda *_: submissions.Earlier(None, None, False), look])
    monkeypatch.setattr(submissions, "earlier", lambda *facts: next(looks)(*facts))

    response = client.post(address(event), data=PERSON)

    assert response.location == f"{address(event)}/lien-envoye"
    assert only().first_name == PERSON["first_name"]
    assert [m.letter for m in outbox()] == ["registrations/confirmed", "registrations/link"]


@pytest.mark.both_databases
@pytest.mark.parametrize(
    "data",
    [
        {"first_name": "Z\0"},
        {"last_name": "x" * 10_000},
        {"email": "x" * 10_000},
        {"email": "nobody"},
        {"email": ["a@agents.example", "b@agents.example"]},
        {"phone": "12"},
        {"organization": "x" * 10_000},
        {"organization": "a\0"},
        {"category": "\0"},
        {"sessions": "\0"},
        {"sessions": ["a"] * 200},
        {"sessions-x": "unknown"},
        {"question-regime": "\0"},
        {"question-regime": ["a", "b"]},
    ],
)
def test_odd_input_is_refused_not_fatal(client: PageClient, data: dict) -> None:
    event = coming()
    make_question(event, slug="regime", kind=QuestionKind.TEXT)
    make_category(event), make_category(event)

    response = client.post(address(event), data=PERSON | {"category": event.categories[0].slug} | data)

    assert response.status_code == 422
    assert db.session.scalars(db.select(Registration)).all() == []


def test_an_odd_key_is_no_key(client: PageClient) -> None:
    event = coming()
    for key in ("x" * 1000, "é", ""):
        assert (
            client.post(address(event), data=PERSON | {"key": key, "last_name": f"Nom {len(key)}"}).status_code == 303
        )


@pytest.mark.parametrize("typed", ["France services de Laon (Laon, 02)", "france services de LAON", "1"])
def test_a_known_structure_is_bound(client: PageClient, typed: str) -> None:
    structure = Structure(
        id_fs="1", name="France services de Laon", commune="Laon", departement_code="02", updated_at=NOW
    )
    structure.sort_key, structure.match_key = "france services de laon", "france services de laon (laon, 02)"
    save(structure)
    event = coming()

    client.post(address(event), data=PERSON | {"organization": typed})

    assert (only().structure, only().organisation) == (structure, "")


def test_an_unknown_structure_is_kept_as_typed(client: PageClient) -> None:
    event = coming()
    client.post(address(event), data=PERSON | {"organization": "Préfecture de l’Aisne"})
    assert (only().structure, only().organisation) == (None, "Préfecture de l’Aisne")


@pytest.mark.parametrize(
    ("facts", "title", "sentence"),
    [
        ({"audience": Audience.INVITED}, "Inscription sur invitation", "écrivez-nous"),
        ({"opens_at": utcnow() + HOUR}, "Inscriptions bientôt ouvertes", "à partir du"),
        ({"closes_at": utcnow() - HOUR}, "Inscriptions closes", "ont pris fin"),
        ({"capacity": 0, "waiting_list": False}, "Plus de place", "pas de liste d’attente"),
        ({"cancelled_at": NOW}, "Rencontre annulée", "n’aura pas lieu"),
    ],
)
def test_a_closed_door_says_what_to_do_and_shows_no_form(
    client: PageClient, facts: dict, title: str, sentence: str
) -> None:
    event = coming(**facts)
    page = client.page(address(event))

    assert words(page.h1) == title
    assert sentence in words(page.main)
    assert event.organisation.email in words(page.main)
    assert page.select("main form") == []
    assert client.post(address(event), data=PERSON).status_code == 422


@pytest.mark.parametrize("path", ["inscription", "inscription/lien", "inscription/lien-envoye"])
def test_an_unknown_or_unpublished_event_is_404(client: PageClient, path: str) -> None:
    draft = coming(published_at=None)
    assert client.get(f"/evenements/inconnu/{path}").status_code == 404
    assert client.get(f"/evenements/{draft.slug}/{path}").status_code == 404


def test_my_link_is_mailed_and_the_answer_is_the_same_for_a_stranger(client: PageClient, outbox: Outbox) -> None:
    event = coming()
    known = [make_registration(event, make_person(email="accueil@agents.example")) for _ in range(2)]
    make_registration(event, make_person(email="accueil@agents.example"), status=Status.CANCELLED)

    answers = [
        client.post(f"{address(event)}/lien", data={"email": email})
        for email in ("Accueil@agents.example", "inconnu@agents.example")
    ]

    assert {(a.status_code, a.location) for a in answers} == {(303, f"{address(event)}/lien-envoye")}
    (letter,) = outbox()
    assert (letter.to, sorted(letter.context["registration_ids"])) == (
        "accueil@agents.example",
        [registration.id for registration in known],
    )


def test_parallel_sessions_are_radios_and_others_boxes(client: PageClient) -> None:
    event = coming()
    hour = event.starts_at + HOUR
    a, b = (make_session(event, starts_at=hour, booking=BookingMode.REQUIRED, capacity=1) for _ in range(2))
    alone = make_session(event, starts_at=hour + 2 * HOUR, booking=BookingMode.OPTIONAL)
    page = client.page(address(event))

    radios = page.select("input[type=radio]")
    assert [radio["value"] for radio in radios] == [a.slug, b.slug, ""]
    assert len({radio["name"] for radio in radios}) == 1
    assert radios[0]["name"].startswith("sessions-")
    assert [box["value"] for box in page.select("input[name=sessions]")] == [alone.slug]
    assert page.select("[name^=sessions][required]") == []

    client.post(address(event), data=PERSON | {"sessions": a.slug, "sessions-autre": [alone.slug, ""]})
    assert {booking.session_id for booking in only().live_bookings} == {a.id, alone.id}


def test_a_clash_is_said_at_the_sessions(client: PageClient) -> None:
    event = coming()
    a, b = (make_session(event, booking=BookingMode.REQUIRED) for _ in range(2))

    response = client.post(address(event), data=PERSON | {"sessions": [a.slug, b.slug]})

    page = parse(response)
    assert response.status_code == 422
    assert page.select_one("#erreurs a")["href"] == "#sessions"
    assert len(page.select("input[name^=sessions][checked]")) == 2


def test_the_form_is_never_cached(client: PageClient) -> None:
    assert client.get(address(coming())).headers["Cache-Control"] == "no-store"


def test_without_csrf_token_nothing_is_written(csrf_client: PageClient) -> None:
    assert csrf_client.post(address(coming()), data=PERSON).status_code == 400


def test_the_summary_follows_the_page_and_says_each_thing_once(client: PageClient) -> None:
    event = coming()
    make_question(event, slug="repas", label="Déjeunez-vous ?", required=True)
    make_question(event, slug="acces", kind=QuestionKind.TEXT, label="Besoin d’accès", sensitive=True)

    response = client.post(
        address(event), data=PERSON | {"last_name": "", "sessions": "inconnue", "question-acces": "rampe"}
    )

    first, second, third, fourth = (words(item) for item in parse(response).select("#erreurs li"))
    assert first == "Écrivez votre nom."
    assert second.startswith("Une des sessions choisies n’existe pas")
    assert third == "Déjeunez-vous ? Répondez oui ou non."
    assert fourth.startswith("Cochez l’accord pour que la réponse à « Besoin d’accès » soit enregistrée")


@pytest.mark.parametrize("kind", [QuestionKind.YES_NO, QuestionKind.TEXT])
def test_the_consent_stands_inside_its_question(client: PageClient, kind: QuestionKind) -> None:
    event = coming()
    make_question(event, slug="acces", kind=kind, sensitive=True)
    consent = client.page(address(event)).find(id="consent-acces")
    around = consent.find_parent(class_="consent").parent
    assert around.find(attrs={"name": "question-acces"})
    assert around.get("id") == "question-acces" or "fr-input-group" in around["class"]
