"""A file of registrations: what the preview says is what applying does, under the rules of the form."""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask

from eventapp.accounts.models import User
from eventapp.agenda.models import BookingMode
from eventapp.errors import Refused
from eventapp.events.models import Event, SessionChoice
from eventapp.extensions import db
from eventapp.journal.models import Entry
from eventapp.network.models import Structure
from eventapp.outbox.models import Message
from eventapp.registrations import seats
from eventapp.registrations.desk import importing
from eventapp.registrations.models import Booking, Registration, Status
from eventapp.registrations.places.models import StructureAllowance
from eventapp.registrations.questions.models import Answer, QuestionKind
from eventapp.registrations.wishes.models import Wish
from eventapp.spreadsheets.reading import Row, Table, Unreadable
from tests.factories import (
    NOW,
    make_category,
    make_event,
    make_person,
    make_question,
    make_registration,
    make_session,
    make_user,
    save,
)

Outbox = Callable[[], list[Message]]
HEADER = ["Prénom", "Nom", "Courriel"]
pytestmark = pytest.mark.both_databases


def table(*rows: list[str], more: list[str] | None = None) -> Table:
    return Table(HEADER + (more or []), [Row(line, cells) for line, cells in enumerate(rows, 2)], [])


def person(n: int, *more: str) -> list[str]:
    return ["Zoé", f"Lefèvre {n}", f"zoe-{n}@agents.example", *more]


def preview(event: Event, file: Table) -> list[tuple[str, str]]:
    return [(row.state.value, row.remark) for row in importing.preview(event, file, now=NOW).rows]


def apply(event: Event, file: Table, *, over_limits: bool = False, tell: bool = True) -> importing.Applied:
    facts = {"over_limits": over_limits, "tell": tell, "filename": "agents.csv"}
    done = importing.apply(event, file, now=NOW, by=make_user(), **facts)
    db.session.flush()
    return done


def states(event: Event) -> list[str]:
    return [one.status.value for one in db.session.scalars(Registration.of(event).order_by(None).order_by("id"))]


def test_places_go_in_the_order_of_the_file_and_letters_leave(outbox: Outbox) -> None:
    event, file = make_event(capacity=1), table(person(1), person(2))
    assert preview(event, file) == [
        ("confirmed", ""),
        ("waiting", "Attendrait\u00a0: toutes les places de la rencontre sont prises."),
    ]
    assert states(event) == []

    done = apply(event, file)

    assert (done.confirmed, done.waiting, done.forced) == (1, 1, 0)
    assert states(event) == ["confirmed", "waiting"]
    assert [m.letter for m in outbox()] == ["registrations/confirmed", "registrations/waiting"]
    acts = db.session.scalars(db.select(Entry.act).order_by(Entry.id)).all()
    assert acts == ["registration.created", "registration.created", "registrations.imported"]


def test_nobody_is_written_to_without_the_box(outbox: Outbox) -> None:
    apply(make_event(), table(person(1)), tell=False)
    assert outbox() == []


def test_going_over_the_limits_is_explicit_and_each_is_logged() -> None:
    event = make_event(capacity=1, waiting_list=False)
    file = table(person(1), person(2), person(3))
    done = apply(event, file, over_limits=True)
    assert (done.confirmed, done.forced) == (3, 2)
    rows = db.session.scalars(db.select(Entry).where(Entry.act == "registration.created").order_by(Entry.id)).all()
    assert [row.details["over_capacity"] for row in rows] == [False, True, True]
    figures = [f"toutes les places de la rencontre sont prises ({held}\u00a0sur\u00a01)" for held in (1, 2)]
    assert [row.details["over_limits"][0] for row in rows[1:]] == figures
    last = db.session.scalars(db.select(Entry).order_by(Entry.id.desc()).limit(1)).one()
    assert (
        last.sentence == "3 personnes inscrites depuis le fichier «\u00a0agents.csv\u00a0», dont 2 au-delà des limites."
    )


