"""What a person decides about their own calendar: which mail they want, and who knows the address of their feed."""

from datetime import datetime

from eventapp import journal
from eventapp.errors import Refused
from eventapp.events.locks import hold
from eventapp.formats import person as name_of
from eventapp.registrations import calendar_letters, calendar_mail, links
from eventapp.registrations.models import CalendarWish, Registration
from eventapp.registrations.states import touch

IN_WORDS = {
    CalendarWish.EVENT: "une entrée pour la rencontre",
    CalendarWish.SESSIONS: "une entrée par session",
    CalendarWish.NONE: "aucun",
}


class NothingToFollow(Refused):
    message = "Cette inscription est annulée\u00a0: il n’y a plus d’agenda à suivre."


def choose(registration: Registration, wish: CalendarWish, *, now: datetime) -> bool:
    """Whether anything changed. What was not sent yet leaves at once; whoever wants none has what was sent taken back,
    so that nothing stays in their calendar that would no longer be kept right."""
    event = registration.event
    hold(event)
    _check_live(registration)
    if registration.calendar_wish is wish:
        return False
    registration.calendar_wish = wish
    touch(registration, now=now)
    _record("registration.calendar_chosen", f"Courriels d’agenda\u00a0: {IN_WORDS[wish]}", registration, now)
    if event.cancelled_at is None and not event.has_ended(now):
        calendar_letters.post_alone(calendar_mail.of_wish(registration, now=now), registration, now=now)
    return True


def renew_feed(registration: Registration, *, now: datetime) -> None:
    """Another secret address, also after the subscription was stopped."""
    hold(registration.event)
    _check_live(registration)
    links.renew_feed(registration)
    _record("registration.feed_renewed", "Adresse d’abonnement changée", registration, now)


def stop_feed(registration: Registration, *, now: datetime) -> None:
    hold(registration.event)
    if registration.feed_revoked_at is None:
        registration.feed_revoked_at = now
        _record("registration.feed_stopped", "Abonnement de calendrier arrêté", registration, now)


def _check_live(registration: Registration) -> None:
    if registration.is_cancelled:
        raise NothingToFollow


def _record(act: str, what: str, registration: Registration, now: datetime) -> None:
    sentence = f"{what} ({name_of(registration)})."
    about = {"event": registration.event, "subject": registration}
    journal.record(act, sentence, now=now, by=journal.PERSON, **about)
