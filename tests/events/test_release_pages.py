"""The page that is read before a draft is published, and the pages of what was published."""

from datetime import timedelta

import pytest

from eventapp.agenda import editing
from eventapp.agenda.models import BookingMode
from eventapp.exchange import applying, drafting
from eventapp.exchange.releases import keep_release
from eventapp.registrations.models import Booking
from tests.factories import NOW, make_event, make_person, make_registration, make_room, make_session, make_user, save
from tests.pages import parse, words

HOUR = timedelta(hours=1)


@pytest.fixture
def event(client):
    """Released, with a workshop that one person booked."""
    event = make_event(slug="rencontre")
    room = make_room(event, slug="salle", name="Salle Vauban")
    workshop = make_session(event, room=room, slug="atelier", title="Atelier", booking=BookingMode.OPTIONAL)
    booked = make_registration(event, make_person(first_name="Zoé", last_name="Aubry"))
    save(Booking(event_id=event.id, registration=booked, session=workshop, created_at=NOW, confirmed_at=NOW))
    make_registration(event)
    keep_release(event, now=NOW, by=None)
    client.sign_in(make_user(event.organisation))
    with drafting.edited(event, now=NOW, by=None):
        later = {"starts_at": workshop.starts_at + 2 * HOUR, "ends_at": workshop.ends_at + 2 * HOUR}
        editing.edit_session(workshop, later, now=NOW, by=None)
    return event


def address(event, path):
    return f"/gestion/evenements/{event.slug}/{path}"


def fields(page):
    return {tag["name"]: tag.get("value", "") for tag in page.select("input[type=hidden]")}


def test_the_page_names_who_is_affected_and_asks_whom_to_tell(client, event):
    page = client.page(address(event, "brouillon"))

    said = words(page.main)
    assert "« Atelier » – 1 personne : Zoé AUBRY" in said
    assert "1 personne recevra un courriel disant ce qui change pour elle." in said
    assert "2 personnes recevront chacune un courriel" in said
    assert page.select_one("input[name=whom][value=concerned]").has_attr("checked")


def test_the_page_says_why_nobody_concerned_is_left_out_and_what_else_leaves(client, event):
    said = words(client.page(address(event, "brouillon")).select_one("#publier ~ form"))

    assert "sont toujours prévenues : leur agenda l’annonce déjà" in said
    assert "courts courriels « Mise à jour de votre agenda », un par session" in said


def test_nobody_is_written_to_when_nothing_booked_changes(client, event, outbox):
    applying.abandon_draft(event, now=NOW, by=None)
    with drafting.edited(event, now=NOW, by=None):
        make_room(event, slug="annexe", name="Annexe")
    page = client.page(address(event, "brouillon"))
    said = words(page.select_one("#publier ~ form"))

    client.post(address(event, "brouillon/publication"), data=fields(page) | {"whom": "concerned"})

    assert "Personne Aucun courriel ne sera envoyé : ce qui change n’a été réservé par personne." in said
    assert "toujours prévenues" not in said
    assert outbox() == []


def test_those_chosen_are_told_with_the_organisers_word(client, event, outbox):
    sent = fields(client.page(address(event, "brouillon"))) | {"whom": "everyone", "note": "Salle en travaux."}

    page = parse(client.post(address(event, "brouillon/publication"), data=sent, follow_redirects=True))

    assert "Le brouillon est publié. 2 personnes sont prévenues." in words(page.main)
    told = [message for message in outbox() if message.letter == "registrations/programme_changed"]
    assert [message.context["note"] for message in told] == ["Salle en travaux."] * 2


def test_what_changed_since_it_was_read_is_read_again(client, event, outbox):
    sent = fields(client.page(address(event, "brouillon"))) | {"whom": "concerned", "note": "Gardez ce mot."}
    event.capacity, event.revision = 12, event.revision + 1

    response = client.post(address(event, "brouillon/publication"), data=sent)

    assert response.status_code == 422
    page = parse(response)
    assert "a changé pendant que vous lisiez" in words(page.main)
    assert page.select_one("textarea[name=note]").text.strip() == "Gardez ce mot."
    assert outbox() == []


def test_each_release_is_listed_shown_and_compared(client, event):
    sent = fields(client.page(address(event, "brouillon"))) | {"whom": "concerned"}
    client.post(address(event, "brouillon/publication"), data=sent)

    listed = client.page(address(event, "versions"))
    assert [words(row) for row in listed.select("tbody th")] == ["Version 2", "Version 1"]
    assert "1 changement" in words(listed.select_one("tbody tr"))
    shown = client.page(address(event, "versions/2"))
    assert "Session modifiée : Atelier (horaire" in words(shown.select_one("[aria-labelledby=comparer]"))
    assert "9 h" in words(client.page(address(event, "versions/1")).select_one("[aria-labelledby=montre]"))
    assert client.get(address(event, "versions/2?avec=1")).status_code == 200


def test_what_was_changed_at_once_is_told_apart_from_what_the_draft_brought(client, event):
    event.capacity, event.revision = 12, event.revision + 1
    drafted = [words(line) for line in client.page(address(event, "brouillon")).select("#changements ~ ul > li")]
    sent = fields(client.page(address(event, "brouillon"))) | {"whom": "concerned"}

    client.post(address(event, "brouillon/publication"), data=sent)

    lists = client.page(address(event, "versions/2")).select("[aria-labelledby=comparer] ul")
    released, at_once = ([words(line) for line in found.select("li")] for found in lists)
    assert released == drafted
    assert len(at_once) == 1
    assert "nombre de places :" in at_once[0]
    assert at_once[0].endswith("→ 12")
    row = client.page(address(event, "versions")).select_one("tbody tr")
    assert "1 changement, et 1 fait directement" in words(row)


@pytest.mark.parametrize(
    "path", ["versions/3", "versions/99999999999999999999", "versions/1?avec=9", "versions/1?avec=x"]
)
def test_an_unknown_release_is_not_found(client, event, path):
    assert client.get(address(event, f"versions/{path}")).status_code == 404


def test_a_release_is_taken_up_in_the_draft(client, event):
    sent = fields(client.page(address(event, "brouillon"))) | {"whom": "concerned"}
    client.post(address(event, "brouillon/publication"), data=sent)

    page = parse(client.post(address(event, "versions/1/reprise"), follow_redirects=True))

    assert "La version 1 est reprise" in words(page.main)
    assert "Session modifiée : Atelier (horaire" in words(page.main)