def test_without_waiting_list_who_does_not_fit_is_refused_line_by_line() -> None:
    event = make_event(capacity=1, waiting_list=False)
    done = apply(event, table(person(1), person(2)))
    assert [(row.line, sentence[:12]) for row, sentence in done.refused] == [(3, "Il n’y a plu")]
    assert states(event) == ["confirmed"]


def test_known_people_doubles_and_faults_are_left_out() -> None:
    event = make_event()
    make_registration(event, make_person(first_name="Zoé", last_name="Lefèvre 1", email="zoe-1@agents.example"))
    file = table(person(1), person(2), person(2), ["", "Petit", "p@agents.example"], ["Luc", "Petit", "rien"])
    found = preview(event, file)
    assert [state for state, _ in found] == ["present", "confirmed", "present", "wrong", "wrong"]
    assert [remark for _, remark in found][:4] == [
        "Déjà inscrite.",
        "",
        "Déjà à la ligne 3 de ce fichier.",
        "Le prénom est absent.",
    ]
    apply(event, file)
    assert len(states(event)) == 2


def test_a_missing_column_or_an_event_that_is_over_refuses_the_file() -> None:
    event = make_event()
    with pytest.raises(Unreadable, match="Prénom"):
        importing.preview(event, Table(["Nom", "Courriel"], [], []), now=NOW)
    with pytest.raises(Refused, match="terminée"):
        importing.preview(event, table(person(1)), now=event.ends_at)


def test_sessions_and_answers_follow_the_rules() -> None:
    event = make_event()
    one = make_session(event, title="Accueil, écoute", booking=BookingMode.OPTIONAL, capacity=0)
    later = event.starts_at + timedelta(hours=3)
    two = make_session(event, title="Aidants", booking=BookingMode.OPTIONAL, starts_at=later)
    make_session(event, title="Ailleurs", booking=BookingMode.OPTIONAL, starts_at=later)
    meal = make_question(event, label="Déjeunez-vous ?", kind=QuestionKind.YES_NO, required=True)
    days = make_question(event, label="Jours", kind=QuestionKind.CHOICES, choices=["Lundi", "Mardi, matin"])
    secret = make_question(event, label="Repas", kind=QuestionKind.TEXT, sensitive=True)
    file = table(
        person(1, "accueil, ecoute ; Aidants", "oui", "mardi, matin; lundi", "végétarien"),
        person(2, "Aidants; Ailleurs", "non", "", ""),
        person(3, "Inconnue", "non", "", ""),
        person(4, "", "", "", ""),
        person(5, "", "non", "Jeudi", ""),
        more=["Sessions", "Déjeunez-vous ?", "Jours", "Repas"],
    )
    found = importing.preview(event, file, now=NOW)
    assert [row.state.value for row in found.rows] == ["confirmed", "wrong", "wrong", "wrong", "wrong"]
    assert found.rows[0].remark == "Liste d’attente de «\u00a0Accueil, écoute\u00a0»."
    assert "en même temps" in found.rows[1].remark
    assert found.rows[2].remark == "La session «\u00a0Inconnue\u00a0» est inconnue."
    assert found.rows[3].remark.startswith("«\u00a0Déjeunez-vous\u00a0?\u00a0»\u00a0: ")
    assert found.unknown_columns == [secret.label]

    apply(event, file)

    made = db.session.scalars(Registration.of(event)).one()
    assert {b.session_id: b.is_confirmed for b in made.live_bookings} == {one.id: False, two.id: True}
    answers = db.session.execute(db.select(Answer.question_id, Answer.value)).all()
    assert dict(map(tuple, answers)) == {meal.id: True, days.id: ["Mardi, matin", "Lundi"]}


