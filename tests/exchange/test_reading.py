import copy
import json

import pytest

from eventapp.agenda.models import Kind
from eventapp.exchange import reading, writing
from eventapp.exchange.faults import SENTENCES, BadFile, NotAnEventFile
from tests.exchange.files import MINIMAL, WHOLE

DELETE = object()


def changed(path, value):
    """The whole file with one value replaced; path: keys and indexes."""
    file = copy.deepcopy(WHOLE)
    at = file
    for key in path[:-1]:
        at = at[key]
    if value is DELETE:
        del at[path[-1]]
    else:
        at[path[-1]] = value
    return file


def faults_of(file):
    with pytest.raises(BadFile) as refusal:
        reading.read(file)
    assert all(fault.sentence for fault in refusal.value.faults)
    return [str(fault) for fault in refusal.value.faults]


def test_a_whole_file_is_written_as_it_was_read():
    assert writing.as_dict(reading.read(WHOLE)) == WHOLE


def test_optional_keys_may_be_absent():
    file = reading.read(MINIMAL)
    assert (file.timezone, file.sessions, file.registration.waiting_list) == ("Europe/Paris", (), True)


def test_null_is_absent():
    assert reading.read(MINIMAL | {"venue": None, "sessions": None, "report": None}) == reading.read(MINIMAL)


BAD = [
    (("format",), 2, "format: must be 1"),
    (("format",), DELETE, "format: missing"),
    (("title",), DELETE, "title: missing"),
    (("title",), "", "title: empty"),
    (("title",), " \u0007 ", "title: empty"),
    (("title",), 3, "title: not a text"),
    (("title",), "x" * 201, "title: longer than 200 characters"),
    (("slug",), "Été", "slug: not a slug"),
    (("slug",), "a" * 81, "slug: longer than 80 characters"),
    (("slug",), "a\n", "slug: not a slug"),
    (("timezone",), "Mars/Olympus", "timezone: unknown time zone"),
    (("timezone",), "../../etc/passwd", "timezone: unknown time zone"),
    (("starts_at",), "demain", "starts_at: not a local time"),
    (("starts_at",), 20270114, "starts_at: not a local time"),
    (("starts_at",), "1999-01-01T00:00", "starts_at: year out of range"),
    (("ends_at",), "2027-03-28T02:30", "ends_at: this local time does not exist"),
    (("ends_at",), "2027-10-31T02:30", "ends_at: ambiguous local time, give its offset"),
    (("ends_at",), "2027-10-31T02:30+05:00", "ends_at: offset not of this time zone"),
    (("ends_at",), "2027-01-14T08:00", "ends_at: before starts_at"),
    (("ends_at",), "2027-01-14T09:00", "ends_at: equal to starts_at"),
    (("organisation",), [], "organisation: not an object"),
    (("organisation", "name"), DELETE, "organisation.name: missing"),
    (("organisation", "email"), "à tous", "organisation.email: not an e-mail address"),
    (("venue", "latitude"), 91, "venue.latitude: not between -90 and 90"),
    (("venue", "latitude"), "50", "venue.latitude: not a number"),
    (("venue", "postcode"), 59000, "venue.postcode: not a text"),
    (("contact", "phone"), "12", "contact.phone: not a telephone number"),
    (("registration", "audience"), "all", "registration.audience: not one of public, invited"),
    (("registration", "audience"), [], "registration.audience: not one of public, invited"),
    (("registration", "capacity"), -1, "registration.capacity: not between 0 and 1000000"),
    (("registration", "capacity"), 2**40, "registration.capacity: not between 0 and 1000000"),
    (("registration", "capacity"), True, "registration.capacity: not a whole number"),
    (("registration", "capacity"), "250", "registration.capacity: not a whole number"),
    (("registration", "per_structure"), 0, "registration.per_structure: not between 1 and 1000000"),
    (("registration", "waiting_list"), "oui", "registration.waiting_list: not true or false"),
    (("registration", "structures"), [{"id_fs": "1"}], "registration.structures[0].places: missing"),
    (("registration", "structures"), [{"id_fs": "1", "places": 1}] * 2, "registration.structures[1].id_fs: used twice"),
    (("registration", "changes_until"), "demain", "registration.changes_until: not a local time"),
    (("registration", "closes_at"), "2026-10-01T09:00", "registration.closes_at: before opens_at"),
    (("categories",), {}, "categories: not a list"),
    (("categories", 0), "agents", "categories[0]: not an object"),
    (("categories", 0, "capactiy"), 3, "categories[0].capactiy: unknown key"),
    (("rooms", 1, "slug"), "amphi", "rooms[1].slug: used twice"),
    (("sessions", 1, "ends_at"), "2027-01-14T13:00", "sessions[1].ends_at: before starts_at"),
    (("sessions", 1, "room"), "cave", "sessions[1].room: unknown room"),
    (("sessions", 0, "kind"), "party", f"sessions[0].kind: not one of {', '.join(Kind)}"),
    (("sessions", 0, "online_url"), "javascript:alert(1)", "sessions[0].online_url: not a web address"),
    (("sessions", 0, "speakers", 0, "speaker"), "x", "sessions[0].speakers[0].speaker: unknown speaker"),
    (("sessions", 0, "speakers", 0, "speaker"), "jeanne-martin", "sessions[0].speakers[1].speaker: used twice"),
    (("choice_required", 0), "2027-01-14T15:00", "choice_required[0]: no session to book starts then"),
    (("choice_required", 0), 14, "choice_required[0]: not a local time"),
    (("questions", 1, "choices"), [], "questions[1].choices: needs choices"),
    (("questions", 1, "choices"), ["a", "a"], "questions[1].choices: used twice"),
    (("questions", 1, "choices"), ["a", 2], "questions[1].choices[1]: not a text"),
    (("questions", 0, "choices"), ["a"], "questions[0].choices: only for choice and choices"),
    (("questions", 0, "shown_if"), {"question": "menu", "is": "x"},
     "questions[0].shown_if.question: not an earlier question"),
    (("questions", 1, "shown_if"), {"question": "x", "is": 1}, "questions[1].shown_if.question: unknown question"),
    (("questions", 1, "shown_if"), {"question": "repas"}, "questions[1].shown_if.is: missing"),
    (("questions", 1, "shown_if"), {"question": "repas", "is": []},
     "questions[1].shown_if.is: not a text, number, true or false"),
    (("status",), "ready", "status: not one of draft, published, cancelled"),
    (("rooms",), [{"slug": "x", "name": "x"}] * 501, "rooms: more than 500 items"),
    (("extra\u2028",), 1, "extra: unknown key"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "value", "fault"), BAD)
