"""Whoever had received a link is told that their invitation was taken back, unless the organiser says no."""

import pytest

from eventapp.extensions import db
from eventapp.invitations import guest_list, naming, notices, withdrawals
from eventapp.invitations.listing import Choice
from eventapp.invitations.models import NamedAs, Reply
from eventapp.outbox import rendering
from eventapp.outbox.letters import NothingToSay
from eventapp.outbox.models import Priority, State
from tests.factories import NOW, make_event, make_guest, make_invitation, make_person, make_structure, make_user
from tests.pages import words

pytestmark = pytest.mark.usefixtures("in_november")


def invited(event, name="Roy", *, state=State.SENT, **facts):
    """A guest whose letter is in that state."""
    invitation = make_invitation(make_guest(event, make_person(last_name=name)), **facts)
    return posted(invitation, state).guest


def posted(invitation, state=State.SENT):
    message = notices.invitation(invitation, priority=Priority.SINGLE, now=NOW)
    message.state, message.sent_at = state, NOW if state is State.SENT else None
    db.session.flush()
    return invitation


def at(event, path=""):
    return f"/gestion/evenements/{event.slug}/invites{path}"


def told(outbox):
    return [message.to for message in outbox() if message.letter == "invitations/withdrawn"]


def read(outbox):
    db.session.commit()
    with rendering.reading():
        return rendering.render(outbox()[-1])


def test_the_page_says_so_before_and_the_letter_says_whom_to_ask(client, event, outbox):
    guest = invited(event)

    page = client.page(at(event, f"/{guest.id}/retrait"))
    assert "Prévenir par un court courriel (1 personne)" in words(page.main)
    assert page.select_one("#prevenir").has_attr("checked")
    client.post(at(event, f"/{guest.id}/retrait"), data={"prevenir": "oui"})
    letter = read(outbox)

    assert told(outbox) == [guest.email]
    for text in (letter.text, letter.html):
        assert "Votre lien personnel ne fonctionne plus" in text
        assert event.contact[2] in text
        assert "/invitation/" not in text
    assert letter.contents.reply_to == event.contact[2]


def test_unticked_nobody_is_told(client, event, outbox):
    guest = invited(event)

    client.post(at(event, f"/{guest.id}/retrait"), data={})

    assert (guest.removed_at is not None, told(outbox)) == (True, [])


def test_of_many_only_those_who_hold_a_link_are_told(client, event, outbox):
    wanted = invited(event, "Dupont")
    others = [
        invited(event, "Attend", state=State.QUEUED),
        invited(event, "Suspendu", state=State.HELD),
        invited(event, "Non", reply=Reply.DECLINED, replied_at=NOW),
        make_guest(event, make_person(last_name="Jamais")),
        invited(event, "Perdu"),
    ]
    others[-1].undeliverable_at = NOW

    page = client.page(at(event, "/retrait"))
    ids = [field["value"] for field in page.select("form.confirm input[name=invites]")]
    client.post(at(event, "/retrait"), data={"invites": ids, "prevenir": "oui"})

    assert len(ids) == 6
    assert "Prévenir par un court courriel (1 personne)" in words(page.main)
    assert told(outbox) == [wanted.email]


def test_nobody_to_tell_is_said(client, event):
    guest = make_guest(event)
    make_invitation(guest)

    page = client.page(at(event, f"/{guest.id}/retrait"))

    assert "Aucun courriel ne part." in words(page.main)
    assert page.select_one("#prevenir") is None


def test_a_name_withdrawn_by_whoever_gave_it_is_told_who(event, outbox):
    namer = make_invitation(make_guest(event, make_person(first_name="Ana", last_name="Chef"))).guest
    named = invited(event)
    named.named_by, named.named_as = namer, NamedAs.REPLACEMENT

    naming.take_back(named, now=NOW)

    assert told(outbox) == [named.email]
    assert "Ana CHEF avait donné votre nom" in read(outbox).text


def test_a_structure_reads_that_its_places_are_taken_back(event, outbox):
    structure = make_structure(name="Laon")
    guest = make_guest(event, make_person(first_name="", last_name="Laon", structure=structure),
                       kind="structure", places=2)  # fmt: skip
    posted(make_invitation(guest))

    guest_list.remove(guest, now=NOW, by=make_user())

    assert "Les places réservées" in read(outbox).text


def test_whoever_is_invited_again_before_the_letter_leaves_is_not_told(event, outbox):
    guest = invited(event)
    guest_list.remove(guest, now=NOW, by=make_user())
    guest_list.add(event, guest_list.person_of(guest), now=NOW, by=None)

    with pytest.raises(NothingToSay):
        read(outbox)


@pytest.mark.both_databases
def test_after_the_event_and_of_a_draft_nobody_is_told(outbox):
    past = make_event()
    guest, user = invited(past), make_user()
    assert withdrawals.to_tell(past, [guest], now=past.ends_at) == []
    assert withdrawals.to_tell(past, [guest], now=NOW) == [guest.invitation]
    past.published_at = None
    guest_list.remove_many(past, Choice(), now=NOW, by=user)

    assert told(outbox) == []
