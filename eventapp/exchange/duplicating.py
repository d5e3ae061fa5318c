"""The same event at another date: export, shift, import, so that nothing is written twice."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from eventapp import journal
from eventapp.accounts.models import User
from eventapp.events import lifecycle
from eventapp.events.models import Event, Status
from eventapp.exchange import applying
from eventapp.exchange.event_file import EventFile, SessionPart
from eventapp.exchange.shifting import clock_time, shift_file
from eventapp.exchange.taking import take
from eventapp.extensions import db
from eventapp.invitations import automatic
from eventapp.letters import attachments
from eventapp.letters.models import Letter, LetterFile, LetterKind


@dataclass(frozen=True)
class Parts:
    """What comes along. Guests are a further act: `guests_again.bring`."""

    agenda: bool = True
    rooms: bool = True
    speakers: bool = True
    categories: bool = True
    questions: bool = True
    letters: bool = True
    automatic: bool = True


EVERYTHING = Parts()


def duplicate(
    event: Event,
    *,
    slug: str,
    title: str,
    starts_on: date,
    parts: Parts = EVERYTHING,
    now: datetime,
    by: User | None,
) -> Event:
    """A draft that begins on `starts_on` at the same hours; never with guests, registrations and report."""
    if db.session.scalar(db.select(Event.id).where(Event.slug == slug)) is not None:
        raise lifecycle.SlugTaken
    file = at(only(take(event), parts), starts_on)
    file = replace(file, slug=slug, title=title, report="", status=Status.DRAFT)
    copy = applying.create_from(file, now=now, by=by)
    copy.wording = event.wording
    if parts.letters:
        _copy_letters(event, copy, now=now, by=by)
    if parts.automatic:
        automatic.copy(event, copy, now=now, by=by)
    journal.record(
        "event.duplicated", f"Copie de «\u00a0{event.title}\u00a0»", now=now, by=by, event=copy, subject=copy
    )
    return copy


def at(file: EventFile, starts_on: date) -> EventFile:
    """Everything moved to another first day, at the same hours."""
    days = timedelta(days=(starts_on - clock_time(file.starts_at, file).date()).days)
    return shift_file(file, days, field="starts_on")


def only(file: EventFile, parts: Parts) -> EventFile:
    """Sessions whose room or speakers stay behind are held all the same."""
    return replace(
        file,
        rooms=file.rooms if parts.rooms else (),
        speakers=file.speakers if parts.speakers else (),
        sessions=tuple(_bare(session, parts) for session in file.sessions) if parts.agenda else (),
        choice_required=file.choice_required if parts.agenda else (),
        categories=file.categories if parts.categories else (),
        questions=file.questions if parts.questions else (),
    )


def counts(event: Event, *, now: datetime) -> dict[str, int]:
    """How much of each part there is, by the name of the part."""
    file = take(event)
    letters = db.session.scalars(db.select(Letter.name).where(Letter.event_id == event.id).distinct()).all()
    files = sum(len(attachments.files_of(event, kind, at=now)) for kind in LetterKind)
    planned = [one for one in automatic.of(event) if one.stopped_at is None]
    return {
        "agenda": len(file.sessions),
        "rooms": len(file.rooms),
        "speakers": len(file.speakers),
        "categories": len(file.categories),
        "questions": len(file.questions),
        "letters": len(letters) + files,
        "automatic": len(planned),
    }


def _bare(session: SessionPart, parts: Parts) -> SessionPart:
    room = session.room if parts.rooms else None
    return replace(session, room=room, speakers=session.speakers if parts.speakers else ())


def last_letters(event: Event) -> list[Letter]:
    """The last version of each."""
    versions = db.session.scalars(db.select(Letter).where(Letter.event_id == event.id).order_by(Letter.version))
    return list({letter.name: letter for letter in versions}.values())


def _copy_letters(event: Event, copy: Event, *, now: datetime, by: User | None) -> None:
    """The last version of each letter becomes the first of the copy's, with the files that go with it now."""
    for letter in last_letters(event):
        db.session.add(
            Letter(
                event_id=copy.id, name=letter.name, version=1, subject=letter.subject, body=letter.body,
                written_at=now, written_by_id=by.id if by is not None else None,
            )
        )  # fmt: skip
    for kind in LetterKind:
        for file in attachments.files_of(event, kind, at=now):
            db.session.add(
                LetterFile(
                    event_id=copy.id, letter_name=kind, filename=file.filename, content_type=file.content_type,
                    size=file.size, content=file.content, added_at=now, added_by_id=by.id if by is not None else None,
                )
            )  # fmt: skip
