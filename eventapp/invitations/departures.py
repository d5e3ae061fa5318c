"""The worker's part of campaigns: queue what is due, a batch at a time, hold back what is paused, end what is over."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from eventapp.errors import Refused
from eventapp.events.locks import hold
from eventapp.extensions import db
from eventapp.formats import NBSP
from eventapp.invitations import audiences, campaign_notices, campaigns
from eventapp.invitations.campaign_models import Campaign, CampaignRecipient, CampaignState
from eventapp.letters.models import LetterKind
from eventapp.outbox.models import Message, State

UNDER_WAY = (State.QUEUED, State.HELD, State.SENDING, State.UNCERTAIN)


def due(*, now: datetime) -> Sequence[int]:
    """For the worker: campaigns that begin or go on, and those stopped whose letters came back to the queue, as one
    does that the mail server did not take."""
    stopped = (CampaignState.PAUSED, CampaignState.CANCELLED)
    queued_again = select(Message.campaign_id).where(Message.state == State.QUEUED, Message.campaign_id.is_not(None))
    waits = (Campaign.state == CampaignState.SCHEDULED) & (Campaign.due_at <= now)
    back = Campaign.state.in_(stopped) & Campaign.id.in_(queued_again)
    found = select(Campaign.id).where(waits | (Campaign.state == CampaignState.RUNNING) | back)
    return db.session.scalars(found.order_by(Campaign.id)).all()


def advance(campaign_id: int, *, now: datetime) -> None:
    """One step, under the event's lock: two workers, or a clock set back, queue no second letter."""
    campaign = db.session.get_one(Campaign, campaign_id)
    hold(campaign.event)
    if campaign.state is CampaignState.PAUSED:
        campaigns.hold_back(campaign)
    elif campaign.state is CampaignState.CANCELLED:
        campaigns.drop(campaign, now=now)
    elif campaign.state is CampaignState.SCHEDULED:
        if campaign.due_at <= now:
            _begin(campaign, now)
    elif campaign.state is CampaignState.RUNNING:
        _go_on(campaign, now)


def _begin(campaign: Campaign, now: datetime) -> None:
    if _is_stopped(campaign, now):
        return
    campaign.state, campaign.started_at = CampaignState.RUNNING, now
    _go_on(campaign, now)


def _waits(campaign: Campaign, now: datetime) -> bool:
    """Its event is withdrawn, perhaps for an hour: the others wait as do the letters already queued."""
    event = campaign.event
    is_withdrawn = event.published_at is None and event.cancelled_at is None
    return is_withdrawn and (campaign.letter.name is LetterKind.THANKS or not event.has_ended(now))


def _is_stopped(campaign: Campaign, now: datetime) -> bool:
    """Cancelled here when its letter makes no sense any more; each person's line says why."""
    try:
        campaigns.check_moment(campaign.event, campaign.letter.name, now)
    except Refused as refusal:
        campaigns.cancel(campaign, now=now, by=None, why=f"non envoyé{NBSP}: {refusal}"[:200])
        return True
    return False


def _go_on(campaign: Campaign, now: datetime) -> None:
    waiting = (
        select(CampaignRecipient)
        .where(
            CampaignRecipient.campaign_id == campaign.id,
            CampaignRecipient.message_id.is_(None),
            CampaignRecipient.left_out == "",
        )
        .options(selectinload(CampaignRecipient.guest), selectinload(CampaignRecipient.registration))
        .order_by(CampaignRecipient.id)
        .limit(campaigns.BATCH)
    )
    batch = list(db.session.scalars(waiting))
    if batch:
        if not _waits(campaign, now) and not _is_stopped(campaign, now):
            _queue(campaign, batch, now)
    elif not _is_under_way(campaign):
        campaign.state, campaign.ended_at = CampaignState.DONE, now


def _queue(campaign: Campaign, batch: Sequence[CampaignRecipient], now: datetime) -> None:
    """Whoever has answered, left or been invited since the list was read is left out, and the list says so."""
    kind = campaign.letter.name
    people = {recipient.id: recipient.guest or recipient.registration for recipient in batch}
    reasons = audiences.why_not(campaign.event, kind, people.values(), segment=campaign.segment, now=now)
    chosen = []
    for recipient in batch:
        person = people[recipient.id]
        recipient.left_out = reasons.get(person.id, "") if person is not None else "effacé"
        if not recipient.left_out:
            chosen.append((recipient, person))
    messages = campaign_notices.post_all(campaign, [person for _recipient, person in chosen], now=now)
    for (recipient, _person), message in zip(chosen, messages, strict=True):
        message.campaign_id = campaign.id
        recipient.message = message
    db.session.flush()


def _is_under_way(campaign: Campaign) -> bool:
    still = select(Message.id).where(Message.campaign_id == campaign.id, Message.state.in_(UNDER_WAY)).limit(1)
    return db.session.scalar(still) is not None
