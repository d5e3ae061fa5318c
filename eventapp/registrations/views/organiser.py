"""`/gestion/evenements/<slug>/inscriptions`: the list, one person, registering and cancelling for somebody."""

from typing import Any

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for

from eventapp import access, downloads
from eventapp.clock import utcnow
from eventapp.errors import Refused
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.formats import person
from eventapp.invitations import places
from eventapp.invitations.models import Guest, Invitation
from eventapp.links import absolute
from eventapp.outbox.letters import TITLES
from eventapp.pagination import page
from eventapp.registrations import notices, refusals, seats
from eventapp.registrations.desk import history, merging, selection, undoing
from eventapp.registrations.forms import OrganiserCancelForm, OrganiserForm, registration_form
from eventapp.registrations.models import Registration, Source
from eventapp.registrations.questions.answers import betraying
from eventapp.registrations.questions.completeness import missing
from eventapp.registrations.self_service import calendar_replies, requests
from eventapp.registrations.views.fields import fields_context, tell_left_open
from eventapp.registrations.waiting.reasons import reasons_to_wait
from eventapp.registrations.wishes import wish_slots

bp = Blueprint("registrations_organiser", __name__)

LARGEST_ID = 2**31 - 1


@bp.get("/gestion/evenements/<slug>/inscriptions")
@access.member
def index(slug: str) -> Any:
    event = find_event(slug)
    filters = selection.Filters.of(request.args)
    sort = request.args.get("tri", "nom")
    sort = sort if sort in selection.ORDERS else "nom"
    query = selection.find_registrations(event, filters)
    before, after = request.args.get("avant"), request.args.get("apres")
    return render_template(
        "registrations/organiser/index.html",
        event=event,
        organisation=event.organisation,
        filters=filters,
        sort=sort,
        page=page(query, selection.ORDERS[sort], before=before, after=after),
        found=selection.count(query),
        incomplete=selection.count_incomplete(event),
        availability=seats.availability(event, now=utcnow()),
        exports=downloads.links(".export", slug=slug),
        public_url=absolute("registrations.form", slug=slug),
        **choices(event),
    )


@bp.get("/gestion/evenements/<slug>/inscriptions/<int:registration_id>")
@access.member
def detail(slug: str, registration_id: int) -> Any:
    registration = find(slug, registration_id)
    relatives = history.relatives(registration)
    return render_template(
        "registrations/organiser/detail.html",
        event=registration.event,
        organisation=registration.event.organisation,
        registration=registration,
        position=seats.position(registration),
        reasons=reasons_to_wait(registration, now=utcnow()),
        has_sessions=wish_slots.books_sessions(registration.event),
        rankings=wish_slots.ranking_of(registration),
        guest=_guest(registration),
        relatives=relatives,
        moments=history.moments(registration, relatives),
        not_restored=_why_not_restored(registration) if registration.is_cancelled else None,
        twins=merging.likely_twins(registration) if not registration.is_cancelled else [],
        letters=history.letters(registration),
        replies=calendar_replies.of_registration(registration),
        party=history.party_of(registration),
        titles=TITLES,
        **_told(registration),
    )


@bp.get("/gestion/evenements/<slug>/inscriptions/nouvelle")
@access.member
def new(slug: str) -> Any:
    event = find_event(slug)
    return new_page(event, registration_form(event, OrganiserForm))


@bp.post("/gestion/evenements/<slug>/inscriptions/nouvelle")
@access.member
def create(slug: str) -> Any:
    event = find_event(slug)
    form: OrganiserForm = registration_form(event, OrganiserForm)
    if not form.validate_on_submit():
        return new_page(event, form), 422
    now = utcnow()
    facts = form.wishes(now) | {"source": Source.ORGANISER, "by": g.user, **form.beyond()}
    try:
        registration = seats.register(event, form.person(), now=now, **facts)
    except Refused as refusal:
        db.session.rollback()
        form.attach(refusal)
        known = refusal.registration if isinstance(refusal, refusals.AlreadyRegistered) else None
        return new_page(event, form, known), 422
    db.session.commit()
    flash(f"Inscription de {person(registration)}\u00a0: {registration.status.label}.", "success")
    tell_left_open(form, "Corriger les informations")
    return redirect(url_for(".detail", slug=slug, registration_id=registration.id), 303)


