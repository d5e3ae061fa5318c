"""Letters that leave by themselves, once each: reminders to the silent, the practical note, the thanks.

Each makes one campaign, the first time that a clock passes its date: a constraint and the event's lock see to that,
whatever the clock does afterwards.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from eventapp import journal
from eventapp.accounts.models import User
from eventapp.errors import Refused
from eventapp.events.locks import hold
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.formats import NBSP, french_datetime
from eventapp.invitations import audiences, campaigns
from eventapp.invitations.campaign_models import Anchor, AutomaticLetter, Campaign
from eventapp.letters.kinds import TITLES
from eventapp.letters.models import LetterKind

KINDS = (LetterKind.REMINDER, LetterKind.PRACTICAL, LetterKind.THANKS)
# What each date is counted from, and on which side of it the letter makes sense.
ANCHORS = {
    LetterKind.REMINDER: Anchor.DEADLINE,
    LetterKind.PRACTICAL: Anchor.START,
    LetterKind.THANKS: Anchor.END,
}
WAKES, SLEEPS = time(8), time(20)  # no letter leaves at night
LONGEST = 90  # days
GRACE = timedelta(days=30)  # thanks that waited longer, for a worker or a publication, stay unsaid
MOST = 12  # per event


class AlreadyPlanned(Refused):
    message = "Cet envoi est déjà prévu."
    field = "days"


class DateGone(Refused):
    field = "days"


class TooMany(Refused):
    message = f"Une rencontre prévoit au plus {MOST} envois automatiques."


class HasLeft(Refused):
    message = "Cet envoi est déjà parti."


def add(event: Event, kind: LetterKind, days: int, *, now: datetime, by: User) -> AutomaticLetter:
    """`days` before the deadline (reminder) or the start (practical note), or after the end (thanks)."""
    hold(event)
    hours = 24 * days * (1 if kind is LetterKind.THANKS else -1)
    planned = of(event)
    if any((one.kind, one.hours) == (kind, hours) for one in planned):
        raise AlreadyPlanned
    if len(planned) >= MOST:
        raise TooMany
    letter = AutomaticLetter(
        event=event, kind=kind, anchor=ANCHORS[kind], hours=hours, created_at=now, created_by_id=by.id
    )
    leaves = leaves_at(letter)
    if leaves <= now:
        when = french_datetime(leaves, event.timezone)
        raise DateGone(f"Cet envoi serait parti le {when}{NBSP}: cette date est passée.")
    db.session.add(letter)
    db.session.flush()
    _tell(letter, f"Envoi automatique prévu{NBSP}: {in_words(letter)}", "automatic.added", now, by)
    return letter


def stop(letter: AutomaticLetter, *, now: datetime, by: User) -> None:
    hold(letter.event)
    if campaign_of(letter) is not None:
        raise HasLeft
    if letter.stopped_at is None:
        letter.stopped_at = now
        _tell(letter, f"Envoi automatique arrêté{NBSP}: {in_words(letter)}", "automatic.stopped", now, by)


def restart(letter: AutomaticLetter, *, now: datetime, by: User) -> None:
    hold(letter.event)
    if letter.stopped_at is None:
        return
    if leaves_at(letter) <= now:
        raise DateGone(f"Sa date est passée{NBSP}: il ne peut plus partir.")
    letter.stopped_at = None
    _tell(letter, f"Envoi automatique rétabli{NBSP}: {in_words(letter)}", "automatic.restarted", now, by)


def copy(event: Event, other: Event, *, now: datetime, by: User | None) -> None:
    """Plan for another event what is planned for this one: counted from its own dates."""
    plan(other, planned(event), now=now, by=by)


def planned(event: Event) -> list[dict[str, Any]]:
    """What is planned and was not stopped, to be planned again elsewhere."""
    rows = [one for one in of(event) if one.stopped_at is None]
    return [{"kind": one.kind.value, "anchor": one.anchor.value, "hours": one.hours} for one in rows]


def plan(event: Event, letters: Iterable[Mapping[str, Any]], *, now: datetime, by: User | None) -> None:
    """For an event that has no plan yet: counted from its dates."""
    for one in letters:
        facts = {"kind": LetterKind(one["kind"]), "anchor": Anchor(one["anchor"]), "hours": one["hours"]}
        author = by.id if by is not None else None
        db.session.add(AutomaticLetter(event=event, created_at=now, created_by_id=author, **facts))


def of(event: Event) -> list[AutomaticLetter]:
    """In the order in which they leave."""
    rows = db.session.scalars(select(AutomaticLetter).where(AutomaticLetter.event_id == event.id)).all()
    return sorted(rows, key=lambda row: (leaves_at(row), row.id))


def campaign_of(letter: AutomaticLetter) -> Campaign | None:
    return db.session.scalar(select(Campaign).where(Campaign.automatic_id == letter.id))


def leaves_at(letter: AutomaticLetter) -> datetime:
    """Counted on the local clock (9 h stays 9 h), and never at night: what would leave then leaves in the morning of
    that same day, or of the next when its anchor is behind it."""
    zone = letter.event.zone
    local = _anchor(letter).astimezone(zone)
    day, hour = local.date() + timedelta(hours=letter.hours), local.time()
    if hour >= SLEEPS and letter.hours > 0:
        day += timedelta(days=1)
    return datetime.combine(day, hour if WAKES <= hour < SLEEPS else WAKES, tzinfo=zone).astimezone(UTC)


def last_moment(letter: AutomaticLetter) -> datetime:
    """After it, the letter makes no sense any more."""
    event = letter.event
    if letter.anchor is Anchor.END:
        return event.ends_at + GRACE
    return event.starts_at if letter.anchor is Anchor.START else event.closes_at or event.starts_at


@dataclass(frozen=True)
class Shown:
    """A planned letter as the organiser's page shows it."""

    letter: AutomaticLetter
    words: str
    leaves_at: datetime
    campaign: Campaign | None
    is_missed: bool  # its time went by while it could not leave
    held_by: str = ""  # what keeps it from leaving, as things are now


