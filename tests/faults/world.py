"""Two organisations which hold one row of everything, and for every address what a rightful person sends there."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from eventapp import tokens
from eventapp.accounts import feeds
from eventapp.accounts.models import Membership, Organisation, Role, SignInLink, User
from eventapp.agenda import accepting
from eventapp.agenda.conflicts import Conflict
from eventapp.agenda.editing import mark
from eventapp.agenda.models import BookingMode, Room, Session, Speaker
from eventapp.agenda.views.points import conflicts_of
from eventapp.clock import utcnow
from eventapp.events.models import Category, Event, SessionChoice
from eventapp.exchange import drafting, taking, writing
from eventapp.exchange import templates as event_templates
from eventapp.exchange.models import AgendaImport, EventTemplate
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
from eventapp.invitations.models import Guest, GuestImport, GuestKind, Invitation, NamedAs
from eventapp.letters.models import Letter, LetterFile, LetterKind
from eventapp.network.models import Structure
from eventapp.outbox.letters import post
from eventapp.outbox.models import KeptMail, Message, State
from eventapp.registrations.desk.models import RegistrationImport
from eventapp.registrations.groups.models import Party
from eventapp.registrations.models import Booking, Registration, Status
from eventapp.registrations.places.models import StructureAllowance
from eventapp.registrations.questions.models import Answer, Question, QuestionKind
from eventapp.registrations.self_service.calendar_models import CalendarReply, Participation
from eventapp.registrations.self_service.models import ChangeRequest, RequestKind
from eventapp.registrations.wishes import allocation
from eventapp.registrations.wishes.models import Allocation, Wish
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

SAFE = {"GET", "HEAD", "OPTIONS"}
PDF = b"%PDF-1.7\n%%EOF\n"
MAIL = b"From: a@sgar.example\r\nTo: b@agents.example\r\nSubject: Bonjour\r\n\r\nBonjour.\r\n"
BEYOND = {"over_limits": "y", "over_reason": "Elle l’anime"}


@dataclass
class Side:
    """One organisation, its people, its event and all that hangs on it; `spare_…`: what nothing else needs."""

    organisation: Organisation
    administrator: User
    organiser: User
    reader: User
    event: Event
    category: Category
    spare_category: Category
    room: Room
    spare_room: Room
    speaker: Speaker
    session: Session
    spare_session: Session
    rival: Session  # at the hour of `session`; its seat is offered to whoever holds that one
    question: Question
    guest: Guest
    spare_guest: Guest
    invitation: Invitation
    structure_invitation: Invitation
    named: Guest  # by the structure, not answered
    campaign: Campaign
    automatic: AutomaticLetter
    registration: Registration
    waiting: Registration
    party: Party
    asked: ChangeRequest
    answered: CalendarReply
    draft: GuestImport
    agenda: AgendaImport
    template: EventTemplate
    gone: Registration
    people_file: RegistrationImport
    preview: Allocation
    message: Message
    file: LetterFile
    link: SignInLink
    structure: Structure
    mail: KeptMail

    @property
    def membership(self) -> Membership:
        return self.reader.memberships[0]

    def values(self, rule: Rule) -> dict[str, Any]:
        """The parts of an address of this rule that name this side's rows."""
        known = {
            "slug": self.event.slug,
            "organisation_slug": self.organisation.slug,
            "member_id": self.membership.id,
            "session_slug": self.session.slug,
            "room_slug": self.room.slug,
            "speaker_slug": self.speaker.slug,
            "category_slug": self.category.slug,
            "question_slug": self.question.slug,
            "guest_id": self.guest.id,
            "mark": self.named.invitation.mark if self.named.invitation else "",
            "import_id": self.draft.id,
            "template_id": self.template.id,
            "starter": "journee-regionale",
            "registration_id": self.registration.id,
            "allocation_id": self.preview.id,
            "campaign_id": self.campaign.id,
            "automatic_id": self.automatic.id,
            "request_id": self.asked.id,
            "reply_id": self.answered.id,
            "structure_id": self.structure.id,
            "letter_slug": "invitation",
            "file_id": self.file.id,
            "id_fs": self.structure.id_fs,
            "key": self.message.id if rule.endpoint.startswith("outbox_organiser") else self.mail.id,
            "token": self.token(rule.endpoint),
            "name": "agenda",
            "region_slug": "hauts-de-france",
            "date": self.event.local_start.date().isoformat(),
            "half": "matin",
            "kind": "csv",
            "number": 1,
            "filename": "js/app.js",
        }
        return {name: known[name] for name in rule.arguments} | SPARE.get(rule.endpoint, lambda _side: {})(self)

    def token(self, endpoint: str) -> str:
        package, _, name = endpoint.partition(".")
        if package == "accounts":
            return self.link.token
        if endpoint in ("invitations.names", "invitations.withdrawal"):
            return tokens.reveal(Invitation.PURPOSE, self.structure_invitation.nonce)
        if package == "invitations":
            return tokens.reveal(Invitation.PURPOSE, self.invitation.nonce)
        if name == "party":
            return tokens.reveal(Party.PURPOSE, self.party.nonce)
        if name == "feed":
            return tokens.reveal(Registration.FEED_PURPOSE, self.registration.feed_nonce)
        if name == "team":
            return tokens.reveal(Membership.FEED_PURPOSE, self.administrator.memberships[0].feed_nonce or "")
        person = self.waiting if name in ("accept", "refuse") else self.registration
        return tokens.reveal(Registration.PURPOSE, person.nonce)

    def path(self, app: Flask, rule: Rule, **other: Any) -> str:
        method = next(iter(rule.methods or {"GET"}))
        values = {name: value for name, value in (self.values(rule) | other).items() if name in rule.arguments}
        return str(app.url_map.bind("localhost").build(rule.endpoint, values, method=method))

    def body(self, endpoint: str) -> dict[str, Any]:
        """What its form sends when it is filled in rightly."""
        return BODIES.get(endpoint, lambda _side: {})(self)


