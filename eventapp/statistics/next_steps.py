"""What to do next, from the state of the event and the calendar: the first is the one to do now."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from eventapp.events.models import Audience, Event, Status
from eventapp.formats import NBSP, french_date, french_datetime, french_time, plural
from eventapp.registrations.desk.selection import INCOMPLETE, count_incomplete
from eventapp.registrations.wishes.figures import to_announce
from eventapp.registrations.wishes.wish_slots import are_closed, takes_wishes
from eventapp.statistics.figures import Figures, SessionFigures

DEADLINE_IS_NEAR = 14  # days
ALLOCATION = "registrations_organiser.allocation"


@dataclass(frozen=True)
class Step:
    """A sentence (it follows a colon), and where the act is: an endpoint of this event, its values, a place in it."""

    sentence: str
    action: str
    endpoint: str
    values: dict[str, str] = field(default_factory=dict)

    @property
    def alone(self) -> str:
        """The sentence as one of a list, with its capital."""
        return self.sentence[:1].upper() + self.sentence[1:]


def next_steps(event: Event, figures: Figures, *, now: datetime) -> list[Step]:
    """By priority. Empty: nothing waits for the organiser."""
    if event.status is Status.CANCELLED:
        return list(_letters(figures))
    if event.has_ended(now):
        return [*_after(event), *_letters(figures)]
    if event.status is Status.DRAFT:
        return list(_before_release(figures))
    return [
        *_eve(event, figures, now),
        *_invitations(event, figures, now),
        *_wishes(event, now),
        *_requests(figures),
        *_calendar_replies(figures),
        *_incomplete(event),
        *_places(figures),
        *_letters(figures),
        *_full_sessions(figures.sessions),
        *_released(event, figures),
        *_over_limits(figures),
    ]


def at_rest(event: Event, *, now: datetime) -> str:
    """The sentence that stands where the next step would, when there is none."""
    zone = event.timezone
    if event.cancelled_at is not None:
        return f"L’événement est annulé depuis le {french_date(event.cancelled_at, zone)}."
    if event.has_ended(now):
        return f"La rencontre s’est terminée le {french_date(event.ends_at, zone)}. Il n’y a plus rien à faire."
    if event.registration_has_closed(now):
        return f"Rien ne presse{NBSP}: les inscriptions sont closes."
    if event.opens_at is not None and now < event.opens_at:
        return f"Rien ne presse{NBSP}: les inscriptions ouvriront le {french_datetime(event.opens_at, zone)}."
    deadline = french_date(event.closes_at or event.starts_at, zone)
    return f"Rien ne presse{NBSP}: les inscriptions sont ouvertes jusqu’au {deadline}."


def deadline_in_words(deadline: datetime, event: Event, *, now: datetime) -> str:
    """« aujourd’hui à 18 h », « demain », « dans 9 jours », counted in days of the event's zone."""
    days = _days_until(deadline, event, now)
    if days <= 0:
        return f"aujourd’hui à {french_time(deadline, event.timezone)}"
    return "demain" if days == 1 else f"dans {days}{NBSP}jours"


def _before_release(figures: Figures) -> Iterator[Step]:
    if not figures.has_programme:
        yield Step("le programme est encore vide.", "Composer le programme", "agenda_organiser.programme")
    yield Step(f"l’événement est un brouillon{NBSP}: vous seuls le voyez.", "Publier", "events_organiser.publish")
    if not figures.guests.total:
        yield _import_guests()


def _wishes(event: Event, now: datetime) -> Iterator[Step]:
    if takes_wishes(event) and are_closed(event, now):
        sentence = f"les souhaits sont clos{NBSP}: il reste à attribuer les places des sessions."
        yield Step(sentence, "Attribuer les souhaits", "registrations_organiser.wishes")
    silent = to_announce(event)
    if silent is not None:
        sentence = "les souhaits sont attribués, personne n’en est encore prévenu."
        yield Step(sentence, "Annoncer l’attribution", ALLOCATION, {"allocation_id": str(silent.id)})


def _eve(event: Event, figures: Figures, now: datetime) -> Iterator[Step]:
    """From the day before on, paper comes first."""
    if _days_until(event.starts_at, event, now) > 1 or not figures.registrations.confirmed:
        return
    when = "a commencé"
    if now < event.starts_at:
        when = "a lieu aujourd’hui" if _days_until(event.starts_at, event, now) == 0 else "a lieu demain"
    people = plural(figures.registrations.confirmed, "personne est attendue", "personnes sont attendues")
    yield Step(f"la rencontre {when}, {people}.", "Imprimer les feuilles d’émargement", "documents.sign_in_sheets")


