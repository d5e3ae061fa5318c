"""A2, A4, A5: what a body may name and set; fields that no form offers, rows of others, rights withdrawn meanwhile."""

import pytest

from eventapp.accounts.models import Membership, Organisation, Role, User
from eventapp.agenda.models import Session
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.invitations.campaign_models import CampaignRecipient
from eventapp.invitations.models import Guest, Invitation
from eventapp.registrations.models import Registration, Status
from tests.faults.test_access import acts, ask
from tests.faults.world import FILES, PREPARED, build, build_anew, build_two, dump, rules

FORGED = {
    "role": "administrator", "status": "confirmed", "organisation_id": "1", "event_id": "1", "id": "1", "active": "",
    "source": "organiser", "published_at": "2027-01-01", "cancelled_at": "2027-01-01", "confirmed_at": "2027-01-01",
    "digest": "0" * 64, "nonce": "0" * 32, "over_capacity": "y", "user_id": "1", "fs_uniquifier": "x",
    "reply": "accepted",
    "calendar_uid": "x", "sequence": "99", "is_admin": "1", "queued_at": "2000-01-01", "offer_until": "2099-01-01",
}  # fmt: skip
PROTECTED = (
    (Membership, ("user_id", "organisation_id", "role", "reads_sensitive")),
    (Organisation, ("id", "slug")),
    (User, ("id", "email", "active")),
    (Event, ("id", "organisation_id", "published_at", "cancelled_at", "calendar_uid")),
    (Registration, ("id", "event_id", "status", "source", "digest", "queued_at", "offer_until")),
    (Guest, ("id", "event_id")),
    (Invitation, ("id", "event_id", "digest", "reply")),
)  # fmt: skip
# These are acts on just that.
CHANGING = {
    "accounts_organiser.change_role", "accounts_organiser.invite", "accounts_organiser.remove",
    "events_organiser.create", "events_organiser.start_from_starter", "events_organiser.start_from_template",
    "events_organiser.do_cancel", "events_organiser.do_duplicate", "events_organiser.do_import_file",
    "events_organiser.do_publish", "events_organiser.do_withdraw", "events_organiser.publish_draft",
    "documents.print_letters",
    "invitations.names", "invitations.replacement", "invitations_organiser.accept", "invitations_organiser.decline",
    "invitations_organiser.add_former", "invitations_organiser.add_network", "invitations_organiser.correct_address",
    "invitations_organiser.names",
    "invitations.accept", "invitations.decline", "invitations_organiser.guest", "invitations_organiser.import_apply",
    "invitations_organiser.invite", "invitations_organiser.new", "invitations_organiser.remove",
    "invitations_organiser.send_campaign", "registrations.accept", "registrations.create", "registrations.create_party",
    "registrations.refuse", "registrations.withdraw", "registrations_organiser.create",
    "registrations_organiser.withdraw",
    "registrations_organiser.cancel_many", "registrations_organiser.do_merge", "registrations_organiser.import_apply",
    "registrations_organiser.restore", "registrations.pass_on", "registrations_organiser.accept_request",
    "registrations_organiser.do_promote",
}  # fmt: skip


def protected():
    db.session.rollback()
    found = []
    for model, names in PROTECTED:
        columns = [getattr(model, name) for name in names]
        found += [(model.__name__, *row) for row in db.session.execute(db.select(*columns).order_by(model.id))]
    db.session.rollback()
    return found


def post(client, app, side, endpoint, **more):
    rule = next(rule for rule in rules(app, method="POST") if rule.endpoint == endpoint)
    path, body = side.path(app, rule), side.body(endpoint) | more
    return client.post(path, data=body)


def test_fields_that_no_form_offers_are_ignored(app, client):
    """A4: every act takes place, and nothing that it is not about moves."""
    for rule in acts(app):
        if rule.endpoint not in CHANGING:
            side = build_anew()
            PREPARED.get(rule.endpoint, lambda _side: None)(side)
            client.sign_in(side.administrator)
            before = protected()
            offered = side.body(rule.endpoint)
            forged = {name: value for name, value in FORGED.items() if name not in offered}
            done = (200,) if rule.endpoint in FILES else (302, 303)
            assert post(client, app, side, rule.endpoint, **forged).status_code in done, rule.endpoint
            assert protected() == before, rule.endpoint


