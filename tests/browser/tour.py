"""Every page that a browser can show of a small demonstration: seeded here, then found by walking the routes."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from flask import Flask
from sqlalchemy import Select
from werkzeug.routing import Rule

from eventapp.accounts import people
from eventapp.accounts.models import Membership, Organisation, SignInLink, User
from eventapp.agenda.models import BookingMode, Room, Session, Speaker
from eventapp.demonstration import building
from eventapp.events.models import Category, Event, SessionChoice
from eventapp.exchange import agenda_import, taking, templates, writing
from eventapp.exchange.models import AgendaImport, EventTemplate
from eventapp.exchange.releases import keep_release
from eventapp.extensions import db
from eventapp.invitations import links as invitation_links
from eventapp.invitations.campaign_models import Campaign
from eventapp.invitations.models import Guest, GuestImport, GuestKind, Invitation, Reply
from eventapp.network.models import Structure
from eventapp.outbox import delivery
from eventapp.outbox.models import KeptMail
from eventapp.registrations import links, seats
from eventapp.registrations.desk.models import RegistrationImport
from eventapp.registrations.groups.models import Party
from eventapp.registrations.models import Booking, Registration, Status
from eventapp.registrations.questions.models import Question
from eventapp.registrations.self_service.models import ChangeRequest, RequestKind
from eventapp.registrations.wishes import allocation
from eventapp.registrations.wishes.models import Allocation
from tests.factories import (
    make_event,
    make_guest,
    make_invitation,
    make_party,
    make_person,
    make_registration,
    make_session,
    make_user,
    save,
)

STRUCTURES = 12  # of several hundred: the same pages, shorter lists
LETTERS = 5
DRAFT, PAST, FULL, WISHES = "brouillon", "rencontres-regionales-2021", "complet", "ateliers"
# Answers that are no page of ours: files, and letters shown in a frame.
NO_PAGES = {"static", "pages.robots", "pages.favicon", "pages.healthz", "pages.readyz", "events_organiser.export_file"}
NO_PAGES |= {
    "documents.programme",
    "outbox.html",
    "outbox.text",
    "outbox.source",
    "outbox.file",
    "outbox_organiser.preview",
    "letters_organiser.file",
}


@dataclass(frozen=True, kw_only=True)
class Stop:
    """`is_first`: of several pages of one route, the one whose title must be unlike all others."""

    path: str
    name: str
    is_first: bool = True
    status: int = 200


def seed() -> None:
    """The demonstration with fewer structures, and what it lacks: a draft, a full event, every state of a person."""
    now = datetime.now(UTC)
    complete = building._structures
    building._structures = lambda: islice(complete(), STRUCTURES)  # type: ignore[assignment]
    try:
        event = building.build(now)
    finally:
        building._structures = complete
    keep_release(event, now=now, by=None)
    event.draft = writing.as_dict(replace(taking.take(event), title="Rencontres déplacées"))
    facts = {"starts_at": now + timedelta(days=30), "ends_at": now + timedelta(days=31), "capacity": 1}
    make_event(event.organisation, slug=DRAFT, title="Brouillon", published_at=None, **facts)
    full = make_event(event.organisation, slug=FULL, title="Journée complète", **facts)
    waits = {"registration": make_registration(full), "event_id": full.id, "created_at": now}
    save(Booking(session=make_session(full, booking=BookingMode.OPTIONAL, capacity=0), **waits))
    for state in ({"confirmed_at": now}, {"offer_until": now + timedelta(days=1)}):  # to choose between
        save(Booking(session=make_session(full, booking=BookingMode.OPTIONAL, capacity=1), **waits, **state))
    make_registration(full, status=Status.WAITING)
    make_registration(full, status=Status.WAITING, offer_until=now + timedelta(days=1))
    make_registration(full, status=Status.CANCELLED)
    make_invitation(make_guest(full, function="Conseillère"))
    make_guest(full, undeliverable_at=now, undeliverable_why="La boîte n’existe pas.")
    header, rows = ["Nom", "Courriel"], [[2, ["Caron", "caron@agents.example"]], [3, ["Sans adresse", ""]]]
    lines = [[2, ["Luc", "Petit", "petit@agents.example"]], [3, ["", "Sans prénom", "x@agents.example"]]]
    facts = {"header": ["Prénom", "Nom", "Courriel"], "rows": lines, "warnings": [], "created_at": now}
    save(RegistrationImport(event_id=event.id, filename="inscrits.csv", **facts))
    save(GuestImport(event_id=event.id, filename="invités.csv", header=header, rows=rows, warnings=[], created_at=now))
    keep_agenda(event, now)
    templates.keep(event, "Nos rencontres", now=now, by=None)
    asking = db.session.scalars(Registration.confirmed(event)).first()
    assert asking is not None
    facts = {"event_id": event.id, "registration": asking, "kind": RequestKind.CANCEL, "created_at": now}
    save(ChangeRequest(payload={"reason": "Formation le même jour"}, message="Désolée de prévenir si tard.", **facts))
    party = make_party(event, left_out=[{"name": "Paule DUBOIS", "why": "full"}])
    make_registration(event, party_id=party.id)
    make_registration(event, status=Status.WAITING, party_id=party.id)
    _take_wishes(event.organisation, now)
    people.issue_sign_in_link(db.session.scalars(db.select(User)).first(), now=now)
    db.session.commit()
    delivery.deliver_due(now=now, limit=LETTERS)


def keep_agenda(event: Event, now: datetime) -> None:
    """A calendar that was read and not taken over: two sessions, a third one without hours."""
    day = event.starts_at.strftime("%Y%m%d")
    lines = ["BEGIN:VCALENDAR"]
    hours = (f"DTSTART:{day}T140000Z", f"DTSTART:{day}T150000Z", f"DTSTART;VALUE=DATE:{day}")
    for number, starts in enumerate(hours, 1):
        lines += ["BEGIN:VEVENT", f"SUMMARY:Atelier {number}", starts, "DURATION:PT1H", "LOCATION:Salle Vauban",
                  "END:VEVENT"]  # fmt: skip
    content = "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()
    agenda_import.keep(event, "programme.ics", content, now=now, by=make_user(event.organisation))


def _take_wishes(organisation: Organisation, now: datetime) -> None:
    """Two workshops of one seat at one hour, three people who rank them, and the preview of what they get."""
    dates = {"starts_at": now + timedelta(days=40), "ends_at": now + timedelta(days=41)}
    event = make_event(
        organisation, slug=WISHES, title="Journée des ateliers", session_choice=SessionChoice.WISHES, **dates
    )
    workshops = [make_session(event, booking=BookingMode.OPTIONAL, capacity=1) for _ in range(2)]
    for ranked in (workshops, workshops[:1], workshops[:1]):
        seats.register(event, make_person(), ranked=ranked, now=now)
    allocation.keep(event, allocation.draw(event, seed=1), now=now, by=make_user(organisation))


def stops(app: Flask) -> Iterator[Stop]:
    """One page of each route, then the other faces of some of them."""
    known = facts()
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        is_file = rule.rule.endswith(".ics") or "kind" in rule.arguments
        if "GET" in (rule.methods or ()) and rule.endpoint not in NO_PAGES and not is_file:
            yield Stop(path=built(app, rule, known), name=rule.endpoint)
    yield from others()


def built(app: Flask, rule: Rule, known: dict[str, Any]) -> str:
    """The rule's address, its arguments filled from what the demonstration holds."""
    values = {name: known[name] for name in rule.arguments if name != "token"}
    if "token" in rule.arguments:
        values["token"] = known[rule.endpoint.split(".")[0]]
    if rule.endpoint == "registrations.party":
        values["token"] = known["party"]
    if rule.endpoint in DELEGATING:
        values |= {name: value for name, value in DELEGATING[rule.endpoint]().items() if name in rule.arguments}
    if rule.endpoint == "registrations_organiser.import_preview":
        values["import_id"] = known["people_file"]
    if rule.endpoint in ("registrations_organiser.wishes", "registrations_organiser.allocation"):
        values["slug"] = WISHES
    if rule.endpoint == "registrations_organiser.person_wishes":
        values |= {"slug": WISHES, "registration_id": db.session.scalars(_of_event(WISHES)).first().id}
    if rule.endpoint == "registrations.wishes":
        values["token"] = links.token(db.session.scalars(_of_event(WISHES)).first())
    if rule.endpoint in ("events_organiser.publish", "events_organiser.preview"):
        values["slug"] = DRAFT
    if rule.endpoint == "events.report":
        values["slug"] = PAST
    if rule.endpoint.startswith("registrations_organiser.promote"):
        values |= waiting_place(in_session=rule.endpoint.endswith("in_session"))
    return app.url_map.bind("localhost").build(rule.endpoint, values)


