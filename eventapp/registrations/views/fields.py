"""What `registrations/_fields.html` needs beside the form: used by the public form, the invitation and the desk."""

from typing import Any

from flask import flash

from eventapp.agenda.programme import booking_slots
from eventapp.clock import utcnow
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.formats import typo
from eventapp.network.search import full_labels
from eventapp.registrations.forms import OrganiserForm
from eventapp.registrations.places.availability import availability
from eventapp.registrations.sessions.session_places import session_places
from eventapp.registrations.wishes.wish_slots import (
    MOST_WISHES,
    are_closed,
    closing,
    is_ranked,
    ranked_slots,
    undisclosed,
    undisclosed_slots,
)


def fields_context(event: Event, form: Any) -> dict[str, Any]:
    is_organiser = isinstance(form, OrganiserForm)
    context = sessions_context(event, is_organiser=is_organiser) | wishes_context(event, is_organiser=is_organiser)
    hints = category_hints(event) if "category" in form else {}
    return {"event": event, "form": form, "structures": structure_labels(event), "category_hints": hints, **context}


def category_hints(event: Event) -> dict[str, str]:
    """What is to be known before one chooses a category, by slug."""
    return dict.fromkeys(availability(event, now=utcnow()).full_categories, "Complet pour l’instant.")


def sessions_context(event: Event, *, is_organiser: bool = False) -> dict[str, Any]:
    """Of the sessions that are booked; those that are ranked are asked apart."""
    hidden = set() if is_organiser else undisclosed(event)
    slots = [slot for slot in booking_slots(event) if not is_ranked(slot)]
    slots = [slot for slot in slots if hidden.isdisjoint(session.id for session in slot.sessions)]
    return {"slots": slots, "places": session_places(event) if slots else {}}


def wishes_context(event: Event, *, is_organiser: bool = False) -> dict[str, Any]:
    decided = [] if is_organiser else undisclosed_slots(event)
    return {
        "wish_slots": ranked_slots(event) or decided,
        "most_wishes": MOST_WISHES,
        "wishes_until": closing(event),
        "wishes_are_open": is_organiser or (not decided and not are_closed(event, utcnow())),
    }


def structure_labels(event: Event) -> list[str]:
    return full_labels(db.session(), event.organisation.region_code)


def tell_left_open(form: Any, where: str = "Modifier mes informations") -> None:
    """The registration is kept first; what its answers let be asked besides, and nothing needs, is asked afterwards."""
    labels = ", ".join(f"«\u00a0{typo(question.label)}\u00a0»" for question in form.questions.left_open(form))
    if labels:
        flash(f"D’après ces réponses, une précision serait utile\u00a0: {labels}. Voir «\u00a0{where}\u00a0».", "info")
