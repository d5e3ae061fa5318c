"""Registrations: the aggregate (`models`), its verbs (`seats`, `changes`), and a room for each subject around them."""

import eventapp.registrations.groups.models  # noqa: F401  a table that Registration refers to