def office() -> dict[str, Any]:
    """A structure that named people and has a place left."""
    structures = db.select(Guest).join(Guest.invitations).where(Guest.kind == GuestKind.STRUCTURE)
    guest = db.session.scalars(structures.where(Invitation.reply == Reply.ACCEPTED).order_by(Guest.id)).first()
    assert guest is not None
    assert guest.invitation is not None
    return {"guest_id": guest.id, "token": invitation_links.token(guest.invitation)}


def named() -> dict[str, Any]:
    """Somebody whom another guest named, and who has not answered."""
    silent = db.select(Invitation).join(Invitation.guest).where(Invitation.reply.is_(None), Guest.named_by_id > 0)
    invitation = db.session.scalars(silent).first()
    assert invitation is not None
    namer = invitation.guest.named_by
    assert namer is not None
    assert namer.invitation is not None
    return {"token": invitation_links.token(namer.invitation), "mark": invitation.mark, "guest_id": invitation.guest_id}


# Pages about people whom others named.
DELEGATING = {
    "invitations.names": office,
    "invitations.withdrawal": named,
    "invitations_organiser.accept": named,
    "invitations_organiser.decline": named,
    "invitations_organiser.names": office,
}


def waiting_place(*, in_session: bool) -> dict[str, Any]:
    """Somebody to whom an organiser may give a place, or a seat of a session."""
    if in_session:
        waiting = db.select(Booking).where(Booking.confirmed_at.is_(None), Booking.released_at.is_(None))
        booking = db.session.scalars(waiting.join(Booking.registration).order_by(Booking.id)).first()
        assert booking is not None
        known = {"registration_id": booking.registration_id, "session_slug": booking.session.slug}
        return known | {"slug": booking.registration.event.slug}
    registration = db.session.scalars(db.select(Registration).where(Registration.status == Status.WAITING)).first()
    assert registration is not None
    return {"slug": registration.event.slug, "registration_id": registration.id}


