"""One session: write, change, copy, cancel, delete."""

from typing import Any

from flask import flash, g, render_template, request

from eventapp import access
from eventapp.agenda import editing
from eventapp.agenda.cast import SPARE, Rows
from eventapp.agenda.forms import DecisionForm, SessionForm, session_data
from eventapp.agenda.models import Session, SpeakerRole
from eventapp.agenda.views.desk import back_to, bp, find_event, find_session, rooms_of, speakers_of
from eventapp.clock import utcnow
from eventapp.errors import Refused
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.formats import plural
from eventapp.registrations.places.over_limits import warnings
from eventapp.registrations.sessions import programme_changes, session_changes

NEW = "/gestion/evenements/<slug>/programme/nouvelle-session"
ONE = "/gestion/evenements/<slug>/sessions/<session_slug>"


@bp.get(NEW)
@access.member
def new_session(slug: str) -> Any:
    event = find_event(slug)
    local = event.starts_at.astimezone(event.zone)
    form = SessionForm(formdata=None, data={"day": local.date()})
    return _page(event, form, Rows.of(None))


@bp.post(NEW)
@access.member
def add_session(slug: str) -> Any:
    event = find_event(slug)
    form, rows = SessionForm(), Rows.typed(request.form)
    speakers = speakers_of(event)
    form.offer(rooms_of(event))
    if not form.validate_on_submit() or not rows.check(speakers):
        return _page(event, form, rows), 422
    try:
        session = editing.add_session(event, now=utcnow(), by=g.user, cast=rows.cast(speakers), **form.facts(event))
    except Refused as refusal:
        return _refused(slug, form, rows, refusal)
    db.session.commit()
    return back_to("programme", event, f"«\u00a0{session.title}\u00a0» est au programme.")


@bp.get(ONE, endpoint="session")
@access.member
def show_session(slug: str, session_slug: str) -> Any:
    found = find_session(slug, session_slug)
    return _page(found.event, SessionForm(formdata=None, data=session_data(found)), Rows.of(found), found)


@bp.post(ONE)
@access.member
def edit_session(slug: str, session_slug: str) -> Any:
    found = find_session(slug, session_slug)
    form, rows = SessionForm(), Rows.typed(request.form)
    speakers = speakers_of(found.event)
    form.offer(rooms_of(found.event))
    if not form.validate_on_submit() or not rows.check(speakers):
        return _page(found.event, form, rows, found), 422
    try:
        told = programme_changes.edit_session(
            found,
            form.facts(found.event),
            cast=rows.cast(speakers),
            revision=form.seen_revision,
            now=utcnow(),
            by=g.user,
        )
    except Refused as refusal:
        return _refused(slug, form, rows, refusal, session_slug)
    db.session.commit()
    return _saved(found, told)


@bp.post(f"{NEW}/lignes")
@access.member
def add_rows_to_new_session(slug: str) -> Any:
    return _page(find_event(slug), SessionForm(), Rows.typed(request.form).with_spare(SPARE))


@bp.post(f"{ONE}/lignes")
@access.member
def add_rows(slug: str, session_slug: str) -> Any:
    found = find_session(slug, session_slug)
    return _page(found.event, SessionForm(), Rows.typed(request.form).with_spare(SPARE), found)


@bp.post(f"{ONE}/copie")
@access.member
def duplicate_session(slug: str, session_slug: str) -> Any:
    copy = editing.duplicate_session(find_session(slug, session_slug), now=utcnow(), by=g.user)
    db.session.commit()
    return back_to("session", copy.event, "Voici la copie\u00a0: changez ce qui diffère.", session_slug=copy.slug)


@bp.route(f"{ONE}/annulation", methods=["GET", "POST"])
@access.member
def cancel_session(slug: str, session_slug: str) -> Any:
    found = find_session(slug, session_slug)
    form = DecisionForm()
    if not form.validate_on_submit():
        return _decision("agenda/organiser/cancel_session.html", found)
    now = utcnow()
    try:
        editing.cancel_session(found, now=now, by=g.user)
    except Refused as refusal:
        return _decision("agenda/organiser/cancel_session.html", found, str(refusal)), 422
    told = session_changes.release_session(found, now=now, by=g.user)
    db.session.commit()
    return back_to("programme", found.event, _said(f"«\u00a0{found.title}\u00a0» est annulée.", told))


@bp.route(f"{ONE}/suppression", methods=["GET", "POST"])
@access.member
def remove_session(slug: str, session_slug: str) -> Any:
    found = find_session(slug, session_slug)
    if not DecisionForm().validate_on_submit():
        return _decision("agenda/organiser/remove_session.html", found)
    event, title = found.event, found.title
    try:
        programme_changes.remove_session(found, now=utcnow(), by=g.user)
    except Refused as refusal:
        return _decision("agenda/organiser/remove_session.html", found, str(refusal)), 422
    db.session.commit()
    return back_to("programme", event, f"«\u00a0{title}\u00a0» est supprimée.")


def _page(event: Event, form: SessionForm, rows: Rows, session: Session | None = None) -> str:
    form.offer(rooms_of(event))
    return render_template(
        "agenda/organiser/session.html",
        event=event,
        organisation=event.organisation,
        form=form,
        rows=rows,
        session=session,
        speakers=speakers_of(event),
        roles=list(SpeakerRole),
        booked=programme_changes.booked(session) if session is not None else 0,
    )


def _refused(slug: str, form: SessionForm, rows: Rows, refusal: Refused, session_slug: str | None = None) -> Any:
    """What was typed stays; the sentence goes to its field, or above the form."""
    db.session.rollback()
    event = find_event(slug)
    session = find_session(slug, session_slug) if session_slug is not None else None
    if refusal.field is not None and refusal.field in form:
        form[refusal.field].errors = [str(refusal)]
    else:
        form.form_errors.append(str(refusal))
    if session is not None:
        form.revision.data = str(session.revision)
    return _page(event, form, rows, session), 422


def _saved(session: Session, told: int) -> Any:
    """What the change set going is said on the programme."""
    for sentence in warnings(session.event, now=utcnow(), about="agenda_organiser.session"):
        flash(sentence, "warning")
    said = _said(f"«\u00a0{session.title}\u00a0» est enregistrée.", told)
    return back_to("programme", session.event, said + _clash(programme_changes.in_two_places(session)))


def _decision(template: str, session: Session, refusal: str = "") -> str:
    return render_template(
        template,
        event=session.event,
        organisation=session.event.organisation,
        session=session,
        booked=programme_changes.booked(session),
        refusal=refusal,
    )


def _said(sentence: str, told: int) -> str:
    if not told:
        return sentence
    people = plural(told, "personne concernée est prévenue", "personnes concernées sont prévenues")
    return f"{sentence} {people} par courriel."


def _clash(people: int) -> str:
    """After a change of hour; their own pages and letters ask them to choose."""
    if not people:
        return ""
    holders = plural(people, "personne tient", "personnes tiennent")
    return f" {holders} maintenant deux sessions à la même heure\u00a0: leur page leur demande de choisir."
