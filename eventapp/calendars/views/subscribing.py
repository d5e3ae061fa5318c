"""The page that explains, program by program, how to subscribe to a public calendar."""

from typing import Any

from flask import render_template

from eventapp import access
from eventapp.calendars import google
from eventapp.calendars.views.public import ALL_EVENTS, bp, find_event, find_region
from eventapp.events.models import Event
from eventapp.links import absolute
from eventapp.registrations.sessions.agenda import public_url


@bp.get("/calendrier")
@access.everyone
def subscribing() -> Any:
    return _page(ALL_EVENTS, absolute("calendars.everything"))


@bp.get("/regions/<region_slug>/calendrier")
@access.everyone
def subscribing_to_region(region_slug: str) -> Any:
    region = find_region(region_slug)
    return _page(f"{ALL_EVENTS} – {region.name}", absolute("calendars.region", region_slug=region.slug))


@bp.get("/evenements/<slug>/calendrier")
@access.everyone
def subscribing_to_event(slug: str) -> Any:
    event = find_event(slug)
    return _page(event.title, absolute("calendars.event_feed", slug=event.slug), event)


def _page(name: str, subscription: str, event: Event | None = None) -> str:
    is_held = event is not None and event.cancelled_at is None
    google_url = google.add_link(event, public_url(event)) if event is not None and is_held else ""
    context = {"name": name, "subscription": subscription, "event": event, "google_url": google_url}
    return render_template("calendars/subscribing.html", **context)
