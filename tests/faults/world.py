"""Two organisations which hold one row of everything, and for every address what a rightful person sends there."""

import hashlib
from datetime import datetime, timedelta

from flask import Flask
from werkzeug.routing import Rule

from eventapp import tokens
from eventapp.accounts import feeds
from eventapp.accounts.models import Role, SignInLink
from eventapp.agenda.models import BookingMode
from eventapp.clock import utcnow
from eventapp.events.models import Category, Event
from eventapp.exchange import taking, writing
from eventapp.exchange import templates as event_templates
from eventapp.exchange.models import AgendaImport
from eventapp.exchange.releases import keep_release
from eventapp.extensions import db
from eventapp.invitations.campaign_models import (
    Anchor,
    Audience,
    AutomaticLetter,
    Campaign,
    CampaignRecipient,
    CampaignState,
)
from eventapp.invitations.models import GuestImport, GuestKind, NamedAs
from eventapp.letters.models import Letter, LetterFile, LetterKind
from eventapp.network.models import Structure
from eventapp.outbox.letters import post
from eventapp.outbox.models import KeptMail, Message, State
from eventapp.registrations.desk.models import RegistrationImport
from eventapp.registrations.models import Booking, Registration, Status
from eventapp.registrations.places.models import StructureAllowance
from eventapp.registrations.questions.models import Answer, QuestionKind
from eventapp.registrations.self_service.calendar_models import CalendarReply, Participation
from eventapp.registrations.self_service.models import ChangeRequest, RequestKind
from eventapp.registrations.wishes.models import Allocation
from tests import databases
from tests.factories import (
    make_category,
    make_event,
    make_guest,
    make_invitation,
    make_organisation,
    make_party,
    make_person,
    make_question,
    make_registration,
    make_room,
    make_session,
    make_speaker,
    make_structure,
    make_user,
    number,
    save,
)
from tests.faults import kept
from tests.faults.bodies.invitations import guest_file
from tests.faults.bodies.letters import PDF, letter_file
from tests.faults.prepared import PREPARED
from tests.faults.side import Side

__all__ = [
    "FILES", "PREPARED", "SIGNED", "WRITE_NOTHING", "Side", "build", "build_anew", "build_two", "build_two_anew",
    "dump", "guest_file", "letter_file", "rules",
]  # fmt: skip


MAIL = b"From: a@sgar.example\r\nTo: b@agents.example\r\nSubject: Bonjour\r\n\r\nBonjour.\r\n"


def build() -> Side:
    """Everything an organisation can hold, valid and committed."""
    return kept.worlds(1, make)[0] if kept.is_empty() else make()


def build_two() -> list[Side]:
    """Two organisations, as a test begins."""
    return kept.worlds(2, make)


def build_anew() -> Side:
    """As if nothing had happened before."""
    _forget()
    return kept.worlds(1, make)[0]


def build_two_anew() -> list[Side]:
    _forget()
    return kept.worlds(2, make)


def _forget() -> None:
    db.session.rollback()
    db.session.expunge_all()
    databases.empty(db.engine.url.render_as_string(hide_password=False))


