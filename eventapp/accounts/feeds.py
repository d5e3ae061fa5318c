"""The secret address of an organiser's calendar: made on demand, changed, switched off; it ends with their role."""

from datetime import datetime

from sqlalchemy import select

from eventapp import tokens
from eventapp.accounts.models import ORGANISING, Membership, User
from eventapp.errors import Refused
from eventapp.extensions import db
from eventapp.journal import record
from eventapp.links import absolute


class NotOrganising(Refused):
    message = "Ce calendrier montre les brouillons\u00a0: il est réservé aux personnes qui organisent."


def of_token(token: str) -> Membership | None:
    """None too once the person left the team, organises no longer or may not sign in any more."""
    found = select(Membership).join(Membership.user).where(Membership.feed_digest == tokens.digest(token))
    return db.session.scalar(found.where(Membership.role.in_(ORGANISING), User.active))


def address(membership: Membership) -> str:
    """Absolute; empty where there is none."""
    if membership.feed_nonce is None or membership.role not in ORGANISING:
        return ""
    secret = tokens.reveal(Membership.FEED_PURPOSE, membership.feed_nonce, membership.feed_digest)
    return absolute("calendars.team", token=secret, name=membership.organisation.slug)


def renew(membership: Membership, *, now: datetime) -> None:
    """Another address; the former one dies at once."""
    if membership.role not in ORGANISING:
        raise NotOrganising
    issued = tokens.issue(Membership.FEED_PURPOSE)
    membership.feed_nonce, membership.feed_digest = issued.nonce, issued.digest
    _record("organiser feed renewed", "Adresse du calendrier de l’équipe créée ou changée", membership, now)


def stop(membership: Membership, *, now: datetime) -> None:
    if membership.feed_digest is not None:
        membership.feed_nonce = membership.feed_digest = None
        _record("organiser feed stopped", "Calendrier de l’équipe arrêté", membership, now)


def _record(act: str, what: str, membership: Membership, now: datetime) -> None:
    sentence = f"{what} pour {membership.user.label}."
    record(act, sentence, now=now, by=membership.user, organisation=membership.organisation)
