"""`/gestion/evenements/<slug>/inscriptions/<id>/souhaits`: what the desk ranks for somebody."""

from typing import Any

from flask import flash, g, render_template

from eventapp import access
from eventapp.clock import utcnow
from eventapp.errors import Refused
from eventapp.extensions import db
from eventapp.formats import person as name_of
from eventapp.registrations.forms import WishesForm, wishes_form
from eventapp.registrations.models import Registration
from eventapp.registrations.views.corrections import find_live, to_detail
from eventapp.registrations.views.fields import wishes_context
from eventapp.registrations.views.organiser import bp
from eventapp.registrations.wishes import ranking, wish_slots


@bp.get("/gestion/evenements/<slug>/inscriptions/<int:registration_id>/souhaits")
@access.member
def person_wishes(slug: str, registration_id: int) -> Any:
    registration = find_live(slug, registration_id)
    form = wishes_form(registration.event)
    form.show_wishes([session for ranking in wish_slots.ranking_of(registration) for session in ranking.sessions])
    return page(registration, form)


@bp.post("/gestion/evenements/<slug>/inscriptions/<int:registration_id>/souhaits")
@access.member
def change_person_wishes(slug: str, registration_id: int) -> Any:
    registration = find_live(slug, registration_id)
    form = wishes_form(registration.event)
    if not form.validate_on_submit():
        return page(registration, form), 422
    try:
        ranking.change_wishes(registration, form.ranked, now=utcnow(), by=g.user)
    except Refused as refusal:
        db.session.rollback()
        form.wish_errors = [str(refusal)]
        return page(registration, form), 422
    db.session.commit()
    flash(f"Les souhaits de {name_of(registration)} sont enregistrés.", "success")
    return to_detail(registration)


def page(registration: Registration, form: WishesForm) -> str:
    event = registration.event
    context = {"event": event, "organisation": event.organisation, "registration": registration, "form": form}
    context |= wishes_context(event, is_organiser=True)
    return render_template("registrations/organiser/person_wishes.html", **context)
