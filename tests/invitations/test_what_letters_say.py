"""What every letter says whatever the organiser wrote, and what the proposed ones say to whom."""

import pytest

from eventapp.events.models import Wording
from eventapp.extensions import db
from eventapp.invitations import delegating, samples
from eventapp.letters import writing
from eventapp.letters.defaults import PROPOSALS
from eventapp.letters.models import LetterKind
from eventapp.links import absolute
from tests.factories import NOW, make_event, make_structure, make_user
from tests.pages import parse, words

DATED = [kind for kind in LetterKind if kind not in (LetterKind.CHANGE, LetterKind.CANCELLATION)]


def shown(event, kind, body="", reader=None):
    subject, proposed = PROPOSALS[event.wording][kind]
    draft = samples.Draft(kind=kind, subject=subject, body=body or proposed, reader_id=reader.id if reader else None)
    return samples.show(event, draft, now=NOW)


def test_a_mistyped_placeholder_is_refused_with_the_one_that_was_meant(client):
    event = make_event()
    client.sign_in(make_user(event.organisation))
    sent = {"subject": "Bonjour {Prénom}", "body": "Le {DATE}, {lien"}

    page = parse(client.post(f"/gestion/evenements/{event.slug}/lettres/invitation", data=sent))

    said = words(page.select_one("#erreurs"))
    assert "Champ mal écrit : {Prénom} (écrivez {prenom})." in said
    assert "Champ mal écrit : {DATE} (écrivez {date}), {lien (écrivez {lien})." in said
    assert writing.current(event, LetterKind.INVITATION) is None


@pytest.mark.parametrize("kind", DATED)
def test_date_and_place_head_every_letter_that_does_not_say_them(kind):
    event = make_event()

    text = shown(event, kind, "Bonjour, à bientôt.").text.replace("\u00a0", " ")

    head = text[: text.index("Bonjour, à bientôt.")]
    assert "14 janvier 2027" in head
    assert event.venue.one_line in head


def test_a_letter_that_says_date_and_place_says_them_once():
    text = shown(make_event(), LetterKind.INVITATION).text

    assert "janvier" not in text[: text.index("Bonjour")]


@pytest.mark.parametrize("kind", [LetterKind.PRACTICAL, LetterKind.THANKS])
def test_the_page_of_the_event_is_given_as_an_address(kind):
    event = make_event()

    letter = shown(event, kind)

    page = absolute("events.page", slug=event.slug)
    assert page in letter.text
    assert f'href="{page}"' in letter.html


@pytest.mark.parametrize("wording", Wording)
def test_a_structure_is_reminded_of_its_places_and_its_colleagues(wording):
    event = make_event(wording=wording)
    office = delegating.invite_structure(event, make_structure(name="Laon"), 2, "laon@fs.example", NOW, None)
    db.session.flush()

    said = shown(event, LetterKind.REMINDER, reader=office).text
    own = shown(event, LetterKind.REMINDER, "Vite.", reader=office).text

    assert "2 places" in said.replace("\u00a0", " ")
    assert "vos collègues" in " ".join(said.split())
    assert "vos collègues" not in own


def test_a_convocation_is_one_to_its_button():
    event = make_event(wording=Wording.CONVOCATION)

    for kind in (LetterKind.INVITATION, LetterKind.REMINDER):
        assert "Répondre à la convocation" in shown(event, kind).text
