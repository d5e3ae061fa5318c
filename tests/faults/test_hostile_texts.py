"""I1, I2, I3, I4: hostile texts stored by the real forms, then every page, letter, calendar and spreadsheet."""

import csv
import email
import io
import json
from email.policy import default as policy

import icalendar
import pytest
from bs4 import BeautifulSoup
from openpyxl import load_workbook

from eventapp.clock import utcnow
from eventapp.extensions import db
from eventapp.outbox.delivery import deliver_due
from eventapp.outbox.models import KeptMail, Message, State
from eventapp.registrations.models import Registration
from eventapp.worker import Worker
from tests.calendars.lint import faults
from tests.faults.world import build, guest_file, rules

SCRIPT = "=<script>alert(1)</script>"
ATTRIBUTE = "\"'><img src=x onerror=alert(1)>{{7919*7907}}"
HEADER = "A\r\nBcc: v@evil.example\r\nEND:VEVENT {0.__class__} %(x)s ${x} {{7919*7907}}"
MARKDOWN = (
    "<script>alert(1)</script> [un](javascript:alert(1)) [deux](data:text/html,x) ![t](https://evil.example/p.png)\n\n"
    "<iframe src=//evil.example></iframe><svg onload=alert(1)>\n\n<base href=//evil.example>{{7919*7907}} {0.__class__}"
)
TEXTS = {
    "summary": HEADER, "description": MARKDOWN, "venue_access": MARKDOWN, "report": MARKDOWN, "biography": MARKDOWN,
    "consent_notice": MARKDOWN, "legal_notice": MARKDOWN, "privacy_notice": MARKDOWN,
    "accessibility_statement": MARKDOWN, "body": MARKDOWN.replace("{0.__class__}", "") + " {lien}", "reason": HEADER,
    "first_name": SCRIPT, "last_name": ATTRIBUTE, "function": HEADER, "organization": "@" + SCRIPT,
    "organisation": ATTRIBUTE, "name": ATTRIBUTE, "title": ATTRIBUTE, "label": ATTRIBUTE, "help": HEADER,
    "contact_name": HEADER, "venue_name": ATTRIBUTE, "venue_address": HEADER, "venue_city": SCRIPT, "cast_note": SCRIPT,
    "accessibility": SCRIPT, "note": SCRIPT, "subject": ATTRIBUTE.replace("{{7919*7907}}", ""),
}  # fmt: skip
# In this order: what comes later needs what came before.
ACTS = (
    "accounts_organiser.describe", "accounts_organiser.rename", "accounts_organiser.invite",
    "agenda_organiser.add_room", "agenda_organiser.room", "agenda_organiser.add_speaker", "agenda_organiser.speaker",
    "agenda_organiser.edit_session", "events_organiser.publish_draft", "agenda_organiser.add_room",
    "events_organiser.update", "events_organiser.write_report",
    "events_organiser.update_category", "registrations_organiser.save_question",
    "registrations_organiser.create_question", "letters_organiser.letter", "invitations_organiser.new",
    "invitations_organiser.guest", "invitations_organiser.import_file", "invitations_organiser.send_campaign",
    "registrations.create", "registrations.change_details", "events_organiser.do_move", "invitations.decline",
    "registrations_organiser.import_file", "registrations_organiser.write_note",
    "registrations_organiser.create", "registrations.send_links", "outbox_organiser.resend",
)  # fmt: skip
HARMLESS = (
    "mailto:",
    "tel:",
    "webcal://localhost/",
    "http://localhost/",
    "https://visio.example/",
    "/",
    "#",
    "?",
    "https://",
)


def hostile(endpoint, body, side):
    """The same form with every free text made hostile."""
    choices = {"organisation"} if endpoint == "events_organiser.create" else set()
    body = {name: TEXTS[name] if name in TEXTS and name not in choices else value for name, value in body.items()}
    answer = f"question-{side.question.slug}"
    return body | ({answer: SCRIPT} if answer in body else {}) | file_of(endpoint)


def file_of(endpoint):
    if not endpoint.endswith("_organiser.import_file"):
        return {}
    cell = '"' + ATTRIBUTE.replace('"', '""') + '"'
    return {"file": guest_file(f"Nom;Prénom;Adresse électronique;Structure\r\n{cell};Z;z@agents.example;{SCRIPT}\r\n")}


def fill(app, client, side):
    """Every form sent with hostile texts; each must take them as they are."""
    posts = {rule.endpoint: rule for rule in rules(app, method="POST")}
    for endpoint in ACTS:
        body = hostile(endpoint, side.body(endpoint), side)
        answer = client.post(side.path(app, posts[endpoint]), data=body)
        assert answer.status_code in (302, 303), (endpoint, answer.status, answer.text[:4000])
        side.invitation = side.guest.invitation or side.invitation  # a corrected address gets another link
    Worker().run_jobs()  # queues the campaign


