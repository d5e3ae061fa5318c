"""Letters that came back: another address, or the same once more, from the guest list itself."""

from typing import Any

from flask import flash, g, redirect, request, url_for
from sqlalchemy.exc import IntegrityError

from eventapp import access
from eventapp.addresses import normal_email
from eventapp.clock import utcnow
from eventapp.errors import Refused
from eventapp.extensions import db
from eventapp.formats import person as name_of
from eventapp.invitations import guest_list
from eventapp.invitations.listing import Choice
from eventapp.invitations.segments import Standing
from eventapp.invitations.views.guests import find_guest
from eventapp.invitations.views.organiser import bp, list_page, managed

LONGEST_SHOWN = 400
TO_CORRECT = Choice(state=Standing.UNDELIVERABLE.value)


@bp.post("/gestion/evenements/<slug>/invites/<int:guest_id>/adresse")
@access.member
def correct_address(slug: str, guest_id: int) -> Any:
    event = managed(slug)
    guest = find_guest(event, guest_id)
    typed = request.form.get("email", "").replace("\0", "")
    try:
        sent = guest_list.correct_address(guest, normal_email(typed), now=utcnow(), by=g.user)
        told = f"{name_of(guest)}\u00a0: " + (f"l’invitation part à {guest.email}." if sent else "adresse corrigée.")
        db.session.commit()
    except (Refused, ValueError, IntegrityError) as refusal:
        db.session.rollback()
        fault = guest_list.AlreadyGuest.message if isinstance(refusal, IntegrityError) else str(refusal)
        return list_page(managed(slug), TO_CORRECT, {guest_id: (typed[:LONGEST_SHOWN], fault)}), 422
    flash(told, "success")
    return redirect(url_for(".guests", slug=slug, **TO_CORRECT.as_query()), 303)
