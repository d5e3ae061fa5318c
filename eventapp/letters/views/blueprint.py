"""What the pages of letters share: whose letter, as whom it is read, and the page of one letter."""

import base64
import hashlib
from typing import Any

from flask import Blueprint, Response, abort, current_app, g, make_response, render_template, request

from eventapp import headers
from eventapp.clock import utcnow
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.invitations import samples
from eventapp.letters import attachments, writing
from eventapp.letters.filling import placeholders_of
from eventapp.letters.forms import AttachmentForm, LetterForm
from eventapp.letters.kinds import BY_SLUG, KINDS
from eventapp.letters.models import LetterKind
from eventapp.outbox import keeping

bp = Blueprint("letters_organiser", __name__)

LETTERS = "/gestion/evenements/<slug>/lettres"
LETTER = f"{LETTERS}/<letter_slug>"


def managed(slug: str) -> Event:
    """The signed-in organiser's event, or 404."""
    event: Event = db.first_or_404(Event.managed_by(g.user).where(Event.slug == slug.replace("\0", "")))
    return event


def kind_of(letter_slug: str) -> LetterKind:
    return BY_SLUG.get(letter_slug) or abort(404)


def editor(event: Event, kind: LetterKind, **more: Any) -> LetterForm:
    """What would be sent now; what the request sends instead, if it does, unless `formdata` is None."""
    written = writing.current_or_proposal(event, kind)
    return LetterForm(kind, data={"subject": written.subject, "body": written.body}, **more)


def letter_page(
    event: Event,
    kind: LetterKind,
    form: LetterForm,
    *,
    status: int = 200,
    unsaved: bool = False,
) -> Response:
    return _page(event, kind, form, reader_chosen(event, kind), status=status, unsaved=unsaved)


def files_page(event: Event, kind: LetterKind, file_form: AttachmentForm, *, status: int = 422) -> Response:
    """The same page when a file was refused; the request, of which nothing else is read, may be too large to be."""
    form = editor(event, kind, formdata=None)
    return _page(event, kind, form, _first_reader(event, kind), status=status, file_form=file_form)


def _page(
    event: Event,
    kind: LetterKind,
    form: LetterForm,
    reader: Any,
    *,
    status: int,
    unsaved: bool = False,
    file_form: AttachmentForm | None = None,
) -> Response:
    now = utcnow()
    subject, body = form.subject.data or "", form.body.data or ""
    shown = samples.show(event, kind, subject, body, reader_id=reader.id if reader else None, now=now)
    written = writing.current(event, kind)
    page = render_template(
        "letters/organiser/letter.html",
        event=event,
        organisation=event.organisation,
        about=KINDS[kind],
        form=form,
        file_form=file_form or AttachmentForm(formdata=None),
        unsaved=unsaved,
        written=written if written is not None and writing.is_worded(written) else None,
        readers=_readers(event, kind, reader),
        reader=reader or samples.sample_guest(kind),
        placeholders=placeholders_of(kind),
        files=attachments.files_of(event, kind, at=now),
        shown=shown,
        document=keeping.as_page(shown.html),
    )
    return _allowing(shown.html, make_response(page, status))


def reader_chosen(event: Event, kind: LetterKind) -> Any:
    """Whose reading is shown: chosen beside the editor, or in the address; else the first."""
    number, query = number_chosen(), samples.readers(event, kind)
    if not number:
        return _first_reader(event, kind)
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        abort(404)
    return db.first_or_404(query.where(query.column_descriptions[0]["entity"].id == int(number)))


def number_chosen() -> str:
    return request.form.get("personne") or request.args.get("personne", "")


def _first_reader(event: Event, kind: LetterKind) -> Any:
    return db.session.scalars(samples.readers(event, kind).limit(1)).unique().first()


def _readers(event: Event, kind: LetterKind, chosen: Any) -> list[Any]:
    """Who may be chosen; somebody further down a long list can be, by the address of this page."""
    found = list(db.session.scalars(samples.readers(event, kind).limit(samples.OFFERED)).unique())
    return found if chosen is None or chosen in found else [chosen, *found]


def _allowing(html: str, page: Response) -> Response:
    """The letter stands in a frame, its own style allowed by its hash; a script may ask us how it now reads."""
    csp = headers.DSFR_CSP if current_app.config["DSFR_DIR"] else headers.CSP
    for style in keeping.STYLE.findall(html):
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        csp = csp.replace("style-src 'self'", f"style-src 'self' 'sha256-{digest}'")
    page.headers["Content-Security-Policy"] = f"{csp}; connect-src 'self'"
    return page
