"""Campaigns: made from a list that somebody has read, queued by the worker, paused, resumed, cancelled.

A person is one row of the campaign, so no second letter can be queued for them, whoever runs what how often.
"""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update

from eventapp import journal
from eventapp.accounts.models import User
from eventapp.errors import Refused
from eventapp.events.locks import hold
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.formats import NBSP, french_datetime, plural
from eventapp.invitations import audiences, sending
from eventapp.invitations.audiences import Considered
from eventapp.invitations.campaign_models import Audience, Campaign, CampaignRecipient, CampaignState
from eventapp.invitations.models import Invitation
from eventapp.letters.kinds import TITLES
from eventapp.letters.models import LetterKind
from eventapp.letters.writing import current_or_default
from eventapp.outbox.models import Message, State

BATCH = 200  # letters queued in one transaction: the event is held meanwhile, for a tenth of a second
LONGEST_AHEAD = timedelta(days=366)
SET_ASIDE = "laissé de côté à la relecture"
CANCELLED = "envoi annulé"
GIVEN_UP = "L’envoi a été annulé."
LIVE = (CampaignState.SCHEDULED, CampaignState.RUNNING, CampaignState.PAUSED)


class NobodyToWriteTo(Refused):
    message = f"Personne ne recevrait cette lettre{NBSP}: rien n’est envoyé."


class BadDate(Refused):
    field = "due_date"


class NotNow(Refused):
    """The letter makes no sense at that moment."""


class AlreadyOver(Refused):
    message = "Cet envoi est déjà terminé."


@dataclass(frozen=True, kw_only=True)
class Order:
    """What an organiser read and signed: `people` are the numbers of those shown as recipients, `aside` those whom
    they then set aside. Nobody else gets the letter. `key`: the same form sent twice makes one campaign."""

    kind: LetterKind
    segment: dict[str, Any]
    people: Collection[int]
    aside: Collection[int] = ()
    due_at: datetime | None = None
    key: str | None = None


def create(event: Event, order: Order, *, now: datetime, by: User | None) -> Campaign:
    hold(event)
    if (made := _made_with(event, order.key)) is not None:
        return made
    due_at = now if order.due_at is None else order.due_at
    check_date(event, due_at, now=now, is_later=order.due_at is not None)
    check_moment(event, order.kind, due_at)
    plan = audiences.plan(event, order.kind, order.segment, now=now)
    rows = [_signed(one, order) for one in plan.people if one.why_not or one.person.id in order.people]
    if not any(not one.why_not for one in rows):
        raise NobodyToWriteTo
    campaign = add(event, order.kind, rows, segment=order.segment, due_at=due_at, now=now, by=by, key=order.key)
    people = plural(sum(not one.why_not for one in rows), "personne", "personnes")
    when = "" if order.due_at is None else f", le {french_datetime(due_at, event.timezone)}"
    _tell(campaign, f"{TITLES[order.kind]} à {people}{when}", "campaign.created", now, by)
    return campaign


def add(
    event: Event,
    kind: LetterKind,
    rows: Sequence[Considered],
    *,
    due_at: datetime,
    now: datetime,
    by: User | None = None,
    segment: dict[str, Any] | None = None,
    key: str | None = None,
    automatic_id: int | None = None,
) -> Campaign:
    """The rows of a campaign and of its people, for whoever holds the event."""
    campaign = Campaign(
        event_id=event.id,
        letter=current_or_default(event, kind, now=now),
        automatic_id=automatic_id,
        audience=audiences.audience_of(kind),
        segment=segment or {},
        state=CampaignState.SCHEDULED,
        idempotency_key=_key(event, key),
        due_at=due_at,
        created_at=now,
        created_by_id=by.id if by else None,
    )
    db.session.add(campaign)
    db.session.flush()
    column = "guest_id" if campaign.audience is Audience.GUESTS else "registration_id"
    people = [{"campaign_id": campaign.id, column: one.person.id, "left_out": one.why_not} for one in rows]
    if people:
        db.session.execute(insert(CampaignRecipient), people)
    return campaign


def check_date(event: Event, due_at: datetime, *, now: datetime, is_later: bool) -> None:
    if is_later and due_at <= now:
        raise BadDate(f"Cette date est déjà passée{NBSP}: choisissez «{NBSP}maintenant{NBSP}» ou une date à venir.")
    if due_at > max(now, event.ends_at) + LONGEST_AHEAD:
        raise BadDate("Cette date est trop lointaine.")


