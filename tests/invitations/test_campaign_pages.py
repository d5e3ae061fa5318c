import pytest

from eventapp.extensions import db
from eventapp.invitations import automatic, campaigns, departures
from eventapp.invitations.campaign_forms import packed, unpacked
from eventapp.invitations.campaign_models import AutomaticLetter, Campaign, CampaignState
from eventapp.letters.models import LetterKind
from eventapp.outbox.models import State
from tests.factories import (
    NOW,
    make_event,
    make_guest,
    make_invitation,
    make_organisation,
    make_person,
    make_registration,
    make_structure,
    make_user,
)
from tests.pages import parse, words


@pytest.fixture(autouse=True)
def in_november(time_machine):
    time_machine.move_to(NOW, tick=False)


def path(event, rest=""):
    return f"/gestion/evenements/{event.slug}/envois{rest}"


def form_of(page, **changes):
    """What the page's form would send, with some changes."""
    sent = {tag["name"]: tag["value"] for tag in page.select("main form[method=post] input[type=hidden]")}
    return sent | {"when": "now", "due_date": "", "due_time": ""} | changes


def only(table):
    return db.session.scalars(db.select(table)).unique().one()


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({}, "prévu"),
        ({"published_at": None}, "retenu la rencontre n’est pas publiée"),
        ({"cancelled_at": NOW}, "retenu la rencontre est annulée"),
    ],
)
def test_a_planned_letter_says_what_holds_it_back(client, event, facts, said):
    automatic.add(event, LetterKind.PRACTICAL, 3, now=NOW, by=make_user(event.organisation))
    for name, value in facts.items():
        setattr(event, name, value)

    page = client.page(path(event))

    assert words(page.select_one("td[data-label=État]")) == said


def run():
    for number in departures.due(now=NOW):
        departures.advance(number, now=NOW)
    db.session.commit()


def test_from_the_choice_to_the_letters(client, event, outbox):
    guests = [make_guest(event) for _ in range(3)]
    make_invitation(make_guest(event))

    page = client.page(path(event, "/nouveau?lettre=invitation"))
    assert "3 personnes recevront cette lettre" in words(page.main)
    assert "déjà invité : 1" in words(page.main)
    review = client.page(page.select_one(".confirm a.fr-btn")["href"])
    answer = client.post(path(event), data=form_of(review, sans=str(guests[0].id)))

    campaign = only(Campaign)
    assert (answer.status_code, answer.location) == (303, path(event, f"/{campaign.id}"))
    assert outbox() == []  # the worker queues them
    run()
    assert [m.to for m in outbox()] == [guest.email for guest in guests[1:]]
    assert "laissé de côté" in words(client.page(f"{answer.location}?etat=sans-lettre").main)


def test_a_guest_added_while_the_list_was_read_gets_nothing(client, event, outbox):
    read = make_guest(event)
    review = client.page(path(event, "/relecture?lettre=invitation"))
    make_guest(event)

    client.post(path(event), data=form_of(review))
    run()

    assert [m.to for m in outbox()] == [read.email]


def test_the_same_page_sent_twice_makes_one_campaign(client, event):
    make_guest(event)
    sent = form_of(client.page(path(event, "/relecture?lettre=invitation")))

    first, second = client.post(path(event), data=sent), client.post(path(event), data=sent)

    assert first.location == second.location
    assert only(Campaign)


def test_the_filters_follow_to_the_list_and_the_campaign(client, event):
    make_guest(event, make_person(structure=make_structure(departement_code="02"), last_name="Aisne"))
    make_guest(event, make_person(structure=make_structure(departement_code="59"), last_name="Nord"))

    review = client.page(path(event, "/relecture?lettre=invitation&departement=02"))
    client.post(path(event), data=form_of(review))

    assert "AISNE" in words(review.main)
    assert "NORD" not in words(review.main)
    campaign = only(Campaign)
    assert campaign.segment == {"departement": "02"}
    assert [row.guest.last_name for row in campaign.recipients] == ["Aisne"]


def test_a_date_to_come_is_kept(client, event):
    make_guest(event)
    review = client.page(path(event, "/relecture?lettre=invitation"))

    client.post(path(event), data=form_of(review, when="later", due_date="2026-11-10", due_time="09:30"))

    campaign = only(Campaign)
    assert campaign.state is CampaignState.SCHEDULED
    assert campaign.due_at.astimezone(event.zone).isoformat() == "2026-11-10T09:30:00+01:00"


@pytest.mark.parametrize(
    "when",
    [
        {"when": "later"},
        {"when": "later", "due_date": "2026-11-10", "due_time": ""},
        {"when": "later", "due_date": "2026-10-10", "due_time": "09:00"},
        {"when": "later", "due_date": "demain", "due_time": "09:00"},
        {"when": "tomorrow"},
    ],
)
def test_a_wrong_date_is_explained_and_the_choices_kept(client, event, when):
    guest, _other = make_guest(event), make_guest(event)
    review = client.page(path(event, "/relecture?lettre=invitation"))

    answer = client.post(path(event), data=form_of(review, sans=str(guest.id), **when))

    assert answer.status_code == 422
    page = parse(answer)
    assert page.select_one("#erreurs")
    assert page.select_one(f"#sans-{guest.id}").has_attr("checked")
    assert db.session.scalars(db.select(Campaign)).all() == []


