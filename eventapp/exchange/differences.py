"""What a waiting file would change, in words."""

from collections.abc import Iterable
from typing import Any

from eventapp.exchange.event_file import EventFile, RegistrationPart, SessionPart, SpeakerPart
from eventapp.formats import french_date, french_datetime, french_hours

LONGEST_SHOWN = 80
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


def differences(before: EventFile, after: EventFile) -> list[str]:
    """Sentences in reading order; empty when the file changes nothing."""
    return [
        *_facts(before, after),
        *_registration(before.registration, after.registration),
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


def _registration(before: RegistrationPart, after: RegistrationPart) -> Iterable[str]:
    changed = [label for name, label in REGISTRATION.items() if getattr(before, name) != getattr(after, name)]
    if changed:
        yield f"Inscription\u00a0: {', '.join(changed)}"


def _rows(word: str, before: Iterable[Any], after: Iterable[Any], name: str, gone: str) -> Iterable[str]:
    old, new = {part.slug: part for part in before}, {part.slug: part for part in after}
    feminine = "e" if gone.endswith("ée") else ""
    for slug, part in new.items():
        if slug not in old:
            yield f"{word} ajouté{feminine}\u00a0: {_name(part, name)}"
        elif part != old[slug]:
            yield f"{word} modifié{feminine}\u00a0: {_name(part, name)}"
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
            yield f"Session modifiée\u00a0: {part.title} ({_session_changes(old[slug], part, after)})"
    for slug in old.keys() - new.keys():
        yield f"Session annulée\u00a0: {old[slug].title}, {_when(old[slug], before)}"


def _session_changes(old: SessionPart, new: SessionPart, file: EventFile) -> str:
    changed = [label for name, label in SESSION.items() if getattr(old, name) != getattr(new, name)]
    if (old.starts_at, old.ends_at) != (new.starts_at, new.ends_at):
        changed.insert(0, f"horaire\u00a0: {_when(new, file)}")
    return ", ".join(changed)


def _when(part: SessionPart, file: EventFile) -> str:
    hours = french_hours(part.starts_at, part.ends_at, file.timezone)
    return f"{french_date(part.starts_at, file.timezone)}, {hours}"


def _name(part: Any, name: str) -> str:
    text = f"{part.first_name} {part.last_name}".strip() if isinstance(part, SpeakerPart) else getattr(part, name)
    return str(text)


def _words(value: Any, file: EventFile) -> str:
    if hasattr(value, "astimezone"):
        return french_datetime(value, file.timezone)
    text = str(value) or "vide"
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
