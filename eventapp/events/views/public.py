"""What everyone sees: the list of events, the page of one, its report."""

from typing import Any

from flask import Blueprint, abort, render_template, request

from eventapp import access, versions
from eventapp.cache import cached_page
from eventapp.clock import utcnow
from eventapp.events import public_list
from eventapp.events.models import Event
from eventapp.events.views.showing import shown_event
from eventapp.extensions import db

bp = Blueprint("events", __name__)


@bp.get("/")
@access.everyone
@cached_page(versions.of_home)
def home() -> str:
    return render_template("events/home.html", lists=public_list.of(request.args, now=utcnow()))


@bp.get("/evenements/<slug>/")
@access.everyone
@cached_page(versions.of_event)
def page(slug: str) -> str:
    return render_template("events/page.html", preview=False, **shown_event(_find(slug), now=utcnow()))


@bp.get("/evenements/<slug>/compte-rendu")
@access.everyone
@cached_page(versions.of_event)
def report(slug: str) -> str:
    event = _find(slug)
    if not event.report:
        abort(404)
    return render_template("events/report.html", event=event)


@bp.app_template_test("over")
def is_over(event: Event) -> bool:
    """Nothing to register for any more. Kept pages are made again when the event ends (see eventapp/versions.py)."""
    return event.cancelled_at is not None or event.has_ended(utcnow())


def _find(slug: str) -> Any:
    """A draft or withdrawn event is a 404, also to its organisers: they have the preview."""
    return db.first_or_404(Event.visible().where(Event.slug == slug))
