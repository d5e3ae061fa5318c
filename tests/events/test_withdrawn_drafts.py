"""A draft that waits when its event is withdrawn: edited on, told when publishing again, and never applied silently."""

from dataclasses import replace
from datetime import timedelta

import pytest

from eventapp.agenda import editing
from eventapp.agenda.models import BookingMode, Session
from eventapp.events import lifecycle
from eventapp.exchange import applying, drafting, shifting, taking
from eventapp.exchange.agenda_import import current
from eventapp.extensions import db
from tests.factories import NOW, STARTS, make_event, make_session, make_user
from tests.pages import words

HOUR = timedelta(hours=1)
ADDED = {"title": "Atelier ajouté", "kind": "workshop", "day": "2027-01-14", "starts": "14:00", "ends": "15:00",
         "room": "", "booking": "required", "capacity": "10"}  # fmt: skip


@pytest.fixture
def event():
    """Withdrawn while the other title of a session waited."""
    event = make_event(slug="juin", choice_required=["2027-01-14T09:00"])
    session = make_session(event, title="Ancienne", slug="ancienne", booking=BookingMode.OPTIONAL)
    with drafting.edited(event, now=NOW, by=None):
        editing.edit_session(session, {"title": "Brouillon"}, now=NOW, by=None)
    lifecycle.withdraw(event, now=NOW, by=None)
    return event


@pytest.fixture
def organiser(client, event):
    client.sign_in(make_user(event.organisation))
    return client


def desk(path):
    return f"/gestion/evenements/juin/{path}"


def titles(event):
    return [session.title for session in db.session.scalars(Session.held(event))]


@pytest.mark.both_databases
def test_what_is_edited_meanwhile_joins_the_draft_and_is_released_with_it(organiser, event):
    organiser.post(desk("programme/nouvelle-session"), data=ADDED)
    said = words(organiser.page(desk("programme")).select_one("#brouillon"))
    assert "2 modifications non publiées" in said
    assert titles(event) == ["Ancienne"]

    organiser.post(desk("brouillon/publication"), data={"whom": "concerned"})

    assert (event.is_public, event.draft, titles(event)) == (True, None, ["Brouillon", "Atelier ajouté"])


def test_publishing_again_says_what_waits_and_asks(organiser, event):
    page = organiser.page(desk("publication"))
    assert "titre : Ancienne → Brouillon" in words(page.select_one("#brouillon"))
    assert page.select_one("#brouillon a")["href"] == desk("brouillon")

    organiser.post(desk("publication"))
    assert not event.is_public
    assert "dites s’il est publié aussi" in words(organiser.page(desk("publication")).main)

    organiser.post(desk("publication"), data={"beside_draft": "1"})
    assert (event.is_public, titles(event)) == (True, ["Ancienne"])
    assert [session.title for session in drafting.plan(event).sessions] == ["Brouillon"]


def test_once_abandoned_edits_are_of_the_rows_again(organiser, event):
    organiser.post(desk("brouillon/abandon"))
    organiser.post(desk("programme/nouvelle-session"), data=ADDED)

    assert (event.draft, titles(event)) == (None, ["Ancienne", "Atelier ajouté"])
    assert "Publier sans" not in words(organiser.page(desk("publication")).main)


def test_withdrawing_says_that_the_draft_stays(organiser, event):
    organiser.post(desk("publication"), data={"beside_draft": "1"})

    assert "Un brouillon du programme attend : il reste" in words(organiser.page(desk("retrait")).main)


def test_a_file_that_comes_meanwhile_waits_too(event):
    applying.import_file(applying.waiting_file(event), publish=False, update=True, now=NOW)

    assert titles(event) == ["Ancienne"]
    assert [session.title for session in drafting.plan(event).sessions] == ["Brouillon"]


def test_a_received_agenda_joins_what_the_editor_shows(event):
    base = current(event)
    added = replace(base.sessions[0], slug="ajoutee", title="Ajoutée")

    drafting.take_up(event, replace(base, sessions=(*base.sessions, added)), "test", now=NOW, by=None)

    assert sorted(session.title for session in drafting.plan(event).sessions) == ["Ajoutée", "Brouillon"]
    assert titles(event) == ["Ancienne"]


def test_the_hours_of_a_draft_are_the_same_instants_in_another_zone(event):
    before = drafting.plan(event).differences
    lifecycle.edit(event, {"timezone": "America/Martinique"}, now=NOW, by=None)

    plan = drafting.plan(event)
    assert (plan.differences, plan.session("ancienne").starts_at, plan.required) == (
        before,
        STARTS,
        ("2027-01-14T04:00",),
    )
    with drafting.edited(event, now=NOW, by=None):
        later = db.session.scalars(Session.of(event)).one()
        editing.edit_session(later, {"starts_at": STARTS + HOUR, "ends_at": STARTS + 2 * HOUR}, now=NOW, by=None)
    assert drafting.plan(event).session("ancienne").starts_at == STARTS + HOUR


def test_the_draft_follows_a_withdrawn_event_that_moves(event):
    day = timedelta(days=1)
    event.starts_at, event.ends_at = event.starts_at + day, event.ends_at + day
    shifting.shift_sessions(event, day, now=NOW, by=None)

    drafting.follow(event, day)

    assert len(drafting.plan(event).differences) == 1
    assert taking.take(event).sessions[0].starts_at == STARTS + day
