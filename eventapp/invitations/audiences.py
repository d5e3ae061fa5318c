"""Whom each letter of a campaign is for, and why it is not for somebody: asked when the list is shown, and again when
the letters leave."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, select

from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.invitations import listing, registered_segments
from eventapp.invitations.campaign_models import Audience, Campaign, CampaignRecipient
from eventapp.invitations.models import Guest, GuestKind
from eventapp.letters.models import Letter, LetterKind
from eventapp.outbox.models import Message, State
from eventapp.registrations.models import Registration, Status

Person = Guest | Registration
TO_GUESTS = (LetterKind.INVITATION, LetterKind.STRUCTURE, LetterKind.REMINDER)
TO_REGISTERED = (LetterKind.PRACTICAL, LetterKind.THANKS)
KINDS = TO_GUESTS + TO_REGISTERED
INVITING = (LetterKind.INVITATION, LetterKind.STRUCTURE)
BETWEEN_REMINDERS = timedelta(days=1)
NOT_GONE = (State.QUEUED, State.HELD, State.SENDING)


@dataclass(frozen=True)
class Considered:
    """One person of a segment. `why_not`: why they get no letter; empty: they get it."""

    person: Person
    why_not: str = ""


@dataclass(frozen=True)
class Plan:
    """The exact list: whom the letter goes to, and who is left out for which reason, by name."""

    people: Sequence[Considered]

    @property
    def recipients(self) -> list[Person]:
        return [one.person for one in self.people if not one.why_not]

    @property
    def left_out(self) -> list[Considered]:
        return [one for one in self.people if one.why_not]

    @property
    def reasons(self) -> dict[str, int]:
        """How many are left out for each reason, the commonest first."""
        counts: dict[str, int] = {}
        for one in self.left_out:
            counts[one.why_not] = counts.get(one.why_not, 0) + 1
        return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


def audience_of(kind: LetterKind) -> Audience:
    return Audience.GUESTS if kind in TO_GUESTS else Audience.REGISTERED


def plan(event: Event, kind: LetterKind, segment: dict[str, Any], *, now: datetime) -> Plan:
    """`segment`: what `listing.Choice.as_dict` gives, or `registered_segments.read` for people registered."""
    people = list(db.session.scalars(_considered(event, kind, segment)).unique())
    reasons = why_not(event, kind, people, segment=segment, now=now)
    return Plan([Considered(person, reasons.get(person.id, "")) for person in people])


def why_not(
    event: Event, kind: LetterKind, people: Iterable[Any], *, segment: Mapping[str, Any], now: datetime
) -> dict[int, str]:
    """By number of the guest or of the registration: the reason of each who gets no letter of this kind now."""
    people = list(people)
    if kind in TO_REGISTERED:
        dead, waiting = _undeliverable(event), is_for_the_waiting(kind, segment)
        return _only({person.id: _registered_reason(person, dead, waiting) for person in people})
    facts = _facts(event, kind, now)
    return _only({person.id: _guest_reason(person, kind, facts) for person in people})


def _considered(event: Event, kind: LetterKind, segment: dict[str, Any]) -> Select[Any]:
    if kind in TO_GUESTS:
        return listing.listed(event, listing.Choice.from_dict(segment))
    return registered_segments.chosen(event, segment)


def is_for_the_waiting(kind: LetterKind, segment: Mapping[str, Any]) -> bool:
    """A practical note goes to those without a place when they were chosen, and only they were."""
    return kind is LetterKind.PRACTICAL and segment.get("etat") in registered_segments.WITHOUT_A_PLACE


@dataclass(frozen=True)
class _Facts:
    """What is known of everyone at once: (address, name) of the people registered, numbers of guests."""

    registered: Collection[tuple[str, str]]
    reminded: Collection[int]
    on_the_way: Collection[int]


def _facts(event: Event, kind: LetterKind, now: datetime) -> _Facts:
    live = select(Registration.email_folded, Registration.name_folded).where(
        Registration.event_id == event.id, Registration.status != Status.CANCELLED
    )
    registered = {(email, name) for email, name in db.session.execute(live)}
    if kind is not LetterKind.REMINDER:
        return _Facts(registered, (), ())
    written = (
        select(CampaignRecipient.guest_id)
        .join(CampaignRecipient.campaign)
        .join(Campaign.letter)
        .join(CampaignRecipient.message)
        .where(Campaign.event_id == event.id)
    )
    lately = written.where(
        Letter.name == LetterKind.REMINDER,
        Message.created_at > now - BETWEEN_REMINDERS,
        Message.state.not_in((State.DROPPED, State.FAILED)),
    )
    on_the_way = written.where(Letter.name.in_(INVITING), Message.state.in_(NOT_GONE))
    return _Facts(registered, set(db.session.scalars(lately)), set(db.session.scalars(on_the_way)))


def _guest_reason(guest: Guest, kind: LetterKind, facts: _Facts) -> str:
    if guest.removed_at is not None:
        return "retiré de la liste"
    if not guest.email:
        return "pas d’adresse électronique"
    if guest.undeliverable_at is not None:
        return "son adresse ne reçoit pas les courriels"
    if (guest.email_folded, guest.name_folded) in facts.registered:
        return "déjà inscrit à la rencontre"
    return _not_to_remind(guest, facts) if kind is LetterKind.REMINDER else _not_to_invite(guest, kind)


def _not_to_invite(guest: Guest, kind: LetterKind) -> str:
    is_structure = guest.kind is GuestKind.STRUCTURE
    if is_structure != (kind is LetterKind.STRUCTURE):
        return "une structure, qui a sa propre lettre" if is_structure else "une personne, et non une structure"
    return "déjà invité" if guest.invitation is not None else ""


def _not_to_remind(guest: Guest, facts: _Facts) -> str:
    invitation = guest.invitation
    if invitation is None:
        return "pas encore invité"
    if invitation.reply is not None:
        return "a déjà répondu"
    if guest.reminders_stopped_at is not None:
        return "ne veut plus de relances"
    if guest.id in facts.on_the_way:
        return "son invitation n’est pas encore partie"
    return "déjà relancé il y a moins d’un jour" if guest.id in facts.reminded else ""


def _registered_reason(registration: Registration, dead: Collection[str], waiting: bool) -> str:
    if registration.is_cancelled:
        return "inscription annulée"
    if registration.is_waiting != waiting:
        return "a maintenant une place" if waiting else "en attente de place"
    return "son adresse ne reçoit pas les courriels" if registration.email_folded in dead else ""


def _undeliverable(event: Event) -> set[str]:
    known = select(Guest.email_folded).where(Guest.event_id == event.id, Guest.undeliverable_at.is_not(None))
    return set(db.session.scalars(known))


def _only(reasons: dict[int, str]) -> dict[int, str]:
    return {number: reason for number, reason in reasons.items() if reason}
