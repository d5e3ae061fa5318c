"""Registrations from a spreadsheet, under the rules of the form: what each line would give, then giving it."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select

from eventapp import journal
from eventapp.accounts.models import User
from eventapp.agenda.models import Session
from eventapp.errors import Refused
from eventapp.events.locks import hold
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.formats import plural, typo
from eventapp.journal.models import Entry
from eventapp.registrations import seats
from eventapp.registrations.desk.forecast import Forecast
from eventapp.registrations.desk.known_people import KnownPeople
from eventapp.registrations.desk.reading_choices import read_answer, read_sessions
from eventapp.registrations.desk.reading_people import COLUMNS, PHONE, PeopleReader, find_columns
from eventapp.registrations.models import Source
from eventapp.registrations.people import Person
from eventapp.registrations.questions.answers import asked, check_answers, reserved
from eventapp.registrations.questions.models import Question
from eventapp.registrations.refusals import AnswerRefused
from eventapp.registrations.sessions.choices import check_choices
from eventapp.registrations.sessions.session_places import bookable_sessions
from eventapp.registrations.wishes.ranking import check_rankings, sort_out
from eventapp.spreadsheets.drafts import LARGEST_ID
from eventapp.spreadsheets.reading import Limits, Table

MOST_LINES = 300  # they are registered under one lock: others wait meanwhile
IMPORTED, LEFT = "registrations.imported", "registrations.import_left"  # the acts in the journal
LIMITS = Limits(rows=MOST_LINES)
NEEDED = ("Prénom", "Nom", "Adresse électronique")
SESSIONS = {"Sessions": ("sessions réservées", "sessions choisies", "ateliers", "session")}


class State(StrEnum):
    CONFIRMED = "confirmed"
    WAITING = "waiting"
    PRESENT = "present"
    WRONG = "wrong"


@dataclass(frozen=True)
class Row:
    """One line as it would be applied; `remark`: why it waits or is wrong, or what was understood."""

    line: int
    state: State
    values: dict[str, str]
    person: Person | None = None
    sessions: tuple[Session, ...] = ()
    answers: dict[str, Any] = field(default_factory=dict)
    remark: str = ""


@dataclass
class Preview:
    rows: list[Row] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    unknown_columns: list[str] = field(default_factory=list)

    def of(self, state: str) -> list[Row]:
        return [row for row in self.rows if row.state == state]


@dataclass
class Applied:
    confirmed: int = 0
    waiting: int = 0
    forced: int = 0
    refused: list[tuple[Row, str]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)  # of each line refused


def columns_of(event: Event) -> dict[str, tuple[str, ...]]:
    """A sensitive answer is left out: it needs the person's own consent."""
    questions = {q.label: (q.slug, typo(q.label)) for q in _imported(event)}
    return questions | COLUMNS | PHONE | SESSIONS


def needed_columns(event: Event) -> list[str]:
    """Those without which every line is refused."""
    category = ["Catégorie"] if event.categories else []
    return [*NEEDED, *category, *(q.label for q in _imported(event) if q.required and not q.shown_if)]


def preview(
    event: Event, table: Table, *, now: datetime, over_limits: bool = False, incomplete: bool = False
) -> Preview:
    """Decide on every line without writing anything. Unreadable: a needed column is absent; Refused: nobody could be
    registered. `over_limits`: those who would wait take a place all the same. `incomplete`: what the questions need
    may be missing, for each person to complete with their own link."""
    seats.check_open(event, Source.ORGANISER, now)
    wanted = columns_of(event)
    columns = find_columns(table, wanted, NEEDED)
    decided = Preview(warnings=list(table.warnings), unknown_columns=columns.unknown)
    reader = _Reader(event, now=now, over_limits=over_limits, incomplete=incomplete)
    for line, cells in table.rows:
        decided.rows.append(reader.decide(line, columns.pick(cells)))
    return decided


def apply(
    event: Event,
    table: Table,
    *,
    over_limits: bool,
    reason: str = "",
    incomplete: bool = False,
    tell: bool,
    filename: str,
    draft_id: int | None = None,
    now: datetime,
    by: User,
) -> Applied:
    """Register every sound line, in the order of the file and under one lock; what the lock shows to have changed since
    the preview is refused line by line. `over_limits` gives a place to all, for a `reason` that the journal of each
    who passes a limit keeps."""
    hold(event)
    done = Applied()
    for row in preview(event, table, now=now, over_limits=over_limits, incomplete=incomplete).rows:
        if row.person is None or row.state not in (State.CONFIRMED, State.WAITING):
            continue
        facts: dict[str, Any] = {"sessions": row.sessions, "answers": row.answers, "source": Source.ORGANISER}
        facts |= {"over_capacity": over_limits, "reason": reason, "incomplete": incomplete, "tell": tell}
        try:
            made = seats.register(event, row.person, now=now, by=by, **facts)
        except Refused as refusal:
            done.refused.append((row, str(refusal)))
            done.said.append(_refusal(row, str(refusal)))
            continue
        done.confirmed += made.is_confirmed
        done.waiting += made.is_waiting
        done.forced += made.is_confirmed and row.state is State.WAITING
    _record(event, done, filename, draft_id, now=now, by=by)
    return done