def make() -> Side:
    now, n = utcnow(), next(number)
    organisation = make_organisation(consent_notice="Vos données servent à l’organisation.")
    starts = now.replace(minute=0, second=0, microsecond=0, hour=8) + timedelta(days=60)
    event = make_event(
        organisation, slug=f"colloque-{n}", starts_at=starts, ends_at=starts + timedelta(hours=9), offer_hours=24
    )
    category, spare_category = make_category(event), make_category(event)
    room, speaker = make_room(event), make_speaker(event)
    spare_room, _other = make_room(event), make_speaker(event)
    session = make_session(event, speaker, room=room, booking=BookingMode.OPTIONAL, capacity=20)
    question = make_question(event, kind=QuestionKind.TEXT)
    make_question(event)
    registration = make_registration(event, make_person(category=category))
    booked = {"event_id": event.id, "registration": registration, "session": session}
    save(Booking(**booked, created_at=now, confirmed_at=now))
    rival = make_session(event, speaker, room=room, booking=BookingMode.OPTIONAL, capacity=20)
    offered = {"event_id": event.id, "registration": registration, "session": rival}
    save(Booking(**offered, created_at=now, offer_until=now + timedelta(hours=5)))
    save(Answer(registration=registration, question=question, value="Oui, merci"))
    guest = make_guest(event)
    office = make_structure()
    invited = make_guest(event, make_person(first_name="", structure=office), kind=GuestKind.STRUCTURE, places=5)
    named = make_guest(event, named_by=invited, named_as=NamedAs.COLLEAGUE)
    make_invitation(named)
    issued = tokens.issue(SignInLink.PURPOSE)
    organiser = make_user(organisation)
    side = Side(
        organisation=organisation,
        administrator=make_user(organisation, Role.ADMINISTRATOR),
        organiser=organiser,
        reader=make_user(organisation, Role.READER),
        event=event,
        category=category,
        spare_category=spare_category,
        room=room,
        spare_room=spare_room,
        speaker=speaker,
        session=session,
        spare_session=make_session(event),
        rival=rival,
        question=question,
        guest=guest,
        spare_guest=make_guest(event),
        invitation=make_invitation(guest),
        structure_invitation=make_invitation(invited),
        named=named,
        campaign=_campaign(event, registration, now),
        automatic=save(
            AutomaticLetter(event=event, kind=LetterKind.THANKS, anchor=Anchor.END, hours=24, created_at=now)
        ),
        registration=registration,
        party=make_party(event),
        waiting=make_registration(event, status=Status.WAITING, offer_until=now + timedelta(hours=5)),
        asked=save(
            ChangeRequest(event_id=event.id, registration=registration, kind=RequestKind.CANCEL,
                          payload={"reason": "Malade"}, created_at=now)
        ),
        answered=save(
            CalendarReply(event_id=event.id, registration_id=registration.id, session_id=session.id, received_at=now,
                          participation=Participation.DECLINED, comment="Retenue", mail_id=f"<{n}@agents.example>")
        ),
        draft=save(_draft(event, now)),
        agenda=save(_agenda(event, now)),
        template=event_templates.keep(event, f"Modèle {n}", now=now, by=organiser),
        gone=make_registration(event, status=Status.CANCELLED, cancelled_at=now, cancelled_by="person"),
        people_file=save(_people_file(event, category, now)),
        preview=save(
            Allocation(event=event, seed=1, input_digest="", seats=[], figures={"slots": []}, made_at=now)
        ),
        message=_failed(registration, now),
        file=save(
            LetterFile(event_id=event.id, letter_name=LetterKind.INVITATION, filename="acces.pdf", size=len(PDF),
                       content_type="application/pdf", content=PDF, added_at=now)
        ),
        link=save(
            SignInLink(user=organiser, nonce=issued.nonce, digest=issued.digest, created_at=now,
                       expires_at=now + timedelta(hours=1))
        ),
        structure=save(
            Structure(id_fs=f"59{n:06}", name=f"France services {n}", departement_code="59", commune="Lille",
                      match_key=f"france services {n}", sort_key=f"france services {n}", updated_at=now)
        ),
        mail=save(
            KeptMail(message_id=f"<{n}@sgar.example>", to="b@agents.example", subject="Bonjour", search_text="bonjour",
                     kept_at=now, source=MAIL)
        ),
    )  # fmt: skip
    save(StructureAllowance(event_id=event.id, structure=side.structure, places=2))
    save(
        Letter(
            event_id=event.id,
            name=LetterKind.INVITATION,
            version=1,
            subject="Invitation",
            body="{lien}",
            written_at=now,
        )
    )
    for member in (side.administrator, organiser):
        feeds.renew(member.memberships[0], now=now)
    event.report = "**Merci** à toutes et à tous."
    keep_release(event, now=now, by=organiser)
    rival.title = f"{rival.title}, revue"  # what was released before differs
    event.draft = writing.as_dict(taking.take(event))
    db.session.commit()
    return side


