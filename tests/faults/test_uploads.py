"""F1, F2, F4, P6, P14 and « Bad input » through the web forms: one French sentence, and nothing half-written."""

import io
import json
import time
import zipfile

import pytest

from eventapp.exchange import taking, writing
from eventapp.extensions import db
from eventapp.invitations.models import Guest, GuestImport
from tests.faults.world import build, dump
from tests.pages import parse, words

MEGABYTE = 1_000_000
SECONDS = 5
GOOD = "Nom;Adresse électronique\r\nDurand;a.durand@agents.example\r\n"
MACHINE = ("Traceback", "Error", "Exception", "None", "codec", "sqlite", "psycopg")


def zipped(*parts):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts:
            archive.writestr(name, text)
    return content.getvalue()


WORKBOOK = (("[Content_Types].xml", "<Types/>"), ("xl/workbook.xml", "<workbook/>"))
GUEST_FILES = {
    "empty": b"",
    "not a spreadsheet": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj",
    "an image": b"\x89PNG\r\n\x1a\n" + b"\0" * 500,
    "wrong columns": "Prix;Quantité\r\n1;2\r\n".encode(),
    "UTF-16": GOOD.encode("utf-16"),
    "NUL": GOOD.encode().replace(b"Durand", b"Du\0rand"),
    "a hundred thousand columns": b";".join(b"c%d" % n for n in range(100_000)) + b"\r\n",
    "a zip bomb": zipped(*WORKBOOK, ("xl/worksheets/sheet1.xml", b"0" * 200 * MEGABYTE)),
    "a zip in a zip": zipped(("a.zip", zipped(("b", b"0" * MEGABYTE)))),
    "entities": zipped(*WORKBOOK, ("xl/worksheets/sheet1.xml", '<!DOCTYPE a [<!ENTITY b "cc">]><a>&b;</a>')),
    "half a workbook": zipped(*WORKBOOK)[:100],
}
NAMES = ["../../x.csv", "a\r\nSet-Cookie: x=1.csv", "é" * 300 + ".csv", "<script>alert(1)</script>.csv", ".", "x\0.csv"]


@pytest.fixture
def side(client):
    side = build()
    client.sign_in(side.organiser)
    return side


def send(client, path, content, name="invites.csv"):
    header = f'Content-Disposition: form-data; name="file"; filename="{name}"'.encode()
    body = b"--b\r\n" + header + b"\r\nContent-Type: text/csv\r\n\r\n" + content + b"\r\n--b--\r\n"
    began = time.process_time()
    response = client.post(path, data=body, content_type="multipart/form-data; boundary=b")
    assert time.process_time() - began < SECONDS
    return response


def check_refused(response):
    """The page says it in French, above the form, without the words of a machine."""
    assert response.status_code == 422
    said = words(parse(response).find(id="erreurs"))
    assert said.endswith("."), said
    assert not [word for word in MACHINE if word in said], said


@pytest.mark.parametrize("fault", GUEST_FILES)
def test_a_bad_guest_file_is_refused_and_leaves_nothing(client, side, fault):
    before = dump()
    check_refused(send(client, f"/gestion/evenements/{side.event.slug}/invites/import", GUEST_FILES[fault]))
    assert dump() == before


@pytest.mark.parametrize("path", [
    "/gestion/evenements/{}/invites/import", "/gestion/evenements/fichier", "/gestion/evenements/{}/programme/import",
])  # fmt: skip
def test_ten_megabytes_are_refused_by_a_page(client, side, path):
    before = dump()
    response = send(client, path.format(side.event.slug), b"a" * 10 * MEGABYTE)
    assert response.status_code == 413
    assert "dépasse" in words(parse(response).select_one("#file-error"))
    assert dump() == before


@pytest.mark.both_databases
@pytest.mark.parametrize("name", NAMES)
def test_the_name_of_a_file_is_only_a_text(client, side, name):
    response = send(client, f"/gestion/evenements/{side.event.slug}/invites/import", GOOD.encode(), name)
    assert "x=1" not in response.headers.get("Set-Cookie", "")
    if response.status_code == 303:
        kept = db.session.scalar(db.select(GuestImport.filename).order_by(GuestImport.id.desc()))
        assert kept.isprintable()
        assert len(kept) <= 200
        assert not parse(client.get(response.location)).main.find_all("script")
    else:
        check_refused(response)


@pytest.mark.both_databases
def test_bad_lines_do_not_cost_the_good_ones(client, side):
    """P14."""
    lines = [
        "Nom;Adresse électronique",
        "Un;un@agents.example",
        ";sans.nom@agents.example",
        "Deux;pas une adresse",
        "T" * 300 + ";trois@agents.example",
        "<b>Quatre</b>;quatre@agents.example",
        "Cinq",
        "Six;six@agents.example;trop",
    ]
    before = db.session.scalar(db.select(db.func.count(Guest.id)))
    content = "\r\n".join(lines).encode()
    shown = send(client, f"/gestion/evenements/{side.event.slug}/invites/import", content)
    page = client.page(shown.location)
    for number in (3, 4, 5, 7):
        assert str(number) in words(page.main)
    assert client.post(f"{shown.location}/application").status_code == 303
    assert db.session.scalar(db.select(db.func.count(Guest.id))) == before + 3


def event_file(side, **changes):
    return writing.as_dict(taking.take(side.event)) | {"slug": "importe"} | changes


