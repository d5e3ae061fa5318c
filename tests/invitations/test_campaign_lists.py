"""Who a campaign's filters keep among the people registered, and the list of thousands read before sending."""

from dataclasses import replace
from datetime import timedelta

import pytest

from eventapp.agenda.models import BookingMode
from eventapp.extensions import db
from eventapp.invitations import campaigns, departures
from eventapp.invitations.campaign_models import Campaign
from eventapp.invitations.models import Reply
from eventapp.invitations.views import campaign_review
from eventapp.letters.models import LetterKind
from eventapp.outbox import rendering
from eventapp.outbox.letters import NothingToSay
from eventapp.registrations import seats
from eventapp.registrations.models import Source, Status
from tests.factories import (
    NOW,
    make_category,
    make_event,
    make_guest,
    make_invitation,
    make_party,
    make_person,
    make_registration,
    make_session,
    make_structure,
)
from tests.pages import parse, words

pytestmark = pytest.mark.usefixtures("in_november")


def path(event, rest=""):
    return f"/gestion/evenements/{event.slug}/envois{rest}"


def form_of(page, **changes):
    fields = page.select("main form[method=post] input[type=hidden]")
    boxes = page.select("main form[method=post] input[type=checkbox][checked]")
    sent = {tag["name"]: tag["value"] for tag in fields} | {"sans": [box["value"] for box in boxes]}
    return sent | {"when": "now", "due_date": "", "due_time": ""} | changes


def named(page):
    return [words(head).split()[0] for head in page.select("#personnes ~ details tbody th")]


def shown(client, campaign, query=""):
    page = client.page(path(campaign.event, f"/{campaign.id}?{query}"))
    return [words(link).split()[0] for link in page.select("tbody th a")], page


def mailing(event, people):
    order = campaigns.Order(kind=LetterKind.INVITATION, segment={}, people=[guest.id for guest in people])
    return campaigns.create(event, order, now=NOW, by=None)


def test_the_people_of_a_campaign_are_searched_sorted_and_exported(client, event):
    lille, arras = make_structure(name="Lille"), make_structure(name="Arras", commune="Béthune")
    people = [("Évrard", lille), ("Dubois", arras), ("Zola", arras)]
    campaign = mailing(event, [make_guest(event, make_person(last_name=n, structure=s)) for n, s in people])

    assert shown(client, campaign)[0] == ["DUBOIS", "ÉVRARD", "ZOLA"]
    assert shown(client, campaign, "tri=-nom")[0] == ["ZOLA", "ÉVRARD", "DUBOIS"]
    assert shown(client, campaign, "tri=structure")[0] == ["DUBOIS", "ZOLA", "ÉVRARD"]
    assert shown(client, campaign, "q=evrard")[0] == ["ÉVRARD"]
    assert shown(client, campaign, "q=BETHUNE&etat=a-envoyer")[0] == ["DUBOIS", "ZOLA"]
    assert shown(client, campaign, "q=bethune&etat=partis")[0] == []
    exported = client.get(path(event, f"/{campaign.id}/liste.csv?q=zola")).get_data(as_text=True)
    assert [line.split(";")[0] for line in exported.splitlines()[1:]] == ["Zola"]


@pytest.mark.both_databases
@pytest.mark.parametrize("sort", ["nom", "-nom", "structure", "-structure"])
def test_each_page_of_a_campaign_follows_the_one_before(client, event, sort):
    structures = [make_structure(name=name) for name in ("Arras", "Lille")]
    people = [make_person(last_name=f"N{n:02}", structure=structures[n % 2]) for n in range(60)]
    campaign = mailing(event, [make_guest(event, person) for person in people])

    first, page = shown(client, campaign, f"tri={sort}")
    after = page.select_one("nav[aria-label] a[href*='apres=']")["href"]
    second = [
        words(link).split()[0] for link in client.page(path(event, f"/{campaign.id}") + after).select("tbody th a")
    ]

    assert (len(first), len(set(first + second))) == (50, 60)
    assert "60 personnes trouvées" in words(page.main)


