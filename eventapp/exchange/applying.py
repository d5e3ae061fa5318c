"""EventFile → rows: a new event, or an existing one changed as an organiser's edits would change it."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from eventapp import journal
from eventapp.accounts.models import Organisation, User
from eventapp.agenda.models import Session
from eventapp.errors import Refused
from eventapp.events import lifecycle, local_times
from eventapp.events.locks import hold
from eventapp.events.models import Event, Status
from eventapp.exchange import reading, taking, writing
from eventapp.exchange.applying_agenda import apply_agenda
from eventapp.exchange.applying_choices import apply_categories, apply_questions, apply_structures, find_structures
from eventapp.exchange.differences import session_differences
from eventapp.exchange.event_file import EventFile, OrganisationPart
from eventapp.exchange.faults import BadFile, Fault
from eventapp.exchange.releases import keep_release
from eventapp.exchange.telling import (
    Telling,
    moves,
    release_cancelled,
    tell_of_cancellation,
    tell_of_move,
    tell_of_programme,
    when_and_where,
)
from eventapp.extensions import db
from eventapp.network.models import Region
from eventapp.registrations import seats
from eventapp.registrations.models import Registration
from eventapp.registrations.wishes.ranking import ModeStays, check_mode

NOBODY_ELSE = Telling()
ZONE = "zone"  # of a draft beside its parts: that of its hours, wherever the event takes place since
MOST_TOLD = 20  # sentences of a letter about the programme


class NoDraft(Refused):
    message = "Aucun brouillon n’attend d’être publié."


class DraftChanged(Refused):
    message = "Le brouillon ou l’événement a changé pendant que vous lisiez. Relisez ce qui suit, puis publiez."


@dataclass(frozen=True)
class Outcome:
    """`is_draft`: the event is released, so the file waits beside it. `told`: people to whom a letter was posted."""

    event: Event
    is_new: bool = False
    is_draft: bool = False
    told: int = 0


def import_file(file: EventFile, *, publish: bool, update: bool, now: datetime, by: User | None = None) -> Outcome:
    """Raises BadFile. Nothing is committed here: a refusal leaves nothing behind once the caller rolls back."""
    event = db.session.scalar(db.select(Event).where(Event.slug == file.slug))
    if event is None:
        return Outcome(_create(file, publish=publish, now=now, by=by), is_new=True)
    if not update:
        raise BadFile([Fault("slug", "already used by another event")])
    hold(event)
    if event.organisation.slug != file.organisation.slug:
        raise BadFile([Fault("organisation.slug", "another organisation owns this event")])
    file = _completed(file, event)
    if event.edits_wait and not publish:
        find_structures(file)
        event.draft = writing.as_dict(file)
        journal.record("event.drafted", "Brouillon reçu d’un fichier", now=now, by=by, event=event)
        return Outcome(event, is_draft=True)
    return Outcome(event, told=_update(event, file, publish=publish, now=now, by=by))


def create_from(file: EventFile, *, now: datetime, by: User | None) -> Event:
    """A draft of the file's organisation, which is created when it is unknown."""
    return _create(file, publish=False, now=now, by=by)


def publish_draft(
    event: Event, *, telling: Telling = NOBODY_ELSE, seen: str | None = None, now: datetime, by: User | None
) -> int:
    """Release what was waiting; the number of people told. `seen`: the mark of what the organiser read."""
    hold(event)
    file = waiting_file(event)
    if file is None:
        raise NoDraft
    if seen is not None and seen != mark(event):
        raise DraftChanged
    return _update(event, file, publish=True, telling=telling, now=now, by=by)


def mark(event: Event) -> str:
    """Of what waits and of what it would change: another one when somebody edited either."""
    return hashlib.blake2b(repr((event.draft, event.revision)).encode(), digest_size=16).hexdigest()


def abandon_draft(event: Event, *, now: datetime, by: User | None) -> None:
    hold(event)
    if event.draft is None:
        raise NoDraft
    event.draft = None
    journal.record("event.draft_abandoned", "Brouillon abandonné", now=now, by=by, event=event)


def waiting_file(event: Event) -> EventFile | None:
    """What a draft does not say is as the event is now, so that nothing edited meanwhile is undone."""
    if event.draft is None:
        return None
    zone, said = event.draft.get(ZONE, event.timezone), {k: v for k, v in event.draft.items() if k != ZONE}
    now = in_zone(taking.take(event), zone)
    return in_zone(reading.read(writing.as_dict(now) | said), said.get("timezone", event.timezone))


