"""What came back is told to the message it is about, and to whoever keeps the address."""

import pytest

from eventapp.clock import utcnow
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.outbox import bounces, signing, verp
from eventapp.outbox.delivery import deliver_due
from eventapp.outbox.models import Bounce, Message, State
from tests.factories import NOW, make_event, make_guest, make_person
from tests.outbox.reports import ABSENT, EXIM, report

HOOK, SECRET = "/courriels/retours", "0123456789abcdef0123456789abcdef"


@pytest.fixture
def return_address(app, monkeypatch):
    monkeypatch.setitem(app.config, "BOUNCE_ADDRESS", "retours@rencontres.example")


@pytest.fixture
def sent(send):
    """A letter that the mail server took."""
    event = make_event()
    message = send("jeanne@agents.example", event=event)
    message.state, message.sent_at = State.SENT, NOW
    db.session.commit()
    return message


def record(source):
    found = bounces.record(source, via=bounces.WEBHOOK, now=NOW)
    db.session.commit()
    return found


@pytest.mark.both_databases
def test_a_report_finds_its_message_by_message_id(sent):
    (bounce,) = record(report(sent.message_id))

    assert bounce.message_id == sent.id
    assert sent.bounced_at == NOW
    assert sent.bounce == "cette adresse n’existe pas ou plus (550 5.1.1 <jeanne@agents.example>: User unknown)"
    assert (sent.state, sent.standing) == (State.SENT, "revenu")


def test_a_report_finds_its_message_by_its_return_address(sent, return_address):
    address = verp.envelope_sender(sent.id)
    assert address.startswith(f"retours+{sent.id}-")

    for written in (address, address.upper(), f"<{address}>"):
        assert verp.number_of(written) == sent.id
    (bounce,) = record(report("<somebody-elses@agents.example>", to=address))
    assert bounce.message_id == sent.id


def test_a_return_address_that_we_did_not_make_finds_nothing(sent, return_address):
    forged = f"retours+{sent.id}-aaaaaaaaaa@rencontres.example"
    (bounce,) = record(report("<unknown@agents.example>", to=forged))

    assert bounce.message_id is None
    assert sent.bounced_at is None
    for odd in ("", "retours@rencontres.example", "autre+1-aaaaaaaaaa@rencontres.example", "+1-a@x", "@"):
        assert verp.number_of(odd) is None


def test_a_return_address_made_before_the_key_changed_is_known(app, monkeypatch, return_address):
    address = verp.envelope_sender(17)
    monkeypatch.setitem(app.config, "SECRET_KEY_FALLBACKS", [app.config["SECRET_KEY"]])
    monkeypatch.setitem(app.config, "SECRET_KEY", "another-secret-another-secret-another-secret")
    assert verp.number_of(address) == 17


def test_the_same_report_counts_once(sent):
    assert len(record(report(sent.message_id))) == 1
    assert record(report(sent.message_id)) == []
    assert db.session.query(Bounce).count() == 1


@pytest.mark.parametrize("source", [ABSENT, report(action="delayed"), report(action="delivered")])
def test_an_answer_or_a_delay_returns_nothing(sent, source):
    record(source.replace(b"<1@rencontres.localhost>", sent.message_id.encode()))
    assert sent.bounced_at is None


def test_a_report_about_nothing_of_ours_is_kept():
    (bounce,) = record(EXIM)
    assert (bounce.message_id, bounce.recipient) == (None, "jeanne@agents.example")


def test_a_dead_address_is_marked_on_the_guest_list(sent):
    here = make_guest(db.session.get(Event, sent.event_id), make_person(email="JEANNE@agents.example"))
    elsewhere = make_guest(make_event(), make_person(email="jeanne@agents.example"))

    record(report(sent.message_id))

    assert here.undeliverable_at == NOW
    assert here.undeliverable_why.startswith("cette adresse n’existe pas ou plus")
    assert elsewhere.undeliverable_at is None


