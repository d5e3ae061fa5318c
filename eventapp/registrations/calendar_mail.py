"""Which calendar objects (iTIP) a letter brings, and under which SEQUENCE.

Each mailbox has one row per registration and entry: the highest SEQUENCE that left, and whether it was a REQUEST or a
CANCEL. What a person attends now, compared with that, says what is due; per mailbox and entry, and per person and entry
(two addresses may be of one calendar), the number never goes down, and a CANCEL tops every REQUEST. The choice of the
person (CalendarWish) bounds it all.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, bindparam, func, select

from eventapp.agenda.models import Session
from eventapp.extensions import db
from eventapp.registrations.models import Booking, CalendarMail, CalendarWish, Registration, Status
from eventapp.registrations.wishes.wish_slots import disclosed, disclosed_bookings

REQUEST, CANCEL = "REQUEST", "CANCEL"

# Written once: building a question costs more than asking it, and every confirmation asks. Its rows first: else
# PostgreSQL, which knows little of young tables, may read every mail of the event for each registration.
THERE = select(CalendarMail.id).where(CalendarMail.mailbox == bindparam("mailbox"))
THEIRS = select(CalendarMail.id).where(CalendarMail.registration_id == bindparam("number"))
ROWS = THERE.union(THEIRS).cte("sent").prefix_with("MATERIALIZED")
SENT = (
    select(CalendarMail)
    .join(Registration, Registration.id == CalendarMail.registration_id)
    .where(CalendarMail.id.in_(select(ROWS.c.id)), Registration.event_id == bindparam("event_id"))
)


@dataclass(frozen=True)
class Part:
    """One object to send; `session`: None for the event itself."""

    method: str
    sequence: int
    session: Session | None = None


def of_place(registration: Registration, *, now: datetime, raised: bool = False, is_first: bool = False) -> list[Part]:
    """With a letter that says that the place is confirmed, or (`raised`) that the date or place of the event changed,
    which calendars must notice. `is_first`: this mailbox, as whoever holds the event has seen, never had another
    registration here; nothing is looked up then."""
    if registration.calendar_wish is CalendarWish.NONE:
        return of_end(registration, now=now)  # what another registration, now one with this one, had brought
    sent = Sent(registration, is_first=is_first)
    return [_event_request(sent, raised=raised), *_sessions(sent, moved=raised, now=now)]


def of_change(registration: Registration, *, now: datetime, changed: Collection[Session] = ()) -> list[Part]:
    """With a letter about sessions: those gained, given up or lost since, and those `changed` that are attended."""
    if registration.is_waiting:
        return []
    return list(_sessions(Sent(registration), changed=changed, now=now))


def of_end(registration: Registration, *, now: datetime) -> list[Part]:
    """With a letter that says that all is cancelled: whatever this mailbox still shows. Call it after the row says so,
    or for an address that is given up."""
    sent = Sent(registration)
    cancelled = _event_cancel(sent)
    return [*([cancelled] if cancelled else []), *_cancelled(sent, held=(), now=now)]


def of_wish(registration: Registration, *, now: datetime) -> list[Part]:
    """After the person chose otherwise: what was not sent yet, or all that was sent, taken back."""
    if not registration.is_confirmed:
        return []
    if registration.calendar_wish is CalendarWish.NONE:
        return of_end(registration, now=now)
    sent = Sent(registration)
    uid = registration.event.calendar_uid
    shown = uid in sent.own and sent.method(uid) == REQUEST
    return [*([] if shown else [_event_request(sent)]), *_sessions(sent, now=now)]


class Sent:
    """What left for the mailbox of this registration: by UID, its own rows, and the last ones of anyone there; and what
    topped all that left for it here and for this person elsewhere."""

    def __init__(self, registration: Registration, *, is_first: bool = False) -> None:
        self.registration, self.mailbox = registration, registration.email_folded
        self.own, self.last, self.top = dict[str, CalendarMail](), dict[str, CalendarMail](), dict[str, CalendarMail]()
        facts = {"event_id": registration.event.id, "mailbox": self.mailbox, "number": registration.id}
        for row in [] if is_first else db.session.scalars(SENT, facts):
            _keep_highest(self.top, row)
            if row.mailbox == self.mailbox:
                _keep_highest(self.last, row)
                if row.registration_id == registration.id:
                    self.own[row.uid] = row

    def method(self, uid: str) -> str:
        """Of the last mail about it; empty when none left."""
        return self.last[uid].last_method if uid in self.last else ""

    def next_request(self, uid: str, sequence: int, *, raised: bool) -> int:
        """`sequence`: the row's own."""
        top = self.last[uid] if self.method(uid) == REQUEST else self.top.get(uid)  # it is there already
        if top is not None:
            above = 1 if raised or top.last_method == CANCEL else 0
            sequence = max(sequence, top.last_sequence + above)
        return self._keep(uid, REQUEST, sequence)

    def next_cancel(self, uid: str, sequence: int) -> int:
        """Above what was sent, or above the row's own number where only the file with the agenda was given."""
        top = self.top.get(uid)
        return self._keep(uid, CANCEL, max(sequence, top.last_sequence + 1) if top else sequence + 1)

    def was_elsewhere(self, uid: str) -> bool:
        """Whether an entry was sent to this person at another address, and to nobody at this one."""
        return uid in self.top and uid not in self.last

    def _keep(self, uid: str, method: str, sequence: int) -> int:
        row = self.own.get(uid)
        if row is None:
            row = CalendarMail(registration_id=self.registration.id, mailbox=self.mailbox, uid=uid)
            db.session.add(row)
        row.last_sequence, row.last_method = sequence, method
        self.own[uid] = self.last[uid] = self.top[uid] = row
        return sequence


