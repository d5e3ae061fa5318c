"""create_app: settings, extensions, blueprints, commands. Nothing else."""

import os
from typing import Any

from flask import Flask
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from eventapp import access, assets, cache, errors, formats, headers, limits, logs, markdown, pages
from eventapp.accounts import commands as accounts_commands
from eventapp.accounts.sign_in import init_security
from eventapp.accounts.views import organiser as accounts_organiser
from eventapp.accounts.views import public as accounts_public
from eventapp.agenda.views import organiser as agenda_organiser
from eventapp.agenda.views import public as agenda_public
from eventapp.application import Application
from eventapp.calendars import views as calendars
from eventapp.config import ROOT, Settings
from eventapp.database import engine_options
from eventapp.demonstration import commands as demonstration_commands
from eventapp.documents import views as documents
from eventapp.events.views import organiser as events_organiser
from eventapp.events.views import public as events_public
from eventapp.exchange import commands as exchange_commands
from eventapp.extensions import babel, csrf, db, limiter, migrate
from eventapp.invitations import commands as invitations_commands
from eventapp.invitations.views import organiser as invitations_organiser
from eventapp.invitations.views import public as invitations_public
from eventapp.letters.views import organiser as letters_organiser
from eventapp.network import commands as network_commands
from eventapp.network import views as network
from eventapp.outbox import commands as outbox_commands
from eventapp.outbox.views import organiser as outbox_organiser
from eventapp.outbox.views import public as outbox_public
from eventapp.registrations.views import organiser as registrations_organiser
from eventapp.registrations.views import public as registrations_public
from eventapp.statistics import views as statistics

BLUEPRINTS = (
    pages.bp,
    events_public.bp,
    agenda_public.bp,
    registrations_public.bp,
    invitations_public.bp,
    calendars.bp,
    outbox_public.bp,
    accounts_public.bp,
    events_organiser.bp,
    statistics.bp,
    agenda_organiser.bp,
    invitations_organiser.bp,
    letters_organiser.bp,
    registrations_organiser.bp,
    documents.bp,
    outbox_organiser.bp,
    network.bp,
    accounts_organiser.bp,
)
COMMANDS = (
    accounts_commands,
    network_commands,
    exchange_commands,
    demonstration_commands,
    invitations_commands,
    outbox_commands,
)


def create_app(settings: Settings | None = None) -> Flask:
    settings = settings or Settings.from_environment(os.environ)
    app = Application(__name__, template_folder=str(ROOT / "templates"), static_folder="static")
    app.config.from_mapping(settings.as_flask())
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(settings.database_url, settings.threads)
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    if settings.proxy_hops:
        hops = settings.proxy_hops
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0)  # type: ignore[method-assign]
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    if app.config.get("STRICT_TEMPLATES"):
        app.jinja_env.undefined = StrictUndefined
    _extensions(app)
    for module in (logs, errors, access, headers, assets, limits, formats, markdown, cache):
        module.register(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    for commands in COMMANDS:
        for command in commands.COMMANDS:
            app.cli.add_command(command)
    return app


def _extensions(app: Flask) -> Any:
    db.init_app(app)
    migrate.init_app(app, db, directory=str(ROOT / "migrations"), render_as_batch=True)
    csrf.init_app(app)
    babel.init_app(app)
    init_security(app)
    limiter.init_app(app)
