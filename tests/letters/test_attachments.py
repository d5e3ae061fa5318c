"""Files that go with letters: F4 and P6 for what organisers join, I5 for what their names do in a mail."""

from email import message_from_bytes
from email.policy import default

import pytest

from eventapp.extensions import db
from eventapp.letters import attachments
from eventapp.letters.attachments import LARGEST, MEGABYTE, BadFile, attached
from eventapp.letters.models import LetterFile, LetterKind
from eventapp.outbox import delivery
from eventapp.outbox.models import KeptMail
from eventapp.registrations import seats
from tests.factories import NOW, make_event, make_organisation, make_person, make_user
from tests.faults.world import letter_file
from tests.pages import parse, words

PDF = b"%PDF-1.7\n"
SECOND = NOW.resolution
KIND = LetterKind.CONFIRMATION


def join(event, name="plan.pdf", content=PDF, at=NOW):
    return attachments.add(event, KIND, name, content, now=at, by=make_user())


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/Plan.PDF", "Plan.pdf"),
        ("C:\\Bureau\\Plan d’accès.pdf", "Plan d’accès.pdf"),
        ('a\r\nBcc: x@y.example";.pdf', "a Bcc x@y.example.pdf"),
        ("é" * 300 + ".pdf", "é" * 100 + ".pdf"),
        (".pdf", "piece-jointe.pdf"),
        ("\u202efdp.exe.pdf", "fdp.exe.pdf"),
        ("<script>.pdf", "script.pdf"),
        ("x\0.pdf", "x.pdf"),
    ],
)
def test_a_hostile_name_becomes_a_harmless_one(given, kept):
    assert join(make_event(), given).filename == kept


@pytest.mark.parametrize(
    "name", ["virus.exe", "page.html", "image.svg", "macros.docm", "rien", "", "..", "plan.pdf.js"]
)
def test_other_types_are_refused(name):
    with pytest.raises(BadFile, match="ne peut pas être joint"):
        join(make_event(), name)


@pytest.mark.parametrize("content", [b"", b"<html>", b"MZ\x90", b"PK\x03\x04"])
def test_a_file_must_begin_as_its_name_says(content):
    with pytest.raises(BadFile):
        join(make_event(), "plan.pdf", content)


def test_what_is_too_large_alone_or_together_is_refused():
    event = make_event()
    with pytest.raises(BadFile, match="dépasse 3"):
        join(event, content=PDF + bytes(LARGEST))
    join(event, "un.pdf", PDF + bytes(3 * MEGABYTE - len(PDF)))
    with pytest.raises(BadFile, match="dépasserait 5"):
        join(event, "deux.pdf", PDF + bytes(2 * MEGABYTE))


def test_a_letter_carries_five_files_each_under_its_own_name():
    event = make_event()
    for number in range(5):
        join(event, f"{number}.pdf")

    with pytest.raises(BadFile, match="5 fichiers au plus"):
        join(event, "encore.pdf")
    with pytest.raises(BadFile, match="déjà joint"):
        join(make_event_with("plan.pdf"), "plan.pdf")


def make_event_with(name):
    event = make_event()
    join(event, name)
    return event


@pytest.mark.both_databases
def test_a_letter_keeps_the_files_there_were_when_it_was_made():
    event = make_event()
    file = join(event)
    attachments.remove(event, file, now=NOW + SECOND, by=make_user())

    assert [one.filename for one in attached(event.id, KIND, at=NOW)] == ["plan.pdf"]
    assert attached(event.id, KIND, at=NOW - SECOND) == []
    assert attached(event.id, KIND, at=NOW + SECOND) == []
    assert attached(event.id, LetterKind.WAITING, at=NOW) == []


def test_a_confirmation_leaves_with_its_files(app, monkeypatch):
    monkeypatch.setitem(app.config, "EVENTAPP_DEMO", True)
    event = make_event()
    join(event, "Plan d’accès.pdf", PDF + b"\x00\xff")
    seats.register(event, make_person(), now=NOW)
    db.session.commit()

    delivery.deliver_due(now=NOW, limit=1)
    mail = message_from_bytes(db.session.scalars(db.select(KeptMail.source)).one(), policy=default)

    joined = {part.get_filename(): part.get_content() for part in mail.iter_attachments()}
    assert joined["Plan d’accès.pdf"] == PDF + b"\x00\xff"
    assert mail.defects == []


@pytest.fixture
def event(client):
    organisation = make_organisation()
    client.sign_in(make_user(organisation))
    return make_event(organisation)


def at(event, path=""):
    return f"/gestion/evenements/{event.slug}/lettres/confirmation/fichiers{path}"


@pytest.mark.both_databases
def test_a_file_is_joined_read_back_and_taken_away(client, event):
    client.post(at(event), data={"file": letter_file(filename="Plan d’accès.pdf")})
    file = db.session.scalars(db.select(LetterFile)).one()

    answer = client.get(at(event, f"/{file.id}"))
    client.post(at(event, f"/{file.id}/retrait"))

    assert answer.headers["Content-Disposition"].startswith('attachment; filename="Plan daccs.pdf"; filename*=UTF-8')
    assert (answer.content_type, answer.headers["X-Content-Type-Options"]) == ("application/octet-stream", "nosniff")
    assert "Aucun fichier" in words(client.page(at(event).removesuffix("/fichiers")))


@pytest.mark.parametrize("size", [LARGEST, 7 * MEGABYTE])
def test_a_file_too_large_is_explained_beside_its_field(client, event, size):
    header = b'--b\r\nContent-Disposition: form-data; name="file"; filename="plan.pdf"\r\n\r\n'
    body = header + PDF + bytes(size) + b"\r\n--b--\r\n"
    response = client.post(at(event), data=body, content_type="multipart/form-data; boundary=b")

    assert response.status_code in (413, 422)
    assert "dépasse 3 Mo" in words(parse(response).select_one("#file-error"))
    assert db.session.scalars(db.select(LetterFile)).all() == []


def test_a_file_of_another_event_or_letter_is_not_found(client, event):
    foreign = make_event()
    theirs, ours = join(foreign), join(event)
    elsewhere = at(event, f"/{ours.id}").replace("confirmation", "relance")

    assert [client.get(address).status_code for address in (at(event, f"/{theirs.id}"), elsewhere)] == [404, 404]
