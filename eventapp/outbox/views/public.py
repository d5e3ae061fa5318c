"""The demonstration's kept mail, read by anyone; and the address to which a mail server posts what came back."""

import re
from typing import Any

from flask import Blueprint, Response, abort, current_app, render_template, request

from eventapp import access, headers
from eventapp.clock import utcnow
from eventapp.extensions import csrf, db
from eventapp.outbox import bounces, incoming, keeping, signing
from eventapp.outbox.models import KeptMail
from eventapp.pagination import Order, Page, page
from eventapp.text import fold, one_line

bp = Blueprint("outbox", __name__)

MAIL = "/courriels/<int(max=2147483647):key>"
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
    mails = _newest(query)
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


@bp.post("/courriels/retours")
@csrf.exempt
@access.visitor
def take_returned() -> Any:
    """One returned mail, as the server has it (message/rfc822), signed: see `signing`. Repeats are harmless."""
    secret, now = current_app.config["BOUNCE_WEBHOOK_SECRET"], utcnow()
    if not secret:
        abort(404)
    source = request.get_data(cache=False)
    if not signing.is_signed(source, request.headers, secret, now):
        abort(403)
    incoming.take(source, via=bounces.WEBHOOK, now=now)
    db.session.commit()
    return "", 204


def _search() -> str:
    return one_line(request.args.get("q", "")[:LONGEST_SEARCH])


def _newest(query: Any) -> Page[Any]:
    order = Order([KeptMail.id], lambda row: [row.id], descending=True)
    return page(query, order, after=request.args.get("apres"), before=request.args.get("avant"))


def _plain(text: str | bytes) -> Response:
    return Response(text, content_type="text/plain; charset=utf-8")


def _document(html: str) -> Response:
    return Response(keeping.as_page(html), headers=keeping.document_headers(html), mimetype="text/html")
