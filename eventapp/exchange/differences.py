"""What a waiting file would change, in words."""

from collections.abc import Iterable
from typing import Any

from eventapp.agenda.models import BookingMode, Kind
from eventapp.agenda.presence import Presence, presence_of
from eventapp.events.models import Audience, SessionChoice
from eventapp.exchange.event_file import EventFile, SessionPart, SpeakerPart
from eventapp.formats import french_date, french_datetime, french_hours, person

LONGEST_SHOWN = 80
LIST = "\u00a0; "  # what is listed has commas of its own
FACTS = {
    "title": "Titre",
    "summary": "Présentation courte",
    "description": "Présentation complète",
    "timezone": "Fuseau horaire",
    "starts_at": "Début",
    "ends_at": "Fin",
    "report": "Compte rendu",
}
LONG = frozenset({"description", "report"})
REGISTRATION = {
    "audience": "public visé",
    "opens_at": "ouverture",
    "closes_at": "clôture",
    "capacity": "nombre de places",
    "per_structure": "places par structure",
    "per_structure_until": "partage des places des structures",
    "structures": "exceptions par structure",
    "waiting_list": "liste d’attente",
    "offer_hours": "délai pour accepter une place",
    "changes_until": "fin des modifications",
    "cancellations_until": "fin des annulations",
    "session_choice": "façon de choisir les sessions",
    "wishes_close_at": "clôture des souhaits",
}
LIMITS = frozenset({"capacity", "per_structure"})
SESSION = {
    "title": "titre",
    "kind": "nature",
    "room": "salle",
    "booking": "réservation",
    "capacity": "places",
    "description": "présentation",
    "online_url": "lien",
    "speakers": "intervenants",
}
WRITTEN = {"description": "présentation {}e", "online_url": "lien {}"}  # too long, or not for every reader
BOOKING = {BookingMode.NONE: "aucune", BookingMode.OPTIONAL: "possible", BookingMode.REQUIRED: "obligatoire"}
CHOICES = {
    Audience.PUBLIC: "tout public",
    Audience.INVITED: "personnes invitées",
    SessionChoice.FIRST_COME: "dans l’ordre des inscriptions",
    SessionChoice.WISHES: "par souhaits classés",
}
PART = {
    "name": "nom",
    "first_name": "prénom",
    "last_name": "nom",
    "label": "intitulé",
    "capacity": "places",
    "accessibility": "accessibilité",
    "function": "fonction",
    "organisation": "organisation",
}


def differences(before: EventFile, after: EventFile) -> list[str]:
    """Sentences in reading order; empty when the file changes nothing."""
    return [
        *_facts(before, after),
        *_registration(before, after),
        *_rows("Catégorie", before.categories, after.categories, "name", "supprimée"),
        *_rows("Salle", before.rooms, after.rooms, "name", "supprimée"),
        *_rows("Intervenant", before.speakers, after.speakers, "last_name", "retiré"),
        *_sessions(before, after),
        *_rows("Question", before.questions, after.questions, "label", "retirée"),
        *(["Créneaux où choisir est obligatoire modifiés"] if before.choice_required != after.choice_required else []),
    ]


def session_differences(before: EventFile, after: EventFile) -> list[str]:
    """Those that people who come should know of."""
    return list(_sessions(before, after))


def _facts(before: EventFile, after: EventFile) -> Iterable[str]:
    for name, label in FACTS.items():
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            shown = name in LONG
            yield f"{label} modifié" if shown else f"{label}\u00a0: {_words(old, before)} → {_words(new, after)}"
    if before.venue != after.venue:
        old, new = before.venue.one_line, after.venue.one_line
        yield f"Lieu\u00a0: {old or 'vide'} → {new or 'vide'}" if old != new else "Accès au lieu modifié"
    if before.contact != after.contact:
        yield "Contact modifié"


def _registration(before: EventFile, after: EventFile) -> Iterable[str]:
    old, new = before.registration, after.registration
    changed = [
        _change(label, _value(name, getattr(old, name), before), _value(name, getattr(new, name), after))
        for name, label in REGISTRATION.items()
        if getattr(old, name) != getattr(new, name)
    ]
    if changed:
        yield f"Inscription\u00a0: {LIST.join(changed)}"


def _rows(word: str, before: Iterable[Any], after: Iterable[Any], name: str, gone: str) -> Iterable[str]:
    old, new = {part.slug: part for part in before}, {part.slug: part for part in after}
    feminine = "e" if gone.endswith("ée") else ""
    for slug, part in new.items():
        if slug not in old:
            yield f"{word} ajouté{feminine}\u00a0: {_name(part, name)}"
        elif part != old[slug]:
            yield f"{word} modifié{feminine}\u00a0: {_name(part, name)}{_part_changes(old[slug], part)}"
    for slug in old.keys() - new.keys():
        yield f"{word} {gone}\u00a0: {_name(old[slug], name)}"
    if [slug for slug in old if slug in new] != [slug for slug in new if slug in old]:
        yield f"{word}s\u00a0: ordre modifié"


