"""The invitation as a letter to print: the same words as the mail, with the personal link to type or to scan."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import segno

from eventapp.documents import typesetting
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.formats import NBSP, french_date, french_day_range, french_hours, phone, typo
from eventapp.formats import person as name_of
from eventapp.invitations import links, notices
from eventapp.invitations.models import Guest, GuestKind, Invitation
from eventapp.letters.models import Letter, LetterKind
from eventapp.letters.writing import current_or_default

MOST = 200  # letters in one file


def letters(event: Event, invitations: Sequence[Invitation], *, now: datetime) -> dict[str, Any]:
    """All that they will say, in this order; `pdf` then needs no database."""
    written = [_letter(event, invitation, now) for invitation in invitations]
    return {"title": f"Lettres{NBSP}: {event.title}", "organisation": event.organisation.name, "letters": written}


def pdf(said: dict[str, Any]) -> bytes:
    """One letter a page; a tagged PDF. Takes seconds for many."""
    codes = (segno.make(letter["link"], error="m") for letter in said["letters"])
    drawn = [code.svg_inline(border=1, dark="#000", light="#fff") for code in codes]
    with_codes = [letter | {"code": code} for letter, code in zip(said["letters"], drawn, strict=True)]
    return typesetting.pdf("letter.typ", said | {"letters": with_codes})


def _letter(event: Event, invitation: Invitation, now: datetime) -> dict[str, Any]:
    guest, link = invitation.guest, links.invitation(invitation)
    written = _words(event, invitation, now)
    contents = notices.contents(event, guest, written.subject, written.body, link)
    contact, number, address = event.contact
    ways = " ou ".join(filter(None, (f"au {phone(number)}" if number else "", f"à {address}")))
    return {
        "sender": [line for line in dict.fromkeys((event.organisation.name, contact, phone(number), address)) if line],
        "recipient": _recipient(guest),
        "date": f"Le {french_date(now, event.timezone)}",
        "subject": contents["letter_subject"],
        "head": [] if contents["says_when"] else _head(event),
        "body": typesetting.nodes(str(contents["letter_html"])),
        "link": link,
        "code_alt": f"Code à scanner, qui ouvre {link}",
        "answer": "Votre réponse",
        "by_code": "Scannez ce code avec un téléphone, ou recopiez cette adresse, qui vous est personnelle\u00a0:",
        "otherwise": f"Vous pouvez aussi répondre {ways}.",
    }


def _head(event: Event) -> list[str]:
    """What it is about, when and where: the organiser's words do not say it."""
    days = french_day_range(event.starts_at, event.ends_at, event.timezone)
    when = f"{days[:1].upper()}{days[1:]}, {french_hours(event.starts_at, event.ends_at, event.timezone)}"
    return [line for line in (typo(event.title), when, event.venue.one_line) if line]


def _words(event: Event, invitation: Invitation, now: datetime) -> Letter:
    """Those of their invitation, whatever was written since."""
    written = db.session.get(Letter, invitation.letter_id) if invitation.letter_id is not None else None
    is_structure = invitation.guest.kind is GuestKind.STRUCTURE
    kind = LetterKind.STRUCTURE if is_structure else LetterKind.INVITATION
    if written is None or written.name is not kind:
        return current_or_default(event, kind, now=now)
    return written


def _recipient(guest: Guest) -> list[str]:
    """The lines of the envelope; where we know no street, the organiser writes it by hand."""
    structure, who = guest.structure, name_of(guest)
    organisation = guest.organisation_name if guest.organisation_name != who else ""
    lines = [who, guest.function, organisation]
    if structure is not None:
        town = " ".join(part for part in (structure.postcode, structure.commune) if part)
        lines += [structure.address, structure.address_extra, town]
    return [line for line in lines if line]
