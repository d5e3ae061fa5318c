"""The pages that every public service has: legal notices, privacy, accessibility, cookies, map; and its health."""

from flask import Blueprint, Response, abort, current_app, render_template, request

from eventapp import access, readiness
from eventapp.accounts.models import Organisation
from eventapp.agenda import site_map
from eventapp.clock import utcnow
from eventapp.events.models import Event
from eventapp.extensions import db

bp = Blueprint("pages", __name__)


@bp.get("/mentions-legales")
@access.everyone
def legal() -> str:
    return render_template("pages/legal.html", organisations=_whose())


@bp.get("/donnees-personnelles")
@access.everyone
def privacy() -> str:
    return render_template("pages/privacy.html", organisations=_whose())


@bp.get("/accessibilite")
@access.everyone
def accessibility() -> str:
    return render_template("pages/accessibility.html", organisations=_whose())


@bp.get("/cookies")
@access.everyone
def cookies() -> str:
    return render_template("pages/cookies.html")


@bp.get("/plan-du-site")
@access.everyone
def sitemap() -> str:
    now = utcnow()
    events = db.session.scalars(Event.visible()).all()
    upcoming = [event for event in events if not event.has_ended(now)]
    past = [event for event in reversed(events) if event.has_ended(now)]
    return render_template(
        "pages/sitemap.html", upcoming=upcoming, past=past,
        sessions=site_map.sessions_of_all(events), speakers=site_map.speakers_of_all(events),
    )  # fmt: skip


@bp.get("/healthz")
@access.everyone
def healthz() -> Response:
    return _plain("ok")


@bp.get("/readyz")
@access.everyone
def readyz() -> tuple[Response, int]:
    faults = readiness.faults(utcnow())
    return _plain("\n".join(faults) or "ok"), 503 if faults else 200


@bp.get("/robots.txt")
@access.everyone
def robots() -> Response:
    return _plain("User-agent: *\nDisallow:")


@bp.get("/favicon.ico")
@access.everyone
def favicon() -> Response:
    return current_app.send_static_file("img/favicon.svg")


def _whose() -> list[Organisation]:
    """The organisation asked for, or all of them: each answers for its own events."""
    wanted = db.select(Organisation).order_by(Organisation.name, Organisation.id)
    slug = request.args.get("organisation")
    if slug is not None:
        wanted = wanted.where(Organisation.slug == slug)
    organisations = list(db.session.scalars(wanted))
    return organisations if organisations or slug is None else abort(404)


def _plain(text: str) -> Response:
    response = Response(f"{text}\n", mimetype="text/plain")
    response.headers["Cache-Control"] = "no-store"
    return response
