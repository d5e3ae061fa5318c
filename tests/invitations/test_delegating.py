"""A structure names whom it sends; a guest sends someone else: never more people than places."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup

from eventapp.events.models import Audience
from eventapp.extensions import db
from eventapp.formats import person as name_of
from eventapp.invitations import answering, delegating, guest_list, naming, places
from eventapp.invitations.models import GuestState, NamedAs
from eventapp.journal.models import Entry
from eventapp.outbox import delivery
from eventapp.outbox.keeping import Letter
from eventapp.outbox.models import KeptMail
from eventapp.registrations import refusals, seats
from eventapp.registrations.desk import merging
from eventapp.registrations.models import Registration, Source, Status
from eventapp.registrations.people import Colleague
from eventapp.registrations.self_service import transfers
from tests.factories import NOW, make_event, make_guest, make_invitation, make_person, make_structure, make_user


def structure_invited(event=None, count=2, **facts):
    event = event or make_event(audience=Audience.INVITED)
    laon = make_structure(name="France services de Laon")
    guest = delegating.invite_structure(event, laon, count, "laon@france-services.example", NOW, None)
    return make_invitation(guest, **facts)


def guest_invited(**facts):
    person = make_person(**facts)
    return make_invitation(make_guest(make_event(audience=Audience.INVITED), person)), person


def colleague(**facts):
    person = make_person(**facts)
    return Colleague(first_name=person.first_name, last_name=person.last_name, email=person.email)


@pytest.mark.both_databases
def test_those_a_structure_names_are_invited_by_name(outbox):
    invitation = structure_invited()
    lea = make_person(first_name="Léa", last_name="Martin", function="Conseillère")

    (named,) = delegating.name_colleagues(invitation, [lea], now=NOW)

    assert (named.named_by, named.named_as, named.structure) == (
        invitation.guest,
        NamedAs.COLLEAGUE,
        invitation.guest.structure,
    )
    assert [(mail.letter, mail.to) for mail in outbox()] == [("invitations/invitation", lea.email)]
    assert (invitation.guest.state, named.state) == (GuestState.ACCEPTED, GuestState.SILENT)
    assert "France services de Laon désigne Léa MARTIN" in db.session.scalars(db.select(Entry.sentence)).all()


@pytest.mark.both_databases
def test_a_structure_may_have_the_longest_of_names():
    """« ⑴ » is folded to « (1) »."""
    longest = make_structure(name="⑴" * 200)
    guest = delegating.invite_structure(make_event(), longest, 2, "laon@france-services.example", NOW, None)
    db.session.commit()

    assert delegating.find_structure(guest.event, longest) is guest


def test_a_structure_names_no_more_people_than_its_places(outbox):
    invitation = structure_invited(count=1)

    with pytest.raises(delegating.NotEnoughPlaces, match=r"Il reste 1.place"):
        delegating.name_colleagues(invitation, [make_person(), make_person()], now=NOW)

    assert outbox() == []
    assert invitation.guest.state is GuestState.SILENT


def test_the_same_names_again_change_nothing(outbox):
    invitation, people = structure_invited(), [make_person(), make_person()]

    delegating.name_colleagues(invitation, people, now=NOW)
    delegating.name_colleagues(invitation, people, now=NOW)

    assert len(outbox()) == 2


def test_a_structure_answers_for_its_people_as_for_a_group(outbox):
    invitation, people = structure_invited(), [make_person(), make_person()]

    outcome = delegating.answer_for(invitation, people, now=NOW)

    registrations = db.session.scalars(outcome.party.people).all()
    assert [(r.status, r.source, r.structure) for r in registrations] == [
        (Status.CONFIRMED, Source.INVITATION, invitation.guest.structure)
    ] * 2
    assert [(g.state, g.invitation.registration) for g in naming.live_names(invitation.guest)] == [
        (GuestState.ACCEPTED, registration) for registration in registrations
    ]
    assert sorted(mail.letter for mail in outbox()) == [
        "registrations/confirmed",
        "registrations/confirmed",
        "registrations/party",
    ]


def test_answering_for_people_already_named_accepts_their_invitations():
    invitation, lea = structure_invited(), make_person()
    (named,) = delegating.name_colleagues(invitation, [lea], now=NOW)

    delegating.answer_for(invitation, [lea], now=NOW)

    assert named.state is GuestState.ACCEPTED
    assert len(db.session.scalars(db.select(Registration)).all()) == 1


def test_a_structure_answers_for_all_or_for_nobody():
    invitation = structure_invited(make_event(audience=Audience.INVITED, capacity=1, waiting_list=False))

    with pytest.raises(refusals.Full), db.session.begin_nested():
        delegating.answer_for(invitation, [make_person(), make_person()], now=NOW)

    assert db.session.scalars(db.select(Registration)).all() == []


def test_a_name_is_taken_back_while_there_is_no_answer():
    invitation = structure_invited(count=1)
    (named,) = delegating.name_colleagues(invitation, [make_person()], now=NOW)
    link = named.invitation

    naming.take_back(named, now=NOW)

    assert link.revoked_at == NOW
    assert places.left(invitation.guest) == 1
    assert invitation.guest.state is GuestState.SILENT


def test_a_name_that_was_answered_is_not_taken_back():
    invitation, lea = structure_invited(), make_person()
    (named,) = delegating.name_colleagues(invitation, [lea], now=NOW)
    answering.accept(named.invitation, lea, now=NOW)

    with pytest.raises(naming.AlreadyAnswered):
        naming.take_back(named, now=NOW)


def test_the_place_of_a_colleague_who_declines_may_be_given_again_once():
    invitation, lea = structure_invited(count=1), make_person()
    (first,) = delegating.name_colleagues(invitation, [lea], now=NOW)
    answering.decline(first.invitation, now=NOW)

    delegating.name_colleagues(invitation, [make_person()], now=NOW)

    with pytest.raises(places.PlaceGiven):
        answering.accept(first.invitation, lea, now=NOW)


def test_a_place_passed_on_by_the_registered_is_still_taken():
    invitation, lea = structure_invited(count=1), make_person()
    (named,) = delegating.name_colleagues(invitation, [lea], now=NOW)
    registration = answering.accept(named.invitation, lea, now=NOW)

    transfers.pass_on(registration, colleague(), now=NOW, by="person")

    assert places.left(invitation.guest) == 0


def test_a_place_given_up_may_be_given_again():
    invitation, lea = structure_invited(count=1), make_person()
    (named,) = delegating.name_colleagues(invitation, [lea], now=NOW)
    seats.cancel(answering.accept(named.invitation, lea, now=NOW), now=NOW, by="person")

    assert places.left(invitation.guest) == 1


def test_somebody_already_invited_is_not_named_again(outbox):
    invitation, lea = structure_invited(), make_person()
    make_guest(invitation.guest.event, lea)

    with pytest.raises(refusals.Refused, match="est déjà invité, avec son propre lien"):
        delegating.name_colleagues(invitation, [lea], now=NOW)

    assert outbox() == []


def test_a_structure_that_declines_withdraws_the_names_without_answer():
    invitation = structure_invited()
    (named,) = delegating.name_colleagues(invitation, [make_person()], now=NOW)

    delegating.decline(invitation, reason="fermés ce jour-là", now=NOW)

    assert (invitation.guest.state, invitation.decline_reason) == (GuestState.DECLINED, "fermés ce jour-là")
    assert named.removed_at == NOW


def test_a_structure_does_not_decline_for_those_who_accepted():
    invitation, lea = structure_invited(), make_person()
    (named,) = delegating.name_colleagues(invitation, [lea], now=NOW)
    answering.accept(named.invitation, lea, now=NOW)

    with pytest.raises(delegating.PeopleCome):
        delegating.decline(invitation, now=NOW)


def test_a_structure_does_not_come_itself():
    invitation = structure_invited()

    with pytest.raises(answering.NamesOthers):
        answering.accept(invitation, make_person(), now=NOW)


@pytest.mark.both_databases
def test_a_guest_sends_someone_else(outbox):
    invitation, _ = guest_invited(first_name="Léa", last_name="Martin", function="Conseillère")
    paul = colleague(first_name="Paul", last_name="Petit")

    named = naming.send_instead(invitation, paul, now=NOW)

    assert (named.named_by, named.named_as, named.function) == (invitation.guest, NamedAs.REPLACEMENT, "")
    assert (invitation.guest.state, named.state) == (GuestState.DECLINED, GuestState.SILENT)
    assert [mail.to for mail in outbox()] == [paul.email]
    assert "Léa MARTIN envoie à sa place Paul PETIT" in db.session.scalars(db.select(Entry.sentence)).all()


def test_whoever_sent_someone_else_comes_only_if_they_do_not():
    invitation, lea = guest_invited()
    named = naming.send_instead(invitation, colleague(), now=NOW)

    with pytest.raises(places.PlaceGiven):
        answering.accept(invitation, lea, now=NOW)
    answering.decline(named.invitation, now=NOW)
    answering.accept(invitation, lea, now=NOW)

    assert places.given_to(named) == [invitation.guest]


def test_one_invitation_brings_one_person_however_far_it_is_passed_on():
    invitation, _ = guest_invited()
    paul, zoe = make_person(), make_person()
    second = naming.send_instead(invitation, _as_colleague(paul), now=NOW)
    third = naming.send_instead(second.invitation, _as_colleague(zoe), now=NOW)

    answering.accept(third.invitation, zoe, now=NOW)

    with pytest.raises(places.PlaceGiven):
        answering.accept(second.invitation, paul, now=NOW)
    assert places.holders(invitation.guest) == [third]


def test_a_link_names_only_so_many_people():
    invitation, _ = guest_invited()
    for _ in range(naming.SPARE):
        naming.take_back(naming.send_instead(invitation, colleague(), now=NOW), now=NOW)

    with pytest.raises(naming.TooManyNames):
        naming.send_instead(invitation, colleague(), now=NOW)


def test_the_same_replacement_again_changes_nothing(outbox):
    invitation, _ = guest_invited()
    paul = colleague()

    assert naming.send_instead(invitation, paul, now=NOW) is naming.send_instead(invitation, paul, now=NOW)
    assert len(outbox()) == 1


def test_whoever_is_registered_passes_their_place_on_instead():
    invitation, lea = guest_invited()
    answering.accept(invitation, lea, now=NOW)

    with pytest.raises(naming.Registered):
        naming.send_instead(invitation, colleague(), now=NOW)


def test_nobody_sends_themselves():
    invitation, lea = guest_invited()

    with pytest.raises(naming.Oneself):
        naming.send_instead(invitation, _as_colleague(lea), now=NOW)


def test_nobody_is_named_after_the_deadline():
    event = make_event(audience=Audience.INVITED, closes_at=NOW)
    invitation, other = structure_invited(event), make_invitation(make_guest(event))

    for late in (
        lambda: delegating.name_colleagues(invitation, [make_person()], now=NOW),
        lambda: delegating.answer_for(invitation, [make_person()], now=NOW),
        lambda: naming.send_instead(other, colleague(), now=NOW),
    ):
        with pytest.raises(answering.NotAnswerable, match="La date limite pour répondre est passée"):
            late()
    delegating.name_colleagues(invitation, [make_person()], now=NOW - timedelta(microseconds=1))


def test_the_team_enters_replies_received_by_phone_after_the_deadline():
    event, user = make_event(audience=Audience.INVITED, closes_at=NOW), make_user()
    lea = make_person()
    invitation = make_invitation(make_guest(event, lea))

    answering.accept(invitation, lea, now=NOW, by=user)

    entry = db.session.scalars(db.select(Entry).where(Entry.act == "invitation.accepted")).one()
    assert entry.sentence.endswith("a accepté l’invitation (réponse reçue par téléphone)")
    assert entry.actor_id == user.id


def test_places_that_nobody_took_are_taken_back():
    invitation = structure_invited(count=3)
    delegating.name_colleagues(invitation, [make_person()], now=NOW)
    facts = {"email": "laon@france-services.example", "now": NOW, "by": make_user()}

    assert delegating.correct_structure(invitation.guest, count=1, **facts) is False

    assert invitation.guest.places == 1
    with pytest.raises(delegating.PlacesTaken, match=r"1.place est prise"):
        delegating.correct_structure(invitation.guest, count=0, **facts)


def test_another_mailbox_gets_another_link(outbox):
    invitation = structure_invited()

    assert delegating.correct_structure(
        invitation.guest, email="accueil@laon.example", count=2, now=NOW, by=make_user()
    )

    assert invitation.revoked_at == NOW
    assert [mail.to for mail in outbox()] == ["accueil@laon.example"]


def _as_colleague(person):
    return Colleague(first_name=person.first_name, last_name=person.last_name, email=person.email)


@pytest.mark.parametrize("hostile", ["[cliquez](https://malin.example)", "<a href='https://malin.example'>", "{lien}"])
def test_what_a_namer_is_called_stays_text_in_the_letter(monkeypatch, app, hostile):
    monkeypatch.setitem(app.config, "EVENTAPP_DEMO", True)
    invitation, _ = guest_invited(first_name="", last_name=hostile)
    named = naming.send_instead(invitation, colleague(last_name=hostile), now=NOW)
    db.session.commit()

    delivery.deliver_due(now=NOW, limit=10)

    (source,) = db.session.scalars(db.select(KeptMail.source)).all()
    page = BeautifulSoup(Letter(source).html, "html.parser")
    assert {link["href"] for link in page.select("a[href^=http]") if "malin.example" in link["href"]} == set()
    assert name_of(invitation.guest) in page.get_text()
    assert named.origin.startswith("indiquée par")


@pytest.mark.both_databases
def test_the_same_answer_sent_again_undoes_nothing_that_happened_since(outbox):
    """Back, and the form of some days ago once more: nobody comes again by it, and nobody is named anew."""
    invitation, people = structure_invited(count=2), [make_person(), make_person()]
    first = delegating.answer_for(invitation, people, now=NOW, idempotency_key="form")
    gone, removed = invitation.guest.named
    by = make_user()
    answering.decline(gone.invitation, now=NOW, by=by)
    seats.cancel(removed.invitation.registration, now=NOW, by=by)
    guest_list.remove(removed, now=NOW, by=by)
    delegating.decline(invitation, now=NOW)
    letters = len(outbox())

    again = delegating.answer_for(invitation, people, now=NOW + timedelta(hours=1), idempotency_key="form")

    assert (again.party, again.known) == (first.party, [])
    assert (invitation.guest.state, gone.state) == (GuestState.DECLINED, GuestState.DECLINED)
    assert (invitation.guest.named, len(outbox())) == ([gone, removed], letters)


def test_one_person_named_twice_takes_one_place_once_merged():
    invitation = structure_invited(count=2)
    twins = [make_person(first_name="Zoé", last_name="Lefèvre") for _ in range(2)]
    delegating.answer_for(invitation, twins, now=NOW)
    one, other = (named.invitation.registration for named in invitation.guest.named)

    stays = merging.merge(one, other, address_of=one, now=NOW, by=make_user())
    answering.follow_merge(other, stays)
    db.session.expire_all()

    assert (stays, places.left(invitation.guest)) == (one, 1)
