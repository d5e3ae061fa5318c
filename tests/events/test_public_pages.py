from datetime import timedelta

import pytest

from eventapp.clock import utcnow
from eventapp.events.models import Audience
from tests.factories import make_event, make_organisation, make_registration, make_session, make_user
from tests.pages import words

DAY = timedelta(days=1)


def coming(**facts):
    """Open to registrations now."""
    starts_at = utcnow() + 30 * DAY
    return make_event(**{"starts_at": starts_at, "ends_at": starts_at + timedelta(hours=8)} | facts)


def past(**facts):
    starts_at = utcnow() - 30 * DAY
    return coming(**{"starts_at": starts_at, "ends_at": starts_at + timedelta(hours=8)} | facts)


def aside(client, event):
    return words(client.page(f"/evenements/{event.slug}/").aside)


def test_the_home_page_says_when_there_is_nothing(client):
    assert "Aucune rencontre n’est annoncée" in words(client.page("/").main)


def test_the_home_page_shows_what_comes_then_what_was(client):
    past(title="Hier")
    coming(title="Demain")
    coming(title="Brouillon", published_at=None)
    titles = [words(tag) for tag in client.page("/").select(".event-card__title")]
    assert titles == ["Demain", "Hier"]


def test_many_events_can_be_narrowed_to_a_region(client):
    for code in ("32", "32", "32", "11", "11", "11"):
        coming(organisation=make_organisation(region_code=code), title=f"Région {code}")
    page = client.page("/?region=ile-de-france")
    assert {words(tag) for tag in page.select(".event-card__title")} == {"Région 11"}
    assert words(page.select_one("nav.tabs [aria-current]")) == "Île-de-France"


def test_few_events_need_no_filter(client):
    coming()
    assert client.page("/").select_one("nav.tabs") is None


@pytest.mark.parametrize("region", ["", "inconnue", "%00", "'"])
def test_an_unknown_region_shows_everything(client, region):
    coming(title="Demain")
    assert "Demain" in words(client.page(f"/?region={region}"))


def test_the_page_says_what_when_where(client):
    event = coming(title="Rencontre", summary="Une journée.", description="**Bonjour**")
    page = client.page(f"/evenements/{event.slug}/")
    assert words(page.h1) == "Rencontre"
    assert "Préfecture de région, Lille" in words(page.select_one(".facts"))
    assert page.select_one(".prose strong").text == "Bonjour"


def test_the_page_holds_the_programme(client):
    event = coming()
    make_session(event, title="Plénière")
    assert "Plénière" in words(client.page(f"/evenements/{event.slug}/").main)


def test_an_open_event_asks_to_register(client):
    event = coming(capacity=100, per_structure=2)
    assert "2 places par structure. S’inscrire" in aside(client, event)


def test_the_last_places_are_counted(client):
    event = coming(capacity=11)
    for _ in range(10):
        make_registration(event)
    assert "1 place restante" in aside(client, event)


def test_a_full_event_offers_the_waiting_list(client):
    event = coming(capacity=0)
    assert "Rejoindre la liste d’attente" in aside(client, event)


def test_a_full_event_without_waiting_list_says_so(client):
    assert "il n’y a pas de liste d’attente" in aside(client, coming(capacity=0, waiting_list=False))


def test_an_event_not_yet_open_says_when(client):
    event = coming(opens_at=utcnow() + DAY)
    assert aside(client, event).startswith("Inscriptions bientôt ouvertes Elles ouvrent le")


def test_a_closed_event_says_whom_to_write_to(client):
    event = coming(closes_at=utcnow() - DAY, contact_email="aide@sgar.example")
    assert "Écrivez à" in aside(client, event)
    assert "aide@sgar.example" in aside(client, event)


def test_an_event_on_invitation_says_whom_to_ask(client):
    event = coming(audience=Audience.INVITED)
    text = aside(client, event)
    assert text.startswith("Sur invitation")
    assert event.organisation.email in text
    assert "Recevoir mon lien" in text


