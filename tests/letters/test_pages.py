"""The list of letters, the editor of each, its preview and the test sent to oneself."""

import pytest
from bs4 import BeautifulSoup

from eventapp.events.models import Wording
from eventapp.extensions import db
from eventapp.invitations import samples
from eventapp.letters import writing
from eventapp.letters.kinds import KINDS
from eventapp.letters.models import Letter, LetterKind
from eventapp.outbox import rendering
from tests.factories import NOW, make_event, make_guest, make_organisation, make_person, make_registration, make_user
from tests.pages import parse, words

pytestmark = pytest.mark.usefixtures("in_november")

SLUGS = [about.slug for about in KINDS.values()]
INVITING, CONFIRMING = KINDS[LetterKind.INVITATION].slug, KINDS[LetterKind.CONFIRMATION].slug


@pytest.fixture
def user(client):
    user = make_user(make_organisation(name="Préfecture de région"), email="moi@sgar.example")
    client.sign_in(user)
    return user


@pytest.fixture
def event(user):
    return make_event(user.memberships[0].organisation, title="Deuxièmes rencontres")


def at(event, slug="", path=""):
    return f"/gestion/evenements/{event.slug}/lettres" + (f"/{slug}{path}" if slug else "")


def framed(page):
    return BeautifulSoup(page.select_one("iframe")["srcdoc"], "html.parser")


def test_the_list_shows_every_letter_and_whose_words_it_carries(client, event, user):
    writing.write(event, LetterKind.THANKS, "Merci", "Merci {prenom}", now=NOW, by=user)

    rows = client.page(at(event)).select("tbody tr")

    assert [words(row.th) for row in rows] == [about.title for about in KINDS.values()]
    assert [("votre texte" in words(row)) for row in rows] == [kind is LetterKind.THANKS for kind in KINDS]


@pytest.mark.parametrize("slug", SLUGS)
def test_each_letter_is_shown_whole_even_when_nobody_can_read_it_yet(client, event, slug):
    page = client.page(at(event, slug))

    assert "Deuxièmes rencontres" in words(page.select_one(".preview"))
    assert "Deuxièmes rencontres" in words(framed(page).body)
    assert "{" not in words(page.select_one(".preview")) + words(framed(page).body)
    assert "None" not in words(page.select_one(".preview"))


@pytest.mark.parametrize("wording", Wording)
@pytest.mark.parametrize("slug", SLUGS)
def test_every_proposal_reads_well_as_a_letter(client, event, slug, wording):
    event.wording = wording

    assert "  " not in client.page(at(event, slug)).select_one(".preview pre").text


@pytest.mark.both_databases
def test_a_letter_is_saved_as_a_version_and_shown_to_whom_was_chosen(client, event):
    chosen = make_guest(event, make_person(first_name="Zoé", last_name="Zédé"))
    make_guest(event, make_person(first_name="Ana"))

    data = {"subject": "Pour {prenom}", "body": "Chère **{prenom}**", "personne": chosen.id}
    page = parse(client.post(at(event, INVITING), data=data, follow_redirects=True))

    assert writing.current(event, LetterKind.INVITATION).version == 1
    assert "Pour Zoé" in words(page.select_one(".preview__subject"))
    assert "Chère Zoé" in words(page.select_one(".preview"))
    assert [words(strong) for strong in framed(page).select("strong")][-1] == "Zoé"


def test_an_unsaved_letter_is_shown_and_kept_unsaved(client, event):
    make_guest(event, make_person(first_name="Ana"))
    button = client.page(at(event, INVITING)).select_one("#voir")

    page = parse(client.post(button["formaction"], data={"subject": "Neuf", "body": "Chère {prenom}"}))

    assert "Chère Ana" in words(page.select_one(".preview"))
    assert page.select_one("textarea").text.strip() == "Chère {prenom}"
    assert db.session.scalars(db.select(Letter)).all() == []


@pytest.mark.parametrize("path", ["", "/apercu", "/essai"])
@pytest.mark.parametrize("data", [{"subject": "", "body": "Oui"}, {"subject": "Oui", "body": "{truc}"}])
def test_a_mistake_is_explained_and_nothing_is_lost(client, event, outbox, path, data):
    response = client.post(at(event, INVITING, path), data=data)
    page = parse(response)

    assert response.status_code == 422
    assert page.select_one("#erreurs").has_attr("autofocus")
    assert page.select_one("#lettre")["action"] == at(event, INVITING)
    assert page.select_one("textarea").text.strip() == data["body"]
    assert outbox() == []


def test_a_field_of_another_letter_is_refused(client, event):
    response = client.post(at(event, INVITING), data={"subject": "Oui", "body": "Jusqu’au {delai}"})

    assert "{delai}" in words(parse(response).select_one("#erreurs"))


@pytest.mark.both_databases
def test_a_test_goes_to_whoever_asks_with_the_words_of_the_editor(client, event, outbox):
    reader = make_registration(event, make_person(first_name="Zoé"))

    data = {"subject": "Bravo {prenom}", "body": "Chère {prenom}", "personne": reader.id}
    response = client.post(at(event, CONFIRMING, "/essai"), data=data)
    (message,) = outbox()
    with rendering.reading():
        letter = rendering.render(message)

    assert "Un essai part vers moi@sgar.example" in words(parse(response))
    assert (message.to, letter.subject) == ("moi@sgar.example", "Essai – Bravo Zoé")
    assert letter.text.startswith("Votre place est confirmée.")
    assert "Chère Zoé" in letter.text
    assert samples.TOKEN in letter.text
    assert writing.current(event, LetterKind.CONFIRMATION) is None


