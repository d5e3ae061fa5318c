from datetime import timedelta

import pytest

from eventapp.accounts.models import Role
from eventapp.clock import utcnow
from eventapp.events.local_times import to_iso
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.registrations.models import Status as Registered
from tests.factories import make_category, make_event, make_organisation, make_person, make_registration, make_user
from tests.pages import parse, words

FORM = {
    "title": "Rencontre 2027",
    "starts_date": "2027-01-14",
    "starts_time": "09:00",
    "ends_date": "2027-01-14",
    "ends_time": "17:00",
    "timezone": "Europe/Paris",
    "audience": "public",
    "venue_name": "Préfecture",
    "venue_city": "Lille",
    "waiting_list": "y",
}


@pytest.fixture
def organisation():
    return make_organisation(name="SGAR Test")


@pytest.fixture
def organiser(client, organisation):
    """The client, signed in as an organiser of `organisation`."""
    client.sign_in(make_user(organisation))
    return client


def create(client, organisation, **changes):
    return client.post("/gestion/evenements/nouveau", data={**FORM, "organisation": organisation.slug} | changes)


def only_event():
    return db.session.scalars(db.select(Event)).one()


def errors(response):
    """Sentences of the error summary."""
    return [words(tag) for tag in parse(response).select("#erreurs li, #erreurs > p")]


def titles(page):
    return [words(tag) for tag in page.select("tbody th")]


def test_the_empty_list_says_what_to_do(organiser):
    page = organiser.page("/gestion/")
    assert "Votre organisation n’a pas encore d’événement" in words(page.main)
    assert page.select_one("a[href='/gestion/evenements/nouveau']") is not None


def test_the_list_holds_only_events_of_my_organisations(organiser, organisation):
    make_event(organisation, title="À moi")
    make_event(title="À d’autres")
    assert titles(organiser.page("/gestion/")) == ["À moi"]


def test_registered_means_confirmed(organiser, organisation):
    event = make_event(organisation)
    for status in Registered:
        make_registration(event, status=status)
    assert words(organiser.page("/gestion/").select_one("td.fr-num")) == "1"


def test_faults_come_in_the_order_of_the_page_without_saying_their_label_twice(organiser, organisation):
    response = create(organiser, organisation, title="", slug="Été !", starts_date="", capacity="x")
    assert errors(response) == [
        "Donnez un titre à l’événement.",
        "Adresse de la page : Minuscules sans accent, chiffres et traits d’union seulement.",
        "Choisissez la date de début.",
        "Nombre de places : Saisissez un nombre entier. Exemple : 200.",
    ]


@pytest.mark.parametrize(
    ("query", "found"),
    [("q=ete", ["Été"]), ("q=LILLE+été", ["Été"]), ("q=%25", []), ("etat=brouillon", ["Hiver"]), ("etat=annule", [])],
)
def test_the_list_is_searched_and_narrowed(organiser, organisation, query, found):
    make_event(organisation, title="Été")
    make_event(organisation, title="Hiver", published_at=None)
    assert titles(organiser.page(f"/gestion/?{query}")) == found


def test_the_list_is_paged_by_key(organiser, organisation):
    for n in range(60):
        make_event(organisation, title=f"Rencontre {n:02}")
    first = organiser.page("/gestion/?tri=titre")
    second = organiser.page("/gestion/" + first.select_one("a[rel=next]")["href"])
    assert titles(first) + titles(second) == [f"Rencontre {n:02}" for n in range(60)]


@pytest.mark.parametrize("query", ["apres=zzz", "avant=%00", "tri=;--", "etat=x", "q=" + "x" * 3000])
def test_an_odd_query_still_answers(organiser, query):
    assert organiser.get(f"/gestion/?{query}").status_code == 200


def test_other_roles_see_no_event(client, organisation):
    make_event(organisation, title="Secret")
    client.sign_in(make_user(organisation, Role.READER))
    assert "Secret" not in client.page("/gestion/").text
    assert client.get("/gestion/evenements/nouveau").status_code == 404


def test_an_event_is_created_as_a_draft(organiser, organisation):
    response = create(organiser, organisation)
    event = only_event()
    assert response.location == "/gestion/evenements/rencontre-2027/modification"
    assert (event.published_at, to_iso(event.starts_at, event.timezone)) == (None, "2027-01-14T09:00")


