"""When a campaign leaves, what leaves by itself, and the guest's choice about reminders."""

from datetime import datetime
from typing import Any

from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, SelectField
from wtforms.validators import InputRequired, Length, Optional

from eventapp.errors import Refused
from eventapp.events.fields import (
    Between,
    CountField,
    DayField,
    HourField,
    OffsetField,
    choices_of,
    decision,
    read_moment,
)
from eventapp.events.models import Event
from eventapp.invitations import automatic
from eventapp.letters.models import LetterKind

NOW, LATER = "now", "later"
LONGEST_LIST = 100_000  # characters
MOST_PEOPLE = 100_000  # more than any event invites
WHEN = {
    LetterKind.REMINDER: "Relance, avant la date limite de réponse",
    LetterKind.PRACTICAL: "Note pratique, avant le début",
    LetterKind.THANKS: "Remerciements, après la fin",
}


class SendForm(FlaskForm):
    """`people`: those who were shown, as `packed` writes them."""

    when = RadioField(
        "Quand l’envoyer",
        choices=choices_of({NOW: "Maintenant", LATER: "À la date et à l’heure ci-dessous"}),
        default=NOW,
        validators=[InputRequired("Choisissez quand l’envoyer.")],
    )
    due_date = DayField("Date d’envoi", validators=[Optional()])
    due_time = HourField("Heure d’envoi", validators=[Optional()])
    due_offset = OffsetField("Avant ou après le changement d’heure")
    people = HiddenField(validators=[Length(max=LONGEST_LIST)])
    key = HiddenField(validators=[InputRequired(), Length(max=64)])

    def due_at(self, event: Event) -> datetime | None:
        """None: now. What is wrong with a date is said at its field."""
        if self.when.data != LATER:
            return None
        moment = read_moment(self, "due", event.timezone)
        if moment is None and not self.errors:
            self.due_date.errors = ["Indiquez la date et l’heure d’envoi."]
        return moment

    def attach(self, refusal: Refused) -> None:
        if refusal.field in self._fields:
            self[refusal.field].errors = [*self[refusal.field].errors, str(refusal)]
        else:
            self.form_errors.append(str(refusal))


class AutomaticForm(FlaskForm):
    kind = SelectField("Lettre", choices=choices_of({kind.value: words for kind, words in WHEN.items()}))
    days = CountField(
        "Nombre de jours",
        validators=[
            InputRequired("Indiquez combien de jours avant ou après."),
            Between(1, automatic.LONGEST, f"Entre 1 et {automatic.LONGEST} jours."),
        ],
    )


class UnsubscribeForm(FlaskForm):
    choice = decision(
        "Vos relances", {"stop": "Ne plus recevoir de relances", "keep": "Recevoir une relance si je n’ai pas répondu"}
    )


def packed(numbers: Any) -> str:
    """{1, 2, 3, 7} → "1-3,7": a list of thousands in a hidden field."""
    parts: list[list[int]] = []
    for number in sorted(set(numbers)):
        if parts and parts[-1][1] == number - 1:
            parts[-1][1] = number
        else:
            parts.append([number, number])
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in parts)


def unpacked(text: str) -> frozenset[int]:
    """What `packed` wrote; anything else stands for nobody."""
    found: set[int] = set()
    for part in text[:LONGEST_LIST].split(","):
        first, _, last = part.partition("-")
        if _is_number(first) and (not last or _is_number(last)):
            numbers = range(int(first), int(last or first) + 1)
            if len(found) + len(numbers) > MOST_PEOPLE:
                return frozenset()
            found.update(numbers)
    return frozenset(found)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10
