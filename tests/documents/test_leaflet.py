"""The programme as a PDF: tagged, of a sheet or two, and of whatever people typed."""

import io
from datetime import timedelta

import pypdf
import pytest

from eventapp.agenda.models import BookingMode, Kind, SpeakerRole
from eventapp.agenda.programme import programme
from eventapp.demonstration.building import DATA
from eventapp.documents import leaflet
from eventapp.exchange import applying, reading
from tests.factories import NOW, STARTS, make_event, make_room, make_session, make_speaker

HOUR = timedelta(hours=1)
HOSTILE = '#read("/etc/passwd") $x$ *gras* \\ `code` <b> @a = b'


@pytest.fixture
def event():
    return make_event(slug="rencontre", title="Rencontre")


def get(client):
    return client.get("/evenements/rencontre/programme.pdf")


def pages(content):
    return [" ".join(page.extract_text().split()) for page in pypdf.PdfReader(io.BytesIO(content)).pages]


def test_the_programme_leads_to_its_leaflet(client, event):
    assert client.page("/evenements/rencontre/programme").select('a[href$=".pdf"]') == []
    assert get(client).status_code == 404
    make_session(event)

    (link,) = client.page("/evenements/rencontre/programme").select('a[href$=".pdf"]')

    answer = client.get(link["href"])
    assert answer.headers["Content-Type"] == "application/pdf"
    assert 'filename="programme-rencontre.pdf"' in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "public, max-age=0, must-revalidate"


def test_it_is_tagged_french_titled_and_has_an_outline_of_headings(client, event):
    make_session(event, title="Ouverture")
    reader = pypdf.PdfReader(io.BytesIO(get(client).data))
    root = reader.trailer["/Root"]

    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "fr"
    assert reader.metadata.title == "Programme\u00a0: Rencontre"
    assert "pdfuaid:part" in root["/Metadata"].get_data().decode()
    assert [role for role in structure(root["/StructTreeRoot"]) if role.startswith("/H")] == ["/H1", "/H2"]


def structure(node):
    for kid in kids(node):
        if isinstance(kid, pypdf.generic.DictionaryObject) and "/S" in kid:
            yield kid["/S"]
            yield from structure(kid)


def kids(node):
    found = node.get("/K", [])
    found = found.get_object() if hasattr(found, "get_object") else found
    return [kid.get_object() for kid in (found if isinstance(found, list) else [found])]


def test_it_says_who_where_and_what_is_not_sure(client, event):
    jeanne = make_speaker(event, last_name="Martin", function="préfète", organisation="Préfecture")
    session = make_session(event, jeanne, title="Aller vers", kind=Kind.WORKSHOP, room=make_room(event, name="Vauban"))
    session.booking, session.capacity, session.description = BookingMode.REQUIRED, 12, "Le **bus**."
    session.appearances[0].role, session.appearances[0].note = SpeakerRole.MODERATOR, "représentée par Luc"
    make_session(event, title="Visite", starts_at=STARTS + HOUR, cancelled_at=NOW)

    (page,) = pages(get(client).data)

    for words in ("9 h 1 h Atelier · Vauban · sur réservation Aller vers", "Le bus.", "Annulé · Intervention Visite",
                  "Mme Jeanne MARTIN, préfète, Préfecture (animation) – représentée par Luc"):  # fmt: skip
        assert words in page, page
    assert "12" not in page.partition("Aller vers")[2].partition("Visite")[0]


def test_parallel_sessions_of_several_days_keep_their_order(client):
    event = make_event(slug="rencontre", ends_at=STARTS + 30 * HOUR)
    for day in (0, 1):
        for n in range(5):
            title = f"Atelier {day}-{n}"
            make_session(event, title=title, starts_at=STARTS + day * 24 * HOUR, room=make_room(event))

    text = " ".join(pages(get(client).data))

    marks = ["Jeudi 14", *(f"Atelier 0-{n}" for n in range(5)), "Vendredi 15", *(f"Atelier 1-{n}" for n in range(5))]
    places = [text.rindex(mark) for mark in marks]
    assert places == sorted(places)


