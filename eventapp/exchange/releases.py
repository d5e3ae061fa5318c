"""Each programme that was shown to everyone, kept as the event file it was."""

from datetime import datetime

from sqlalchemy import Select, select

from eventapp import journal
from eventapp.accounts.models import User
from eventapp.events.models import Event
from eventapp.exchange import reading, taking, writing
from eventapp.exchange.differences import differences
from eventapp.exchange.event_file import EventFile
from eventapp.exchange.models import Release
from eventapp.extensions import db
from eventapp.formats import plural
from eventapp.journal.models import Entry

ACT = "event.released"


def releases(event: Event) -> Select[Release]:
    """Newest first."""
    return select(Release).where(Release.event_id == event.id).order_by(Release.number.desc())


def keep_release(
    event: Event, *, before: EventFile | None = None, told: int = 0, now: datetime, by: User | None
) -> Release:
    """What is shown from now on; `before`: what was shown until then. The caller holds the event."""
    last = db.session.scalar(releases(event).limit(1))
    release = Release(
        event_id=event.id,
        number=(last.number if last is not None else 0) + 1,
        file=writing.as_dict(taking.take(event)),
        told=told,
        released_at=now,
        released_by_id=by.id if by is not None else None,
    )
    db.session.add(release)
    if last is not None and before is not None:
        _record_direct(event, release, differences(reading.read(last.file), before), now=now, by=by)
    return release


def direct_changes(event: Event) -> dict[int, list[str]]:
    """By number of release: what its organisers had changed at once since the one before, outside any draft."""
    kept = select(Entry.details).where(Entry.event_id == event.id, Entry.act == ACT).order_by(Entry.id)
    return {details["number"]: details["direct"] for details in db.session.scalars(kept)}


def _record_direct(event: Event, release: Release, direct: list[str], *, now: datetime, by: User | None) -> None:
    if direct:
        changes = plural(len(direct), "changement fait directement", "changements faits directement")
        sentence = f"Version {release.number} publiée, après {changes}"
        journal.record(ACT, sentence, now=now, by=by, event=event, number=release.number, direct=direct)
