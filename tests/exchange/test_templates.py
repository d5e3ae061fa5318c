"""Events kept to begin others from, and those that we provide."""

from datetime import date

import pytest

from eventapp.agenda.models import Session
from eventapp.clock import utcnow
from eventapp.events.models import Event, Status, Wording
from eventapp.exchange import reading, taking, templates, writing
from eventapp.exchange.models import EventTemplate
from eventapp.exchange.starters import STARTERS
from eventapp.extensions import db
from eventapp.invitations import automatic
from eventapp.invitations.campaign_models import Anchor, AutomaticLetter
from eventapp.letters.models import Letter, LetterKind
from tests.factories import (
    NOW,
    make_category,
    make_event,
    make_guest,
    make_organisation,
    make_room,
    make_session,
    make_speaker,
    make_user,
    save,
)
from tests.pages import parse, words

PLANNED = [
    (LetterKind.REMINDER, Anchor.DEADLINE, -7 * 24, None),
    (LetterKind.PRACTICAL, Anchor.START, -2 * 24, None),
    (LetterKind.THANKS, Anchor.END, 24, NOW),  # stopped: not wanted
]


@pytest.fixture
def event():
    event = make_event(slug="un", title="Journée", contact_name="Jeanne Martin", contact_email="j.martin@sgar.example")
    make_category(event, name="Agents")
    make_guest(event)
    speaker = make_speaker(event, last_name="Dupont-Lajoie")
    make_session(event, speaker, room=make_room(event), title="Ouverture", online_url="https://visio.example/1")
    facts = {"name": LetterKind.INVITATION, "version": 1, "subject": "Venez", "body": "Bonjour", "written_at": NOW}
    save(Letter(event_id=event.id, **facts))
    event.wording = Wording.CONVOCATION
    for kind, anchor, hours, stopped in PLANNED:
        save(AutomaticLetter(event=event, kind=kind, anchor=anchor, hours=hours, created_at=NOW, stopped_at=stopped))
    return event


@pytest.fixture
def signed_in(client, event):
    client.sign_in(make_user(event.organisation))
    return client


def test_the_letters_speak_and_leave_by_themselves_as_they_did(signed_in, event):
    template = templates.keep(event, "Notre journée", now=NOW, by=None)
    page = signed_in.page(path(template, "evenement"))
    assert "1 lettre rédigée, 2 envois automatiques, comptés depuis les nouvelles dates" in words(page)
    facts = {"organisation": event.organisation.slug, "title": "Suite", "starts_on": "2028-02-29"}
    signed_in.post(path(template, "evenement"), data=facts)
    made = db.session.scalar(db.select(Event).where(Event.slug == "suite"))
    found = [(one.kind, one.anchor, one.hours) for one in automatic.of(made)]
    assert made.wording is Wording.CONVOCATION
    assert sorted(found) == sorted(one[:3] for one in PLANNED[:2])


def path(template, act):
    return f"/gestion/modeles/{template.id}/{act}"


@pytest.mark.both_databases
def test_an_event_begins_from_another_without_anybody_s_name(event):
    template = templates.keep(event, "Notre journée", now=NOW, by=None)
    for name in ("Martin", "martin", "Dupont", "visio"):
        assert name not in str(template.file)
    made = templates.start(
        event.organisation,
        template.file,
        template.letters,
        title="Encore",
        starts_on=date(2027, 7, 1),
        now=NOW,
        by=None,
    )
    db.session.flush()
    found = writing.as_dict(taking.take(made))
    assert (made.status, found["starts_at"], found["sessions"][0]["starts_at"][:10]) == (
        Status.DRAFT, "2027-07-01T09:00", "2027-07-01",
    )  # fmt: skip
    assert [found["categories"][0]["name"], found["rooms"] != [], found["speakers"]] == ["Agents", True, []]
    letters = db.session.scalars(db.select(Letter).where(Letter.event_id == made.id)).all()
    assert [(letter.name, letter.subject) for letter in letters] == [(LetterKind.INVITATION, "Venez")]


@pytest.mark.parametrize("key", STARTERS)
def test_what_we_provide_begins_an_event(key):
    starter = STARTERS[key]
    assert reading.read(starter.file)
    event = templates.start(
        make_organisation(), starter.file, title=starter.name, starts_on=date(2027, 3, 28), now=NOW, by=None
    )
    sessions = db.session.scalars(Session.of(event)).all()
    assert (sessions[0].starts_at, sessions[-1].ends_at) == (event.starts_at, event.ends_at)
    assert event.local_start.date() == date(2027, 3, 28)


