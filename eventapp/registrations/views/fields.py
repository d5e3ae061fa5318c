"""What `registrations/_fields.html` needs beside the form: used by the public form, the invitation and the desk."""

from typing import Any

from eventapp.agenda.programme import booking_slots
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.network.search import full_labels
from eventapp.registrations.session_places import session_places


def fields_context(event: Event, form: Any) -> dict[str, Any]:
    return {"event": event, "form": form, "structures": structure_labels(event), **sessions_context(event)}


def sessions_context(event: Event) -> dict[str, Any]:
    slots = booking_slots(event)
    return {"slots": slots, "places": session_places(event) if slots else {}}


def structure_labels(event: Event) -> list[str]:
    return full_labels(db.session(), event.organisation.region_code)
