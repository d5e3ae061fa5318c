"""Who works for an organisation: accounts, one-time links, the team and its roles."""

import uuid
from datetime import datetime, timedelta

from eventapp import tokens
from eventapp.accounts.models import ROLE_NAMES, Membership, Organisation, Role, SignInLink, User
from eventapp.accounts.notices import invited, link_asked
from eventapp.addresses import normal_email
from eventapp.errors import Refused
from eventapp.extensions import db
from eventapp.journal import SYSTEM, record
from eventapp.text import fold_email, one_line

LINK_LASTS = timedelta(minutes=30)
INVITATION_LASTS = timedelta(days=7)
KEPT_AFTER = timedelta(days=7)  # a spent link still says so for a week; then its address is unknown


class LinkSpent(Refused):
    message = "Ce lien de connexion a déjà servi ou a expiré."


class AlreadyInTeam(Refused):
    message = "Cette personne fait déjà partie de l’équipe."
    field = "email"


class LastAdministrator(Refused):
    message = "Cette personne est seule à administrer l’organisation\u00a0: donnez d’abord ce rôle à quelqu’un d’autre."


def create_account(
    email: str, organisation: Organisation, role: Role, *, now: datetime, by: User | str = SYSTEM, name: str = ""
) -> Membership:
    """A member of the organisation; the account is made if this address has none. Asked again: the same member."""
    hold(organisation)
    address = known_address(email)
    user = db.session.scalar(User.of_email(address)) or _new_user(address, now)
    user.name = user.name or one_line(name)
    membership = _membership(user, organisation)
    if membership is not None and membership.role is not role:
        raise AlreadyInTeam(f"{user.email} fait déjà partie de l’équipe, avec un autre rôle ({membership.role_name}).")
    if membership is None:
        membership = Membership(user=user, organisation=organisation, role=role, created_at=now)
        db.session.add(membership)
        db.session.flush()
        sentence = f"{user.email} rejoint l’équipe ({ROLE_NAMES[role]})."
        record("member added", sentence, now=now, by=by, organisation=organisation, subject=user)
    return membership


def invite_colleague(
    organisation: Organisation, email: str, name: str, role: Role, *, by: User, now: datetime
) -> Membership:
    """Add a colleague and send them their first link."""
    hold(organisation)
    known = db.session.scalar(User.of_email(email))
    if known is not None and _membership(known, organisation) is not None:
        raise AlreadyInTeam
    membership = create_account(email, organisation, role, now=now, by=by, name=name)
    link = issue_sign_in_link(membership.user, now=now, lasts=INVITATION_LASTS)
    invited(link, organisation, by=by, to=membership.user.email, now=now)
    return membership


def change_role(membership: Membership, role: Role, *, by: User, now: datetime) -> None:
    organisation = membership.organisation
    hold(organisation)
    if membership.role is role:
        return
    _keep_one_administrator(membership)
    membership.role = role
    sentence = f"Le rôle de {membership.user.email} devient «\u00a0{ROLE_NAMES[role]}\u00a0»."
    record("role changed", sentence, now=now, by=by, organisation=organisation, subject=membership.user)


def open_sensitive(membership: Membership, reads: bool, *, by: User, now: datetime) -> None:
    """Let this member read the sensitive answers, or no longer: no role gives that by itself."""
    organisation = membership.organisation
    hold(organisation)
    if membership.reads_sensitive is reads:
        return
    membership.reads_sensitive = reads
    what = "peut désormais lire" if reads else "ne peut plus lire"
    sentence = f"{membership.user.email} {what} les réponses sensibles."
    record("sensitive answers opened", sentence, now=now, by=by, organisation=organisation, subject=membership.user)


def remove_member(membership: Membership, *, by: User, now: datetime) -> None:
    """Their rights end with their next request; the account stays, it may belong to another organisation."""
    organisation, user = membership.organisation, membership.user
    hold(organisation)
    _keep_one_administrator(membership)
    record("member removed", f"{user.email} quitte l’équipe.", now=now, by=by, organisation=organisation, subject=user)
    db.session.delete(membership)
    db.session.flush()


def ask_for_link(address: str, *, now: datetime) -> None:
    """What the person at the form asks. An unknown address costs the same writes; its letter is never sent."""
    user_id = db.session.scalar(db.select(User.id).where(User.email == fold_email(address), User.active))
    link_asked(_issue(user_id, now, LINK_LASTS), to=fold_email(address), now=now)


def issue_sign_in_link(user: User, *, now: datetime, lasts: timedelta = LINK_LASTS) -> SignInLink:
    return _issue(user.id, now, lasts)


def use_sign_in_link(link: SignInLink, *, now: datetime) -> User:
    """Once, even when two requests race: the row itself says who was first."""
    used = db.session.scalar(
        db.update(SignInLink)
        .where(SignInLink.id == link.id, SignInLink.used_at.is_(None), SignInLink.expires_at > now)
        .values(used_at=now)
        .returning(SignInLink.id)
    )
    user = link.user
    if used is None or user is None or not user.active:
        raise LinkSpent
    record("signed in by link", f"{user.email} s’est connecté par un lien.", now=now, by=user, subject=user)
    return user


def rename(user: User, name: str) -> None:
    user.name = one_line(name)


def known_address(text: str) -> str:
    """The address as accounts keep it; refused when it is none."""
    try:
        return fold_email(normal_email(text))
    except ValueError as fault:
        raise Refused(str(fault), field="email") from fault


def hold(organisation: Organisation) -> None:
    """Others who change this team wait here until we commit, on both databases."""
    db.session.execute(
        db.update(Organisation).where(Organisation.id == organisation.id).values(email=Organisation.email)
    )
    db.session.expire_all()  # whatever was read before the lock is stale


def _issue(user_id: int | None, now: datetime, lasts: timedelta) -> SignInLink:
    db.session.execute(db.delete(SignInLink).where(SignInLink.expires_at < now - KEPT_AFTER))
    issued = tokens.issue(SignInLink.PURPOSE)
    link = SignInLink(user_id=user_id, nonce=issued.nonce, digest=issued.digest, created_at=now, expires_at=now + lasts)
    db.session.add(link)
    db.session.flush()
    return link


def _new_user(address: str, now: datetime) -> User:
    user = User(email=address, name="", active=True, fs_uniquifier=uuid.uuid4().hex, created_at=now)
    db.session.add(user)
    db.session.flush()
    return user


def _membership(user: User, organisation: Organisation) -> Membership | None:
    wanted = db.select(Membership).where(Membership.user == user, Membership.organisation == organisation)
    return db.session.scalar(wanted)


def _keep_one_administrator(membership: Membership) -> None:
    if membership.role is not Role.ADMINISTRATOR:
        return
    team = db.session.scalars(Membership.team_of(membership.organisation)).all()
    if not any(other.role is Role.ADMINISTRATOR and other is not membership for other in team):
        raise LastAdministrator
