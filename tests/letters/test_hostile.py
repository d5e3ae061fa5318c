"""I2, I3, I5, I7 in every letter: what organisers write is data, what guests typed is inert, no header is added."""

import time
from email import message_from_bytes
from email.policy import default

import pytest
from bs4 import BeautifulSoup

from eventapp.extensions import db
from eventapp.invitations import samples
from eventapp.letters import writing
from eventapp.letters.models import LetterKind
from eventapp.outbox import delivery
from eventapp.outbox.models import KeptMail
from eventapp.text import many_lines, one_line
from tests.factories import NOW, make_event, make_guest, make_person, make_registration, make_user

GUESTS = [LetterKind.INVITATION, LetterKind.REMINDER]
OUR_LINKS = ("http://localhost", "mailto:contact")
CODE = "{{7919*7907}} {0.__class__} {prenom.__class__} %(x)s ${x} {% raw %} {{ config }} #{1+1}"
NAMES = [
    "[cliquez](https://malin.example)",
    "<script>alert(1)</script>",
    "{lien}",
    "{evenement}",
    "https://malin.example/",
    "**gras** ![](https://malin.example/x.png)",
    "&lt;b&gt;",
    "# Titre",
]


def shown(event, kind, subject, body, reader=None):
    db.session.commit()
    return samples.show(
        event, samples.Draft(kind=kind, subject=subject, body=body, reader_id=reader.id if reader else None), now=NOW
    )


def links_of(html):
    return [link["href"] for link in BeautifulSoup(html, "html.parser").select("a[href]")]


@pytest.mark.parametrize("kind", LetterKind)
def test_what_looks_like_code_stays_as_it_was_written(kind):
    letter = shown(make_event(), kind, CODE, f"`{CODE}`")

    assert CODE in letter.subject
    assert CODE in letter.text
    assert CODE in BeautifulSoup(letter.html, "html.parser").text
    assert "62615533" not in letter.text + letter.html


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", LetterKind)
def test_what_somebody_typed_is_inert_in_text_and_html(kind, name):
    event, person = make_event(), make_person(last_name=name, function=name, organisation=name)
    reader = make_guest(event, person) if kind in GUESTS else make_registration(event, person)
    reader = None if kind is LetterKind.STRUCTURE else reader
    letter = shown(event, kind, "{nom}", "Bonjour {nom}, {fonction}, {structure}.", reader)

    assert [link for link in links_of(letter.html) if not link.startswith(OUR_LINKS)] == []
    assert BeautifulSoup(letter.html, "html.parser").select("script, img, .letter strong strong, em") == []
    if reader is not None:
        assert name in letter.subject
        assert "".join(name.split()) in "".join(letter.text.split())  # but for French spacing


@pytest.mark.parametrize(
    "body",
    [
        "[a](javascript:alert(1)) <javascript:alert(1)> [b](data:text/html,x) ![c](https://malin.example/x.png)",
        "<a href='https://malin.example'>x</a><img src=x onerror=alert(1)><iframe srcdoc=x></iframe>",
        "<style>*{}</style><base href='https://malin.example'><form action='https://malin.example'>",
    ],
)
def test_an_organisers_text_runs_nothing_and_fetches_nothing(body):
    page = BeautifulSoup(shown(make_event(), LetterKind.THANKS, "Merci", body).html, "html.parser")

    assert page.body.select("img, iframe, script, style, base, form, [onerror]") == []
    assert [link for link in links_of(str(page)) if not link.startswith(OUR_LINKS)] == []


@pytest.mark.parametrize("nest", ["> ", "- ", "[", "*a **a "])
def test_a_text_nested_as_deep_as_can_be_takes_no_time(nest):
    event, body = make_event(), (nest * 10_000)[:9_990] + "x"
    began = time.process_time()
    shown(event, LetterKind.THANKS, "Merci", body)

    assert time.process_time() - began < 2  # twice rendered: as text and as HTML


@pytest.mark.parametrize("text", ["a\r\nBcc: x@malin.example", "a\nX: y", "a\u2028b", "a\0b", "=?utf-8?q?=0ABcc:_x?="])
def test_a_subject_adds_no_header(app, monkeypatch, text):
    monkeypatch.setitem(app.config, "EVENTAPP_DEMO", True)
    event, user = make_event(), make_user(email="moi@sgar.example")
    person = make_person(first_name=one_line(text), last_name="Roy")
    reader = make_registration(event, person)
    subject, body = one_line(text) + " {prenom}", many_lines(text)
    writing.write(event, LetterKind.THANKS, subject, body, now=NOW, by=user)
    draft = samples.Draft(kind=LetterKind.THANKS, subject=subject, body=body, reader_id=reader.id)
    samples.send(event, draft, now=NOW, to=user)
    db.session.commit()

    delivery.deliver_due(now=NOW, limit=1)
    mail = message_from_bytes(db.session.scalars(db.select(KeptMail.source)).one(), policy=default)

    assert (mail["Bcc"], mail["X"], mail["To"]) == (None, None, "moi@sgar.example")
    assert mail["Subject"].startswith("Essai – a") or "utf-8" in mail["Subject"]
    assert mail.defects == []