def test_a_name_is_replaced_only_when_it_was_said(signed_in, event):
    address = "/gestion/evenements/un/modele"
    assert signed_in.post(address, data={"name": "Notre journée"}).location == "/gestion/modeles"
    event.title = "Plus grande journée"
    refused = signed_in.post(address, data={"name": "Notre journée"})
    assert refused.status_code == 422
    assert parse(refused).find(attrs={"name": "replaces"}) is not None
    assert signed_in.post(address, data={"name": "Notre journée", "replaces": "y"}).status_code == 303
    (template,) = db.session.scalars(db.select(EventTemplate))
    assert template.file["title"] == "Plus grande journée"


def test_a_template_is_chosen_titled_dated_renamed_and_deleted(signed_in, event):
    template = templates.keep(event, "Notre journée", now=NOW, by=None)
    assert "Notre journée" in words(signed_in.page("/gestion/modeles").main)
    signed_in.post(path(template, "nom"), data={"name": "Belle journée"})
    assert template.name == "Belle journée"
    made = signed_in.post(
        path(template, "evenement"),
        data={"organisation": event.organisation.slug, "title": "Deuxième", "starts_on": "2028-02-29"},
    )
    assert made.location == "/gestion/evenements/deuxieme/modification"
    assert db.session.scalar(db.select(Event).where(Event.slug == "deuxieme")).local_start.date() == date(2028, 2, 29)
    assert "1 session, 1 salle" in words(signed_in.page(path(template, "suppression")).main)
    signed_in.post(path(template, "suppression"))
    assert signed_in.get(path(template, "evenement")).status_code == 404


def test_two_templates_never_share_a_name(signed_in, event):
    one, two = (templates.keep(event, name, now=NOW, by=None) for name in ("Un", "Deux"))
    assert signed_in.post(path(two, "nom"), data={"name": one.name}).status_code == 422
    assert two.name == "Deux"


def test_many_are_searched(signed_in, event):
    for number in range(9):
        templates.keep(event, f"Modèle {number}", now=NOW, by=None)
    page = words(signed_in.page("/gestion/modeles?q=MODELE+7").main)
    assert "Modèle 7" in page
    assert "Modèle 6" not in page


def test_another_organisation_has_its_own(client, event):
    template = templates.keep(event, "Notre journée", now=NOW, by=None)
    client.sign_in(make_user(make_organisation()))
    assert "Notre journée" not in words(client.page("/gestion/modeles").main)
    for act in ("evenement", "nom", "suppression"):
        assert client.get(path(template, act)).status_code == 404
        assert client.post(path(template, act), data={"name": "x"}).status_code == 404
    assert client.get("/gestion/modeles/fournis/inconnu/evenement").status_code == 404
    other = {"organisation": event.organisation.slug, "title": "x", "starts_on": "2027-07-01"}
    assert client.post("/gestion/modeles/fournis/webinaire/evenement", data=other).status_code == 422


@pytest.mark.parametrize("day", ["", "2027-02-30", "1999-01-01", "9999-12-31"])
def test_a_date_that_cannot_be_is_refused(signed_in, event, day):
    body = {"organisation": event.organisation.slug, "title": "x", "starts_on": day}
    refused = signed_in.post("/gestion/modeles/fournis/journee-regionale/evenement", data=body)
    assert refused.status_code == 422
    assert words(parse(refused).find(id="erreurs"))


def remove_and_look(signed_in, template):
    signed_in.post(path(template, "suppression"))
    return signed_in.page("/gestion/modeles").main


def test_what_was_removed_can_be_taken_back_for_a_while(signed_in, event):
    template = templates.keep(event, "Notre journée", now=NOW, by=None)
    shown = remove_and_look(signed_in, template)
    assert shown.find("form", action=path(template, "retablissement")) is not None
    assert signed_in.post(path(template, "retablissement")).location == "/gestion/modeles"
    assert template.removed_at is None
    assert signed_in.post(path(template, "retablissement")).status_code == 404
    assert "Notre journée" in words(signed_in.page("/gestion/modeles").table)
    template.removed_at = utcnow() - templates.REMEMBERED
    assert "Notre journée" not in words(signed_in.page("/gestion/modeles").main)
    remove_and_look(signed_in, templates.keep(event, "Autre", now=NOW, by=None))
    assert [one.name for one in db.session.scalars(db.select(EventTemplate))] == ["Autre"]


@pytest.mark.both_databases
def test_a_removed_template_leaves_its_name_to_others(signed_in, event):
    template = templates.keep(event, "Notre journée", now=NOW, by=None)
    remove_and_look(signed_in, template)
    templates.keep(event, "Notre journée", now=NOW, by=None)
    signed_in.post(path(template, "retablissement"))
    assert template.removed_at is not None
    assert "renommez-le" in words(signed_in.page("/gestion/modeles"))