def _draft(event: Event, now: datetime) -> GuestImport:
    rows = [[2, ["Martin", "paul.martin@agents.example"]], [3, ["Petit", "luc.petit@agents.example"]]]
    facts = {"header": ["Nom", "Adresse électronique"], "rows": rows, "warnings": [], "created_at": now}
    return GuestImport(event_id=event.id, filename="invites.csv", **facts)


def _agenda(event: Event, now: datetime) -> AgendaImport:
    """Another session, as a calendar would bring it."""
    day = event.local_start.date().isoformat()
    session = {"slug": "visite", "title": "Visite", "starts_at": f"{day}T15:00", "ends_at": f"{day}T16:00"}
    file = {"rooms": [], "speakers": [], "sessions": [session], "choice_required": []}
    return AgendaImport(event_id=event.id, filename="agenda.ics", file=file, warnings=[], created_at=now)


def _people_file(event: Event, category: Category, now: datetime) -> RegistrationImport:
    header = ["Prénom", "Nom", "Courriel", "Catégorie"]
    rows = [[2, ["Paul", "Martin", "p@agents.example", category.name]]]
    facts = {"header": header, "rows": rows, "warnings": [], "created_at": now}
    return RegistrationImport(event_id=event.id, filename="inscrits.csv", **facts)


def _campaign(event: Event, registration: Registration, now: datetime) -> Campaign:
    """A practical note on its way, which everything can still be done to."""
    words = {"subject": "À bientôt", "body": "Bonjour {prenom}", "written_at": now}
    letter = save(Letter(event_id=event.id, name=LetterKind.PRACTICAL, version=1, **words))
    facts = {"audience": Audience.REGISTERED, "state": CampaignState.RUNNING, "created_at": now, "started_at": now}
    campaign = save(Campaign(event=event, letter=letter, segment={}, due_at=now, **facts))
    save(CampaignRecipient(campaign=campaign, registration=registration))
    return campaign


def _failed(registration: Registration, now: datetime) -> Message:
    message = post(
        "registrations/confirmed",
        to=registration.email,
        now=now,
        event=registration.event,
        registration_id=registration.id,
    )
    message.state = State.FAILED
    return save(message)


# Acts that answer with a file, or with the page that they were asked from.
FILES = {
    "documents.print_letter",
    "documents.print_letters",
    "letters_organiser.test",
    "registrations_organiser.answer_list",
}
# Posts that a program signs: no person sends them.
SIGNED = {"outbox.take_returned"}
# POSTs that show something and write nothing.
WRITE_NOTHING = {
    "accounts.check_password",
    "accounts_organiser.preview",
    "agenda_organiser.add_rows",
    "agenda_organiser.add_rows_to_new_session",
    "events_organiser.preview_report",
    "invitations_organiser.turn_review",
    "letters_organiser.preview",
    "outbox_organiser.read_headers",
    "registrations.add_people",
    "registrations.check_details",
    "registrations.check_sessions",
    "registrations.check_transfer",
    "registrations.correct_transfer",
    "registrations.correct_details",
    "registrations_organiser.review_many",
    "registrations_organiser.review_merge",
}


def dump() -> str:
    """Every row of every table, in one hash."""
    db.session.rollback()
    cursor = db.session.connection().connection.cursor()  # as the database holds them, which is quicker to read
    hashed = hashlib.sha256()
    for table in db.metadata.sorted_tables:
        cursor.execute(f'SELECT * FROM "{table.name}"')  # noqa: S608
        hashed.update(repr((table.name, sorted(map(repr, cursor.fetchall())))).encode())
    db.session.rollback()
    return hashed.hexdigest()


def rules(app: Flask, *, method: str) -> list[Rule]:
    found = [rule for rule in app.url_map.iter_rules() if method in (rule.methods or ()) and rule.endpoint != "static"]
    return sorted(found, key=lambda rule: rule.endpoint)
