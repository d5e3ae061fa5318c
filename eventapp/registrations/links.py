"""The two secret addresses of a registration, its page and its private calendar feed; and that of a group."""

from eventapp import tokens
from eventapp.links import absolute
from eventapp.registrations.groups.models import Party
from eventapp.registrations.models import Registration


def token(registration: Registration) -> str:
    return tokens.reveal(Registration.PURPOSE, registration.nonce, registration.digest)


def personal(registration: Registration) -> str:
    """Absolute; whoever holds it may act for the person."""
    return absolute("registrations.person", token=token(registration))


def feed(registration: Registration) -> str:
    """Absolute; only reads the agenda. Its last segment is a readable name, which calendars show."""
    secret = tokens.reveal(Registration.FEED_PURPOSE, registration.feed_nonce, registration.feed_digest)
    return absolute("calendars.feed", token=secret, name=registration.event.slug)


def calendar(registration: Registration) -> str:
    """Absolute; of the personal page about their calendar."""
    return absolute("registrations.calendar", token=token(registration))


def party_token(party: Party) -> str:
    return tokens.reveal(Party.PURPOSE, party.nonce, party.digest)


def of_party(party: Party) -> str:
    """Absolute; shows whoever registered a group what became of each of them."""
    return absolute("registrations.party", token=party_token(party))


def renew_feed(registration: Registration) -> None:
    """The old feed address dies at once; a subscription that was stopped begins again."""
    issued = tokens.issue(Registration.FEED_PURPOSE)
    registration.feed_nonce, registration.feed_digest = issued.nonce, issued.digest
    registration.feed_revoked_at = None
