"""`/gestion/evenements/<slug>/courriels`: an event's letters, what became of each, and sending them again."""

from typing import Any

from flask import Blueprint, Response, abort, current_app, flash, g, redirect, render_template, request, url_for

from eventapp import access, downloads, headers, journal
from eventapp.clock import utcnow
from eventapp.errors import Refused
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.formats import plural, short_datetime
from eventapp.invitations.campaign_models import Campaign
from eventapp.invitations.models import Guest, Invitation
from eventapp.letters.kinds import TITLES as KINDS
from eventapp.outbox import board as boards
from eventapp.outbox import keeping, queue
from eventapp.outbox.board import STATES, Choice
from eventapp.outbox.letters import TITLES, NothingToSay
from eventapp.outbox.models import Bounce, Message
from eventapp.outbox.rendering import Rendered, masked, render
from eventapp.outbox.views.since import changed_since
from eventapp.pagination import Order, page
from eventapp.registrations.models import Registration
from eventapp.text import fold_email

bp = Blueprint("outbox_organiser", __name__)

BOARD = "/gestion/evenements/<slug>/courriels"
MESSAGE = f"{BOARD}/<int(max=2147483647):key>"
NEWEST = Order([Message.id], lambda row: [row.id], descending=True)
CAMPAIGNS = 100  # offered as filters, the newest
FRAMED = {"Content-Security-Policy": f"{headers.CSP}; frame-src 'self'"}


@bp.get(BOARD)
@access.member
def board(slug: str) -> Any:
    event, choice = find_event(slug), Choice.of(request.args)
    after, before = request.args.get("apres"), request.args.get("avant")
    return render_template(
        "outbox/organiser/board.html",
        messages=page(boards.listed(event.id, choice), NEWEST, after=after, before=before),
        states=STATES,
        counts=boards.counts(event.id),
        letters=[(name, TITLES[name]) for name in boards.letters(event.id)],
        campaigns=_campaigns(event),
        exports=downloads.links(".export", slug=slug),
        **about(event, choice),
    )


@bp.get(f"{BOARD}/liste.<kind>")
@access.member
def export(slug: str, kind: str) -> Response:
    event = find_event(slug)
    cells = boards.cells(event.id, Choice.of(request.args), event.zone)
    return downloads.spreadsheet(kind, f"Courriels {event.title}", boards.HEADER, cells)


@bp.get(f"{BOARD}/renvoi")
@access.member
def resend_many(slug: str) -> Any:
    """What sending again all that failed would do; the filters of the board apply."""
    event, choice = find_event(slug), Choice.of(request.args)
    failed = boards.failed(event.id, choice)
    return render_template("outbox/organiser/resend_many.html", failed=failed, **about(event, choice))


@bp.post(f"{BOARD}/renvoi")
@access.member
def do_resend_many(slug: str) -> Any:
    event, now = find_event(slug), utcnow()
    sent = boards.resend_failed(event.id, Choice.of(request.args), now=now)
    if sent:
        sentence = plural(sent, "courriel en échec renvoyé", "courriels en échec renvoyés")
        journal.record("messages.resent", sentence, now=now, by=g.user, event=event)
    db.session.commit()
    words = plural(sent, "courriel va repartir", "courriels vont repartir") if sent else "Aucun courriel n’est en échec"
    flash(f"{words}.", "success" if sent else "info")
    return redirect(url_for(".board", slug=slug), 303)


@bp.get(MESSAGE)
@access.member
def message(slug: str, key: int) -> Any:
    event = find_event(slug)
    row = find_message(event, key)
    rendered, silence = _preview(row)
    text = masked(rendered.text) if rendered else ""
    reports = db.session.scalars(db.select(Bounce).where(Bounce.message_id == row.id).order_by(Bounce.id)).all()
    context: dict[str, Any] = {"message": row, "reports": reports, "person": person_of(row), **about(event)}
    context |= {"rendered": rendered, "text": text, "silence": silence, "since": changed_since(row)}
    return render_template("outbox/organiser/message.html", **context), FRAMED


@bp.get(f"{MESSAGE}/apercu")
@access.member
def preview(slug: str, key: int) -> Any:
    rendered, _silence = _preview(find_message(find_event(slug), key))
    if rendered is None:
        abort(404)
    html = masked(rendered.html)
    return Response(keeping.as_page(html), headers=keeping.document_headers(html), mimetype="text/html")


@bp.post(f"{MESSAGE}/renvoi")
@access.member
def resend(slug: str, key: int) -> Any:
    event = find_event(slug)
    row = find_message(event, key)
    try:
        queue.resend(row, now=utcnow())
        journal.record("message.resent", f"Courriel renvoyé à {row.to}.", now=utcnow(), by=g.user, event=event)
        db.session.commit()
        flash("Le courriel va repartir dans un instant.", "success")
    except Refused as refusal:
        db.session.rollback()
        flash(str(refusal), "error")
    return redirect(url_for(".message", slug=slug, key=key), 303)


def find_event(slug: str) -> Event:
    return db.first_or_404(Event.managed_by(g.user).where(Event.slug == slug))


def find_message(event: Event, key: int) -> Message:
    return db.first_or_404(boards.listed(event.id, Choice()).where(Message.id == key))


def about(event: Event, choice: Choice | None = None) -> dict[str, Any]:
    choice = choice or Choice()
    return {"event": event, "organisation": event.organisation, "titles": TITLES, "choice": choice}


def _campaigns(event: Event) -> list[tuple[int, str]]:
    rows = db.session.scalars(
        db.select(Campaign).where(Campaign.event_id == event.id).order_by(Campaign.id.desc()).limit(CAMPAIGNS)
    )
    return [(row.id, f"{KINDS[row.letter.name]}, {short_datetime(row.due_at, event.timezone)}") for row in rows]


def person_of(message: Message) -> tuple[str, str] | None:
    """What to open to correct the address: the guest, or the person registered, that the letter is about."""
    slug = request.view_args["slug"] if request.view_args else ""
    registration = db.session.get(Registration, message.context.get("registration_id") or 0)
    if registration is not None and registration.event_id == message.event_id:
        address = url_for("registrations_organiser.detail", slug=slug, registration_id=registration.id)
        return "Ouvrir l’inscription", address
    invitation = db.session.get(Invitation, message.context.get("invitation_id") or 0)
    at_this_address = Guest.event_id == message.event_id, Guest.email_folded == fold_email(message.to)
    there = db.select(Guest.id).where(*at_this_address, Guest.removed_at.is_(None)).limit(1)
    guest_id = invitation.guest_id if invitation is not None else db.session.scalar(there)
    if guest_id is None or (invitation is not None and invitation.guest.removed_at is not None):
        return None
    return "Ouvrir la fiche de l’invité", url_for("invitations_organiser.guest", slug=slug, guest_id=guest_id)


def _preview(message: Message) -> tuple[Rendered | None, str]:
    """The letter as it would leave now; else why there is none."""
    try:
        return render(message), ""
    except NothingToSay as reason:
        return None, str(reason) or "Cette lettre n’a plus lieu d’être."
    except Exception:
        current_app.logger.exception("message %s could not be shown", message.id)
        return None, "La lettre ne peut pas être préparée."
