"""The demonstration's mailbox and the organiser's board."""

import base64
import hashlib
from datetime import UTC, datetime, timedelta

import pytest

from eventapp import journal
from eventapp.events.models import Wording
from eventapp.extensions import db
from eventapp.journal.models import Entry
from eventapp.outbox import queue
from eventapp.outbox.delivery import deliver_due
from eventapp.outbox.models import Message, State
from eventapp.outbox.queue import Outcome
from eventapp.registrations import notices
from eventapp.registrations.models import Status
from tests.factories import NOW, make_event, make_organisation, make_registration, make_user
from tests.pages import parse, words

HOUR = timedelta(hours=1)
LINK = "http://localhost/mon-inscription/abcdefghijklmnopqrstuvwxyz012345"


@pytest.fixture
def demonstration(app, monkeypatch):
    monkeypatch.setitem(app.config, "EVENTAPP_DEMO", True)


@pytest.fixture
def event(client):
    organisation = make_organisation()
    event = make_event(organisation, slug="rencontre")
    client.sign_in(make_user(organisation))
    return event


def keep(send, to="jeanne@exemple.example", **facts):
    send(to, **facts)
    deliver_due(now=NOW, limit=10)


def fail(error="Le serveur refuse ce courriel (550 non)."):
    (lease,) = queue.claim(NOW)
    assert queue.step(NOW, done=(lease, Outcome(state=State.FAILED, error=error))).state is State.FAILED


def open_first(client):
    link = client.page("/courriels/").select_one(".mail-list a")
    return link["href"]


def test_elsewhere_than_in_the_demonstration_there_is_no_mailbox(client):
    assert client.get("/courriels/").status_code == 404


def test_an_empty_mailbox_says_how_to_fill_it(client, demonstration):
    assert "Aucun courriel pour l’instant" in words(client.page("/courriels/"))


def test_the_newest_letter_comes_first(client, demonstration, send):
    for title in ("Première", "Seconde"):
        keep(send, title=title)

    subjects = [words(link) for link in client.page("/courriels/").select(".mail-list a")]
    assert subjects == ["Votre place : Seconde", "Votre place : Première"]


def test_letters_are_found_by_recipient_or_subject(client, demonstration, send):
    keep(send, "jeanne@exemple.example", title="Été à Lille")
    keep(send, "paul@exemple.example", title="Hiver")

    for search in ("JEANNE@", "ete lille"):
        found = client.page("/courriels/", query_string={"q": search}).select(".mail-list__to")
        assert [words(to) for to in found] == ["à jeanne@exemple.example"]


def test_a_long_mailbox_has_pages(client, demonstration, send):
    for n in range(51):
        send(f"personne-{n}@exemple.example")
    deliver_due(now=NOW, limit=100)

    following = client.page("/courriels/").select_one("a[rel=next]")
    assert len(client.page("/courriels/" + following["href"]).select(".mail-list a")) == 1


def test_a_letter_reads_as_text_with_links_to_follow(client, demonstration, send):
    keep(send, name=f"Jeanne ({LINK}).")

    page = client.page(open_first(client))
    assert page.select_one("pre a")["href"] == LINK
    assert "jeanne@exemple.example" in words(page.select_one("dl"))


def test_a_letter_reads_as_text_html_and_source(client, demonstration, send):
    keep(send, name="Zoé")
    address = open_first(client)

    assert "Bonjour Zoé," in client.get(f"{address}texte").text
    assert "Bonjour Zoé," in words(parse(client.get(f"{address}html")))
    assert "Zo=C3=A9" in client.get(f"{address}source").text


def test_its_html_may_use_its_own_styles_only(client, demonstration, send):
    keep(send)
    response = client.get(f"{open_first(client)}html")

    style = parse(response).style.string.encode()
    policy = response.headers["Content-Security-Policy"]
    assert f"style-src 'sha256-{base64.b64encode(hashlib.sha256(style).digest()).decode()}';" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "\r" not in response.text  # browsers read it as a line feed, and hash that


def test_hostile_text_stays_text(client, demonstration, send):
    keep(send, name="<script>alert(1)</script>", title="<b>x</b>")
    address = open_first(client)

    for page in (client.page(address), parse(client.get(f"{address}html"))):
        assert [tag for tag in page.find_all("script") if not tag.get("src")] == []
        assert "<script>alert(1)</script>" in words(page) or page.iframe is not None


