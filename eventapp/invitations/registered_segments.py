"""Whom letters to people registered are chosen among: the filters of the registrations' list, and those of guests that
make sense for them. Plain words, as an address or a form holds them."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, false, select

from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.invitations import listing, segments
from eventapp.invitations.segments import Before
from eventapp.network.models import Structure
from eventapp.registrations import seats
from eventapp.registrations.desk import selection
from eventapp.registrations.desk.selection import ANY_GROUP, INCOMPLETE, Filters
from eventapp.registrations.models import Registration, Source, Status
from eventapp.registrations.questions.incomplete import can_lack
from eventapp.text import fold

OFFERED = "place-proposee"
STATES = {
    Status.CONFIRMED.value: "Place confirmée",
    Status.WAITING.value: "En attente, sans proposition",
    OFFERED: "Place proposée, sans réponse",
    INCOMPLETE: "À compléter",
}
WITHOUT_A_PLACE = (Status.WAITING.value, OFFERED)
OF_STRUCTURES = {"type": Structure.kind, "format": Structure.form}
NAMES = ("q", "etat", "categorie", "departement", *OF_STRUCTURES, "session", "origine", "groupe", "precedent", "lien")
LONGEST = 200


def read(values: Mapping[str, str]) -> dict[str, str]:
    """What is filled, as a segment keeps it."""
    words = {name: values.get(name, "").replace("\0", "")[:LONGEST] for name in NAMES}
    return {name: word for name, word in words.items() if word}


def chosen(event: Event, segment: Mapping[str, Any]) -> Select[Registration]:
    """The live registrations that the filters keep, by name. A value that names nothing (any more) keeps nobody."""
    words = {name: str(segment.get(name, "")) for name in NAMES}
    is_offered = words["etat"] == OFFERED
    filters = Filters.of(words | {"etat": Status.WAITING.value} if is_offered else words)
    query = selection.find_registrations(event, filters).where(Registration.status != Status.CANCELLED, *_odd(words))
    if words["etat"] in WITHOUT_A_PLACE:
        query = query.where(Registration.offer_until.is_not(None) if is_offered else Registration.offer_until.is_(None))
    for name, column in OF_STRUCTURES.items():
        query = query.where(column == words[name]) if words[name] else query
    if words["precedent"]:
        query = query.where(segments.was_there(event, words["precedent"], words["lien"], Registration))
    return query.order_by(None).order_by(Registration.name_folded, Registration.id)


def choices(event: Event) -> dict[str, list[tuple[Any, str]]]:
    """The values that the filters offer, with their words."""
    parties = selection.parties_of(event)
    groups = [(str(party.id), f"{party.contact_name}, {party.organisation_name}") for party in parties]
    return {
        "state_choices": [(v, word) for v, word in STATES.items() if v != INCOMPLETE or can_lack(event)],
        "departement_choices": [(d.code, f"{d.code} {d.name}") for d in selection.departements_of(event)],
        "category_choices": [(c.slug, c.name) for c in event.categories],
        "session_choices": [(session.slug, session.title) for session in seats.bookable_sessions(event)],
        "structure_kind_choices": [(v, v) for v in _values(event, Structure.kind)],
        "structure_form_choices": [(v, v.replace("_", " ")) for v in _values(event, Structure.form)],
        "source_choices": [(source.value, source.label.capitalize()) for source in Source],
        "group_choices": [(ANY_GROUP, "Tous les groupes"), *groups] if groups else [],
        "former_choices": [(e.slug, f"{e.title} ({e.local_start.year})") for e in listing.former_events(event)],
        "before_choices": [(before.value, before.label) for before in Before],
    }


def _odd(words: Mapping[str, str]) -> Iterable[ColumnElement[bool]]:
    """The list shows everyone for a word it does not know; a letter then goes to nobody."""
    group = words["groupe"]
    is_number = group.isascii() and group.isdigit() and len(group) < 10
    known = {
        "etat": words["etat"] in STATES,
        "origine": words["origine"] in tuple(Source),
        "groupe": group == ANY_GROUP or is_number,
    }
    return [false() for name, is_known in known.items() if words[name] and not is_known]


def _values(event: Event, column: Any) -> list[str]:
    """The kinds, or forms, of the structures from which somebody registered."""
    here = select(column).join(Registration, Registration.structure_id == Structure.id)
    live = here.where(Registration.event_id == event.id, Registration.status != Status.CANCELLED, column != "")
    return sorted(db.session.scalars(live.distinct()), key=fold)
