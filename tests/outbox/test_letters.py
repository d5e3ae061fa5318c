"""The register: what the worker and the organiser's board rely on."""

import pytest
from flask import Flask

from eventapp.extensions import db
from eventapp.outbox.letters import LETTERS, TITLES, letter, post
from eventapp.outbox.models import Message, Priority
from eventapp.outbox.rendering import masked, reading
from tests.factories import NOW, make_event


def test_every_letter_has_a_name_for_organisers(app: Flask):
    assert [name for name in LETTERS if TITLES[name] == name.rpartition("/")[2]] == []


def test_a_name_is_registered_once(app: Flask):
    with pytest.raises(ValueError, match="registered twice"):
        letter("accounts/password_changed")(lambda: None)


def test_an_unknown_letter_cannot_be_posted():
    with pytest.raises(KeyError, match="unknown letter"):
        post("accounts/nothing", to="jeanne@exemple.example", now=NOW)


def test_a_posted_letter_belongs_to_its_event_and_organisation(send):
    event = make_event()
    message = send("jeanne@exemple.example", event=event, priority=Priority.BULK)

    assert (message.event_id, message.organisation_id) == (event.id, event.organisation_id)
    assert (message.due_at, message.priority) == (NOW, Priority.BULK)
    assert message.message_id.endswith("@rencontres.localhost>")


def test_a_rolled_back_act_leaves_no_letter(outbox):
    post("accounts/password_changed", to="jeanne@exemple.example", now=NOW, changed_at=NOW.isoformat())
    db.session.rollback()

    assert outbox() == []


@pytest.mark.both_databases
def test_whoever_prepares_a_letter_can_write_nothing(send):
    message = send("jeanne@exemple.example")

    with reading():
        db.session.get_one(Message, message.id).attempts = 9
        with pytest.raises(Exception, match=r"readonly|read-only"):
            db.session.flush()


def test_secrets_are_masked_wherever_they_stand_in_an_address():
    secret = "Ca88Afw7xAHCnvFpHB2qjXODNfnV-ADE"

    assert (
        masked(f'<a href="https://x.example/agenda/{secret}/a.ics">') == '<a href="https://x.example/agenda/•••/a.ics">'
    )
    assert masked(f"https://x.example/invitation/{secret}.") == "https://x.example/invitation/•••."
