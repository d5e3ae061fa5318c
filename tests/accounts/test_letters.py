"""What the letters of accounts say, and when they are not sent any more."""

from datetime import timedelta

import pytest

from eventapp.accounts import notices, people
from eventapp.accounts.models import Role, SignInLink
from eventapp.clock import utcnow
from eventapp.extensions import db
from eventapp.outbox.letters import NothingToSay
from eventapp.outbox.rendering import reading, render
from tests.factories import make_organisation, make_user


def read(message):
    db.session.commit()
    with reading():
        return render(message)


def test_a_link_that_was_asked_for(outbox):
    user = make_user(make_organisation())
    people.ask_for_link(user.email, now=utcnow())
    rendered = read(outbox()[0])
    url = notices.link_url(db.session.scalars(db.select(SignInLink)).one())
    assert rendered.subject == "Votre lien de connexion"
    assert url in rendered.text
    assert f'href="{url}"' in rendered.html


def test_a_link_to_nobody_or_out_of_date_is_not_sent(outbox):
    user = make_user(make_organisation())
    people.ask_for_link("inconnu@sgar.example", now=utcnow())
    people.ask_for_link(user.email, now=utcnow() - timedelta(hours=1))
    for message in outbox():
        with pytest.raises(NothingToSay):
            read(message)


def test_an_invitation_says_who_invites_where(outbox):
    organisation = make_organisation(name="SGAR d’Île-de-France & Cie")
    boss = make_user(organisation, Role.ADMINISTRATOR, name="Anne <b>Roy</b>")
    people.invite_colleague(organisation, "paul@sgar.example", "", Role.ORGANISER, by=boss, now=utcnow())
    rendered = read(outbox()[0])
    assert rendered.subject == "Rejoignez l’équipe SGAR d’Île-de-France & Cie"
    assert "Anne <b>Roy</b> vous ajoute" in rendered.text
    assert "Anne &lt;b&gt;Roy&lt;/b&gt; vous ajoute" in rendered.html
    assert rendered.contents.reply_to == organisation.email


def test_a_changed_password_is_told(outbox):
    user = make_user(make_organisation())
    notices.password_changed(user, now=utcnow())
    assert user.email in read(outbox()[0]).text
