"""What an organiser does to the speakers of an event; `rank` is the protocol order."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Select

from eventapp import journal
from eventapp.accounts.models import User
from eventapp.agenda.editing import WrittenMeanwhile, free_slug, mark_of, touch_sessions
from eventapp.agenda.models import Appearance, Session, Speaker
from eventapp.events.lifecycle import touch
from eventapp.events.locks import hold
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.formats import person

SHOWN_WITH_SESSIONS = frozenset({"civility", "first_name", "last_name", "function", "organisation"})


def add_speaker(event: Event, *, now: datetime, by: User | None, slug: str | None = None, **facts: Any) -> Speaker:
    """`facts`: columns of Speaker, `last_name` at least. They come last in the protocol order."""
    hold(event)
    last = db.session.scalar(db.select(db.func.max(Speaker.rank)).where(Speaker.event_id == event.id))
    words = f"{facts.get('first_name', '')} {facts['last_name']}"
    slug = slug or free_slug(Speaker, event, words, "intervenant")
    speaker = Speaker(event_id=event.id, slug=slug, rank=(last or 0) + 1, **facts)
    db.session.add(speaker)
    db.session.flush()
    _changed(event, "speaker.added", f"{person(speaker)} ajouté aux intervenants", speaker, now, by)
    return speaker


def edit_speaker(
    speaker: Speaker, facts: Mapping[str, Any], *, seen: str | None = None, now: datetime, by: User | None
) -> set[str]:
    """Apply what differs and return the changed names; a new name or function concerns their sessions.

    `seen`: the `mark_of` them that the editor had before their eyes."""
    hold(speaker.event)
    if seen and mark_of(speaker) != seen:
        raise WrittenMeanwhile
    changed = {name for name, value in facts.items() if getattr(speaker, name) != value}
    for name in changed:
        setattr(speaker, name, facts[name])
    if changed & SHOWN_WITH_SESSIONS:
        touch_sessions(sessions_of(speaker), now=now)
    if changed:
        _changed(speaker.event, "speaker.edited", f"Fiche de {person(speaker)} modifiée", speaker, now, by)
    return changed


def remove_speaker(speaker: Speaker, *, now: datetime, by: User | None) -> None:
    """Leaves the sessions in which they were to appear."""
    event = speaker.event
    hold(event)
    for session in list(db.session.scalars(sessions_of(speaker))):
        session.appearances = [a for a in session.appearances if a.speaker_id != speaker.id]
        session.revision += 1
        session.updated_at = now
    _changed(event, "speaker.removed", f"{person(speaker)} retiré des intervenants", speaker, now, by)
    db.session.flush()
    db.session.delete(speaker)


def move_speaker(speaker: Speaker, step: int, *, now: datetime, by: User | None) -> None:
    """One rank up (-1) or down (+1)."""
    hold(speaker.event)
    speakers = list(db.session.scalars(Speaker.of(speaker.event)))
    place = speakers.index(speaker)
    speakers.insert(max(0, place + step), speakers.pop(place))
    for rank, other in enumerate(speakers, 1):
        other.rank = rank
    _changed(speaker.event, "speaker.moved", "Ordre protocolaire modifié", speaker, now, by)


def sessions_of(speaker: Speaker) -> Select[Session]:
    held = db.select(Appearance.session_id).where(Appearance.speaker_id == speaker.id)
    return Session.of(speaker.event).where(Session.id.in_(held))


def _changed(event: Event, act: str, sentence: str, speaker: Speaker, now: datetime, by: User | None) -> None:
    touch(event, now=now, calendar=False)
    journal.record(act, sentence, now=now, by=by, event=event, subject=speaker)
