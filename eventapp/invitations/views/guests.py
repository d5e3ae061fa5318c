"""One guest: adding by hand, reading, correcting, removing, inviting."""

from typing import Any

from flask import abort, flash, g, redirect, render_template, request, url_for
from sqlalchemy.exc import IntegrityError

from eventapp import access
from eventapp.clock import utcnow
from eventapp.errors import Refused
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.formats import person as name_of
from eventapp.invitations import answering, delegating, guest_list, history, naming, places, sending, withdrawals
from eventapp.invitations.delegation_forms import StructureForm
from eventapp.invitations.forms import GuestForm
from eventapp.invitations.models import PUBLIC_DIRECTORY, Guest
from eventapp.invitations.views.organiser import bp, managed
from eventapp.network.models import Structure
from eventapp.network.search import find_structures, full_labels
from eventapp.text import fold_email

OFFERED = 12  # structures shown under a search
LINK_RENEWED = "Corrigé. L’ancien lien ne fonctionne plus ; un nouveau part à la nouvelle adresse."


@bp.route("/gestion/evenements/<slug>/invites/nouveau", methods=["GET", "POST"])
@access.member
def new(slug: str) -> Any:
    event = managed(slug)
    structure = _structure_chosen()
    form = GuestForm(event, organization=structure.full_label, email=structure.email) if structure else GuestForm(event)
    if not form.validate_on_submit():
        return _new_page(event, form), 422 if form.is_submitted() else 200
    try:
        guest = guest_list.add(event, form.person, origin=_origin(form, structure), now=utcnow(), by=g.user)
        db.session.commit()
    except (Refused, IntegrityError) as refusal:
        db.session.rollback()
        _show(form, refusal)
        return _new_page(managed(slug), form), 422
    flash(f"{name_of(guest)} est dans la liste. L’invitation n’est pas encore partie.", "success")
    return redirect(url_for(".guest", slug=slug, guest_id=guest.id), 303)


@bp.route("/gestion/evenements/<slug>/invites/<int:guest_id>", methods=["GET", "POST"])
@access.member
def guest(slug: str, guest_id: int) -> Any:
    event = managed(slug)
    found = find_guest(event, guest_id)
    if found.is_structure:
        return _structure(event, found)
    form = GuestForm(event, found)
    if not form.validate_on_submit():
        return _guest_page(event, found, form), 422 if form.is_submitted() else 200
    try:
        sent = guest_list.correct(found, form.person, now=utcnow(), by=g.user)
        db.session.commit()
    except (Refused, IntegrityError) as refusal:
        db.session.rollback()
        _show(form, refusal)
        return _guest_page(event, find_guest(event, guest_id), form), 422
    flash(LINK_RENEWED if sent else "Corrigé.", "success")
    return redirect(url_for(".guest", slug=slug, guest_id=guest_id), 303)


@bp.route("/gestion/evenements/<slug>/invites/<int:guest_id>/retrait", methods=["GET", "POST"])
@access.member
def remove(slug: str, guest_id: int) -> Any:
    event = managed(slug)
    found = find_guest(event, guest_id)
    if request.method != "POST":
        facts = {"event": event, "organisation": event.organisation, "guest": found}
        told = withdrawals.to_tell(event, [found], now=utcnow())
        return render_template("invitations/organiser/remove.html", told=len(told), **facts)
    try:
        guest_list.remove(found, now=utcnow(), by=g.user, tell="prevenir" in request.form)
    except Refused as refusal:
        db.session.rollback()
        flash(str(refusal), "error")
        return redirect(url_for(".guest", slug=slug, guest_id=guest_id), 303)
    name = name_of(found)
    db.session.commit()
    flash(f"{name} n’est plus dans la liste.", "success")
    return redirect(url_for(".guests", slug=slug), 303)


@bp.post("/gestion/evenements/<slug>/invites/<int:guest_id>/invitation")
@access.member
def invite(slug: str, guest_id: int) -> Any:
    """Invite one guest, or send the same link once more."""
    event = managed(slug)
    found = find_guest(event, guest_id)
    try:
        if found.invitation is not None:
            sending.resend(found.invitation, now=utcnow(), by=g.user)
        else:
            sending.invite(event, [found], now=utcnow(), by=g.user)
    except Refused as refusal:
        db.session.rollback()
        flash(str(refusal), "error")
    else:
        email = found.email
        db.session.commit()
        flash(f"L’invitation part à {email}.", "success")
    return redirect(url_for(".guest", slug=slug, guest_id=guest_id), 303)


def find_guest(event: Event, guest_id: int) -> Guest:
    if guest_id >= 2**31:
        abort(404)
    found: Guest = db.first_or_404(Guest.of(event).where(Guest.id == guest_id))
    return found


def _may_reply(guest: Guest) -> bool:
    """Whether one of the team may enter a reply received by phone."""
    return guest.invitation is not None and answering.may_decline(guest.event, utcnow())


def _structure(event: Event, found: Guest) -> Any:
    """The mailbox and places of a structure; its name is the network's."""
    form, guest_id = StructureForm.of(found), found.id
    if not form.validate_on_submit():
        return _guest_page(event, found, form), 422 if form.is_submitted() else 200
    email, count = form.email.data or "", form.places.data or 0
    try:
        sent = delegating.correct_structure(found, email=email, count=count, now=utcnow(), by=g.user)
    except Refused as refusal:
        db.session.rollback()
        field = form.places if refusal.field == "places" else form.email
        field.errors = [str(refusal)]
        return _guest_page(event, find_guest(event, guest_id), form), 422
    db.session.commit()
    flash(LINK_RENEWED if sent else "Corrigé.", "success")
    return redirect(url_for(".guest", slug=event.slug, guest_id=guest_id), 303)


def _structure_chosen() -> Structure | None:
    number = request.args.get("structure", "").replace("\0", "")
    return db.session.scalar(db.select(Structure).where(Structure.id_fs == number)) if number else None


def _show(form: GuestForm, refusal: Exception) -> None:
    if not isinstance(refusal, Refused):
        refusal = guest_list.AlreadyGuest()  # the constraint had the last word: somebody was faster
    form.email.errors = [*form.email.errors, str(refusal)]


def _origin(form: GuestForm, structure: Structure | None) -> str:
    """Taken as it is from the directory, or typed."""
    same = structure is not None and bool(structure.email) and fold_email(structure.email) == form.person.email_folded
    return PUBLIC_DIRECTORY if same else guest_list.BY_HAND


def _new_page(event: Event, form: GuestForm) -> str:
    text = request.args.get("q", "").replace("\0", "")[:200]
    region = event.organisation.region_code
    found = db.session.scalars(find_structures(text, region=region).limit(OFFERED)).all() if text else []
    return render_template(
        "invitations/organiser/new.html",
        event=event,
        organisation=event.organisation,
        form=form,
        text=text,
        found=found,
        labels=full_labels(db.session(), region),
    )


def _guest_page(event: Event, guest: Guest, form: GuestForm | StructureForm) -> str:
    return render_template(
        "invitations/organiser/guest.html",
        event=event,
        organisation=event.organisation,
        guest=guest,
        invitation=guest.invitation,
        named=naming.standings(guest),
        left=places.left(guest),
        may_reply=_may_reply(guest),
        registration=places.registration_of(guest.invitation) if guest.invitation else None,
        form=form,
        history=history.moments(guest),
        labels=full_labels(db.session(), event.organisation.region_code),
    )
