"""The programme of another year, its days moved to those of the event: every hour stays as the clock shows it."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from eventapp.agenda.models import BookingMode, Session
from eventapp.exchange import agenda_import, taking, writing
from eventapp.exchange.faults import BadFile
from eventapp.extensions import db
from tests.exchange.test_agenda_import import EXPORTS, REAL, calendar_of, entry
from tests.factories import NOW, make_event, make_session, make_user
from tests.pages import words

JUNE = datetime(2027, 6, 1, 6, tzinfo=UTC)  # 8 h in Paris


@pytest.fixture
def user():
    return make_user()


@pytest.fixture
def event():
    return make_event(slug="juin", starts_at=JUNE, ends_at=JUNE + timedelta(days=3), published_at=None)


def keep(event, content, user):
    content = content.encode() if isinstance(content, str) else content
    return agenda_import.keep(event, "programme", content, now=NOW, by=user, to_first_day=True)


def take_over(event, kept, user):
    changed = agenda_import.take_over(event, kept, replaces=False, now=NOW, by=user)
    db.session.flush()
    return changed


def hours(event):
    return [f"{one.starts_at.astimezone(event.zone):%d/%m %H:%M}" for one in db.session.scalars(Session.of(event))]


@pytest.mark.both_databases
@pytest.mark.parametrize("name", REAL)
def test_real_exports_begin_on_the_first_day_and_a_second_time_change_nothing(user, name):
    later = JUNE + timedelta(days=400)
    event = make_event(slug="apres", starts_at=later, ends_at=later + timedelta(days=3), published_at=None)
    kept = keep(event, (EXPORTS / name).read_bytes(), user)
    assert "Dates décalées de " in " ".join(kept.warnings)
    assert take_over(event, kept, user)
    assert hours(event)[0].startswith("05/07 ")

    again = keep(event, (EXPORTS / name).read_bytes(), user)

    assert agenda_import.preview(event, again).same == 40
    assert not take_over(event, again, user)


def test_winter_hours_stay_the_same_in_summer(event, user):
    night = entry(title="Nuit", starts="DTSTART:20270115T223000Z", ends="DTEND:20270116T003000Z")
    kept = keep(event, calendar_of(entry(), night), user)
    assert "Dates décalées de 138 jours, pour commencer au premier jour de l’événement." in kept.warnings

    take_over(event, kept, user)

    assert hours(event) == ["01/06 10:00", "02/06 23:30"]


def test_required_choices_of_another_event_follow_their_sessions(event, user):
    other = make_event(slug="janvier")
    make_session(other, title="Atelier", slug="atelier", booking=BookingMode.REQUIRED, capacity=5)
    other.choice_required = [f"{other.local_start:%Y-%m-%dT%H:%M}"]
    content = json.dumps(writing.as_dict(taking.take(other)))

    take_over(event, keep(event, content, user), user)

    assert event.choice_required == ["2027-06-01T09:00"]
    assert hours(event) == ["01/06 09:00"]


def test_days_moved_out_of_what_is_a_date_are_refused(event, user):
    last = entry(starts="DTSTART:20990114T090000Z", ends="DTEND:20990114T100000Z")
    first = entry(title="Autre", starts="DTSTART:20020114T090000Z", ends="DTEND:20020114T100000Z")
    with pytest.raises(BadFile) as refused:
        keep(event, calendar_of(first, last), user)
    assert {fault.reason for fault in refused.value.faults} == {"year out of range"}


def test_the_box_of_the_page_moves_them_and_says_so(client, event, user):
    client.sign_in(make_user(event.organisation))
    parts = ["--b", 'Content-Disposition: form-data; name="to_first_day"', "", "y", "--b"]
    parts += ['Content-Disposition: form-data; name="file"; filename="a.ics"', "", calendar_of(entry()), "--b--", ""]
    path = "/gestion/evenements/juin/programme/import"
    assert "Son premier jour devient le mardi 1er juin 2027" in words(client.page(path).main)

    sent = client.post(path, data="\r\n".join(parts).encode(), content_type="multipart/form-data; boundary=b")

    page = words(client.page(sent.location).main)
    assert "Dates décalées de 138 jours" in page
    assert "mardi 1er juin 2027, 10 h" in page
