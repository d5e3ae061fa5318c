"""Inviting by post: those whose address takes no mail get the same personal link, printed."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, select

from eventapp import journal
from eventapp.accounts.models import User
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.formats import person as name_of
from eventapp.invitations import sending
from eventapp.invitations.models import Guest, Invitation


def without_address(event: Event) -> Select["Guest"]:
    """Guests whose address takes no mail and who have not answered, by name."""
    answered = select(Invitation.guest_id).where(
        Invitation.event_id == event.id, Invitation.revoked_at.is_(None), Invitation.reply.is_not(None)
    )
    return Guest.of(event).where(Guest.undeliverable_at.is_not(None), Guest.id.not_in(answered))


def invite(event: Event, ids: Sequence[int], *, now: datetime, by: User) -> list[Invitation]:
    """The valid invitations of these guests, made where there was none; no mail leaves.

    Raises NotPublished, TooLate.
    """
    sending.hold(event)
    sending.check_may_invite(event, now)
    guests = db.session.scalars(Guest.of(event).where(Guest.id.in_(ids))).all()
    invitations = [guest.invitation or sending.issue(guest, now=now) for guest in guests]
    for guest in guests:
        sentence = f"Lettre imprimée pour {name_of(guest)}"
        journal.record("guest.letter_printed", sentence, now=now, by=by, event=event, subject=guest)
    return invitations
