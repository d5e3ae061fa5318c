"""What the event needs to know of somebody and was not told: their place came from a colleague, or the form changed."""

from eventapp.agenda.programme import booking_slots
from eventapp.registrations.answers import applying, asked
from eventapp.registrations.models import Registration
from eventapp.registrations.wish_slots import ranking_of


def missing(registration: Registration) -> list[str]:
    """In words: the required questions without answer, the slots in which everyone must choose."""
    event = registration.event
    answers = {answer.question.slug: answer.value for answer in registration.answers}
    wanted = [question for question in applying(asked(event), answers) if question.required]
    questions = [question.label for question in wanted if question.slug not in answers]
    if not event.choice_required:
        return questions
    chosen = {booking.session_id for booking in registration.live_bookings}
    chosen |= {session.id for ranking in ranking_of(registration) for session in ranking.sessions}
    slots = [slot for slot in booking_slots(event) if slot.required and chosen.isdisjoint(s.id for s in slot.sessions)]
    return questions + [f"Session du {slot.label}" for slot in slots]
