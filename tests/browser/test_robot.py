"""A mail scanner opens every link of a letter in a real browser, lets its scripts run and presses the first button."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from eventapp.agenda.models import BookingMode
from eventapp.events.models import Audience
from eventapp.extensions import db
from eventapp.invitations import answering, delegating, links, naming, sending
from eventapp.invitations.models import Guest, Invitation
from eventapp.outbox import delivery
from eventapp.outbox.keeping import Letter
from eventapp.outbox.models import KeptMail
from eventapp.registrations import notices
from eventapp.registrations.models import Booking, Status
from eventapp.registrations.people import Colleague
from tests.browser.hands import event_day, go
from tests.factories import make_event, make_guest, make_person, make_registration, make_session, make_structure, save
from tests.faults.world import dump

NOW = datetime.now(UTC)
STARTS = event_day(NOW) + timedelta(hours=8)
PRESSED = "main :is(button, input[type=submit], summary, a.fr-btn, a.button):visible"

SUBMITTED = "main form:not([method=get]) :is(button:not([type=button]), input[type=submit]):visible"
FILES = (".ics", ".pdf", ".csv", ".xlsx", ".ods")


def seed():
    """Guests in every state, and what was mailed to them."""
    facts = {"starts_at": STARTS, "ends_at": STARTS + timedelta(hours=8), "audience": Audience.INVITED}
    event = make_event(slug="robot", title="Journée", **facts)
    laon = delegating.invite_structure(event, make_structure(), 3, "laon@robot.example", NOW, None)
    saint_erme = delegating.invite_structure(event, make_structure(), 3, "saint-erme@robot.example", NOW, None)
    people = [make_person() for _ in range(4)]
    _, declined, sends, comes = guests = [make_guest(event, person) for person in people]
    db.session.flush()
    sending.invite(event, [laon, saint_erme, *guests], now=NOW, by=None)
    answering.accept(comes.invitation, people[-1], now=NOW)
    offered(event)
    delegating.name_colleagues(laon.invitation, [make_person(), make_person()], now=NOW)
    answering.decline(declined.invitation, now=NOW)
    naming.send_instead(sends.invitation, Colleague(first_name="A", last_name="B", email="a@b.example"), now=NOW)
    db.session.commit()
    delivery.deliver_due(now=NOW, limit=100)


def offered(event):
    """A place of the event, and a seat of a session, that wait for an answer."""
    hour = {"starts_at": STARTS, "booking": BookingMode.OPTIONAL, "capacity": 9}
    held, wanted = make_session(event, **hour), make_session(event, **hour)
    waiting = make_registration(event, status=Status.WAITING, offer_until=NOW + timedelta(days=2))
    coming = {"registration": make_registration(event), "event_id": event.id, "created_at": NOW}
    save(Booking(session=held, confirmed_at=NOW, **coming))
    save(Booking(session=wanted, offer_until=NOW + timedelta(days=2), **coming))
    notices.link([waiting], now=NOW)
    notices.link([coming["registration"]], now=NOW)


@pytest.fixture(scope="module")
def site(start_site):
    return start_site(seed, environ={"EVENTAPP_DEMO": "1"})


def mailed(site):
    """The pages of our own to which letters lead."""
    with site.app.app_context():
        sources = db.session.scalars(db.select(KeptMail.source)).all()
        texts = [Letter(source).text for source in sources]
        db.session.rollback()
    found = {link for text in texts for link in re.findall(r"https?://[^\s<>»]+", text)}
    return sorted(link for link in found if link.startswith(site.url) and not link.endswith(".ics"))


def rows(site):
    with site.app.app_context():
        return dump()


def test_a_robot_that_presses_the_first_button_changes_nothing(page, site):
    before, pressed = rows(site), 0
    for link in mailed(site):
        assert page.goto(link).ok
        page.wait_for_load_state()
        first = page.locator(PRESSED).first
        if first.count():
            first.click()
            page.wait_for_load_state()
            pressed += 1
    assert pressed > 6
    assert rows(site) == before


@pytest.mark.parametrize("pressed", [PRESSED, SUBMITTED], ids=["the first button", "the form as it is filled in"])
def test_a_robot_that_goes_on_from_page_to_page_changes_nothing(page, site, pressed):
    """From the letters, then from the pages they lead to: two levels deep, each page with its first press."""
    before, acts = rows(site), 0
    nearest = mailed(site)
    paths = list(dict.fromkeys(nearest))
    for path in paths:  # which grows on the way
        if not page.goto(path).ok:
            continue
        page.wait_for_load_state()
        if path in nearest:
            paths += [link for link in dict.fromkeys(leads_to(page, site)) if link not in paths]
        first = page.locator(pressed).first
        if first.count():
            first.click()
            page.wait_for_load_state()
            acts += 1
        assert rows(site) == before, path
    assert acts > 15


def leads_to(page, site):
    found = page.locator("main a[href]").evaluate_all("links => links.map(link => link.href.split('#')[0])")
    return [href for href in found if href.startswith(site.url) and not href.endswith(FILES)]


def test_a_robot_that_would_answer_is_caught(page, site):
    """The control: whoever goes on to the end does change something."""
    before = rows(site)
    with site.app.app_context():
        silent = db.select(Invitation).join(Invitation.guest).where(Guest.email == "saint-erme@robot.example")
        path = f"{site.url}/invitation/{links.token(db.session.scalars(silent).one())}"
        db.session.rollback()
    page.goto(path)
    go(page.get_by_role("link", name="Personne ne viendra"))
    page.get_by_label("Personne ne viendra").check()
    go(page.get_by_role("button", name="Enregistrer ma réponse"))
    assert rows(site) != before