def shown(letter: AutomaticLetter, *, now: datetime) -> Shown:
    campaign = campaign_of(letter)
    is_waiting = campaign is None and letter.stopped_at is None
    is_missed = is_waiting and now >= last_moment(letter)
    held_by = _held_by(letter.event) if is_waiting and not is_missed else ""
    return Shown(letter, in_words(letter), leaves_at(letter), campaign, is_missed, held_by)


def _held_by(event: Event) -> str:
    if event.cancelled_at is not None:
        return "la rencontre est annulée"
    return "la rencontre n’est pas publiée" if event.published_at is None else ""


def due(*, now: datetime) -> Sequence[int]:
    """For the worker."""
    waiting = (
        select(AutomaticLetter)
        .join(AutomaticLetter.event)
        .outerjoin(Campaign, Campaign.automatic_id == AutomaticLetter.id)
        .where(
            AutomaticLetter.stopped_at.is_(None),
            Campaign.id.is_(None),
            Event.published_at.is_not(None),
            Event.cancelled_at.is_(None),
            Event.ends_at > now - GRACE,
        )
        .order_by(AutomaticLetter.id)
    )
    return [letter.id for letter in db.session.scalars(waiting) if leaves_at(letter) <= now < last_moment(letter)]


def send(automatic_id: int, *, now: datetime) -> None:
    """Its campaign, to those concerned at this moment; with nobody concerned it has left all the same."""
    letter = db.session.get_one(AutomaticLetter, automatic_id)
    event = letter.event
    hold(event)
    if letter.stopped_at is not None or campaign_of(letter) is not None or event.published_at is None:
        return
    if event.cancelled_at is not None or not leaves_at(letter) <= now < last_moment(letter):
        return
    plan = audiences.plan(event, letter.kind, {}, now=now)
    people = [one for one in plan.people if not one.why_not]
    campaigns.add(event, letter.kind, people, due_at=leaves_at(letter), now=now, automatic_id=letter.id)
    _tell(letter, f"Envoi automatique{NBSP}: {in_words(letter)}", "automatic.sent", now, None, people=len(people))


def in_words(letter: AutomaticLetter) -> str:
    """« Relance 7 jours avant la date limite de réponse »."""
    days = abs(letter.hours) // 24
    when = {
        Anchor.DEADLINE: "avant la date limite de réponse",
        Anchor.START: "avant le début",
        Anchor.END: "après la fin",
    }[letter.anchor]
    return f"{TITLES[letter.kind]} {days}{NBSP}jour{'s' if days > 1 else ''} {when}"


def _anchor(letter: AutomaticLetter) -> datetime:
    event = letter.event
    if letter.anchor is Anchor.DEADLINE:
        return event.closes_at or event.starts_at
    return event.starts_at if letter.anchor is Anchor.START else event.ends_at


def _tell(letter: AutomaticLetter, sentence: str, act: str, now: datetime, by: User | None, **details: object) -> None:
    journal.record(act, sentence, now=now, by=by, event=letter.event, subject=letter, **details)