def test_a_fault_is_named_with_its_path(path, value, fault):
    assert fault in faults_of(changed(path, value))


def test_every_fault_is_listed_at_once():
    file = changed(("sessions", 0, "ends_at"), "2027-01-14T08:00") | {"slug": "?", "title": ""}
    assert faults_of(file) == ["sessions[0].ends_at: before starts_at", "slug: not a slug", "title: empty"]


@pytest.mark.parametrize("data", [None, [], "x", 3, True])
def test_what_is_no_object_is_refused(data):
    assert list(faults_of(data)) == ["file: not an object"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe{}",
        b"PK\x03\x04",
        b"[" * 100_000,
        b'{"title": NaN}',
        b"1" * 5_000,
        b'{"slug": 1, "slug": 2}',
    ],
)
def test_what_is_no_json_is_refused_in_one_sentence(content):
    with pytest.raises(NotAnEventFile):
        reading.read_bytes(content)


def test_a_huge_file_is_refused_before_it_is_parsed():
    with pytest.raises(reading.FileTooLarge):
        reading.read_bytes(b" " * (reading.LARGEST_FILE + 1))


def test_a_byte_order_mark_is_no_fault():
    assert reading.read_bytes(b"\xef\xbb\xbf" + json.dumps(MINIMAL).encode()).slug == "minimal"


def test_control_characters_become_spaces():
    file = reading.read(MINIMAL | {"title": "Un\u0000deux\u2028trois", "description": "a\u0007b\nc\u2029d"})
    assert (file.title, file.description) == ("Un deux trois", "a b\nc d")


def test_half_a_surrogate_pair_becomes_a_space():
    assert reading.read_bytes(json.dumps(MINIMAL | {"title": "a\ud800b"}).encode()).title == "a b"


def test_an_ambiguous_time_keeps_its_offset():
    file = reading.read(MINIMAL | {"starts_at": "2027-10-31T02:30+01:00", "ends_at": "2027-10-31T09:00"})
    assert writing.as_dict(file)["starts_at"] == "2027-10-31T02:30+01:00"


def test_every_reason_has_its_french_sentence():
    assert all(SENTENCES.values())
