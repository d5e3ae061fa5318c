"""The files that go with a letter: join one, read it back, take it away."""

from contextlib import closing
from typing import Any

from flask import Response, flash, g, redirect, url_for

from eventapp import access, downloads, uploads
from eventapp.clock import utcnow
from eventapp.errors import Refused
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.letters import attachments
from eventapp.letters.attachments import LARGEST
from eventapp.letters.forms import AttachmentForm
from eventapp.letters.models import LetterFile, LetterKind
from eventapp.letters.views.blueprint import LETTER, bp, files_page, kind_of, managed

FILE = f"{LETTER}/fichiers/<int(max=2147483647):file_id>"
TOO_LARGE = "Ce fichier dépasse 3\u00a0Mo."


@bp.post(f"{LETTER}/fichiers")
@access.member
def add_file(slug: str, letter_slug: str) -> Any:
    event, kind, form = managed(slug), kind_of(letter_slug), AttachmentForm()
    if not form.validate_on_submit():
        return files_page(event, kind, form)
    try:
        with closing(form.file.data) as upload:
            content = upload.stream.read(LARGEST + 1)
        attachments.add(event, kind, upload.filename, content, now=utcnow(), by=g.user)
    except Refused as refusal:
        db.session.rollback()
        form.file.errors = [str(refusal)]
        return files_page(event, kind, form)
    db.session.commit()
    flash("Le fichier partira avec cette lettre.", "success")
    return _back(slug, letter_slug)


@bp.get(FILE)
@access.member
def file(slug: str, letter_slug: str, file_id: int) -> Response:
    found = _find(managed(slug), kind_of(letter_slug), file_id)
    return downloads.attachment(found.content, found.filename, "application/octet-stream")


@bp.post(f"{FILE}/retrait")
@access.member
def remove_file(slug: str, letter_slug: str, file_id: int) -> Any:
    event = managed(slug)
    attachments.remove(event, _find(event, kind_of(letter_slug), file_id), now=utcnow(), by=g.user)
    db.session.commit()
    flash("Le fichier ne partira plus avec cette lettre.", "success")
    return _back(slug, letter_slug)


def _find(event: Event, kind: LetterKind, file_id: int) -> LetterFile:
    query = db.select(LetterFile).where(LetterFile.event_id == event.id, LetterFile.letter_name == kind)
    found: LetterFile = db.first_or_404(query.where(LetterFile.id == file_id))
    return found


def _back(slug: str, letter_slug: str) -> Any:
    return redirect(url_for(".letter", slug=slug, letter_slug=letter_slug, _anchor="fichiers"), 303)


def _too_large(slug: str, letter_slug: str) -> Response:
    form = AttachmentForm(formdata=None)
    form.file.errors = [TOO_LARGE]
    return files_page(managed(slug), kind_of(letter_slug), form, status=413)


uploads.explain_too_large(bp, "add_file", _too_large)