@pytest.fixture
def side(app, client, monkeypatch):
    monkeypatch.setitem(app.config, "EVENTAPP_DEMO", True)
    side = build()
    client.sign_in(side.administrator)
    fill(app, client, side)
    return side


def active(html):
    """Whatever in this document could run, load from elsewhere or send somewhere else."""
    for tag in BeautifulSoup(html, "html.parser").find_all(True):
        if tag.name in ("object", "embed") or (tag.name == "base" and tag.get("target") != "_top"):
            yield tag
        if tag.name == "script" and not tag.get("src", "").startswith("/static/") and not is_data(tag):
            yield tag
        if "srcdoc" in tag.attrs:  # a letter shown in a frame that runs no script
            yield from active(tag["srcdoc"]) if not any(tag.get("sandbox", ["none"])) else [tag]
        elif tag.name in ("img", "iframe") and not tag.get("src", "").startswith("/"):
            yield tag
        for name, value in tag.attrs.items():
            if name.startswith("on"):
                yield tag
            if name in ("href", "action", "formaction") and not str(value).startswith(HARMLESS):
                yield tag


def is_data(script):
    """Whole JSON, which no browser runs: a text that could end it early would leave half of it."""
    return script.attrs == {"type": "application/ld+json"} and bool(json.loads(script.string))


def check(html, where):
    found = [str(tag)[:300] for tag in active(html)]
    assert not found, (where, found)
    for evaluated in ("<class", "&lt;class", "62615533"):
        assert evaluated not in html, (where, evaluated)


def test_the_check_sees_what_runs():
    """The control."""
    for html in (MARKDOWN, ATTRIBUTE, SCRIPT, "<a href='javascript:alert(1)'>x</a>", "<p onclick=x>"):
        assert list(active(html)), html


def test_no_page_runs_what_was_typed(app, client, side):
    seen = 0
    for rule in rules(app, method="GET"):
        response = client.open(side.path(app, rule), buffered=True) if not is_preview(rule) else None
        if response is not None and response.mimetype == "text/html":
            check(response.text, rule.endpoint)
            seen += "&lt;script&gt;alert(1)" in response.text
    assert seen > 25


def is_preview(rule):
    return rule.endpoint == "outbox_organiser.preview"  # a letter: see below


def test_no_letter_runs_what_was_typed_nor_gains_a_header(app, client, side):
    db.session.execute(db.update(Message).values(state=State.QUEUED, due_at=utcnow()))
    db.session.commit()
    assert deliver_due(now=utcnow(), limit=100) > 8
    kept = db.session.scalars(db.select(KeptMail).where(KeptMail.id != side.mail.id)).all()
    for row in kept:
        mail = email.message_from_bytes(row.source, policy=policy)
        assert mail.defects == []
        assert mail["Bcc"] is None
        assert len(mail.get_all("To")) == len(mail.get_all("Subject")) == 1
        check(mail.get_body(("html",)).get_content(), mail["Subject"])
        assert "<class" not in mail.get_body(("plain",)).get_content()
        for part in mail.walk():
            if part.get_content_type() == "text/calendar":
                assert len(icalendar.Calendar.from_ical(part.get_payload(decode=True)).walk("VEVENT")) >= 1
    assert len(kept) > 8
    assert db.session.scalar(db.select(db.func.count()).where(Message.state == State.FAILED)) == 0


def test_calendars_keep_their_structure(app, client, side):
    asked = seen = 0
    for rule in rules(app, method="GET"):
        if rule.rule.endswith(".ics"):
            content = client.get(side.path(app, rule)).data
            assert faults(content) == [], rule.endpoint
            for entry in icalendar.Calendar.from_ical(content).walk("VEVENT"):
                assert "BCC" not in entry
                seen += "alert(1)" in str(entry["SUMMARY"])
            asked += 1
    assert asked == 8
    assert seen >= 7


def test_spreadsheets_hold_texts_and_no_formula(app, client, side):
    exports = [rule for rule in rules(app, method="GET") if "kind" in rule.arguments]
    assert len(exports) >= 5
    for rule in exports:
        rows = csv.reader(
            io.StringIO(client.get(side.path(app, rule, kind="csv")).data.decode("utf-8-sig")), delimiter=";"
        )
        assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t"))], rule.endpoint
        book = load_workbook(io.BytesIO(client.get(side.path(app, rule, kind="xlsx")).data))
        assert not [cell for row in book.active for cell in row if cell.data_type == "f" or cell.hyperlink]


@pytest.mark.usefixtures("in_november")
def test_what_was_typed_is_kept_word_for_word(side):
    registration = db.session.get(Registration, side.registration.id)
    assert registration.first_name == SCRIPT
    assert registration.last_name == ATTRIBUTE
