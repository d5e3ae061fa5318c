"""The speakers of an event in protocol order, with their form; one speaker to change."""

from typing import Any

from flask import g, render_template

from eventapp import access
from eventapp.agenda import speakers
from eventapp.agenda.forms import SpeakerForm
from eventapp.agenda.models import Speaker
from eventapp.agenda.views.desk import back_to, bp, find_event, find_speaker, speakers_of
from eventapp.clock import utcnow
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.formats import person

ALL = "/gestion/evenements/<slug>/intervenants"
ONE = f"{ALL}/<speaker_slug>"


@bp.get(ALL, endpoint="speakers")
@access.member
def show(slug: str) -> Any:
    return _page(find_event(slug), SpeakerForm())


@bp.post(ALL)
@access.member
def add_speaker(slug: str) -> Any:
    event = find_event(slug)
    form = SpeakerForm()
    if not form.validate_on_submit():
        return _page(event, form), 422
    speaker = speakers.add_speaker(event, now=utcnow(), by=g.user, **form.facts())
    db.session.commit()
    return back_to("speakers", event, f"{person(speaker)} figure parmi les intervenants.")


@bp.route(ONE, methods=["GET", "POST"])
@access.member
def speaker(slug: str, speaker_slug: str) -> Any:
    found = find_speaker(slug, speaker_slug)
    form = SpeakerForm(obj=found)
    form.keep_civility(found.civility)
    if form.validate_on_submit():
        speakers.edit_speaker(found, form.facts(), now=utcnow(), by=g.user)
        db.session.commit()
        return back_to("speakers", found.event, f"La fiche de {person(found)} est enregistrée.")
    return _speaker_page(found, form), 422 if form.errors else 200


@bp.post(f"{ONE}/montee")
@access.member
def raise_speaker(slug: str, speaker_slug: str) -> Any:
    return _moved(find_speaker(slug, speaker_slug), -1)


@bp.post(f"{ONE}/descente")
@access.member
def lower_speaker(slug: str, speaker_slug: str) -> Any:
    return _moved(find_speaker(slug, speaker_slug), 1)


@bp.post(f"{ONE}/suppression")
@access.member
def remove_speaker(slug: str, speaker_slug: str) -> Any:
    found = find_speaker(slug, speaker_slug)
    event, name = found.event, person(found)
    speakers.remove_speaker(found, now=utcnow(), by=g.user)
    db.session.commit()
    return back_to("speakers", event, f"{name} ne figure plus parmi les intervenants.")


def _moved(found: Speaker, step: int) -> Any:
    speakers.move_speaker(found, step, now=utcnow(), by=g.user)
    db.session.commit()
    return back_to("speakers", found.event, f"{person(found)} a changé de rang.")


def _page(event: Event, form: SpeakerForm) -> str:
    values = {"event": event, "organisation": event.organisation, "form": form, "speakers": speakers_of(event).values()}
    return render_template("agenda/organiser/speakers.html", **values)


def _speaker_page(speaker: Speaker, form: SpeakerForm) -> str:
    held = list(db.session.scalars(speakers.sessions_of(speaker)))
    values = {"event": speaker.event, "organisation": speaker.event.organisation, "form": form, "speaker": speaker}
    return render_template("agenda/organiser/speaker.html", sessions=held, **values)
