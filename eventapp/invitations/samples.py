"""A letter before it is sent: as any guest will read it, with what we add around the words, and as a test to oneself.

The words shown may not be written down yet; links are samples that open nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from flask import render_template
from markupsafe import Markup
from sqlalchemy import Select, select

from eventapp.accounts.models import User
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.invitations import notices
from eventapp.invitations.models import Guest, GuestKind
from eventapp.letters.attachments import attached
from eventapp.letters.filling import words
from eventapp.letters.models import LetterKind
from eventapp.links import absolute
from eventapp.outbox import rendering
from eventapp.outbox.letters import Attachment, Contents, letter, post
from eventapp.outbox.models import Message
from eventapp.registrations import words as registration_words
from eventapp.registrations.models import Booking, Registration, Status

TOKEN = "lien-personnel-de-la-personne"  # noqa: S105 - opens nothing
OFFERED = 500
SAMPLE_POSITION = 3
LETTER = "invitations/trial"
TEMPLATES = {
    LetterKind.INVITATION: "invitations/mails/invitation",
    LetterKind.STRUCTURE: "invitations/mails/invitation",
    LetterKind.REMINDER: "invitations/mails/reminder",
    LetterKind.CONFIRMATION: "registrations/mails/confirmed",
    LetterKind.WAITING: "registrations/mails/waiting",
    LetterKind.OFFER: "registrations/mails/offered",
    LetterKind.PROMOTED: "registrations/mails/promoted",
    LetterKind.CHANGE: "registrations/mails/event_moved",
    LetterKind.CANCELLATION: "registrations/mails/cancelled",
    LetterKind.PRACTICAL: "invitations/mails/practical",
    LetterKind.THANKS: "invitations/mails/thanks",
}
TO_GUESTS = (LetterKind.INVITATION, LetterKind.STRUCTURE, LetterKind.REMINDER)
STATES = {
    LetterKind.WAITING: Status.WAITING,
    LetterKind.OFFER: Status.WAITING,
    LetterKind.CANCELLATION: Status.CANCELLED,
}


@dataclass(frozen=True, kw_only=True)
class Sample:
    """Somebody registered in the state that a letter is about, whatever the state of whom they are named after."""

    first_name: str
    last_name: str
    function: str
    organisation_name: str
    status: Status
    offer_until: datetime | None
    live_bookings: Sequence[Booking] = field(default_factory=list)
    cancellation_reason: str = ""
    cancelled_by: str = "person"

    @property
    def is_confirmed(self) -> bool:
        return self.status is Status.CONFIRMED


def readers(event: Event, kind: LetterKind) -> "Select[Any]":
    """Those whom letters of this kind may go to, by name."""
    if kind not in TO_GUESTS:
        return (
            select(Registration)
            .where(Registration.event_id == event.id, Registration.status != Status.CANCELLED)
            .order_by(Registration.name_folded, Registration.id)
        )
    if kind is LetterKind.REMINDER:
        return Guest.of(event)
    of_kind = GuestKind.STRUCTURE if kind is LetterKind.STRUCTURE else GuestKind.PERSON
    return Guest.of(event).where(Guest.kind == of_kind)


def show(
    event: Event, kind: LetterKind, subject: str, body: str, *, reader_id: int | None, now: datetime
) -> rendering.Rendered:
    """What a mail program would receive. Writes nothing."""
    return rendering.render(Message(letter=LETTER, context=_ids(event, kind, subject, body, reader_id), created_at=now))


def send(
    event: Event, kind: LetterKind, subject: str, body: str, *, reader_id: int | None, now: datetime, to: User
) -> Message:
    """A test, to the organiser who asks for it."""
    ids = _ids(event, kind, f"Essai – {subject}", body, reader_id)
    return post(LETTER, to=to.email, now=now, event=event, **ids)


@letter(LETTER, title="Essai d’une lettre")
def trial_contents(
    message: Message, event_id: int, kind: str, subject: str, body: str, reader_id: int | None
) -> Contents:
    event, of_kind = db.session.get_one(Event, event_id), LetterKind(kind)
    context = _context(event, of_kind, subject, body, _reader(event, of_kind, reader_id), message.created_at)
    context["message"] = message
    template = TEMPLATES[of_kind]
    context["subject"] = context["letter_subject"]
    return Contents(
        context={
            "trial_subject": context["letter_subject"],
            "trial_text": render_template(f"{template}.txt", **context),
            # rendered by a template of ours, which escaped what is in it
            "trial_html": Markup(render_template(f"{template}.html", **context)),  # noqa: S704
        },
        sender_name=event.organisation.name,
        reply_to=event.contact[2],
        attachments=_files(event, of_kind, message.created_at),
    )


def _ids(event: Event, kind: LetterKind, subject: str, body: str, reader_id: int | None) -> dict[str, Any]:
    return {"event_id": event.id, "kind": kind.value, "subject": subject, "body": body, "reader_id": reader_id}


def _files(event: Event, kind: LetterKind, at: datetime) -> list[Attachment]:
    return attached(event.id, kind, at=at)


def _reader(event: Event, kind: LetterKind, reader_id: int | None) -> Guest | Registration | None:
    table = Guest if kind in TO_GUESTS else Registration
    found: Any = db.session.get(table, reader_id) if reader_id else None
    return found if found is not None and found.event_id == event.id else None


def _context(
    event: Event, kind: LetterKind, subject: str, body: str, reader: Guest | Registration | None, now: datetime
) -> dict[str, Any]:
    if kind in TO_GUESTS:
        link = absolute("invitations.page", token=TOKEN)
        guest = reader if isinstance(reader, Guest) else sample_guest(kind)
        context = notices.contents(event, guest, subject, body, link)
        return context | {"unsubscribe": absolute("invitations.unsubscribe", token=TOKEN)}
    link = absolute("registrations.person", token=TOKEN)
    sample = _registered(event, kind, reader, now)
    return {
        "event": event,
        "organisation": event.organisation,
        "registration": sample,
        "position": SAMPLE_POSITION,
        "session_positions": {},
        "rankings": [],
        "registered_by": "",
        "missing": [],
        "words": "",
        "link": link,
        "personal_url": link,
        "feed_url": absolute("calendars.feed", token=TOKEN, name=event.slug),
        "report": absolute("events.report", slug=event.slug),
    } | words(subject, body, registration_words.values(event, sample, link))


def sample_guest(kind: LetterKind) -> Guest:
    """Somebody to show the letter to while nobody is on the list; never saved."""
    if kind is LetterKind.STRUCTURE:
        name = "France services de Saint-Exemple"
        return Guest(kind=GuestKind.STRUCTURE, first_name="", last_name=name, function="", organisation=name, places=2)
    return Guest(
        kind=GuestKind.PERSON,
        first_name="Camille",
        last_name="Exemple",
        function="conseillère",
        organisation="France services de Saint-Exemple",
        origin="",
    )


def _registered(event: Event, kind: LetterKind, reader: Any, now: datetime) -> Sample:
    named = reader or sample_guest(LetterKind.INVITATION)
    return Sample(
        first_name=named.first_name,
        last_name=named.last_name,
        function=named.function,
        organisation_name=named.organisation_name,
        status=STATES.get(kind, Status.CONFIRMED),
        offer_until=now + timedelta(hours=event.offer_hours or 48) if kind is LetterKind.OFFER else None,
        live_bookings=reader.live_bookings if isinstance(reader, Registration) else [],
    )