def _sessions(before: EventFile, after: EventFile) -> Iterable[str]:
    old, new = {part.slug: part for part in before.sessions}, {part.slug: part for part in after.sessions}
    for slug, part in new.items():
        if slug not in old:
            yield f"Session ajoutée\u00a0: {part.title}, {_when(part, after)}"
        elif part != old[slug]:
            changes = LIST.join(_session_changes(old[slug], part, before, after))
            yield f"Session modifiée\u00a0: {part.title} ({changes})"
    for slug in old.keys() - new.keys():
        yield f"Session annulée\u00a0: {old[slug].title}, {_when(old[slug], before)}"


def _session_changes(old: SessionPart, new: SessionPart, before: EventFile, after: EventFile) -> Iterable[str]:
    if (old.starts_at, old.ends_at) != (new.starts_at, new.ends_at):
        yield _change("horaire", *_moments(old, new, before, after))
    for name, label in SESSION.items():
        was, becomes = getattr(old, name), getattr(new, name)
        if was == becomes:
            continue
        if name == "speakers":
            yield from _cast(old, new, before, after) or ["ordre des intervenants"]
        elif name in WRITTEN:
            yield WRITTEN[name].format("ajouté" if not was else "retiré" if not becomes else "modifié")
        else:
            yield _change(label, _fact(name, was, before), _fact(name, becomes, after))


def _moments(old: SessionPart, new: SessionPart, before: EventFile, after: EventFile) -> tuple[str, str]:
    """The day is said when it changes."""
    if french_date(old.starts_at, before.timezone) != french_date(new.starts_at, after.timezone):
        return _when(old, before), _when(new, after)
    hours = french_hours(old.starts_at, old.ends_at, before.timezone)
    return hours, french_hours(new.starts_at, new.ends_at, after.timezone)


def _cast(old: SessionPart, new: SessionPart, before: EventFile, after: EventFile) -> list[str]:
    """Who comes, who goes, and of the others what is said of their presence and their role."""
    was, becomes = ({seen.speaker: seen for seen in part.speakers} for part in (old, new))
    names = {part.slug: person(part) for part in (*before.speakers, *after.speakers)}
    said = [f"sans {names[slug]}" for slug in was if slug not in becomes]
    for slug, seen in becomes.items():
        former = was.get(slug)
        if former is None:
            said.append(f"avec {names[slug]}{f' ({seen.note})' if seen.note else ''}")
            continue
        if former.note != seen.note:
            said.append(_change(names[slug], _presence(former.note, seen.note), _presence(seen.note, former.note)))
        if former.role != seen.role:
            said.append(_change(names[slug], former.role.label, seen.role.label))
    return said


def _presence(note: str, other: str) -> str:
    return note or ("sans précision" if presence_of(other)[0] is Presence.SURE else "présence confirmée")


def _fact(name: str, value: Any, file: EventFile) -> str:
    if name == "room":
        return next((room.name for room in file.rooms if room.slug == value), "sans salle")
    if name == "capacity" and value is None:
        return "sans limite"
    return BOOKING[value] if name == "booking" else value.label if isinstance(value, Kind) else _words(value, file)


def _part_changes(old: Any, new: Any) -> str:
    """Of a room, a speaker…: what can be said shortly."""
    pairs = {label: (vars(old).get(name), vars(new).get(name)) for name, label in PART.items() if name in vars(new)}
    said = [_change(label, _short(was), _short(now)) for label, (was, now) in pairs.items() if was != now]
    return f" ({LIST.join(said)})" if said else ""


def _when(part: SessionPart, file: EventFile) -> str:
    hours = french_hours(part.starts_at, part.ends_at, file.timezone)
    return f"{french_date(part.starts_at, file.timezone)}, {hours}"


def _name(part: Any, name: str) -> str:
    text = f"{part.first_name} {part.last_name}".strip() if isinstance(part, SpeakerPart) else getattr(part, name)
    return str(text)


def _words(value: Any, file: EventFile) -> str:
    if hasattr(value, "astimezone"):
        return french_datetime(value, file.timezone)
    return _short(value)


def _value(name: str, value: Any, file: EventFile) -> str:
    """Of the registration: yes or no, a number, a moment, one of the words of `CHOICES`."""
    if isinstance(value, tuple):
        return _short(", ".join(f"{one.id_fs} ({one.places})" for one in value) or "aucune")
    if value is None and name in LIMITS:
        return "sans limite"
    if isinstance(value, bool):
        return "oui" if value else "non"
    return CHOICES.get(value) or _words(value, file)


def _change(label: str, was: str, becomes: str) -> str:
    return f"{label}\u00a0: {was} → {becomes}"


def _short(value: Any) -> str:
    text = "non précisé" if value is None else str(value) or "vide"
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