def rank(row: CalendarMail) -> tuple[int, bool, int]:
    return row.last_sequence, row.last_method == CANCEL, row.id


def _keep_highest(rows: dict[str, CalendarMail], row: CalendarMail) -> None:
    known = rows.get(row.uid)
    if known is None or rank(row) > rank(known):
        rows[row.uid] = row


def _event_request(sent: Sent, *, raised: bool = False) -> Part:
    event = sent.registration.event
    return Part(REQUEST, sent.next_request(event.calendar_uid, event.sequence, raised=raised))


def _event_cancel(sent: Sent) -> Part | None:
    """None when there is nothing to take out of this mailbox's calendar: never sent, or a colleague still comes."""
    event = sent.registration.event
    if sent.method(event.calendar_uid) != REQUEST or _colleague_comes(sent.registration):
        return None
    return Part(CANCEL, sent.next_cancel(event.calendar_uid, event.sequence))


def _sessions(sent: Sent, *, now: datetime, changed: Collection[Session] = (), moved: bool = False) -> Iterator[Part]:
    """What left or is lost first: a calendar that shows two things at one hour is wrong for longer otherwise."""
    registration = sent.registration
    held = _held(registration)
    yield from _cancelled(sent, held={booking.session_id for booking in held}, now=now)
    if registration.calendar_wish is CalendarWish.NONE:
        return
    for booking in held:
        session, uid = booking.session, booking.session.calendar_uid
        is_shown = uid in sent.own or sent.method(uid) == REQUEST  # or to a colleague, whose entry became theirs
        is_changed = session in changed or (moved and is_shown)
        if session.ends_at > now and (is_changed or _is_news(booking, sent)):
            number = session.sequence + registration.event.sequence
            yield Part(REQUEST, sent.next_request(uid, number, raised=is_changed), session)


def _is_news(booking: Booking, sent: Sent) -> bool:
    """Whether the calendar has no entry for it yet. Those confirmed together with the place are in the file that came
    with that letter, unless the person wants an entry for each."""
    uid, registration = booking.session.calendar_uid, sent.registration
    own = sent.own.get(uid)
    if sent.method(uid) == CANCEL or (own is not None and own.last_method == CANCEL) or sent.was_elsewhere(uid):
        return True
    if own is not None:
        return False
    if registration.calendar_wish is CalendarWish.SESSIONS:
        return True
    given_at, seated_at = booking.confirmed_at, registration.confirmed_at
    return given_at is not None and seated_at is not None and given_at > seated_at


def _held(registration: Registration) -> list[Booking]:
    """The seats that a calendar shows, by hour."""
    if not registration.is_confirmed or registration.event.cancelled_at is not None:
        return []
    seats = (b for b in disclosed_bookings(registration) if b.is_confirmed and b.session.cancelled_at is None)
    return sorted(seats, key=lambda b: (b.session.starts_at, b.session_id))


def _cancelled(sent: Sent, *, held: Collection[int], now: datetime) -> Iterator[Part]:
    """For each entry that this person no longer attends and that no colleague of the same mailbox does."""
    registration = sent.registration
    gone = {
        session.id: session
        for session in (*_given_up(sent, now=now), *_shown(sent))
        if session.id not in held and session.ends_at > now and sent.method(session.calendar_uid) != CANCEL
    }
    kept = _colleagues_sessions(registration) if any(s.cancelled_at is None for s in gone.values()) else set()
    for session in sorted(gone.values(), key=lambda s: (s.starts_at, s.id)):
        if session.cancelled_at is not None or session.id not in kept:
            number = session.sequence + registration.event.sequence
            yield Part(CANCEL, sent.next_cancel(session.calendar_uid, number), session)


def _given_up(sent: Sent, *, now: datetime) -> Iterator[Session]:
    """In this very act, by somebody who stays: they may have taken it from the file."""
    registration = sent.registration
    if not registration.is_confirmed or registration.calendar_wish is CalendarWish.NONE:
        return
    for booking in disclosed(registration.event, registration.bookings):
        if booking.confirmed_at is not None and booking.released_at == now:
            yield booking.session


def _shown(sent: Sent) -> Collection[Session]:
    """Those that this mailbox was sent, and not sent away since, whoever's they were: two registrations may be one."""
    event = sent.registration.event
    uids = [uid for uid, row in sent.last.items() if row.last_method == REQUEST and uid != event.calendar_uid]
    if not uids:
        return ()
    return db.session.scalars(select(Session).where(Session.event_id == event.id, Session.calendar_uid.in_(uids))).all()


def _colleagues(registration: Registration) -> ColumnElement[bool]:
    return and_(
        Registration.event_id == registration.event_id,
        Registration.email_folded == registration.email_folded,
        Registration.status == Status.CONFIRMED,
        Registration.calendar_wish != CalendarWish.NONE,
        Registration.id != registration.id,
    )


def _colleague_comes(registration: Registration) -> bool:
    if registration.event.cancelled_at is not None:
        return False
    return bool(db.session.scalar(select(func.count()).where(_colleagues(registration))))


def _colleagues_sessions(registration: Registration) -> Collection[int]:
    if registration.event.cancelled_at is not None:
        return set()
    seats = Booking.confirmed_at.is_not(None), Booking.released_at.is_(None)
    theirs = select(Booking.session_id).join(Registration, Booking.registration_id == Registration.id)
    return set(db.session.scalars(theirs.where(_colleagues(registration), *seats)))
