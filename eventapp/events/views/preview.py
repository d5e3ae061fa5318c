"""The public pages as they will be, for the organisers of an event that nobody else sees yet."""

from flask import render_template

from eventapp import access
from eventapp.clock import utcnow
from eventapp.events.views.blueprint import EVENT, bp, find_event
from eventapp.events.views.showing import shown_event


@bp.get(f"{EVENT}/apercu")
@access.member
def preview(slug: str) -> str:
    return render_template("events/page.html", preview=True, **shown_event(find_event(slug), now=utcnow()))
