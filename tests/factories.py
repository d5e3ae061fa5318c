"""Plain functions with valid defaults: a test states only what matters to it. Each row is added and flushed."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, TypeVar

from eventapp import tokens
from eventapp.accounts.models import Membership, Organisation, Role, User
from eventapp.agenda.models import Appearance, Room, Session, Speaker
from eventapp.events.lifecycle import searchable
from eventapp.events.models import Audience, Category, Event, Venue
from eventapp.extensions import db
from eventapp.invitations.models import Guest, Invitation
from eventapp.network.models import Structure
from eventapp.outbox.models import Message, State
from eventapp.registrations.groups.models import Party, PartyRule
from eventapp.registrations.models import Registration
from eventapp.registrations.models import Status as RegistrationStatus
from eventapp.registrations.people import Person, describe, search_text
from eventapp.registrations.questions.models import Question, QuestionKind
from eventapp.text import fold

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
STARTS = datetime(2027, 1, 14, 8, 0, tzinfo=UTC)  # 9 h in Paris
ENDS = STARTS + timedelta(hours=8)

Row = TypeVar("Row")
number = count(100_001)  # always as many digits: "10001" comes before "9999" in a list of names


def save(row: Row) -> Row:
    db.session.add(row)
    db.session.flush()
    return row


def make_organisation(**facts: Any) -> Organisation:
    n = next(number)
    defaults = {
        "slug": f"sgar-{n}",
        "name": f"SGAR {n}",
        "region_code": "32",
        "email": f"contact-{n}@sgar.example",
        "created_at": NOW,
    }
    return save(Organisation(**defaults | facts))


def make_user(organisation: Organisation | None = None, role: Role = Role.ORGANISER, **facts: Any) -> User:
    """A user, member of `organisation` with `role` when it is given."""
    n = next(number)
    defaults = {
        "email": f"personne-{n}@sgar.example",
        "name": f"Personne {n}",
        "fs_uniquifier": f"uniquifier-{n}",
        "created_at": NOW,
    }
    user = save(User(**defaults | facts))
    if organisation is not None:
        save(Membership(user=user, organisation=organisation, role=role, created_at=NOW))
    return user


def make_event(organisation: Organisation | None = None, **facts: Any) -> Event:
    """A published public event of one day in Lille, without limits or categories."""
    n = next(number)
    defaults = {
        "slug": f"rencontre-{n}",
        "title": f"Rencontre {n}",
        "starts_at": STARTS,
        "ends_at": ENDS,
        "venue": Venue(name="Préfecture de région", postcode="59000", city="Lille"),
        "audience": Audience.PUBLIC,
        "published_at": NOW,
        "created_at": NOW,
        "updated_at": NOW,
        "calendar_uid": f"event-{n}@rencontres.localhost",
    }
    event = Event(organisation=organisation or make_organisation(), **defaults | facts)
    event.search_text = searchable(event)
    return save(event)


def make_category(event: Event, **facts: Any) -> Category:
    n = next(number)
    defaults = {"slug": f"categorie-{n}", "name": f"Catégorie {n}", "position": n}
    return save(Category(event=event, **defaults | facts))


def make_room(event: Event, **facts: Any) -> Room:
    n = next(number)
    defaults = {"slug": f"salle-{n}", "name": f"Salle {n}", "capacity": 60, "position": n}
    return save(Room(event=event, **defaults | facts))


def make_speaker(event: Event, **facts: Any) -> Speaker:
    n = next(number)
    defaults = {
        "slug": f"jeanne-martin-{n}",
        "civility": "Mme",
        "first_name": "Jeanne",
        "last_name": f"Martin {n}",
        "function": "secrétaire générale pour les affaires régionales",
        "rank": n,
    }
    return save(Speaker(event=event, **defaults | facts))


def make_session(event: Event, *speakers: Speaker, room: Room | None = None, **facts: Any) -> Session:
    """A talk at the beginning of the event, an hour long, open to all; `speakers` in protocol order."""
    n = next(number)
    starts_at = facts.get("starts_at", event.starts_at)
    defaults = {
        "slug": f"session-{n}",
        "title": f"Session {n}",
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=1),
        "room_id": room.id if room is not None else None,
        "updated_at": NOW,
        "calendar_uid": f"session-{n}@rencontres.localhost",
    }
    session = save(Session(event=event, **defaults | facts))
    for position, speaker in enumerate(speakers):
        save(Appearance(event_id=event.id, session=session, speaker=speaker, position=position))
    return session


def make_structure(**facts: Any) -> Structure:
    """An office in the Aisne, found by its name, its full label or its number."""
    n = next(number)
    defaults = {"id_fs": f"2{n}", "name": f"France services {n}", "commune": f"Ville {n}", "departement_code": "02"}
    structure = Structure(**defaults | {"updated_at": NOW} | facts)
    structure.sort_key, structure.match_key = fold(structure.name), fold(structure.full_label)
    return save(structure)


def make_person(**facts: Any) -> Person:
    n = next(number)
    defaults = {"first_name": "Camille", "last_name": f"Durand {n}", "email": f"camille.durand-{n}@agents.example"}
    return Person(**defaults | facts)


def make_registration(event: Event, person: Person | None = None, **facts: Any) -> Registration:
    """A confirmed registration; those made later queue later. Nothing is mailed or journalled."""
    n = next(number)
    at = facts.pop("at", NOW + timedelta(microseconds=n))  # all in the same second, however many were made
    status = facts.get("status", RegistrationStatus.CONFIRMED)
    link, feed = tokens.issue(Registration.PURPOSE), tokens.issue(Registration.FEED_PURPOSE)
    defaults = {
        "status": status,
        "created_at": at,
        "queued_at": at,
        "updated_at": at,
        "confirmed_at": at if status is RegistrationStatus.CONFIRMED else None,
        "cancelled_at": at if status is RegistrationStatus.CANCELLED else None,
        "nonce": link.nonce,
        "digest": link.digest,
        "feed_nonce": feed.nonce,
        "feed_digest": feed.digest,
    }
    registration = Registration(event=event, **defaults | facts)
    describe(registration, person or make_person())
    return save(registration)


def make_question(event: Event, **facts: Any) -> Question:
    """An optional yes or no."""
    n = next(number)
    defaults = {"slug": f"question-{n}", "label": f"Question {n} ?", "kind": QuestionKind.YES_NO, "position": n}
    return save(Question(event=event, **defaults | facts))


def make_guest(event: Event, person: Person | None = None, **facts: Any) -> Guest:
    """Somebody on the guest list, not invited yet."""
    person = person or make_person()
    defaults = {
        "first_name": person.first_name,
        "last_name": person.last_name,
        "email": person.email,
        "function": person.function,
        "structure": person.structure,
        "organisation": person.organisation,
        "category": person.category,
        "email_folded": person.email_folded,
        "name_folded": person.name_folded,
        "search_text": search_text(person),
        "created_at": NOW,
    }
    return save(Guest(event_id=event.id, **defaults | facts))


def make_invitation(guest: Guest, **facts: Any) -> Invitation:
    """A valid link, sent and not answered; nothing is mailed."""
    issued = tokens.issue(Invitation.PURPOSE)
    defaults = {
        "event_id": guest.event_id,
        "email": guest.email,
        "nonce": issued.nonce,
        "digest": issued.digest,
        "invited_at": NOW,
    }
    return save(Invitation(guest=guest, **defaults | facts))


def make_party(event: Event, **facts: Any) -> Party:
    """Nobody is in it yet: give its id to registrations."""
    link = tokens.issue(Party.PURPOSE)
    defaults = {"contact_name": "Anne Roy", "email": "anne.roy@mairie.example", "organisation": "Mairie"}
    defaults |= {"rule": PartyRule.FITTING, "nonce": link.nonce, "digest": link.digest, "created_at": NOW}
    return save(Party(event=event, **defaults | facts))


def all_leave(at: datetime = NOW) -> None:
    """Whatever waits in the outbox has been sent."""
    waiting = db.update(Message).where(Message.state == State.QUEUED)
    db.session.execute(waiting.values(state=State.SENT, sent_at=at).execution_options(synchronize_session="fetch"))
