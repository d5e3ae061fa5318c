"""What the event needs to know of somebody and was not told: their place came from a colleague, or the form changed."""

from eventapp.agenda.programme import booking_slots
from eventapp.extensions import db
from eventapp.registrations.models import Registration
from eventapp.registrations.questions.answers import applying, asked, betraying
from eventapp.registrations.wishes.wish_slots import takes_wishes, undisclosed, wishes_of


def missing(registration: Registration, *, reads_sensitive: bool = True) -> list[str]:
    """In words: the required questions without answer, the slots in which everyone must choose. `reads_sensitive`:
    whether what one answer makes needed may be told to who reads this."""
    return missing_answers(registration, reads_sensitive=reads_sensitive) + missing_choices(registration)


def missing_answers(registration: Registration, *, reads_sensitive: bool = True) -> list[str]:
    answers = {answer.question.slug: answer.value for answer in registration.answers}
    wanted = [question for question in applying(asked(registration.event), answers) if question.required]
    hidden = set() if reads_sensitive else betraying(registration.event)
    return [question.label for question in wanted if question.slug not in answers and question.slug not in hidden]


def missing_choices(registration: Registration) -> list[str]:
    """A wish is a choice too, as long as wishes are what the event takes."""
    event = registration.event
    if not event.choice_required:
        return []
    chosen = {booking.session_id for booking in registration.live_bookings} | undisclosed(event)
    if takes_wishes(event):
        chosen |= {wish.session_id for wish in db.session.scalars(wishes_of(registration))}
    slots = [slot for slot in booking_slots(event) if slot.required and chosen.isdisjoint(s.id for s in slot.sessions)]
    return [f"Session du {slot.label}" for slot in slots]
