"""What the forms of an event send, and the files that events are read from."""

import json
from datetime import timedelta
from io import BytesIO
from typing import Any

from eventapp.exchange import taking, writing
from tests.factories import number
from tests.faults.rows import Rows


def _details(side: Rows) -> dict[str, Any]:
    return {
        "title": "Colloque", "summary": "Un jour", "description": "**Texte**", "venue_access": "Métro",
        "contact_name": "Accueil", "contact_phone": "03 20 30 59 59", "contact_email": "accueil@sgar.example",
        "audience": "public", "capacity": "120", "per_structure": "4", "waiting_list": "y", "offer_hours": "48",
        "release_date": "2027-01-05", "release_time": "09:00", "changes_date": "2027-01-06", "changes_time": "18:00",
        "cancellations_date": "2027-01-08", "cancellations_time": "18:00",
        "revision": side.event.revision,
    }  # fmt: skip


def dates(side: Rows) -> dict[str, Any]:
    day = (side.event.local_start + timedelta(days=7)).date().isoformat()
    return {
        "starts_date": day, "starts_time": "09:00", "ends_date": day, "ends_time": "18:00", "venue_name": "Zénith",
        "venue_address": "1 rue Haute", "venue_postcode": "59000", "venue_city": "Lille",
    }  # fmt: skip


def _starting(side: Rows) -> dict[str, Any]:
    facts = {"organisation": side.organisation.slug, "starts_on": "2030-06-01"}
    return facts | {"title": f"D’après {next(number)}", "key": f"clef-{next(number)}"}


def agenda_file(side: Rows) -> tuple[BytesIO, str]:
    starts = side.event.starts_at.strftime("%Y%m%dT%H%M%SZ")
    entry = ["BEGIN:VEVENT", "SUMMARY:Visite guidée", f"DTSTART:{starts}", "DURATION:PT1H", "END:VEVENT"]
    return BytesIO("\r\n".join(["BEGIN:VCALENDAR", *entry, "END:VCALENDAR", ""]).encode()), "agenda.ics"


def _event_file(side: Rows) -> dict[str, Any]:
    content = writing.as_dict(taking.take(side.event)) | {"slug": f"importe-{next(number)}"}
    return {"file": (BytesIO(json.dumps(content).encode()), "evenement.json")}


BODIES: dict[str, Any] = {
    "events_organiser.create": lambda side: _details(side) | dates(side) | {
        "organisation": side.organisation.slug, "timezone": "Europe/Paris", "slug": f"nouveau-{next(number)}",
    },
    "events_organiser.update": _details,
    "events_organiser.do_move": lambda side: dates(side) | {"with_sessions": "y"},
    "events_organiser.do_cancel": lambda _side: {"reason": "Grève des transports"},
    "events_organiser.do_duplicate": lambda side: {
        "title": "Copie", "slug": f"copie-{next(number)}",
        "starts_on": (side.event.local_start + timedelta(days=300)).date().isoformat(), "agenda": "y", "guests": "y",
    },
    "events_organiser.do_publish": lambda _side: {"beside_draft": "y"},
    "events_organiser.do_import_file": _event_file,
    "events_organiser.keep_template": lambda _side: {"name": f"Modèle {next(number)}"},
    "events_organiser.rename_template": lambda _side: {"name": f"Modèle {next(number)}"},
    "events_organiser.start_from_starter": _starting,
    "events_organiser.start_from_template": _starting,
    "events_organiser.do_import_agenda": lambda side: {"file": agenda_file(side)},
    "events_organiser.take_agenda": lambda _side: {"way": "add"},
    "events_organiser.publish_draft": lambda _side: {"whom": "concerned", "note": "Salle en travaux."},
    "events_organiser.add_category": lambda _side: {"name": f"Élus {next(number)}", "capacity": "10"},
    "events_organiser.update_category": lambda _side: {"name": f"Élues {next(number)}", "capacity": "11"},
    "events_organiser.write_report": lambda side: {"report": "**Merci**", "revision": side.event.revision},
    "events_organiser.preview_report": lambda side: {"report": "**Merci**", "revision": side.event.revision},
}  # fmt: skip
