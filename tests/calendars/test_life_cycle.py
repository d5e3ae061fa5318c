"""A meeting from its first registration to its cancellation, as the calendars of those who come show it.

The product's own verbs, queue and worker write the mails; a mail program does what they say to a calendar on a real
CalDAV server; after every step the calendar must say what the person's page says.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from eventapp.agenda import editing
from eventapp.agenda.models import BookingMode, Session
from eventapp.events import lifecycle
from eventapp.events.models import Venue
from eventapp.exchange.shifting import shift_sessions
from eventapp.extensions import db
from eventapp.outbox.delivery import deliver_due
from eventapp.outbox.models import KeptMail
from eventapp.registrations import links, notices, seats
from eventapp.registrations.models import CalendarWish, Registration
from eventapp.registrations.people import Colleague, person_of
from eventapp.registrations.self_service import calendar, transfers
from eventapp.registrations.sessions import programme_changes, session_changes
from tests.calendars.mail_program import MailProgram, changed
from tests.factories import NOW, make_event, make_person, make_room, make_session
from tests.pages import parse, words

HOUR = timedelta(hours=1)
PARIS = ZoneInfo("Europe/Paris")
LINE = re.compile(r"(?P<title>Session \w) place réservée (?P<when>.+?)(?: · (?P<room>.+))?")
PLACE = re.compile(r"Votre place est confirmée Nous vous attendons (.+? à \d+ h), (.+?)\. Mes sessions")
OPEN_TO_ALL = "Accueil"  # in the file; neither in mails nor on the page
number = count(1)


class Story:
    """A meeting of three bookable sessions and one open to all, with places for two, and who comes to it."""

    def __init__(self, client, server: str, tamper: Callable[[bytes], bytes] = lambda source: source) -> None:
        self.client, self.server, self.tamper, self.now = client, server, tamper, NOW
        self.event = make_event(title="Rencontre", capacity=2)
        make_session(self.event, title=OPEN_TO_ALL)
        self.a, self.b, self.c = (self._session(n, title) for n, title in enumerate("ABC", 1))
        self.people: dict[str, Registration] = {}
        self.programs: dict[str, MailProgram] = {}
        self.delivered, self.found = 0, list[str]()

    def _session(self, n: int, title: str) -> Session:
        facts = {"title": f"Session {title}", "booking": BookingMode.REQUIRED}
        return make_session(
            self.event, room=make_room(self.event), starts_at=self.event.starts_at + n * HOUR, capacity=1, **facts
        )

    def add(self, name: str, *sessions: Session, wish=CalendarWish.EVENT, takes_file: bool = False) -> None:
        address = f"{name}-{next(number)}@agents.example"
        registration = seats.register(
            self.event, make_person(first_name=name, email=address), sessions=sessions, now=self.now
        )
        if wish is not CalendarWish.EVENT:
            calendar.choose(registration, wish, now=self.now)
        self.holds(name, registration, takes_file=takes_file)

    def holds(self, name: str, registration: Registration, *, takes_file: bool = False) -> None:
        self.people[name] = registration
        self.programs[registration.email] = MailProgram(self.server, registration.email, takes_file=takes_file)

    def step(self, what: str) -> None:
        """Deliver what the act posted, then compare each calendar with its page."""
        self.deliver()
        for name, registration in self.people.items():
            program = self.programs[registration.email]
            on_page = self.page(registration)
            in_calendar = [self.shown(entry) for entry in program.shows() if entry.title != OPEN_TO_ALL]
            if on_page != in_calendar:
                self.found.append(f"{what}, {name}: page {on_page}, calendar {in_calendar}")
        self.now += HOUR

    def deliver(self) -> None:
        db.session.commit()
        deliver_due(now=self.now + timedelta(minutes=1), limit=100)
        for mail in db.session.scalars(select(KeptMail).order_by(KeptMail.id)).all()[self.delivered :]:
            self.delivered += 1
            self.programs[mail.to].receive(self.tamper(mail.source))

    def page(self, registration: Registration) -> list[tuple[str, ...]]:
        """What the personal page says is booked, and the meeting itself while the person has a place."""
        soup = parse(self.client.get(f"/mon-inscription/{links.token(registration)}"))
        place = PLACE.search(words(soup))
        if place is None:
            return []
        lines = [LINE.fullmatch(words(li)) for li in soup.select("section[aria-labelledby=sessions] li")]
        return [("Rencontre", *place.groups()), *(line.group("title", "when", "room") for line in lines if line)]

    def shown(self, entry) -> tuple[str, ...]:
        """As the page would write it, but from the calendar, where what is left must be confirmed."""
        assert entry.status == "CONFIRMED"
        start, end = (datetime.fromisoformat(moment).astimezone(PARIS) for moment in (entry.start, entry.end))
        days = "lundi mardi mercredi jeudi vendredi samedi dimanche".split()
        day = f"{days[start.weekday()]} {start.day} janvier {start.year}"
        if entry.title == "Rencontre":
            return entry.title, f"{day} à {start.hour} h", entry.location
        return entry.title, f"{day}, {start.hour} h – {end.hour} h", entry.location.split(", ")[0]


def registration(story: Story) -> None:
    """A place and an entry for each session; a place and the file; a rank on the waiting list."""
    story.add("anne", story.a, story.b, wish=CalendarWish.SESSIONS)
    story.add("bruno", story.c, takes_file=True)
    story.add("chloe", story.a, wish=CalendarWish.SESSIONS)


def a_session_moved(story: Story) -> None:
    later = {name: getattr(story.a, name) + 3 * HOUR for name in ("starts_at", "ends_at")}
    facts = later | {"room": make_room(story.event)}
    programme_changes.edit_session(story.a, facts, cast=None, seen=None, now=story.now, by=None)


def an_address_corrected(story: Story) -> None:
    registration = story.people["anne"]
    person = replace(person_of(registration), email=f"anne-{next(number)}@agents.example")
    seats.change_details(registration, person, {}, now=story.now, by="person")
    story.holds("anne", registration)


def a_session_cancelled(story: Story) -> None:
    editing.cancel_session(story.b, now=story.now, by=None)
    session_changes.release_session(story.b, now=story.now, by="organiser")


def a_session_given_up(story: Story) -> None:
    seats.change_sessions(story.people["bruno"], [], now=story.now, by="person")


def and_chosen_again(story: Story) -> None:
    seats.change_sessions(story.people["bruno"], [story.c], now=story.now, by="person")


def a_place_passed_on(story: Story) -> None:
    colleague = Colleague(first_name="Zoé", last_name="Le Gall", email=f"zoe-{next(number)}@agents.example")
    story.holds("zoe", transfers.pass_on(story.people["anne"], colleague, now=story.now, by="person"))


def a_place_given_up_that_someone_waited_for(story: Story) -> None:
    seats.cancel(story.people["bruno"], now=story.now, by="person")


def the_meeting_moved(story: Story) -> None:
    event, day = story.event, 24 * HOUR
    days = {"starts_at": event.starts_at + day, "ends_at": event.ends_at + day}
    lifecycle.move(event, **days, venue=Venue(name="Mairie", city="Lille"), now=story.now, by=None)
    shift_sessions(event, day, now=story.now, by=None, field="starts_date")
    notices.event_moved(event, now=story.now)


def the_meeting_cancelled(story: Story) -> None:
    lifecycle.cancel(story.event, reason="Neige", now=story.now, by=None)
    notices.event_cancelled(story.event, now=story.now)


ACTS = (
    registration, a_session_moved, an_address_corrected, a_session_cancelled, a_session_given_up, and_chosen_again,
    a_place_passed_on, a_place_given_up_that_someone_waited_for, the_meeting_moved, the_meeting_cancelled,
)  # fmt: skip


@pytest.fixture
def demonstration(app, monkeypatch, in_november):
    """Mails are kept, byte by byte, instead of leaving."""
    monkeypatch.setitem(app.config, "EVENTAPP_DEMO", True)


def test_after_every_act_calendars_show_what_the_personal_page_says(client, caldav_url, demonstration):
    story = Story(client, caldav_url)
    for act in ACTS:
        act(story)
        story.step(act.__name__)
    assert story.found == []
    left = [entry.title for program in story.programs.values() for entry in program.shows()]
    assert left == [OPEN_TO_ALL]  # a file is a copy of its day: what mails never mention stays as it was imported
    assert all(program.obeyed for program in story.programs.values())


def test_calendars_are_right_too_when_all_mails_leave_late(client, caldav_url, demonstration):
    story = Story(client, caldav_url)
    registration(story)
    story.step("registration")
    for act in ACTS[1:]:
        act(story)
        story.now += HOUR
    story.step("the worker is back")
    assert story.found == []


def unraised(source: bytes) -> bytes:
    return changed(source, rb"SEQUENCE:\d+", b"SEQUENCE:0")


def of_another(source: bytes) -> bytes:
    """CANCEL names an entry that nobody has."""
    return changed(source, rb"(?s)(METHOD:CANCEL.*UID:)[^\r]+", rb"\1other@rencontres.example")


def delayed(source: bytes) -> bytes:
    """The hour that it was."""
    return changed(source, rb"(DTSTART;TZID=[^:]+:\d+T)13", rb"\g<1>12")


@pytest.mark.parametrize("fault", [unraised, of_another, delayed])
def test_this_file_would_notice_a_wrong_mail(client, caldav_url, demonstration, fault):
    story = Story(client, caldav_url, fault)
    for act in (registration, a_session_cancelled if fault is of_another else a_session_moved):
        act(story)
        story.step(act.__name__)
    assert [sentence.partition(":")[0] for sentence in story.found] == NOTICED[fault]


NOTICED = {
    unraised: ["a_session_moved, anne"],
    of_another: ["a_session_cancelled, anne"],
    delayed: ["a_session_moved, anne"],
}
