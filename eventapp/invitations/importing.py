"""Guests from a spreadsheet: what would be created, what is already there, what is wrong and on which line."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select

from eventapp import journal
from eventapp.accounts.models import User
from eventapp.addresses import normal_email
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.formats import NBSP, plural
from eventapp.invitations import delegating, guest_list
from eventapp.invitations.doubles import Doubles
from eventapp.invitations.guest_list import Newcomer
from eventapp.invitations.models import GuestImport
from eventapp.journal.models import Entry
from eventapp.network.models import Structure
from eventapp.registrations.desk.reading_people import COLUMNS as PEOPLE
from eventapp.registrations.desk.reading_people import PeopleReader, find_columns
from eventapp.registrations.people import Person
from eventapp.spreadsheets.columns import match_columns
from eventapp.spreadsheets.drafts import LARGEST_ID
from eventapp.spreadsheets.reading import Table

PLACES = "Places"
COLUMNS = PEOPLE | {PLACES: ("nombre de places", "places offertes", "invitations")}
NEEDED = ("Nom", "Adresse électronique")


class State(StrEnum):
    CREATED = "created"
    DOUBTFUL = "doubtful"  # may be there already: ticked or not before applying
    PRESENT = "present"
    WRONG = "wrong"


@dataclass(frozen=True)
class Row:
    """One line of the file as it would be applied; `remark` says why it is wrong, or what was understood.

    `places`: a structure is invited. `ticked`: added unless the organiser decides otherwise.
    """

    line: int
    state: State
    values: dict[str, str]
    person: Person | None = None
    remark: str = ""
    places: int | None = None
    ticked: bool = True


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
    def doubtful(self) -> list[Row]:
        return self.of(State.DOUBTFUL)

    @property
    def present(self) -> list[Row]:
        return self.of(State.PRESENT)

    @property
    def wrong(self) -> list[Row]:
        return self.of(State.WRONG)


def preview(event: Event, table: Table, *, others: Iterable[GuestImport] = ()) -> Preview:
    """Decide on every line without writing anything. Raises Unreadable when a needed column is absent.

    `others`: files read and still waiting, whose people are told apart from this one's.
    """
    columns = find_columns(table, COLUMNS, _needed(table))
    decided = Preview(warnings=list(table.warnings), unknown_columns=columns.unknown)
    reader = _Reader(event)
    for other in others:
        reader.mention(other)
    for line, cells in table.rows:
        decided.rows.append(reader.decide(line, columns.pick(cells)))
    return decided


def apply(
    event: Event,
    decided: Preview,
    *,
    origin: str,
    now: datetime,
    by: User | None,
    ticked: Collection[int] | None = None,
) -> int:
    """Add the guests who are still not on the list; how many that is. `ticked`: the doubtful lines to add as well."""
    doubtful = [row for row in decided.doubtful if (row.ticked if ticked is None else row.line in ticked)]
    rows = [*decided.created, *doubtful]
    newcomers = [Newcomer(row.person, row.places, origin) for row in rows if row.person is not None]
    return guest_list.add_many(event, newcomers, now=now, by=by)


def note_applied(event: Event, draft: GuestImport, added: int, *, now: datetime, by: User) -> None:
    _note(event, draft, "guests.imported", plural(added, "invité ajouté", "invités ajoutés"), now, by, added=added)


def note_left(event: Event, draft: GuestImport, *, now: datetime, by: User) -> None:
    _note(event, draft, "guests.import_left", "abandonné, rien n’a été ajouté", now, by)


def ended(event: Event, import_id: int) -> Entry | None:
    """What became of a file that is no longer waiting: the latest of that number, which may be given again."""
    if import_id > LARGEST_ID:
        return None
    about = Entry.subject_kind == GuestImport.__tablename__, Entry.subject_id == import_id
    entries = select(Entry).where(*about, Entry.event_id == event.id)
    return db.session.scalar(entries.order_by(Entry.id.desc()).limit(1))


def _note(event: Event, draft: GuestImport, act: str, became: str, now: datetime, by: User, **details: int) -> None:
    sentence = f"Fichier d’invités «{NBSP}{draft.filename}{NBSP}»{NBSP}: {became}"
    journal.record(act, sentence, now=now, by=by, event=event, subject=draft, **details)


def _needed(table: Table) -> tuple[str, ...]:
    """A file of structures needs no names."""
    places = match_columns(table.header, COLUMNS).places
    of_structures = PLACES in places and ("Structure" in places or "id_fs" in places)
    return NEEDED[1:] if of_structures else NEEDED


class _Reader:
    """Remembers what the list and the file already hold while lines go by."""

    def __init__(self, event: Event) -> None:
        self.people = PeopleReader(event)
        self.doubles = Doubles(event)
        there = guest_list.structure_ids(event)
        self.structures: dict[int | None, str] = dict.fromkeys(there, "dans la liste")

    def mention(self, draft: GuestImport) -> None:
        columns = match_columns(draft.table.header, COLUMNS)
        for _line, cells in draft.table.rows:
            values = columns.pick(cells)
            try:
                person, _remark = self.people.person(values)
            except ValueError:
                continue
            self.doubles.mention(person, f"dans le fichier «\u00a0{draft.filename}\u00a0», pas encore ajouté")

    def decide(self, line: int, values: dict[str, str]) -> Row:
        try:
            if values[PLACES]:
                return self._structure(line, values)
            person, remark = self.people.person(values)
        except ValueError as wrong:
            return Row(line, State.WRONG, values, remark=str(wrong))
        found = self.doubles.find(person)
        self.doubles.meet(person, f"à la ligne {line} de ce fichier")
        if found is not None and found.is_same:
            return Row(line, State.PRESENT, values, person, found.sentence)
        told = (found.sentence if found else "", self.doubles.remark(person), remark)
        remark = " ".join(filter(None, told))
        if found is not None:
            return Row(line, State.DOUBTFUL, values, person, remark, ticked=not found.likely)
        return Row(line, State.CREATED, values, person, remark)

    def _structure(self, line: int, values: dict[str, str]) -> Row:
        """ValueError says what is wrong with the line."""
        (structure, _remark), places = self.people.structure(values), _places(values[PLACES])
        if structure is None:
            raise ValueError("Des places sont données, mais aucune structure du réseau n’est reconnue.")
        email = values["Adresse électronique"] or structure.email
        if not email:
            raise ValueError("L’adresse électronique est absente.")
        person = Person(first_name="", last_name=structure.name, email=normal_email(email), structure=structure)
        if structure.id in self.structures:
            sentence = f"Déjà {self.structures[structure.id]}."
            return Row(line, State.PRESENT, values, person, sentence, places)
        self.structures[structure.id] = f"à la ligne {line} de ce fichier"
        return Row(line, State.CREATED, values, person, _in_words(structure, places), places)


def _places(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 4 and 1 <= int(text) <= delegating.MOST_PLACES):
        raise ValueError(delegating.OddPlaces.message)
    return int(text)


def _in_words(structure: Structure, places: int) -> str:
    return f"Structure invitée avec {places} place{'s' if places > 1 else ''} ({structure.departement_code})."
