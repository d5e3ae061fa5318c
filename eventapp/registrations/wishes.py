"""Which sessions may be wanted together."""

from collections.abc import Collection
from datetime import datetime
from itertools import combinations

from eventapp.agenda.models import Session
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.formats import french_date, french_time
from eventapp.registrations.refusals import ChoiceMissing, SessionNotBookable, SessionsClash


def check_wishes(event: Event, wanted: Collection[Session]) -> None:
    """Refuse sessions of another event, cancelled or not to be booked, overlapping, or a required slot left empty."""
    for session in wanted:
        if session.event_id != event.id or not session.can_be_booked:
            raise SessionNotBookable
    for one, other in combinations(sorted(wanted, key=lambda s: (s.starts_at, s.id)), 2):
        if one.overlaps(other):
            raise SessionsClash(
                f"«\u00a0{one.title}\u00a0» et «\u00a0{other.title}\u00a0» ont lieu en même temps\u00a0: "
                "choisissez l’une des deux."
            )
    if event.choice_required:
        _check_required_slots(event, wanted)


def _check_required_slots(event: Event, wanted: Collection[Session]) -> None:
    chosen = {local_slot(event, session) for session in wanted}
    offered = {local_slot(event, s): s.starts_at for s in db.session.scalars(Session.held(event)) if s.can_be_booked}
    for slot in event.choice_required:
        key = slot[:16]
        if key in offered and key not in chosen:
            day = french_date(offered[key], event.timezone)
            hour = french_time(offered[key], event.timezone)
            raise ChoiceMissing(f"Choisissez une session pour le {day} à {hour}.")


def local_slot(event: Event, session: Session) -> str:
    """« 2027-01-14T14:00 », as `choice_required` writes it."""
    return _local(session.starts_at, event).strftime("%Y-%m-%dT%H:%M")


def _local(moment: datetime, event: Event) -> datetime:
    return moment.astimezone(event.zone)
