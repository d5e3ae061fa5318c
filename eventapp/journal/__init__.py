"""The journal: `record` writes one row per act; the reader's own sentence, in French, is stored with it."""

from datetime import datetime
from typing import Any

from eventapp.extensions import db
from eventapp.journal.models import Entry

PERSON, ORGANISER, SYSTEM = "person", "organiser", "system"


def record(
    act: str,
    sentence: str,
    *,
    now: datetime,
    by: Any = None,
    event: Any = None,
    organisation: Any = None,
    subject: Any = None,
    **details: Any,
) -> Entry:
    """Add one row. `by`: a User (an organiser), "person" or "system" (the default); `subject`: any saved row."""
    entry = Entry(
        at=now,
        act=act,
        sentence=sentence,
        actor=by if isinstance(by, str) else (SYSTEM if by is None else ORGANISER),
        actor_id=None if by is None or isinstance(by, str) else by.id,
        event_id=event.id if event is not None else None,
        organisation_id=organisation.id if organisation is not None else getattr(event, "organisation_id", None),
        subject_kind=subject.__tablename__ if subject is not None else None,
        subject_id=subject.id if subject is not None else None,
        details=details,
    )
    db.session.add(entry)
    return entry
