"""Wishes as they are typed (lists to unfold named `wish-<slot>-<n>`, written by hand in the template), and what
organisers set for them."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Optional

from eventapp.agenda.models import Session
from eventapp.errors import Refused
from eventapp.events.fields import (
    Between,
    CountField,
    DayField,
    HourField,
    OffsetField,
    offer_if_repeated,
    read_moment,
    show_moment,
)
from eventapp.events.models import Event, SessionChoice
from eventapp.registrations.sessions.choices import find_choices
from eventapp.registrations.wishes.ranking import SEEDS, ProgrammeChanged, WishesClosed, WishesRefused, sort_out
from eventapp.registrations.wishes.wish_slots import most_in, ranked_slots, rankings

NOTHING: Mapping[str, Sequence[str]] = MappingProxyType({})


class WishesMixin(FlaskForm):
    """`typed`: by slot, the slugs in the order of the lists; `ranked`: the sessions wished for."""

    event: Event
    typed: Mapping[str, Sequence[str]] = NOTHING
    ranked: Sequence[Session] = ()
    wish_errors: Sequence[str] = ()

    def show_wishes(self, ranked: Sequence[Session]) -> None:
        self.typed = {r.slot.key: [session.slug for session in r.sessions] for r in rankings(self.event, ranked)}

    def read_wishes(self, sent: Mapping[str, str], named: Sequence[Session]) -> bool:
        """`sent`: slugs by the names of the lists. `named`: sessions sent under the names of those that are booked, the
        first wish where they are in a slot of wishes."""
        slots = ranked_slots(self.event)
        names = {slot.key: [f"wish-{slot.key}-{n}" for n in range(1, most_in(slot) + 1)] for slot in slots}
        self.typed = {key: [sent.get(name, "") for name in of_slot] for key, of_slot in names.items()}
        asked = {name for of_slot in names.values() for name in of_slot}
        try:
            if not slots and any(sent.values()):
                raise WishesClosed
            if any(slug for name, slug in sent.items() if name not in asked):
                raise ProgrammeChanged
            ranked = [session for slugs in self.typed.values() for session in _sessions(self.event, slugs)]
            self.ranked = sort_out(self.event, named, ranked).ranked
            self.show_wishes(self.ranked)
        except Refused as refusal:
            self.wish_errors = [str(refusal)]
        return not self.wish_errors


class ModeForm(FlaskForm):
    """How people get the sessions of one hour, and until when they rank them."""

    session_choice = RadioField(
        "Comment les sessions parallèles se choisissent",
        choices=[
            SelectChoice(SessionChoice.FIRST_COME.value, "Dans l’ordre des inscriptions"),
            SelectChoice(SessionChoice.WISHES.value, "Par souhaits classés, attribués à une date"),
        ],
        validators=[InputRequired("Choisissez une des deux façons.")],
    )
    wishes_date = DayField("Clôture des souhaits, date", (Optional(),))
    wishes_time = HourField("Clôture, heure", (Optional(),))
    wishes_offset = OffsetField("Cette heure de clôture existe deux fois")

    close_at: datetime | None = None
    zone = "Europe/Paris"

    def validate(self, extra_validators: Any = None) -> bool:
        valid = super().validate(extra_validators)
        self.close_at = read_moment(self, "wishes", self.zone)
        return valid and not self.errors

    def attach(self, refusal: Refused) -> None:
        if refusal.field is not None and refusal.field in self:
            self[refusal.field].errors = [str(refusal)]
        else:
            self.form_errors.append(str(refusal))


def mode_form(event: Event) -> ModeForm:
    shown = show_moment(event.wishes_close_at, "wishes", event.timezone)
    form = ModeForm(data={"session_choice": event.session_choice.value} | shown)
    form.zone = event.timezone
    offer_if_repeated(form, "wishes", event.timezone)
    return form


class DrawForm(FlaskForm):
    """A number kept from an earlier preview gives the same lottery again. `fresh`: the number that the page has drawn,
    for an empty one: the same page sent twice asks for one preview."""

    fresh = HiddenField(default=lambda: str(secrets.randbelow(SEEDS)))
    seed = CountField(
        "Numéro du tirage au sort", (Optional(), Between(0, SEEDS - 1, "Saisissez le numéro d’un tirage déjà fait."))
    )

    @property
    def number(self) -> int | None:
        """None: whoever draws takes one."""
        if self.seed.data is not None:
            return self.seed.data
        typed = self.fresh.data or ""
        is_number = typed.isascii() and typed.isdigit() and len(typed) <= len(str(SEEDS))
        return int(typed) if is_number and int(typed) < SEEDS else None


def _sessions(event: Event, slugs: Sequence[str]) -> list[Session]:
    sessions = find_choices(event, [slug for slug in slugs if slug])
    if len(sessions) < sum(map(bool, slugs)):
        twice = next(session.title for session in sessions if list(slugs).count(session.slug) > 1)
        raise WishesRefused(f"Vous avez classé deux fois «\u00a0{twice}\u00a0»\u00a0: une fois suffit.")
    return sessions
