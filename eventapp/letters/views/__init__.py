"""The pages of an event's letters."""

import eventapp.letters.views.files
import eventapp.letters.views.organiser  # noqa: F401
