"""Guests from a spreadsheet: what would be created, what is already there, what is wrong and on which line."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from eventapp.accounts.models import User
from eventapp.events.models import Event
from eventapp.invitations import guest_list
from eventapp.registrations.desk.reading_people import COLUMNS, PeopleReader, find_columns
from eventapp.registrations.people import Person, fold_name
from eventapp.spreadsheets.reading import Table
from eventapp.text import fold_email

NEEDED = ("Nom", "Adresse électronique")
REGISTERED = "Déjà inscrit à la rencontre."


class State(StrEnum):
    CREATED = "created"
    PRESENT = "present"
    WRONG = "wrong"


@dataclass(frozen=True)
class Row:
    """One line of the file as it would be applied; `remark` says why it is wrong, or what was understood."""

    line: int
    state: State
    values: dict[str, str]
    person: Person | None = None
    remark: str = ""


@dataclass
class Preview:
    rows: list[Row] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    unknown_columns: list[str] = field(default_factory=list)

    def of(self, state: State) -> list[Row]:
        return [row for row in self.rows if row.state is state]

    @property
    def created(self) -> list[Row]:
        return self.of(State.CREATED)

    @property
    def present(self) -> list[Row]:
        return self.of(State.PRESENT)

    @property
    def wrong(self) -> list[Row]:
        return self.of(State.WRONG)


def preview(event: Event, table: Table) -> Preview:
    """Decide on every line without writing anything. Raises Unreadable when a needed column is absent."""
    columns = find_columns(table, COLUMNS, NEEDED)
    decided = Preview(warnings=list(table.warnings), unknown_columns=columns.unknown)
    reader = _Reader(event)
    for line, cells in table.rows:
        decided.rows.append(reader.decide(line, columns.pick(cells)))
    return decided


def apply(event: Event, decided: Preview, *, origin: str, now: datetime, by: User | None) -> int:
    """Add the guests who are still not on the list; how many that is."""
    added = 0
    for row in decided.created:
        if row.person is None:
            continue
        try:
            guest_list.add(event, row.person, origin=origin, now=now, by=by)
        except guest_list.AlreadyGuest:
            continue
        added += 1
    return added


class _Reader:
    """Remembers what the list and the file already hold while lines go by."""

    def __init__(self, event: Event) -> None:
        self.people = PeopleReader(event)
        self.listed = guest_list.keys(event)
        self.registered = guest_list.registered_keys(event)
        self.seen: dict[tuple[str, str], int] = {}

    def decide(self, line: int, values: dict[str, str]) -> Row:
        try:
            person, remark = self.people.person(values)
        except ValueError as wrong:
            return Row(line, State.WRONG, values, remark=str(wrong))
        key = (fold_email(person.email), fold_name(person.first_name, person.last_name))
        if key in self.listed:
            return Row(line, State.PRESENT, values, person, "Déjà dans la liste.")
        first = self.seen.setdefault(key, line)
        if first != line:
            return Row(line, State.PRESENT, values, person, f"Déjà à la ligne {first} de ce fichier.")
        if key in self.registered:
            remark = f"{REGISTERED} {remark}".strip()
        return Row(line, State.CREATED, values, person, remark)
