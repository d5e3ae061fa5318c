"""« Ne plus recevoir de relances » : the link of every invitation and reminder (RFC 8058). It never declines."""

from datetime import datetime

from sqlalchemy import Select, select

from eventapp import journal, tokens
from eventapp.events.locks import hold
from eventapp.formats import person as name_of
from eventapp.invitations.models import Guest, Invitation


def select_by(token: str) -> Select[Invitation]:
    """Also of an address corrected since: whoever holds the old letter may still ask, and hears that it is done."""
    return select(Invitation).where(Invitation.digest == tokens.digest(token))


def receives_reminders(invitation: Invitation) -> bool:
    guest = invitation.guest
    return invitation.revoked_at is None and guest.removed_at is None and guest.reminders_stopped_at is None


def stop(invitation: Invitation, *, now: datetime) -> None:
    """No reminder any more for this guest. An old link stops nothing: its address gets none anyway."""
    hold(invitation.event)
    if receives_reminders(invitation):
        invitation.guest.reminders_stopped_at = now
        _tell(invitation.guest, "ne veut plus de relances", "guest.reminders_stopped", now)


def resume(invitation: Invitation, *, now: datetime) -> None:
    """They changed their mind."""
    hold(invitation.event)
    guest = invitation.guest
    if invitation.revoked_at is None and guest.removed_at is None and guest.reminders_stopped_at is not None:
        guest.reminders_stopped_at = None
        _tell(guest, "accepte de nouveau les relances", "guest.reminders_resumed", now)


def _tell(guest: Guest, what: str, act: str, now: datetime) -> None:
    journal.record(act, f"{name_of(guest)} {what}", now=now, by=journal.PERSON, event=guest.event, subject=guest)