def test_going_back_to_the_proposal_keeps_the_versions(client, event, user):
    writing.write(event, LetterKind.INVITATION, "Mien", "Mon texte", now=NOW, by=user)

    client.post(at(event, INVITING, "/texte-propose"))

    assert writing.current(event, LetterKind.INVITATION).version == 2
    assert "votre texte" not in words(client.page(at(event)).tbody)


def test_a_convocation_changes_what_is_proposed_not_what_was_written(client, event, user):
    writing.write(event, LetterKind.THANKS, "Mien", "Mon texte", now=NOW, by=user)

    client.post(at(event) + "/ton", data={"wording": "convocation"})

    assert "vous convoque" in words(client.page(at(event, INVITING)).select_one(".preview"))
    assert "Mon texte" in words(client.page(at(event, "remerciements")).select_one(".preview"))


def test_who_reads_comes_from_this_event_only(client, event):
    other = make_guest(make_event())

    assert client.get(at(event, INVITING) + f"?personne={other.id}").status_code == 404
    assert client.get(at(event, INVITING) + "?personne=1;2").status_code == 404


def test_a_guests_page_leads_to_their_own_letter(client, event):
    make_guest(event, make_person(first_name="Ana"))
    guest = make_guest(event, make_person(first_name="Zoé", last_name="Zédé"))
    page = client.page(f"/gestion/evenements/{event.slug}/invites/{guest.id}")

    letter = client.page(page.select_one("main a[href*=lettres\\/invitation]")["href"])

    assert "Bonjour Zoé Zédé" in words(letter.select_one(".preview"))


def test_letters_of_a_strangers_event_or_of_no_kind_are_not_found(client, event):
    foreign = make_event()

    for address in (at(foreign), at(foreign, INVITING), at(event, "facture")):
        assert client.get(address).status_code == 404


def test_the_letters_frame_runs_nothing(client, event):
    response = client.get(at(event, INVITING))
    policy = response.headers["Content-Security-Policy"]

    assert parse(response).iframe["sandbox"] == []
    assert "unsafe" not in policy
    assert "style-src 'self' 'sha256-" in policy


CHANGING, CANCELLING = KINDS[LetterKind.CHANGE].slug, KINDS[LetterKind.CANCELLATION].slug


@pytest.mark.parametrize(
    ("slug", "case", "fact"),
    [
        (CHANGING, "session", "change d’horaire ou de salle"),
        (CHANGING, "invites", "Votre invitation reste valable."),
        (CANCELLING, "session", "Session annulée : Atelier d’exemple 1"),
        (CANCELLING, "rencontre", "n’aura pas lieu"),
        (CANCELLING, "invites", "Vous n’avez plus à répondre"),
    ],
)
def test_each_case_of_a_letter_is_shown_with_ours_first(client, event, slug, case, fact):
    shown = words(client.page(at(event, slug, f"?cas={case}")).select_one(".preview"))
    own = parse(client.post(at(event, slug, "/apercu"), data={"subject": "Oui", "body": "Sur {sujet}.", "cas": case}))

    assert fact in shown
    assert "Bonjour Camille EXEMPLE" in shown
    assert "Sur la " in words(own.select_one(".preview"))
    assert own.select_one("#cas option[selected]")["value"] == case


def test_a_case_that_is_none_is_not_there(client, event):
    assert client.get(at(event, CHANGING, "?cas=rencontre")).status_code == 404
    assert client.get(at(event, INVITING, "?cas=session")).status_code == 404


def test_a_test_of_a_case_keeps_our_subject(client, event, outbox):
    client.post(at(event, CANCELLING, "/essai"), data={"subject": "Oui", "body": "Sur {sujet}", "cas": "rencontre"})
    (message,) = outbox()
    with rendering.reading():
        letter = rendering.render(message)

    assert letter.subject == "Essai – Rencontre annulée\u00a0: Deuxièmes rencontres"
    assert "Sur la rencontre" in letter.text


def test_anyone_of_a_long_list_is_found_without_javascript(client, event, monkeypatch):
    monkeypatch.setattr(samples, "OFFERED", 3)
    for n in range(30):
        make_guest(event, make_person(first_name="Zoé", last_name=f"Nom{n:02}"))

    page = client.page(at(event, INVITING))
    assert "La liste montre 3 personnes sur 30" in words(page.main)
    sent = {
        "subject": "Oui",
        "body": "Chère {nom}",
        "qui": "zoe nom27",
        "personne": page.select_one("#personne option")["value"],
    }
    found = parse(client.post(page.select_one("#voir")["formaction"], data=sent))
    nobody = parse(client.post(page.select_one("#voir")["formaction"], data=sent | {"qui": "Nemo"}))

    assert "Chère Nom27" in words(found.select_one(".preview"))
    assert [words(option) for option in found.select("#personne option")] == ["NOM27 Zoé"]
    assert "Personne ne correspond à « Nemo »" in words(nobody.main)
    assert nobody.select_one("#qui")["value"] == "Nemo"


def test_a_short_list_is_not_searched(client, event):
    make_guest(event)

    assert client.page(at(event, INVITING)).select_one("#qui") is None


def test_the_enter_key_shows_the_letter_and_saves_nothing(client, event):
    first = client.page(at(event, INVITING)).select_one("#lettre button[type=submit]")

    assert first["formaction"] == at(event, INVITING, "/apercu")


def test_words_that_do_not_say_what_they_are_about_are_pointed_out(client, event, user):
    writing.write(event, LetterKind.CHANGE, "Mien", "Sur {sujet}", now=NOW, by=user)
    writing.write(event, LetterKind.CANCELLATION, "Mien", "Votre inscription est annulée.", now=NOW, by=user)

    assert "ajoutez-y {sujet}" in words(client.page(at(event, CANCELLING)).main)
    assert "ajoutez-y {sujet}" not in words(client.page(at(event, CHANGING)).main)
