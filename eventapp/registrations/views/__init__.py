"""The public pages and the organiser's, by subject; each module adds its views to one of the two blueprints."""

from eventapp.registrations.views import export, organiser, personal, public, questions

__all__ = ["export", "organiser", "personal", "public", "questions"]
