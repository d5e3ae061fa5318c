"""The speakers of an event in protocol order, with their form; one speaker to change."""

from typing import Any

from flask import g

from eventapp import access
from eventapp.agenda import editing, speakers
from eventapp.agenda.forms import SpeakerForm
from eventapp.agenda.models import Speaker
from eventapp.agenda.views.desk import (
    back_to,
    bp,
    edited,
    find_event,
    find_plan,
    find_speaker,
    point_at,
    refused,
    row,
    show,
)
from eventapp.clock import utcnow
from eventapp.errors import Refused
from eventapp.exchange.drafting import Plan
from eventapp.formats import person

ALL = "/gestion/evenements/<slug>/intervenants"
ONE = f"{ALL}/<speaker_slug>"


@bp.get(ALL, endpoint="speakers")
@access.member
def show_speakers(slug: str) -> Any:
    return _page(find_plan(slug), SpeakerForm())


@bp.post(ALL)
@access.member
def add_speaker(slug: str) -> Any:
    event = find_event(slug)
    form = SpeakerForm()
    if not form.validate_on_submit():
        return _page(find_plan(slug), form), 422
    with edited(event):
        name = person(speakers.add_speaker(event, now=utcnow(), by=g.user, **form.facts()))
    return back_to("speakers", event, f"{name} figure parmi les intervenants.")


@bp.route(ONE, methods=["GET", "POST"])
@access.member
def speaker(slug: str, speaker_slug: str) -> Any:
    plan, found = find_speaker(slug, speaker_slug)
    form = SpeakerForm(obj=found, seen=editing.mark_of(found))
    form.keep_civility(found.civility)
    if not form.validate_on_submit():
        return _speaker_page(plan, found, form), 422 if form.errors else 200
    try:
        with edited(plan.event):
            changed = row(Speaker, plan.event, speaker_slug)
            speakers.edit_speaker(changed, form.facts(), seen=form.seen.data, now=utcnow(), by=g.user)
            name = person(changed)
    except editing.WrittenMeanwhile as refusal:
        return _written_meanwhile(slug, speaker_slug, form, refusal)
    except Refused as refusal:
        return refused("speakers", plan.event, refusal)
    return back_to("speakers", plan.event, f"La fiche de {name} est enregistrée.")


def _written_meanwhile(slug: str, speaker_slug: str, form: SpeakerForm, refusal: Refused) -> Any:
    point_at(form, refusal)
    plan, found = find_speaker(slug, speaker_slug)
    form.seen.data = editing.mark_of(found)
    return _speaker_page(plan, found, form), 422


@bp.post(f"{ONE}/montee")
@access.member
def raise_speaker(slug: str, speaker_slug: str) -> Any:
    return _moved(slug, speaker_slug, -1)


@bp.post(f"{ONE}/descente")
@access.member
def lower_speaker(slug: str, speaker_slug: str) -> Any:
    return _moved(slug, speaker_slug, 1)


@bp.post(f"{ONE}/suppression")
@access.member
def remove_speaker(slug: str, speaker_slug: str) -> Any:
    plan, found = find_speaker(slug, speaker_slug)
    name = person(found)
    try:
        with edited(plan.event):
            speakers.remove_speaker(row(Speaker, plan.event, speaker_slug), now=utcnow(), by=g.user)
    except Refused as refusal:
        return refused("speakers", plan.event, refusal)
    return back_to("speakers", plan.event, f"{name} ne figure plus parmi les intervenants.")


def _moved(slug: str, speaker_slug: str, step: int) -> Any:
    plan, found = find_speaker(slug, speaker_slug)
    name = person(found)
    try:
        with edited(plan.event):
            speakers.move_speaker(row(Speaker, plan.event, speaker_slug), step, now=utcnow(), by=g.user)
    except Refused as refusal:
        return refused("speakers", plan.event, refusal)
    return back_to("speakers", plan.event, f"{name} a changé de rang.")


def _page(plan: Plan, form: SpeakerForm) -> str:
    return show("agenda/organiser/speakers.html", plan, form=form, speakers=plan.speakers.values())


def _speaker_page(plan: Plan, speaker: Speaker, form: SpeakerForm) -> str:
    held = [s for s in plan.sessions if any(a.speaker.slug == speaker.slug for a in s.appearances)]
    return show("agenda/organiser/speaker.html", plan, form=form, speaker=speaker, sessions=held)
