"""`/evenements/<slug>/inscription`: the form, its answer, and the lost link."""

import secrets
from typing import Any

from flask import Blueprint, abort, redirect, render_template, session, url_for
from flask_wtf.csrf import generate_csrf
from sqlalchemy import bindparam
from werkzeug.exceptions import TooManyRequests

from eventapp import access, cache, limits, versions
from eventapp.clock import utcnow
from eventapp.database import looking
from eventapp.errors import Refused
from eventapp.events.models import Audience, Event
from eventapp.extensions import db
from eventapp.registrations import links, notices, refusals, seats
from eventapp.registrations.forms import RegistrationForm, ResendForm, new_key, registration_form
from eventapp.registrations.models import Registration, Status
from eventapp.registrations.views.fields import fields_context, tell_left_open
from eventapp.text import fold_email

bp = Blueprint("registrations", __name__)

# Written once: building a question costs more than asking it.
VISIBLE = Event.visible().where(Event.slug == bindparam("slug"))
# Unguessable, so that nothing an organiser writes can be taken for them.
TOKEN_MARK, KEY_MARK = f"token-{secrets.token_hex(16)}", f"key-{secrets.token_hex(16)}"


@bp.get("/evenements/<slug>/inscription")
@access.visitor
def form(slug: str) -> Any:
    if "_flashes" in session:
        return _form_page(slug)[0]
    blank = cache.kept_text(f"form of {slug}", lambda: versions.of_form(slug), lambda: _blank_form(slug))
    if KEY_MARK not in blank:
        return blank
    return blank.replace(TOKEN_MARK, generate_csrf()).replace(KEY_MARK, new_key())


@bp.post("/evenements/<slug>/inscription")
@access.visitor
def create(slug: str) -> Any:
    now = utcnow()
    with looking(db.session()):
        event = find_event(slug)
        form = registration_form(event)
        if event.audience is Audience.INVITED or not seats.is_open(event, now=now):
            return unavailable_page(event, seats.availability(event, now=now)), 422
        if not form.validate_on_submit():
            return form_page(event, form, seats.availability(event, now=now)), 422
        person = form.person()
    try:
        registration = seats.register(event, person, now=now, **form.wishes(now))
    except refusals.AlreadyRegistered as known:
        return _send_link_again(known.registration)
    except Refused as refusal:
        db.session.rollback()
        form.attach(refusal)
        return form_page(event, form, seats.availability(event, now=now)), 422
    own_page = url_for(".person", token=links.token(registration))
    tell_left_open(form)
    db.session.commit()
    return redirect(own_page, 303)


@bp.get("/evenements/<slug>/inscription/lien")
@access.visitor
def resend(slug: str) -> Any:
    return render_template("registrations/resend.html", event=find_event(slug), form=ResendForm())


@bp.post("/evenements/<slug>/inscription/lien")
@access.visitor
def send_links(slug: str) -> Any:
    event, form = find_event(slug), ResendForm()
    if not form.validate_on_submit():
        return render_template("registrations/resend.html", event=event, form=form), 422
    address = fold_email(form.email.data or "")
    send_link(event, live_at(event, address), address)
    return redirect(url_for(".link_sent", slug=event.slug), 303)


@bp.get("/evenements/<slug>/inscription/lien-envoye")
@access.visitor
def link_sent(slug: str) -> Any:
    return render_template("registrations/link_sent.html", event=find_event(slug))


def _blank_form(slug: str) -> str:
    """The form as everyone gets it, with marks where each visitor has a token and a key of their own."""
    page, key = _form_page(slug)
    return page.replace(generate_csrf(), TOKEN_MARK).replace(key, KEY_MARK) if key else page


def _form_page(slug: str) -> tuple[str, str]:
    """The page, and the key of its form when it has one."""
    event = find_event(slug)
    availability = seats.availability(event, now=utcnow())
    if event.audience is Audience.INVITED or availability.step not in seats.OPEN_STEPS:
        return unavailable_page(event, availability), ""
    form = registration_form(event)
    return form_page(event, form, availability), form.key.data or ""


def find_event(slug: str) -> Event:
    return db.session.scalar(VISIBLE, {"slug": slug}) or abort(404)


def form_page(event: Event, form: RegistrationForm, availability: seats.Availability) -> str:
    return render_template("registrations/form.html", availability=availability, **fields_context(event, form))


def unavailable_page(event: Event, availability: seats.Availability) -> str:
    return render_template("registrations/unavailable.html", event=event, availability=availability)


def live_at(event: Event, address: str) -> list[Registration]:
    query = Registration.of(event).where(Registration.email_folded == address, Registration.status != Status.CANCELLED)
    return list(db.session.scalars(query))


def send_link(event: Event, registrations: list[Registration], address: str) -> None:
    """One letter, unless this mailbox had enough of them already; the page shown is the same either way."""
    try:
        limits.spend("personal link to a person", str(event.id), address)
    except TooManyRequests:
        return
    notices.link(registrations, now=utcnow())
    db.session.commit()


def _send_link_again(registration: Registration) -> Any:
    """The same person registered again: their link by mail, and a page that says nothing about them."""
    db.session.rollback()
    event = registration.event
    send_link(event, [registration], registration.email_folded)
    return redirect(url_for(".link_sent", slug=event.slug), 303)