def _invitations(event: Event, figures: Figures, now: datetime) -> Iterator[Step]:
    if event.registration_has_closed(now):
        return
    guests, deadline = figures.guests, event.closes_at or event.starts_at
    if not guests.total and (event.audience is Audience.INVITED or figures.is_blank):
        yield _import_guests()
    if guests.not_invited:
        waiting = plural(guests.not_invited, "invité attend son invitation", "invités attendent leur invitation")
        yield Step(f"{waiting}.", "Choisir qui inviter", "invitations_organiser.compose")
    if guests.silent and _days_until(deadline, event, now) <= DEADLINE_IS_NEAR:
        silent = plural(guests.silent, "invité n’a pas répondu", "invités n’ont pas répondu")
        yield Step(
            f"{silent}, la date limite est {deadline_in_words(deadline, event, now=now)}.",
            "Préparer une relance",
            "invitations_organiser.compose",
            {"lettre": "relance"},
        )


def _requests(figures: Figures) -> Iterator[Step]:
    if figures.requests:
        people = plural(figures.requests, "demande attend votre réponse", "demandes attendent votre réponse")
        yield Step(f"{people}.", "Voir les demandes", "registrations_organiser.pending")


def _calendar_replies(figures: Figures) -> Iterator[Step]:
    if figures.calendar_replies:
        found = plural(figures.calendar_replies, "calendrier a répondu", "calendriers ont répondu")
        yield Step(f"{found} autrement que la liste.", "Voir ces réponses", "registrations_organiser.calendar_replies")


def _incomplete(event: Event) -> Iterator[Step]:
    count = count_incomplete(event)
    if count:
        people = plural(count, "inscription reste à compléter", "inscriptions restent à compléter")
        yield Step(f"{people}.", "Voir lesquelles", "registrations_organiser.index", {"etat": INCOMPLETE})


def _places(figures: Figures) -> Iterator[Step]:
    waiting, offered = figures.registrations.waiting, figures.registrations.offered
    if waiting > offered and figures.availability.left == 0:
        people = plural(waiting, "personne attend une place", "personnes attendent une place")
        kept = f" ({plural(offered, 'est déjà proposée', 'sont déjà proposées')})" if offered else ""
        yield Step(
            f"{people}, toutes sont prises{kept}.",
            "Voir la liste d’attente",
            "registrations_organiser.waiting_list",
        )


def _over_limits(figures: Figures) -> Iterator[Step]:
    """Until enough people left, or the limit is raised, nobody is given a place there."""
    for excess in figures.over_limits:
        yield Step(excess.sentence, "Voir ce réglage", excess.endpoint, excess.values)


def _letters(figures: Figures) -> Iterator[Step]:
    if figures.undelivered:
        letters = plural(figures.undelivered, "courriel n’est pas arrivé", "courriels ne sont pas arrivés")
        yield Step(f"{letters}.", "Voir pourquoi", "outbox_organiser.board", {"etat": "failed"})


def _full_sessions(sessions: tuple[SessionFigures, ...]) -> Iterator[Step]:
    wanted = [session for session in sessions if session.is_full and session.waiting]
    people = sum(session.waiting for session in wanted)
    waiting = plural(people, "demande attend", "demandes attendent")
    if len(wanted) == 1:
        sentence = f"«{NBSP}{wanted[0].title}{NBSP}» est au complet, {waiting}."
        values = {"session": wanted[0].slug}
        yield Step(sentence, "Voir qui attend", "registrations_organiser.waiting_list", values)
    elif wanted:
        sentence = f"{len(wanted)} sessions sont au complet, {waiting}."
        yield Step(sentence, "Voir lesquelles", "statistics.desk", {"_anchor": "sessions"})


def _released(event: Event, figures: Figures) -> Iterator[Step]:
    if event.draft:
        sentence = "un brouillon attend à côté de l’événement publié."
        yield Step(sentence, "Voir ce qui change", "events_organiser.draft")
    if not figures.has_programme:
        yield Step("le programme est encore vide.", "Composer le programme", "agenda_organiser.programme")


def _after(event: Event) -> Iterator[Step]:
    if event.is_public and not event.report:
        ended = french_datetime(event.ends_at, event.timezone)
        yield Step(
            f"la rencontre s’est terminée le {ended}, son compte rendu reste à écrire.",
            "Écrire le compte rendu",
            "events_organiser.report",
        )


def _import_guests() -> Step:
    return Step(
        "personne n’est encore sur la liste des invités.", "Importer des invités", "invitations_organiser.import_file"
    )


def _days_until(moment: datetime, event: Event, now: datetime) -> int:
    return (moment.astimezone(event.zone).date() - now.astimezone(event.zone).date()).days
