"""Several people of one structure, registered in one act: all of them, or those for whom there is a place.

Each goes through `seats.register` as if alone, under one lock, and gets a link of their own, with which they choose
their sessions and answer the event's questions.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from sqlalchemy import select

from eventapp import journal, tokens
from eventapp.errors import Refused
from eventapp.events.locks import hold
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.formats import person as name_of
from eventapp.formats import plural
from eventapp.network.models import Structure
from eventapp.registrations import refusals, seats
from eventapp.registrations.changes import Actor
from eventapp.registrations.groups import notices
from eventapp.registrations.groups.models import Party, PartyRule
from eventapp.registrations.models import Registration, Source
from eventapp.registrations.people import Person

KNOWN, FULL = "known", "full"  # why somebody was left out


@dataclass(frozen=True, kw_only=True)
class Contact:
    """Whoever registers the others; texts already cleaned and within the columns' lengths."""

    name: str
    email: str
    structure: Structure | None = None
    organisation: str = ""


@dataclass
class Outcome:
    """`known`: those who were registered before, to be sent their link again; nothing else is said of them."""

    party: Party
    known: list[Registration] = field(default_factory=list)


class PartyDoesNotFit(Refused):
    """All were wanted, and a place is missing for some."""

    field = "rule"

    def __init__(self, places: int, people: int) -> None:
        room = f"que pour {places} des {people} personnes" if places else f"pour aucune des {people} personnes"
        room = room if people > 1 else "pour cette personne"
        super().__init__(f"Il n’y a {'' if places else 'plus '}de place {room}\u00a0: rien n’est enregistré.")


def register_party(
    event: Event,
    contact: Contact,
    people: Sequence[Person],
    *,
    rule: PartyRule,
    now: datetime,
    source: Source = Source.PUBLIC,
    by: Actor = journal.PERSON,
    idempotency_key: str | None = None,
) -> Outcome:
    """One registration for each, in the order written; with the rule ALL, everybody is confirmed or nothing is done.

    The same submission again (key and people) returns the first group, whatever became of it since.
    """
    hold(event)
    first = find(event, people, idempotency_key)
    if first is not None:
        return Outcome(first)
    submission = _submission(people, idempotency_key)
    with db.session.begin_nested():
        outcome = Outcome(_new(event, contact, rule, submission, now=now))
        confirmed = _register_each(outcome, people, source=source, now=now, by=by)
        new = len(people) - len(outcome.known)
        if rule is PartyRule.ALL and confirmed < new:
            raise PartyDoesNotFit(confirmed, new)
        _record(outcome.party, len(people), confirmed, now=now, by=by)
        notices.registered(outcome.party, now=now)
    return outcome


def find(event: Event, people: Sequence[Person], idempotency_key: str | None) -> Party | None:
    """The group that this submission already made."""
    submission = _submission(people, idempotency_key)
    if submission is None:
        return None
    return db.session.scalar(select(Party).where(Party.event_id == event.id, Party.idempotency_key == submission))


def _submission(people: Sequence[Person], key: str | None) -> str | None:
    """As for one person (see seats): the same form for other people is another submission."""
    if key is None:
        return None
    keys = [key, *(f"{person.email_folded} {person.name_folded}" for person in people)]
    return sha256("\n".join(keys).encode()).hexdigest()


def _new(event: Event, contact: Contact, rule: PartyRule, submission: str | None, *, now: datetime) -> Party:
    link = tokens.issue(Party.PURPOSE)
    party = Party(
        event=event,
        structure=contact.structure,
        organisation="" if contact.structure else contact.organisation,
        contact_name=contact.name,
        email=contact.email,
        rule=rule,
        left_out=[],
        idempotency_key=submission,
        nonce=link.nonce,
        digest=link.digest,
        created_at=now,
    )
    db.session.add(party)
    db.session.flush()
    return party


def _register_each(outcome: Outcome, people: Sequence[Person], *, source: Source, now: datetime, by: Actor) -> int:
    """How many have a place."""
    party, confirmed, left_out = outcome.party, 0, []
    for person in people:
        try:
            registration = seats.register(party.event, person, now=now, source=source, by=by, party=party)
        except refusals.AlreadyRegistered as refusal:
            outcome.known.append(refusal.registration)
            left_out.append({"name": name_of(person), "why": KNOWN})
        except refusals.Full:
            left_out.append({"name": name_of(person), "why": FULL})
        else:
            confirmed += registration.is_confirmed
    party.left_out = left_out
    return confirmed


def _record(party: Party, people: int, confirmed: int, *, now: datetime, by: Actor) -> None:
    given = plural(confirmed, "place confirmée", "places confirmées")
    sentence = f"{party.contact_name} inscrit un groupe de {plural(people, 'personne', 'personnes')}\u00a0: {given}."
    details = {"rule": party.rule.value, "people": people, "confirmed": confirmed}
    journal.record("party.registered", sentence, now=now, by=by, event=party.event, subject=party, **details)