def test_nobody_creates_for_another_organisation(organiser):
    assert create(organiser, make_organisation()).status_code == 422
    assert db.session.scalar(db.select(db.func.count(Event.id))) == 0


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"title": ""}, "Donnez un titre à l’événement."),
        ({"starts_date": "2027-02-30"}, "Date de début : Cette date n’est pas valable. Exemple : 14/01/2027."),
        ({"starts_time": "25:99"}, "Heure de début : Cette heure n’est pas valable. Exemple : 09:30."),
        ({"starts_date": "0001-01-01"}, "Date de début : L’année doit être comprise entre 2000 et 2100."),
        ({"ends_time": "08:00"}, "Heure de fin : La fin doit venir après le début."),
        ({"ends_date": "2027-01-13"}, "Date de fin : La fin doit venir après le début."),
        ({"closes_date": "2027-01-07"}, "Clôture, heure : La date et l’heure vont ensemble."),
        ({"capacity": "beaucoup"}, "Nombre de places : Saisissez un nombre entier. Exemple : 200."),
        ({"capacity": "-1"}, "Nombre de places : Saisissez un nombre entre 0 et 1 000 000."),
        ({"slug": "Été"}, "Adresse de la page : Minuscules sans accent, chiffres et traits d’union seulement."),
        ({"timezone": "Mars"}, None),
        ({"contact_email": "x"}, "Adresse électronique : Il manque le « @ » dans l’adresse électronique."),
    ],
)
def test_a_fault_names_its_field_and_keeps_what_was_typed(organiser, organisation, changes, error):
    response = create(organiser, organisation, description="À garder", **changes)
    assert response.status_code == 422
    assert error in errors(response) or error is None
    assert parse(response).select_one("#description").text.strip() == "À garder"
    assert db.session.scalar(db.select(db.func.count(Event.id))) == 0


def test_an_hour_that_does_not_exist_is_refused(organiser, organisation):
    response = create(organiser, organisation, starts_date="2027-03-28", ends_date="2027-03-28", starts_time="02:30")
    assert [e for e in errors(response) if "n’existe pas" in e and e.startswith("Heure de début")] != []


def test_an_hour_that_exists_twice_asks_which(organiser, organisation):
    night = {"starts_date": "2027-10-31", "ends_date": "2027-10-31", "starts_time": "02:30"}
    asked = parse(create(organiser, organisation, **night))
    assert [tag["value"] for tag in asked.select("input[name=starts_offset]")] == ["+02:00", "+01:00"]
    create(organiser, organisation, **night, starts_offset="+01:00")
    event = only_event()
    assert to_iso(event.starts_at, event.timezone) == "2027-10-31T02:30+01:00"


def test_closing_before_opening_is_refused(organiser, organisation):
    window = {"opens_date": "2027-01-07", "opens_time": "09:00", "closes_date": "2027-01-06", "closes_time": "09:00"}
    sentence = "Clôture des inscriptions, date : La clôture des inscriptions doit venir après leur ouverture."
    assert errors(create(organiser, organisation, **window)) == [sentence]


def test_a_taken_address_is_refused(organiser, organisation):
    make_event(slug="pris")
    assert errors(create(organiser, organisation, slug="pris")) == [
        "Adresse de la page : Cette adresse de page est déjà utilisée par un autre événement."
    ]


def test_control_characters_in_a_title_become_spaces(organiser, organisation):
    create(organiser, organisation, title="Un\u0000deux\u2028trois")
    assert only_event().title == "Un deux trois"


def edit(client, event, **changes):
    data = FORM | {"revision": str(event.revision)} | changes
    return client.post(f"/gestion/evenements/{event.slug}/modification", data=data)


def test_saving_the_form_as_shown_changes_nothing(organiser, organisation):
    create(organiser, organisation)
    event = only_event()
    page = organiser.page(f"/gestion/evenements/{event.slug}/modification")
    shown = {t["name"]: t.get("value", "") for t in page.select("main form input[name]") if t["type"] != "radio"}
    shown |= {t["name"]: t.text.lstrip("\n") for t in page.select("main form textarea")}
    shown |= {"audience": "public", "timezone": "Europe/Paris"}
    for _ in range(5):
        response = organiser.post(f"/gestion/evenements/{event.slug}/modification", data=shown)
        assert response.status_code == 303
    assert only_event().revision == 1


def test_a_form_opened_before_a_colleague_saved_is_refused_and_keeps_its_words(organiser, organisation):
    event = make_event(organisation, published_at=None, title="Ancien")
    edit(organiser, event, title="De ma collègue", revision="1")
    response = edit(organiser, event, title="De moi", revision="1")
    page = parse(response)
    assert (response.status_code, only_event().title) == (409, "De ma collègue")
    assert page.select_one("#title")["value"] == "De moi"
    assert "Titre : De ma collègue" in words(page.main)
    assert edit(organiser, event, title="De moi", revision=page.select_one("#revision")["value"]).status_code == 303