def check_moment(event: Event, kind: LetterKind, moment: datetime) -> None:
    """Raises a Refused that says why this letter makes no sense at that moment."""
    if kind is not LetterKind.THANKS:
        sending.check_may_invite(event, moment)
    if kind is LetterKind.REMINDER and event.registration_has_closed(moment):
        raise NotNow("La date limite pour répondre est passée à cette date : une relance n’a plus lieu d’être.")
    if kind is LetterKind.THANKS:
        if event.cancelled_at is not None or event.published_at is None:
            raise NotNow("La rencontre n’a pas eu lieu.")
        if moment < event.starts_at:
            raise NotNow("On ne remercie qu’une fois la rencontre commencée.")


def pause(campaign: Campaign, *, now: datetime, by: User | None) -> None:
    """What has not left waits. Pausing twice is pausing once."""
    hold(campaign.event)
    _check_live(campaign)
    if campaign.state is CampaignState.PAUSED:
        return
    campaign.state = CampaignState.PAUSED
    hold_back(campaign)
    _tell(campaign, f"Envoi suspendu{NBSP}: {title(campaign)}", "campaign.paused", now, by)


def resume(campaign: Campaign, *, now: datetime, by: User | None) -> None:
    hold(campaign.event)
    _check_live(campaign)
    if campaign.state is not CampaignState.PAUSED:
        return
    campaign.state = CampaignState.SCHEDULED if campaign.started_at is None else CampaignState.RUNNING
    _messages(campaign, State.HELD, state=State.QUEUED)
    _tell(campaign, f"Envoi repris{NBSP}: {title(campaign)}", "campaign.resumed", now, by)


def cancel(campaign: Campaign, *, now: datetime, by: User | None, why: str = CANCELLED) -> None:
    """What has not left never does, and whoever was to be invited by it is not invited after all."""
    hold(campaign.event)
    if campaign.state is CampaignState.CANCELLED:
        return
    _check_live(campaign)
    campaign.state, campaign.ended_at = CampaignState.CANCELLED, now
    drop(campaign, now=now, why=GIVEN_UP if why == CANCELLED else f"{why[:1].upper()}{why[1:]}")
    db.session.execute(unqueued(campaign).values(left_out=why))
    _tell(campaign, f"Envoi annulé{NBSP}: {title(campaign)}", "campaign.cancelled", now, by)


def hold_back(campaign: Campaign) -> None:
    _messages(campaign, State.QUEUED, state=State.HELD)


def drop(campaign: Campaign, *, now: datetime, why: str = GIVEN_UP) -> None:
    """The letters that are still here; one that may have left is not sent again either."""
    still_here = (
        select(CampaignRecipient.guest_id)
        .join(CampaignRecipient.message)
        .where(CampaignRecipient.campaign_id == campaign.id, Message.state.in_((State.QUEUED, State.HELD)))
    )
    if campaign.letter.name in audiences.INVITING:
        unsent = update(Invitation).where(
            Invitation.guest_id.in_(still_here),
            Invitation.letter_id == campaign.letter_id,
            Invitation.revoked_at.is_(None),
            Invitation.reply.is_(None),
        )
        db.session.execute(unsent.values(revoked_at=now))
    for state in (State.QUEUED, State.HELD, State.UNCERTAIN):
        _messages(campaign, state, state=State.DROPPED, last_error=why)
    db.session.expire_all()


def unqueued(campaign: Campaign) -> Any:
    """The people whose letter is not queued yet, as an update to complete."""
    return update(CampaignRecipient).where(
        CampaignRecipient.campaign_id == campaign.id,
        CampaignRecipient.message_id.is_(None),
        CampaignRecipient.left_out == "",
    )


def title(campaign: Campaign) -> str:
    return TITLES[campaign.letter.name]


def _check_live(campaign: Campaign) -> None:
    if campaign.state not in LIVE:
        raise AlreadyOver


def _signed(one: Considered, order: Order) -> Considered:
    """Somebody set aside keeps a row: the list says why they got nothing."""
    return Considered(one.person, one.why_not or (SET_ASIDE if one.person.id in order.aside else ""))


def _made_with(event: Event, key: str | None) -> Campaign | None:
    return db.session.scalar(select(Campaign).where(Campaign.idempotency_key == _key(event, key))) if key else None


def _key(event: Event, key: str | None) -> str | None:
    """Of this event: a form of another one can neither find nor block it."""
    return hashlib.sha256(f"{event.id} {key}".encode("utf-8", "surrogatepass")).hexdigest() if key else None


def _messages(campaign: Campaign, of: State, **values: Any) -> None:
    db.session.execute(
        update(Message)
        .where(Message.campaign_id == campaign.id, Message.state == of)
        .values(**values)
        .execution_options(synchronize_session="fetch")
    )


def _tell(campaign: Campaign, sentence: str, act: str, now: datetime, by: User | None) -> None:
    journal.record(act, sentence, now=now, by=by, event=campaign.event, subject=campaign)