def note_left(event: Event, draft_id: int, filename: str, *, now: datetime, by: User) -> None:
    sentence = f"Fichier d’inscriptions «\u00a0{filename}\u00a0»\u00a0: abandonné, personne n’a été inscrit."
    journal.record(LEFT, sentence, now=now, by=by, event=event, draft=draft_id)


def ended(event: Event, draft_id: int) -> Applied | bool:
    """What became of a file that is no longer waiting, for a second press of a button: what it gave, True where it was
    given up, False where there never was one. The journal remembers it, the latest of that number."""
    same = Entry.act.in_((IMPORTED, LEFT)), Entry.details["draft"].as_integer() == draft_id
    latest = select(Entry).where(Entry.event_id == event.id, *same).order_by(Entry.id.desc()).limit(1)
    entry = db.session.scalar(latest) if draft_id <= LARGEST_ID else None
    if entry is None or entry.act == LEFT:
        return entry is not None
    counts = {name: entry.details[name] for name in ("confirmed", "waiting")}
    return Applied(**counts, forced=entry.details["over_limits"], said=entry.details.get("refused", []))


def _record(event: Event, done: Applied, filename: str, draft_id: int | None, *, now: datetime, by: User) -> None:
    beyond = f", dont {done.forced} au-delà des limites" if done.forced else ""
    people = plural(done.confirmed + done.waiting, "personne inscrite", "personnes inscrites")
    sentence = f"{people} depuis le fichier «\u00a0{filename}\u00a0»{beyond}."
    counts = {"confirmed": done.confirmed, "waiting": done.waiting, "over_limits": done.forced, "draft": draft_id}
    journal.record(IMPORTED, sentence, now=now, by=by, event=event, refused=done.said, **counts)


def _refusal(row: Row, sentence: str) -> str:
    name = " ".join(row.values[column] for column in ("Prénom", "Nom"))
    return f"Ligne {row.line}, {name}\u00a0: {sentence}"


class _Reader:
    """Remembers who is registered, what the file already held and what the limits gave while lines go by."""

    def __init__(self, event: Event, *, now: datetime, over_limits: bool, incomplete: bool) -> None:
        self.event, self.over_limits, self.incomplete = event, over_limits, incomplete
        self.people, self.forecast = PeopleReader(event), Forecast(event, now=now)
        self.questions = _imported(event)
        self.bookable = bookable_sessions(event)
        self.known = KnownPeople(event)
        self.seen: dict[tuple[str, str], int] = {}

    def decide(self, line: int, values: dict[str, str]) -> Row:
        try:
            person, remark = self.people.person(values)
            self._check(person)
            sessions = read_sessions(values["Sessions"], self.bookable)
            check_choices(self.event, sessions)
            check_rankings(self.event, sort_out(self.event, sessions, ()).ranked)
            answers = {q.slug: read_answer(q, values[q.label]) for q in self.questions}
            self._check_answers(answers)
        except (ValueError, Refused) as wrong:
            return Row(line, State.WRONG, values, remark=str(wrong))
        key = (person.email_folded, person.name_folded)
        if present := self.known.remark_if_registered(person):
            return Row(line, State.PRESENT, values, person, remark=present)
        first = self.seen.setdefault(key, line)
        if first != line:
            return Row(line, State.PRESENT, values, person, remark=f"Déjà à la ligne {first} de ce fichier.")
        remark = " ".join(filter(None, (remark, self.known.remark_on_name(person))))
        return self._seat(Row(line, State.CONFIRMED, values, person, tuple(sessions), answers, remark), person)

    def _check(self, person: Person) -> None:
        if not person.first_name:
            raise ValueError("Le prénom est absent.")
        if person.category is None and self.event.categories:
            known = ", ".join(category.name for category in self.event.categories)
            raise ValueError(f"La catégorie est absente. Catégories de la rencontre\u00a0: {known}.")

    def _check_answers(self, answers: dict[str, Any]) -> None:
        try:
            check_answers(self.event, answers, incomplete=self.incomplete)
        except AnswerRefused as refusal:
            labels = {f"question-{question.slug}": question.label for question in asked(self.event)}
            label = typo(labels.get(refusal.field or "", ""))
            raise ValueError(f"«\u00a0{label}\u00a0»\u00a0: {refusal}") from refusal

    def _seat(self, row: Row, person: Person) -> Row:
        booked = sort_out(self.event, row.sessions, ()).booked  # what is only wished for is given later
        reason, waited = self.forecast.take(person, booked, over_limits=self.over_limits)
        if reason:
            ends = "" if self.event.waiting_list else ", et cette rencontre n’a pas de liste d’attente"
            return replace(row, state=State.WAITING, remark=f"{row.remark} Attendrait\u00a0: {reason}{ends}.".strip())
        if waited:
            titles = ", ".join(f"«\u00a0{title}\u00a0»" for title in waited)
            return replace(row, remark=f"{row.remark} Liste d’attente de {titles}.".strip())
        return row


def _imported(event: Event) -> list[Question]:
    hidden = reserved(event)
    return [question for question in asked(event) if question.slug not in hidden]