# Addresses that act on a row which must not be needed by others.
SPARE = {
    "agenda_organiser.remove_session": lambda side: {"session_slug": side.spare_session.slug},
    "agenda_organiser.remove_room": lambda side: {"room_slug": side.spare_room.slug},
    "agenda_organiser.raise_room": lambda side: {"room_slug": side.spare_room.slug},
    "agenda_organiser.raise_speaker": lambda side: {
        "speaker_slug": db.session.scalars(Speaker.of(side.event)).all()[-1].slug
    },
    "events_organiser.agenda_preview": lambda side: {"import_id": side.agenda.id},
    "events_organiser.take_agenda": lambda side: {"import_id": side.agenda.id},
    "events_organiser.leave_agenda": lambda side: {"import_id": side.agenda.id},
    "events_organiser.remove_category": lambda side: {"category_slug": side.spare_category.slug},
    "events_organiser.raise_category": lambda side: {"category_slug": side.spare_category.slug},
    "invitations_organiser.correct_address": lambda side: {"guest_id": side.spare_guest.id},
    "invitations_organiser.names": lambda side: {"guest_id": side.structure_invitation.guest.id},
    "invitations_organiser.remove": lambda side: {"guest_id": side.spare_guest.id},
    "invitations_organiser.invite": lambda side: {"guest_id": side.spare_guest.id},
    "registrations.take_session": lambda side: {"session_slug": side.rival.slug},
    "registrations.decline_session": lambda side: {"session_slug": side.rival.slug},
    "registrations.leave_session_queue": lambda side: {"session_slug": side.rival.slug},
    "registrations_organiser.promote": lambda side: {"registration_id": side.waiting.id},
    "registrations_organiser.do_promote": lambda side: {"registration_id": side.waiting.id},
    "registrations_organiser.promote_in_session": lambda side: {"session_slug": side.rival.slug},
    "registrations_organiser.import_apply": lambda side: {"import_id": side.people_file.id},
    "registrations_organiser.import_leave": lambda side: {"import_id": side.people_file.id},
    "registrations_organiser.import_preview": lambda side: {"import_id": side.people_file.id},
    "registrations_organiser.restore": lambda side: {"registration_id": side.gone.id},
}


