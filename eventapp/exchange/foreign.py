"""An agenda as other programs write it: entries, people and places by their names, and what was left out and why."""

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from eventapp.agenda.models import KIND_LABELS, Kind
from eventapp.errors import Refused
from eventapp.formats import NBSP
from eventapp.text import fold, many_lines, one_line

LARGEST_FILE = 2 * 1024 * 1024
MOST_ENTRIES = 1_000
MOST_SAID = 100
LONGEST_TITLE, LONGEST_ROOM, LONGEST_NAME, LONGEST_TEXT = 200, 120, 80, 20_000
MOST_SPEAKERS = 50

TAG = re.compile(r"<[a-zA-Z/!][^<>]{0,500}>")
NEW_LINE = re.compile(r"<(?:br|/p|/li|/h[1-6]|/div|/tr)\b[^<>]{0,100}>", re.IGNORECASE)
CIVILITIES = {"m": "M.", "mr": "M.", "monsieur": "M.", "mme": "Mme", "mrs": "Mme", "ms": "Mme", "madame": "Mme"}
PARTICLES = {"de", "du", "des", "d", "la", "le", "van", "von", "der", "den", "da", "di", "del", "ben", "el", "al"}
# The first word found in a folded title or type says what a session is.
KIND_WORDS = {
    Kind.ROUND_TABLE: ("table ronde", "round table", "panel"),
    Kind.MEAL: ("dejeuner", "diner", "repas", "buffet", "cocktail", "lunch", "dinner"),
    Kind.BREAK: ("pause", "coffee break", "break"),
    Kind.WELCOME: ("accueil", "emargement", "registration desk"),
    Kind.WORKSHOP: ("atelier", "ateliers", "workshop"),
    Kind.REPORT_BACK: ("restitution", "synthese"),
    Kind.PLENARY: ("pleniere", "plenary", "keynote"),
    Kind.OPENING: ("ouverture", "opening", "mot de bienvenue"),
    Kind.CLOSING: ("cloture", "closing", "conclusion"),
    Kind.VISIT: ("visite", "visites", "guided tour"),
    Kind.DISCUSSION: ("echanges", "discussion", "questions reponses"),
    Kind.VIDEO: ("video", "visioconference"),
}
BY_LABEL = {fold(label): kind for kind, label in KIND_LABELS.items()}


class NotAnAgenda(Refused):
    message = (
        "Ce fichier n’est pas un programme que nous savons lire\u00a0: un calendrier (.ics), un schedule.json "
        "ou un fichier d’événement."
    )


class AgendaTooLarge(NotAnAgenda):
    message = "Ce fichier dépasse 2\u00a0Mo\u00a0: ce n’est pas le programme d’un événement."


class TooManyEntries(NotAnAgenda):
    message = f"Ce fichier contient plus de {MOST_ENTRIES:,} entrées\u00a0: il ne peut pas être un programme.".replace(
        ",", NBSP
    )


@dataclass(frozen=True)
class Speaker:
    civility: str
    first_name: str
    last_name: str
    biography: str = ""

    @property
    def key(self) -> str:
        return fold(f"{self.first_name} {self.last_name}")


@dataclass(frozen=True, kw_only=True)
class Entry:
    """`uid`: of a calendar entry. `kind`: None when the file does not tell, `guess` then says."""

    title: str
    starts_at: datetime
    ends_at: datetime
    room: str = ""
    room_capacity: int | None = None
    speakers: tuple[Speaker, ...] = ()
    description: str = ""
    kind: Kind | None = None
    online_url: str | None = None
    uid: str = ""


@dataclass
class Reading:
    """`remarks`: one sentence for each kind of remark, with the entries that it is about."""

    entries: list[Entry] = field(default_factory=list)
    remarks: dict[str, list[str]] = field(default_factory=dict)

    def say(self, sentence: str, about: str = "") -> None:
        self.remarks.setdefault(sentence, []).append(about)

    @property
    def sentences(self) -> list[str]:
        return [_with_names(sentence, names) for sentence, names in self.remarks.items()][:MOST_SAID]


def _with_names(sentence: str, names: list[str], shown: int = 5) -> str:
    known = list(dict.fromkeys(filter(None, names)))
    if not known:
        return f"{sentence}."
    listed = ", ".join(f"«{NBSP}{name}{NBSP}»" for name in known[:shown])
    more = f" et {len(names) - shown} autres" if len(names) > shown else ""
    return f"{sentence}{NBSP}: {listed}{more}."


def named(title: str, where: str) -> str:
    """How a remark names an entry."""
    return short(title, 60) or where


def short(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1].rstrip()}…"


def title_of(text: str, reading: Reading) -> str:
    title = one_line(text[:LONGEST_TEXT])
    if len(title) > LONGEST_TITLE:
        reading.say("Titre raccourci à 200 caractères", short(title, 60))
    return short(title, LONGEST_TITLE)


def text_of(text: str) -> str:
    """Without the tags that calendars put into descriptions."""
    text = text[:LONGEST_TEXT]
    if TAG.search(text):
        text = html.unescape(TAG.sub("", NEW_LINE.sub("\n", text)))
    return many_lines(re.sub(r"\n{3,}", "\n\n", many_lines(text))).strip()


def guess(*texts: str) -> Kind:
    for text in texts:
        words = f" {fold(text[:LONGEST_TITLE])} "
        if words.strip() in BY_LABEL:
            return BY_LABEL[words.strip()]
        for kind, signs in KIND_WORDS.items():
            if any(f" {sign} " in words for sign in signs):
                return kind
    return Kind.TALK


def speakers_of(names: Iterable[tuple[str, str]]) -> tuple[Speaker, ...]:
    """(name, biography) of each; a person once."""
    found = (_speaker(one_line(name[:500]), biography) for name, biography in names)
    return tuple({one.key: one for one in found if one is not None and one.key}.values())[:MOST_SPEAKERS]


def _speaker(name: str, biography: str) -> Speaker | None:
    """« Mme Jeanne de LA TOUR » → Mme, Jeanne, de LA TOUR; « MARTIN Jeanne », « Martin, Jeanne » → Jeanne, Martin."""
    words = name.split()
    civility = CIVILITIES.get(fold(words[0]).rstrip("."), "") if len(words) > 1 else ""
    words = words[1:] if civility else words
    if not words:
        return None
    last, comma, first = " ".join(words).partition(",")
    if not comma:
        first, last = _split(words)
    return Speaker(civility, short(first.strip(), LONGEST_NAME), short(last.strip(), LONGEST_NAME), text_of(biography))


def _split(words: list[str]) -> tuple[str, str]:
    capitals = [len(word) > 1 and word.isupper() for word in words]
    if any(capitals) and not all(capitals):
        upper = capitals.index(True)
        if upper == 0:  # the last name first
            end = capitals.index(False)
            return " ".join(words[end:]), " ".join(words[:end])
        while upper > 1 and fold(words[upper - 1]) in PARTICLES:
            upper -= 1
        return " ".join(words[:upper]), " ".join(words[upper:])
    for place in range(1, len(words) - 1):
        if words[place].islower() and fold(words[place]) in PARTICLES:
            return " ".join(words[:place]), " ".join(words[place:])
    return " ".join(words[:-1]), words[-1]
