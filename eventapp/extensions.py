"""The extensions, made once, bound to an application by `create_app`."""

from flask_babel import Babel
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_migrate import Migrate
from flask_security import Security
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect, FlaskForm

from eventapp import counters as counters  # makes its storage known to Flask-Limiter
from eventapp.database import Base

db = SQLAlchemy(model_class=Base, disable_autonaming=True)
migrate = Migrate()
csrf = CSRFProtect()
babel = Babel()
limiter = Limiter(key_func=get_remote_address, headers_enabled=False, swallow_errors=True)
security = Security()
FlaskForm.Meta.locales = ("fr",)  # what forms say by themselves, read once for all
