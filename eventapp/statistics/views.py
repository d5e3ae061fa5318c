"""`/gestion/evenements/<slug>/`: what to do now, where the event stands, who is missing."""

from flask import Blueprint, g, render_template

from eventapp import access
from eventapp.clock import utcnow
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.registrations.wishes.wish_slots import takes_wishes
from eventapp.statistics.charts import plot
from eventapp.statistics.figures import figures, latest
from eventapp.statistics.next_steps import at_rest, next_steps
from eventapp.statistics.timeline import timeline

bp = Blueprint("statistics", __name__)


@bp.get("/gestion/evenements/<slug>/")
@access.member
def desk(slug: str) -> str:
    now = utcnow()
    event: Event = db.first_or_404(Event.managed_by(g.user).where(Event.slug == slug.replace("\0", "")))
    counted, days = figures(event, now=now), timeline(event, now=now)
    return render_template(
        "statistics/desk.html",
        event=event,
        organisation=event.organisation,
        figures=counted,
        steps=next_steps(event, counted, now=now),
        at_rest=at_rest(event, now=now),
        has_begun=now >= event.starts_at,
        has_ended=event.has_ended(now),
        days=days,
        plot=plot(days, event.capacity),
        latest=latest(event),
        takes_wishes=takes_wishes(event),
    )