def test_the_calendar_can_be_downloaded(client, demonstration, send):
    keep(send, calendar="BEGIN:VCALENDAR\r\n", calendar_method="REQUEST")
    link = client.page(open_first(client)).find("a", string="evenement.ics")

    response = client.get(link["href"])
    assert response.data == b"BEGIN:VCALENDAR\r\n"
    assert response.headers["Content-Disposition"] == "attachment; filename=evenement.ics"


@pytest.mark.both_databases
@pytest.mark.parametrize("path", ["9", "2147483648", "1/texte", "1/html", "1/source", "1/fichiers/1", "x"])
def test_an_unknown_letter_is_not_found(client, demonstration, path):
    assert client.get(f"/courriels/{path}/".replace("//", "/")).status_code == 404


def test_the_board_lists_this_events_letters(client, event, send):
    send("jeanne@exemple.example", event=event)
    send("ailleurs@exemple.example", event=make_event())

    rows = client.page("/gestion/evenements/rencontre/courriels").select("tbody tr")
    assert len(rows) == 1
    assert "jeanne@exemple.example Note à envoyer 0" in words(rows[0])


def test_the_tabs_of_the_board_speak_of_many_letters(client, event, send):
    for name in ("jeanne", "paul"):
        send(f"{name}@exemple.example", event=event)
    for message in db.session.scalars(db.select(Message)):
        message.state, message.sent_at = State.SENT, datetime(2026, 11, 23, 10, 32, tzinfo=UTC)

    page = client.page("/gestion/evenements/rencontre/courriels")

    assert [words(tab) for tab in page.select(".tabs--sub a")] == ["Tous 2", "Envoyés 2"]
    assert "23 nov. 2026, 11 h 32" in words(page.tbody)


def test_the_board_says_what_went_wrong(client, event, send):
    send("jeanne@exemple.example", event=event)
    fail()

    row = words(client.page("/gestion/evenements/rencontre/courriels").select_one("tbody tr"))
    assert "en échec Le serveur refuse ce courriel (550 non)." in row


@pytest.mark.both_databases
def test_the_board_narrows_by_state_and_search(client, event, send):
    send("jeanne@exemple.example", event=event)
    fail()
    send("paul@exemple.example", event=event)

    for query in ({"etat": "failed"}, {"q": "JEANNE"}, {"q": "jeanne", "etat": "failed"}):
        page = client.page("/gestion/evenements/rencontre/courriels", query_string=query)
        assert [words(cell) for cell in page.select("tbody th")] == ["jeanne@exemple.example"]
    for query in ({"etat": "sent"}, {"q": "\0%_"}, {"q": "jeanne", "etat": "queued"}):
        page = client.page("/gestion/evenements/rencontre/courriels", query_string=query)
        assert "Aucun courriel ne correspond" in words(page)


def test_an_empty_board_says_what_will_come(client, event):
    assert "Aucun courriel pour l’instant" in words(client.page("/gestion/evenements/rencontre/courriels"))


def test_a_letter_is_previewed_without_its_secrets(client, event, send):
    message = send("jeanne@exemple.example", event=event, name=f"Jeanne {LINK}/modification")
    address = f"/gestion/evenements/rencontre/courriels/{message.id}"

    for response in (client.get(address), client.get(f"{address}/apercu")):
        text = words(parse(response))
        assert "abcdefghijklmnopqrstuvwxyz012345" not in response.text
        assert response.status_code == 200
        assert "/mon-inscription/•••/modification" in text


def test_a_letter_that_cannot_be_prepared_has_no_preview(client, event, send):
    message = send("jeanne@exemple.example", event=event, name="raise")
    address = f"/gestion/evenements/rencontre/courriels/{message.id}"

    assert "Pas d’aperçu : La lettre ne peut pas être préparée." in words(client.page(address))
    assert client.get(f"{address}/apercu").status_code == 404


def test_a_failed_letter_is_sent_again(client, event, send):
    message = send("jeanne@exemple.example", event=event)
    fail()
    address = f"/gestion/evenements/rencontre/courriels/{message.id}"
    assert words(client.page(address).select_one("main form button")) == "Renvoyer ce courriel"

    assert client.post(f"{address}/renvoi").status_code == 303
    assert db.session.get_one(Message, message.id).state is State.QUEUED
    assert "Le courriel va repartir" in words(client.page(address))


