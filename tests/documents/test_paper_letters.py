"""The invitation on paper, for those whom no mail reaches."""

import io
import re

import pypdf
import pytest
from sqlalchemy import select

from eventapp.documents import paper_letters, typesetting
from eventapp.extensions import db
from eventapp.invitations import links, on_paper
from eventapp.invitations.models import Invitation, Reply
from eventapp.journal.models import Entry
from eventapp.letters.models import LetterKind
from eventapp.letters.writing import write
from eventapp.outbox.models import Message
from tests.factories import (
    NOW,
    make_event,
    make_guest,
    make_invitation,
    make_organisation,
    make_person,
    make_structure,
    make_user,
)
from tests.pages import words

pytestmark = pytest.mark.usefixtures("in_november")

PAGE = "/gestion/evenements/rencontre/lettres-sur-papier"


@pytest.fixture
def event(client):
    organisation = make_organisation()
    event = make_event(organisation, slug="rencontre")
    client.sign_in(make_user(organisation))
    return event


def unreachable(event, name="Durand", **facts):
    structure = make_structure(name="France services", address="3 rue de l’Église", postcode="02820", commune="Laon")
    person = make_person(last_name=name, structure=structure, **facts)
    return make_guest(event, person, undeliverable_at=NOW, undeliverable_why="cette adresse n’existe plus")


def text_of(content):
    return [" ".join(page.extract_text().split()) for page in pypdf.PdfReader(io.BytesIO(content)).pages]


def test_those_without_a_working_address_are_listed(client, event):
    unreachable(event)
    make_guest(event, make_person(last_name="Joint"))
    make_invitation(unreachable(event, "Répondu"), reply=Reply.DECLINED, replied_at=NOW)

    page = client.page(PAGE)
    assert [words(row.th).partition(" Camille")[0] for row in page.select("tbody tr")] == ["DURAND"]
    assert "cette adresse n’existe plus" in words(page.tbody)


def test_nobody_to_write_to_is_said(client, event):
    assert "Aucune adresse injoignable" in words(client.page(PAGE))
    assert client.post(PAGE).status_code == 303


@pytest.mark.both_databases
def test_each_letter_has_its_page_its_address_and_its_link(client, event):
    first, second = unreachable(event), unreachable(event, "Petit")
    make_invitation(first)

    answer = client.post(PAGE)

    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    pages = text_of(answer.data)
    assert len(pages) == 2
    for guest, page in zip((first, second), pages, strict=True):
        (invitation,) = db.session.scalars(select(Invitation).where(Invitation.guest_id == guest.id))
        assert "3 rue de l’Église 02820 Laon" in page
        assert links.invitation(invitation) in page.replace(" ", "")
    assert "DURAND" in pages[0]
    assert "PETIT" in pages[1]
    assert db.session.query(Message).count() == 0
    assert [e.act for e in db.session.scalars(select(Entry))] == ["guest.letter_printed"] * 2


def test_date_and_place_head_a_letter_whose_words_omit_them(client, event):
    by = make_user(event.organisation)
    write(event, LetterKind.INVITATION, "Venez", "Bonjour, à bientôt.", now=NOW, by=by)
    unreachable(event)

    (page,) = text_of(client.post(PAGE).data)

    head = page[: page.index("Bonjour, à bientôt.")]
    assert "Jeudi 14 janvier 2027" in head
    assert event.venue.one_line in head


def test_a_letter_that_says_date_and_place_says_them_once(client, event):
    unreachable(event)

    (page,) = text_of(client.post(PAGE).data)

    assert "9 h" not in page[: page.index("Bonjour")].replace("\u00a0", " ")
    assert event.venue.one_line not in page[: page.index("Bonjour")]


def test_the_file_is_tagged_french_and_titled(client, event):
    guest = unreachable(event)
    answer = client.post(f"/gestion/evenements/rencontre/invites/{guest.id}/lettre-sur-papier")

    reader = pypdf.PdfReader(io.BytesIO(answer.data))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "fr"
    assert event.title in reader.metadata.title
    assert "pdfuaid:part" in root["/Metadata"].get_data().decode()


def test_what_people_typed_stays_text(app, event):
    hostile = '#read("/etc/passwd") $x$ *gras* \\ `code` <b>'
    guest = unreachable(event, hostile, first_name="#pagebreak()")
    event.organisation.name = "#panic()"
    said = paper_letters.letters(event, [make_invitation(guest)], now=NOW)

    (page,) = text_of(paper_letters.pdf(said))
    assert "#pagebreak()" in page
    assert '#READ("/ETC/PASSWD") $X$ *GRAS* \\ `CODE` <B>' in page
    assert "#panic()" in page


def test_markdown_becomes_paragraphs_lists_and_links():
    html = "<h2>Titre</h2>\n<p>Un <strong>mot</strong><br>\nici &amp; là</p>\n<ul>\n<li>a</li>\n</ul>\n<hr>"
    title, paragraph, items, rule = typesetting.nodes(html)
    assert title == {"tag": "h2", "children": ["Titre"]}
    assert paragraph["children"][1] == {"tag": "strong", "children": ["mot"]}
    assert items["children"] == [{"tag": "li", "children": ["a"]}]
    assert rule["tag"] == "hr"


def test_every_mark_of_a_letter_can_be_set(app, event):
    body = (
        "## Titre\n\n1. un\n2. deux\n\n- trois\n\n> cité\n\n`code` [lien](https://a.example) *em* **gras**\n\n---\n\n"
    )
    from eventapp.letters.models import LetterKind
    from eventapp.letters.writing import write

    write(event, LetterKind.INVITATION, "Objet", body + "    bloc", now=NOW, by=make_user())
    (invitation,) = on_paper.invite(event, [unreachable(event).id], now=NOW, by=make_user())
    (page,) = text_of(paper_letters.pdf(paper_letters.letters(event, [invitation], now=NOW)))
    assert re.search(r"Titre .*un .*deux .*trois .*cité .*code lien em gras .*bloc", page)


def test_a_draft_invites_nobody_on_paper_either(client, event):
    unreachable(event)
    event.published_at = None
    assert client.post(PAGE).status_code == 303
    assert "Publiez d’abord la rencontre" in words(client.page(PAGE))
    assert db.session.query(Invitation).count() == 0


def test_a_stranger_prints_nothing(client, event):
    foreign = make_event(slug="ailleurs")
    guest = unreachable(foreign)
    for slug in ("ailleurs", "rencontre"):
        path = f"/gestion/evenements/{slug}/invites/{guest.id}/lettre-sur-papier"
        assert client.post(path).status_code == 404
    assert client.post("/gestion/evenements/ailleurs/lettres-sur-papier").status_code == 404