def build() -> Side:
    """Everything an organisation can hold, valid and committed."""
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


def _take_wishes(side: Side) -> None:
    """The two sessions of one hour are ranked, by somebody who holds neither."""
    side.event.session_choice = SessionChoice.WISHES
    fan = make_registration(side.event)
    facts = {"event_id": side.event.id, "registration_id": fan.id, "session_id": side.rival.id}
    save(Wish(**facts, rank=1, created_at=fan.created_at))


def _draw(side: Side) -> None:
    _take_wishes(side)
    for name, value in vars(allocation.draw(side.event, seed=1)).items():
        setattr(side.preview, name, value)


def _apply(side: Side) -> None:
    _take_wishes(side)
    side.event.allocated_at = side.preview.applied_at = utcnow()


def _has_left(side: Side) -> None:
    side.message.state, side.message.sent_at = State.SENT, utcnow() - timedelta(hours=1)


def _hold_earlier(side: Side) -> None:
    """An event of last year, with somebody registered."""
    earlier = {"starts_at": side.event.starts_at - timedelta(days=300), "ends_at": side.event.starts_at}
    make_registration(make_event(side.organisation, slug=f"avant-{next(number)}", **earlier))


def _earlier(side: Side) -> dict[str, Any]:
    found = db.select(Registration.id).join(Event, Event.id == Registration.event_id)
    theirs = found.where(Event.organisation_id == side.organisation.id, Event.id != side.event.id)
    return {"personnes": [f"r{one}" for one in db.session.scalars(theirs)]}


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


def _person(**more: Any) -> dict[str, Any]:
    n = next(number)
    names = {"first_name": "Zoé", "last_name": f"Lefèvre {n}", "email": f"zoe.lefevre-{n}@agents.example"}
    return names | {"function": "conseillère", "organization": "Mairie"} | more


def _registering(side: Side) -> dict[str, Any]:
    answers = {f"question-{side.question.slug}": "Rien", "sessions": side.session.slug}
    return _person(category=side.category.slug) | answers


def _accepting(side: Side) -> dict[str, Any]:
    """Under the guest's own name."""
    guest = side.guest
    return _registering(side) | {"first_name": guest.first_name, "last_name": guest.last_name, "email": guest.email}


def _names(side: Side) -> dict[str, Any]:
    """Two colleagues of the structure, who answer themselves."""
    people = [_person(category=side.category.slug) for _ in range(2)]
    parts = ("first_name", "last_name", "email", "category")
    return {f"person-{n}-{part}": person[part] for n, person in enumerate(people, 1) for part in parts} | {
        "way": "invite"
    }


def _group(side: Side) -> dict[str, Any]:
    """Two people, the second of whom is registered already."""
    known = side.registration
    people = [_person(), {"first_name": known.first_name, "last_name": known.last_name, "email": known.email}]
    parts = ("first_name", "last_name", "email")
    sent = {f"person-{n}-{part}": people[n - 1][part] for n in (1, 2) for part in parts}
    sent |= {f"person-{n}-category": side.category.slug for n in (1, 2)}
    return sent | {"contact_name": "Anne Roy", "contact_email": "anne.roy@mairie.example", "organization": "Mairie"}


def _session(side: Side) -> dict[str, Any]:
    local = side.session.starts_at.astimezone(side.event.zone)
    return {
        "title": "Autre titre", "kind": "talk", "day": local.date().isoformat(), "starts": "14:00", "ends": "15:00",
        "room": side.room.slug, "booking": "optional", "capacity": "30", "description": "*Texte*",
        "online_url": "https://visio.example/1", "cast_order": "1", "cast_speaker": side.speaker.slug,
        "cast_role": "speaker", "cast_note": "",
    }  # fmt: skip


