"""`/invitation/<token>` of a structure, and whom a guest sends in their stead; the same by phone, at the desk."""

import re

import pytest

from eventapp.events.models import Audience
from eventapp.extensions import db
from eventapp.invitations import delegating, links, naming
from eventapp.invitations.models import Guest, GuestState
from eventapp.registrations.models import Registration
from eventapp.registrations.people import Colleague
from tests.factories import (
    NOW,
    make_event,
    make_guest,
    make_invitation,
    make_organisation,
    make_person,
    make_structure,
    make_user,
)
from tests.pages import parse, words

pytestmark = pytest.mark.usefixtures("in_november")


def structure(**facts):
    event = make_event(**{"audience": Audience.INVITED} | facts)
    laon = make_structure(name="France services de Laon")
    guest = delegating.invite_structure(event, laon, 2, "laon@france-services.example", NOW, None)
    return guest, f"/invitation/{links.token(make_invitation(guest))}"


def person(**facts):
    event = make_event(**{"audience": Audience.INVITED} | facts)
    guest = make_guest(event, make_person(first_name="Léa", last_name="Martin", email="lea@agents.example"))
    return guest, f"/invitation/{links.token(make_invitation(guest))}"


def at_desk(client, guest):
    client.sign_in(make_user(guest.event.organisation, name="Jeanne Roy"))
    return f"/gestion/evenements/{guest.event.slug}/invites/{guest.id}"


def typed(*people, way="invite"):
    """What the form of names sends."""
    parts = ("first_name", "last_name", "email")
    lines = {f"person-{n}-{part}": one[n2] for n, one in enumerate(people, 1) for n2, part in enumerate(parts)}
    return lines | {"way": way}


LEA, PAUL = ("Léa", "Martin", "lea@agents.example"), ("Paul", "Petit", "paul@agents.example")


def test_a_structure_reads_its_places_and_until_when_to_answer(client):
    _, address = structure(closes_at=NOW.replace(month=12))

    page = client.page(address)

    assert "France services de Laon, 2 places" in words(page)
    assert "Réponse attendue avant le mercredi 2 décembre 2026" in words(page)
    assert [words(link) for link in page.select("aside a.fr-btn")] == ["Nommer qui viendra", "Personne ne viendra"]
    assert page.select("main form") == []


def test_a_structure_names_two_colleagues_and_sees_them(client, outbox):
    guest, address = structure()
    assert len(client.page(f"{address}/personnes").select("[name$=last_name]")) == 2

    answer = client.post(f"{address}/personnes", data=typed(LEA, PAUL), follow_redirects=True)

    assert "2 personnes reçoivent leur invitation." in words(parse(answer))
    assert [words(row) for row in parse(answer).select("tbody th")] == ["Léa MARTIN", "Paul PETIT"]
    assert "Toutes vos places sont prises." in words(parse(answer))
    assert [mail.to for mail in outbox()] == ["lea@agents.example", "paul@agents.example"]
    assert db.session.get_one(Guest, guest.id).state is GuestState.ACCEPTED


def test_a_structure_answers_for_its_colleagues(client):
    _, address = structure()

    answer = client.post(f"{address}/personnes", data=typed(LEA, PAUL, way="register"), follow_redirects=True)

    assert "2 personnes sont inscrites. Chacune reçoit son lien personnel." in words(parse(answer))
    assert [words(badge) for badge in parse(answer).select("tbody .fr-badge")] == ["confirmée", "confirmée"]
    assert len(db.session.scalars(db.select(Registration)).all()) == 2


def test_nobody_named_is_one_fault_though_lines_may_stay_empty(client):
    _, address = structure()

    page = parse(client.post(f"{address}/personnes", data={"way": "invite"}))

    assert [words(fault) for fault in page.select("#erreurs li")] == ["Prénom : Nommez au moins une personne."]


