"""`/gestion/evenements/<slug>/demandes`: what people ask once they may no longer do it alone."""

from typing import Any

from flask import abort, flash, g, redirect, render_template, request, url_for

from eventapp import access
from eventapp.clock import utcnow
from eventapp.errors import Refused
from eventapp.extensions import db
from eventapp.formats import person as name_of
from eventapp.pagination import Order, page
from eventapp.registrations.desk.forms import OverLimitsForm
from eventapp.registrations.self_service import requests
from eventapp.registrations.self_service.models import ChangeRequest
from eventapp.registrations.self_service.request_forms import AnswerForm
from eventapp.registrations.self_service.request_summaries import obstacles, summary
from eventapp.registrations.views.organiser import LARGEST_ID, bp, find_event

OLDEST_FIRST = Order((ChangeRequest.id,), lambda row: (row.id,))


@bp.get("/gestion/evenements/<slug>/demandes")
@access.member
def pending(slug: str) -> Any:
    event, now = find_event(slug), utcnow()
    before, after = request.args.get("avant"), request.args.get("apres")
    found = page(requests.to_decide(event), OLDEST_FIRST, before=before, after=after)
    return render_template(
        "registrations/organiser/requests.html",
        event=event,
        organisation=event.organisation,
        page=found,
        summaries={one.id: summary(one) for one in found},
        obstacles={one.id: obstacles(one, now=now) for one in found},
        decided=requests.latest_decided(event),
    )


@bp.post("/gestion/evenements/<slug>/demandes/<int:request_id>/acceptation")
@access.member
def accept_request(slug: str, request_id: int) -> Any:
    asked = find_request(slug, request_id)
    beyond, version = OverLimitsForm(), request.form.get("version")
    if beyond.lacks_reason:
        flash("Écrivez le motif pour aller au-delà des limites\u00a0: la demande attend toujours.", "error")
        return redirect(url_for(".pending", slug=slug), 303)
    facts: dict[str, Any] = {"over_limits": bool(beyond.over_limits.data), "reason": beyond.over_reason.data or ""}
    try:
        requests.accept(asked, now=utcnow(), by=g.user, version=version, **facts)
    except Refused as refusal:
        db.session.rollback()
        flash(f"La demande n’a pas pu être acceptée\u00a0: {refusal}", "error")
        return redirect(url_for(".pending", slug=slug), 303)
    db.session.commit()
    flash(f"La demande de {name_of(asked.registration)} est acceptée\u00a0: un courriel le lui dit.", "success")
    return redirect(url_for(".pending", slug=slug), 303)


@bp.get("/gestion/evenements/<slug>/demandes/<int:request_id>/refus")
@access.member
def refusal(slug: str, request_id: int) -> Any:
    return refusal_page(find_request(slug, request_id), AnswerForm())


@bp.post("/gestion/evenements/<slug>/demandes/<int:request_id>/refus")
@access.member
def refuse_request(slug: str, request_id: int) -> Any:
    asked, form = find_request(slug, request_id), AnswerForm()
    if not form.validate_on_submit():
        return refusal_page(asked, form), 422
    try:
        requests.refuse(asked, answer=form.answer.data or "", now=utcnow(), by=g.user)
    except Refused as why_not:
        db.session.rollback()
        flash(str(why_not), "error")
        return redirect(url_for(".pending", slug=slug), 303)
    db.session.commit()
    flash(f"La demande de {name_of(asked.registration)} est refusée\u00a0: votre réponse part par courriel.", "success")
    return redirect(url_for(".pending", slug=slug), 303)


def find_request(slug: str, request_id: int) -> ChangeRequest:
    if request_id > LARGEST_ID:
        abort(404)
    return db.first_or_404(requests.of_event(find_event(slug)).where(ChangeRequest.id == request_id))


def refusal_page(asked: ChangeRequest, form: AnswerForm) -> str:
    event = asked.registration.event
    context = {"event": event, "organisation": event.organisation, "asked": asked, "form": form}
    return render_template("registrations/organiser/refusal.html", changes=summary(asked), **context)
