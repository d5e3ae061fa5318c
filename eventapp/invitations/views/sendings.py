"""Choosing whom to invite, reading what will go out, sending."""

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for

from eventapp import access
from eventapp.clock import utcnow
from eventapp.errors import Refused
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.formats import plural
from eventapp.invitations import guest_list, listing, notices, samples, sending
from eventapp.invitations.models import Guest, GuestState
from eventapp.invitations.views.organiser import bp, choice_made, filter_choices, managed
from eventapp.letters.models import LetterKind
from eventapp.letters.writing import current, proposal
from eventapp.links import absolute


@bp.get("/gestion/evenements/<slug>/invites/envoi")
@access.member
def choose(slug: str) -> str:
    """The guests not yet invited, filtered, each with a box."""
    event = managed(slug)
    return render_template(
        "invitations/organiser/choose.html",
        event=event,
        organisation=event.organisation,
        guests=_candidates(event),
        choice=choice_made(),
        **filter_choices(event),
        refusal=_refusal(event),
        letter=current(event, LetterKind.INVITATION),
    )


@bp.post("/gestion/evenements/<slug>/invites/envoi/relecture")
@access.member
def review(slug: str) -> Any:
    """The exact list and the letter, before anything leaves. Writes nothing."""
    event = managed(slug)
    guests = _ticked(event)
    refusal = _refusal(event)
    if not guests or refusal:
        flash(refusal or "Cochez au moins une personne.", "error")
        return redirect(url_for(".choose", slug=slug), 303)
    written = current(event, LetterKind.INVITATION) or proposal(event, LetterKind.INVITATION)
    registered = guest_list.registered_keys(event)
    return render_template(
        "invitations/organiser/review.html",
        event=event,
        organisation=event.organisation,
        guests=guests,
        registered=[guest for guest in guests if (guest.email_folded, guest.name_folded) in registered],
        preview=notices.contents(
            event,
            guests[0],
            written.subject,
            written.body,
            absolute("invitations.page", token=samples.TOKEN),
        ),
    )


@bp.post("/gestion/evenements/<slug>/invites/envoi")
@access.member
def send(slug: str) -> Any:
    event = managed(slug)
    try:
        sent = sending.invite(event, _ticked(event), now=utcnow(), by=g.user)
    except Refused as refusal:
        db.session.rollback()
        flash(str(refusal), "error")
        return redirect(url_for(".choose", slug=slug), 303)
    db.session.commit()
    if sent:
        flash(f"{plural(sent, 'invitation part', 'invitations partent')} maintenant.", "success")
    else:
        flash("Ces personnes étaient déjà invitées : rien n’a été renvoyé.", "info")
    return redirect(url_for(".guests", slug=slug, etat=GuestState.SILENT.value), 303)


def _candidates(event: Event) -> list[Guest]:
    made = choice_made()
    choice = listing.Choice(made.text, GuestState.NOT_INVITED.value, made.departement, made.category)
    return list(db.session.scalars(listing.listed(event, choice)).unique())


def _ticked(event: Event) -> list[Guest]:
    """Those of the ticked boxes who are this event's guests and not yet invited."""
    ids = {int(text) for text in request.form.getlist("guests") if text.isascii() and text.isdigit() and len(text) < 10}
    return [guest for guest in sending.not_yet_invited(event) if guest.id in ids]


def _refusal(event: Event) -> str:
    try:
        sending.check_may_invite(event, utcnow())
    except Refused as refusal:
        return str(refusal)
    return ""
