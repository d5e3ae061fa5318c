"""What must hold beforehand for an act to be possible."""

from datetime import timedelta

from eventapp.agenda import accepting
from eventapp.agenda.models import BookingMode
from eventapp.clock import utcnow
from eventapp.events.models import SessionChoice
from eventapp.invitations.campaign_models import CampaignState
from eventapp.outbox.models import State
from eventapp.registrations.wishes import allocation
from eventapp.registrations.wishes.models import Wish
from tests.factories import make_event, make_registration, number, save
from tests.faults.bodies.agenda import conflict
from tests.faults.rows import Rows


def _take_wishes(side: Rows) -> None:
    """The two sessions of one hour are ranked, by somebody who holds neither."""
    side.event.session_choice = SessionChoice.WISHES
    fan = make_registration(side.event)
    facts = {"event_id": side.event.id, "registration_id": fan.id, "session_id": side.rival.id}
    save(Wish(**facts, rank=1, created_at=fan.created_at))


def _draw(side: Rows) -> None:
    _take_wishes(side)
    for name, value in vars(allocation.draw(side.event, seed=1)).items():
        setattr(side.preview, name, value)


def _apply(side: Rows) -> None:
    _take_wishes(side)
    side.event.allocated_at = side.preview.applied_at = utcnow()


def _has_left(side: Rows) -> None:
    side.message.state, side.message.sent_at = State.SENT, utcnow() - timedelta(hours=1)


def _hold_earlier(side: Rows) -> None:
    """An event of last year, with somebody registered."""
    earlier = {"starts_at": side.event.starts_at - timedelta(days=300), "ends_at": side.event.starts_at}
    make_registration(make_event(side.organisation, slug=f"avant-{next(number)}", **earlier))


def _fill_session(side: Rows) -> None:
    """A session of the registration is full, and it waits for a seat there and for nothing else."""
    side.session.capacity = 0
    for booking in side.registration.bookings:
        booking.confirmed_at, booking.offer_until = None, None
        booking.released_at = None if booking.session is side.session else utcnow()


PREPARED = {
    "agenda_organiser.reconsider_conflict": lambda side: accepting.accept(
        side.event, conflict(side), now=utcnow(), by=side.organiser
    ),
    "invitations_organiser.add_former": _hold_earlier,
    "events_organiser.restore_template": lambda side: setattr(side.template, "removed_at", utcnow()),
    "documents.print_letters": lambda side: setattr(side.spare_guest, "undeliverable_at", utcnow()),
    "invitations_organiser.restart_automatic": lambda side: setattr(side.automatic, "stopped_at", utcnow()),
    "invitations_organiser.resume_campaign": lambda side: setattr(side.campaign, "state", CampaignState.PAUSED),
    "outbox_organiser.do_send_anew": _has_left,
    "registrations.change_wishes": _take_wishes,
    "registrations_organiser.announce_allocation": _apply,
    "registrations_organiser.apply_allocation": _draw,
    "registrations_organiser.change_person_wishes": _take_wishes,
    "registrations_organiser.choose_mode": _take_wishes,
    "registrations_organiser.do_promote_in_session": _fill_session,
    "registrations_organiser.draw_allocation": _take_wishes,
    "events_organiser.do_publish": lambda side: setattr(side.event, "published_at", None),
    "registrations_organiser.do_move": lambda side: setattr(side.spare_session, "booking", BookingMode.OPTIONAL),
}
