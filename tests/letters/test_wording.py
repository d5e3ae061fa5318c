"""Versions, the two wordings, and the organiser's words in the letters to people registered."""

from datetime import timedelta

import pytest

from eventapp.events.models import Wording
from eventapp.exchange.duplicating import duplicate
from eventapp.extensions import db
from eventapp.letters import attachments, writing
from eventapp.letters.defaults import PROPOSALS
from eventapp.letters.models import LetterKind
from eventapp.outbox import rendering
from eventapp.registrations import notices, seats
from tests.factories import NOW, make_event, make_person, make_registration, make_user

LATER = NOW + timedelta(hours=1)
SUBJECT, BODY = "Bienvenue {prenom}", "Chère **{prenom} {nom}**, [voici]({lien}) votre lien."


def reworded(event, kind, *, at=NOW):
    return writing.write(event, kind, SUBJECT, BODY, now=at, by=make_user())


def read(message):
    db.session.commit()
    with rendering.reading():
        return rendering.render(message)


def test_the_proposal_follows_the_wording_until_somebody_words_the_letter():
    event, user = make_event(), make_user()
    first = writing.current_or_default(event, LetterKind.INVITATION, now=NOW)
    assert writing.current_or_default(event, LetterKind.INVITATION, now=NOW) is first

    writing.speak(event, Wording.CONVOCATION, now=NOW, by=user)
    second = writing.current_or_default(event, LetterKind.INVITATION, now=LATER)

    assert (first.version, second.version) == (1, 2)
    assert second.body == PROPOSALS[Wording.CONVOCATION][LetterKind.INVITATION].body
    mine = reworded(event, LetterKind.INVITATION)
    writing.speak(event, Wording.INVITATION, now=LATER, by=user)
    assert writing.current_or_default(event, LetterKind.INVITATION, now=LATER) is mine


def _confirm(event):
    seats.register(event, make_person(first_name="Zoé", last_name="Zédé"), now=NOW)


def _wait(event):
    event.capacity = 0
    _confirm(event)


def _promote(event):
    notices.promoted(make_registration(event, make_person(first_name="Zoé", last_name="Zédé")), now=NOW)


def _offer(event):
    facts = {"status": "waiting", "offer_until": NOW + timedelta(hours=9)}
    notices.offered(make_registration(event, make_person(first_name="Zoé", last_name="Zédé"), **facts), now=NOW)


def _move(event):
    make_registration(event, make_person(first_name="Zoé", last_name="Zédé"))
    notices.event_moved(event, now=NOW)


def _cancel(event):
    registration = make_registration(event, make_person(first_name="Zoé", last_name="Zédé"))
    seats.cancel(registration, now=NOW, by="organiser", reason="Doublon")


CAUSES = {
    LetterKind.CONFIRMATION: (_confirm, "Votre place est confirmée."),
    LetterKind.WAITING: (_wait, "Vous êtes en 1re position."),
    LetterKind.PROMOTED: (_promote, "Une place s’est libérée"),
    LetterKind.OFFER: (_offer, "répondez avant le"),
    LetterKind.CHANGE: (_move, "La date ou le lieu de la rencontre a changé."),
    LetterKind.CANCELLATION: (_cancel, "Motif\u00a0: Doublon"),
}


@pytest.mark.parametrize("kind", CAUSES)
def test_people_registered_read_the_organisers_words_and_our_facts(outbox, kind):
    event, (cause, fact) = make_event(), CAUSES[kind]
    reworded(event, kind)
    cause(event)
    letter = read(outbox()[-1])

    assert letter.subject == "Bienvenue Zoé"
    assert "Chère Zoé Zédé, voici (http" in letter.text
    assert "<strong>Zoé Zédé</strong>" in letter.html
    assert fact in letter.text
    assert fact.rpartition(" ")[2] in letter.html
    assert event.venue.city in letter.text


@pytest.mark.parametrize("kind", CAUSES)
def test_what_was_posted_keeps_the_words_of_then(outbox, kind):
    event = make_event()
    CAUSES[kind][0](event)
    reworded(event, kind, at=LATER)

    assert "Bienvenue" not in read(outbox()[-1]).subject


def test_a_convocation_confirms_as_one(outbox):
    event = make_event(wording=Wording.CONVOCATION)
    _confirm(event)

    assert "ce courriel vaut convocation" in read(outbox()[0]).text


def test_what_has_no_value_leaves_no_trace(outbox):
    event = make_event()
    writing.write(event, LetterKind.CONFIRMATION, "Objet", "Bonjour {prenom} {fonction}, oui.", now=NOW, by=make_user())
    seats.register(event, make_person(first_name="Zoé", function=""), now=NOW)

    assert "Bonjour Zoé, oui." in read(outbox()[0]).text


def test_a_copy_of_an_event_speaks_the_same_way_with_the_same_files():
    event, user = make_event(wording=Wording.CONVOCATION), make_user()
    attachments.add(event, LetterKind.PRACTICAL, "plan.pdf", b"%PDF-1.7", now=NOW, by=user)

    copy = duplicate(event, slug="copie", title="Copie", starts_on=event.starts_at.date(), now=NOW, by=user)

    assert copy.wording is Wording.CONVOCATION
    assert [file.filename for file in attachments.files_of(copy, LetterKind.PRACTICAL, at=NOW)] == ["plan.pdf"]
