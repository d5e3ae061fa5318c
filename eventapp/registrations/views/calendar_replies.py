"""`/gestion/evenements/<slug>/reponses-calendrier`: what calendars answered, for the organiser to decide."""

from typing import Any

from flask import abort, flash, g, redirect, render_template, request, url_for

from eventapp import access
from eventapp.clock import utcnow
from eventapp.extensions import db
from eventapp.pagination import Order, page
from eventapp.registrations.self_service import calendar_replies as replies
from eventapp.registrations.self_service import unmatched_replies
from eventapp.registrations.self_service.calendar_models import CalendarReply
from eventapp.registrations.views.organiser import LARGEST_ID, bp, find_event

OLDEST_FIRST = Order((CalendarReply.id,), lambda row: (row.id,))


@bp.get("/gestion/evenements/<slug>/reponses-calendrier")
@access.member
def calendar_replies(slug: str) -> Any:
    event = find_event(slug)
    before, after = request.args.get("avant"), request.args.get("apres")
    found = page(replies.open_ones(event), OLDEST_FIRST, before=before, after=after)
    context = {"event": event, "organisation": event.organisation, "page": found}
    context["unmatched"] = unmatched_replies.of_event(event)
    return render_template("registrations/organiser/calendar_replies.html", **context)


@bp.post("/gestion/evenements/<slug>/reponses-calendrier/<int:reply_id>/classement")
@access.member
def ignore_reply(slug: str, reply_id: int) -> Any:
    if reply_id > LARGEST_ID:
        abort(404)
    mine = db.select(CalendarReply).where(CalendarReply.event_id == find_event(slug).id)
    reply = db.first_or_404(mine.where(CalendarReply.id == reply_id))
    replies.ignore(reply, now=utcnow(), by=g.user)
    db.session.commit()
    flash("Cette réponse n’est plus montrée. Rien n’a changé dans l’inscription.", "success")
    return redirect(url_for(".detail", slug=slug, registration_id=reply.registration_id), 303)
