from flask import Flask
from flask_security.datastore import SQLAlchemyUserDatastore

from eventapp.accounts.models import User
from eventapp.extensions import db, security


def init_security(app: Flask) -> None:
    app.config.setdefault("SECURITY_PASSWORD_SALT", app.config["SECRET_KEY"])
    security.init_app(app, SQLAlchemyUserDatastore(db, User, None), register_blueprint=False)
