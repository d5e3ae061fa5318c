import pytest

from eventapp.invitations import notices
from eventapp.letters import filling, writing
from eventapp.letters.defaults import PROPOSALS
from eventapp.letters.models import LetterKind
from eventapp.registrations.people import Person
from tests.factories import NOW, make_event, make_guest, make_user

LINK = "https://rencontres.example/invitation/abc"


def known(event, **facts):
    person = Person(**{"first_name": "Léa", "last_name": "Martin", "email": "lea@agents.example"} | facts)
    return notices.values(event, make_guest(event, person), LINK)


def test_placeholders_are_filled_in_subject_text_and_html():
    values = known(make_event(title="Deuxièmes rencontres"))

    assert filling.subject_for("Pour {prenom} : {evenement}", values) == "Pour Léa : Deuxièmes rencontres"
    assert filling.text_for("Bonjour **{prenom} {nom}**", values) == "Bonjour Léa Martin"
    assert "<strong>Léa Martin</strong>" in filling.html_for("Bonjour **{prenom} {nom}**", values)


@pytest.mark.parametrize(
    "hostile",
    [
        "[cliquez](https://malin.example)",
        "<script>alert(1)</script>",
        "{lien}",
        "{{7*7}}",
        "{0.__class__}",
        "%(x)s",
        "${x}",
        "https://malin.example",
        "**gras**",
        "![](https://malin.example/x.png)",
    ],
)
def test_what_a_guest_typed_stays_text(hostile):
    values = known(make_event(), last_name=hostile)

    html = filling.html_for("Bonjour {nom}.", values)

    assert "malin.example" not in [part.split('"')[1] for part in html.split("href=")[1:]]
    assert "href" not in html
    assert "<script" not in html
    assert "<strong" not in html
    assert "<img" not in html
    assert hostile in filling.text_for("Bonjour {nom}.", values)


def test_the_personal_link_is_a_link_wherever_it_stands():
    values = known(make_event())

    assert f'href="{LINK}"' in filling.html_for("Répondez : {lien}", values)
    assert f'href="{LINK}"' in filling.html_for("[Répondez]({lien})", values)
    assert LINK in filling.text_for("[Répondez]({lien})", values)


def test_an_unknown_placeholder_is_named():
    assert filling.unknown_placeholders("{prenom} {truc}", "{date} {bidule}", kind=LetterKind.REMINDER) == [
        "bidule",
        "truc",
    ]


@pytest.mark.parametrize("wording", PROPOSALS)
@pytest.mark.parametrize("kind", LetterKind)
def test_each_proposed_letter_uses_only_known_placeholders(wording, kind):
    assert filling.unknown_placeholders(*PROPOSALS[wording][kind], kind=kind) == []


def test_versions_follow_one_another():
    event, user = make_event(), make_user()
    writing.write(event, LetterKind.INVITATION, "Objet", "Un", now=NOW, by=user)

    assert writing.write(event, LetterKind.INVITATION, "Objet", "Deux", now=NOW, by=user).version == 2
    assert writing.current(event, LetterKind.INVITATION).body == "Deux"
