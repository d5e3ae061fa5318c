"""Events to begin others from: kept by an organisation, without anybody's name in them."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, delete, select, update
from sqlalchemy.exc import IntegrityError

from eventapp import journal
from eventapp.accounts.models import ORGANISING, Organisation, User
from eventapp.errors import Refused
from eventapp.events import lifecycle
from eventapp.events.models import Event, Status, Wording
from eventapp.exchange import applying, duplicating, reading, writing
from eventapp.exchange.agenda_import import current
from eventapp.exchange.event_file import ContactPart, EventFile, OrganisationPart, SessionPart
from eventapp.exchange.models import EventTemplate
from eventapp.extensions import db
from eventapp.invitations import automatic as planning
from eventapp.journal.models import Entry
from eventapp.letters.models import Letter, LetterKind
from eventapp.text import fold

STARTED = "template.started"
REMEMBERED = timedelta(days=30)  # during which what was removed can be taken back


class NameTaken(Refused):
    message = "Un modèle de votre organisation porte déjà ce nom."
    field = "name"


class NameTakenMeanwhile(Refused):
    message = "Un autre modèle porte ce nom maintenant\u00a0: renommez-le, puis rétablissez celui-ci."


def of_user(user: User) -> Select[EventTemplate]:
    return _any_of(user).where(EventTemplate.removed_at.is_(None))


def removed_of_user(user: User, *, now: datetime) -> Select[EventTemplate]:
    return _any_of(user).where(EventTemplate.removed_at > now - REMEMBERED)


def _any_of(user: User) -> Select[EventTemplate]:
    mine = EventTemplate.organisation_id.in_(user.organisation_ids(*ORGANISING))
    return select(EventTemplate).where(mine).order_by(EventTemplate.name, EventTemplate.id)


def matching(templates: Iterable[EventTemplate], text: str) -> list[EventTemplate]:
    words = fold(text).split()
    return [template for template in templates if all(word in fold(template.name) for word in words)]


def keep(event: Event, name: str, *, replaces: bool = False, now: datetime, by: User | None) -> EventTemplate:
    """Raises NameTaken unless `replaces`."""
    template = _named(event.organisation, name)
    if template is not None and not replaces:
        raise NameTaken
    facts = {
        "file": writing.as_dict(nameless(current(event))),
        "letters": [_letter(letter) for letter in duplicating.last_letters(event)],
        "automatic": planning.planned(event),
        "wording": event.wording,
        "made_at": now,
        "made_by_id": by.id if by is not None else None,
    }
    if template is None:
        template = EventTemplate(organisation=event.organisation, name=name, **facts)
        _add(template)
    else:
        for key, value in facts.items():
            setattr(template, key, value)
    said = f"Enregistré comme modèle «\u00a0{name}\u00a0»"
    journal.record("template.kept", said, now=now, by=by, event=event, subject=template)
    return template


def rename(template: EventTemplate, name: str) -> None:
    other = _named(template.organisation, name)
    if other is not None and other is not template:
        raise NameTaken
    template.name = name


def remove(template: EventTemplate, *, now: datetime) -> None:
    """It can be taken back for a while; what was removed long ago goes for good."""
    template.removed_at = template.removed_at or now
    of_same = EventTemplate.organisation_id == template.organisation_id
    db.session.execute(delete(EventTemplate).where(of_same, EventTemplate.removed_at < now - REMEMBERED))


def restore(template: EventTemplate) -> None:
    """Raises NameTakenMeanwhile."""
    other = _named(template.organisation, template.name)
    if other is not None and other is not template:
        raise NameTakenMeanwhile
    template.removed_at = None
    try:
        db.session.flush()
    except IntegrityError:  # taken at this instant
        raise NameTakenMeanwhile from None


def start(
    organisation: Organisation,
    file: Mapping[str, Any],
    letters: Iterable[Mapping[str, str]] = (),
    *,
    automatic: Iterable[Mapping[str, Any]] = (),
    wording: Wording = Wording.INVITATION,
    title: str,
    starts_on: date,
    now: datetime,
    by: User | None,
) -> Event:
    """A draft that begins on that day at the hours of the file."""
    shifted = duplicating.at(reading.read(dict(file)), starts_on)
    owner = OrganisationPart(slug=organisation.slug, name=organisation.name)
    slug = lifecycle.free_slug(title, starts_on.year)
    event = applying.create_from(
        replace(shifted, organisation=owner, slug=slug, title=title, status=Status.DRAFT), now=now, by=by
    )
    event.wording = wording
    planning.plan(event, automatic, now=now, by=by)
    for letter in letters:
        if letter["name"] in set(LetterKind):
            facts = {"name": LetterKind(letter["name"]), "subject": letter["subject"], "body": letter["body"]}
            author = by.id if by is not None else None
            db.session.add(Letter(event_id=event.id, version=1, written_at=now, written_by_id=author, **facts))
    return event


def started(organisation: Organisation, key: str) -> Event | None:
    """The event that a first press of the same button began; others wait here until it is there."""
    db.session.execute(update(Organisation).where(Organisation.id == organisation.id).values(id=Organisation.id))
    same = Entry.act == STARTED, Entry.details["key"].as_string() == key
    return db.session.scalar(select(Event).join(Entry).where(Event.organisation_id == organisation.id, *same))


def note_start(event: Event, name: str, key: str, *, now: datetime, by: User | None) -> None:
    said = f"Créé d’après le modèle «\u00a0{name}\u00a0»"
    journal.record(STARTED, said, now=now, by=by, event=event, subject=event, key=key)


def nameless(file: EventFile) -> EventFile:
    """Nobody is named: contacts are those of the organisation again, and who speaks is found anew."""
    return replace(
        file,
        contact=ContactPart(),
        speakers=(),
        sessions=tuple(_nameless(session) for session in file.sessions),
        registration=replace(file.registration, structures=()),
        report="",
        status=Status.DRAFT,
        unsaid=frozenset(),
    )


def _nameless(session: SessionPart) -> SessionPart:
    """The link of a meeting is of one day."""
    return replace(session, speakers=(), online_url=None)


def _letter(letter: Letter) -> dict[str, str]:
    return {"name": letter.name.value, "subject": letter.subject, "body": letter.body}


def _named(organisation: Organisation, name: str) -> EventTemplate | None:
    same = EventTemplate.organisation_id == organisation.id, EventTemplate.name == name
    return db.session.scalar(select(EventTemplate).where(*same, EventTemplate.removed_at.is_(None)))


def _add(template: EventTemplate) -> None:
    try:
        with db.session.begin_nested():
            db.session.add(template)
    except IntegrityError:  # a colleague took the name meanwhile
        raise NameTaken from None
