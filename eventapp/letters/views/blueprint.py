"""What the pages of letters share: whose letter, as whom it is read, and the page of one letter."""

import base64
import hashlib
from typing import Any

from flask import Blueprint, Response, abort, current_app, g, make_response, render_template, request

from eventapp import headers
from eventapp.clock import utcnow
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.invitations import listing, samples
from eventapp.invitations.other_cases import CASES, case_of
from eventapp.letters import attachments, writing
from eventapp.letters.filling import placeholders_of
from eventapp.letters.forms import AttachmentForm, LetterForm
from eventapp.letters.kinds import BY_SLUG, KINDS
from eventapp.letters.models import LetterKind
from eventapp.outbox import keeping

bp = Blueprint("letters_organiser", __name__)

FEW = 20  # in a longer list, one searches
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
    reader, case, searched = reader_chosen(event, kind), case_chosen(kind), text_searched()
    return _page(event, kind, form, reader, case=case, searched=searched, status=status, unsaved=unsaved)


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
    case: str = "",
    searched: str = "",
    status: int,
    unsaved: bool = False,
    file_form: AttachmentForm | None = None,
) -> Response:
    now = utcnow()
    shown = samples.show(event, draft(kind, form, reader, case), now=now)
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
        cases=CASES.get(kind, ()),
        case=case,
        **_readers(event, kind, reader, searched),
        reader=reader or samples.sample_guest(kind),
        placeholders=placeholders_of(kind),
        files=attachments.files_of(event, kind, at=now),
        shown=shown,
        document=keeping.as_page(shown.html),
    )
    return allowing(shown.html, make_response(page, status))


def reader_chosen(event: Event, kind: LetterKind) -> Any:
    """Whose reading is shown: searched or chosen beside the editor, or in the address; else the first."""
    number, query = number_chosen(), samples.readers(event, kind)
    if text_searched():
        query = samples.readers(event, kind, text_searched())
        found = db.session.scalars(query.limit(samples.OFFERED)).unique().all()
        return next((one for one in found if str(one.id) == number), found[0] if found else None)
    if not number:
        return _first_reader(event, kind)
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        abort(404)
    return db.first_or_404(query.where(query.column_descriptions[0]["entity"].id == int(number)))


def number_chosen() -> str:
    return request.form.get("personne") or request.args.get("personne", "")


def text_searched() -> str:
    """Of whom the letter should be shown as they read it."""
    return (request.form.get("qui") or request.args.get("qui", "")).replace("\0", "")[: samples.LONGEST_SEARCH].strip()


def case_chosen(kind: LetterKind) -> str:
    """In which of the cases of a letter that has several: empty for the commonest."""
    slug = request.form.get("cas") or request.args.get("cas", "")
    return slug if not slug or case_of(kind, slug) else abort(404)


def draft(kind: LetterKind, form: LetterForm, reader: Any, case: str) -> samples.Draft:
    """The letter as it stands in the editor."""
    subject, body = form.subject.data or "", form.body.data or ""
    return samples.Draft(kind=kind, subject=subject, body=body, reader_id=reader.id if reader else None, case=case)


def _first_reader(event: Event, kind: LetterKind) -> Any:
    return db.session.scalars(samples.readers(event, kind).limit(1)).unique().first()


def _readers(event: Event, kind: LetterKind, chosen: Any, searched: str) -> dict[str, Any]:
    """Who may be chosen: the first of those who are searched, of how many; somebody further down a long list can be,
    by the address of this page."""
    query = samples.readers(event, kind, searched)
    found = list(db.session.scalars(query.limit(samples.OFFERED)).unique())
    shown = found if chosen is None or chosen in found else [chosen, *found]
    matching = listing.count(query)
    return {"readers": shown, "searched": searched, "matching": matching, "is_long": searched or matching > FEW}


def allowing(html: str, page: Response) -> Response:
    """The letter stands in a frame, its own style allowed by its hash; a script may ask us how it now reads."""
    csp = headers.DSFR_CSP if current_app.config["DSFR_DIR"] else headers.CSP
    for style in keeping.STYLE.findall(html):
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        csp = csp.replace("style-src 'self'", f"style-src 'self' 'sha256-{digest}'")
    page.headers["Content-Security-Policy"] = f"{csp}; connect-src 'self'"
    return page
