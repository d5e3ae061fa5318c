"""Importing the package registers every view on its two blueprints."""

from eventapp.invitations.views import (
    adding,
    addresses,
    campaign,
    campaign_review,
    campaigns,
    guests,
    imports,
    many,
    naming,
    organiser,
    phone,
    public,
    unsubscribing,
)

__all__ = [
    "adding",
    "addresses",
    "campaign",
    "campaign_review",
    "campaigns",
    "guests",
    "imports",
    "many",
    "naming",
    "organiser",
    "phone",
    "public",
    "unsubscribing",
]
