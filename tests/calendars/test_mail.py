from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from eventapp.accounts.models import Organisation
from eventapp.calendars import mail
from tests.calendars.lint import faults, lines, names
from tests.calendars.rows import CHANGED, links, make_event, make_session

SENT = datetime(2026, 12, 1, 8, 15, tzinfo=UTC)
ORGANISER = "rencontres@sgar.example"


def guest(**facts):
    return SimpleNamespace(**{"email": "zoe@agents.example", "first_name": "Zoé", "last_name": "Le Gall"} | facts)


def request(row=None, to=None, **facts):
    facts = {"organiser": ORGANISER, "sequence": 3, "stamp": SENT} | facts
    return mail.request(row or make_event(), to or guest(), links, **facts)


def cancel(row=None, to=None, **facts):
    facts = {"organiser": ORGANISER, "sequence": 4, "stamp": SENT} | facts
    return mail.cancel(row or make_event(), to or guest(), links, **facts)


@pytest.mark.parametrize("write", [request, cancel])
def test_mail_is_well_made_and_has_one_entry(write):
    content = write()
    assert faults(content) == []
    assert [names(content).count(name) for name in ("UID", "ORGANIZER", "ATTENDEE", "METHOD", "TZID")] == [1] * 5
    assert not {"X-WR-CALNAME", "NAME", "REFRESH-INTERVAL"} & set(names(content))


def test_a_request_is_already_accepted_by_its_only_attendee():
    content = lines(request())
    assert "METHOD:REQUEST" in content
    assert 'ORGANIZER;CN="SGAR Hauts-de-France":mailto:rencontres@sgar.example' in content
    assert (
        'ATTENDEE;CN="Zoé LE GALL";CUTYPE=INDIVIDUAL;PARTSTAT=ACCEPTED;ROLE=REQ-PARTICIPANT;RSVP=FALSE'
        ":mailto:zoe@agents.example"
    ) in content
    assert "STATUS:CONFIRMED" in content


def test_stamps_are_the_time_of_sending_and_the_sequence_what_was_decided():
    content = lines(request(make_event(updated_at=CHANGED, sequence=1)))
    assert {"DTSTAMP:20261201T081500Z", "LAST-MODIFIED:20261201T081500Z", "SEQUENCE:3"} <= set(content)


def test_a_cancel_names_the_same_entry_at_the_same_time():
    event = make_event(title="Rencontre")
    asked, cancelled = lines(request(event)), lines(cancel(event))
    for name in ("UID", "ORGANIZER", "DTSTART", "DTEND"):
        assert [line for line in asked if line.startswith(name)] == [
            line for line in cancelled if line.startswith(name)
        ]
    assert {"METHOD:CANCEL", "STATUS:CANCELLED", "SEQUENCE:4", "TRANSP:TRANSPARENT"} <= set(cancelled)
    assert "SUMMARY:Annulé\u00a0: Rencontre" in cancelled


def test_a_cancel_of_a_cancelled_event_is_named_once():
    content = cancel(make_event(title="Rencontre", cancelled_at=SENT, updated_at=SENT + timedelta(days=1)))
    assert "SUMMARY:Annulé\u00a0: Rencontre" in lines(content)
    assert "DTSTAMP:20261201T081500Z" in lines(content)


def test_a_session_can_be_sent_alone():
    session = make_session()
    assert f"UID:{session.calendar_uid}" in lines(request(session))


def test_names_cannot_leave_their_parameter():
    event = make_event(organisation=Organisation(name='SGAR "x";ROLE=CHAIR:mailto:a@b.example, ^n\r\nX-EVIL:1'))
    content = request(event, guest(first_name='Zoé"', last_name="\r\nATTENDEE:mailto:x@y.example"))
    assert faults(content) == []
    assert names(content) == names(request())
    organiser = next(line for line in lines(content) if line.startswith("ORGANIZER"))
    assert (
        organiser == 'ORGANIZER;CN="SGAR  x ;ROLE=CHAIR:mailto:a@b.example,  n X-EVIL:1":mailto:rencontres@sgar.example'
    )


@pytest.mark.parametrize("address", ["", "x", "a b@c.example", "a@b.example\r\nX:1", "<a@b.example>", "a@b@c.example"])
def test_an_address_that_is_none_is_refused(address):
    with pytest.raises(ValueError, match="address"):
        request(to=guest(email=address))
    with pytest.raises(ValueError, match="address"):
        request(organiser=address)
