"""« Ne plus recevoir de relances » : the link of every invitation and reminder (RFC 8058). It never declines.

What is asked holds for the address at that event: whoever is taken off the list and added again asked for it too.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, select

from eventapp import journal, tokens
from eventapp.events.locks import hold
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.formats import person as name_of
from eventapp.invitations.models import Guest, Invitation
from eventapp.text import fold_email


def select_by(token: str) -> Select[Invitation]:
    """Also of an address corrected since: whoever holds the old letter may still ask, and hears that it is done."""
    return select(Invitation).where(Invitation.digest == tokens.digest(token))


def concerns_someone(invitation: Invitation) -> bool:
    """Whether anybody on the list is written to at the address where this link went."""
    return bool(_on_the_list(invitation))


def receives_reminders(invitation: Invitation) -> bool:
    return any(guest.reminders_stopped_at is None for guest in _on_the_list(invitation))


def stop(invitation: Invitation, *, now: datetime) -> None:
    """No reminder any more at this address. The link of an address corrected since stops nothing at the new one."""
    hold(invitation.event)
    for guest in _at_its_address(invitation):
        if guest.reminders_stopped_at is None:
            guest.reminders_stopped_at = now
            _tell(guest, "ne veut plus de relances", "guest.reminders_stopped", now)


def resume(invitation: Invitation, *, now: datetime) -> None:
    """They changed their mind."""
    hold(invitation.event)
    for guest in _at_its_address(invitation):
        if guest.reminders_stopped_at is not None:
            guest.reminders_stopped_at = None
            _tell(guest, "accepte de nouveau les relances", "guest.reminders_resumed", now)


def stopped(event: Event) -> dict[str, datetime]:
    """Folded address → since when it wants no reminders; whoever was taken off the list is remembered."""
    asked = select(Guest.email_folded, Guest.reminders_stopped_at).where(
        Guest.event_id == event.id, Guest.reminders_stopped_at.is_not(None)
    )
    return {address: at for address, at in db.session.execute(asked.order_by(Guest.id)) if at is not None}


def _on_the_list(invitation: Invitation) -> list[Guest]:
    return [guest for guest in _at_its_address(invitation) if guest.removed_at is None]


def _at_its_address(invitation: Invitation) -> Sequence[Guest]:
    """Those taken off the list as well: they may be added again."""
    here = Guest.event_id == invitation.event_id, Guest.email_folded == fold_email(invitation.email)
    return db.session.scalars(select(Guest).where(*here).order_by(Guest.id)).all()


def _tell(guest: Guest, what: str, act: str, now: datetime) -> None:
    if guest.removed_at is not None:
        return
    journal.record(act, f"{name_of(guest)} {what}", now=now, by=journal.PERSON, event=guest.event, subject=guest)
