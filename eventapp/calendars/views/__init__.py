"""Public calendars, a person's own, a team's, and the page that explains how to subscribe to them."""

import eventapp.calendars.views.personal
import eventapp.calendars.views.subscribing
import eventapp.calendars.views.team  # noqa: F401
from eventapp.calendars.views.public import bp

__all__ = ["bp"]