def _start(side: Side, hour: str = "14:00") -> dict[str, str]:
    return {"day": side.session.starts_at.astimezone(side.event.zone).date().isoformat(), "starts": hour}


def _conflict(side: Side) -> Conflict:
    """Two sessions at the same hour in the same room."""
    return conflicts_of(drafting.plan(side.event))[0]


def _details(side: Side) -> dict[str, Any]:
    return {
        "title": "Colloque", "summary": "Un jour", "description": "**Texte**", "venue_access": "Métro",
        "contact_name": "Accueil", "contact_phone": "03 20 30 59 59", "contact_email": "accueil@sgar.example",
        "audience": "public", "capacity": "120", "per_structure": "4", "waiting_list": "y", "offer_hours": "48",
        "release_date": "2027-01-05", "release_time": "09:00", "changes_date": "2027-01-06", "changes_time": "18:00",
        "cancellations_date": "2027-01-08", "cancellations_time": "18:00",
        "revision": side.event.revision,
    }  # fmt: skip


def _dates(side: Side) -> dict[str, Any]:
    day = (side.event.local_start + timedelta(days=7)).date().isoformat()
    return {
        "starts_date": day, "starts_time": "09:00", "ends_date": day, "ends_time": "18:00", "venue_name": "Zénith",
        "venue_address": "1 rue Haute", "venue_postcode": "59000", "venue_city": "Lille",
    }  # fmt: skip


def _settings(side: Side) -> dict[str, Any]:
    return {
        "name": "Autre nom", "contact_name": "Accueil", "phone": "03 20 30 59 59", "email": side.organisation.email,
        "consent_notice": "Texte", "legal_notice": "Texte", "privacy_notice": "Texte",
        "accessibility_status": "non conforme", "accessibility_statement": "Texte",
    }  # fmt: skip


def _question(_side: Side) -> dict[str, Any]:
    return {"label": "Venez-vous en train ?", "help": "Aide", "kind": "text", "choices": "", "condition": ""}


def _speaker(_side: Side) -> dict[str, Any]:
    names = {"civility": "Mme", "first_name": "Anne", "last_name": "Roy", "function": "préfète"}
    return names | {"organisation": "Préfecture", "biography": "*Texte*"}


def guest_file(text: str = "Nom;Adresse électronique\r\nDurand;a.durand@agents.example\r\n") -> tuple[BytesIO, str]:
    return BytesIO(text.encode()), "invites.csv"


def letter_file(content: bytes = PDF, filename: str = "plan.pdf") -> tuple[BytesIO, str]:
    return BytesIO(content), filename


def people_file(category: str, last_name: str = "Durand") -> tuple[BytesIO, str]:
    text = f"Prénom;Nom;Courriel;Catégorie\r\nAnne;{last_name};a.durand@agents.example;{category}\r\n"
    return BytesIO(text.encode()), "inscrits.csv"


def _starting(side: Side) -> dict[str, Any]:
    return {"organisation": side.organisation.slug, "title": f"D’après {next(number)}", "starts_on": "2030-06-01"}


def agenda_file(side: Side) -> tuple[BytesIO, str]:
    starts = side.event.starts_at.strftime("%Y%m%dT%H%M%SZ")
    entry = ["BEGIN:VEVENT", "SUMMARY:Visite guidée", f"DTSTART:{starts}", "DURATION:PT1H", "END:VEVENT"]
    return BytesIO("\r\n".join(["BEGIN:VCALENDAR", *entry, "END:VCALENDAR", ""]).encode()), "agenda.ics"


def _event_file(side: Side) -> dict[str, Any]:
    content = writing.as_dict(taking.take(side.event)) | {"slug": f"importe-{next(number)}"}
    return {"file": (BytesIO(json.dumps(content).encode()), "evenement.json")}


