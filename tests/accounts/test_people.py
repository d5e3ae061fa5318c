"""The team's rules: one membership, one administrator at least, links that serve once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from eventapp.accounts import people
from eventapp.accounts.models import Membership, Role, SignInLink, User
from eventapp.errors import Refused
from eventapp.extensions import db
from eventapp.journal.models import Entry
from tests.factories import NOW, make_organisation, make_user


def in_threads(app, act, count=8):
    """`act()` in several threads at once, each in its own context; how many were not refused."""

    def one(_number):
        with app.app_context():
            try:
                act()
                db.session.commit()
            except Refused:
                db.session.rollback()
                return 0
            return 1

    db.session.commit()
    with ThreadPoolExecutor(count) as pool:
        return sum(pool.map(one, range(count)))


def test_an_account_is_a_user_and_a_membership():
    organisation = make_organisation()
    membership = people.create_account("Jeanne@SGAR.example", organisation, Role.ORGANISER, now=NOW)
    assert (membership.user.email, membership.role) == ("jeanne@sgar.example", Role.ORGANISER)
    assert db.session.scalar(db.select(Entry.sentence)) == "jeanne@sgar.example rejoint l’équipe (Organisateur)."


def test_the_same_account_again_is_the_same_member():
    organisation = make_organisation()
    first = people.create_account("a@b.example", organisation, Role.ORGANISER, now=NOW)
    assert people.create_account("a@b.example", organisation, Role.ORGANISER, now=NOW) is first


def test_an_account_with_another_role_is_refused():
    organisation = make_organisation()
    people.create_account("a@b.example", organisation, Role.ORGANISER, now=NOW)
    with pytest.raises(people.AlreadyInTeam, match="avec un autre rôle"):
        people.create_account("a@b.example", organisation, Role.ADMINISTRATOR, now=NOW)


def test_one_person_may_work_for_two_organisations():
    memberships = [people.create_account("a@b.example", make_organisation(), Role.ORGANISER, now=NOW) for _ in range(2)]
    assert memberships[0].user is memberships[1].user


@pytest.mark.parametrize("address", ["", "jeanne", "a@b", "a b@c.example", "a@b.example\nBcc: x@y.example\x00@"])
def test_what_is_no_address_is_refused(address):
    with pytest.raises(Refused) as refusal:
        people.create_account(address, make_organisation(), Role.ORGANISER, now=NOW)
    assert refusal.value.field == "email"


def test_inviting_a_colleague_sends_a_link_for_a_week(outbox):
    organisation = make_organisation()
    boss = make_user(organisation, Role.ADMINISTRATOR)
    people.invite_colleague(organisation, "paul@sgar.example", "Paul Petit", Role.ORGANISER, by=boss, now=NOW)
    link = db.session.scalars(db.select(SignInLink)).one()
    assert [(mail.letter, mail.to) for mail in outbox()] == [("accounts/team_invitation", "paul@sgar.example")]
    assert (link.user.name, link.expires_at) == ("Paul Petit", NOW + people.INVITATION_LASTS)


def test_a_colleague_already_there_is_not_invited_again(outbox):
    organisation = make_organisation()
    boss = make_user(organisation, Role.ADMINISTRATOR)
    with pytest.raises(people.AlreadyInTeam):
        people.invite_colleague(organisation, boss.email, "", Role.ADMINISTRATOR, by=boss, now=NOW)
    assert outbox() == []


def test_the_last_administrator_stays():
    organisation = make_organisation()
    boss = make_user(organisation, Role.ADMINISTRATOR)
    make_user(organisation)
    with pytest.raises(people.LastAdministrator):
        people.remove_member(boss.memberships[0], by=boss, now=NOW)
    with pytest.raises(people.LastAdministrator):
        people.change_role(boss.memberships[0], Role.ORGANISER, by=boss, now=NOW)


def test_one_administrator_of_two_may_leave():
    organisation = make_organisation()
    boss, other = (make_user(organisation, Role.ADMINISTRATOR) for _ in range(2))
    people.remove_member(boss.memberships[0], by=other, now=NOW)
    assert [m.user for m in db.session.scalars(Membership.team_of(organisation))] == [other]


def test_a_changed_role_is_in_the_journal():
    organisation = make_organisation()
    boss, other = make_user(organisation, Role.ADMINISTRATOR), make_user(organisation, email="paul@sgar.example")
    people.change_role(other.memberships[0], Role.ADMINISTRATOR, by=boss, now=NOW)
    entry = db.session.scalars(db.select(Entry)).one()
    assert entry.sentence == "Le rôle de paul@sgar.example devient «\u00a0Administrateur\u00a0»."
    assert entry.actor_id == boss.id


@pytest.mark.both_databases
def test_two_last_administrators_cannot_both_leave(app):
    organisation = make_organisation()
    members = [make_user(organisation, Role.ADMINISTRATOR).memberships[0].id for _ in range(2)]
    turn = iter(members)

    def leave():
        membership = db.session.get_one(Membership, next(turn))
        people.remove_member(membership, by=membership.user, now=NOW)

    assert in_threads(app, leave, count=2) == 1


@pytest.mark.both_databases
def test_a_link_used_by_many_at_once_serves_once(app):
    link_id = people.issue_sign_in_link(make_user(make_organisation()), now=NOW).id

    def use():
        people.use_sign_in_link(db.session.get_one(SignInLink, link_id), now=NOW)

    assert in_threads(app, use) == 1


@pytest.mark.both_databases
def test_one_account_when_many_create_it_at_once(app):
    organisation_id = make_organisation().id

    def create():
        organisation = db.session.get_one(people.Organisation, organisation_id)
        people.create_account("a@b.example", organisation, Role.ORGANISER, now=NOW)

    assert in_threads(app, create) == 8
    assert db.session.query(User).count() == db.session.query(Membership).count() == 1


def test_a_dump_of_the_database_holds_no_usable_link():
    link = people.issue_sign_in_link(make_user(make_organisation()), now=NOW)
    stored = {str(value) for value in vars(link).values()}
    assert not any(link.token in value for value in stored)