def facts() -> dict[str, Any]:
    """For each argument of a route, something that the demonstration holds; for `token`, by blueprint."""
    event = db.session.scalars(db.select(Event).where(Event.draft.is_not(None))).one()
    day = event.starts_at.astimezone(event.zone).date()

    def one(column: Any, *conditions: Any) -> Any:
        return db.session.scalars(db.select(column).where(*conditions).order_by(column).limit(1)).one()

    registration = db.session.scalars(Registration.of(event).where(Registration.status == Status.CONFIRMED)).first()
    silent = db.select(Invitation).join(Invitation.guest).where(Invitation.replied_at.is_(None))
    invitation = db.session.scalars(silent.where(Guest.kind == GuestKind.PERSON, Guest.event_id == event.id)).first()
    sign_in_link = db.session.scalars(db.select(SignInLink)).one()
    party = db.session.scalars(db.select(Party).order_by(Party.id.desc()).limit(1)).one()
    assert registration is not None
    assert invitation is not None
    return {
        "slug": event.slug,
        "date": day.isoformat(),
        "half": "matin",
        "number": 1,
        "category_slug": one(Category.slug, Category.event_id == event.id),
        "room_slug": one(Room.slug, Room.event_id == event.id),
        "speaker_slug": one(Speaker.slug, Speaker.event_id == event.id),
        "session_slug": one(Session.slug, Session.event_id == event.id, Session.booking != BookingMode.NONE),
        "question_slug": one(Question.slug, Question.event_id == event.id),
        "letter_slug": "invitation",
        "guest_id": one(Guest.id, Guest.event_id == event.id),
        "mark": invitation.mark,
        "import_id": one(GuestImport.id, GuestImport.event_id == event.id),
        "template_id": one(EventTemplate.id),
        "starter": "journee-regionale",
        "import_key": one(AgendaImport.key, AgendaImport.event_id == event.id),
        "people_file": one(RegistrationImport.id, RegistrationImport.event_id == event.id),
        "registration_id": registration.id,
        "allocation_id": one(Allocation.id),
        "campaign_id": one(Campaign.id, Campaign.event_id == event.id),
        "request_id": one(ChangeRequest.id, ChangeRequest.event_id == event.id),
        "organisation_slug": event.organisation.slug,
        "member_id": one(Membership.id),
        "structure_id": one(Structure.id),
        "key": one(KeptMail.id),
        "region_slug": "hauts-de-france",
        "registrations": links.token(registration),
        "party": links.party_token(party),
        "invitations": invitation_links.token(invitation),
        "accounts": sign_in_link.token,
    }


def others() -> Iterator[Stop]:
    """The other faces of a page: another event, another state of the person."""
    for slug in (PAST, FULL, DRAFT):
        yield Stop(path=f"/gestion/evenements/{slug}/", name="statistics.desk", is_first=False)
    for slug in (PAST, FULL):
        yield Stop(path=f"/evenements/{slug}/", name="events.page", is_first=False)
        yield Stop(path=f"/evenements/{slug}/inscription", name="registrations.form", is_first=False)
    yield Stop(path=f"/evenements/{WISHES}/inscription", name="registrations.form", is_first=False)
    for registration in db.session.scalars(_of_event(FULL)).all() + db.session.scalars(_of_event(WISHES)).all()[:1]:
        yield Stop(path=f"/mon-inscription/{links.token(registration)}", name="registrations.person", is_first=False)
    for reply in Reply:
        invitation = db.session.scalars(db.select(Invitation).where(Invitation.reply == reply)).first()
        assert invitation is not None
        yield Stop(path=f"/invitation/{invitation_links.token(invitation)}", name="invitations.page", is_first=False)
    failed = f"/gestion/evenements/{FULL}/invites?etat=undeliverable"
    yield Stop(path=failed, name="invitations_organiser.guests", is_first=False)
    for whose in (office(), named()):
        yield Stop(path=f"/invitation/{whose['token']}", name="invitations.page", is_first=False)
        event = db.session.get_one(Guest, whose["guest_id"]).event
        path = f"/gestion/evenements/{event.slug}/invites/{whose['guest_id']}"
        yield Stop(path=path, name="invitations_organiser.guest", is_first=False)
    yield Stop(path="/gestion/evenements/brouillon/invites", name="invitations_organiser.guests", is_first=False)
    yield Stop(path="/cette-page-n-existe-pas", name="404", status=404)


def _of_event(slug: str) -> Select[Registration]:
    return db.select(Registration).join(Registration.event).where(Event.slug == slug).order_by(Registration.id)
