"""What each letter to a registered person needs, loaded when it is sent."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import parseaddr
from typing import Any

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import selectinload
from sqlalchemy.orm.attributes import set_committed_value

from eventapp.agenda.models import Session
from eventapp.calendars import files, mail
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.outbox.letters import ENTRY, NEVER, Attachment, Contents, NothingToSay, ahead, letter
from eventapp.outbox.models import Message
from eventapp.registrations import links, words
from eventapp.registrations.groups.models import Party
from eventapp.registrations.models import Booking, CalendarWish, Registration
from eventapp.registrations.questions.completeness import missing
from eventapp.registrations.sessions import agenda
from eventapp.registrations.sessions.choices import clashes_of
from eventapp.registrations.sessions.session_places import only_chosen, session_positions
from eventapp.registrations.waiting.queue import position
from eventapp.registrations.wishes.wish_slots import disclosed_bookings, shown_ranking_of
from eventapp.text import fold_email

UPDATE = "registrations/calendar_update"
ELSEWHERE = (NEVER, "l’adresse a été corrigée depuis")


@dataclass
class Recipient:
    email: str
    first_name: str
    last_name: str


@ahead("registration_id")
def read_ahead(ids: Collection[int]) -> object:
    """With what each of them chose; the sessions themselves are the programme's, read once."""
    chosen = selectinload(Registration.bookings).lazyload(Booking.session)
    found = list(db.session.scalars(select(Registration).where(Registration.id.in_(ids)).options(chosen)))
    sessions = {one.id: one for event in {one.event for one in found} for one in agenda.programme(event)}
    for booking in (booking for registration in found for booking in registration.bookings):
        set_committed_value(booking, "session", sessions[booking.session_id])
    return found


@letter("registrations/confirmed", title="Place confirmée")
@letter("registrations/promoted", title="Place libérée et attribuée")
def place_contents(message: Message, registration_id: int) -> Contents:
    registration = find_registration(registration_id)
    if not registration.is_confirmed:
        raise NothingToSay("la place n’est plus confirmée")
    return contents_of(message, registration, **_from_others(registration))


@letter("registrations/waiting", title="Liste d’attente")
def waiting_contents(message: Message, registration_id: int) -> Contents:
    registration = find_registration(registration_id)
    if not registration.is_waiting:
        raise NothingToSay("la personne n’attend plus")
    return contents_of(message, registration, **_from_others(registration))


@letter("registrations/offered", title="Place proposée")
def offered_contents(message: Message, registration_id: int) -> Contents:
    registration = find_registration(registration_id)
    if not registration.has_offer:
        raise NothingToSay("la proposition n’est plus ouverte")
    return contents_of(message, registration)


@letter("registrations/sessions_changed", title="Sessions modifiées")
def changed_contents(message: Message, registration_id: int, **_is_news: bool) -> Contents:
    """Whether it is news: `words` reads it in the message."""
    registration = find_registration(registration_id)
    if registration.is_cancelled:
        return over(message, registration, "l’inscription est annulée")
    return contents_of(message, registration)


@letter("registrations/cancelled", title="Inscription annulée")
@letter("registrations/event_cancelled", title="Rencontre annulée")
def cancelled_contents(message: Message, registration_id: int, words: str = "") -> Contents:
    """`words`: what the organisers wrote to those whom they cancelled together, in Markdown."""
    return contents_of(message, find_registration(registration_id), words=words)


@letter("registrations/session_cancelled", title="Session annulée")
def session_cancelled_contents(message: Message, registration_id: int, session_id: int) -> Contents:
    registration, session = find_registration(registration_id), db.session.get(Session, session_id)
    if registration.is_cancelled or session is None:
        return over(message, registration, "l’inscription est annulée")
    return contents_of(message, registration, session=session)


@letter("registrations/session_moved", title="Session déplacée")
def session_moved_contents(message: Message, registration_id: int, session_id: int, before: dict[str, str]) -> Contents:
    registration, session = find_registration(registration_id), db.session.get(Session, session_id)
    if registration.is_cancelled or session is None or session.cancelled_at is not None:
        return over(message, registration, "l’inscription ou la session est annulée")
    starts_at, ends_at = (datetime.fromisoformat(before[name]) for name in ("starts_at", "ends_at"))
    was = {"starts_at": starts_at, "ends_at": ends_at, "room": before["room"]}
    clashes = clashes_of(registration).get(session.id, [])
    return contents_of(message, registration, session=session, was=was, clashes=clashes)


