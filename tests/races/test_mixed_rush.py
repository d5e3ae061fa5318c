"""Some give up, some arrive, some wait, all at the same instant: the places go to the first who waited, each once."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest

from eventapp.clock import utcnow
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.journal.models import Entry
from eventapp.outbox.models import Message
from eventapp.registrations import links
from eventapp.registrations.models import Registration, Status
from tests.factories import make_event, make_registration
from tests.races.rush import Form, at_once
from tests.servers import Site

PLACES, WAITING, LEAVING, ARRIVING, PROCESSES = 25, 20, 10, 30, 4
FORM = "/evenements/melee/inscription"

Start = Callable[..., Site]


def seed() -> None:
    starts_at = utcnow() + timedelta(days=30)
    event = make_event(slug="melee", capacity=PLACES, starts_at=starts_at, ends_at=starts_at + timedelta(hours=8))
    for status, count in ((Status.CONFIRMED, PLACES), (Status.WAITING, WAITING)):
        for _ in range(count):
            make_registration(event, status=status)


def everybody(site: Site) -> list[Registration]:
    with site.app.app_context():
        event = db.session.scalars(db.select(Event)).one()
        return list(db.session.scalars(Registration.of(event).order_by(None).order_by(Registration.id)))


def giving_up(site: Site) -> list[tuple[str, dict[str, str]]]:
    with site.app.app_context():
        leaving = db.session.scalars(db.select(Registration).order_by(Registration.id).limit(LEAVING))
        sent = {"choice": "cancel", "reason": "Empêchée"}
        return [(f"/mon-inscription/{links.token(one)}/annulation", sent) for one in leaving]


def arriving() -> list[tuple[str, dict[str, str]]]:
    person = {"first_name": "Léa", "last_name": "Roux"}
    return [(FORM, person | {"email": f"lea-{n}@agents.example"}) for n in range(ARRIVING)]


@pytest.mark.both_databases
def test_places_go_to_the_first_who_waited(start_site: Start, database: str) -> None:
    site = start_site(seed, database=database, workers=PROCESSES, may_fail=True)
    posts = [post for pair in zip(arriving(), giving_up(site) * 3, strict=True) for post in pair]

    answers = at_once(site, Form.open(site, FORM), posts)  # everybody who gives up clicks three times

    assert {status for status, _place in answers} == {303}
    people = everybody(site)
    first_who_waited = [one.id for one in people[PLACES : PLACES + LEAVING]]
    confirmed = [one.id for one in people if one.is_confirmed]
    assert confirmed == [one.id for one in people[LEAVING:PLACES]] + first_who_waited
    assert Counter(one.status for one in people)[Status.WAITING] == WAITING + ARRIVING - LEAVING
    assert acts_and_letters(site) == {
        "registration.created": ARRIVING,
        "registration.cancelled": LEAVING,
        "registration.promoted": LEAVING,
        "registrations/waiting": ARRIVING,
        "registrations/cancelled": LEAVING,
        "registrations/promoted": LEAVING,
    }
    site.stop()


def acts_and_letters(site: Site) -> Counter[str]:
    with site.app.app_context():
        return Counter([*db.session.scalars(db.select(Entry.act)), *db.session.scalars(db.select(Message.letter))])
