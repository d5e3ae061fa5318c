"""An answer about an entry of ours, from an address that was never sent it: read by the organiser, and nothing else."""

import pytest

from eventapp.agenda.models import Session
from eventapp.registrations import seats
from eventapp.registrations.self_service import calendar_replies, unmatched_replies
from tests.factories import NOW, make_event, make_person, make_session, make_user
from tests.pages import words
from tests.registrations.test_calendar_replies import reply, take


@pytest.fixture
def session() -> Session:
    return make_session(make_event(title="Rencontre"), title="Budget")


def kept(session: Session) -> list[str]:
    return [entry.sentence for entry in unmatched_replies.of_event(session.event)]


def test_it_is_shown_with_what_it_says(session, client) -> None:
    person = seats.register(session.event, make_person(), now=NOW)
    assert take(reply(session.calendar_uid, "alias@agents.example")) == []
    said = (
        "Le calendrier de alias@agents.example, adresse inconnue ici, a répondu : ne viendra pas (session « Budget »)."
    )
    client.sign_in(make_user(session.event.organisation))
    desk = f"/gestion/evenements/{session.event.slug}"
    assert f"{said} « Retenue, désolée »" in words(client.page(f"{desk}/reponses-calendrier").main)
    assert client.page(f"{desk}/inscriptions").find("a", href=f"{desk}/reponses-calendrier")
    assert person.is_confirmed
    assert calendar_replies.count_open(session.event) == 0


def test_it_is_told_once(session) -> None:
    uid = session.event.calendar_uid
    for _ in range(2):
        take(reply(uid, "alias@agents.example"))
    take(reply(uid, "alias@agents.example", "TENTATIVE", mail_id="<2@g.example>"))
    assert [sentence.partition("répondu")[2][:20] for sentence in kept(session)] == [
        "\u00a0: viendra peut-être",
        "\u00a0: ne viendra pas. «",
    ]


def test_what_is_about_nothing_of_ours_or_from_somebody_known_is_not_shown(session) -> None:
    person = seats.register(session.event, make_person(), now=NOW)
    take(reply("inconnu@ailleurs.example", "alias@agents.example"))
    take(reply(session.calendar_uid, person.email, mail_id="<2@g.example>"))
    assert kept(session) == []


def test_another_organisation_reads_none_of_it(session) -> None:
    take(reply(session.calendar_uid, "alias@agents.example"))
    assert unmatched_replies.of_event(make_event()) == []


def test_a_flood_fills_nothing(session, monkeypatch) -> None:
    monkeypatch.setattr(unmatched_replies, "MOST_KEPT", 3)
    for number in range(5):
        take(reply(session.calendar_uid, f"{number}@agents.example", mail_id=f"<{number}@g.example>"))
    assert len(kept(session)) == 3


def test_markup_in_it_stays_text(session, client) -> None:
    take(reply(session.calendar_uid, "<script>@agents.example"))
    client.sign_in(make_user(session.event.organisation))
    page = client.page(f"/gestion/evenements/{session.event.slug}/reponses-calendrier")
    assert "<script>@agents.example" in words(page.main)
