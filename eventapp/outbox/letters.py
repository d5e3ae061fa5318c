"""The register of letters. A letter is one template pair; sending one is a row.

`post` writes the row in the transaction of the act that causes it: no change without its letter, no letter without
its change. The function registered under the letter's name loads, at sending time, what its template needs.
"""

import uuid
from collections.abc import Callable, Collection, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

from flask import current_app

from eventapp.extensions import db
from eventapp.outbox.models import Message, Priority

LONGEST_DOMAIN = 255
ENTRY = "calendar_entry"  # in a message's context: the row whose calendar object it brings, where it is not the event
NEVER = datetime.min.replace(tzinfo=UTC)
WORDING = "wording"  # in a message's context: whether its event invited or summoned when it was posted


class NothingToSay(Exception):
    """Raised by a loader whose subject no longer exists or whose letter no longer makes sense: it is not sent."""


class NotYet(NothingToSay):
    """It makes no sense now and may later: its turn comes again, and after three days it fails where all can see it."""


@dataclass(frozen=True)
class Attachment:
    filename: str
    content_type: str
    content: bytes


@dataclass(frozen=True, kw_only=True)
class Contents:
    """What a loader returns: the template's variables, and what surrounds the text.

    `calendar` is one METHOD:REQUEST or CANCEL object, attached as the last alternative (RFC 6047);
    `sender_name` shows beside our own sending address; `reply_to` is a mailbox that somebody reads;
    `letter`: another one, whose templates say what is left to say;
    `until`: from when on it is not sent any more, and why; one that has left can still be shown. From NEVER on: it is
    addressed to somebody else by now.
    """

    context: dict[str, Any]
    sender_name: str = ""
    reply_to: str | None = None
    calendar: bytes | None = None
    attachments: list[Attachment] = field(default_factory=list)
    letter: str = ""
    unsubscribe_url: str | None = None  # RFC 8058 one-click POST: invitations and reminders only
    until: tuple[datetime, str] | None = None

    def check_moment(self, now: datetime) -> None:
        if self.until is not None and now >= self.until[0]:
            raise NothingToSay(self.until[1])


T = TypeVar("T")
Loader = Callable[..., Contents]
ReadAhead = Callable[[Collection[int]], object]
LETTERS: dict[str, Loader] = {}
_read: ContextVar[dict[Hashable, Any] | None] = ContextVar("read for letters made together", default=None)
AHEAD: dict[str, ReadAhead] = {}  # by the name of an id
TITLES: dict[str, str] = {}  # what organisers call each letter


def letter(name: str, title: str = "") -> Callable[[Loader], Loader]:
    """Register the loader of `templates/<package>/mails/<letter>.{txt,html}`, called with the row's Message and ids.

    `@letter("registrations/confirmed", title="Confirmation d’inscription")`
    `def confirmed_contents(message, registration_id): …`
    """

    def register(loader: Loader) -> Loader:
        if name in LETTERS:
            raise ValueError(f"letter registered twice: {name}")
        LETTERS[name] = loader
        TITLES[name] = title or name.rpartition("/")[2]
        return loader

    return register


def ahead(id_name: str) -> Callable[[ReadAhead], ReadAhead]:
    """Register what reads, in a few questions, the rows that letters with this id will each ask for, when several leave
    together. What it returns is kept until they are made. It only makes them faster.

    `@ahead("registration_id")`
    `def registrations_with_these(ids): return list(db.session.scalars(…))`
    """

    def register(read: ReadAhead) -> ReadAhead:
        AHEAD[id_name] = read
        return read

    return register


def ids_of(message: Message) -> dict[str, Any]:
    """What its loader is called with."""
    return {name: value for name, value in message.context.items() if name not in (ENTRY, WORDING)}


@contextmanager
def together() -> Iterator[None]:
    """Around letters that are made in one transaction: see `once`."""
    token = _read.set({})
    try:
        yield
    finally:
        _read.reset(token)


def once(what: Hashable, read: Callable[[], T]) -> T:
    """What is the same for many letters: read, or made, by the first of those that are made together."""
    known = _read.get()
    if known is None:
        return read()
    if what not in known:
        known[what] = read()
    return known[what]


def post(
    name: str,
    /,
    *,
    to: str,
    now: datetime,
    event: Any = None,
    organisation: Any = None,
    priority: Priority = Priority.SINGLE,
    calendar_method: str | None = None,
    calendar_sequence: int | None = None,
    calendar_entry: int | None = None,
    due_at: datetime | None = None,
    **ids: Any,
) -> Message:
    """Queue the letter `name` with the ids its loader needs (JSON values). Flushed and committed by the caller."""
    if name not in LETTERS:
        raise KeyError(f"unknown letter: {name}")
    ours = current_app.config["SETTINGS"].calendar_domain
    message = Message(
        letter=name,
        context=ids | _frozen(event, calendar_entry),
        to=to,
        domain=domain_of(to),
        event_id=event.id if event is not None else None,
        organisation_id=organisation.id if organisation is not None else getattr(event, "organisation_id", None),
        priority=priority,
        message_id=f"<{uuid.uuid4()}@{ours}>",
        calendar_method=calendar_method,
        calendar_sequence=calendar_sequence,
        created_at=now,
        due_at=due_at or now,
    )
    db.session.add(message)
    return message


def domain_of(address: str) -> str:
    """As what leaves for it is counted by."""
    return address.rpartition("@")[2].strip().lower()[:LONGEST_DOMAIN]


def _frozen(event: Any, calendar_entry: int | None) -> dict[str, Any]:
    """What no loader is called with."""
    wording = getattr(event, "wording", None)
    frozen = {ENTRY: calendar_entry, WORDING: wording.value if wording is not None else None}
    return {name: value for name, value in frozen.items() if value is not None}