def test_a_letter_out_of_season_is_refused_with_its_reason(client, event):
    make_registration(event)
    review = client.page(path(event, "/relecture?lettre=remerciements"))

    answer = client.post(path(event), data=form_of(review))

    assert answer.status_code == 422
    assert "On ne remercie qu’une fois la rencontre commencée" in words(parse(answer).main)


def test_a_list_of_nobody_goes_back_to_the_choice(client, event):
    answer = client.get(path(event, "/relecture?lettre=relance"))

    assert (answer.status_code, answer.location) == (303, path(event, "/nouveau?lettre=relance"))


def test_a_letter_that_nobody_sends_by_hand_is_not_found(client, event):
    assert client.get(path(event, "/nouveau?lettre=confirmation")).status_code == 404
    assert client.get(path(event, "/nouveau?lettre=x")).status_code == 404


def test_the_list_whole_as_a_file_says_why(client, event):
    make_guest(event, make_person(last_name="Durand"))
    make_invitation(make_guest(event, make_person(last_name="Martin")))

    lines = client.get(path(event, "/relecture/liste.csv?lettre=invitation")).text.splitlines()

    assert [(line.split(";")[0], line.split(";")[-1]) for line in lines[1:]] == [
        ("Durand", "oui"),
        ("Martin", "non\u00a0: déjà invité"),
    ]


def launched(event):
    made = campaigns.create(
        event,
        campaigns.Order(kind=LetterKind.INVITATION, segment={}, people=range(2**31)),
        now=NOW,
        by=None,
    )
    run()
    return made


def test_pausing_resuming_and_cancelling_by_their_buttons(client, event, outbox):
    make_guest(event)
    campaign = launched(event)
    here = path(event, f"/{campaign.id}")

    client.post(f"{here}/suspension")
    assert [m.state for m in outbox()] == [State.HELD]
    assert "Reprendre l’envoi" in words(client.page(here).main.parent)
    client.post(f"{here}/reprise")
    assert [m.state for m in outbox()] == [State.QUEUED]
    assert "1 lettre ne partira pas" in words(client.page(f"{here}/annulation").main)
    client.post(f"{here}/annulation")

    assert [m.state for m in outbox()] == [State.DROPPED]
    assert "pour un départ prévu" in words(client.page(here).select_one(".page-head"))
    chosen = client.page(f"/gestion/evenements/{event.slug}/courriels").select("[name=campagne] option")
    assert [words(option) for option in chosen][-1].startswith("Invitation, ")
    assert client.get(f"{here}/annulation").location == here
    assert client.post(f"{here}/suspension").status_code == 303  # too late, and said so
    assert "déjà terminé" in words(client.page(here))


def test_a_campaign_shows_what_became_of_each(client, event, outbox):
    make_guest(event, make_person(last_name="Durand"))
    make_guest(event, make_person(last_name="Martin"))
    campaign = launched(event)
    sent, failed = outbox()
    sent.state, sent.sent_at, failed.state = State.SENT, NOW, State.FAILED
    here = path(event, f"/{campaign.id}")

    assert "envoyé" in words(client.page(f"{here}?etat=partis").table)
    assert "MARTIN" not in words(client.page(f"{here}?etat=partis").table)
    assert "en échec" in words(client.page(f"{here}?etat=problemes").table)
    assert client.get(f"{here}/liste.csv?etat=partis").text.count("\n") == 2
    assert "Invitation" in words(client.page(path(event)).table)


def test_planning_stopping_and_restarting_an_automatic_letter(client, event):
    client.post(path(event, "/automatiques"), data={"kind": "practical", "days": "3"})
    letter = only(AutomaticLetter)
    here = path(event, f"/automatiques/{letter.id}")

    assert "Note pratique 3 jours avant le début" in words(client.page(path(event)).main)
    client.post(f"{here}/arret")
    assert "arrêté" in words(client.page(path(event)).main)
    client.post(f"{here}/retablissement")
    assert letter.stopped_at is None


@pytest.mark.parametrize("days", ["", "0", "91", "x", "-3"])
def test_a_wrong_number_of_days_is_explained(client, event, days):
    answer = client.post(path(event, "/automatiques"), data={"kind": "reminder", "days": days})

    assert answer.status_code == 422
    assert parse(answer).select_one("#days-error")


def test_a_date_gone_is_explained(client, event):
    answer = client.post(path(event, "/automatiques"), data={"kind": "practical", "days": "90"})

    assert answer.status_code == 422
    assert "cette date est passée" in words(parse(answer).main)


def test_another_organisation_finds_nothing(client, event):
    make_guest(event)
    campaign = launched(event)
    letter = automatic.add(event, LetterKind.PRACTICAL, 3, now=NOW, by=make_user())
    other = make_event(make_organisation())
    client.sign_in(make_user(other.organisation))

    for slug in (event, other):
        assert client.get(path(slug, f"/{campaign.id}")).status_code == 404
        assert client.post(path(slug, f"/{campaign.id}/annulation")).status_code == 404
        assert client.post(path(slug, f"/automatiques/{letter.id}/arret")).status_code == 404


def test_a_long_list_fits_a_hidden_field():
    numbers = {1, 2, 3, 7, 9, 10}

    assert packed(numbers) == "1-3,7,9-10"
    assert unpacked(packed(numbers)) == numbers
    assert len(packed(range(1, 5001))) == 6


@pytest.mark.parametrize("text", ["", "x", "1-", "-", "1-2-3", "²", "9" * 40, "1-999999999", "3-1", "\0"])
def test_a_forged_list_names_nobody_by_accident(text):
    assert len(unpacked(text)) <= 1
