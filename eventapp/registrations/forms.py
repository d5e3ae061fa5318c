"""The registration form, built from the event: identity, category, sessions, the event's own questions."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from flask import request
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    EmailField,
    HiddenField,
    RadioField,
    SelectField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import DataRequired, ValidationError

from eventapp.addresses import EmailAddress
from eventapp.agenda.models import Session
from eventapp.errors import Refused
from eventapp.events.fields import decision
from eventapp.events.models import Category, Event
from eventapp.registrations.models import Registration
from eventapp.registrations.person_forms import PersonForm, length, needed_beside
from eventapp.registrations.prefill import facts_of
from eventapp.registrations.questions.answers import asked, reserved
from eventapp.registrations.questions.fields import Questions, consent_name, field_name, question_fields
from eventapp.registrations.questions.models import Question
from eventapp.registrations.refusals import SessionNotBookable
from eventapp.registrations.sessions.choices import check_choices, find_choices
from eventapp.registrations.wishes.forms import WishesMixin
from eventapp.registrations.wishes.ranking import sort_out
from eventapp.text import one_line

RADIOS = 6  # more categories than this make a list to unfold
LONGEST_KEY = 64
MOST_SESSIONS = 100


class SessionsMixin(FlaskForm):
    """Sessions are written by hand in the template (checkboxes and radios of several names), so read by hand."""

    event: Event
    sessions: list[Session]
    session_errors: list[str]
    wanted: set[str]

    def read_sessions(self) -> bool:
        self.wanted = wanted_slugs()
        self.sessions, self.session_errors = [], []
        try:
            if len(self.wanted) > MOST_SESSIONS:
                raise Refused("Vous avez choisi trop de sessions.")
            self.sessions = find_choices(self.event, sorted(self.wanted))
            check_choices(self.event, self.sessions)
        except Refused as refusal:
            self.session_errors = [str(refusal)]
        return not self.session_errors


class RegistrationForm(PersonForm, SessionsMixin, WishesMixin):
    """The whole public form. `key` makes a double submission harmless."""

    key = HiddenField()

    def validate(self, extra_validators: Any = None) -> bool:
        sound = super().validate(extra_validators)
        sound = self.read_sessions() and sound
        return self.read_wishes(sent_wishes(), self.sessions) and sound

    @property
    def idempotency_key(self) -> str | None:
        return usable_key(self.key.data)

    def wishes(self, now: datetime) -> dict[str, Any]:
        """What `seats.register` takes beside the person."""
        return {
            "sessions": self.sessions,
            "ranked": self.ranked,
            "answers": self.answers(),
            "idempotency_key": self.idempotency_key,
            "consented_at": now if self.consents else None,
            "consents": self.consents,
        }

    def attach(self, refusal: Refused) -> None:
        if refusal.field == "sessions":
            self.session_errors = [str(refusal)]
        elif refusal.field == "wishes":
            self.wish_errors = [str(refusal)]
        else:
            super().attach(refusal)


class OrganiserForm(RegistrationForm):
    """The same rules; going over capacity is a box of its own."""

    over_capacity = BooleanField("Inscrire même s’il n’y a plus de place")
    over_reason = TextAreaField(
        "Motif pour aller au-delà",
        filters=[one_line],
        validators=[length(500), needed_beside("over_capacity")],
        render_kw={"rows": 2},
    )

    def beyond(self) -> dict[str, Any]:
        """What `seats.register` takes of it."""
        return {"over_capacity": bool(self.over_capacity.data), "reason": self.over_reason.data or ""}


class SessionsForm(SessionsMixin):
    """Another choice of sessions, on the personal page. `attente`: full ones to wait for beside those of their hour."""

    beside: list[Session]

    def validate(self, extra_validators: Any = None) -> bool:
        sound = super().validate(extra_validators)
        return self.read_sessions() and self.read_beside() and sound

    def read_beside(self) -> bool:
        try:
            self.beside = find_choices(self.event, request.form.getlist("attente")[:MOST_SESSIONS])
        except Refused as refusal:
            self.session_errors = [str(refusal)]
        return not self.session_errors


class WishesForm(WishesMixin):
    """Other wishes, on the personal page and at the desk."""

    def validate(self, extra_validators: Any = None) -> bool:
        sound = super().validate(extra_validators)
        try:
            named = find_choices(self.event, sorted(wanted_slugs()))
            if sort_out(self.event, named, ()).booked:
                raise SessionNotBookable
        except Refused as refusal:
            self.wish_errors = [str(refusal)]
            return False
        return self.read_wishes(sent_wishes(), named) and sound


class ResendForm(FlaskForm):
    email = EmailField(
        "Adresse électronique",
        filters=[one_line],
        validators=[DataRequired("Écrivez l’adresse utilisée pour l’inscription."), EmailAddress()],
        render_kw={"autocomplete": "email", "inputmode": "email"},
    )


class CancelForm(FlaskForm):
    reason = TextAreaField("Motif", filters=[one_line], validators=[length(500)], render_kw={"rows": 3})


class OwnCancelForm(CancelForm):
    choice = decision("Votre choix", {"cancel": "Annuler mon inscription", "keep": "Garder mon inscription"})


class OrganiserCancelForm(CancelForm):
    tell = BooleanField("Prévenir la personne par courriel, avec le motif")


def new_key() -> str:
    """Whoever sends the same form twice sends the same key."""
    return secrets.token_urlsafe(24)


def usable_key(key: str | None) -> str | None:
    """What a program sends instead of a key is none."""
    return key if key and key.isascii() and key.isprintable() and len(key) <= LONGEST_KEY else None


def registration_form(event: Event, base: Any = RegistrationForm, **prefill: Any) -> Any:
    """The form of this event, a `base`; `prefill`: first values of its fields, by field name."""
    form = _of_event(base, event, asked(event))(data={"key": new_key()} | prefill)
    form.wanted, form.sessions, form.session_errors = set(), [], []
    return form


def correction_form(registration: Registration, *, reads_sensitive: bool = True) -> PersonForm:
    """The person's own details and answers; an organiser without the right leaves the sensitive ones as they are."""
    held = {answer.question.slug: answer.value for answer in registration.answers}
    event = registration.event
    hidden = set() if reads_sensitive else reserved(event)
    questions = [question for question in asked(event) if question.slug not in hidden]
    facts = {} if request.method == "POST" else facts_of(registration)  # what is sent empty stays so
    form: PersonForm = _of_event(PersonForm, event, questions, held)(data=facts)
    return form


