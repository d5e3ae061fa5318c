"""The same event at another date: export, shift, import, so that nothing is written twice."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from eventapp import journal
from eventapp.accounts.models import User
from eventapp.events import lifecycle
from eventapp.events.models import Event, Status
from eventapp.exchange import applying
from eventapp.exchange.shifting import clock_time, shift_file
from eventapp.exchange.taking import take
from eventapp.extensions import db
from eventapp.invitations import automatic
from eventapp.letters import attachments
from eventapp.letters.models import Letter, LetterFile, LetterKind


def duplicate(event: Event, *, slug: str, title: str, starts_on: date, now: datetime, by: User | None) -> Event:
    """A draft that begins on `starts_on` at the same hours, with agenda, rooms, speakers, questions, categories,
    letters with their files, and what leaves by itself; without guests, registrations and report."""
    if db.session.scalar(db.select(Event.id).where(Event.slug == slug)) is not None:
        raise lifecycle.SlugTaken
    file = take(event)
    days = timedelta(days=(starts_on - clock_time(event.starts_at, event).date()).days)
    file = shift_file(file, days, field="starts_on")
    file = replace(file, slug=slug, title=title, report="", status=Status.DRAFT)
    copy = applying.create_from(file, now=now, by=by)
    copy.wording = event.wording
    _copy_letters(event, copy, now=now, by=by)
    automatic.copy(event, copy, now=now, by=by)
    journal.record(
        "event.duplicated", f"Copie de «\u00a0{event.title}\u00a0»", now=now, by=by, event=copy, subject=copy
    )
    return copy


def _copy_letters(event: Event, copy: Event, *, now: datetime, by: User | None) -> None:
    """The last version of each letter becomes the first of the copy's, with the files that go with it now."""
    versions = db.session.scalars(db.select(Letter).where(Letter.event_id == event.id).order_by(Letter.version))
    for letter in {letter.name: letter for letter in versions}.values():
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
