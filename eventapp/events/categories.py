"""The categories of participants of an event: add, edit, order, remove."""

from datetime import datetime

from eventapp import journal
from eventapp.accounts.models import User
from eventapp.errors import Refused
from eventapp.events.lifecycle import touch
from eventapp.events.locks import hold
from eventapp.events.models import Category, Event
from eventapp.extensions import db
from eventapp.text import fold, slugify

# Written by table name: these packages come after this one.
USERS_OF_CATEGORIES = ("registration", "guest")


class CategoryInUse(Refused):
    message = "Des invités ou des inscrits sont dans cette catégorie\u00a0: elle ne peut pas être supprimée."


class NameTaken(Refused):
    message = "Une catégorie porte déjà ce nom."
    field = "name"


def add(event: Event, *, name: str, capacity: int | None, now: datetime, by: User | None) -> Category:
    hold(event)
    _refuse_same_name(event, name)
    position = 1 + max((c.position for c in event.categories), default=0)
    category = Category(event=event, slug=_free_slug(event, name), name=name, capacity=capacity, position=position)
    db.session.add(category)
    touch(event, now=now, calendar=False)
    journal.record("category.added", f"Catégorie ajoutée\u00a0: {name}", now=now, by=by, event=event)
    return category


def edit(category: Category, *, name: str, capacity: int | None, now: datetime, by: User | None) -> None:
    hold(category.event)
    _refuse_same_name(category.event, name, other_than=category)
    if (category.name, category.capacity) == (name, capacity):
        return
    category.name, category.capacity = name, capacity
    touch(category.event, now=now, calendar=False)
    journal.record("category.edited", f"Catégorie modifiée\u00a0: {name}", now=now, by=by, event=category.event)


def move_up(category: Category, *, now: datetime) -> None:
    """Before the one that precedes it; the first stays where it is."""
    event = category.event
    hold(event)
    ordered = list(event.categories)
    place = ordered.index(category)
    if place == 0:
        return
    ordered[place - 1 : place + 1] = [category, ordered[place - 1]]
    for position, each in enumerate(ordered, start=1):
        each.position = position
    touch(event, now=now, calendar=False)
    db.session.flush()
    db.session.expire(event, ["categories"])


def remove(category: Category, *, now: datetime, by: User | None) -> None:
    event = category.event
    hold(event)
    if is_used(category):
        raise CategoryInUse
    journal.record("category.removed", f"Catégorie supprimée\u00a0: {category.name}", now=now, by=by, event=event)
    event.categories.remove(category)
    touch(event, now=now, calendar=False)


def is_used(category: Category) -> bool:
    tables = (db.metadata.tables[name] for name in USERS_OF_CATEGORIES)
    return any(db.session.scalar(db.select(db.exists().where(table.c.category_id == category.id))) for table in tables)


def _refuse_same_name(event: Event, name: str, other_than: Category | None = None) -> None:
    if any(fold(c.name) == fold(name) for c in event.categories if c is not other_than):
        raise NameTaken


def _free_slug(event: Event, name: str) -> str:
    taken = {c.slug for c in event.categories}
    base = slugify(name, limit=70) or "categorie"
    return next(slug for n in range(1, len(taken) + 2) if (slug := base if n == 1 else f"{base}-{n}") not in taken)
