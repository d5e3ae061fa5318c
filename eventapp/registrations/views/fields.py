"""What `registrations/_fields.html` needs beside the form: used by the public form, the invitation and the desk."""

from typing import Any

from flask import flash

from eventapp.agenda.programme import booking_slots
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.formats import typo
from eventapp.network.search import full_labels
from eventapp.registrations.session_places import session_places


def fields_context(event: Event, form: Any) -> dict[str, Any]:
    return {"event": event, "form": form, "structures": structure_labels(event), **sessions_context(event)}


def sessions_context(event: Event) -> dict[str, Any]:
    slots = booking_slots(event)
    return {"slots": slots, "places": session_places(event) if slots else {}}


def structure_labels(event: Event) -> list[str]:
    return full_labels(db.session(), event.organisation.region_code)


def tell_left_open(form: Any, where: str = "Modifier mes informations") -> None:
    """The registration is kept first; what its answers let be asked besides, and nothing needs, is asked afterwards."""
    labels = ", ".join(f"«\u00a0{typo(question.label)}\u00a0»" for question in form.questions.left_open(form))
    if labels:
        flash(f"D’après ces réponses, une précision serait utile\u00a0: {labels}. Voir «\u00a0{where}\u00a0».", "info")
