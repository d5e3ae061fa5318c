from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr

from eventapp.calendars.zones import vtimezone
from eventapp.events.local_times import ZONES

FIXED = [
    "America/Guadeloupe", "America/Martinique", "America/Cayenne", "America/St_Barthelemy", "America/Marigot",
    "Indian/Reunion", "Indian/Mayotte", "Indian/Kerguelen", "Pacific/Noumea", "Pacific/Wallis", "Pacific/Tahiti",
    "Pacific/Marquesas", "Pacific/Gambier",
]  # fmt: skip
CHANGING = ["Europe/Paris", "America/Miquelon", "Europe/Lisbon", "Atlantic/Azores", "America/New_York"]


def offset_of(text):
    sign = -1 if text[0] == "-" else 1
    return sign * timedelta(hours=int(text[1:3]), minutes=int(text[3:5]))


def observances(name):
    """(offset before, offset after, local time of each change from 2019 to 2041) of each observance, read anew."""
    component = vtimezone(name).decode()
    for part in component.split("BEGIN:")[2:]:
        facts = dict(line.split(":", 1) for line in part.split("\r\n") if ":" in line)
        starts = datetime.strptime(facts["DTSTART"], "%Y%m%dT%H%M%S")  # noqa: DTZ007
        changes = [starts]
        if "RRULE" in facts:
            rule = rrulestr(facts["RRULE"], dtstart=starts)
            assert rule[0] == starts
            changes = rule.between(datetime(2019, 1, 1), datetime(2041, 12, 31))  # noqa: DTZ001
        yield offset_of(facts["TZOFFSETFROM"]), offset_of(facts["TZOFFSETTO"]), changes


def offset_by_rules(changes, instant):
    return max((change for change in changes if change[0] <= instant), key=lambda change: change[0])[1]


@pytest.mark.parametrize("name", FIXED + CHANGING)
def test_rules_agree_with_the_zone_every_hour_around_changes_until_2040(name):
    changes = [
        ((local - before).replace(tzinfo=UTC), after) for before, after, all_ in observances(name) for local in all_
    ]
    instants = [datetime(year, month, 15, tzinfo=UTC) for year in range(2020, 2041) for month in range(1, 13)]
    instants += [
        change + timedelta(hours=h) for change, _ in changes if 2020 <= change.year <= 2040 for h in (-1, 0, 1)
    ]
    instants += [change - timedelta(seconds=1) for change, _ in changes if 2020 <= change.year <= 2040]
    zone = ZoneInfo(name)
    assert [i for i in instants if offset_by_rules(changes, i) != i.astimezone(zone).utcoffset()] == []


@pytest.mark.parametrize("name", FIXED)
def test_zones_without_summer_time_have_one_observance_and_no_rule(name):
    component = vtimezone(name)
    assert component.count(b"BEGIN:STANDARD") == 1
    assert b"RRULE" not in component
    assert b"DAYLIGHT" not in component


def test_paris_is_written_as_outlook_wants_it():
    assert vtimezone("Europe/Paris").decode().split("\r\n") == [
        "BEGIN:VTIMEZONE",
        "TZID:Europe/Paris",
        "BEGIN:DAYLIGHT",
        "DTSTART:19700329T020000",
        "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
        "TZNAME:CEST",
        "TZOFFSETFROM:+0100",
        "TZOFFSETTO:+0200",
        "END:DAYLIGHT",
        "BEGIN:STANDARD",
        "DTSTART:19701025T030000",
        "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU",
        "TZNAME:CET",
        "TZOFFSETFROM:+0200",
        "TZOFFSETTO:+0100",
        "END:STANDARD",
        "END:VTIMEZONE",
        "",
    ]


@pytest.mark.parametrize("name", ["UTC", "CET", "Etc/GMT+5", "Africa/Casablanca", "Asia/Gaza", "Europe/Moscow"])
def test_a_zone_without_a_constant_rule_is_left_to_utc(name):
    assert vtimezone(name) is None


def test_every_zone_of_the_forms_has_its_rules():
    assert [name for name in ZONES if vtimezone(name) is None] == []
