"""An agent's two minutes: from the invitation in the mailbox to a day in the calendar, three ways of using the page."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import icalendar
import pytest
from playwright.sync_api import expect

from eventapp.agenda.models import BookingMode, Kind
from eventapp.events.models import Audience
from eventapp.formats import french_date, french_hours
from eventapp.invitations import sending
from tests.browser.hands import Hands, event_day
from tests.factories import make_event, make_guest, make_person, make_room, make_session, make_user

STARTS = event_day(datetime.now(UTC)) + timedelta(hours=8)
HOUR = timedelta(hours=1)
ZONE = "Europe/Paris"
TITLE = "Rencontres du réseau"
AGENTS = {"mouse": "amandine", "no-javascript": "karim", "keyboard": "zoe"}


def seed():
    facts = {"starts_at": STARTS, "ends_at": STARTS + 8 * HOUR, "audience": Audience.INVITED}
    event = make_event(slug="reseau", title=TITLE, **facts)
    rooms = [make_room(event, name=f"Salle {name}") for name in ("Vauban", "Jean-Bart")]
    make_session(event, kind=Kind.PLENARY, title="Ouverture")
    for room, title in zip(rooms, ("Aller vers", "Écrire simplement"), strict=True):
        facts = {"kind": Kind.WORKSHOP, "booking": BookingMode.REQUIRED, "capacity": 12}
        make_session(event, room=room, title=title, starts_at=STARTS + 5 * HOUR, **facts)
    agents = [make_person(first_name=name.title(), last_name="Caron", email=mailbox(name)) for name in AGENTS.values()]
    guests = [make_guest(event, person, function="Conseillère") for person in agents]
    sending.invite(event, guests, now=datetime.now(UTC), by=make_user(event.organisation))


@pytest.fixture(scope="module")
def site(start_site):
    return start_site(seed, with_worker=True, environ={"EVENTAPP_DEMO": "1"})


def test_an_agent_answers_the_invitation_and_changes_their_mind(hands, request):
    name = AGENTS[request.node.callspec.id]
    accept_from_the_mail(hands, name)
    read_own_page(hands, name)
    check_calendars(hands)
    change_session(hands)
    find_everything_in_the_mail(hands, name)
    cancel(hands)


def accept_from_the_mail(hands: Hands, name: str) -> None:
    hands.finds_mail(name, f"Invitation\u00a0: {TITLE}")
    hands.opens_link_in_mail("/invitation/")
    hands.follow("Accepter l’invitation")
    for label, known in (("Prénom", name.title()), ("Nom", "Caron"), ("Adresse électronique", mailbox(name))):
        expect(hands.field(label)).to_have_value(known)
    hands.write("Téléphone", "03 23 97 53 90")
    hands.tick("Je viendrai")
    hands.tick("Aller vers")
    hands.press("Envoyer mon inscription")


def read_own_page(hands: Hands, name: str) -> None:
    assert state(hands) == "confirmed"
    hands.sees("Votre place est confirmée")
    hands.sees(f"{name.title()} CARON")
    hands.sees("Aller vers place réservée")
    assert hands.page.get_by_text("Écrire simplement").count() == 0


def check_calendars(hands: Hands) -> None:
    """The file, and the feed that the page gives, say what the page says; what is open to all is in them too."""
    taken = entries(hands.take("Télécharger mon agenda (.ics)"))
    assert taken == {"Ouverture": STARTS, "Aller vers": STARTS + 5 * HOUR}
    starts_at = taken["Aller vers"]
    hands.sees(f"{french_date(starts_at, ZONE)}, {french_hours(starts_at, starts_at + HOUR, ZONE)} · Salle Vauban")
    feed = hands.page.get_by_label("Adresse d’abonnement").input_value()
    assert feed.startswith(f"{hands.url}/agenda/")
    button = hands.page.get_by_role("link", name="S’abonner à mon agenda")
    assert button.get_attribute("href") == f"webcal://{urlsplit(feed).netloc}{urlsplit(feed).path}"
    answer = hands.page.request.get(feed)
    assert answer.headers["content-type"].startswith("text/calendar")
    assert entries(answer.body()) == taken


def change_session(hands: Hands) -> None:
    hands.follow("Changer mes sessions")
    hands.tick("Écrire simplement")
    hands.press("Continuer")
    hands.press("Confirmer ces changements")
    hands.sees("Vos sessions sont enregistrées.")
    hands.sees("Écrire simplement place réservée")
    assert hands.page.get_by_text("Aller vers").count() == 0
    assert "Écrire simplement" in entries(hands.take("Télécharger mon agenda (.ics)"))


def find_everything_in_the_mail(hands: Hands, name: str) -> None:
    hands.finds_mail(name, f"Place confirmée\u00a0: {TITLE}")
    hands.sees("text/calendar")
    hands.opens_link_in_mail("/mon-inscription/")
    assert state(hands) == "confirmed"


def cancel(hands: Hands) -> None:
    hands.follow("Annuler mon inscription")
    hands.tick("Annuler mon inscription")
    hands.write("Motif", "Permanence à assurer")
    hands.press("Enregistrer mon choix")
    assert state(hands) == "cancelled"
    hands.sees("Votre inscription est annulée")


def mailbox(name: str) -> str:
    return f"{name}@agents.example"


def state(hands: Hands) -> str | None:
    return hands.page.locator(".state").get_attribute("data-state")


def entries(content: bytes) -> dict[str, datetime]:
    calendar = icalendar.Calendar.from_ical(content)
    return {str(entry["SUMMARY"]): entry["DTSTART"].dt.astimezone(UTC) for entry in calendar.walk("VEVENT")}
