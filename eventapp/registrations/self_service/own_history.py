"""What happened to one's registration, as the person reads it on their own page: their acts and what they were told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select

from eventapp import journal
from eventapp.extensions import db
from eventapp.journal.models import Entry
from eventapp.registrations.models import Registration
from eventapp.registrations.wishes.wish_slots import undisclosed

# What is not named here is the organisers' own affair.
WORDS = {
    "registration.created": "Inscription enregistrée",
    "registration.promoted": "Place attribuée",
    "registration.promoted_by_hand": "Place attribuée",
    "registration.offered": "Place proposée",
    "registration.offer_accepted": "Place proposée acceptée",
    "registration.offer_refused": "Place proposée laissée à d’autres",
    "registration.offer_expired": "Place proposée perdue, faute de réponse",
    "registration.offer_shortened": "Date limite de réponse avancée",
    "registration.sessions_changed": "Sessions modifiées",
    "registration.wishes_changed": "Souhaits modifiés",
    "registration.details_changed": "Informations modifiées",
    "registration.received": "Place reçue d’un collègue",
    "registration.cancelled": "Inscription annulée",
    "registration.restored": "Inscription rétablie",
    "registration.merged": "Deux inscriptions réunies en une",
    "booking.promoted": "Place attribuée dans une session",
    "booking.promoted_by_hand": "Place attribuée dans une session",
    "booking.forced": "Place attribuée dans une session",
    "booking.allocated": "Place attribuée dans une session, selon vos souhaits",
    "booking.left_waiting": "Souhait non accordé, sur liste d’attente d’une session",
    "booking.offered": "Place proposée dans une session",
    "booking.taken": "Place proposée dans une session acceptée",
    "booking.declined": "Place proposée dans une session laissée à d’autres",
    "booking.offer_expired": "Place proposée dans une session perdue, faute de réponse",
    "booking.left": "Liste d’attente d’une session quittée",
    "booking.moved": "Session changée pour une autre",
    "booking.session_cancelled": "Session annulée",
    "registration.calendar_chosen": "Courriels d’agenda choisis",
    "registration.feed_renewed": "Adresse d’abonnement changée",
    "registration.feed_stopped": "Abonnement de calendrier arrêté",
    "request.made": "Demande envoyée à l’équipe",
    "request.accepted": "Demande acceptée",
    "request.refused": "Demande refusée",
    "request.withdrawn": "Demande retirée",
}

# Written once: building a question costs more than asking it.
ENTRIES = (
    select(Entry)
    .where(Entry.subject_kind == Registration.__tablename__, Entry.subject_id == bindparam("number"))
    .order_by(Entry.id.desc())
)


@dataclass(frozen=True)
class Moment:
    at: datetime
    what: str
    who: str


def moments(registration: Registration) -> list[Moment]:
    """Newest first."""
    found = [entry for entry in db.session.scalars(ENTRIES, {"number": registration.id}) if entry.act in WORDS]
    untold = _untold(registration, found)
    entries = [entry for entry in found if entry not in untold]
    return [Moment(entry.at, WORDS[entry.act], _who(entry, registration)) for entry in entries]


def _untold(registration: Registration, found: Sequence[Entry]) -> list[Entry]:
    """What was decided of their wishes before it is announced; and a seat that was lost before anyone was told."""
    since, hidden = registration.event.allocated_at, undisclosed(registration.event)
    hidden |= {entry.details["session"] for entry in found if entry.details.get("untold")}
    return [e for e in found if since is not None and e.at >= since and e.details.get("session") in hidden]


def _who(entry: Entry, registration: Registration) -> str:
    """A colleague's place, or that of a group, came by somebody else's link."""
    is_gift = entry.act == "registration.received"
    if is_gift or (entry.act == "registration.created" and registration.party_id is not None):
        return ""
    return {journal.PERSON: "par vous", journal.ORGANISER: "par l’équipe"}.get(entry.actor, "")
