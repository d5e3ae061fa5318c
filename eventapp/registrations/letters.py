"""What each letter to a registered person needs, loaded when it is sent."""

from typing import Any

from eventapp.agenda.models import Session
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.outbox.letters import Contents, NothingToSay, letter
from eventapp.outbox.models import Message
from eventapp.registrations import links
from eventapp.registrations.models import Registration


@letter("registrations/confirmed")
@letter("registrations/promoted")
def place_contents(message: Message, registration_id: int) -> Contents:
    registration = _find(registration_id)
    if not registration.is_confirmed:
        raise NothingToSay
    return _contents(message, registration)


@letter("registrations/waiting")
def waiting_contents(message: Message, registration_id: int) -> Contents:
    registration = _find(registration_id)
    if not registration.is_waiting:
        raise NothingToSay
    return _contents(message, registration)


@letter("registrations/offered")
def offered_contents(message: Message, registration_id: int) -> Contents:
    registration = _find(registration_id)
    if not registration.has_offer:
        raise NothingToSay
    return _contents(message, registration)


@letter("registrations/sessions_changed")
@letter("registrations/event_moved")
def changed_contents(message: Message, registration_id: int) -> Contents:
    registration = _find(registration_id)
    if registration.is_cancelled:
        raise NothingToSay
    return _contents(message, registration)


@letter("registrations/cancelled")
@letter("registrations/event_cancelled")
def cancelled_contents(message: Message, registration_id: int) -> Contents:
    return _contents(message, _find(registration_id))


@letter("registrations/session_cancelled")
def session_cancelled_contents(message: Message, registration_id: int, session_id: int) -> Contents:
    registration, session = _find(registration_id), db.session.get(Session, session_id)
    if registration.is_cancelled or session is None:
        raise NothingToSay
    return _contents(message, registration, session=session)


@letter("registrations/link")
def link_contents(message: Message, registration_ids: list[int]) -> Contents:
    found = [db.session.get(Registration, key) for key in registration_ids]
    live = [registration for registration in found if registration is not None]
    if not live:
        raise NothingToSay
    event = live[0].event
    people = [{"registration": registration, "url": links.personal(registration)} for registration in live]
    return Contents(context={"event": event, "people": people}, **_envelope(event))


def _find(registration_id: int) -> Registration:
    registration = db.session.get(Registration, registration_id)
    if registration is None:
        raise NothingToSay
    return registration


def _contents(message: Message, registration: Registration, **more: Any) -> Contents:
    event = registration.event
    context = {
        "registration": registration,
        "event": event,
        "personal_url": links.personal(registration),
        "feed_url": links.feed(registration),
    }
    return Contents(context=context | more, **_envelope(event))


def _envelope(event: Event) -> dict[str, Any]:
    return {"sender_name": event.organisation.name, "reply_to": event.contact[2]}