BODIES: dict[str, Any] = {
    "accounts.check_password": lambda _side: {"email": "a@sgar.example", "password": "x", "next": "/gestion/"},
    "accounts.send_link": lambda side: {"email": side.organiser.email},
    "accounts_organiser.change_password": lambda _side: {
        "current": "", "password": "une phrase assez longue", "again": "une phrase assez longue",
    },
    "accounts_organiser.change_role": lambda _side: {"role": "administrator"},
    "accounts_organiser.describe": _settings,
    "accounts_organiser.preview": _settings,
    "accounts_organiser.invite": lambda _side: {
        "email": f"collegue-{next(number)}@sgar.example", "name": "Léa", "role": "organiser",
    },
    "accounts_organiser.rename": lambda _side: {"name": "Autre Nom"},
    "agenda_organiser.add_room": lambda _side: {"name": "Salle Monet", "capacity": "40", "accessibility": "Plain-pied"},
    "agenda_organiser.room": lambda _side: {"name": "Salle Manet", "capacity": "41", "accessibility": "Rampe"},
    "agenda_organiser.add_rows": _session,
    "agenda_organiser.add_rows_to_new_session": _session,
    "agenda_organiser.add_session": _session,
    "agenda_organiser.edit_session": lambda side: _session(side) | {"seen": mark(side.session)},
    "agenda_organiser.do_move_session": lambda side: _start(side) | {"room": "", "seen": mark(side.session)},
    "agenda_organiser.do_copy_session": lambda side: _start(side) | {"room": "", "count": "2", "pause": "10"},
    "agenda_organiser.add_half_day": lambda side: _start(side) | {"source": "matinee-ateliers", "tracks": "2"},
    "agenda_organiser.do_shift": lambda side: _start(side, "00:00") | {"minutes": "10", "room": ""},
    "agenda_organiser.accept_conflict": lambda side: {"key": _conflict(side).key},
    "agenda_organiser.reconsider_conflict": lambda side: {"key": _conflict(side).key},
    "agenda_organiser.add_speaker": _speaker,
    "agenda_organiser.speaker": _speaker,
    "agenda_organiser.choices": lambda side: {
        "slots": side.session.starts_at.astimezone(side.event.zone).strftime("%Y-%m-%dT%H:%M")
    },
    "events_organiser.create": lambda side: _details(side) | _dates(side) | {
        "organisation": side.organisation.slug, "timezone": "Europe/Paris", "slug": f"nouveau-{next(number)}",
    },
    "events_organiser.update": _details,
    "events_organiser.do_move": lambda side: _dates(side) | {"with_sessions": "y"},
    "events_organiser.do_cancel": lambda _side: {"reason": "Grève des transports"},
    "events_organiser.do_duplicate": lambda side: {
        "title": "Copie", "slug": f"copie-{next(number)}",
        "starts_on": (side.event.local_start + timedelta(days=300)).date().isoformat(), "agenda": "y", "guests": "y",
    },
    "events_organiser.do_import_file": _event_file,
    "events_organiser.keep_template": lambda _side: {"name": f"Modèle {next(number)}"},
    "events_organiser.rename_template": lambda _side: {"name": f"Modèle {next(number)}"},
    "events_organiser.start_from_starter": _starting,
    "events_organiser.start_from_template": _starting,
    "events_organiser.do_import_agenda": lambda side: {"file": agenda_file(side)},
    "events_organiser.take_agenda": lambda _side: {"way": "add"},
    "events_organiser.publish_draft": lambda _side: {"whom": "concerned", "note": "Salle en travaux."},
    "events_organiser.add_category": lambda _side: {"name": f"Élus {next(number)}", "capacity": "10"},
    "events_organiser.update_category": lambda _side: {"name": f"Élues {next(number)}", "capacity": "11"},
    "events_organiser.write_report": lambda side: {"report": "**Merci**", "revision": side.event.revision},
    "events_organiser.preview_report": lambda side: {"report": "**Merci**", "revision": side.event.revision},
    "invitations.accept": lambda side: _accepting(side) | {"comes": "y"},
    "invitations.do_unsubscribe": lambda _side: {"choice": "stop"},
    "invitations.decline": lambda _side: {"choice": "decline", "reason": "Absente ce jour-là"},
    "invitations.names": _names,
    "invitations.replacement": lambda _side: _person(),
    "invitations.withdrawal": lambda _side: {"choice": "withdraw"},
    "invitations_organiser.accept": _accepting,
    "invitations_organiser.add_former": _earlier,
    "invitations_organiser.add_network": lambda side: {
        "structures": side.structure.id, f"adresse-{side.structure.id}": "boite@fs.example", "places": "2",
    },
    "invitations_organiser.categorise": lambda side: {"invites": side.spare_guest.id, "categorie": side.category.slug},
    "invitations_organiser.correct_address": lambda _side: {"email": f"autre-{next(number)}@agents.example"},
    "invitations_organiser.remove_many": lambda side: {"invites": side.spare_guest.id},
    "invitations_organiser.decline": lambda _side: {"reason": "Absente ce jour-là"},
    "invitations_organiser.names": _names,
    "invitations_organiser.guest": lambda side: _person(category=side.category.slug),
    "invitations_organiser.new": lambda side: _person(category=side.category.slug),
    "invitations_organiser.import_file": lambda _side: {"file": guest_file()},
    "invitations_organiser.plan_automatic": lambda _side: {"kind": "thanks", "days": "3"},
    "invitations_organiser.send_campaign": lambda side: {
        "lettre": "invitation", "people": str(side.spare_guest.id), "when": "now", "key": f"cle-{side.spare_guest.id}",
    },
    "invitations_organiser.turn_review": lambda side: {
        "lettre": "invitation", "when": "now", "key": "cle", "ecartes": str(side.spare_guest.id),
    },
    "letters_organiser.add_file": lambda _side: {"file": letter_file()},
    "letters_organiser.letter": lambda _side: {"subject": "Venez", "body": "Bonjour {prenom}, {lien}"},
    "letters_organiser.preview": lambda _side: {"subject": "Venez", "body": "Bonjour {prenom}, {lien}"},
    "letters_organiser.speak": lambda _side: {"wording": "convocation"},
    "letters_organiser.test": lambda _side: {"subject": "Venez", "body": "Bonjour {prenom}, {lien}"},
    "outbox_organiser.read_headers": lambda _side: {"headers": "Authentication-Results: mx.example; spf=pass"},
    "registrations.create": lambda side: _registering(side) | {"key": f"cle-{next(number)}"},
    "registrations.create_party": lambda side: _group(side) | {"key": f"cle-{next(number)}", "rule": "fitting"},
    "registrations.add_people": _group,
    "registrations.change_details": _registering,
    "registrations.change_wishes": lambda side: {"sessions": side.rival.slug},
    "registrations_organiser.change_person_wishes": lambda side: {"sessions": side.rival.slug},
    "registrations_organiser.choose_mode": lambda side: {
        "session_choice": "wishes", "wishes_time": "12:00",
        "wishes_date": (side.event.local_start - timedelta(days=9)).date().isoformat(),
    },
    "registrations_organiser.draw_allocation": lambda _side: {"seed": "7"},
    "registrations.choose_calendar": lambda _side: {"wish": "sessions"},
    "registrations.change_sessions": lambda _side: {"sessions": ""},
    "registrations.check_details": _registering,
    "registrations.check_sessions": lambda _side: {"sessions": ""},
    "registrations.correct_details": _registering,
    "registrations.check_transfer": lambda _side: _person(),
    "registrations.correct_transfer": lambda _side: _person(),
    "registrations.pass_on": lambda _side: _person(),
    "registrations.take_back": lambda _side: {"kind": "cancel"},
    "registrations.send_links": lambda side: {"email": side.registration.email},
    "registrations.withdraw": lambda _side: {"choice": "cancel", "reason": "Empêchée"},
    "registrations_organiser.do_merge": lambda side: {"other": str(side.waiting.id), "address": "other"},
    "registrations_organiser.do_move": lambda side: {
        "de": side.session.slug,
        "vers": side.spare_session.slug,
        "inscriptions": str(side.registration.id),
    },
    "registrations_organiser.import_apply": lambda _side: {"tell": "y"} | BEYOND,
    "registrations_organiser.import_file": lambda side: {"file": people_file(side.category.name)},
    "registrations_organiser.review_many": lambda side: {"inscriptions": str(side.registration.id)},
    "registrations_organiser.write_note": lambda _side: {"note": "Arrive à 10 h"},
    "registrations_organiser.cancel_many": lambda side: {
        "inscriptions": str(side.registration.id), "reason": "Salle réduite", "message": "**Venez**", "tell": "y",
    },
    "registrations_organiser.change_details": _registering,
    "registrations_organiser.change_sessions": lambda _side: {"sessions": ""},
    "registrations_organiser.create": lambda side: _registering(side) | {"over_capacity": "y"} | BEYOND,
    "registrations_organiser.create_question": _question,
    "registrations_organiser.do_promote": lambda _side: {"reason": "Elle anime la table ronde"},
    "registrations_organiser.do_promote_in_session": lambda _side: {"reason": "Elle l’anime", "over_limits": "y"},
    "registrations_organiser.save_allowance": lambda side: {"structure": side.structure.id_fs, "places": "3"},
    "registrations_organiser.save_question": _question,
    "registrations_organiser.move_question": lambda _side: {"sens": "descendre"},
    "registrations_organiser.refuse_request": lambda _side: {"answer": "Les badges sont imprimés."},
    "registrations_organiser.withdraw": lambda _side: {"reason": "Doublon", "tell": "y"},
}  # fmt: skip


