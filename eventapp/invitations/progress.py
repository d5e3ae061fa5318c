"""How far campaigns are: how many letters left, wait, failed; and what became of each person."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from eventapp.extensions import db
from eventapp.invitations.campaign_models import Campaign, CampaignRecipient, CampaignState
from eventapp.invitations.models import Guest
from eventapp.network.models import Structure
from eventapp.outbox.models import Message, State
from eventapp.registrations.models import Registration
from eventapp.text import fold

GOING = (State.QUEUED, State.HELD, State.SENDING)
TROUBLE = (State.FAILED, State.UNCERTAIN)


@dataclass
class Progress:
    left_out: int = 0
    unqueued: int = 0
    letters: Counter[State] = field(default_factory=Counter)

    @property
    def people(self) -> int:
        """Whoever gets a letter, or will."""
        return self.unqueued + sum(self.letters.values())

    @property
    def sent(self) -> int:
        return self.letters[State.SENT]

    @property
    def going(self) -> int:
        return self.unqueued + sum(self.letters[state] for state in GOING)

    @property
    def trouble(self) -> int:
        return sum(self.letters[state] for state in TROUBLE)

    @property
    def without(self) -> int:
        """Left out, or whose letter had nothing to say any more when its turn came."""
        return self.left_out + self.letters[State.DROPPED]


def progress(campaigns: Iterable[Campaign]) -> dict[int, Progress]:
    """By number of the campaign, in one question."""
    found = {campaign.id: Progress() for campaign in campaigns}
    is_left_out = CampaignRecipient.left_out != ""
    rows = db.session.execute(
        select(CampaignRecipient.campaign_id, is_left_out, Message.state, func.count())
        .outerjoin(CampaignRecipient.message)
        .where(CampaignRecipient.campaign_id.in_(found))
        .group_by(CampaignRecipient.campaign_id, is_left_out, Message.state)
    )
    for number, left_out, state, count in rows:
        one = found[number]
        if left_out:
            one.left_out += count
        elif state is None:
            one.unqueued += count
        else:
            one.letters[state] += count
    return found


# What the campaign's page filters by: the word in the address, the word shown.
GROUPS = {
    "partis": "Partis",
    "a-envoyer": "À envoyer",
    "problemes": "Non remis",
    "sans-lettre": "Sans lettre",
}


LONGEST_SEARCH = 200
NAME = func.coalesce(Guest.name_folded, Registration.name_folded, "")
SEARCHED = func.coalesce(Guest.search_text, Registration.search_text, "")
STRUCTURE = func.coalesce(
    select(Structure.sort_key)
    .where(Structure.id == func.coalesce(Guest.structure_id, Registration.structure_id))
    .correlate(Guest, Registration)
    .scalar_subquery(),
    "",
)


def recipients(campaign: Campaign, group: str = "", text: str = "") -> Select[CampaignRecipient]:
    """Its people by name, with what their line shows."""
    query = (
        select(CampaignRecipient)
        .outerjoin(CampaignRecipient.message)
        .outerjoin(CampaignRecipient.guest)
        .outerjoin(CampaignRecipient.registration)
        .where(CampaignRecipient.campaign_id == campaign.id)
        .options(
            joinedload(CampaignRecipient.message),
            selectinload(CampaignRecipient.guest),
            selectinload(CampaignRecipient.registration),
        )
        .order_by(NAME, CampaignRecipient.id)
    )
    for word in fold(text[:LONGEST_SEARCH]).split():
        query = query.where(SEARCHED.contains(word, autoescape=True))
    return query.where(_is_in(group)) if group in GROUPS else query


def outcome(recipient: CampaignRecipient) -> str:
    """What became of one person's letter, in words."""
    if recipient.left_out:
        return recipient.left_out
    if recipient.message is not None:
        return recipient.message.state.label
    return "suspendu" if recipient.campaign.state is CampaignState.PAUSED else "à envoyer"


def badge(recipient: CampaignRecipient) -> str:
    if recipient.left_out:
        return "plain"
    state = recipient.message.state if recipient.message is not None else State.QUEUED
    kinds = {State.SENT: "success", State.FAILED: "error", State.UNCERTAIN: "warning", State.HELD: "warning"}
    return "plain" if state is State.DROPPED else kinds.get(state, "info")


def _is_in(group: str) -> ColumnElement[bool]:
    gets_one = CampaignRecipient.left_out == ""
    return {
        "partis": Message.state == State.SENT,
        "a-envoyer": gets_one & or_(CampaignRecipient.message_id.is_(None), Message.state.in_(GOING)),
        "problemes": Message.state.in_(TROUBLE),
        "sans-lettre": or_(CampaignRecipient.left_out != "", Message.state == State.DROPPED),
    }[group]