def test_a_cancelled_event_says_why(client):
    event = coming(cancelled_at=utcnow(), cancellation_reason="Neige")
    page = client.page(f"/evenements/{event.slug}/")
    assert "Cette rencontre est annulée Neige" in words(page.main)


@pytest.mark.parametrize("path", ["", "programme"])
def test_what_is_over_asks_for_nothing(client, path):
    for event in (past(), coming(cancelled_at=utcnow())):
        make_session(event)
        page = client.page(f"/evenements/{event.slug}/{path}")
        assert "S’inscrire" not in words(page.select_one("#menu"))
        assert "calendrier" not in words(page.main)


def test_what_comes_asks_to_register_everywhere(client):
    event = coming()
    make_session(event)
    for path in ("", "programme"):
        page = client.page(f"/evenements/{event.slug}/{path}")
        assert "S’inscrire" in words(page.select_one("#menu"))
        assert page.select_one(".session__calendar")


def test_a_past_event_leads_to_its_report(client):
    event = past(report="## Bilan\n\nRéussi.")
    assert "Lire le compte rendu" in aside(client, event)
    report = client.page(f"/evenements/{event.slug}/compte-rendu")
    assert [words(tag) for tag in report.select(".prose h2")] == ["Bilan"]


def test_without_report_there_is_no_such_page(client):
    event = past()
    assert client.get(f"/evenements/{event.slug}/compte-rendu").status_code == 404


@pytest.mark.parametrize("path", ["", "compte-rendu"])
def test_a_draft_is_unknown_to_strangers_and_to_its_organisers(client, path):
    event = past(published_at=None, report="x")
    client.sign_in(make_user(event.organisation))
    assert client.get(f"/evenements/{event.slug}/{path}").status_code == 404


def test_organisers_preview_a_draft(client):
    event = coming(published_at=None, title="Secret")
    client.sign_in(make_user(event.organisation))
    page = client.page(f"/gestion/evenements/{event.slug}/apercu")
    assert (words(page.h1), "vous seuls" in words(page.main)) == ("Secret", True)


def test_strangers_do_not_preview(client):
    event = coming(published_at=None)
    client.sign_in(make_user(make_organisation()))
    assert client.get(f"/gestion/evenements/{event.slug}/apercu").status_code == 404


HOSTILE = "<script>alert(1)</script>\"'&{{7*7}}{0.__class__}%(x)s"


def test_hostile_words_stay_words(client):
    event = coming(
        title=HOSTILE, summary=HOSTILE, description=f"[x](javascript:alert(1)) {HOSTILE}", contact_name=HOSTILE,
        report=HOSTILE,
    )  # fmt: skip
    for path in ("/", f"/evenements/{event.slug}/", f"/evenements/{event.slug}/compte-rendu"):
        page = client.page(path)
        written = [tag for tag in page.find_all("script") if not tag.get("src")]
        assert [
            tag for tag in written if tag.attrs != {"type": "application/ld+json"}
        ] == []  # data, which nothing runs
        assert page.select("a[href^=javascript]") == []
        assert "{{7*7}}" in page.text


def test_past_events_come_by_pages(client):
    for n in range(30):
        past(title=f"Passée {n}", starts_at=utcnow() - (n + 2) * DAY, ends_at=utcnow() - (n + 1) * DAY)
    first = client.page("/")
    second = client.page("/" + first.select_one("a[rel=next]")["href"])
    titles = [words(tag) for page in (first, second) for tag in page.select(".event-card__title")]
    assert titles == [f"Passée {n}" for n in range(30)]


@pytest.mark.both_databases
@pytest.mark.parametrize("path", ["/evenements/a%00b/", "/evenements/%ff/", "/evenements/%ed%a0%80/compte-rendu"])
def test_an_address_that_no_database_holds_is_not_found(client, path):
    assert client.get(path).status_code == 404
