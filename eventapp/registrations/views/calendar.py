"""`/mon-inscription/<token>/agenda`: which calendar mail the person wants, their files, their subscription."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_wtf import FlaskForm
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import DataRequired

from eventapp import access
from eventapp.clock import utcnow
from eventapp.errors import Refused
from eventapp.extensions import db
from eventapp.registrations import links
from eventapp.registrations.models import CalendarWish, Registration
from eventapp.registrations.self_service import calendar as calendars
from eventapp.registrations.views.personal import find
from eventapp.registrations.views.public import bp
from eventapp.registrations.wishes.wish_slots import disclosed_bookings

PAGE = "/mon-inscription/<token>/agenda"

HINTS = {
    CalendarWish.EVENT.value: (
        "Votre agenda complet y est joint en fichier. Une session n’est envoyée à part que si elle change."
    ),
    CalendarWish.SESSIONS.value: "Un courriel par session réservée, en plus de celui de la rencontre.",
    CalendarWish.NONE.value: (
        "Les entrées déjà envoyées sont retirées de votre agenda. Les autres courriels continuent."
    ),
}


class CalendarWishForm(FlaskForm):
    wish = RadioField(
        "Les courriels d’agenda",
        choices=[
            SelectChoice(CalendarWish.EVENT.value, "Une entrée pour la rencontre"),
            SelectChoice(CalendarWish.SESSIONS.value, "Une entrée par session réservée"),
            SelectChoice(CalendarWish.NONE.value, "Aucun"),
        ],
        validators=[DataRequired("Choisissez les courriels d’agenda que vous voulez.")],
    )


@bp.get(PAGE)
@access.token_holder
def calendar(token: str) -> Any:
    registration = find(token)
    return calendar_page(registration, CalendarWishForm(wish=registration.calendar_wish.value), token)


@bp.post(PAGE)
@access.token_holder
def choose_calendar(token: str) -> Any:
    registration, form = find(token), CalendarWishForm()
    if not form.validate_on_submit():
        return calendar_page(registration, form, token), 422
    wish = CalendarWish(form.wish.data)
    return _done(token, lambda: calendars.choose(registration, wish, now=utcnow()), "Votre choix est enregistré.")


@bp.post("/mon-inscription/<token>/adresse-agenda")
@access.token_holder
def renew_feed(token: str) -> Any:
    registration = find(token)
    done = "L’ancienne adresse d’abonnement ne fonctionne plus. Voici la nouvelle."
    return _done(token, lambda: calendars.renew_feed(registration, now=utcnow()), done)


@bp.post("/mon-inscription/<token>/adresse-agenda/arret")
@access.token_holder
def stop_feed(token: str) -> Any:
    registration = find(token)
    done = "L’abonnement est arrêté\u00a0: l’adresse ne fonctionne plus."
    return _done(token, lambda: calendars.stop_feed(registration, now=utcnow()), done)


def _done(token: str, verb: Callable[[], object], sentence: str) -> Any:
    try:
        verb()
    except Refused as refusal:
        db.session.rollback()
        flash(str(refusal), "error")
    else:
        db.session.commit()
        flash(sentence, "success")
    return redirect(url_for("registrations.calendar", token=token), 303)


def calendar_page(registration: Registration, form: CalendarWishForm, token: str) -> str:
    event = registration.event
    booked = [b.session for b in disclosed_bookings(registration) if b.is_confirmed and b.session.cancelled_at is None]
    return render_template(
        "registrations/calendar.html",
        event=event,
        registration=registration,
        token=token,
        form=form,
        hints=HINTS,
        sessions=sorted(booked, key=lambda session: (session.starts_at, session.id)),
        feed_url=links.feed(registration) if registration.feed_revoked_at is None else "",
    )
