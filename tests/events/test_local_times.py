from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventapp.events import local_times
from eventapp.events.local_times import parse_iso, parse_local, shifted, to_iso

PARIS = "Europe/Paris"


def test_a_winter_time_is_one_hour_after_utc():
    assert parse_iso("2027-01-14T09:00", PARIS) == datetime(2027, 1, 14, 8, 0, tzinfo=UTC)


def test_a_time_of_the_overseas_is_in_its_own_zone():
    assert parse_local("2027-01-14", "09:00", "Indian/Reunion") == datetime(2027, 1, 14, 5, 0, tzinfo=UTC)


def test_an_hour_skipped_in_spring_is_refused_in_words():
    with pytest.raises(local_times.SkippedTime) as refusal:
        parse_local("2027-03-28", "02:30", PARIS, field="starts_at")
    assert str(refusal.value) == (
        "Le dimanche 28 mars 2027 à 2\u00a0h\u00a030 n’existe pas\u00a0: "
        "les horloges avancent d’une heure cette nuit-là."
    )
    assert refusal.value.field == "starts_at"


def test_an_hour_repeated_in_autumn_asks_for_a_choice():
    with pytest.raises(local_times.RepeatedTime) as refusal:
        parse_iso("2027-10-31T02:30", PARIS)
    assert refusal.value.offsets == ("+02:00", "+01:00")


@pytest.mark.parametrize(("offset", "hour"), [("+02:00", 0), ("+01:00", 1)])
def test_an_offset_chooses_between_the_two(offset, hour):
    assert parse_iso(f"2027-10-31T02:30{offset}", PARIS) == datetime(2027, 10, 31, hour, 30, tzinfo=UTC)


def test_an_offset_of_another_zone_is_refused():
    with pytest.raises(local_times.WrongOffset):
        parse_iso("2027-01-14T09:00+05:00", PARIS)


@pytest.mark.parametrize(
    "text",
    ["", "demain", "2027-02-30T09:00", "2027-01-14", "2027-01-14T25:00", "2027-01-14T09:00:00.5", "20270114T0900"],
)
def test_what_is_no_time_is_refused(text):
    with pytest.raises(local_times.NotATime):
        parse_iso(text, PARIS)


@pytest.mark.parametrize("text", ["1999-12-31T09:00", "0001-01-01T00:00", "9999-12-31T23:59"])
def test_a_year_far_away_is_refused(text):
    with pytest.raises(local_times.YearOutOfRange):
        parse_iso(text, PARIS)


@pytest.mark.parametrize(
    "text", ["2027-01-14T09:00", "2027-10-31T02:30+01:00", "2027-10-31T02:30+02:00", "2027-07-01T09:00:30"]
)
def test_writing_gives_back_what_was_read(text):
    assert to_iso(parse_iso(text, PARIS), PARIS) == text


@given(
    moment=st.datetimes(datetime(2001, 1, 1), datetime(2099, 1, 1)),  # noqa: DTZ001 - made aware below
    zone=st.sampled_from([PARIS, "America/Guadeloupe", "America/Miquelon", "Australia/Lord_Howe", "UTC"]),
)
def test_every_instant_survives_a_round_trip(moment, zone):
    moment = moment.replace(tzinfo=UTC, microsecond=0)
    assert parse_iso(to_iso(moment, zone), zone) == moment


def test_shifting_keeps_the_hour_across_a_change_of_clocks():
    winter = parse_iso("2027-01-14T09:00", PARIS)
    assert to_iso(shifted(winter, PARIS, timedelta(days=180)), PARIS) == "2027-07-13T09:00"


@pytest.mark.parametrize(("name", "known"), [(PARIS, True), ("UTC", True), ("Mars/Olympus", False), ("../etc", False)])
def test_zones_are_known_or_not(name, known):
    assert local_times.is_zone(name) is known