def test_a_letter_already_queued_is_not_sent_twice(client, event, send):
    message = send("jeanne@exemple.example", event=event)
    address = f"/gestion/evenements/rencontre/courriels/{message.id}"
    assert client.page(address).select_one("main form") is None

    client.post(f"{address}/renvoi")
    assert "il n’y a rien à renvoyer" in words(client.page(address))


def test_a_strangers_letters_are_not_found(client, event, send):
    foreign = make_event(slug="ailleurs")
    message = send("jeanne@exemple.example", event=foreign)

    for slug in ("ailleurs", "rencontre"):
        address = f"/gestion/evenements/{slug}/courriels/{message.id}"
        assert client.get(address).status_code == 404
        assert client.get(f"{address}/apercu").status_code == 404
        assert client.post(f"{address}/renvoi").status_code == 404


def leave():
    (lease,) = queue.claim(NOW)
    assert queue.step(NOW, done=(lease, Outcome(state=State.SENT))).state is State.SENT


def sent(send, event):
    message = send("jeanne@exemple.example", event=event)
    leave()
    return f"/gestion/evenements/rencontre/courriels/{message.id}"


def test_a_letter_that_left_is_sent_anew_after_a_confirmation(in_november, client, event, send, outbox):
    address = sent(send, event)
    assert words(client.page(address).select_one("main p a.fr-btn")) == "Envoyer de nouveau"
    assert "repart vers jeanne@exemple.example" in words(client.page(f"{address}/nouvel-envoi").main)

    answers = [client.post(f"{address}/nouvel-envoi") for _ in range(2)]

    first, second = outbox()
    assert {answer.location for answer in answers} == {f"/gestion/evenements/rencontre/courriels/{second.id}"}
    assert (second.letter, second.to, second.state) == (first.letter, first.to, State.QUEUED)
    assert second.message_id != first.message_id
    entries = db.session.scalars(db.select(Entry.sentence).where(Entry.act == "message.sent_anew")).all()
    assert entries == ["Courriel envoyé de nouveau à jeanne@exemple.example."]


def test_an_ended_offer_is_not_sent_anew(in_november, client, event, outbox):
    offered = make_registration(event, status=Status.WAITING, offer_until=NOW + HOUR)
    notices.offered(offered, now=NOW)
    db.session.commit()
    leave()
    offered.offer_until = None
    address = f"/gestion/evenements/rencontre/courriels/{outbox()[0].id}"

    client.post(f"{address}/nouvel-envoi")

    page = client.page(f"{address}/nouvel-envoi")
    assert "Cette lettre ne part plus : la proposition n’est plus ouverte." in words(page.main)
    assert "Ouvrir l’inscription" in words(page.main)
    assert len(outbox()) == 1


def test_nothing_is_sent_anew_before_it_left_or_after_the_event(client, event, send, outbox, time_machine):
    time_machine.move_to(NOW)
    waiting = send("paul@exemple.example", event=event)
    client.post(f"/gestion/evenements/rencontre/courriels/{waiting.id}/nouvel-envoi")
    fail()
    address = sent(send, event)

    time_machine.move_to(event.ends_at + HOUR)
    client.sign_in(make_user(event.organisation))
    client.post(f"{address}/nouvel-envoi")

    assert "la rencontre a eu lieu" in words(client.page(f"{address}/nouvel-envoi").main)
    assert len(outbox()) == 2


def test_what_left_keeps_its_words_when_the_event_comes_to_summon(client, event, outbox):
    notices.confirmed(make_registration(event), now=NOW)
    db.session.commit()
    leave()
    event.wording = Wording.CONVOCATION
    journal.record("event.moved", "Lieu changé", now=NOW + HOUR, event=event, subject=event)

    page = words(client.page(f"/gestion/evenements/rencontre/courriels/{outbox()[0].id}").main)

    assert "Place confirmée : " in page
    assert "Présence enregistrée" not in page
    assert "les faits (date, lieu, place, rang, sessions) sont ceux d’aujourd’hui" in page
    assert "Depuis l’envoi : Lieu changé" in page
