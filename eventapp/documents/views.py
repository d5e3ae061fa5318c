"""What is printed: `…/programme.pdf`, for everyone; `…/emargement`, the sheets that people sign, by half-day and by
session; `…/lettres-sur-papier`, the invitations of those whom no mail reaches."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, abort, flash, g, redirect, render_template, request, url_for

from eventapp import access, downloads, versions
from eventapp.agenda.models import Session
from eventapp.agenda.programme import programme as days_of
from eventapp.cache import cached_page
from eventapp.clock import utcnow
from eventapp.documents import half_days, leaflet, paper_letters, sheets
from eventapp.documents.half_days import HalfDay
from eventapp.documents.sheets import Grouping, Options
from eventapp.errors import Refused
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.formats import person
from eventapp.invitations import on_paper
from eventapp.invitations.models import Guest
from eventapp.text import slugify

bp = Blueprint("documents", __name__)

ALL = "/gestion/evenements/<slug>/emargement"
HALF_DAY = f"{ALL}/<date>/<half>"
SESSION = f"{ALL}/sessions/<session_slug>"
LETTERS = "/gestion/evenements/<slug>/lettres-sur-papier"


@bp.get("/evenements/<slug>/programme.pdf")
@access.everyone
@cached_page(versions.of_leaflet, compress=False)
def programme(slug: str) -> Response:
    event = db.first_or_404(Event.visible().where(Event.slug == slug))
    days = days_of(event) or abort(404)
    return downloads.attachment(leaflet.pdf(leaflet.leaflet(event, days)), f"programme-{slug}.pdf", "application/pdf")


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


@bp.get(LETTERS)
@access.member
def letters(slug: str) -> str:
    event = _event(slug)
    guests = db.session.scalars(on_paper.without_address(event).limit(paper_letters.MOST + 1)).all()
    return render_template(
        "documents/letters.html",
        event=event,
        organisation=event.organisation,
        guests=guests[: paper_letters.MOST],
        more=len(guests) > paper_letters.MOST,
    )


@bp.post(LETTERS)
@access.member
def print_letters(slug: str) -> Any:
    """To all those listed. A POST: it shows personal links, and whoever had none gets one."""
    event = _event(slug)
    listed = on_paper.without_address(event).with_only_columns(Guest.id).limit(paper_letters.MOST)
    return _printed(event, db.session.scalars(listed).all(), f"Lettres {event.title}")


@bp.post("/gestion/evenements/<slug>/invites/<int(max=2147483647):guest_id>/lettre-sur-papier")
@access.member
def print_letter(slug: str, guest_id: int) -> Any:
    event = _event(slug)
    guest = db.first_or_404(Guest.of(event).where(Guest.id == guest_id))
    return _printed(event, [guest.id], f"Lettre {person(guest)}")


def _printed(event: Event, ids: Sequence[int], title: str) -> Any:
    now = utcnow()
    try:
        invitations = on_paper.invite(event, ids, now=now, by=g.user)
        said = paper_letters.letters(event, invitations, now=now)
        db.session.commit()
    except Refused as refusal:
        db.session.rollback()
        flash(str(refusal), "error")
        return redirect(url_for(".letters", slug=event.slug), 303)
    if not invitations:
        flash("Personne n’attend de lettre sur papier.", "info")
        return redirect(url_for(".letters", slug=event.slug), 303)
    return downloads.attachment(paper_letters.pdf(said), f"{slugify(title)}.pdf", "application/pdf")


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
