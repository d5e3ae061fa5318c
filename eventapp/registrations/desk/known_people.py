"""Who is registered already, as a line of a file may name them."""

from collections import defaultdict

from sqlalchemy import select

from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.registrations.models import Registration, Status
from eventapp.registrations.people import Person

MOST_NAMED = 3


class KnownPeople:
    """However they came; also by the address that was given up when two registrations became one."""

    def __init__(self, event: Event) -> None:
        self.addresses: dict[tuple[str, str], str] = {}  # by folded address and name: the one that is kept
        self.namesakes: dict[str, list[str]] = defaultdict(list)
        columns = Registration.id, Registration.email, Registration.email_folded, Registration.name_folded
        rows = db.session.execute(
            select(*columns, Registration.status, Registration.merged_into_id)
            .where(Registration.event_id == event.id)
            .order_by(Registration.id)
        ).all()
        by_id = {row.id: row for row in rows}
        for row in rows:
            kept = row
            while kept.merged_into_id is not None and kept.merged_into_id in by_id:
                kept = by_id[kept.merged_into_id]
            if kept.status is Status.CANCELLED:
                continue
            for name in (row.name_folded, kept.name_folded):
                self.addresses[row.email_folded, name] = kept.email
            if kept is row:
                self.namesakes[row.name_folded].append(row.email)

    def remark_if_registered(self, person: Person) -> str:
        kept = self.addresses.get((person.email_folded, person.name_folded))
        if kept is None:
            return ""
        return "Déjà inscrite." if kept == person.email else f"Déjà inscrite, avec l’adresse {kept}."

    def remark_on_name(self, person: Person) -> str:
        """Perhaps the same person, under another address."""
        others = self.namesakes.get(person.name_folded, [])[:MOST_NAMED]
        if not others:
            return ""
        which = "adresse" if len(others) == 1 else "adresses"
        return f"Même nom qu’une inscription existante ({which} {', '.join(others)})."
