"""Files that go with every letter of a kind: kept under a harmless name, of a few known types, and not too heavy."""

from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import undefer

from eventapp import journal
from eventapp.accounts.models import User
from eventapp.errors import Refused
from eventapp.events.locks import hold
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.formats import NBSP
from eventapp.letters.kinds import TITLES
from eventapp.letters.models import LetterFile, LetterKind
from eventapp.outbox.letters import Attachment, once
from eventapp.text import one_line

MEGABYTE = 1024 * 1024
LARGEST = 3 * MEGABYTE
LARGEST_TOGETHER = 5 * MEGABYTE  # many mailboxes refuse more than 10 MB, a third of which is encoding
MOST = 5
LONGEST_STEM = 100
ZIPPED = b"PK\x03\x04"
OFFICE = "application/vnd.openxmlformats-officedocument"
OPEN = "application/vnd.oasis.opendocument"
# extension → content type, and how such a file begins
TYPES = {
    "pdf": ("application/pdf", b"%PDF-"),
    "docx": (f"{OFFICE}.wordprocessingml.document", ZIPPED),
    "xlsx": (f"{OFFICE}.spreadsheetml.sheet", ZIPPED),
    "pptx": (f"{OFFICE}.presentationml.presentation", ZIPPED),
    "odt": (f"{OPEN}.text", ZIPPED),
    "ods": (f"{OPEN}.spreadsheet", ZIPPED),
    "odp": (f"{OPEN}.presentation", ZIPPED),
    "png": ("image/png", b"\x89PNG\r\n\x1a\n"),
    "jpg": ("image/jpeg", b"\xff\xd8\xff"),
    "jpeg": ("image/jpeg", b"\xff\xd8\xff"),
}
TO_SPACE = str.maketrans(dict.fromkeys('<>:"|?*;', " "))  # what file systems or mail headers give a meaning to


class BadFile(Refused):
    field = "file"


def add(event: Event, kind: LetterKind, filename: str, content: bytes, *, now: datetime, by: User) -> LetterFile:
    name = harmless_name(filename)
    content_type = _type_of(name, content)
    hold(event)
    present = list(db.session.scalars(_attached(event.id, kind, now)))
    _check_room(present, name, len(content))
    file = LetterFile(
        event_id=event.id, letter_name=kind, filename=name, content_type=content_type, size=len(content),
        content=content, added_at=now, added_by_id=by.id,
    )  # fmt: skip
    db.session.add(file)
    db.session.flush()
    sentence = f"Pièce jointe ajoutée à «{NBSP}{TITLES[kind]}{NBSP}»{NBSP}: {name}"
    journal.record("letter.file_added", sentence, now=now, by=by, event=event, subject=file)
    return file


def remove(event: Event, file: LetterFile, *, now: datetime, by: User) -> None:
    """What was sent with it keeps it. Removing twice is removing once."""
    hold(event)
    if file.removed_at is not None:
        return
    file.removed_at = now
    sentence = f"Pièce jointe retirée de «{NBSP}{TITLES[file.letter_name]}{NBSP}»{NBSP}: {file.filename}"
    journal.record("letter.file_removed", sentence, now=now, by=by, event=event, subject=file)


def files_of(event: Event, kind: LetterKind, *, at: datetime) -> list[LetterFile]:
    """What a letter made at that moment carries, without the contents."""
    return list(db.session.scalars(_attached(event.id, kind, at)))


def counts(event: Event, *, at: datetime) -> dict[LetterKind, int]:
    query = select(LetterFile.letter_name, func.count()).where(LetterFile.event_id == event.id, _was_there(at))
    return {kind: count for kind, count in db.session.execute(query.group_by(LetterFile.letter_name))}  # noqa: C416


def attached(event_id: int, kind: LetterKind, *, at: datetime) -> list[Attachment]:
    """The same with the contents, for the mail. `at`: when the letter, or the campaign it is part of, was made. Read
    once for the letters that leave together."""

    def read() -> list[Attachment]:
        files = db.session.scalars(_attached(event_id, kind, at).options(undefer(LetterFile.content)))
        return [Attachment(file.filename, file.content_type, file.content) for file in files]

    return once(("files", event_id, kind, at), read)


def harmless_name(filename: str) -> str:
    """The last part of a path, on one line, short, without hidden or special characters; its extension in small."""
    last = filename.replace("\\", "/").rpartition("/")[2]
    stem, _, extension = one_line(last.translate(TO_SPACE)).lstrip(". ").rpartition(".")
    return f"{stem[:LONGEST_STEM].strip('. ') or 'piece-jointe'}.{extension.lower()}"


def _attached(event_id: int, kind: LetterKind, at: datetime) -> Select[LetterFile]:
    return (
        select(LetterFile)
        .where(
            LetterFile.event_id == event_id,
            LetterFile.letter_name == kind,
            _was_there(at),
        )
        .order_by(LetterFile.id)
    )


def _was_there(at: datetime) -> ColumnElement[bool]:
    return and_(LetterFile.added_at <= at, or_(LetterFile.removed_at.is_(None), LetterFile.removed_at > at))


def _type_of(name: str, content: bytes) -> str:
    extension = name.rpartition(".")[2]
    if extension not in TYPES:
        raise BadFile("Ce type de fichier ne peut pas être joint. Un PDF convient à tout le monde.")
    content_type, beginning = TYPES[extension]
    if not content:
        raise BadFile("Ce fichier est vide.")
    if len(content) > LARGEST:
        raise BadFile(f"Ce fichier dépasse 3{NBSP}Mo.")
    if not content.startswith(beginning):
        raise BadFile(f"Ce fichier n’est pas un vrai {extension.upper()}. Enregistrez-le de nouveau.")
    return content_type


def _check_room(present: list[LetterFile], name: str, size: int) -> None:
    if len(present) >= MOST:
        raise BadFile(f"Une lettre porte {MOST} fichiers au plus{NBSP}: retirez-en un d’abord.")
    if any(file.filename == name for file in present):
        raise BadFile("Un fichier de ce nom est déjà joint. Retirez-le d’abord pour le remplacer.")
    if sum(file.size for file in present) + size > LARGEST_TOGETHER:
        raise BadFile(f"Avec ce fichier, la lettre dépasserait 5{NBSP}Mo{NBSP}: certaines messageries la refuseraient.")
