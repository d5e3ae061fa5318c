"""Sessions. Flask-Security hashes passwords, signs in and out, loads the user of a session and knows its freshness;
its pages are not used: /connexion is our own, in our words, and answers the same to known and unknown addresses.
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, session
from flask_login import current_user
from flask_login.utils import _user_context_processor
from flask_security import RoleMixin, logout_user
from flask_security import login_user as start
from flask_security.core import _user_loader as user_of_session
from flask_security.datastore import SQLAlchemyUserDatastore
from flask_security.utils import check_and_update_authn_fresh

from eventapp.accounts.models import EndedSession, User
from eventapp.clock import utcnow
from eventapp.extensions import db, security

FRESH = timedelta(hours=1)
IDLE = timedelta(hours=4)
LONGEST = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=5)

SETTINGS: dict[str, Any] = {
    "PASSWORD_HASH": "argon2",
    "PASSWORD_SCHEMES": ["argon2"],
    "PASSWORD_SINGLE_HASH": {"argon2"},
    "PASSWORD_HASH_PASSLIB_OPTIONS": {
        "argon2__memory_cost": 19 * 1024,
        "argon2__time_cost": 2,
        "argon2__parallelism": 1,
    },
    "JOIN_USER_ROLES": False,
    "CLI_USERS_NAME": None,  # `account create` is the command
    "CLI_ROLES_NAME": None,
}


class NoRole(RoleMixin):
    """Flask-Security's roles are not used: rights come from memberships."""


def init_security(app: Flask) -> None:
    app.config.setdefault("SECURITY_PASSWORD_SALT", app.config["SECRET_KEY"])
    for name, value in SETTINGS.items():
        app.config.setdefault(f"SECURITY_{name}", value)
    security.init_app(app, SQLAlchemyUserDatastore(db, User, NoRole), register_blueprint=False)
    _ask_for_the_user_only_where_needed(app)
    security.login_manager.user_loader(load)
    security.login_manager.request_loader(lambda _request: None)  # a session is the only way in


def _ask_for_the_user_only_where_needed(app: Flask) -> None:
    """Left as they are, the libraries load the user for each request and template: public and error pages, which
    need no database, would wait for it, and every answer, static files too, would vary by cookie."""
    security.principal.identity_loaders.clear()
    app.template_context_processors[None].remove(_user_context_processor)
    app.after_request_funcs[None].remove(security.login_manager._update_remember_cookie)
    app.jinja_env.globals["current_user"] = current_user


def load(uniquifier: str) -> User | None:
    """The user of this session, unless it was ended, left idle or has lasted too long."""
    if not _is_live(utcnow()):
        return None
    user: User | None = user_of_session(uniquifier)
    return user


def begin(user: User, *, via: str, now: datetime) -> None:
    """Sign in, in a session that holds nothing of what came before. `via`: password or link."""
    session.clear()
    session.permanent = True
    session.update(key=secrets.token_urlsafe(16), began=now.timestamp(), seen=now.timestamp(), via=via)
    start(user, remember=False, authn_via=[via])


def end(*, now: datetime) -> None:
    """Sign out: the cookie dies, also a copy of it."""
    key = session.get("key")
    if key is not None:
        db.session.merge(EndedSession(digest=_digest(key), ended_at=now))
        db.session.execute(db.delete(EndedSession).where(EndedSession.ended_at < now - LONGEST))
    logout_user()
    session.clear()


def is_fresh() -> bool:
    """Signed in less than an hour ago; to be asked when somebody is signed in."""
    return bool(check_and_update_authn_fresh(FRESH, timedelta(0), "session"))


def came_by_link() -> bool:
    return session.get("via") == "link"


def _is_live(now: datetime) -> bool:
    began, seen = session.get("began"), session.get("seen")
    if began is not None and now.timestamp() - began >= LONGEST.total_seconds():
        return False
    if seen is not None and now.timestamp() - seen >= IDLE.total_seconds():
        return False
    key = session.get("key")
    if key is not None and db.session.get(EndedSession, _digest(key)) is not None:
        return False
    if seen is not None and now.timestamp() - seen >= SEEN_EVERY.total_seconds():
        session["seen"] = now.timestamp()
    return True


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
