import pytest

from eventapp.events.models import Audience, Wording
from eventapp.extensions import db
from eventapp.invitations import delegating, links
from eventapp.invitations.models import Guest, GuestState
from eventapp.registrations.models import Registration
from eventapp.registrations.people import Person
from tests.factories import NOW, make_event, make_guest, make_invitation, make_organisation, make_structure, make_user
from tests.pages import parse, words

pytestmark = pytest.mark.usefixtures("in_november")


def invited(**facts):
    event = make_event(**{"audience": Audience.INVITED} | facts)
    person = Person(first_name="Léa", last_name="Martin", email="lea@agents.example", function="Conseillère")
    guest = make_guest(event, person)
    return guest, f"/invitation/{links.token(make_invitation(guest))}"


def fields(page, **changes):
    """What the page's form would send."""
    form = page.select_one("main form")
    sent = {
        tag["name"]: tag.get("value", "") for tag in form.select("input[name]:not([type=radio]):not([type=checkbox])")
    }
    return sent | changes


def test_the_page_says_what_when_where_and_offers_both_replies(client):
    _guest, address = invited()

    page = client.page(address)

    assert "Léa MARTIN" in words(page)
    assert "jeudi 14 janvier 2027" in words(page)
    assert [words(link) for link in page.select("aside a.fr-btn")] == ["Accepter l’invitation", "Décliner l’invitation"]
    assert page.select("main form") == []


def test_a_convocation_is_called_one_from_its_title_to_its_buttons(client):
    guest, address = invited(wording=Wording.CONVOCATION)
    structure = make_structure(name="Laon")
    office = delegating.invite_structure(guest.event, structure, 2, "laon@fs.example", NOW, None)
    office_address = f"/invitation/{links.token(make_invitation(office))}"

    pages = [client.page(address + rest) for rest in ("", "/inscription", "/refus", "/remplacement")]
    pages += [client.page(office_address), client.page(f"{office_address}/personnes")]

    assert [words(page.h1) for page in pages[:5]] == [
        "Votre convocation",
        "Confirmer ma présence",
        "Signaler un empêchement",
        "Envoyer quelqu’un d’autre",
        "La convocation de votre structure",
    ]
    assert [page for page in pages if "invitation" in words(page.main).lower()] == []


def test_accepting_shows_a_form_already_filled_and_registers(client):
    guest, address = invited()
    form = client.page(f"{address}/inscription")
    assert form.select_one("[autocomplete=given-name]")["value"] == "Léa"
    assert form.select_one("[autocomplete=email]")["value"] == "lea@agents.example"

    response = client.post(f"{address}/inscription", data=fields(form, comes="y"))

    assert response.status_code == 303
    assert "/mon-inscription/" in response.location
    assert db.session.get_one(Guest, guest.id).state is GuestState.ACCEPTED


def test_the_same_form_sent_twice_is_one_registration(client):
    _, address = invited()
    data = fields(client.page(f"{address}/inscription"), comes="y")

    first, second = (client.post(f"{address}/inscription", data=data) for _ in range(2))

    assert first.location == second.location
    assert len(db.session.scalars(db.select(Registration)).all()) == 1


def test_a_form_in_error_is_shown_again_with_what_was_typed(client):
    _, address = invited()
    data = fields(client.page(f"{address}/inscription"), email="lea")

    response = client.post(f"{address}/inscription", data=data)

    assert response.status_code == 422
    assert words(parse(response).title).startswith("Erreur : ")
    assert parse(response).select_one("[autocomplete=email]")["value"] == "lea"


def test_declining_is_a_post_with_an_optional_reason(client):
    guest, address = invited()
    client.page(f"{address}/refus")
    assert db.session.get_one(Guest, guest.id).state is GuestState.SILENT

    response = client.post(f"{address}/refus", data={"choice": "decline", "reason": "en congé"}, follow_redirects=True)

    assert "Votre réponse est enregistrée" in words(parse(response))
    assert db.session.get_one(Guest, guest.id).invitation.decline_reason == "en congé"


def test_declining_after_accepting_says_first_what_will_happen(client):
    _, address = invited()
    client.post(f"{address}/inscription", data=fields(client.page(f"{address}/inscription"), comes="y"))

    assert "Votre inscription sera annulée" in words(client.page(f"{address}/refus"))
    assert "Voir mon inscription" in words(client.page(address))


@pytest.mark.parametrize("path", ["", "/inscription", "/refus"])
def test_an_unknown_link_is_404(client, path):
    assert client.get(f"/invitation/{'x' * 32}{path}").status_code == 404


def test_the_page_of_a_cancelled_event_says_so_and_offers_nothing(client):
    _, address = invited(cancelled_at=NOW)

    page = client.page(address)

    assert "Cette rencontre est annulée" in words(page)
    assert page.select("aside a.fr-btn") == []


def test_personal_pages_are_neither_kept_nor_indexed(client):
    _, address = invited()

    headers = client.get(address).headers

    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Robots-Tag"] == "noindex"
    assert headers["Referrer-Policy"] == "strict-origin"


def test_an_uninvited_agent_reads_whom_to_ask(client):
    event = make_event(make_organisation(email="rencontres@sgar.example"), audience=Audience.INVITED)

    assert "rencontres@sgar.example" in words(client.page(f"/evenements/{event.slug}/inscription"))


def test_a_colleagues_organisation_sees_no_foreign_guest(client):
    guest, _ = invited()
    slug = db.session.scalar(db.select(Guest)).event.slug
    client.sign_in(make_user(make_organisation()))

    for path in ("invites", f"invites/{guest.id}", "lettre", "invites/envoi", "invites/import", "invites/liste.csv"):
        assert client.get(f"/gestion/evenements/{slug}/{path}").status_code == 404, path