def _fill_session(side: Side) -> None:
    """A session of the registration is full, and it waits for a seat there and for nothing else."""
    side.session.capacity = 0
    for booking in side.registration.bookings:
        booking.confirmed_at, booking.offer_until = None, None
        booking.released_at = None if booking.session is side.session else utcnow()


# What must hold beforehand for the act to be possible.
PREPARED = {
    "agenda_organiser.reconsider_conflict": lambda side: accepting.accept(
        side.event, _conflict(side), now=utcnow(), by=side.organiser
    ),
    "invitations_organiser.add_former": _hold_earlier,
    "documents.print_letters": lambda side: setattr(side.spare_guest, "undeliverable_at", utcnow()),
    "invitations_organiser.restart_automatic": lambda side: setattr(side.automatic, "stopped_at", utcnow()),
    "invitations_organiser.resume_campaign": lambda side: setattr(side.campaign, "state", CampaignState.PAUSED),
    "outbox_organiser.do_send_anew": _has_left,
    "registrations.change_wishes": _take_wishes,
    "registrations_organiser.announce_allocation": _apply,
    "registrations_organiser.apply_allocation": _draw,
    "registrations_organiser.change_person_wishes": _take_wishes,
    "registrations_organiser.choose_mode": _take_wishes,
    "registrations_organiser.do_promote_in_session": _fill_session,
    "registrations_organiser.draw_allocation": _take_wishes,
    "events_organiser.do_publish": lambda side: setattr(side.event, "published_at", None),
    "registrations_organiser.do_move": lambda side: setattr(side.spare_session, "booking", BookingMode.OPTIONAL),
}
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
}


def dump() -> str:
    """Every row of every table, in one hash."""
    db.session.rollback()
    rows = [(table.name, sorted(map(repr, db.session.execute(table.select())))) for table in db.metadata.sorted_tables]
    db.session.rollback()
    return hashlib.sha256(repr(rows).encode()).hexdigest()


def rules(app: Flask, *, method: str) -> list[Rule]:
    found = [rule for rule in app.url_map.iter_rules() if method in (rule.methods or ()) and rule.endpoint != "static"]
    return sorted(found, key=lambda rule: rule.endpoint)
