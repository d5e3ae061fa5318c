"""Importing the package gives each blueprint all its views."""

from eventapp.accounts.views import account, organiser, public

__all__ = ["account", "organiser", "public"]