def test_a_released_event_keeps_its_date_whatever_is_posted(organiser, organisation):
    event = make_event(organisation)
    before = event.starts_at
    edit(organiser, event, starts_date="2028-01-01", ends_date="2028-01-01", title="Autre")
    assert (only_event().starts_at, only_event().title) == (before, "Autre")


def test_fewer_places_than_taken_drop_nobody_and_say_so(organiser, organisation):
    event = make_event(organisation, capacity=10)
    for _ in range(3):
        make_registration(event)
    edit(organiser, event, capacity="2")
    page = organiser.page(f"/gestion/evenements/{event.slug}/modification")
    assert "a 2 places pour 3 occupées. Personne ne perd la sienne" in words(page.main)


def test_a_category_below_what_is_taken_says_so_on_its_own_page(organiser, organisation):
    event = make_event(organisation)
    category = make_category(event, name="Agents", capacity=3)
    for _ in range(2):
        make_registration(event, make_person(category=category))
    address = f"/gestion/evenements/{event.slug}/categories"
    organiser.post(f"{address}/{category.slug}/modification", data={"name": "Agents", "capacity": "1"})
    said = "La catégorie « Agents » a 1 place pour 2 occupées. Personne ne perd la sienne"
    assert said in words(organiser.page(address).main)


def test_the_dates_of_structures_and_of_each_person_are_kept_and_shown_again(organiser, organisation):
    event = make_event(organisation, per_structure=2)
    names = {"release": "per_structure_until", "changes": "changes_until", "cancellations": "cancellations_until"}
    edit(organiser, event, **{f"{n}_date": "2027-01-12" for n in names}, **{f"{n}_time": "09:30" for n in names})
    assert [to_iso(getattr(event, c), event.timezone) for c in names.values()] == ["2027-01-12T09:30"] * 3
    page = organiser.page(f"/gestion/evenements/{event.slug}/modification")
    shown = [(page.select_one(f"#{n}_date")["value"], page.select_one(f"#{n}_time")["value"]) for n in names]
    assert shown == [("2027-01-12", "09:30")] * 3


def test_more_places_serve_the_waiting_list(organiser, organisation, outbox):
    starts_at = utcnow() + timedelta(days=30)
    event = make_event(organisation, capacity=0, starts_at=starts_at, ends_at=starts_at + timedelta(hours=8))
    waiting = make_registration(event, status=Registered.WAITING)
    edit(organiser, event, capacity="5")
    assert waiting.is_confirmed
    assert [m.to for m in outbox()] == [waiting.email]


PAGES = (
    "modification", "categories", "publication", "retrait", "annulation", "deplacement", "copie", "compte-rendu",
    "apercu", "fichier.json",
)  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_pages_answer_their_organiser_and_no_stranger(client, path):
    event = make_event(published_at=None)
    make_category(event)
    address = f"/gestion/evenements/{event.slug}/{path}"
    assert client.get(address).location.startswith("/connexion")
    client.sign_in(make_user(make_organisation()))
    assert client.get(address).status_code == 404
    client.sign_in(make_user(event.organisation))
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("path", [*PAGES[:8], "brouillon/publication", "brouillon/abandon", "compte-rendu/apercu"])
def test_strangers_change_nothing(client, path):
    event = make_event()
    client.sign_in(make_user(make_organisation()))
    data = FORM | {"reason": "x", "report": "x", "starts_on": "2027-05-01", "name": "x"}
    assert client.post(f"/gestion/evenements/{event.slug}/{path}", data=data).status_code in (404, 405)
    assert (only_event().revision, only_event().cancelled_at) == (1, None)


def test_an_hour_that_exists_twice_is_shown_as_it_was_chosen(organiser, organisation):
    night = {"starts_date": "2027-10-31", "ends_date": "2027-10-31", "starts_time": "02:30"}
    create(organiser, organisation, **night, starts_offset="+01:00")
    event = only_event()
    page = organiser.page(f"/gestion/evenements/{event.slug}/modification")
    assert [tag["value"] for tag in page.select("input[name=starts_offset][checked]")] == ["+01:00"]
    edit(organiser, event, **night, starts_offset="+01:00", venue_city="Lille")
    assert to_iso(only_event().starts_at, event.timezone) == "2027-10-31T02:30+01:00"


def test_an_event_overseas_keeps_its_hours(organiser, organisation):
    create(organiser, organisation, timezone="Indian/Reunion")
    edit(organiser, only_event(), timezone="Indian/Reunion", title="Autre")
    assert to_iso(only_event().starts_at, "Indian/Reunion") == "2027-01-14T09:00"
