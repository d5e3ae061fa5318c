"""The pages behind the private link: a summary before each act, passing one's place on, asking after the dates."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from eventapp.clock import utcnow
from eventapp.extensions import db
from eventapp.outbox.models import Message
from eventapp.registrations import links, seats
from eventapp.registrations.models import Registration, Status
from eventapp.registrations.questions.models import Answer, QuestionKind
from eventapp.registrations.self_service.models import ChangeRequest, RequestKind
from tests.factories import NOW, make_person, make_question, make_registration, save
from tests.pages import PageClient, parse, words
from tests.registrations.test_public_pages import PERSON, coming

Outbox = Callable[[], list[Message]]
COLLEAGUE = {"first_name": "Zoé", "last_name": "Lefèvre", "email": "zoe@agents.example", "function": ""}


def page_of(registration: Registration) -> str:
    return f"/mon-inscription/{links.token(registration)}"


def closed(**facts: object):
    return coming(closes_at=utcnow() - timedelta(minutes=1), **facts)


def posted(form: object) -> dict[str, list[str]]:
    """What the first form of a page sends."""
    fields: dict[str, list[str]] = {}
    for field in form.select("input[name]"):
        fields.setdefault(field["name"], []).append(field.get("value", ""))
    return fields


def test_what_changes_is_shown_and_nothing_is_written(client: PageClient) -> None:
    registration = make_registration(coming(), make_person(**PERSON))
    response = client.post(f"{page_of(registration)}/modification/verification", data=PERSON | {"function": "agent"})

    assert response.status_code == 200
    assert "Fonction" in words(parse(response).main)
    assert "agent" in words(parse(response).main)
    assert "Prénom" not in words(parse(response).main)
    assert registration.function == PERSON.get("function", "")


def test_the_summary_is_confirmed_as_it_was_written(client: PageClient) -> None:
    event = coming()
    make_question(event, slug="repas", kind=QuestionKind.CHOICES, choices=["Midi", "Soir"])
    registration = make_registration(event, make_person(**PERSON))
    sent = PERSON | {"question-repas": ["Midi", "Soir"], "asked": "repas"}
    summary = parse(client.post(f"{page_of(registration)}/modification/verification", data=sent))
    form = summary.main.form

    assert client.post(form["action"], data=posted(form)).status_code == 303

    assert [answer.value for answer in registration.answers] == [["Midi", "Soir"]]


def test_one_goes_back_from_the_summary_to_what_was_written(client: PageClient) -> None:
    registration = make_registration(coming(), make_person(**PERSON))
    response = client.post(f"{page_of(registration)}/modification/correction", data=PERSON | {"function": "agent"})
    assert parse(response).find(id="function")["value"] == "agent"


def test_a_faulty_form_comes_back_with_its_faults(client: PageClient) -> None:
    registration = make_registration(coming())
    response = client.post(f"{page_of(registration)}/modification/verification", data=PERSON | {"email": "personne"})
    assert response.status_code == 422
    assert parse(response).find(id="email-error")


def test_nothing_changed_is_said(client: PageClient) -> None:
    registration = make_registration(coming(), make_person(**PERSON))
    response = client.post(f"{page_of(registration)}/modification/verification", data=PERSON, follow_redirects=True)
    assert "Vous n’avez rien changé." in words(parse(response).main)


def test_a_place_is_passed_on(client: PageClient, outbox: Outbox) -> None:
    registration = make_registration(coming())
    page = page_of(registration)
    assert client.page(page).find("a", href=f"{page}/transmission")
    client.page(f"{page}/transmission")

    check = parse(client.post(f"{page}/transmission/verification", data=COLLEAGUE)).main
    for said in (COLLEAGUE["email"], "Votre lien personnel", "Rien n’est encore transmis"):
        assert said in words(check)
    assert {field["name"] for field in check.select("input[type=hidden]")} >= COLLEAGUE.keys()
    client.post(f"{page}/transmission/correction", data=COLLEAGUE)
    response = client.post(f"{page}/transmission", data=COLLEAGUE)

    assert (response.status_code, response.location) == (
        303,
        f"/evenements/{registration.event.slug}/inscription/transmise",
    )
    assert registration.cancelled_by == "transfer"
    assert [m.letter for m in outbox()] == ["registrations/passed_on", "registrations/received"]
    client.page(response.location)
    for path in ("", "/sessions", "/modification", "/transmission", "/annulation", "/agenda.ics"):
        assert client.get(page + path).status_code == 404


def test_a_double_click_has_the_same_answer_and_another_name_none(client: PageClient, outbox: Outbox) -> None:
    registration = make_registration(coming())
    address = f"{page_of(registration)}/transmission"
    first, second = (client.post(address, data=COLLEAGUE) for _ in range(2))
    assert (first.status_code, first.location) == (second.status_code, second.location)
    assert len(outbox()) == 2
    assert client.post(address, data=COLLEAGUE | {"last_name": "Roy"}).status_code == 404


def test_a_colleague_who_is_registered_is_refused_without_saying_so(client: PageClient) -> None:
    event = coming()
    make_registration(event, make_person(**COLLEAGUE))
    registration = make_registration(event)
    response = client.post(f"{page_of(registration)}/transmission", data=COLLEAGUE)
    assert response.status_code == 422
    assert "Si cette personne est déjà inscrite, elle n’a pas besoin de votre place" in words(parse(response).main)
    assert registration.is_confirmed


def test_a_rank_is_not_passed_on(client: PageClient) -> None:
    registration = make_registration(coming(capacity=0), status=Status.WAITING)
    page = page_of(registration)
    assert not client.page(page).find("a", href=f"{page}/transmission")
    assert client.post(f"{page}/transmission", data=COLLEAGUE).location == page
    assert registration.is_waiting


def test_the_colleague_is_told_what_is_missing(client: PageClient) -> None:
    event = coming()
    question = make_question(event, label="Déjeunez-vous ?", required=True)
    registration = make_registration(event)
    save(Answer(registration=registration, question=question, value=True))
    client.post(f"{page_of(registration)}/transmission", data=COLLEAGUE)

    received = db.session.scalars(db.select(Registration).where(Registration.replaces_id == registration.id)).one()
    text = words(client.page(page_of(received)).main)
    assert "Votre inscription est à compléter" in text
    assert "Déjeunez-vous ?" in text


def test_the_invitation_of_who_passed_on_shows_nothing_of_the_colleague(client: PageClient) -> None:
    from eventapp.invitations import answering
    from eventapp.invitations.links import token
    from tests.factories import make_guest, make_invitation

    event, person = coming(), make_person(**PERSON)
    invitation = make_invitation(make_guest(event, person))
    registration = answering.accept(invitation, person, now=utcnow())
    client.post(f"{page_of(registration)}/transmission", data=COLLEAGUE)
    page = client.get(f"/invitation/{token(invitation)}")
    assert page.status_code == 200
    assert "LEFÈVRE" not in page.text.upper().replace(PERSON["last_name"].upper(), "")
    assert "/mon-inscription/" not in page.text


@pytest.mark.parametrize(
    ("path", "data", "kind"),
    [
        ("annulation", {"choice": "cancel", "reason": "Malade"}, RequestKind.CANCEL),
        ("modification", PERSON | {"message": "Merci"}, RequestKind.DETAILS),
        ("transmission", COLLEAGUE, RequestKind.TRANSFER),
    ],
)
def test_after_the_date_it_is_asked(
    client: PageClient, outbox: Outbox, path: str, data: dict, kind: RequestKind
) -> None:
    registration = make_registration(closed())
    before = (registration.status, registration.email)
    assert client.get(f"{page_of(registration)}/{path}").status_code == 200

    for _ in range(2):
        assert client.post(f"{page_of(registration)}/{path}", data=data).status_code == 303

    (request,) = db.session.scalars(db.select(ChangeRequest)).all()
    assert (request.kind, request.message) == (kind, data.get("message", ""))
    assert (registration.status, registration.email) == before
    assert [(m.letter, m.to) for m in outbox()] == [("registrations/request_received", registration.event.contact[2])]
    assert "attend une réponse" in words(client.page(page_of(registration)).main)


def test_a_request_is_taken_back(client: PageClient) -> None:
    registration = make_registration(closed())
    client.post(f"{page_of(registration)}/annulation", data={"choice": "cancel"})
    form = client.page(page_of(registration)).find("form", action=f"{page_of(registration)}/demande/retrait")

    assert client.post(form["action"], data=posted(form)).status_code == 303

    (request,) = db.session.scalars(db.select(ChangeRequest)).all()
    assert request.decision == "withdrawn"
    assert client.post(form["action"], data={"kind": "autre"}).status_code == 400


def test_sensitive_answers_are_not_asked_by_way_of_the_team(client: PageClient) -> None:
    event = closed()
    make_question(event, slug="regime", sensitive=True, kind=QuestionKind.TEXT)
    registration = make_registration(event)
    assert not client.page(f"{page_of(registration)}/modification").find(attrs={"name": "question-regime"})
    secret = PERSON | {"question-regime": "Sans sel", "consent-regime": "y"}
    client.post(f"{page_of(registration)}/modification", data=secret)
    assert "Sans sel" not in str(db.session.scalars(db.select(ChangeRequest.payload)).all())


def test_whoever_waits_leaves_whatever_the_date(client: PageClient) -> None:
    registration = make_registration(closed(capacity=0), status=Status.WAITING)
    client.post(f"{page_of(registration)}/annulation", data={"choice": "cancel"})
    assert registration.is_cancelled


def test_each_act_has_its_own_date(client: PageClient) -> None:
    soon = utcnow() + timedelta(hours=1)
    registration = make_registration(closed(cancellations_until=soon))
    text = words(client.page(page_of(registration)).main)
    assert "Demander une correction" in text
    assert "Annuler mon inscription" in text


def test_after_the_event_the_page_only_reads(client: PageClient) -> None:
    registration = make_registration(coming(starts_at=NOW, ends_at=NOW + timedelta(hours=8)))
    for path in ("modification", "annulation", "transmission"):
        assert client.get(f"{page_of(registration)}/{path}").location == page_of(registration)
    client.page(page_of(registration))


def test_the_person_reads_their_own_history(client: PageClient) -> None:
    registration = seats.register(coming(), make_person(), now=utcnow())
    assert "Inscription enregistrée (par vous)" in words(client.page(page_of(registration)).main)


def test_what_a_colleague_did_is_not_said_to_be_ones_own_act(client: PageClient) -> None:
    registration = make_registration(coming())
    client.post(f"{page_of(registration)}/transmission", data=COLLEAGUE)
    received = db.session.scalars(db.select(Registration).where(Registration.replaces_id == registration.id)).one()
    text = words(client.page(page_of(received)).main)
    assert "Place reçue d’un collègue" in text
    assert "par vous" not in text
