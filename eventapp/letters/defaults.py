"""What is proposed until an organiser words it otherwise, by kind of letter."""

from typing import NamedTuple

from eventapp.formats import NBSP
from eventapp.letters.models import LetterKind


class Proposal(NamedTuple):
    subject: str
    body: str  # Markdown with {placeholders}


INVITATION = Proposal(
    f"Invitation{NBSP}: {{evenement}}, {{date}}",
    """Bonjour {prenom} {nom},

{organisation} a le plaisir de vous inviter.

- **Quand** : {date}, {horaires}
- **Où** : {lieu}

Merci de nous dire avant le {date_limite} si vous serez des nôtres. Une minute suffit, sans créer de compte.

Au plaisir de vous accueillir,

{organisation}""",
)

PROPOSALS = {LetterKind.INVITATION: INVITATION}
