"""`/gestion/evenements/<slug>/emargement`: the sheets that people sign, by half-day and by session."""

from typing import Any

from flask import Blueprint, Response, abort, g, render_template, request

from eventapp import access, downloads
from eventapp.agenda.models import Session
from eventapp.documents import half_days, sheets
from eventapp.documents.half_days import HalfDay
from eventapp.documents.sheets import Grouping, Options
from eventapp.events.models import Event
from eventapp.extensions import db

bp = Blueprint("documents", __name__)

ALL = "/gestion/evenements/<slug>/emargement"
HALF_DAY = f"{ALL}/<date>/<half>"
SESSION = f"{ALL}/sessions/<session_slug>"


@bp.get(ALL)
@access.member
def sign_in_sheets(slug: str) -> str:
    event = _event(slug)
    return render_template(
        "documents/sign_in_sheets.html",
        half_days=half_days.half_days(event),
        expected=sheets.expected(event),
        sessions=db.session.scalars(sheets.bookable(event)).all(),
        held=sheets.seats_held(event),
        links=downloads.links,
        **_choices(event),
    )


@bp.get(HALF_DAY)
@access.member
def half_day_sheet(slug: str, date: str, half: str) -> str:
    event = _event(slug)
    half_day = _half_day(event, date, half)
    return _sheet_page(
        event,
        sheets.attending(event),
        subject=half_day.label,
        exports=downloads.links(".export_half_day", slug=slug, date=date, half=half),
    )


@bp.get(f"{HALF_DAY}/liste.<kind>")
@access.member
def export_half_day(slug: str, date: str, half: str, kind: str) -> Response:
    event = _event(slug)
    half_day = _half_day(event, date, half)
    return _spreadsheet(kind, f"Émargement {half_day.label} {event.title}", sheets.attending(event))


@bp.get(SESSION)
@access.member
def session_sheet(slug: str, session_slug: str) -> str:
    event = _event(slug)
    session = _session(event, session_slug)
    return _sheet_page(
        event,
        sheets.booked(event, session),
        subject=session.title,
        session=session,
        exports=downloads.links(".export_session", slug=slug, session_slug=session_slug),
    )


@bp.get(f"{SESSION}/liste.<kind>")
@access.member
def export_session(slug: str, session_slug: str, kind: str) -> Response:
    event = _event(slug)
    session = _session(event, session_slug)
    return _spreadsheet(kind, f"Émargement {session.title}", sheets.booked(event, session))


def _event(slug: str) -> Event:
    return db.first_or_404(Event.managed_by(g.user).where(Event.slug == slug.replace("\0", "")))


def _half_day(event: Event, date: str, half: str) -> HalfDay:
    return half_days.find_half_day(event, date, half) or abort(404)


def _session(event: Event, slug: str) -> Session:
    return db.first_or_404(sheets.bookable(event).where(Session.slug == slug.replace("\0", "")))


def _sheet_page(event: Event, people: sheets.People, **context: Any) -> str:
    context = {"session": None} | context | _choices(event)
    return render_template("documents/sheet.html", sheets=sheets.sheets(people, context["options"]), **context)


def _spreadsheet(kind: str, title: str, people: sheets.People) -> Response:
    found = sheets.sheets(people, Options.of(request.args))
    return downloads.spreadsheet(kind, title, sheets.HEADER, sheets.cells(found))


def _choices(event: Event) -> dict[str, Any]:
    """Grouping by category is offered when there are several."""
    offered = [one for one in Grouping if one is not Grouping.CATEGORY or len(event.categories) > 1]
    options = Options.of(request.args)
    return {
        "event": event,
        "organisation": event.organisation,
        "options": options,
        "groupings": [(grouping.value, grouping.label) for grouping in offered],
        "asked": {"ordre": options.grouping.value, "lignes": options.blanks},
    }
