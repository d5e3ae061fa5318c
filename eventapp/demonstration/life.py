"""What happened to the upcoming event so far: invitations, replies in every state, a session that filled up."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from eventapp.accounts.models import User
from eventapp.agenda.models import Session
from eventapp.demonstration import answered, delegations, people, returned
from eventapp.errors import Refused
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.formats import person as name_of
from eventapp.invitations import answering, automatic, campaigns, departures, guest_list
from eventapp.invitations.models import Guest, Invitation
from eventapp.letters.models import LetterKind
from eventapp.letters.writing import proposal, write
from eventapp.network.models import Structure
from eventapp.registrations import seats
from eventapp.registrations.groups.models import PartyRule
from eventapp.registrations.groups.parties import Contact, register_party
from eventapp.registrations.models import Registration, Source, Status
from eventapp.registrations.people import Person
from eventapp.registrations.places.allowances import set_allowances

Act = tuple[datetime, Callable[[datetime], None]]

ORIGIN = "liste des structures du SGAR"
REASONS = ("Permanence à assurer ce jour-là", "En congé", "Une collègue me représente", "")
HOPES = (
    "Les relations avec les opérateurs quand un dossier est bloqué.",
    "Comment faire connaître le bus dans les petites communes ?",
    "La formation des nouveaux conseillers.",
    "Un temps pour échanger entre voisins de département.",
)
LAST_UNINVITED = 24  # still to be invited: the organiser has something to do
AUTOMATIC = ((LetterKind.REMINDER, 7), (LetterKind.PRACTICAL, 3), (LetterKind.THANKS, 1))
PUBLIC = 10
GIVEN_UP = 8
GROUP = 3


def live(event: Event, organiser: User, lottery: random.Random, *, now: datetime) -> None:
    """Play the past two weeks in order."""
    start = now - timedelta(days=13, hours=6)
    event_id = event.id
    ids = [guest.id for guest in _invite(event, organiser, lottery, start=start)]
    span = (now - timedelta(hours=6) - start).total_seconds()
    acts: list[Act] = []
    for guest_id in ids:
        # replies come fast at first, then trickle
        at = start + timedelta(seconds=span * lottery.random() ** 2)
        acts.append((_at_work(at, start, now), _reply(guest_id, lottery)))
    for _ in range(PUBLIC):
        at = start + timedelta(seconds=span * (0.5 + lottery.random() / 2))
        acts.append((_at_work(at, start, now), _register_publicly(event_id, lottery)))
    acts.append((start + timedelta(days=2), _allow_more(event_id, organiser.id)))
    acts.append((start + timedelta(days=3), _register_group(event_id, random.Random(lottery.getrandbits(64)))))  # noqa: S311
    acts += delegations.acts(event, organiser, lottery, accept=_accept, start=start)
    for at, act in sorted(acts, key=lambda pair: pair[0]):
        act(at)
        db.session.flush()
        db.session.expunge_all()  # each act begins like a request: with nothing loaded
    _give_up(event_id, lottery, now=now)
    event = db.session.get_one(Event, event_id)
    returned.come_back(event, start=start)
    answered.decline(event, now=now)


def _at_work(at: datetime, start: datetime, now: datetime) -> datetime:
    """The same moment on a working day, between 8 h and 18 h in Paris or nearly."""
    at -= timedelta(days=max(0, at.weekday() - 4))
    at = at.replace(hour=7 + at.hour * 10 // 24)
    return min(max(at, start + timedelta(minutes=at.minute + 1)), now - timedelta(hours=6))


def _invite(event: Event, organiser: User, lottery: random.Random, *, start: datetime) -> list[Guest]:
    structures = list(db.session.scalars(select(Structure).order_by(Structure.id)))
    categories = {category.slug: category for category in event.categories}
    chosen = [
        *people.agents(structures, categories["conseillers"], lottery),
        *people.partners(categories["partenaires"], lottery),
    ]
    write(event, LetterKind.INVITATION, *proposal(event, LetterKind.INVITATION), now=start, by=organiser)
    guests = []
    for person in chosen:
        try:
            guests.append(guest_list.add(event, person, origin=ORIGIN, now=start, by=organiser))
        except guest_list.AlreadyGuest:
            continue
    lottery.shuffle(guests)
    invited = guests[LAST_UNINVITED:]
    _write_to(event, invited, organiser, at=start)
    return invited


def _write_to(event: Event, invited: list[Guest], organiser: User, *, at: datetime) -> None:
    """The invitations as a campaign; then what will leave by itself."""
    order = campaigns.Order(kind=LetterKind.INVITATION, segment={}, people={guest.id for guest in invited})
    campaign = campaigns.create(event, order, now=at, by=organiser)
    for _batch in range(0, len(invited), campaigns.BATCH):
        departures.advance(campaign.id, now=at)
    for kind, days in AUTOMATIC:
        automatic.add(event, kind, days, now=at, by=organiser)


def _reply(guest_id: int, lottery: random.Random) -> Callable[[datetime], None]:
    fate = lottery.random()
    details = lottery.getrandbits(64)

    def act(at: datetime) -> None:
        guest = db.session.get_one(Guest, guest_id)
        invitation = guest.invitation
        if invitation is None or fate > 0.62:
            return
        if fate > 0.53:
            answering.decline(invitation, reason=lottery.choice(REASONS), now=at)
        else:
            _accept(invitation, random.Random(details), at)  # noqa: S311

    return act


def _accept(invitation: Invitation, lottery: random.Random, at: datetime) -> None:
    guest = invitation.guest
    answering.accept(invitation, guest_list.person_of(guest), now=at, consented_at=at, **_wishes(guest.event, lottery))


def _register_publicly(event_id: int, lottery: random.Random) -> Callable[[datetime], None]:
    def act(at: datetime) -> None:
        event = db.session.get_one(Event, event_id)
        category = next(c for c in event.categories if c.slug == "institutions")
        stranger = next(people.partners(category, lottery))
        person = Person(
            first_name=stranger.first_name,
            last_name=stranger.last_name,
            email=stranger.email.split("@")[0] + "@collectivite.example",
            function="Agent de collectivité",
            category=category,
            organisation=lottery.choice(("Mairie de Saint-Exemple", "Communauté de communes du Val d’Exemple")),
        )
        try:
            seats.register(event, person, now=at, source=Source.PUBLIC, consented_at=at, **_wishes(event, lottery))
        except Refused:
            return

    return act


def _allow_more(event_id: int, organiser_id: int) -> Callable[[datetime], None]:
    """One structure may send more people than the others: those of `_register_group`."""

    def act(at: datetime) -> None:
        event = db.session.get_one(Event, event_id)
        organiser = db.session.get_one(User, organiser_id)
        set_allowances(event, {_large_structure(): GROUP + 1}, now=at, by=organiser)

    return act


def _register_group(event_id: int, lottery: random.Random) -> Callable[[datetime], None]:
    """Colleagues registered by their manager: each has yet to choose a round table and to say whether they eat."""

    def act(at: datetime) -> None:
        event, structure = db.session.get_one(Event, event_id), _large_structure()
        category = next(category for category in event.categories if category.slug == "conseillers")
        manager, *colleagues = people.team(structure, category, GROUP + 1, lottery)
        contact = Contact(name=name_of(manager), email=manager.email, structure=structure)
        register_party(event, contact, colleagues, rule=PartyRule.FITTING, now=at)

    return act


def _large_structure() -> Structure:
    return db.session.scalars(select(Structure).order_by(Structure.id).limit(1)).one()


def _wishes(event: Event, lottery: random.Random) -> dict[str, Any]:
    sessions = {session.slug: session for session in db.session.scalars(Session.held(event))}
    round_table = lottery.choices(
        ("usagers-en-situation-de-vulnerabilite", "aller-vers", "demarches-en-ligne"), (46, 29, 25)
    )[0]
    wanted = [round_table]
    wanted += lottery.choices(([], ["renoncement-aux-droits"], ["ecrire-simplement"]), (62, 26, 12))[0]
    wanted += ["visite-du-palais"] if lottery.random() < 0.08 else []
    eats = lottery.random() < 0.85
    answers: dict[str, Any] = {"dejeuner": eats}
    if eats and lottery.random() < 0.3:
        answers["regime"] = lottery.choice(("Végétarien", "Végétalien", "Me contacter"))
    if lottery.random() < 0.06:
        answers["besoins"] = [lottery.choice(("Accès en fauteuil", "Boucle magnétique", "Interprétation en LSF"))]
    if lottery.random() < 0.12:
        answers["attentes"] = lottery.choice(HOPES)
    return {"sessions": [sessions[slug] for slug in wanted], "answers": answers}


def _give_up(event_id: int, lottery: random.Random, *, now: datetime) -> None:
    """Some cancel in the last hours: places are offered to those who wait, and some offers are still open."""
    event = db.session.get_one(Event, event_id)
    confirmed = list(db.session.scalars(Registration.of(event).where(Registration.status == Status.CONFIRMED)).unique())
    lottery.shuffle(confirmed)
    waiting_at = {r.structure_id for r in db.session.scalars(Registration.queue(event)).unique()}
    # colleagues of somebody who waits come first: their place is what the waiting person may have
    confirmed.sort(key=lambda r: r.structure_id not in waiting_at)
    for number, registration in enumerate(confirmed[:GIVEN_UP]):
        at = now - timedelta(hours=5) + timedelta(minutes=20 * number)
        reason = lottery.choice(REASONS)
        seats.cancel(registration, now=at, by="person", reason=reason)


def summary(event: Event) -> str:
    """For the command's last lines."""
    guests = len(db.session.scalars(Guest.of(event)).unique().all())
    registered = dict.fromkeys(Status, 0)
    for registration in db.session.scalars(Registration.of(event)).unique():
        registered[registration.status] += 1
    return (
        f"{guests} invités, {registered[Status.CONFIRMED]} inscriptions confirmées, "
        f"{registered[Status.WAITING]} en attente, {registered[Status.CANCELLED]} annulées"
    )
