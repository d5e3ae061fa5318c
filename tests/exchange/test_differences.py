"""What a draft or a release changes, in words that an organiser can check against paper: before and after."""

from dataclasses import replace
from datetime import timedelta

import pytest

from eventapp.agenda.models import BookingMode
from eventapp.exchange import taking
from eventapp.exchange.differences import differences
from eventapp.exchange.event_file import AppearancePart
from tests.factories import STARTS, make_event, make_room, make_session, make_speaker

VASSEUR, ROUX = (AppearancePart(speaker=slug) for slug in ("etienne-vasseur", "anne-roux"))
RESERVED = replace(VASSEUR, note="sous réserve")
REPRESENTED = "Étienne VASSEUR\u00a0: sous réserve → représenté par Mme ROUX, sous-préfète"


@pytest.fixture
def file():
    """One session at 9 a.m., in the amphitheatre."""
    event = make_event(slug="rencontre")
    amphi = make_room(event, slug="amphi", name="Amphithéâtre")
    make_room(event, slug="vauban", name="Salle Vauban")
    for first_name, last_name in (("Étienne", "Vasseur"), ("Anne", "Roux")):
        slug = f"{first_name}-{last_name}".lower().replace("é", "e")
        make_speaker(event, slug=slug, first_name=first_name, last_name=last_name)
    make_session(event, room=amphi, slug="ouverture", title="Ouverture", capacity=20)
    return with_session(taking.take(event), speakers=(VASSEUR,))


def with_session(file, **facts):
    return replace(file, sessions=(replace(file.sessions[0], **facts),))


def changes(before, **facts):
    (said,) = differences(before, with_session(before, **facts))
    return said.removeprefix("Session modifiée\u00a0: Ouverture (").removesuffix(")")


def test_hours_are_said_before_and_after(file):
    later = {"starts_at": STARTS + timedelta(minutes=5), "ends_at": file.sessions[0].ends_at + timedelta(minutes=5)}

    assert changes(file, **later).replace("\u00a0", " ") == "horaire : 9 h – 10 h → 9 h 05 – 10 h 05"


def test_the_day_is_said_when_it_changes(file):
    day = timedelta(days=1)

    said = changes(file, starts_at=STARTS + day, ends_at=file.sessions[0].ends_at + day)

    assert "jeudi 14 janvier 2027, 9\u00a0h" in said
    assert "→ vendredi 15 janvier 2027, 9\u00a0h" in said


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"room": "vauban"}, "salle\u00a0: Amphithéâtre → Salle Vauban"),
        ({"room": None}, "salle\u00a0: Amphithéâtre → sans salle"),
        ({"capacity": None}, "places\u00a0: 20 → sans limite"),
        ({"booking": BookingMode.REQUIRED}, "réservation\u00a0: aucune → obligatoire"),
        ({"description": "Un texte."}, "présentation ajoutée"),
        ({"online_url": "https://visio.example/secret"}, "lien ajouté"),
        ({"speakers": ()}, "sans Étienne VASSEUR"),
        ({"speakers": (VASSEUR, ROUX)}, "avec Anne ROUX"),
        ({"speakers": (RESERVED,)}, "Étienne VASSEUR\u00a0: présence confirmée → sous réserve"),
        ({"room": "vauban", "capacity": 30}, "salle\u00a0: Amphithéâtre → Salle Vauban\u00a0; places\u00a0: 20 → 30"),
    ],
)  # fmt: skip
def test_each_fact_of_a_session_is_said_before_and_after(file, facts, said):
    assert changes(file, **facts) == said


def test_who_now_speaks_for_somebody_is_said(file):
    before = with_session(file, speakers=(RESERVED, ROUX))
    represented = replace(VASSEUR, note="représenté par Mme ROUX, sous-préfète")

    assert changes(before, speakers=(represented, ROUX)) == REPRESENTED
    assert changes(before, speakers=before.sessions[0].speakers[::-1]) == "ordre des intervenants"


def test_so_are_the_facts_of_rooms_and_of_the_registration(file):
    amphi, vauban = file.rooms
    after = replace(
        file,
        rooms=(amphi, replace(vauban, capacity=40)),
        registration=replace(file.registration, capacity=120, waiting_list=False),
    )

    registration, room = differences(file, after)

    assert registration.startswith("Inscription\u00a0: nombre de places\u00a0: sans limite → 120\u00a0; ")
    assert registration.endswith("liste d’attente\u00a0: oui → non")
    assert room == "Salle modifiée\u00a0: Salle Vauban (places\u00a0: 60 → 40)"
