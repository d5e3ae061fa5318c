"""A letter's words with each `{placeholder}` replaced: as a subject, as plain text, as HTML."""

import re
from collections.abc import Mapping

from markupsafe import Markup

from eventapp import markdown
from eventapp.events.models import Event
from eventapp.formats import french_date, french_day_range, french_hours, typo
from eventapp.letters.models import LetterKind
from eventapp.links import absolute
from eventapp.outbox import placeholders
from eventapp.text import one_line

# name → what it becomes, as listed beside the editor
PLACEHOLDERS = {
    "prenom": "prénom de la personne",
    "nom": "nom de la personne",
    "fonction": "sa fonction",
    "structure": "sa structure ou son organisme",
    "evenement": "titre de la rencontre",
    "date": "jour de la rencontre",
    "horaires": "heures de début et de fin",
    "lieu": "nom et adresse du lieu",
    "date_limite": "dernier jour pour répondre",
    "page": "adresse de la page publique de la rencontre",
    "organisation": "nom de votre organisation",
    "places": "places proposées à une structure : « 2 places »",
    "delai": "jour et heure jusqu’auxquels une place proposée est gardée",
    "lien": "adresse personnelle, pour répondre ou pour suivre son inscription",
    "sujet": "ce dont parle le courriel, par exemple « la session … »",
}
ONLY_FOR = {
    "places": (LetterKind.STRUCTURE,),
    "delai": (LetterKind.OFFER,),
    "sujet": (LetterKind.CHANGE, LetterKind.CANCELLATION),
}
OUR_LINKS = ("lien", "page")
ABOUT_A_PERSON = {"prenom", "nom", "fonction"}


def placeholders_of(kind: LetterKind) -> dict[str, str]:
    """Those that make sense in letters of this kind."""
    left_out = {name for name, only in ONLY_FOR.items() if kind not in only}
    left_out |= ABOUT_A_PERSON if kind is LetterKind.STRUCTURE else set()
    return {name: meaning for name, meaning in PLACEHOLDERS.items() if name not in left_out}


def event_values(event: Event) -> dict[str, str]:
    """What the placeholders about the event become: the same for everyone."""
    return {
        "evenement": typo(event.title),
        "date": french_day_range(event.starts_at, event.ends_at, event.timezone),
        "horaires": french_hours(event.starts_at, event.ends_at, event.timezone),
        "lieu": event.venue.one_line,
        "date_limite": french_date(event.closes_at or event.starts_at, event.timezone),
        "page": absolute("events.page", slug=event.slug),
        "organisation": event.organisation.name,
    }


def words(subject: str, body: str, known: Mapping[str, str]) -> dict[str, object]:
    """The organiser's words, as templates of letters take them."""
    return {
        "letter_subject": subject_for(subject, known),
        "letter_text": text_for(body, known),
        "letter_html": html_for(body, known),
        "says_when": {"date", "lieu"} <= set(placeholders.names_in(body)),  # else the letter's head does
    }


def words_beside(own: tuple[str, str] | None, known: Mapping[str, str]) -> dict[str, object]:
    """In a letter that says itself what happened: the organiser's words, if there are any, go below it. Their subject
    replaces ours only where it says what it is about: one letter tells of a session and of the whole event."""
    if own is None:
        return {"letter_subject": "", "letter_text": "", "letter_html": ""}
    subject, body = own
    filled = words(subject, body, known)
    return filled if "sujet" in placeholders.names_in(subject) else filled | {"letter_subject": ""}


def subject_for(subject: str, known: Mapping[str, str]) -> str:
    return one_line(_fill(subject, known))


def text_for(body: str, known: Mapping[str, str]) -> str:
    """The letter as plain text."""
    return markdown.plain(_filled(body, known))


def html_for(body: str, known: Mapping[str, str]) -> Markup:
    """The letter as HTML."""
    return markdown.render(_filled(body, known), top=2)


def unknown_placeholders(*texts: str, kind: LetterKind) -> list[str]:
    known = placeholders_of(kind)
    return sorted({name for text in texts for name in placeholders.unknown_in(text, known)})


def mistyped_placeholders(text: str, *, kind: LetterKind) -> dict[str, str]:
    return placeholders.mistyped_in(text, placeholders_of(kind))


def _filled(body: str, known: Mapping[str, str]) -> str:
    """What a guest typed stays text, whatever it looks like; our own links stay links."""
    escaped = {name: placeholders.escape_markdown(value) for name, value in known.items()}
    return _fill(body, escaped | {name: f"<{known[name]}>" for name in OUR_LINKS if name in known})


def _fill(text: str, known: Mapping[str, str]) -> str:
    """What has no value leaves no trace: « Bonjour {prenom} {nom}, » to whoever has no first name."""
    values = {**dict.fromkeys(PLACEHOLDERS, ""), **known}
    empty = "|".join(name for name, value in values.items() if not value)
    text = re.sub(rf" \{{(?:{empty})\}}(?=[\s,.])|\{{(?:{empty})\}} ?", "", text) if empty else text
    return placeholders.fill(text, values)
