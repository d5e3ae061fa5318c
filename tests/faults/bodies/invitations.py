"""What the forms about guests and campaigns send."""

from io import BytesIO
from typing import Any

from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.registrations.models import Registration
from tests.factories import number
from tests.faults.bodies.people import person, registering
from tests.faults.rows import Rows


def _accepting(side: Rows) -> dict[str, Any]:
    """Under the guest's own name."""
    guest = side.guest
    return registering(side) | {"first_name": guest.first_name, "last_name": guest.last_name, "email": guest.email}


def _names(side: Rows) -> dict[str, Any]:
    """Two colleagues of the structure, who answer themselves."""
    people = [person(category=side.category.slug) for _ in range(2)]
    parts = ("first_name", "last_name", "email", "category")
    return {f"person-{n}-{part}": person[part] for n, person in enumerate(people, 1) for part in parts} | {
        "way": "invite"
    }


def _earlier(side: Rows) -> dict[str, Any]:
    found = db.select(Registration.id).join(Event, Event.id == Registration.event_id)
    theirs = found.where(Event.organisation_id == side.organisation.id, Event.id != side.event.id)
    return {"personnes": [f"r{one}" for one in db.session.scalars(theirs)]}


def guest_file(text: str = "Nom;Adresse électronique\r\nDurand;a.durand@agents.example\r\n") -> tuple[BytesIO, str]:
    return BytesIO(text.encode()), "invites.csv"


BODIES: dict[str, Any] = {
    "invitations.accept": lambda side: _accepting(side) | {"comes": "y"},
    "invitations.do_unsubscribe": lambda _side: {"choice": "stop"},
    "invitations.decline": lambda _side: {"choice": "decline", "reason": "Absente ce jour-là"},
    "invitations.names": _names,
    "invitations.replacement": lambda _side: person(),
    "invitations.withdrawal": lambda _side: {"choice": "withdraw"},
    "invitations_organiser.accept": _accepting,
    "invitations_organiser.add_former": _earlier,
    "invitations_organiser.add_network": lambda side: {
        "structures": side.structure.id, f"adresse-{side.structure.id}": "boite@fs.example", "places": "2",
    },
    "invitations_organiser.categorise": lambda side: {"invites": side.spare_guest.id, "categorie": side.category.slug},
    "invitations_organiser.correct_address": lambda _side: {"email": f"autre-{next(number)}@agents.example"},
    "invitations_organiser.remove_many": lambda side: {"invites": side.spare_guest.id},
    "invitations_organiser.decline": lambda _side: {"reason": "Absente ce jour-là"},
    "invitations_organiser.names": _names,
    "invitations_organiser.guest": lambda side: person(category=side.category.slug),
    "invitations_organiser.new": lambda side: person(category=side.category.slug),
    "invitations_organiser.import_file": lambda _side: {"file": guest_file()},
    "invitations_organiser.plan_automatic": lambda _side: {"kind": "thanks", "days": "3"},
    "invitations_organiser.send_campaign": lambda side: {
        "lettre": "invitation", "people": str(side.spare_guest.id), "when": "now", "key": f"cle-{side.spare_guest.id}",
    },
    "invitations_organiser.turn_review": lambda side: {
        "lettre": "invitation", "when": "now", "key": "cle", "ecartes": str(side.spare_guest.id),
    },
}  # fmt: skip
