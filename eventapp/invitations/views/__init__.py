"""Importing the package registers every view on its two blueprints."""

from eventapp.invitations.views import guests, imports, organiser, public, sendings

__all__ = ["guests", "imports", "organiser", "public", "sendings"]
