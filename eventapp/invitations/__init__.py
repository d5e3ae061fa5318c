"""Guests and structures invited, their replies, and the campaigns that write to them."""

import eventapp.invitations.campaign_models  # noqa: F401  a table that Message refers to