EVENT_FILES = {
    "deep": lambda _side: b'{"title":' + b"[" * 100_000,
    "deep and closed": lambda _side: b"[" * 50_000 + b"]" * 50_000,
    "three megabytes": lambda side: json.dumps(event_file(side, description="a" * 3 * MEGABYTE)).encode(),
    "NaN": lambda side: json.dumps(event_file(side, format=float("nan"))).encode(),
    "infinite": lambda side: json.dumps(event_file(side)).replace('"format": 1', '"format": 1e999').encode(),
    "endless number": lambda side: json.dumps(event_file(side)).replace(": 1,", ": " + "1" * 9_000 + ",", 1).encode(),
    "same key twice": lambda side: json.dumps(event_file(side)).replace("{", '{"slug": "autre", ', 1).encode(),
    "half a surrogate": lambda side: json.dumps(event_file(side, title="\ud800")).encode(),
    "NUL": lambda side: json.dumps(event_file(side, slug="a\0b")).encode(),
    "another format": lambda side: json.dumps(event_file(side, format=2)).encode(),
    "a list": lambda _side: b"[1, 2]",
    "not JSON": lambda _side: b"slug: colloque",
    "not UTF-8": lambda _side: '{"title": "é"}'.encode("latin-1"),
    "UTF-16": lambda side: json.dumps(event_file(side)).encode("utf-16"),
    "large capacity": lambda side: json.dumps(
        event_file(side, registration={"audience": "public", "capacity": 2**63})
    ).encode(),
    "a taken address": lambda side: json.dumps(event_file(side, slug=side.event.slug)).encode(),
    "a foreign organisation": lambda side: json.dumps(
        event_file(side, organisation={"slug": build().organisation.slug, "name": "Autre"})
    ).encode(),
    "year 1": lambda side: json.dumps(event_file(side, starts_at="0001-01-01T00:00")).encode(),
    "an unknown zone": lambda side: json.dumps(event_file(side, timezone="../../etc/passwd")).encode(),
    "many faults": lambda side: json.dumps(event_file(side, sessions=[{}] * 2_000)).encode(),
}  # fmt: skip


@pytest.mark.both_databases
@pytest.mark.parametrize("fault", EVENT_FILES)
def test_a_bad_event_file_is_refused_and_leaves_nothing(client, side, fault):
    content = EVENT_FILES[fault](side)
    before = dump()
    check_refused(send(client, "/gestion/evenements/fichier", content, "evenement.json"))
    assert dump() == before


def test_the_event_file_refused_above_is_a_good_one(client, side):
    """The control."""
    response = send(client, "/gestion/evenements/fichier", json.dumps(event_file(side)).encode(), "evenement.json")
    assert response.status_code == 303


CALENDAR = b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:x\r\nDTSTART:20270101T080000Z\r\nDURATION:PT1H\r\n"
AGENDAS = {
    "empty lines": b"BEGIN:VCALENDAR" + b"\n" * 2 * MEGABYTE,
    "short lines": b"BEGIN:VCALENDAR" + b"\na" * MEGABYTE,
    "folded lines": CALENDAR + b"DESCRIPTION:a" + b"\r\n b" * (MEGABYTE // 4),
    "parameters": CALENDAR + b"SUMMARY" + b";A=b" * (MEGABYTE // 4) + b":x",
    "quotes": CALENDAR + b'LOCATION;X="' * (MEGABYTE // 12),
    "components in components": CALENDAR + b"BEGIN:VALARM\r\n" * (MEGABYTE // 14),
    "50,000 entries": b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\nEND:VEVENT\r\n" * 50_000,
    "deep JSON": b'{"schedule":' * 100_000,
    "an endless number": b'{"schedule":' + b"1" * MEGABYTE + b"}",
    "a list": b'{"schedule": {"conference": {"days": {}}}}',
    "3 MB": CALENDAR + b"X:" + b"a" * 3 * MEGABYTE,
}


@pytest.mark.parametrize("fault", AGENDAS)
def test_a_hostile_programme_is_refused_in_time_and_leaves_nothing(client, side, fault):
    before = dump()
    check_refused(send(client, f"/gestion/evenements/{side.event.slug}/programme/import", AGENDAS[fault], "a.ics"))
    assert dump() == before


def test_a_thousand_heavy_entries_are_read_in_time(client, side):
    """The worst that is accepted: every text long, in another room, full of tags, marks and unknown zones."""
    body = b"<a " * 150 + b"\\," * 200 + "\u0301e".encode() * 100
    zone = b"DTSTART;TZID=Nulle/Part-%d:20270101T080000\r\nDURATION:PT1H\r\nRRULE:FREQ=SECONDLY\r\n"
    entry = b"BEGIN:VEVENT\r\nSUMMARY:%d " + b"x" * 400 + b"\r\n" + zone + b"LOCATION:Salle %d\r\nDESCRIPTION:"
    entries = [entry % (n, n, n % 400) + body + b"\r\nEND:VEVENT\r\n" for n in range(900)]
    content = b"BEGIN:VCALENDAR\r\n" + b"".join(entries) + b"END:VCALENDAR\r\n"
    response = send(client, f"/gestion/evenements/{side.event.slug}/programme/import", content, "a.ics")
    assert response.status_code == 303
    assert "900" in words(client.page(response.location).main)
