"""What an organiser does to an event: create, edit, publish, withdraw, cancel, move."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy.exc import IntegrityError

from eventapp import journal
from eventapp.accounts.models import Organisation, User
from eventapp.errors import Refused
from eventapp.events.local_times import in_zone
from eventapp.events.locks import hold
from eventapp.events.models import Event, Status, Venue
from eventapp.extensions import db
from eventapp.text import fold, slugify

# A change of one of these, or of the place, is one of the calendar entry (SEQUENCE), not only of words.
CALENDAR_FACTS = frozenset({"starts_at", "ends_at", "timezone"})


class SlugTaken(Refused):
    message = "Cette adresse de page est déjà utilisée par un autre événement."
    field = "slug"


class EndsBeforeStart(Refused):
    message = "La fin doit venir après le début."
    field = "ends_at"


class ClosesBeforeOpening(Refused):
    message = "La clôture des inscriptions doit venir après leur ouverture."
    field = "closes_at"


class EditedMeanwhile(Refused):
    message = (
        "Cet événement a été modifié pendant que vous remplissiez ce formulaire. Votre saisie est conservée\u00a0: "
        "relisez les différences ci-dessous, puis enregistrez de nouveau."
    )


class AlreadyPublished(Refused):
    message = "Cet événement est déjà publié."


class NotPublished(Refused):
    message = "Cet événement n’est pas publié."


class DraftWaits(Refused):
    message = "Un brouillon du programme attend\u00a0: dites s’il est publié aussi, ou s’il reste à côté."


class AlreadyCancelled(Refused):
    message = "Cet événement est annulé."


class NothingMoves(Refused):
    message = "Ni la date ni le lieu ne changent."


def calendar_uid(kind: str) -> str:
    """Chosen once, stored, never changed: calendars match on it."""
    return f"{kind}-{uuid.uuid4()}@{current_app.config['SETTINGS'].calendar_domain}"


def searchable(event: Event) -> str:
    """Folded title first, so that it also sorts."""
    return fold(f"{event.title} {event.venue.city} {event.venue.name} {event.slug}")


def free_slug(title: str, year: int) -> str:
    """From the title, with the year and then a number when taken."""
    base = slugify(title, limit=60) or "evenement"
    taken = set(db.session.scalars(db.select(Event.slug).where(Event.slug.startswith(base, autoescape=True))))
    if base not in taken:
        return base
    base = base if str(year) in base else f"{base}-{year}"
    return next(slug for n in range(1, len(taken) + 2) if (slug := base if n == 1 else f"{base}-{n}") not in taken)


def touch(event: Event, *, now: datetime, calendar: bool) -> None:
    """A visible change; `calendar`: one that calendars must follow."""
    event.revision += 1
    event.updated_at = now
    if calendar:
        event.sequence += 1


def create(organisation: Organisation, *, now: datetime, by: User | None, **facts: Any) -> Event:
    """A draft. `facts`: columns of Event; `slug`, `title`, `starts_at`, `ends_at` are needed."""
    if db.session.scalar(db.select(Event.id).where(Event.slug == facts["slug"])) is not None:
        raise SlugTaken
    facts = {"venue": Venue()} | facts
    event = Event(organisation=organisation, created_at=now, updated_at=now, **facts)
    event.calendar_uid = calendar_uid("event")
    check_dates(event)
    event.search_text = searchable(event)
    try:
        with db.session.begin_nested():
            db.session.add(event)
    except IntegrityError:  # another organiser took the slug between the look and the insert
        raise SlugTaken from None
    journal.record("event.created", "Événement créé", now=now, by=by, event=event, subject=event)
    return event


def edit(
    event: Event, facts: Mapping[str, Any], *, now: datetime, by: User | None, revision: int | None = None
) -> set[str]:
    """Apply what differs and return the changed names. `revision`: the one that the editor had before their eyes."""
    hold(event)
    if revision is not None and event.revision != revision:
        raise EditedMeanwhile
    changed = {name for name, value in facts.items() if getattr(event, name) != value}
    place = event.venue.one_line
    if "timezone" in changed and "choice_required" not in facts:  # sessions stay when they are, and so do these
        event.choice_required = in_zone(event.choice_required, event.timezone, facts["timezone"])
    for name in changed:
        setattr(event, name, facts[name])
    check_dates(event)
    if changed:
        event.search_text = searchable(event)
        touch(event, now=now, calendar=bool(changed & CALENDAR_FACTS) or event.venue.one_line != place)
        journal.record(
            "event.edited", "Événement modifié", now=now, by=by, event=event, subject=event, facts=sorted(changed)
        )
    return changed


def move(event: Event, *, starts_at: datetime, ends_at: datetime, venue: Venue, now: datetime, by: User | None) -> None:
    """Another date or another place. Whoever calls tells the registered people (registrations.notices.event_moved)."""
    hold(event)
    _refuse_cancelled(event)
    facts = {"starts_at": starts_at, "ends_at": ends_at, "venue": venue}
    if all(getattr(event, name) == value for name, value in facts.items()):
        raise NothingMoves
    for name, value in facts.items():
        setattr(event, name, value)
    check_dates(event)
    event.search_text = searchable(event)
    touch(event, now=now, calendar=True)
    journal.record("event.moved", "Événement déplacé", now=now, by=by, event=event, subject=event)


def publish(event: Event, *, beside_draft: bool = False, now: datetime, by: User | None) -> None:
    """`beside_draft`: as it was before the draft that waits. With the draft: exchange.applying.publish_draft."""
    hold(event)
    _refuse_cancelled(event)
    if event.published_at is not None:
        raise AlreadyPublished
    if event.draft is not None and not beside_draft:
        raise DraftWaits
    event.published_at = now
    touch(event, now=now, calendar=True)
    journal.record("event.published", "Événement publié", now=now, by=by, event=event, subject=event)


def withdraw(event: Event, *, now: datetime, by: User | None) -> None:
    """The pages disappear; registrations stay as they are."""
    hold(event)
    if event.published_at is None:
        raise NotPublished
    event.published_at = None
    touch(event, now=now, calendar=True)
    journal.record("event.withdrawn", "Événement retiré", now=now, by=by, event=event, subject=event)


def cancel(event: Event, *, reason: str, now: datetime, by: User | None) -> None:
    """Final. Whoever calls tells the registered people (registrations.notices.event_cancelled)."""
    hold(event)
    _refuse_cancelled(event)
    event.cancelled_at = now
    event.cancellation_reason = reason
    touch(event, now=now, calendar=True)
    journal.record("event.cancelled", "Événement annulé", now=now, by=by, event=event, subject=event, reason=reason)


def write_report(event: Event, report: str, *, now: datetime, by: User | None, revision: int | None = None) -> None:
    edit(event, {"report": report}, now=now, by=by, revision=revision)


def check_dates(event: Event) -> None:
    if event.ends_at <= event.starts_at:
        raise EndsBeforeStart
    if event.opens_at is not None and event.closes_at is not None and event.closes_at <= event.opens_at:
        raise ClosesBeforeOpening


def _refuse_cancelled(event: Event) -> None:
    if event.status is Status.CANCELLED:
        raise AlreadyCancelled
