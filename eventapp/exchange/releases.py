"""Each programme that was shown to everyone, kept as the event file it was."""

from datetime import datetime

from sqlalchemy import Select, func, select

from eventapp.accounts.models import User
from eventapp.events.models import Event
from eventapp.exchange import taking, writing
from eventapp.exchange.models import Release
from eventapp.extensions import db


def releases(event: Event) -> Select[Release]:
    """Newest first."""
    return select(Release).where(Release.event_id == event.id).order_by(Release.number.desc())


def keep_release(event: Event, *, told: int = 0, now: datetime, by: User | None) -> Release:
    """What is shown from now on. The caller holds the event."""
    last = db.session.scalar(select(func.max(Release.number)).where(Release.event_id == event.id)) or 0
    release = Release(
        event_id=event.id,
        number=last + 1,
        file=writing.as_dict(taking.take(event)),
        told=told,
        released_at=now,
        released_by_id=by.id if by is not None else None,
    )
    db.session.add(release)
    return release