def test_one_place_left_is_spoken_of_as_one(client):
    guest, address = structure()
    guest.places = 1

    page = client.page(f"{address}/personnes")

    assert "Comment répond-elle ?" in words(page.main)
    assert words(page.select_one(".fr-radio-group label")).startswith("Lui envoyer une invitation")
    assert "Laissez vides" not in words(page.main)
    answer = parse(client.post(f"{address}/personnes", data=typed(LEA, way="register"), follow_redirects=True))
    assert "1 personne est inscrite. Elle reçoit son lien personnel." in words(answer)
    assert "Votre place est prise." in words(answer)


def test_names_in_error_are_shown_again_with_what_was_typed(client):
    _, address = structure()

    answer = client.post(f"{address}/personnes", data=typed(("Léa", "Martin", "lea")))

    assert answer.status_code == 422
    assert words(parse(answer).title).startswith("Erreur : ")
    assert parse(answer).select_one("[name=person-1-email]")["value"] == "lea"


def test_more_names_than_places_are_refused(client, outbox):
    _, address = structure()
    third = ("Zoé", "Roy", "zoe@agents.example")

    answer = client.post(f"{address}/personnes", data=typed(LEA, PAUL, third))

    assert answer.status_code == 422
    assert "Il reste 2 places à votre structure : rien n’est enregistré." in words(parse(answer))
    assert outbox() == []


def test_a_name_is_withdrawn_by_a_post(client):
    guest, address = structure()
    client.post(f"{address}/personnes", data=typed(LEA))
    withdraw = client.page(address).select_one("td a")["href"]
    client.page(withdraw)
    named = db.session.get_one(Guest, guest.id).named[0]
    assert named.removed_at is None
    dead = f"/invitation/{links.token(named.invitation)}"

    answers = [client.post(withdraw, data={"choice": "withdraw"}, follow_redirects=True) for _ in range(2)]

    assert "Léa MARTIN n’est plus invité." in words(parse(answers[0]))
    assert "Retirer" not in words(parse(answers[1]).main)
    assert client.get(dead).status_code == 404


def test_the_mark_of_another_invitation_withdraws_nothing(client):
    _, address = structure()
    stranger, _ = person()

    assert client.post(f"{address}/retrait/{stranger.invitation.mark}").status_code == 404


def test_a_structure_says_that_nobody_comes(client):
    guest, address = structure()

    client.post(f"{address}/refus", data={"choice": "decline", "reason": "Fermés"})

    assert db.session.get_one(Guest, guest.id).state is GuestState.DECLINED
    assert "Vous avez répondu que personne ne viendra." in words(client.page(address))


def test_after_the_deadline_nothing_is_named_any_more(client, outbox):
    _, address = structure(closes_at=NOW)

    answer = client.post(f"{address}/personnes", data=typed(LEA), follow_redirects=True)

    assert "La date limite pour répondre est passée." in words(parse(answer))
    assert outbox() == []


def test_a_guest_sends_someone_else_whose_answer_they_see(client, outbox):
    _, address = person()
    sent = {"first_name": "Paul", "last_name": "Petit", "email": "paul@agents.example"}

    answer = client.post(f"{address}/remplacement", data=sent, follow_redirects=True)

    page = parse(answer)
    assert "Paul PETIT reçoit son invitation à paul@agents.example." in words(page)
    assert "Vous avez proposé à Paul PETIT de venir à votre place." in words(page)
    assert "Paul PETIT : sans réponse Retirer Paul PETIT" in words(page.aside)
    assert "Accepter l’invitation" not in words(page)
    assert [mail.to for mail in outbox()] == ["paul@agents.example"]


def test_whoever_is_sent_reads_who_proposed_it(client):
    guest, _ = person()
    paul = Colleague(first_name="Paul", last_name="Petit", email="paul@agents.example")
    named = naming.send_instead(guest.invitation, paul, now=NOW)

    page = client.page(f"/invitation/{links.token(named.invitation)}")

    assert "Léa MARTIN vous propose de venir à sa place." in words(page)
    assert "Accepter l’invitation" in words(page)


def test_the_form_of_somebody_else_refuses_oneself(client):
    _, address = person()
    oneself = {"first_name": "Léa", "last_name": "Martin", "email": "LEA@agents.example"}

    answer = client.post(f"{address}/remplacement", data=oneself)

    assert answer.status_code == 422
    assert "C’est votre propre nom et votre propre adresse." in words(parse(answer))


