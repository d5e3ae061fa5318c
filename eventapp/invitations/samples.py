"""A letter before it is sent: as any guest will read it, with what we add around the words, and as a test to oneself.

The words shown may not be written down yet; links are samples that open nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from flask import current_app, render_template
from markupsafe import Markup
from sqlalchemy import Select, select

from eventapp.accounts.models import User
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.invitations import notices, other_cases
from eventapp.invitations.models import Guest, GuestKind
from eventapp.letters.attachments import attached
from eventapp.letters.filling import words
from eventapp.letters.models import LetterKind
from eventapp.links import absolute
from eventapp.outbox import rendering
from eventapp.outbox.letters import Contents, letter, post
from eventapp.outbox.models import Message
from eventapp.registrations import words as registration_words
from eventapp.registrations.models import Booking, Registration, Status
from eventapp.text import fold, one_line

TOKEN = "lien-personnel-de-la-personne"  # noqa: S105 - opens nothing
LONGEST_SEARCH = 200
OFFERED = 100  # names in the list; anyone else is found by searching
TRIAL = "Essai – "
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


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A letter as it stands in the editor, who reads it (nobody yet: an example), in which of its cases."""

    kind: LetterKind
    subject: str
    body: str
    reader_id: int | None = None
    case: str = ""  # other_cases.Case.slug


def readers(event: Event, kind: LetterKind, text: str = "") -> "Select[Any]":
    """Those whom letters of this kind may go to, by name; `text`: who has these words in their name, address…"""
    query: Select[Any]
    if kind not in TO_GUESTS:
        live = Registration.event_id == event.id, Registration.status != Status.CANCELLED
        query = select(Registration).where(*live).order_by(Registration.name_folded, Registration.id)
    elif kind is LetterKind.REMINDER:
        query = Guest.of(event)
    else:
        of_kind = GuestKind.STRUCTURE if kind is LetterKind.STRUCTURE else GuestKind.PERSON
        query = Guest.of(event).where(Guest.kind == of_kind)
    table: Any = Guest if kind in TO_GUESTS else Registration
    return query.where(*(table.search_text.contains(word, autoescape=True) for word in fold(text).split()))


def show(event: Event, draft: Draft, *, now: datetime) -> rendering.Rendered:
    """What a mail program would receive. Writes nothing."""
    return rendering.render(Message(letter=LETTER, context=_ids(event, draft), created_at=now))


def send(event: Event, draft: Draft, *, now: datetime, to: User) -> Message:
    """A test, to the organiser who asks for it."""
    return post(LETTER, to=to.email, now=now, event=event, mark=TRIAL, **_ids(event, draft))


@letter(LETTER, title="Essai d’une lettre")
def trial_contents(
    message: Message,
    event_id: int,
    kind: str,
    subject: str,
    body: str,
    reader_id: int | None,
    case: str = "",
    mark: str = "",
) -> Contents:
    event = db.session.get_one(Event, event_id)
    draft = Draft(kind=LetterKind(kind), subject=subject, body=body, reader_id=reader_id, case=case)
    context, template = _context(event, draft, message.created_at) | {"message": message}, _template(draft)
    context["subject"] = mark + _subject(template, context)
    return Contents(
        context={
            "trial_subject": context["subject"],
            "trial_text": render_template(f"{template}.txt", **context),
            # rendered by a template of ours, which escaped what is in it
            "trial_html": Markup(render_template(f"{template}.html", **context)),  # noqa: S704
        },
        sender_name=event.organisation.name,
        reply_to=event.contact[2],
        attachments=attached(event.id, draft.kind, at=message.created_at),
    )


def _ids(event: Event, draft: Draft) -> dict[str, Any]:
    return {"event_id": event.id} | vars(draft) | {"kind": draft.kind.value}


def _template(draft: Draft) -> str:
    case = other_cases.case_of(draft.kind, draft.case)
    return case.letter.replace("/", "/mails/") if case is not None else TEMPLATES[draft.kind]


def _subject(template: str, context: dict[str, Any]) -> str:
    """What that template makes of it: some have a subject of their own."""
    source = current_app.jinja_env.get_template(f"{template}.txt")
    return one_line("".join(source.blocks["subject"](source.new_context(context))))


def _reader(event: Event, kind: LetterKind, reader_id: int | None) -> Guest | Registration | None:
    table = Guest if kind in TO_GUESTS else Registration
    found: Any = db.session.get(table, reader_id) if reader_id else None
    return found if found is not None and found.event_id == event.id else None


def _context(event: Event, draft: Draft, now: datetime) -> dict[str, Any]:
    kind, subject, body = draft.kind, draft.subject, draft.body
    reader = _reader(event, kind, draft.reader_id)
    if kind in TO_GUESTS:
        link = absolute("invitations.page", token=TOKEN)
        guest = reader if isinstance(reader, Guest) else sample_guest(kind)
        context = notices.contents(event, guest, subject, body, link)
        return context | {"unsubscribe": absolute("invitations.unsubscribe", token=TOKEN)}
    link = absolute("registrations.person", token=TOKEN)
    sample = _registered(event, draft, reader, now)
    known = registration_words.values(event, sample, link)
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
        "is_waiting": isinstance(reader, Registration) and reader.is_waiting,
        "personal_url": link,
        "feed_url": absolute("calendars.feed", token=TOKEN, name=event.slug),
        "subscribe_url": absolute("registrations.calendar", token=TOKEN),
        "agenda_is_attached": True,
        "report": absolute("events.report", slug=event.slug),
    } | _words(event, draft, sample, known)


def _words(event: Event, draft: Draft, sample: Sample, known: dict[str, str]) -> dict[str, Any]:
    kind, subject, body = draft.kind, draft.subject, draft.body
    case = other_cases.case_of(kind, draft.case)
    if case is not None:
        return other_cases.context(case, event, kind, sample, subject, body, known)
    about = registration_words.subject_of(TEMPLATES[kind].replace("/mails/", "/"), None)
    return words(subject, body, known | {"sujet": about})


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


def _registered(event: Event, draft: Draft, reader: Any, now: datetime) -> Sample:
    kind, named = draft.kind, reader or sample_guest(LetterKind.INVITATION)
    status = Status.CONFIRMED if draft.case == "session" else STATES.get(kind, Status.CONFIRMED)
    return Sample(
        first_name=named.first_name,
        last_name=named.last_name,
        function=named.function,
        organisation_name=named.organisation_name,
        status=status,
        offer_until=now + timedelta(hours=event.offer_hours or 48) if kind is LetterKind.OFFER else None,
        live_bookings=reader.live_bookings if isinstance(reader, Registration) else [],
    )
