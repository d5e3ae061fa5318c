"""Whatever is typed anywhere comes out of calendars as text, the same for four programs, and never as anything else."""

import re

import vobject
from flask import current_app
from hypothesis import given, settings
from hypothesis import strategies as st

from eventapp.accounts.models import Organisation
from eventapp.agenda.models import SpeakerRole
from eventapp.calendars import mail
from eventapp.calendars.entries import LONGEST_LINE, shorten
from eventapp.calendars.files import download, feed
from eventapp.events.models import Venue
from eventapp.extensions import db
from eventapp.markdown import plain
from eventapp.text import many_lines, one_line
from tests import factories
from tests.calendars.lint import faults, lines, names
from tests.calendars.readers import QUICK, icaljs
from tests.calendars.rows import CHANGED, add_speaker, links, make_event, make_session

NASTY = [
    "\x00", "\x0b\x1f\x7f\x85", "\u2028", "\u2029", "\ufeff", "\u202eabc", "שלום, عليكم", "👩‍👩‍👧‍👦", "ab" * 150,
    "e\u0301" * 40, ";", ",", "\\", "\\n", "\\N", "\\,", "\\;", '"', "^n", "^'", "\r\n", "\n ", "\r", "\t", " ", ":",
    "\r\nEND:VEVENT\r\n", "BEGIN:VALARM", "METHOD:CANCEL", "mailto:a@b.example", "**", "<b>", "&amp;", "{{ 7*7 }}",
]  # fmt: skip
TEXT = st.lists(st.sampled_from(NASTY) | st.text(st.characters(), max_size=30), max_size=8).map("".join)
NAMES = ("title", "summary", "description", "room", "venue", "speaker", "organisation")
FIELDS = st.fixed_dictionaries(dict.fromkeys(NAMES, TEXT))


def rows_of(texts):
    """An event with all of these, and a session of it."""
    event = make_event(
        title=texts["title"], summary=texts["summary"], description=texts["description"],
        venue=Venue(name=texts["venue"], address=texts["venue"], postcode="", city=texts["room"]),
        organisation=Organisation(name=texts["organisation"], email="sgar@rencontres.example"),
    )  # fmt: skip
    session = make_session(event, room=texts["room"], title=texts["summary"], description=texts["description"])
    speaker = {"first_name": texts["speaker"], "function": texts["title"], "organisation": texts["organisation"]}
    add_speaker(session, role=SpeakerRole.MODERATOR, note=texts["speaker"], **speaker)
    return event, session


def truth(row, texts):
    """Title, place and the words of the description: controls and invisible marks taken out, spaces made single on a
    line, lines cut at two hundred characters."""
    event = getattr(row, "event", row)
    room = [] if row is event else [texts["room"]]
    first = texts["summary"] if row is event else event.title
    words = "\n\n".join(filter(None, map(many_lines, (first, plain(texts["description"])))))
    return cut(row.title), cut(", ".join(filter(None, [*room, event.venue.one_line]))), words


def cut(text):
    return shorten(one_line(text), LONGEST_LINE)


def assert_read(content, rows, texts):
    """By four programs, which agree to the letter."""
    assert faults(content) == []
    first, *others = [read(content) for read in QUICK]
    assert all(entries == first for entries in others)
    for entry, row in zip(first, rows, strict=True):
        title, location, words = truth(row, texts)
        assert (entry.title, entry.location) == (title, location)
        assert entry.description.startswith(words)
        assert entry.description.endswith(links(row))


def shape(content):
    """What a text could only change by being more than text."""
    may_be_missing = {"SUMMARY", "LOCATION", "NAME", "X-WR-CALNAME"}
    return [name for name in names(content) if name not in may_be_missing]


def request(row):
    return mail.request(row, GUEST, links, organiser="rencontres@sgar.example", sequence=1, stamp=CHANGED)


@settings(max_examples=25)
@given(FIELDS)
def test_any_text_goes_through_a_download_a_feed_and_a_mail(texts):
    event, session = rows_of(texts)
    subscription = feed(texts["title"], [event, session], links, zone="Europe/Paris", now=CHANGED)
    for content, rows in ((download(event, links), [event]), (subscription, [event, session])):
        assert_read(content, rows, texts)
    assert_read(request(session), [session], texts)
    assert shape(request(session)) == SHAPE


@settings(max_examples=20)
@given(TEXT)
def test_any_name_of_an_organisation_stays_inside_its_parameter(name):
    event = make_event(organisation=Organisation(name=name, email="sgar@rencontres.example"))
    content = request(event)
    (line,) = [line for line in lines(content) if line.startswith("ORGANIZER")]
    ours = " ".join(re.sub(r"[\"^]", " ", one_line(name)).split())
    said = re.fullmatch(r'ORGANIZER(?:;CN=(?:"([^"]*)"|([^";:,]*)))?:mailto:rencontres@sgar\.example', line)
    assert faults(content) == []
    assert " ".join(filter(None, said.groups())).split() == ours.split()
    (calendar,) = vobject.readComponents(content.decode())
    assert calendar.vevent.organizer.value == "mailto:rencontres@sgar.example"


@settings(max_examples=12)
@given(FIELDS)
def test_feeds_answer_whatever_one_organisation_typed(texts):
    """A row as a careless import could have left it."""
    texts = {name: re.sub("[\ud800-\udfff]", "", text)[:120] for name, text in texts.items()}
    event = factories.make_event(title=texts["title"], summary=texts["summary"], description=texts["description"])
    event.organisation.name, event.venue = texts["organisation"], Venue(name=texts["venue"], city=texts["room"])
    room = factories.make_room(event, name=texts["room"])
    session = factories.make_session(event, room=room, title=texts["summary"], description=texts["description"])
    db.session.commit()
    page = f"/evenements/{event.slug}/"
    paths = ["/calendrier.ics", f"{page}evenement.ics", f"{page}calendrier.ics", f"{page}sessions/{session.slug}.ics"]
    for path in paths:
        response = current_app.test_client().get(path)
        assert (response.status_code, faults(response.data)) == (200, [])
    assert [entry.title for entry in icaljs.read(response.data)] == [cut(texts["summary"])]


GUEST = type("Guest", (), {"email": "zoe@agents.example", "first_name": "Zoé", "last_name": "Le Gall"})
SHAPE = shape(request(rows_of(dict.fromkeys(NAMES, "x"))[1]))
