"""A1, A2, A3: every address for every kind of person, with their own rows and with another organisation's."""

import pytest

from eventapp.access import Public
from eventapp.extensions import db
from tests.faults.world import FILES, PREPARED, SIGNED, WRITE_NOTHING, build, build_anew, build_two, dump, rules

# Where signing in is enough, and where it takes an administrator; every other member's address is an event's.
OWN_PAGES = {
    "accounts_organiser.account",
    "accounts_organiser.rename",
    "accounts_organiser.change_password",
    "events_organiser.index",
    "network_organiser.structures",
    "network_organiser.structure",
    "network_organiser.export",
    "outbox_organiser.domain",
    "outbox_organiser.read_headers",
    "outbox_organiser.send_trial",
}
TEAM_PAGES = {"accounts_organiser.team", "accounts_organiser.settings"}
TEAM_PAGES |= {"accounts_organiser.renew_feed", "accounts_organiser.stop_feed"}  # their own calendar
ADMINISTRATORS = {
    "accounts_organiser.change_role",
    "accounts_organiser.describe",
    "accounts_organiser.invite",
    "accounts_organiser.member",
    "accounts_organiser.preview",
    "accounts_organiser.removal",
    "accounts_organiser.remove",
}
CREATION = {
    "events_organiser.new",
    "events_organiser.create",
    "events_organiser.import_file",
    "events_organiser.do_import_file",
    "events_organiser.templates",
    "events_organiser.start_from_starter",
}
SMALLEST = 120


def kind_of(app, rule):
    view = app.view_functions[rule.endpoint]
    if view.access is not Public.MEMBER:
        return view.access.value
    for name, endpoints in (("own", OWN_PAGES), ("team", TEAM_PAGES), ("admin", ADMINISTRATORS), ("new", CREATION)):
        if rule.endpoint in endpoints:
            return name
    is_of_one = rule.rule.startswith(("/gestion/evenements/<slug>/", "/gestion/modeles/<int:template_id>/"))
    return "event" if is_of_one else None


def every(app):
    """(rule, method) of every address."""
    return [(rule, method) for method in ("GET", "POST") for rule in rules(app, method=method)]


def ask(client, app, rule, method, side, **other):
    body = side.body(rule.endpoint) if method == "POST" else None
    return client.open(side.path(app, rule, **other), method=method, data=body, buffered=True)


def answers(client, app, side, wanted):
    """Status by address, where every row must stay as it was."""
    before, found = dump(), {}
    for rule, method in every(app):
        if kind_of(app, rule) in wanted:
            found[f"{method} {rule.endpoint}"] = ask(client, app, rule, method, side).status_code
            if method == "POST":
                assert dump() == before, f"{rule.endpoint} changed something"
    assert dump() == before
    return found


def refused(found, *codes):
    assert found
    assert {where: code for where, code in found.items() if code not in codes} == {}


def test_every_address_has_its_place_in_the_table(app):
    assert [rule.endpoint for rule, _method in every(app) if kind_of(app, rule) is None] == []
    assert len(every(app)) > SMALLEST
    known = OWN_PAGES | TEAM_PAGES | ADMINISTRATORS | CREATION
    assert known <= {rule.endpoint for rule, _method in every(app)}


def test_a_stranger_is_asked_to_sign_in(app, client):
    found = answers(client, app, build(), {"own", "team", "admin", "new", "event"})
    refused(found, 302)


def test_another_organisation_finds_nothing(app, client):
    side, other = build_two()
    client.sign_in(other.administrator)
    refused(answers(client, app, side, {"team", "admin", "event"}), 404)


def test_who_only_reads_organises_nothing(app, client):
    side = build()
    client.sign_in(side.reader)
    refused(answers(client, app, side, {"admin"}), 403)
    refused(answers(client, app, side, {"event", "new"}), 404)


def test_an_organiser_does_not_administer(app, client):
    side = build()
    client.sign_in(side.organiser)
    refused(answers(client, app, side, {"admin"}), 403)


def test_their_own_pages_open(app, client):
    """The control: the addresses refused above are good ones."""
    side = build()
    client.sign_in(side.administrator)
    pages = [rule for rule in rules(app, method="GET") if rule.endpoint != "outbox_organiser.preview"]  # a letter
    rows = {rule.endpoint: ask(client, app, rule, "GET", side).status_code for rule in pages}
    shut = {"accounts.sign_in": 303, "pages.readyz": 503}
    refused({n: c for n, c in rows.items() if n not in shut and not n.startswith("outbox.")}, 200)
    assert {name: rows[name] for name in shut} == shut


def acts(app):
    others = WRITE_NOTHING | SIGNED | {"accounts.sign_out"}
    return [rule for rule in rules(app, method="POST") if rule.endpoint not in others]


def test_their_own_acts_succeed(app, client):
    """The control of the control: what is sent above does change something for whoever may."""
    for rule in acts(app):
        side = build_anew()
        PREPARED.get(rule.endpoint, lambda _side: None)(side)
        if app.view_functions[rule.endpoint].access is Public.MEMBER:
            client.sign_in(side.administrator)
        db.session.commit()
        before = dump()
        response = ask(client, app, rule, "POST", side)
        done = (200,) if rule.endpoint in FILES else (302, 303)
        assert response.status_code in done, (rule.endpoint, response.status, response.text[:3000])
        assert dump() != before, rule.endpoint


INNER = (
    "member_id", "session_slug", "room_slug", "speaker_slug", "category_slug", "question_slug", "guest_id",
    "import_id", "import_key", "registration_id", "allocation_id", "request_id", "key", "campaign_id", "automatic_id",
)  # fmt: skip


@pytest.mark.both_databases
def test_a_foreign_row_is_not_found_under_an_own_event(app, client):
    """A2, A3: swapped ids in the path, in both directions."""
    side, other = build_two()
    client.sign_in(side.administrator)
    before, asked = dump(), 0
    for rule, method in every(app):
        inner = set(INNER) & set(rule.arguments)
        if not inner or kind_of(app, rule) not in ("event", "admin"):
            continue
        foreign = {name: value for name, value in other.values(rule).items() if name in inner}
        assert ask(client, app, rule, method, side, **foreign).status_code == 404, rule
        own = {name: value for name, value in side.values(rule).items() if name in inner}
        assert ask(client, app, rule, method, other, **own).status_code == 404, rule
        asked += 1
    assert asked > 40
    assert dump() == before
