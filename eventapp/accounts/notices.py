"""The letters of accounts: a one-time link that was asked for, a colleague's invitation, a changed password."""

from datetime import datetime

from eventapp.accounts.models import Organisation, SignInLink, User
from eventapp.clock import utcnow
from eventapp.extensions import db
from eventapp.links import absolute
from eventapp.outbox.letters import Contents, NothingToSay, letter, post
from eventapp.outbox.models import Message


def link_asked(link: SignInLink, *, to: str, now: datetime) -> None:
    post("accounts/sign_in_link", to=to, now=now, link_id=link.id)


def invited(link: SignInLink, organisation: Organisation, *, by: User, to: str, now: datetime) -> None:
    post(
        "accounts/team_invitation",
        to=to,
        now=now,
        organisation=organisation,
        link_id=link.id,
        organisation_id=organisation.id,
        by=by.label,
    )


def password_changed(user: User, *, now: datetime) -> None:
    post("accounts/password_changed", to=user.email, now=now, changed_at=now.isoformat())


@letter("accounts/sign_in_link", title="Lien de connexion")
def sign_in_link_contents(_message: Message, link_id: int) -> Contents:
    link = _usable(link_id)
    return Contents(context={"url": link_url(link), "link": link})


@letter("accounts/team_invitation", title="Invitation dans l’équipe")
def team_invitation_contents(_message: Message, link_id: int, organisation_id: int, by: str) -> Contents:
    link = _usable(link_id)
    organisation = db.session.get_one(Organisation, organisation_id)
    return Contents(
        context={"url": link_url(link), "link": link, "organisation": organisation, "by": by},
        sender_name=organisation.name,
        reply_to=organisation.email,
    )


@letter("accounts/password_changed", title="Mot de passe modifié")
def password_changed_contents(message: Message, changed_at: str) -> Contents:
    when = datetime.fromisoformat(changed_at)
    return Contents(context={"email": message.to, "changed_at": when, "url": absolute("accounts.sign_in")})


def link_url(link: SignInLink) -> str:
    return absolute("accounts.link", token=link.token)


def _usable(link_id: int) -> SignInLink:
    link = db.session.get(SignInLink, link_id)
    if link is None or not link.is_usable(utcnow()):
        raise NothingToSay("le lien a servi, a expiré ou ne mène à aucun compte")
    return link