def reviewed(client, event, query):
    return named(client.page(path(event, f"/relecture?lettre=note-pratique&{query}")))


@pytest.fixture
def kept(event):
    """The one whom each filter should keep, beside another."""
    other = make_structure(departement_code="59", kind="Antenne", form="Itinérante")
    make_registration(event, make_person(last_name="Autre", structure=other), source=Source.ORGANISER)
    structure = make_structure(departement_code="02", kind="Principal", form="Fixe")
    category = make_category(event, slug="elus", name="Élus")
    kept = make_person(last_name="Aisne", structure=structure, category=category)
    former = make_event(event.organisation, slug="avant", starts_at=NOW - timedelta(days=300),
                        ends_at=NOW - timedelta(days=299))  # fmt: skip
    make_registration(former, replace(kept, category=None))
    make_registration(former, make_person(last_name="Ancien"))
    party = make_party(event)
    registration = make_registration(event, kept, source=Source.PUBLIC, party_id=party.id)
    session = make_session(event, slug="atelier", booking=BookingMode.OPTIONAL)
    seats.change_sessions(registration, [session], now=NOW, by="person")
    return registration


@pytest.mark.parametrize(
    "query",
    ["departement=02", "type=Principal", "format=Fixe", "categorie=elus", "session=atelier", "origine=public",
     "groupe=oui", "precedent=avant", "q=aisne", "etat=confirmed&precedent=avant&lien=registered"],
)  # fmt: skip
def test_each_filter_keeps_its_people(client, event, kept, query):
    assert reviewed(client, event, query) == ["AISNE"]


def test_those_who_were_not_at_a_former_event_are_kept_too(client, event, kept):
    assert reviewed(client, event, "precedent=avant&lien=absent") == ["AUTRE"]


@pytest.mark.parametrize(
    "query", ["etat=cancelled", "etat=x", "origine=x", "groupe=x", "categorie=x", "session=x", "type=x", "precedent=x"]
)
def test_a_filter_that_means_nothing_keeps_nobody(client, event, kept, query):
    page = client.page(path(event, f"/nouveau?lettre=note-pratique&{query}"))

    assert "Personne ne recevrait cette lettre." in words(page.main)


@pytest.mark.parametrize(("state", "name"), [("waiting", "Attend"), ("place-proposee", "Choisit")])
def test_those_without_a_place_are_written_to_when_they_are_chosen(client, event, outbox, state, name):
    make_registration(event, make_person(last_name="Vient"))
    make_registration(event, make_person(last_name="Attend"), status=Status.WAITING)
    offered = {"status": Status.WAITING, "offer_until": NOW + timedelta(hours=9)}
    make_registration(event, make_person(last_name="Choisit"), **offered)

    review = client.page(path(event, f"/relecture?lettre=note-pratique&etat={state}"))
    answer = client.post(path(event), data=form_of(review))
    assert answer.status_code == 303, words(parse(answer).main)
    send()
    [message] = outbox()

    assert named(review) == [name.upper()]
    assert "ne vaut pas confirmation" in words(review.select_one(".preview"))
    assert "ne vaut pas confirmation" in read(message).text


def test_whoever_got_a_place_meanwhile_is_not_told_that_they_wait(client, event, outbox):
    registration = make_registration(event, status=Status.WAITING)
    review = client.page(path(event, "/relecture?lettre=note-pratique&etat=waiting"))
    client.post(path(event), data=form_of(review))
    send()
    registration.status, registration.confirmed_at = Status.CONFIRMED, NOW

    with pytest.raises(NothingToSay):
        read(outbox()[0])


def send():
    later = NOW + timedelta(minutes=5)
    for number in departures.due(now=later):
        departures.advance(number, now=later)
    db.session.commit()


