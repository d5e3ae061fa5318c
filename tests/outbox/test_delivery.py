"""From the row to a real mail server, and what becomes of the row."""

import socket
from datetime import timedelta

import pytest

from eventapp.extensions import db
from eventapp.outbox.delivery import deliver_due
from eventapp.outbox.models import KeptMail, Message, Priority, State
from tests.factories import NOW, make_event

pytestmark = pytest.mark.delivery

CALENDAR = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n"


def reload(message):
    db.session.expire_all()
    return db.session.get_one(Message, message.id)


def structure(part):
    if not part.is_multipart():
        return part.get_content_type()
    return [part.get_content_type(), *map(structure, part.iter_parts())]


@pytest.mark.both_databases
def test_a_letter_arrives_once_and_says_so(server, send):
    message = send("jeanne@exemple.example")

    assert deliver_due(now=NOW, limit=10) == 1
    assert deliver_due(now=NOW, limit=10) == 0

    message = reload(message)
    assert (message.state, message.attempts, message.last_error) == (State.SENT, 1, None)
    assert abs(message.sent_at - NOW) < timedelta(minutes=1)
    assert [mail["Message-ID"] for mail in server.received] == [message.message_id]


def test_headers_say_who_writes_and_that_a_machine_did(server, send):
    send("jeanne@exemple.example", sender_name="SGAR Île-de-France", reply_to="contact@sgar.example", title="Été")
    deliver_due(now=NOW, limit=10)

    mail = server.received[0]
    assert mail["From"] == "SGAR Île-de-France <rencontres@example.org>"
    assert mail["Reply-To"] == "contact@sgar.example"
    assert mail["Subject"] == "Votre place : Été"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert (mail["List-Unsubscribe"], mail["X-Delivery-Attempt"]) == (None, None)


def test_a_letter_that_can_be_stopped_says_how(server, send):
    address = "https://rencontres.example/desinscription/abc"
    send("jeanne@exemple.example", unsubscribe_url=address)
    deliver_due(now=NOW, limit=10)

    mail = server.received[0]
    assert mail["List-Unsubscribe"] == f"<{address}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_without_a_calendar_there_are_two_alternatives(server, send):
    send("jeanne@exemple.example")
    deliver_due(now=NOW, limit=10)

    assert structure(server.received[0]) == ["multipart/alternative", "text/plain", "text/html"]


def test_the_calendar_is_the_last_alternative_and_a_file(server, send):
    send("jeanne@exemple.example", calendar=CALENDAR, calendar_method="REQUEST")
    deliver_due(now=NOW, limit=10)

    mail = server.received[0]
    alternatives = ["multipart/alternative", "text/plain", "text/html", "text/calendar"]
    assert structure(mail) == ["multipart/mixed", alternatives, "application/ics"]
    invitation = list(mail.walk())[4]
    assert invitation["Content-Disposition"] is None
    assert invitation["Content-Transfer-Encoding"] == "base64"
    assert dict(invitation["Content-Type"].params) == {"charset": "utf-8", "method": "REQUEST"}
    assert invitation.get_payload(decode=True) == CALENDAR.encode()


def test_lines_on_the_wire_end_with_crlf_and_are_short(server, send):
    send("jeanne@exemple.example", name="é" * 3_000, title="é" * 400)
    deliver_due(now=NOW, limit=10)

    lines = server.sources[0].split(b"\r\n")
    assert max(map(len, lines)) <= 78
    assert b"\n" not in b"".join(lines)


def test_one_connection_serves_several_letters(server, send):
    for n in range(5):
        send(f"personne-{n}@exemple.example")
    deliver_due(now=NOW, limit=10)

    assert (len(server.received), server.connections) == (5, 1)


@pytest.mark.both_databases
def test_a_temporary_refusal_is_tried_again_later(server, send):
    message = send("jeanne@exemple.example")
    server.answers["jeanne@exemple.example"] = "451 4.7.1 Greylisted"
    deliver_due(now=NOW, limit=10)
    message = reload(message)
    assert (message.state, message.attempts) == (State.QUEUED, 1)
    assert "451 4.7.1 Greylisted" in message.last_error
    assert deliver_due(now=NOW, limit=10) == 0

    server.answers.clear()
    assert deliver_due(now=NOW + timedelta(minutes=1), limit=10) == 1
    assert reload(message).state is State.SENT


def test_a_server_that_closes_is_called_again(server, send, monkeypatch):
    """421: the server ends the conversation; the next letter opens another."""
    messages = [send(f"personne-{n}@exemple.example") for n in range(3)]
    server.answers["personne-1@exemple.example"] = "421 4.3.2 Shutting down"
    deliver_due(now=NOW, limit=10)

    assert [reload(message).state for message in messages] == [State.SENT, State.QUEUED, State.SENT]
    assert "421 4.3.2 Shutting down" in messages[1].last_error
    assert server.connections == 2


def test_a_name_that_is_not_found_is_asked_for_again_later(app, send, monkeypatch):
    def unknown(*_args, **_kwargs):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    message = send("jeanne@exemple.example")
    deliver_due(now=NOW, limit=10)

    assert (reload(message).state, message.due_at > NOW) == (State.QUEUED, True)
    assert "son nom est introuvable" in message.last_error


