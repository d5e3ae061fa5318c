"""An event's letters as its organisers follow them: narrowed, counted, sent again."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, case, func, select, update

from eventapp.extensions import db
from eventapp.outbox.letters import TITLES
from eventapp.outbox.models import Message, State
from eventapp.text import fold, one_line

LONGEST_SEARCH = 200
RETURNED = "returned"  # beside the states: taken by a server, then sent back
STATES = {state.value: state.label_of_many for state in State} | {RETURNED: "revenus"}  # of many letters
HEADER = ("Destinataire", "Lettre", "État", "Essais", "Demandé", "Envoyé", "Revenu", "Que s’est-il passé\u00a0?")


@dataclass(frozen=True)
class Choice:
    """What the address of the board asks; what makes no sense there is as if it were not asked."""

    text: str = ""
    state: str = ""
    letter: str = ""
    campaign: int | None = None

    @classmethod
    def of(cls, args: Mapping[str, str]) -> "Choice":
        state, letter, campaign = args.get("etat", ""), args.get("lettre", ""), args.get("campagne", "")
        is_number = campaign.isascii() and campaign.isdigit() and len(campaign) < 10
        return cls(
            text=one_line(args.get("q", "")[:LONGEST_SEARCH]),
            state=state if state in STATES else "",
            letter=letter if letter in TITLES else "",
            campaign=int(campaign) if is_number else None,
        )

    @property
    def is_everything(self) -> bool:
        return not (self.text or self.state or self.letter or self.campaign is not None)


def listed(event_id: int, choice: Choice) -> Select[Message]:
    """The newest first."""
    query = select(Message).where(Message.event_id == event_id).order_by(Message.id.desc())
    if choice.text:
        letters = [name for name, title in TITLES.items() if fold(choice.text) in fold(title)]
        address = func.lower(Message.to).contains(choice.text.lower(), autoescape=True)
        query = query.where(address | Message.letter.in_(letters))
    if choice.letter:
        query = query.where(Message.letter == choice.letter)
    if choice.campaign is not None:
        query = query.where(Message.campaign_id == choice.campaign)
    if choice.state == RETURNED:
        return query.where(Message.bounced_at.is_not(None))
    if choice.state:
        return query.where(Message.state == choice.state, Message.bounced_at.is_(None))
    return query


def counts(event_id: int) -> dict[str, int]:
    """How many letters stand where, in the order of `STATES`, without those where none stands."""
    standing = case((Message.bounced_at.is_not(None), RETURNED), else_=db.cast(Message.state, db.String))
    rows = db.session.execute(select(standing, func.count()).where(Message.event_id == event_id).group_by(standing))
    found = {str(state): count for state, count in rows}
    return {state: found[state] for state in STATES if state in found}


def letters(event_id: int) -> list[str]:
    """The names of the letters that were written, by their titles."""
    names = db.session.scalars(select(Message.letter).where(Message.event_id == event_id).distinct())
    return sorted((name for name in names if name in TITLES), key=lambda name: fold(TITLES[name]))


def cells(event_id: int, choice: Choice, zone: ZoneInfo) -> Iterator[tuple[Any, ...]]:
    """Rows for a spreadsheet."""
    for message in db.session.scalars(listed(event_id, choice)).yield_per(500):
        times = (message.created_at, message.sent_at, message.bounced_at)
        created, sent, returned = (_local(moment, zone) for moment in times)
        title, what = TITLES.get(message.letter, message.letter), message.what_happened
        yield (message.to, title, message.standing, message.attempts, created, sent, returned, what)


def failed(event_id: int, choice: Choice) -> int:
    """How many of the letters chosen failed."""
    found = _failed(event_id, choice).subquery()
    return db.session.scalar(select(func.count()).select_from(found)) or 0


def resend_failed(event_id: int, choice: Choice, *, now: datetime) -> int:
    """Send again whatever failed among the letters chosen; how many."""
    again = {"state": State.QUEUED, "due_at": now, "attempts": 0, "first_tried_at": None, "last_error": None}
    sent = db.session.execute(update(Message).where(Message.id.in_(_failed(event_id, choice))).values(**again))
    return int(sent.rowcount)  # type: ignore[attr-defined]


def _failed(event_id: int, choice: Choice) -> Select[int]:
    return listed(event_id, choice).where(Message.state == State.FAILED).order_by(None).with_only_columns(Message.id)


def _local(moment: datetime | None, zone: ZoneInfo) -> datetime | None:
    return moment.astimezone(zone).replace(tzinfo=None) if moment is not None else None
