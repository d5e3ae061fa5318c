"""User text never changes a mail's structure."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from werkzeug.urls import iri_to_uri

from eventapp.outbox.delivery import deliver_due
from eventapp.outbox.letters import Attachment, Contents
from eventapp.outbox.mime import Envelope, build, header_text
from eventapp.outbox.rendering import Rendered
from eventapp.text import one_line
from tests.factories import NOW

HOSTILE = [
    "x\r\nBcc: pirate@exemple.example",
    "x\nBcc: pirate@exemple.example",
    "x\r\n\r\n<p>corps</p>",
    "x\u2028Bcc: pirate@exemple.example",
    "x\x85Bcc: pirate@exemple.example\x0b\x0c",
    "=?utf-8?q?x=0D=0ABcc:_pirate@exemple.example?=",
    "=?utf-8?b?eA0KQmNjOiBwaXJhdGVAZXhlbXBsZS5leGFtcGxl?=",
    '"Préfet" <pirate@exemple.example>, autre',
    "a;b,c:d@e(f)[g]\\",
]
ENVELOPE = Envelope(
    message_id="<1@rencontres.example>",
    sender="rencontres@example.org",
    recipient="jeanne@exemple.example",
    sent_at=datetime(2026, 11, 2, tzinfo=UTC),
)
HEADERS = ["From", "To", "Subject", "Message-ID", "Date", "Auto-Submitted", "MIME-Version", "Content-Type"]


def written(subject: str = "", **contents):
    rendered = Rendered(subject=subject, text="x", html="x", contents=Contents(context={}, **contents))
    return message_from_bytes(build(ENVELOPE, rendered).as_bytes(), policy=default)


@pytest.mark.delivery
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names_and_titles_add_no_header(text, server, send):
    send("jeanne@exemple.example", title=text, sender_name=text)
    deliver_due(now=NOW, limit=1)

    mail = server.received[0]
    assert sorted(mail.keys()) == sorted(HEADERS)
    assert [address.addr_spec for address in mail["From"].addresses] == ["rencontres@example.org"]
    assert mail["From"].addresses[0].display_name == header_text(text)
    assert mail["Subject"] == header_text(f"Votre place : {text}")


LONG_HOST = "https://rencontres-france-services.hauts-de-france.developpement-durable.gouv.example"


@pytest.mark.parametrize("path", ["/desinscription/" + "A" * 32, "/" + "é" * 3, "/x\r\nBcc: pirate@exemple.example"])
def test_a_long_address_to_unsubscribe_is_written_as_it_is(path):
    mail = written(unsubscribe_url=LONG_HOST + path)
    raw = [value for name, value in mail.raw_items() if name == "List-Unsubscribe"]

    assert [value.strip() for value in raw] == [f"<{iri_to_uri(LONG_HOST + one_line(path))}>"]
    assert mail["Bcc"] is None


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_file_names_add_no_header(text):
    mail = written(attachments=[Attachment(text, "text/calendar; charset=utf-8", b"x")])

    part = next(iter(mail.iter_attachments()))
    assert sorted(part.keys()) == ["Content-Disposition", "Content-Transfer-Encoding", "Content-Type", "MIME-Version"]
    assert part.get_filename() == header_text(text)


@given(st.text(max_size=300))
@example("a  b   é  è " * 12)
@example("Votre place\u00a0: «\u00a0Été\u00a0» " + "mot " * 30 + "é")
def test_any_subject_is_read_as_it_was_written(text):
    assert written(subject=text)["Subject"] == header_text(text)


@pytest.mark.parametrize("name", ["SGAR Île-de-France", "Préfecture de la région Hauts-de-France", "SGAR"])
def test_a_sender_is_read_as_it_was_written(name):
    assert written(sender_name=name)["From"] == f"{name} <rencontres@example.org>"


@given(st.text(max_size=120))
@example("a  b   é  è " * 9)
@example("Préfecture de la région Île-de-France, secrétariat général pour les affaires régionales")
def test_a_long_sender_is_cut_but_never_changed(text):
    sender = written(sender_name=text)["From"].addresses[0]

    # Python's reader joins a space and a no-break space; the letters are what counts.
    assert "".join(header_text(text).split()).startswith("".join(sender.display_name.split()))
    assert sender.addr_spec == "rencontres@example.org"


@given(st.text(max_size=300))
def test_a_header_is_one_line_without_encoded_words(text):
    clean = header_text(text)

    assert clean == one_line(clean)
    assert "=?" not in clean