def test_a_full_mailbox_condemns_no_address(sent):
    guest = make_guest(db.session.get(Event, sent.event_id), make_person(email="jeanne@agents.example"))
    record(report(sent.message_id, status="5.2.2", diagnostic="552 5.2.2 Over quota"))

    assert guest.undeliverable_at is None
    assert sent.bounce == "cette boîte est pleine (552 5.2.2 Over quota)"


@pytest.mark.delivery
@pytest.mark.parametrize(
    ("answer", "is_marked"),
    [("550 5.1.1 unknown", True), ("550 no such user", True), ("554 5.7.1 relay denied", False), ("451 later", False)],
)
def test_a_final_refusal_of_the_address_marks_it_too(server, send, answer, is_marked):
    event = make_event()
    guest = make_guest(event, make_person(email="jeanne@agents.example"))
    send("jeanne@agents.example", event=event)
    server.answers["jeanne@agents.example"] = answer

    deliver_due(now=NOW, limit=10)

    assert (guest.undeliverable_at is not None) is is_marked


@pytest.mark.delivery
@pytest.mark.parametrize("setting", ["MAIL_DEFAULT_SENDER", "BOUNCE_ADDRESS"])
def test_a_sender_that_is_none_condemns_no_guest(app, server, send, monkeypatch, setting):
    event = make_event()
    guest = make_guest(event, make_person(email="jeanne@agents.example"))
    message = send("jeanne@agents.example", event=event)
    monkeypatch.setitem(app.config, setting, "Rencontres <rencontres@example.org>")
    deliver_due(now=NOW, limit=1)

    db.session.expire_all()
    assert (message.state, guest.undeliverable_at) == (State.FAILED, None)
    assert "administrateur" in message.last_error


@pytest.mark.delivery
def test_each_mail_leaves_with_a_return_address_of_its_own(server, send, return_address):
    first, second = (send(f"{name}@agents.example") for name in ("jeanne", "paul"))
    deliver_due(now=NOW, limit=10)

    assert server.senders == [verp.envelope_sender(first.id), verp.envelope_sender(second.id)]
    assert all("retours" not in mail["From"] for mail in server.received)


def signed(source, *, secret=SECRET, moment=None):
    timestamp = str(int((moment or utcnow()).timestamp()))
    return {"X-Timestamp": timestamp, "X-Signature": signing.signature(source, timestamp, secret)}


def test_where_no_secret_is_set_there_is_no_hook(client):
    assert client.post(HOOK, data=b"", headers=signed(b"", secret="")).status_code == 404


@pytest.mark.both_databases
def test_a_server_posts_what_came_back(app, monkeypatch, csrf_client, sent):
    monkeypatch.setitem(app.config, "BOUNCE_WEBHOOK_SECRET", SECRET)
    source = report(sent.message_id)

    for _again in range(2):
        answer = csrf_client.post(HOOK, data=source, headers=signed(source), content_type="message/rfc822")
        assert (answer.status_code, answer.data) == (204, b"")
    assert [b.source for b in db.session.scalars(db.select(Bounce))] == ["webhook"]
    assert db.session.get_one(Message, sent.id).bounced_at is not None


def test_an_unsigned_post_is_refused(app, monkeypatch, client):
    monkeypatch.setitem(app.config, "BOUNCE_WEBHOOK_SECRET", SECRET)
    source = report()
    right, old = signed(source), signed(source, moment=NOW)
    wrong = [{}, right | {"X-Signature": "0" * 64}, right | {"X-Timestamp": "é"}, right | {"X-Signature": "é"}, old]
    wrong += [signed(source, secret="another"), signed(source + b" "), {"X-Signature": right["X-Signature"]}]

    assert {client.post(HOOK, data=source, headers=headers).status_code for headers in wrong} == {403}
    assert client.get(HOOK).status_code == 405
    assert db.session.query(Bounce).count() == 0


@pytest.mark.parametrize(
    "source", [b"", b"\xff" * 5_000, report(recipient="\udcff\udcfe"), report(diagnostic="\udcff")]
)
def test_whatever_is_posted_breaks_nothing(app, monkeypatch, client, source):
    monkeypatch.setitem(app.config, "BOUNCE_WEBHOOK_SECRET", SECRET)
    assert client.post(HOOK, data=source, headers=signed(source)).status_code == 204
