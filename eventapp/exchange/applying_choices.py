"""Categories, questions and places per structure of an event file, matched with those of the event."""

from datetime import datetime

from eventapp.accounts.models import User
from eventapp.events.categories import is_used
from eventapp.events.lifecycle import touch
from eventapp.events.models import Category, Event
from eventapp.exchange.event_file import EventFile, QuestionPart
from eventapp.exchange.faults import BadFile, Fault
from eventapp.extensions import db
from eventapp.network.models import Structure
from eventapp.registrations.places.allowances import allowances, set_allowances
from eventapp.registrations.questions.editing import KindIsFixed, PromiseIsMade, check_answered
from eventapp.registrations.questions.models import Question


def apply_categories(event: Event, file: EventFile, *, now: datetime) -> None:
    """A category missing from the file is removed; one that somebody is in cannot be."""
    rows = {row.slug: row for row in event.categories}
    for slug in rows.keys() - {part.slug for part in file.categories}:
        if is_used(rows[slug]):
            raise BadFile([Fault(f"categories.{slug}", "in use, cannot be removed")])
        event.categories.remove(rows[slug])
    for position, part in enumerate(file.categories, 1):
        row = rows.get(part.slug)
        if row is None:
            row = Category(event=event, slug=part.slug)
            db.session.add(row)
        row.name, row.capacity, row.position = part.name, part.capacity, position
    _write(event, now=now)
    db.session.expire(event, ["categories"])


def find_structures(file: EventFile) -> dict[str, Structure]:
    """By number, those with places by exception; an unknown one is a fault."""
    parts = file.registration.structures
    if not parts:
        return {}
    numbers = db.select(Structure).where(Structure.id_fs.in_([part.id_fs for part in parts]))
    found = {structure.id_fs: structure for structure in db.session.scalars(numbers)}
    unknown = sorted(part.id_fs for part in parts if part.id_fs not in found)
    if unknown:
        raise BadFile([Fault(f"registration.structures.{id_fs}", "unknown structure") for id_fs in unknown])
    return found


def apply_structures(event: Event, file: EventFile, *, now: datetime, by: User | None) -> None:
    """An exception missing from the file is one no more."""
    found = find_structures(file)
    wanted: dict[Structure, int | None] = {row.structure: None for row in db.session.scalars(allowances(event))}
    wanted |= {found[part.id_fs]: part.places for part in file.registration.structures}
    set_allowances(event, wanted, now=now, by=by)


def apply_questions(event: Event, file: EventFile, *, now: datetime) -> None:
    """A question missing from the file is no longer asked; its answers stay."""
    rows = {row.slug: row for row in db.session.scalars(db.select(Question).where(Question.event_id == event.id))}
    for slug in rows.keys() - {part.slug for part in file.questions}:
        rows[slug].retired_at = rows[slug].retired_at or now
    for index, part in enumerate(file.questions):
        row = rows.get(part.slug)
        if row is None:
            row = Question(event_id=event.id, slug=part.slug)
            db.session.add(row)
        else:
            _refuse_change(row, part, f"questions[{index}]")
        _describe(row, part, position=index + 1)
    _write(event, now=now)


def _write(event: Event, *, now: datetime) -> None:
    """What differs, which is a visible change of the event."""
    if db.session.new or any(map(db.session.is_modified, db.session.dirty)):
        touch(event, now=now, calendar=False)
    db.session.flush()


def _describe(row: Question, part: QuestionPart, *, position: int) -> None:
    row.label, row.help, row.kind, row.required = part.label, part.help, part.kind, part.required
    row.choices, row.sensitive, row.shown_if = list(part.choices), part.sensitive, part.shown_if
    row.consent, row.kept_days = part.consent, part.kept_days
    row.position, row.retired_at = position, None


def _refuse_change(row: Question, part: QuestionPart, path: str) -> None:
    """What answers forbid an organiser to change, they forbid a file."""
    try:
        check_answered(row, vars(part))
    except KindIsFixed:
        raise BadFile([Fault(f"{path}.kind", "has answers, its kind cannot change")]) from None
    except PromiseIsMade:
        raise BadFile([Fault(f"{path}.sensitive", "has answers, its consent cannot change")]) from None