def in_zone(file: EventFile, zone: str) -> EventFile:
    """The same instants. Only the slots of required choices are written in local time."""
    if file.timezone == zone:
        return file
    slots = local_times.in_zone(file.choice_required, file.timezone, zone)
    return replace(file, timezone=zone, choice_required=tuple(slots))


def facts_of(file: EventFile) -> dict[str, Any]:
    """Columns of Event."""
    return {
        "title": file.title,
        "summary": file.summary,
        "description": file.description,
        "timezone": file.timezone,
        "starts_at": file.starts_at,
        "ends_at": file.ends_at,
        "venue": file.venue,
        **{f"contact_{name}": value for name, value in vars(file.contact).items()},
        **file.registration.facts,
        "choice_required": list(file.choice_required),
        "report": file.report,
    }


def _completed(file: EventFile, event: Event) -> EventFile:
    """With what the file does not speak of as it is now; refused when the two do not fit together."""
    whole = file.completed(taking.take(event))
    if "choice_required" in file.unsaid:
        whole = replace(whole, choice_required=tuple(slot for slot in whole.choice_required if slot in whole.slots))
    return reading.read(writing.as_dict(whole))


def _create(file: EventFile, *, publish: bool, now: datetime, by: User | None) -> Event:
    organisation = _organisation(file.organisation, now=now)
    event = lifecycle.create(organisation, slug=file.slug, now=now, by=by, **facts_of(file))
    apply_categories(event, file, now=now)
    apply_structures(event, file, now=now, by=by)
    apply_questions(event, file, now=now)
    apply_agenda(event, file, now=now, by=by)
    if publish:
        lifecycle.publish(event, now=now, by=by)
        keep_release(event, now=now, by=by)
        if file.status is Status.CANCELLED:
            lifecycle.cancel(event, reason="", now=now, by=by)
    return event


def _update(
    event: Event,
    file: EventFile,
    *,
    publish: bool,
    telling: Telling = NOBODY_ELSE,
    now: datetime,
    by: User | None,
) -> int:
    before, was = taking.take(event), when_and_where(event)
    _check_mode(event, file)
    lifecycle.edit(event, facts_of(file), now=now, by=by)
    apply_categories(event, file, now=now)
    apply_structures(event, file, now=now, by=by)
    apply_questions(event, file, now=now)
    changed = apply_agenda(event, file, now=now, by=by)
    event.draft = None
    if publish and not event.is_public and event.status is not Status.CANCELLED:
        lifecycle.publish(event, now=now, by=by)
    if publish and file.status is Status.CANCELLED and event.status is not Status.CANCELLED:
        lifecycle.cancel(event, reason="", now=now, by=by)
        return tell_of_cancellation(event, now=now)
    concerned = release_cancelled(changed, now=now, by=by)
    seats.capacities_changed(event, now=now)
    told = 0
    if event.status is not Status.CANCELLED:
        told = _tell(event, before, file, concerned, was, telling, now=now)
    if publish and event.status is Status.PUBLISHED:
        keep_release(event, before=before, told=told, now=now, by=by)
    return told


def _tell(
    event: Event,
    before: EventFile,
    after: EventFile,
    concerned: dict[Registration, list[Session]],
    was: dict[int, dict[str, str]],
    telling: Telling,
    *,
    now: datetime,
) -> int:
    """Those whose sessions change; everyone when the event itself moves. `was`: see telling.when_and_where."""
    if moves(before, after):
        delta = after.starts_at - before.starts_at
        return tell_of_move(event, concerned, was, by=delta, note=telling.note, now=now)
    summary = session_differences(before, after)[:MOST_TOLD]
    return tell_of_programme(event, concerned, was, telling, summary=summary, now=now)


def _check_mode(event: Event, file: EventFile) -> None:
    try:
        check_mode(event, file.registration.session_choice)
    except ModeStays:
        raise BadFile([Fault("registration.session_choice", "people already chose in the present way")]) from None


def _organisation(part: OrganisationPart, *, now: datetime) -> Organisation:
    known = db.session.scalar(db.select(Organisation).where(Organisation.slug == part.slug))
    if known is not None:
        return known
    if part.region is not None and db.session.get(Region, part.region) is None:
        raise BadFile([Fault("organisation.region", "unknown region")])
    organisation = Organisation(
        slug=part.slug, name=part.name, region_code=part.region, email=part.email, created_at=now
    )
    db.session.add(organisation)
    db.session.flush()
    return organisation
