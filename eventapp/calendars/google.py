"""Google Agenda's own address that adds one entry: its application on Android opens no calendar file."""

from datetime import UTC, datetime
from urllib.parse import urlencode

from eventapp.calendars.entries import LONGEST_LINE, shorten
from eventapp.events.models import Event
from eventapp.text import one_line

ADDRESS = "https://calendar.google.com/calendar/render"


def add_link(event: Event, url: str) -> str:
    """What is public only; `url`: the event's page."""
    facts = {
        "action": "TEMPLATE",
        "text": shorten(one_line(event.title), LONGEST_LINE),
        "dates": f"{_moment(event.starts_at)}/{_moment(event.ends_at)}",
        "ctz": event.timezone,
        "location": shorten(one_line(event.venue.one_line), LONGEST_LINE),
        "details": url,
    }
    return f"{ADDRESS}?{urlencode(facts)}"


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"
