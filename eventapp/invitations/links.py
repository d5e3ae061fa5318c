"""The personal link of an invitation."""

from flask import url_for

from eventapp import tokens
from eventapp.invitations.models import Invitation
from eventapp.links import absolute


def token(invitation: Invitation) -> str:
    return tokens.reveal(Invitation.PURPOSE, invitation.nonce, invitation.digest)


def invitation(row: Invitation) -> str:
    """The whole address, for a letter."""
    return absolute("invitations.page", token=token(row))


def page(row: Invitation) -> str:
    """The path, for a redirection."""
    return url_for("invitations.page", token=token(row))


def unsubscribe(row: Invitation) -> str:
    """Where a guest stops reminders, for a letter and its List-Unsubscribe header."""
    return absolute("invitations.unsubscribe", token=token(row))
