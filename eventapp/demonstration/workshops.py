"""A second meeting, further ahead, where people rank parallel workshops: more wishes than places for some of them."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from eventapp.agenda.models import Session
from eventapp.demonstration import people
from eventapp.errors import Refused
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.network.models import Structure
from eventapp.registrations import seats
from eventapp.registrations.wishes.wish_slots import ranked_slots

PEOPLE = 52
FAVOURITES = (5, 2, 3)  # the weights of the sessions of each slot, in reading order
RIDES = ("Je propose des places", "Je cherche une place")


def register(event: Event, lottery: random.Random, *, now: datetime) -> None:
    """Over the past days, in turn."""
    structures = list(db.session.scalars(select(Structure).order_by(Structure.id)))
    lottery.shuffle(structures)
    somebody = people.agents(structures, event.categories[0], lottery)
    slots = [slot.sessions for slot in ranked_slots(event)]
    for number, person in zip(range(PEOPLE), somebody, strict=False):
        at = now - timedelta(days=4) + timedelta(minutes=105 * number)
        ranked = [session for sessions in slots for session in _ranking(sessions, lottery)]
        answers = {"covoiturage": lottery.choice(RIDES)} if lottery.random() < 0.4 else {}
        try:
            seats.register(event, person, ranked=ranked, answers=answers, now=at)
        except Refused:  # three of one structure
            continue


def _ranking(sessions: Sequence[Session], lottery: random.Random) -> list[Session]:
    """Two or three of them, the popular ones first more often."""
    left, ranked = dict(zip(sessions, FAVOURITES, strict=False)), list[Session]()
    for _ in range(lottery.choice((2, 3, 3))):
        chosen = lottery.choices(list(left), list(left.values()))[0]
        ranked.append(chosen)
        del left[chosen]
    return ranked