def wishes_form(event: Event) -> WishesForm:
    form = WishesForm()
    form.event = event
    return form


def sessions_form(event: Event, wanted: set[str]) -> SessionsForm:
    form = SessionsForm()
    form.event, form.wanted, form.sessions, form.session_errors, form.beside = event, wanted, [], [], []
    return form


NOTHING: Mapping[str, Any] = MappingProxyType({})


def _of_event(base: Any, event: Event, questions: list[Question], held: Mapping[str, Any] = NOTHING) -> Any:
    facts: dict[str, Any] = {"event": event, "questions": Questions(questions, held)}
    if len(event.categories) > 1:
        facts["category"] = _category_field(event.categories)
    others = {question.slug: question for question in questions}
    for question in questions:
        facts[field_name(question)], consent = question_fields(question, others, held.get(question.slug))
        if consent is not None:
            facts[consent_name(question)] = consent
    return type(base.__name__, (base,), facts)


def _category_field(categories: list[Category]) -> Any:
    kind = RadioField if len(categories) <= RADIOS else SelectField
    choices = [SelectChoice(category.slug, category.name) for category in categories]
    if kind is SelectField:
        choices.insert(0, SelectChoice("", "Choisissez"))
    needed = DataRequired("Choisissez la catégorie qui vous correspond.")
    return kind("Vous êtes", choices=choices, validate_choice=False, validators=[needed, _known_category])


def _known_category(_form: FlaskForm, field: Any) -> None:
    if field.data not in [choice.value for choice in field.choices]:
        raise ValidationError("Choisissez une des catégories proposées.")


def wanted_slugs() -> set[str]:
    """`sessions` and `sessions-<slot>` united; the empty « aucune » says nothing."""
    lists = (request.form.getlist(name) for name in request.form if name.split("-", 1)[0] == "sessions")
    return {slug for values in lists for slug in values if slug}


def sent_wishes() -> dict[str, str]:
    return {name: slug for name, slug in request.form.items() if name.startswith("wish-")}
