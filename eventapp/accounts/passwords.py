"""Passwords: checked in the same time whether or not the address is known, chosen long."""

from functools import cache

from flask_security import hash_password, verify_password

from eventapp.accounts.models import Role, SignInLink, User
from eventapp.errors import Refused
from eventapp.extensions import db, security
from eventapp.text import fold_email

LONGEST = 128
SHORTEST = 12
SHORTEST_FOR_ADMINISTRATORS = 16


def owner(address: str, password: str) -> User | None:
    """Whose address and password these are. The database is given back while the hash is computed."""
    stored = db.session.scalar(db.select(User.password).where(User.email == fold_email(address), User.active))
    db.session.rollback()
    matches = verify_password(_normal(password), stored or _nobodys_hash()) and len(password) <= LONGEST
    return db.session.scalar(User.of_email(address)) if matches and stored else None


def belongs_to(user: User, password: str) -> bool:
    return user.password is not None and bool(verify_password(_normal(password), user.password))


def choose(user: User, password: str) -> None:
    """A new password: every session and every unused link of this person dies with the old one."""
    normal = _normal(password)
    if len(normal) < shortest(user):
        raise Refused(f"Choisissez au moins {shortest(user)} caractères.", field="password")
    if user.email in normal.lower():
        raise Refused("Choisissez un mot de passe qui ne contient pas votre adresse.", field="password")
    user.password = hash_password(normal)
    security.datastore.set_uniquifier(user)
    db.session.execute(db.delete(SignInLink).where(SignInLink.user_id == user.id, SignInLink.used_at.is_(None)))


def shortest(user: User) -> int:
    if user.organisation_ids(Role.ADMINISTRATOR):
        return SHORTEST_FOR_ADMINISTRATORS
    return SHORTEST


@cache
def _nobodys_hash() -> str:
    return str(hash_password("a password that nobody has"))


def _normal(password: str) -> str:
    return str(security._password_util.normalize(password[:LONGEST]))