@letter("registrations/link", title="Lien personnel")
def link_contents(
    message: Message, registration_ids: list[int], registration_id: int = 0, corrected_by: str = ""
) -> Contents:
    """`registration_id`: the one whose address was corrected (`corrected_by`: as journal.PERSON), and whose calendar is
    sent with it."""
    found = [db.session.get(Registration, key) for key in registration_ids]
    live = [one for one in found if one is not None and not one.has_no_link]
    if not live:
        raise NothingToSay("l’inscription a été effacée, transmise ou réunie à une autre")
    event = live[0].event
    people = [{"registration": registration, "url": links.personal(registration)} for registration in live]
    moved = next((one for one in live if one.id == registration_id and one.is_confirmed), None)
    agenda_file = _agenda(moved) if moved is not None else []
    calendar = _calendar(message, moved) if moved is not None else None
    context = {"event": event, "people": people, "corrected_by": corrected_by}
    context |= {"agenda_is_attached": bool(agenda_file)}
    until = ELSEWHERE if any(not is_theirs(message, one) for one in live) else None
    return Contents(context=context, calendar=calendar, attachments=agenda_file, until=until, **_envelope(event))


def find_registration(registration_id: int) -> Registration:
    registration = db.session.get(Registration, registration_id)
    if registration is None:
        raise NothingToSay("l’inscription a été effacée")
    return registration


def is_theirs(message: Message, registration: Registration) -> bool:
    """Whether it goes to the address that they have now: their link is for nobody else."""
    return fold_email(message.to) == registration.email_folded


def over(message: Message, registration: Registration, reason: str) -> Contents:
    """There is nothing left to say but, to a calendar, that what it shows is cancelled: nothing else will say it."""
    if message.calendar_method != "CANCEL":
        raise NothingToSay(reason)
    return update_of(message, registration)


def update_of(message: Message, registration: Registration) -> Contents:
    """The short letter that only brings a calendar object."""
    number = message.context.get(ENTRY)
    session = db.session.get(Session, number) if number is not None else None
    if number is not None and session is None:
        raise NothingToSay("la session a été effacée")
    removed, theirs = message.calendar_method == "CANCEL", is_theirs(message, registration)
    agenda_file = _agenda(registration) if session is None and theirs and not removed else []
    about = {"session": session, "entry": session or registration.event, "agenda_is_attached": bool(agenda_file)}
    contents = contents_of(message, registration, **about, removed=removed, is_theirs=theirs)
    until = None if removed else contents.until
    return replace(contents, attachments=agenda_file, letter=UPDATE, until=until)


def contents_of(message: Message, registration: Registration, **more: Any) -> Contents:
    event, link = registration.event, links.personal(registration)
    agenda_file = _agenda(registration)
    context = {
        "registration": registration,
        "event": event,
        "position": position(registration),
        "session_positions": session_positions(registration),
        "only_chosen": only_chosen(registration),
        "bookings": disclosed_bookings(registration),
        "rankings": shown_ranking_of(registration),
        "personal_url": link,
        "feed_url": links.feed(registration) if registration.feed_revoked_at is None else "",
        "subscribe_url": links.calendar(registration),
        "agenda_is_attached": bool(agenda_file),
        **words.of(message, registration, link, more.get("session")),
    }
    attachments = [*agenda_file, *words.files(message, registration)]
    calendar = _calendar(message, registration)
    until = None if is_theirs(message, registration) else ELSEWHERE
    return Contents(context=context | more, calendar=calendar, attachments=attachments, until=until, **_envelope(event))


def _from_others(registration: Registration) -> dict[str, Any]:
    """Who registered this person, when somebody else did, and what could not be asked of them."""
    if registration.party_id is None:
        return {"registered_by": "", "missing": []}
    party = db.session.get_one(Party, registration.party_id)
    is_their_own = fold_email(party.email) == registration.email_folded
    return {"registered_by": "" if is_their_own else party.contact_name, "missing": missing(registration)}


def _envelope(event: Event) -> dict[str, Any]:
    return {"sender_name": event.organisation.name, "reply_to": event.contact[2]}


def _calendar(message: Message, registration: Registration) -> bytes | None:
    """The REQUEST or CANCEL that was decided when the letter was posted, addressed to whom it goes."""
    if message.calendar_method is None or message.calendar_sequence is None:
        return None
    number = message.context.get(ENTRY)
    row = registration.event if number is None else db.session.get(Session, number)
    if row is None:
        return None
    build = mail.cancel if message.calendar_method == "CANCEL" else mail.request
    return build(
        row,
        Recipient(message.to, registration.first_name, registration.last_name),
        agenda.public_url,
        organiser=parseaddr(current_app.config["MAIL_DEFAULT_SENDER"])[1],
        sequence=message.calendar_sequence,
        stamp=message.created_at,
    )


def _agenda(registration: Registration) -> list[Attachment]:
    """For whoever has a place and wants their calendar in the mail."""
    event = registration.event
    if not registration.is_confirmed or registration.calendar_wish is CalendarWish.NONE:
        return []
    content = files.agenda(event.title, agenda.rows(registration), agenda.public_url, zone=event.timezone)
    return [Attachment(f"{event.slug}.ics", "application/ics", content)]
