"""The organiser's letters of change and cancellation, in every mail that tells of one."""

from datetime import timedelta

import pytest

from eventapp.agenda.models import BookingMode
from eventapp.extensions import db
from eventapp.invitations import notices as invitation_notices
from eventapp.letters import attachments, writing
from eventapp.letters.filling import PLACEHOLDERS
from eventapp.letters.models import LetterKind
from eventapp.outbox import rendering
from eventapp.registrations import notices
from eventapp.registrations.sessions import programme_changes, session_changes
from tests.factories import (
    NOW,
    make_event,
    make_guest,
    make_invitation,
    make_person,
    make_registration,
    make_session,
    make_user,
)

LATER = NOW + timedelta(hours=1)
BODY = "Chère **{prenom}**, tout sur {sujet}."


@pytest.fixture
def event():
    return make_event(title="Rencontres")


@pytest.fixture
def registration(event):
    return make_registration(event, make_person(first_name="Zoé", last_name="Zédé"))


def booked(event, registration):
    session = make_session(event, title="Atelier", booking=BookingMode.OPTIONAL)
    session_changes.change_sessions(registration, [session], now=NOW, by="person")
    return session


def _session_moved(event, registration):
    session = booked(event, registration)
    facts = {"starts_at": session.starts_at + timedelta(hours=1), "ends_at": session.ends_at + timedelta(hours=1)}
    programme_changes.edit_session(session, facts, cast=None, seen=None, now=NOW, by=None)


def _session_cancelled(event, registration):
    session = booked(event, registration)
    session.cancelled_at = NOW
    session_changes.release_session(session, now=NOW, by="organiser")


def _news(event, registration):
    booked(event, registration)
    notices.changed(registration, now=NOW, is_news=True)


def _event_cancelled(event, _registration):
    event.cancelled_at = NOW
    notices.event_cancelled(event, now=NOW)


def _guest_told(event, tell):
    make_invitation(make_guest(event, make_person(first_name="Zoé")))
    tell(event, now=NOW)


def _guest_moved(event, _registration):
    _guest_told(event, invitation_notices.event_moved)


def _guest_cancelled(event, _registration):
    event.cancelled_at = NOW
    _guest_told(event, invitation_notices.event_cancelled)


CAUSES = {
    _session_moved: (LetterKind.CHANGE, "change d’horaire ou de salle", "la session «\u00a0Atelier\u00a0»"),
    _news: (LetterKind.CHANGE, "Vos sessions ont changé.", "vos sessions"),
    _guest_moved: (LetterKind.CHANGE, "Votre invitation reste valable.", "la date ou le lieu de la rencontre"),
    _session_cancelled: (LetterKind.CANCELLATION, "n’aura pas lieu.", "la session «\u00a0Atelier\u00a0»"),
    _event_cancelled: (LetterKind.CANCELLATION, "n’aura pas lieu.", "la rencontre"),
    _guest_cancelled: (LetterKind.CANCELLATION, "Vous n’avez plus à répondre", "la rencontre"),
}


def word(event, kind, *, subject="Nouvelles de {sujet}", body=BODY, at=NOW):
    writing.write(event, kind, subject, body, now=at, by=make_user())


def read(outbox):
    db.session.commit()
    message = outbox()[-1]
    with rendering.reading():
        return rendering.render(message)


@pytest.mark.parametrize("cause", CAUSES)
def test_what_happened_comes_first_then_the_organisers_words(event, registration, outbox, cause):
    kind, fact, subject = CAUSES[cause]
    word(event, kind)
    cause(event, registration)
    letter = read(outbox)

    assert letter.subject == f"Nouvelles de {subject}"
    assert letter.text.index(fact) < letter.text.index(f"Chère Zoé, tout sur {subject}.")
    assert letter.html.index(fact) < letter.html.index("<strong>Zoé</strong>")
    assert "Bonjour" not in letter.text + letter.html


@pytest.mark.parametrize("cause", CAUSES)
def test_without_words_of_theirs_ours_are_whole(event, registration, outbox, cause):
    cause(event, registration)
    letter = read(outbox)

    assert "\n\nBonjour Zoé" in letter.text
    assert "<p>Bonjour Zoé" in letter.html
    assert letter.subject


@pytest.mark.parametrize("cause", CAUSES)
def test_a_subject_that_names_nothing_leaves_ours(event, registration, outbox, cause):
    word(event, CAUSES[cause][0], subject="Votre inscription est annulée")
    cause(event, registration)
    letter = read(outbox)

    assert "Votre inscription" not in letter.subject
    assert "Chère Zoé" in letter.text


@pytest.mark.parametrize("cause", CAUSES)
def test_words_written_since_do_not_change_what_was_posted(event, registration, outbox, cause):
    cause(event, registration)
    word(event, CAUSES[cause][0], at=LATER)

    assert "tout sur" not in read(outbox).text


@pytest.mark.parametrize("cause", CAUSES)
def test_no_field_leaves_unfilled(event, registration, outbox, cause):
    every = " ".join(f"{{{name}}}" for name in PLACEHOLDERS)
    word(event, CAUSES[cause][0], subject=every, body=every)
    cause(event, registration)
    letter = read(outbox)

    assert "{" not in letter.subject + letter.text
    assert "{" not in letter.html.partition("</style>")[2]


@pytest.mark.parametrize("cause", CAUSES)
def test_the_files_of_the_letter_go_with_it(event, registration, outbox, cause):
    attachments.add(event, CAUSES[cause][0], "plan.pdf", b"%PDF-1.7", now=NOW, by=make_user())
    cause(event, registration)

    assert "plan.pdf" in [file.filename for file in read(outbox).contents.attachments]


def test_who_changes_their_own_sessions_reads_no_excuse(event, registration, outbox):
    word(event, LetterKind.CHANGE)
    booked(event, registration)

    assert "tout sur" not in read(outbox).text
