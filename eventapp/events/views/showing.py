"""What the event page needs, for the public and for the preview alike."""

from datetime import datetime
from typing import Any

from eventapp.agenda import linked_data
from eventapp.agenda.happening import happening
from eventapp.agenda.programme import programme
from eventapp.events.models import Audience, Event
from eventapp.exchange.announced import announced
from eventapp.registrations.places.limits import structures_are_released
from eventapp.registrations.seats import availability
from eventapp.registrations.wishes.wish_slots import shown_places


def shown_event(event: Event, *, now: datetime) -> dict[str, Any]:
    is_over = event.cancelled_at is not None or event.has_ended(now)
    days = programme(event)
    sessions = [session for day in days for session in day.sessions]
    places = availability(event, now=now)
    return {
        "event": event,
        "availability": places,
        "days": days,
        "happening": happening(event, sessions, now=now),
        "linked_data": linked_data.of_event(event, sessions, announced(event), step=places.step),
        "places": {} if is_over else shown_places(event),
        "per_structure": None if structures_are_released(event, now) else event.per_structure,
        "by_invitation": event.audience is Audience.INVITED,
    }
