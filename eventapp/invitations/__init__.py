"""Guests and structures invited, their replies, and the campaigns that write to them."""

import eventapp.invitations.campaign_models
import eventapp.invitations.undeliverable  # noqa: F401  told by the outbox when an address takes no mail
