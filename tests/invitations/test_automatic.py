from datetime import UTC, datetime, timedelta

import pytest

from eventapp.extensions import db
from eventapp.invitations import automatic, departures
from eventapp.invitations.campaign_models import Campaign, CampaignState
from eventapp.letters.models import LetterKind
from eventapp.registrations.models import Status
from tests.factories import ENDS, NOW, STARTS, make_event, make_guest, make_invitation, make_registration, make_user

DEADLINE = datetime(2027, 1, 7, 11, 0, tzinfo=UTC)  # noon in Paris
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def plan(event, kind, days, now=NOW):
    return automatic.add(event, kind, days, now=now, by=make_user(event.organisation))


def run(now):
    for number in automatic.due(now=now):
        automatic.send(number, now=now)
    for number in departures.due(now=now):
        departures.advance(number, now=now)


@pytest.mark.both_databases
def test_a_reminder_leaves_so_many_days_before_the_deadline_to_the_silent(outbox):
    event = make_event(closes_at=DEADLINE)
    silent = make_guest(event)
    make_invitation(silent)
    make_guest(event)  # not invited
    plan(event, LetterKind.REMINDER, 7)

    run(DEADLINE - 7 * DAY - HOUR)
    assert outbox() == []
    run(DEADLINE - 7 * DAY)

    assert [(m.letter, m.to) for m in outbox()] == [("invitations/reminder", silent.email)]


@pytest.mark.both_databases
def test_it_leaves_once_whatever_the_clock_does(outbox):
    """P11, D11: an hour forward, an hour back, and forward again."""
    event = make_event(closes_at=DEADLINE)
    make_invitation(make_guest(event))
    plan(event, LetterKind.REMINDER, 7)
    leaves = DEADLINE - 7 * DAY

    for moment in (leaves + HOUR, leaves - HOUR, leaves, leaves + HOUR, leaves + DAY + HOUR):
        run(moment)

    assert len(outbox()) == 1
    assert db.session.scalar(db.select(db.func.count(Campaign.id))) == 1


def test_one_with_nobody_concerned_has_left_all_the_same(outbox):
    event = make_event(closes_at=DEADLINE)
    letter = plan(event, LetterKind.REMINDER, 7)
    run(DEADLINE - 7 * DAY)
    make_invitation(make_guest(event))

    run(DEADLINE - 6 * DAY)
    run(DEADLINE - 6 * DAY)

    assert outbox() == []
    assert automatic.campaign_of(letter).state is CampaignState.DONE


def test_it_follows_the_event_that_moves(outbox):
    event = make_event()
    make_registration(event)
    letter = plan(event, LetterKind.PRACTICAL, 3)
    event.starts_at, event.ends_at = STARTS + 30 * DAY, ENDS + 30 * DAY

    run(STARTS - 3 * DAY + HOUR)
    assert outbox() == []
    assert automatic.leaves_at(letter) == STARTS + 27 * DAY


def test_the_practical_note_goes_to_those_who_have_a_place_then(outbox):
    event = make_event()
    plan(event, LetterKind.PRACTICAL, 3)
    seated = make_registration(event)
    make_registration(event, status=Status.WAITING)

    run(STARTS - 3 * DAY)

    assert [(m.letter, m.to) for m in outbox()] == [("invitations/practical", seated.email)]


def test_thanks_leave_after_the_end(outbox):
    event = make_event()
    seated = make_registration(event)
    plan(event, LetterKind.THANKS, 1)

    run(ENDS)
    assert outbox() == []
    run(ENDS + DAY)

    assert [(m.letter, m.to) for m in outbox()] == [("invitations/thanks", seated.email)]


@pytest.mark.parametrize(
    ("closes_at", "leaves"),
    [
        (datetime(2027, 1, 7, 22, 59, tzinfo=UTC), datetime(2027, 1, 5, 7, 0, tzinfo=UTC)),  # 23 h 59 → 8 h
        (datetime(2027, 1, 7, 5, 0, tzinfo=UTC), datetime(2027, 1, 5, 7, 0, tzinfo=UTC)),  # 6 h → 8 h
        (datetime(2027, 1, 7, 18, 59, tzinfo=UTC), datetime(2027, 1, 5, 18, 59, tzinfo=UTC)),  # 19 h 59
    ],
)
def test_nothing_leaves_at_night(closes_at, leaves):
    assert automatic.leaves_at(plan(make_event(closes_at=closes_at), LetterKind.REMINDER, 2)) == leaves


def test_thanks_for_an_evening_wait_for_the_morning_after():
    event = make_event(ends_at=datetime(2027, 1, 14, 20, 30, tzinfo=UTC))

    assert automatic.leaves_at(plan(event, LetterKind.THANKS, 1)) == datetime(2027, 1, 16, 7, 0, tzinfo=UTC)


def test_the_local_hour_is_kept_when_clocks_change():
    """Clocks go back on 25 October 2026: 10 h stays 10 h."""
    event = make_event(closes_at=datetime(2026, 10, 27, 9, 0, tzinfo=UTC))
    letter = plan(event, LetterKind.REMINDER, 5, now=datetime(2026, 10, 1, tzinfo=UTC))

    assert automatic.leaves_at(letter) == datetime(2026, 10, 22, 8, 0, tzinfo=UTC)


def test_one_that_could_not_leave_in_time_is_missed_and_said_so(outbox):
    event = make_event(closes_at=DEADLINE)
    make_invitation(make_guest(event))
    letter = plan(event, LetterKind.REMINDER, 1)

    run(DEADLINE)

    assert outbox() == []
    assert automatic.shown(letter, now=DEADLINE).is_missed


@pytest.mark.parametrize("facts", [{"published_at": None}, {"cancelled_at": NOW}])
def test_nothing_leaves_of_an_event_withdrawn_or_cancelled(outbox, facts):
    event = make_event()
    make_registration(event)
    plan(event, LetterKind.PRACTICAL, 3)
    for name, value in facts.items():
        setattr(event, name, value)

    run(STARTS - 2 * DAY)

    assert outbox() == []


def test_a_stopped_one_stays_until_it_is_restarted(outbox):
    event = make_event()
    make_registration(event)
    letter = plan(event, LetterKind.PRACTICAL, 3)
    automatic.stop(letter, now=NOW, by=make_user())
    run(STARTS - 3 * DAY)
    assert outbox() == []

    with pytest.raises(automatic.DateGone):
        automatic.restart(letter, now=STARTS - 3 * DAY, by=make_user())
    automatic.restart(letter, now=NOW, by=make_user())
    run(STARTS - 3 * DAY)

    assert len(outbox()) == 1
    with pytest.raises(automatic.HasLeft):
        automatic.stop(letter, now=STARTS, by=make_user())


def test_what_is_planned_already_or_too_late_is_refused():
    event = make_event(closes_at=DEADLINE)
    plan(event, LetterKind.REMINDER, 7)

    with pytest.raises(automatic.AlreadyPlanned):
        plan(event, LetterKind.REMINDER, 7)
    with pytest.raises(automatic.DateGone):
        plan(event, LetterKind.REMINDER, 80)


def test_words_say_when():
    event = make_event()
    letters = [plan(event, LetterKind.PRACTICAL, 3), plan(event, LetterKind.THANKS, 1)]

    assert [automatic.in_words(letter).replace("\u00a0", " ") for letter in letters] == [
        "Note pratique 3 jours avant le début",
        "Remerciements 1 jour après la fin",
    ]