@bp.get("/gestion/evenements/<slug>/inscriptions/<int:registration_id>/annulation")
@access.member
def cancel(slug: str, registration_id: int) -> Any:
    return cancel_page(find(slug, registration_id), OrganiserCancelForm(data={"tell": True}))


@bp.post("/gestion/evenements/<slug>/inscriptions/<int:registration_id>/annulation")
@access.member
def withdraw(slug: str, registration_id: int) -> Any:
    registration, form = find(slug, registration_id), OrganiserCancelForm()
    if not form.validate_on_submit():
        return cancel_page(registration, form), 422
    seats.cancel(registration, now=utcnow(), by=g.user, reason=form.reason.data or "", tell=bool(form.tell.data))
    db.session.commit()
    flash(f"L’inscription de {person(registration)} est annulée.", "success")
    return redirect(url_for(".detail", slug=slug, registration_id=registration_id), 303)


@bp.post("/gestion/evenements/<slug>/inscriptions/<int:registration_id>/lien")
@access.member
def send_link(slug: str, registration_id: int) -> Any:
    registration = find(slug, registration_id)
    if registration.has_no_link:
        flash("Cette inscription a été transmise ou réunie à une autre\u00a0: son lien n’existe plus.", "error")
    else:
        notices.link([registration], now=utcnow())
        db.session.commit()
        flash(f"Le lien personnel part à {registration.email}.", "success")
    return redirect(url_for(".detail", slug=slug, registration_id=registration_id), 303)


def find_event(slug: str) -> Event:
    return db.first_or_404(Event.managed_by(g.user).where(Event.slug == slug))


def find(slug: str, registration_id: int) -> Registration:
    if registration_id > LARGEST_ID:
        abort(404)
    return db.first_or_404(Registration.of(find_event(slug)).where(Registration.id == registration_id))


def _told(registration: Registration) -> dict[str, Any]:
    """Their answers and what is missing of them, as far as this organiser may read it."""
    event = registration.event
    reads_sensitive = g.user.reads_sensitive_of(event.organisation_id)
    return {
        "reads_sensitive": reads_sensitive,
        "betraying": set() if reads_sensitive else betraying(event),
        "missing": [] if registration.is_cancelled else missing(registration, reads_sensitive=reads_sensitive),
    }


def _why_not_restored(registration: Registration) -> str | None:
    return undoing.why_not_restored(registration, now=utcnow()) or places.why_not_again(registration)


def _guest(registration: Registration) -> Guest | None:
    """Whose invitation this registration came from."""
    return db.session.scalar(
        db.select(Guest)
        .join(Guest.invitations)
        .where(Invitation.registration_id == registration.id, Guest.removed_at.is_(None))
        .limit(1)
    )


def choices(event: Event) -> dict[str, Any]:
    return {
        "counts": selection.counts_by_status(event),
        "to_decide": requests.count_to_decide(event),
        "calendar_replies": calendar_replies.count_open(event),
        "category_choices": [(c.slug, c.name) for c in event.categories],
        "departement_choices": [(d.code, f"{d.code} {d.name}") for d in selection.departements_of(event)],
        "session_choices": [(s.slug, s.title) for s in seats.bookable_sessions(event)],
        "source_choices": [(source.value, source.label) for source in Source],
        "group_choices": _groups(event),
    }


def _groups(event: Event) -> list[tuple[Any, str]]:
    named = [(party.id, f"{party.contact_name}, {party.organisation_name}") for party in selection.parties_of(event)]
    return [(selection.ANY_GROUP, "Tous les groupes"), *named] if named else []


def new_page(event: Event, form: OrganiserForm, known: Registration | None = None) -> str:
    context = fields_context(event, form) | {"organisation": event.organisation, "known": known}
    return render_template("registrations/organiser/new.html", **context)


def cancel_page(registration: Registration, form: OrganiserCancelForm) -> str:
    event = registration.event
    return render_template(
        "registrations/organiser/cancel.html",
        event=event,
        organisation=event.organisation,
        registration=registration,
        form=form,
    )
