"""The same form sent twice: the registration that it made the first time answers again."""

from hashlib import sha256
from typing import NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.orm import lazyload

from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.registrations import refusals
from eventapp.registrations.models import CalendarMail, Registration
from eventapp.registrations.people import Person

# Written once: building a question costs more than asking it. No registration has the key NULL. Each branch is
# one range of an index; the last one: of those who came from this mailbox and have another address by now.
OF_EVENT = Registration.event_id == bindparam("event_id")
SAME = (
    select(Registration.id)
    .where(OF_EVENT, Registration.email_folded == bindparam("email"))
    .union_all(
        select(Registration.id).where(OF_EVENT, Registration.idempotency_key == bindparam("key")),
        select(CalendarMail.registration_id).where(CalendarMail.mailbox == bindparam("email")),
    )
    .cte("same")
    .prefix_with("MATERIALIZED")
)
EARLIER = select(Registration).where(OF_EVENT, Registration.id.in_(select(SAME.c.id))).options(lazyload("*"))


class Earlier(NamedTuple):
    """`first`: what this submission already made; `live`: another live registration of this person; `is_first`: this
    mailbox has never had one at this event, so that no calendar holds it either."""

    first: Registration | None
    live: Registration | None
    is_first: bool


def of(person: Person, key: str | None) -> str | None:
    """The key of this form for this person: the form may be sent again for a colleague, and twice for them too.

    Of the person as they were sent, not as they are now: going back and sending again after a correction, or after the
    place was passed on, is still the same submission.
    """
    if key is None:
        return None
    return sha256("\n".join((key, person.email_folded, person.name_folded)).encode()).hexdigest()


def replayed(first: Registration) -> Registration:
    """The answer that this submission already had, unless it is somebody else's by now."""
    goes_on = select(Registration.id).where(
        Registration.event_id == first.event_id, Registration.replaces_id == first.id
    )
    if first.is_cancelled and (first.merged_into_id is not None or db.session.scalar(goes_on)):
        raise refusals.PassedOn
    return first


def earlier(event: Event, person: Person, submission: str | None) -> Earlier:
    facts = {"event_id": event.id, "email": person.email_folded, "key": submission}
    found = db.session.scalars(EARLIER, facts).all()
    first = next((one for one in found if submission is not None and one.idempotency_key == submission), None)
    live = next((one for one in found if one is not first and _is_live_of(one, person)), None)
    return Earlier(first, live, not found)


def _is_live_of(registration: Registration, person: Person) -> bool:
    """As the constraint says it: a person is registered once."""
    same = (registration.email_folded, registration.name_folded) == (person.email_folded, person.name_folded)
    return same and not registration.is_cancelled