def test_nobody_confirms_themselves(app, client):
    side = build()
    side.event.capacity = 1
    assert post(client, app, side, "registrations.create", **FORGED).status_code == 303
    made = db.session.scalar(db.select(Registration).order_by(Registration.id.desc()))
    assert (made.status, made.event_id, made.source.value) == (Status.WAITING, side.event.id, "public")


def test_nobody_makes_themselves_an_administrator(app, client):
    side = build()
    client.sign_in(side.organiser)
    before = protected()
    assert post(client, app, side, "accounts_organiser.rename", **FORGED).status_code == 303
    assert protected() == before


def test_an_invited_colleague_gets_a_role_of_the_list(app, client):
    side = build()
    client.sign_in(side.administrator)
    before = dump()
    for role in ("owner", "reception", "", "administrator\0"):
        assert post(client, app, side, "accounts_organiser.invite", role=role).status_code == 422
    assert dump() == before


@pytest.mark.parametrize(
    ("endpoint", "named"),
    [
        ("agenda_organiser.add_session", lambda other: {"room": other.room.slug}),
        ("agenda_organiser.add_session", lambda other: {"cast_speaker": other.speaker.slug}),
        ("agenda_organiser.edit_session", lambda other: {"room": other.room.slug}),
        ("agenda_organiser.edit_session", lambda other: {"cast_speaker": other.speaker.slug}),
        ("invitations_organiser.new", lambda other: {"category": other.category.slug}),
        ("invitations_organiser.guest", lambda other: {"category": other.category.slug}),
        ("registrations_organiser.create", lambda other: {"category": other.category.slug}),
        ("registrations_organiser.create", lambda other: {"sessions": other.session.slug}),
        ("registrations.create", lambda other: {"sessions": other.session.slug}),
        ("registrations.create", lambda other: {"category": other.category.slug}),
        ("registrations.change_sessions", lambda other: {"sessions": other.session.slug}),
        ("registrations.change_details", lambda other: {"category": other.category.slug}),
        ("registrations_organiser.save_question", lambda other: {"condition": f"{other.question.slug}=oui"}),
        ("events_organiser.create", lambda other: {"organisation": other.organisation.slug}),
    ],
)
@pytest.mark.both_databases
def test_a_body_names_rows_of_its_own_event_only(app, client, endpoint, named):
    """A2."""
    side, other = build_two()
    client.sign_in(side.administrator)
    before = dump()
    assert post(client, app, side, endpoint, **named(other)).status_code == 422
    assert dump() == before


def test_foreign_guests_are_not_invited(app, client):
    side, other = build_two()
    client.sign_in(side.organiser)
    numbers = f"{other.spare_guest.id},{side.spare_guest.id},{2**31},{2**63},-1,x"
    post(client, app, side, "invitations_organiser.send_campaign", people=numbers)
    recipients = db.session.scalars(db.select(CampaignRecipient.guest_id).where(CampaignRecipient.left_out == "")).all()
    assert [number for number in recipients if number] == [side.spare_guest.id]
    page = f"/gestion/evenements/{side.event.slug}/lettres/invitation"
    assert client.get(f"{page}?personne={other.guest.id}").status_code == 404


def test_choices_of_another_event_are_not_required(app, client):
    side = build()
    client.sign_in(side.organiser)
    assert post(client, app, side, "agenda_organiser.choices", slots="2030-01-01T10:00").status_code == 422
    assert db.session.get(Session, side.session.id).event.choice_required == []


@pytest.mark.parametrize("withdrawn", ["role", "membership", "account"])
def test_a_right_withdrawn_ends_every_act_at_once(app, client, withdrawn):
    """A5: in the middle of a session."""
    side = build()
    client.sign_in(side.organiser)
    assert client.get(f"/gestion/evenements/{side.event.slug}/").status_code == 200
    if withdrawn == "role":
        side.organiser.memberships[0].role = Role.RECEPTION
    elif withdrawn == "membership":
        db.session.delete(side.organiser.memberships[0])
    else:
        side.organiser.active = False
    db.session.commit()
    before = dump()
    for method in ("GET", "POST"):
        for rule in rules(app, method=method):
            if rule.rule.startswith("/gestion/evenements/<slug>/"):
                expected = {"role": 404, "membership": 403, "account": 302}[withdrawn]
                assert ask(client, app, rule, method, side).status_code == expected, rule
    assert dump() == before
