"""The board beyond its list: what came back, the filters, the file, sending again."""

import csv
import io

import pytest

from eventapp.extensions import db
from eventapp.outbox import board, queue
from eventapp.outbox.board import Choice
from eventapp.outbox.models import Bounce, Message, State
from tests.factories import NOW, make_event, make_guest, make_invitation, make_organisation, make_person, make_user
from tests.pages import words

BOARD = "/gestion/evenements/rencontre/courriels"


@pytest.fixture
def event(client):
    organisation = make_organisation()
    event = make_event(organisation, slug="rencontre")
    client.sign_in(make_user(organisation))
    return event


@pytest.fixture
def posted(send, event):
    """`posted(name, state, **facts)`: a letter to that person, where it stands."""

    def make(name, state=State.QUEUED, **facts):
        message = send(f"{name}@agents.example", event=event)
        message.state, message.sent_at = state, NOW if state is State.SENT else None
        for fact, value in facts.items():
            setattr(message, fact, value)
        db.session.commit()
        return message

    return make


def returned(posted, name="jeanne"):
    return posted(name, State.SENT, bounced_at=NOW, bounce="cette boîte est pleine")


@pytest.mark.both_databases
def test_what_came_back_is_no_longer_sent(client, posted):
    returned(posted)
    posted("paul", State.SENT)

    page = client.page(BOARD)
    assert [words(tab) for tab in page.select(".tabs--sub a")] == ["Tous 2", "Envoyés 1", "Revenus 1"]
    for state, name in (("returned", "jeanne"), ("sent", "paul")):
        rows = client.page(BOARD, query_string={"etat": state}).select("tbody th")
        assert [words(row) for row in rows] == [f"{name}@agents.example"]
    assert "revenu Ce courriel est revenu : cette boîte est pleine." in words(page.tbody)


def test_what_came_back_may_be_sent_again(client, posted):
    message = returned(posted)
    db.session.add(Bounce(fingerprint="a", received_at=NOW, source="webhook", diagnostic="552 full", message=message))

    page = client.page(f"{BOARD}/{message.id}")
    assert "552 full" in words(page.main)
    assert client.post(f"{BOARD}/{message.id}/renvoi").status_code == 303
    db.session.refresh(message)
    assert (message.state, message.sent_at, message.bounced_at, message.bounce) == (State.QUEUED, None, None, "")
    assert queue.claim(NOW.replace(year=2099))


def test_the_letter_of_a_guest_leads_to_their_address(client, event, posted):
    guest = make_guest(event, make_person(email="jeanne@agents.example"))
    message = returned(posted)
    link = client.page(f"{BOARD}/{message.id}").find("a", string="Ouvrir la fiche de l’invité")
    assert link["href"] == f"/gestion/evenements/rencontre/invites/{guest.id}"

    moved = make_guest(event, make_person(email="nouvelle@agents.example"))
    message.context = {"invitation_id": make_invitation(moved).id, "name": "J", "title": "T"}
    db.session.commit()
    link = client.page(f"{BOARD}/{message.id}").find("a", string="Ouvrir la fiche de l’invité")
    assert link["href"] == f"/gestion/evenements/rencontre/invites/{moved.id}"


@pytest.mark.both_databases
@pytest.mark.parametrize("kind", ["csv", "xlsx", "ods"])
def test_the_board_is_a_file_too(client, posted, kind):
    returned(posted)
    posted("paul")

    answer = client.get(f"{BOARD}/liste.{kind}", query_string={"q": "JEANNE"})
    assert answer.status_code == 200
    if kind == "csv":
        header, *rows = csv.reader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";")
        assert header == list(board.HEADER)
        (row,) = rows
        assert row[:4] == ["jeanne@agents.example", "Note", "revenu", "0"]
        assert row[7] == "Ce courriel est revenu\u00a0: cette boîte est pleine."
    assert client.get(f"{BOARD}/liste.pdf").status_code == 404


def test_all_that_failed_is_sent_again_together(client, event, posted):
    posted("jeanne", State.FAILED, last_error="non", attempts=3)
    posted("paul", State.FAILED)
    posted("luc", State.SENT)
    foreign = make_event()
    other = Message(letter="trial/note", to="a@b.example", event_id=foreign.id, message_id="<o@x>", created_at=NOW)
    other.state, other.due_at = State.FAILED, NOW
    db.session.add(other)
    db.session.commit()

    page = client.page(f"{BOARD}/renvoi")
    assert words(page.select_one("main form button")) == "Renvoyer 2 courriels"
    assert client.post(f"{BOARD}/renvoi").status_code == 303
    states = {message.to: message.state for message in db.session.scalars(db.select(Message))}
    assert states["jeanne@agents.example"] is states["paul@agents.example"] is State.QUEUED
    assert (states["luc@agents.example"], states["a@b.example"]) == (State.SENT, State.FAILED)
    assert "Aucun courriel n’est en échec." in words(client.page(f"{BOARD}/renvoi"))
    client.post(f"{BOARD}/renvoi")
    assert "Aucun courriel n’est en échec" in words(client.page(BOARD))


ODD = [("campagne", "9"), ("campagne", "x"), ("campagne", "9" * 30), ("campagne", "²"), ("lettre", "trial/note"),
       ("lettre", "nothing/known"), ("etat", "lost")]  # fmt: skip


@pytest.mark.parametrize("query", ODD)
def test_odd_filters_break_nothing(client, posted, query):
    posted("jeanne")
    rows = client.page(BOARD, query_string=dict([query])).select("tbody tr")
    assert len(rows) == (0 if query == ("campagne", "9") else 1)


def test_a_choice_says_when_it_is_everything():
    assert Choice.of({}).is_everything
    assert not Choice.of({"campagne": "0"}).is_everything


def test_a_strangers_board_is_not_found(client, event):
    make_event(slug="ailleurs")
    for path in ("", "/renvoi", "/liste.csv"):
        assert client.get(f"/gestion/evenements/ailleurs/courriels{path}").status_code == 404
    assert client.post("/gestion/evenements/ailleurs/courriels/renvoi").status_code == 404
