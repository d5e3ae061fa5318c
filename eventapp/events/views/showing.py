"""What the event page needs, for the public and for the preview alike."""

from datetime import datetime
from typing import Any

from eventapp.agenda.programme import programme
from eventapp.events.models import Audience, Event
from eventapp.registrations.seats import availability, session_places


def shown_event(event: Event, *, now: datetime) -> dict[str, Any]:
    return {
        "event": event,
        "availability": availability(event, now=now),
        "days": programme(event),
        "places": session_places(event),
        "by_invitation": event.audience is Audience.INVITED,
        "has_ended": event.has_ended(now),
    }
