"""A structure names two colleagues: one accepts, one declines; a guest sends someone else; all from their mails."""

from datetime import UTC, datetime, timedelta

import pytest

from eventapp.events.models import Audience
from eventapp.extensions import db
from eventapp.invitations import delegating, sending
from tests.browser.hands import Hands, event_day
from tests.factories import make_event, make_guest, make_person, make_structure

NOW = datetime.now(UTC)
STARTS = event_day(NOW) + timedelta(hours=8)
WAYS = ("mouse", "no-javascript", "keyboard")


def seed():
    for way in WAYS:
        facts = {"starts_at": STARTS, "ends_at": STARTS + timedelta(hours=8), "audience": Audience.INVITED}
        event = make_event(slug=f"delegation-{way}", title=f"Journée {way}", **facts)
        laon = make_structure(name=f"France services {way}")
        office = delegating.invite_structure(event, laon, 2, f"laon@{way}.example", NOW, None)
        lea = make_guest(event, make_person(first_name="Léa", last_name="Martin", email=f"lea@{way}.example"))
        db.session.flush()
        sending.invite(event, [office, lea], now=NOW, by=None)


@pytest.fixture(scope="module")
def site(start_site):
    return start_site(seed, with_worker=True, environ={"EVENTAPP_DEMO": "1"})


@pytest.fixture
def way(request):
    return request.node.callspec.id


def test_a_structure_delegates_to_two_colleagues_of_whom_one_declines(hands, way):
    hands.finds_mail(f"laon@{way}.example", f"Invitation de votre structure\u00a0: Journée {way}")
    hands.opens_link_in_mail("/invitation/")
    structure = hands.page.url
    hands.follow("Nommer qui viendra")
    for number, name in enumerate(("Zoé", "Paul"), 1):
        group = f"Personne {number}"
        hands.write("Prénom", name, group=group)
        hands.write("Nom", "Roy", group=group)
        hands.write("Adresse électronique", f"{name[0]}.roy@{way}.example", group=group)
    hands.press("Enregistrer")
    hands.sees("Dites si ces personnes répondent elles-mêmes, ou si vous répondez pour elles.")
    hands.tick("Leur envoyer une invitation")
    hands.press("Enregistrer")
    hands.sees("Toutes vos places sont prises.")

    answers(hands, f"z.roy@{way}.example", f"France services {way} a donné votre nom.", accepts=True)
    answers(hands, f"p.roy@{way}.example", f"France services {way} a donné votre nom.", accepts=False)

    hands.open(structure)
    assert hands.page.locator(".fr-badge").all_inner_texts() == ["confirmée", "décliné"]
    hands.sees("Il vous reste 1\u00a0place.")

    names_a_third_and_withdraws_the_name(hands, way)


def names_a_third_and_withdraws_the_name(hands, way):
    hands.follow("Nommer d’autres personnes")
    group = "Personne 1"
    hands.write("Prénom", "Anne", group=group)
    hands.write("Nom", "Roy", group=group)
    hands.write("Adresse électronique", f"a.roy@{way}.example", group=group)
    hands.tick("Lui envoyer une invitation")
    hands.press("Enregistrer")
    hands.sees("Toutes vos places sont prises.")
    hands.follow("Retirer Anne ROY")
    hands.tick("Retirer ce nom")
    hands.press("Enregistrer mon choix")
    hands.sees("Anne ROY n’est plus invité.")
    hands.sees("Il vous reste 1\u00a0place.")


def test_a_guest_sends_someone_else(page, site):
    hands, way = Hands(page, site.url), "mouse"
    hands.finds_mail(f"lea@{way}.example", f"Invitation\u00a0: Journée {way}")
    hands.opens_link_in_mail("/invitation/")
    own = hands.page.url
    hands.follow("Envoyer quelqu’un d’autre")
    hands.write("Prénom", "Marie")
    hands.write("Nom", "Curie")
    hands.write("Adresse électronique", f"marie@{way}.example")
    hands.press("Envoyer l’invitation")
    hands.sees("Vous avez proposé à Marie CURIE de venir à votre place.")

    answers(hands, f"marie@{way}.example", "Léa MARTIN vous propose de venir à sa place.", accepts=True)

    hands.open(own)
    assert hands.page.locator(".fr-badge").all_inner_texts() == ["confirmée"]


def answers(hands, address, said, *, accepts):
    hands.finds_mail(address, "Invitation\u00a0: Journée")
    hands.opens_link_in_mail("/invitation/")
    hands.sees(said)
    if accepts:
        hands.follow("Accepter l’invitation")
        hands.tick("Je viendrai")
        hands.press("Envoyer mon inscription")
        hands.sees("confirmée")
        return
    hands.follow("Décliner l’invitation")
    hands.tick("Je ne viendrai pas")
    hands.write("Motif", "En formation ce jour-là")
    hands.press("Enregistrer ma réponse")
    hands.sees("Vous avez décliné cette invitation.")