def read(message):
    db.session.commit()
    with rendering.reading():
        return rendering.render(message)


@pytest.fixture
def many(event, monkeypatch):
    monkeypatch.setattr(campaign_review, "SHOWN", 10)
    return [make_guest(event, make_person(first_name="Zoé", last_name=f"Nom{n:02}")) for n in range(35)]


def test_a_long_list_is_read_page_after_page_and_keeps_what_was_ticked(client, event, many):
    first = client.page(path(event, "/relecture?lettre=invitation"))
    turn = first.select_one("button[name=debut]")
    data = form_of(first, sans=[str(many[3].id)], debut=turn["value"], when="later", due_date="2026-11-10")
    second = parse(client.post(turn["formaction"], data=data))

    assert (named(first), named(second)) == ([f"NOM{n:02}" for n in range(10)], [f"NOM{n}" for n in range(10, 20)])
    assert "1 personne est écartée" in words(second.main)
    assert "34 personnes la recevront" in words(second.main)
    assert second.select_one("#due_date")["value"] == "2026-11-10"
    back = parse(client.post(turn["formaction"], data=form_of(second, debut="0")))
    assert [box["value"] for box in back.select("input[name=sans][checked]")] == [str(many[3].id)]
    assert back.select_one("input[name=ecartes]")["value"] == ""

    client.post(path(event), data=form_of(second, sans=[str(many[15].id)]))
    campaign = db.session.scalars(db.select(Campaign)).unique().one()
    aside = {row.guest_id for row in campaign.recipients if row.left_out}
    assert (len(campaign.recipients), aside) == (35, {many[3].id, many[15].id})


def test_anyone_is_found_in_it_and_so_is_who_gets_nothing(client, event, many):
    make_invitation(make_guest(event, make_person(first_name="Zoé", last_name="Nom99")))
    first = client.page(path(event, "/relecture?lettre=invitation"))
    address = path(event, "/relecture")

    found = parse(client.post(address, data=form_of(first, cherche="ZOE nom34")))
    elsewhere = parse(client.post(address, data=form_of(first, cherche="nom99")))

    assert named(found) == ["NOM34"]
    assert "35 personnes la recevront" in words(found.main)
    assert "NOM99 Zoé : déjà invité" in words(elsewhere.main)
    assert "Personne ne correspond." in words(elsewhere.main)


@pytest.mark.parametrize("start", ["-1", "x", "9" * 5000, "10000"])
def test_an_odd_beginning_is_the_first_page(client, event, many, start):
    page = parse(client.post(path(event, "/relecture"), data={"lettre": "invitation", "debut": start, "key": "k"}))

    assert named(page)[0] == "NOM00"


def test_no_box_ticked_is_said_and_what_to_do_next(client, event):
    make_guest(event)

    for query in ("?invites=0", "?lettre=invitation&invites=0"):
        page = client.page(path(event, f"/nouveau{query}"))
        assert "Aucun invité n’est coché" in words(page.main)
        assert "1 invité coché" not in words(page.main)
        assert f"/gestion/evenements/{event.slug}/invites" in [link["href"] for link in page.select(".todo a")]


def test_ticked_guests_never_become_a_letter_to_everyone_registered(client, event):
    guest = make_guest(event)
    make_invitation(guest, reply=Reply.ACCEPTED, replied_at=NOW, registration=make_registration(event))

    page = client.page(path(event, f"/nouveau?invites=0&invites={guest.id}"))

    assert "Parmi 1 invité coché" in words(page.main)
    assert "Personne ne recevrait cette lettre." in words(page.main)


def test_another_letter_keeps_who_was_ticked(client, event):
    guest = make_guest(event)
    make_guest(event)

    page = client.page(path(event, f"/nouveau?lettre=relance&invites=0&invites={guest.id}"))
    tab = next(link for link in page.select(".tabs a") if words(link) == "Invitation")

    assert "1 personne recevra cette lettre" in words(client.page(tab["href"]).main)
