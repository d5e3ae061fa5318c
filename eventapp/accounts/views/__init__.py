"""Importing the package gives each blueprint all its views."""

from eventapp.accounts.views import account, feed, organiser, public

__all__ = ["account", "feed", "organiser", "public"]
