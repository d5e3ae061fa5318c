"""Whether somebody announced will really be there: kept as the words that the programme prints."""

import re
from enum import StrEnum

from eventapp.agenda.models import Speaker

RESERVE = "sous réserve"
REPRESENTED = re.compile(r"représentée? par (?P<by>.+)")


class Presence(StrEnum):
    SURE = ""
    RESERVE = "reserve"
    REPRESENTED = "represented"

    @property
    def label(self) -> str:
        return {"": "Présence confirmée", "reserve": "Sous réserve", "represented": "Représentation par…"}[self.value]


def presence_of(note: str) -> tuple[Presence, str]:
    """What a note says of the presence, and the words that are left."""
    represented = REPRESENTED.fullmatch(note)
    if represented is not None:
        return Presence.REPRESENTED, represented["by"]
    if note == RESERVE or note.startswith(f"{RESERVE}, "):
        return Presence.RESERVE, note[len(RESERVE) + 2 :]
    return Presence.SURE, note


def note_of(presence: str, words: str, speaker: Speaker) -> str:
    """The words to print, in agreement with the civility of who is represented."""
    if presence == Presence.REPRESENTED:
        return f"représenté{'e' if speaker.civility.startswith('Mme') else ''} par {words}"
    return ", ".join(filter(None, [RESERVE, words])) if presence == Presence.RESERVE else words