@pytest.mark.parametrize("seed", range(12))
def test_applying_does_what_the_preview_said(seed: int) -> None:
    """Random limits, random people, some waiting already: line by line the same state."""
    draw = random.Random(seed)
    event = make_event(capacity=draw.choice([None, 3, 6]), per_structure=draw.choice([None, 1, 2]))
    categories = [make_category(event, capacity=draw.choice([None, 1, 3])) for _ in range(2)]
    known = [
        save(Structure(id_fs=f"{seed}{n}9", name=f"France services {n}", departement_code="02", updated_at=NOW))
        for n in range(2)
    ]
    if draw.random() < 0.5:
        save(StructureAllowance(event_id=event.id, structure=known[0], places=draw.choice([0, 1, 4])))
    event.per_structure_until = draw.choice([None, NOW, NOW + timedelta(days=1)])
    for structure in known:
        make_registration(event, make_person(structure=structure, category=draw.choice(categories)))
    file = table(
        *(person(n, draw.choice(categories).name, draw.choice(["", known[0].id_fs, known[1].id_fs])) for n in range(9)),
        more=["Catégorie", "id_fs"],
    )
    said = {row.person.email: row.state.value for row in importing.preview(event, file, now=NOW).rows if row.person}
    apply(event, file)
    made = db.session.scalars(Registration.of(event).where(Registration.status != Status.CANCELLED)).unique()
    assert {one.email: one.status.value for one in made if one.email in said} == said


def test_where_sessions_are_wished_for_the_file_makes_a_wish() -> None:
    event = make_event(session_choice=SessionChoice.WISHES)
    one, _other = (make_session(event, booking=BookingMode.OPTIONAL, title=f"Atelier {n}", capacity=0) for n in (1, 2))
    file = table(person(1, "Atelier 1"), more=["Sessions"])
    assert preview(event, file) == [("confirmed", "")]
    apply(event, file)
    assert db.session.scalars(db.select(Booking)).all() == []
    assert [(wish.session_id, wish.rank) for wish in db.session.scalars(db.select(Wish))] == [(one.id, 1)]


def test_other_titles_are_understood() -> None:
    event = make_event()
    file = Table(
        ["PRENOM", "Nom de famille", "Mail", "Tél"], [Row(2, ["Luc", "Petit", "l@a.example", "0323975390"])], []
    )
    row = importing.preview(event, file, now=NOW).rows[0]
    assert row.person is not None
    assert row.person.phone == "+33323975390"


@pytest.mark.both_databases
@pytest.mark.parametrize("over_limits", [False, True])
def test_a_file_applied_in_the_rush_takes_the_same_lock(app: Flask, over_limits: bool) -> None:
    """S11: what goes beyond the capacity is exactly what the journal says was forced."""
    event, user = make_event(capacity=10), make_user()
    event_id, user_id = event.id, user.id
    db.session.commit()

    def come(n: int) -> None:
        with app.app_context():
            seats.register(db.session.get_one(Event, event_id), make_person(), now=NOW, idempotency_key=f"cle-{n}")
            db.session.commit()

    def load() -> None:
        with app.app_context():
            found, by = db.session.get_one(Event, event_id), db.session.get_one(User, user_id)
            facts = {"over_limits": over_limits, "tell": True, "filename": "agents.csv"}
            importing.apply(found, table(*map(person, range(8))), now=NOW, by=by, **facts)
            db.session.commit()

    with ThreadPoolExecutor(6) as pool:
        rush = [pool.submit(come, n) for n in range(6)]
        rush += [pool.submit(load), *(pool.submit(come, n) for n in range(6, 12))]
        assert [one.result() for one in rush] == [None] * 13
    rows = db.session.scalars(db.select(Entry).where(Entry.act == "registration.created")).all()
    forced = sum(bool(row.details["over_capacity"]) for row in rows)
    assert states(event).count("confirmed") == 10 + forced
    assert len(states(event)) == 20
    assert forced == 0 or over_limits


def test_a_line_without_a_wish_where_everybody_ranks_is_wrong_in_the_preview_already() -> None:
    event = make_event(session_choice=SessionChoice.WISHES)
    event.choice_required = [event.local_start.strftime("%Y-%m-%dT%H:%M")]
    for title in ("Accueil", "Médiation"):
        make_session(event, title=title, booking=BookingMode.OPTIONAL)
    file = table(person(1, "Accueil"), person(2, ""), more=["Sessions"])

    (_, wished), (state, remark) = preview(event, file)
    assert (wished, state) == ("", "wrong")
    assert remark.startswith("Classez au moins une session")
    assert not apply(event, file).refused
