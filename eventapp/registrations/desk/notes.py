"""What organisers write down about somebody, for themselves: never in a letter or an export."""

from datetime import datetime

from eventapp import journal
from eventapp.accounts.models import User
from eventapp.events.locks import hold
from eventapp.formats import person as name_of
from eventapp.registrations.models import Registration


def write(registration: Registration, text: str, *, now: datetime, by: User) -> None:
    """The history says that the note changed, not what it says."""
    hold(registration.event)
    if registration.note == text:
        return
    registration.note = text
    act = "modifiée" if text else "effacée"
    sentence = f"Note de l’équipe sur {name_of(registration)} {act}."
    journal.record("registration.noted", sentence, now=now, by=by, event=registration.event, subject=registration)