def test_another_person_does_not_accept_in_the_guests_name(client):
    guest, address = person()
    stranger = {"first_name": "Paul", "last_name": "Petit", "email": "paul@agents.example", "comes": "y"}

    answer = client.post(f"{address}/inscription", data=stranger)

    assert answer.status_code == 422
    assert "Cette invitation est au nom de Léa MARTIN." in words(parse(answer))
    assert db.session.get_one(Guest, guest.id).state is GuestState.SILENT


@pytest.mark.parametrize("path", ["personnes", "remplacement"])
def test_each_kind_of_guest_has_its_own_pages(client, path):
    _, address = person() if path == "personnes" else structure()

    assert client.get(f"{address}/{path}").status_code == 404


def test_a_yes_received_by_phone_is_entered_and_logged(client, outbox):
    guest, _ = person(closes_at=NOW)
    desk = at_desk(client, guest)
    form = client.page(f"{desk}/acceptation").select_one("main form")
    sent = {tag["name"]: tag.get("value", "") for tag in form.select("input[name]:not([type=checkbox])")}

    answer = client.post(f"{desk}/acceptation", data=sent, follow_redirects=True)

    assert "Léa MARTIN a accepté : inscription confirmée." in words(parse(answer))
    assert "a accepté l’invitation (réponse reçue par téléphone)" in words(parse(answer).select_one(".timeline"))
    assert [mail.letter for mail in outbox()] == ["registrations/confirmed"]


def test_a_no_received_by_phone_is_entered_and_logged(client):
    guest, _ = person()
    desk = at_desk(client, guest)

    answer = client.post(f"{desk}/refus", data={"reason": "En congé"}, follow_redirects=True)

    said = "Léa MARTIN a décliné l’invitation (réponse reçue par téléphone) (par Jeanne Roy)"
    assert said in words(parse(answer).select_one(".timeline"))
    assert db.session.get_one(Guest, guest.id).invitation.decline_reason == "En congé"


def test_names_given_by_phone_are_entered_and_seen_with_who_named_whom(client):
    guest, _ = structure()
    desk = at_desk(client, guest)

    page = parse(client.post(f"{desk}/personnes", data=typed(LEA), follow_redirects=True))

    assert [words(cell) for cell in page.select("tbody tr")[0].find_all(["th", "td"])] == [
        "MARTIN Léa",
        "France services de Laon",
        "sans réponse",
    ]
    assert "2, dont 1 libre" in words(page)
    assert "France services de Laon désigne Léa MARTIN" in words(page)
    lea = client.page(page.select_one("tbody th a")["href"])
    assert re.search(r"Nommé par\s+France services de Laon", words(lea))


def test_places_and_mailbox_of_a_structure_are_corrected(client, outbox):
    guest, _ = structure()
    desk = at_desk(client, guest)

    answer = client.post(desk, data={"email": "accueil@laon.example", "places": "5"}, follow_redirects=True)

    assert "5, dont 5 libres" in words(parse(answer))
    assert [mail.to for mail in outbox()] == ["accueil@laon.example"]


def test_places_that_are_taken_cannot_be_taken_back(client):
    guest, address = structure()
    client.post(f"{address}/personnes", data=typed(LEA, PAUL))
    desk = at_desk(client, guest)

    answer = client.post(desk, data={"email": guest.email, "places": "1"})

    assert answer.status_code == 422
    assert "2 places sont prises : retirez d’abord des personnes nommées." in words(parse(answer))


@pytest.mark.parametrize("path", ["acceptation", "refus", "personnes"])
def test_nobody_answers_for_the_guests_of_another_organisation(client, path):
    guest, _ = structure() if path == "personnes" else person()
    desk = f"/gestion/evenements/{guest.event.slug}/invites/{guest.id}"
    client.sign_in(make_user(make_organisation()))

    assert client.get(f"{desk}/{path}").status_code == 404
    assert client.post(f"{desk}/{path}", data=typed(LEA)).status_code == 404