def test_a_long_programme_flows_on_and_loses_nothing(app, event):
    for n in range(120):
        make_session(event, make_speaker(event), title=f"Session numéro {n:03}", starts_at=STARTS + n * HOUR / 30)
    make_session(event, title="Longue", description="Un mot de plus. " * 1_500, starts_at=STARTS + 5 * HOUR)
    make_session(event, title="Dernière", starts_at=STARTS + 6 * HOUR)

    found = pages(leaflet.pdf(leaflet.leaflet(event, programme(event))))

    text = " ".join(found)
    assert len(found) > 5
    assert all(f"Session numéro {n:03}" in text for n in range(120))
    assert text.count("mot") == 1_500
    assert "Dernière" in text
    assert f"{len(found)} / {len(found)}" in found[-1]


@pytest.mark.parametrize(
    "typed", [HOSTILE, "日本 😀 ａ", "שלום مرحبا", "a\u0301\u0323\u200d\u2028b", "x" * 200, "\\u{41} #panic()"]
)
def test_what_people_typed_stays_text(app, event, typed):
    event.title = event.organisation.name = event.contact_name = typed
    room = make_room(event, name=typed[:120])
    speaker = make_speaker(event, civility="#pagebreak()", last_name=typed[:80], function=typed, organisation=typed)
    session = make_session(event, speaker, title=typed, room=room, description=f"{typed}\n\n# {typed}")
    session.appearances[0].note = typed

    (page,) = pages(leaflet.pdf(leaflet.leaflet(event, programme(event))))

    assert "#pagebreak()" in page
    if typed.isascii() and " " in typed:
        assert page.count(typed) >= 3


def test_what_has_no_space_is_broken_within_its_column(app, event):
    """Three beside each other, and one that has the whole width."""
    event.title = "T" * 200
    for letter in "wyz":
        make_session(event, title=letter * 200, description=letter.upper() * 300, room=make_room(event))
    make_session(event, title="k" * 200, starts_at=STARTS + HOUR)

    found = pypdf.PdfReader(io.BytesIO(leaflet.pdf(leaflet.leaflet(event, programme(event)))))
    lines = "\n".join(page.extract_text() for page in found.pages).splitlines()

    most = {"T": 40, "w": 20, "W": 20, "Y": 30, "k": 75}
    for letter, length in most.items():
        runs = [line.count(letter) for line in lines if letter in line]
        assert sum(runs) >= 200, letter
        assert max(runs) <= length, letter


def test_characters_without_a_font_leave_a_place_or_nothing(app, event):
    make_session(event, title="日本 😀 ａ fin")
    (page,) = pages(leaflet.pdf(leaflet.leaflet(event, programme(event))))
    assert "□□ a fin" in page


def test_it_is_made_once_for_a_revision(client, event, kept_pages, monkeypatch):
    make_session(event)
    made = []
    make = leaflet.pdf
    monkeypatch.setattr(leaflet, "pdf", lambda said: made.append(said) or make(said))

    first, second = get(client), get(client)
    assert len(made) == 1
    assert (first.data, first.get_etag()) == (second.data, second.get_etag())
    event.revision, event.title = 2, "Autre titre"
    assert "Autre titre" in pages(get(client).data)[0]


def test_a_draft_has_none(client, event):
    make_session(event)
    event.published_at = None
    assert get(client).status_code == 404


@pytest.mark.parametrize("name", ["rencontres-a-venir", "rencontres-2021"])
def test_the_demonstration_holds_on_a_sheet_or_two(app, name):
    file = reading.read_bytes((DATA / f"{name}.json").read_bytes())
    event = applying.create_from(file, now=NOW, by=None)
    assert len(pages(leaflet.pdf(leaflet.leaflet(event, programme(event))))) <= 2