@pytest.mark.both_databases
def test_ten_minutes_without_a_mail_server_lose_nothing(app, server, send, monkeypatch):
    monkeypatch.setitem(app.config, "MAIL_PORT", 1)
    for n in range(12):
        send(f"personne-{n}@exemple.example")
    for seconds in range(0, 600, 15):
        deliver_due(now=NOW + timedelta(seconds=seconds), limit=100)
    assert set(db.session.scalars(db.select(Message.state))) == {State.QUEUED}

    monkeypatch.setitem(app.config, "MAIL_PORT", server.port)
    for minutes in range(11, 30):
        deliver_due(now=NOW + timedelta(minutes=minutes), limit=100)
    assert sorted(server.recipients) == sorted(f"personne-{n}@exemple.example" for n in range(12))


def test_a_final_refusal_is_final_and_says_why(server, send):
    message = send("inconnu@exemple.example")
    server.answers["inconnu@exemple.example"] = "550 5.1.1 User unknown"
    deliver_due(now=NOW, limit=10)

    message = reload(message)
    assert message.state is State.FAILED
    assert message.last_error == "Le serveur refuse ce courriel (550 5.1.1 User unknown)."


def test_a_refused_letter_stops_nobody_else(server, send):
    server.answers["inconnu@exemple.example"] = "550 no"
    send("inconnu@exemple.example")
    send("jeanne@exemple.example")
    deliver_due(now=NOW, limit=10)

    assert server.recipients == ["jeanne@exemple.example"]


def test_a_letter_that_raises_is_parked_alone(server, send):
    parked = send("jeanne@exemple.example", name="raise")
    send("paul@exemple.example")
    deliver_due(now=NOW, limit=10)

    parked = reload(parked)
    assert (parked.state, parked.attempts) == (State.FAILED, 1)
    assert "(RuntimeError)" in parked.last_error
    assert server.recipients == ["paul@exemple.example"]


def test_an_address_that_is_none_is_parked(server, send):
    for address in ("jeanne", "jeanne@", "jeanne@a\r\nBcc: x@y.example", "jé@exemple.example", "a@b@c", "@x", "a b@c"):
        send(address)
    deliver_due(now=NOW, limit=20)

    assert set(db.session.scalars(db.select(Message.state))) == {State.FAILED}
    assert server.received == []


def test_an_accented_domain_is_written_for_the_wire(server, send):
    send("jeanne@préfecture.example")
    send("jeanne@straße.example")  # another domain than strasse.example since 2010
    deliver_due(now=NOW, limit=10)

    assert server.recipients == ["jeanne@xn--prfecture-c4a.example", "jeanne@xn--strae-oqa.example"]


def test_a_dead_server_keeps_the_row_and_spares_the_others(app, send, monkeypatch):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        monkeypatch.setitem(app.config, "MAIL_PORT", unused.getsockname()[1])
        messages = [send(f"personne-{n}@exemple.example") for n in range(3)]
        assert deliver_due(now=NOW, limit=10) == 1

    assert [reload(message).attempts for message in messages] == [1, 0, 0]
    assert {message.state for message in messages} == {State.QUEUED}
    assert messages[0].last_error == ("Le serveur d’envoi ne répond pas (connexion refusée). Nouvel essai automatique.")


def test_what_a_dead_server_kept_leaves_when_it_is_back(app, server, send, monkeypatch):
    monkeypatch.setitem(app.config, "MAIL_PORT", 1)
    for n in range(3):
        send(f"personne-{n}@exemple.example")
    deliver_due(now=NOW, limit=10)
    monkeypatch.setitem(app.config, "MAIL_PORT", server.port)
    deliver_due(now=NOW + timedelta(minutes=1), limit=10)

    assert sorted(server.recipients) == [f"personne-{n}@exemple.example" for n in range(3)]


@pytest.mark.both_databases
def test_a_single_letter_overtakes_bulk_ones(server, send):
    for n in range(3):
        send(f"invite-{n}@exemple.example", priority=Priority.BULK)
    deliver_due(now=NOW, limit=1)
    send("jeanne@exemple.example", now=NOW + timedelta(seconds=1))
    deliver_due(now=NOW + timedelta(seconds=2), limit=1)

    assert server.recipients == ["invite-0@exemple.example", "jeanne@exemple.example"]


def test_nothing_leaves_before_it_is_due(server, send):
    send("jeanne@exemple.example", due_at=NOW + timedelta(hours=1))

    assert deliver_due(now=NOW, limit=10) == 0
    assert deliver_due(now=NOW + timedelta(hours=1), limit=10) == 1


def test_the_demonstration_keeps_the_same_bytes_instead(app, server, send, monkeypatch):
    monkeypatch.setitem(app.config, "EVENTAPP_DEMO", True)
    message = send("jeanne@exemple.example", event=make_event(), title="Été")
    deliver_due(now=NOW, limit=10)

    kept = db.session.scalars(db.select(KeptMail)).one()
    assert (kept.to, kept.subject) == ("jeanne@exemple.example", "Votre place : Été")
    assert kept.message_id.encode() in kept.source
    assert (server.received, reload(message).state) == ([], State.SENT)
