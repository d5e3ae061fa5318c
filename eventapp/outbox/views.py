"""The demonstration's kept mail, read by anyone; an event's letters, followed by its organisers."""

import re
from typing import Any

from flask import Blueprint, Response, abort, current_app, flash, g, redirect, render_template, request, url_for
from sqlalchemy import Select, func

from eventapp import access, headers, journal
from eventapp.clock import utcnow
from eventapp.errors import Refused
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.outbox import keeping, queue
from eventapp.outbox.letters import TITLES, NothingToSay
from eventapp.outbox.models import KeptMail, Message, State
from eventapp.outbox.rendering import Rendered, masked, render
from eventapp.pagination import Order, Page, page
from eventapp.text import fold, one_line

bp = Blueprint("outbox", __name__)
organiser_bp = Blueprint("outbox_organiser", __name__)

MAIL = "/courriels/<int(max=2147483647):key>"
BOARD = "/gestion/evenements/<slug>/courriels"
MESSAGE = f"{BOARD}/<int(max=2147483647):key>"
LONGEST_SEARCH = 200
FRAMED = {"Content-Security-Policy": f"{headers.CSP}; frame-src 'self'"}
LINK = re.compile(r"(https?://[^\s<>\"«»]*[^\s<>\"«».,;:!?)])")


@bp.get("/courriels/")
@access.demonstration
def kept() -> Any:
    search = _search()
    query = db.select(KeptMail)
    for word in fold(search).split():
        query = query.where(KeptMail.search_text.contains(word, autoescape=True))
    mails = _newest(query, KeptMail)
    return render_template("outbox/kept.html", mails=mails, search=search)


@bp.get(f"{MAIL}/")
@access.demonstration
def mail(key: int) -> Any:
    row = db.get_or_404(KeptMail, key)
    letter = keeping.Letter(row.source)
    context = {"mail": row, "letter": letter, "pieces": LINK.split(letter.text)}
    return render_template("outbox/mail.html", **context), FRAMED


@bp.get(f"{MAIL}/texte")
@access.demonstration
def text(key: int) -> Any:
    return _plain(keeping.Letter(db.get_or_404(KeptMail, key).source).text)


@bp.get(f"{MAIL}/html")
@access.demonstration
def html(key: int) -> Any:
    return _document(keeping.Letter(db.get_or_404(KeptMail, key).source).html)


@bp.get(f"{MAIL}/source")
@access.demonstration
def source(key: int) -> Any:
    return _plain(db.get_or_404(KeptMail, key).source)


@bp.get(f"{MAIL}/fichiers/<int:number>")
@access.demonstration
def file(key: int, number: int) -> Any:
    files = keeping.Letter(db.get_or_404(KeptMail, key).source).files
    if not 1 <= number <= len(files):
        abort(404)
    found = files[number - 1]
    answer = Response(found.content, content_type="application/octet-stream")
    answer.headers.set("Content-Disposition", "attachment", filename=found.name)
    return answer


@organiser_bp.get(BOARD)
@access.member
def board(slug: str) -> Any:
    event, search = _event(slug), _search()
    state = request.args.get("etat", "")
    query = _found(_letters(event), search)
    if state in list(State):
        query = query.where(Message.state == state)
    messages = _newest(query, Message)
    context = {"event": event, "organisation": event.organisation, "titles": TITLES, "search": search}
    return render_template("outbox/organiser/board.html", messages=messages, state=state, **context, **_counts(event))


@organiser_bp.get(MESSAGE)
@access.member
def message(slug: str, key: int) -> Any:
    event = _event(slug)
    row = _message(event, key)
    rendered, silence = _preview(row)
    text = masked(rendered.text) if rendered else ""
    context: dict[str, Any] = {"event": event, "organisation": event.organisation, "titles": TITLES, "message": row}
    context |= {"rendered": rendered, "text": text, "silence": silence}
    return render_template("outbox/organiser/message.html", **context), FRAMED


@organiser_bp.get(f"{MESSAGE}/apercu")
@access.member
def preview(slug: str, key: int) -> Any:
    rendered, _silence = _preview(_message(_event(slug), key))
    return _document(masked(rendered.html)) if rendered else abort(404)


@organiser_bp.post(f"{MESSAGE}/renvoi")
@access.member
def resend(slug: str, key: int) -> Any:
    event = _event(slug)
    row = _message(event, key)
    try:
        queue.resend(row, now=utcnow())
        journal.record("message.resent", f"Courriel renvoyé à {row.to}.", now=utcnow(), by=g.user, event=event)
        db.session.commit()
        flash("Le courriel va repartir dans un instant.", "success")
    except Refused as refusal:
        db.session.rollback()
        flash(str(refusal), "error")
    return redirect(url_for("outbox_organiser.message", slug=slug, key=key), 303)


def _event(slug: str) -> Event:
    return db.first_or_404(Event.managed_by(g.user).where(Event.slug == slug))


def _message(event: Event, key: int) -> Message:
    return db.first_or_404(_letters(event).where(Message.id == key))


def _letters(event: Event) -> "Select[Message]":
    return db.select(Message).where(Message.event_id == event.id).order_by(Message.id.desc())


def _found(query: "Select[Message]", search: str) -> "Select[Message]":
    """By a part of the address, or by the letter's name."""
    if not search:
        return query
    letters = [name for name, title in TITLES.items() if fold(search) in fold(title)]
    address = func.lower(Message.to).contains(search.lower(), autoescape=True)
    return query.where(address | Message.letter.in_(letters))


def _counts(event: Event) -> dict[str, Any]:
    by_state = db.select(Message.state, func.count()).where(Message.event_id == event.id).group_by(Message.state)
    counts = {state: count for state, count in db.session.execute(by_state)}  # noqa: C416
    return {"counts": counts, "states": [state for state in State if state in counts], "total": sum(counts.values())}


def _preview(message: Message) -> tuple[Rendered | None, str]:
    """The letter as it would leave now; else why there is none."""
    try:
        return render(message), ""
    except NothingToSay as reason:
        return None, str(reason) or "Cette lettre n’a plus lieu d’être."
    except Exception:
        current_app.logger.exception("message %s could not be shown", message.id)
        return None, "La lettre ne peut pas être préparée."


def _search() -> str:
    return one_line(request.args.get("q", "")[:LONGEST_SEARCH])


def _newest(query: Any, table: Any) -> Page[Any]:
    order = Order([table.id], lambda row: [row.id], descending=True)
    return page(query, order, after=request.args.get("apres"), before=request.args.get("avant"))


def _plain(text: str | bytes) -> Response:
    return Response(text, content_type="text/plain; charset=utf-8")


def _document(html: str) -> Response:
    return Response(keeping.as_page(html), headers=keeping.document_headers(html), mimetype="text/html")
