"""What organisers call each letter, where its page is, when it leaves and what follows their words in it."""

from typing import NamedTuple

from eventapp.letters.models import LetterKind


class About(NamedTuple):
    slug: str  # in the address of its page
    title: str
    leaves: str  # when, and to whom
    follows: str  # what we add below the organiser's words


SENT_BY_HAND = "Part quand vous l’envoyez"
LINK = "le bouton de réponse, avec le lien personnel, l’origine de l’adresse et le lien qui arrête les relances"
REGISTERED = "les sessions et le lien personnel"

KINDS = {
    LetterKind.INVITATION: About("invitation", "Invitation", f"{SENT_BY_HAND}, aux personnes invitées.", LINK),
    LetterKind.STRUCTURE: About(
        "structure",
        "Invitation de structure",
        f"{SENT_BY_HAND}, à la boîte d’une structure qui désignera ses collègues.",
        LINK,
    ),
    LetterKind.REMINDER: About(
        "relance",
        "Relance",
        "Part quand vous l’envoyez ou à la date que vous programmez, à qui n’a pas encore répondu.",
        LINK,
    ),
    LetterKind.CONFIRMATION: About(
        "confirmation", "Confirmation", "Part à chaque inscription confirmée.", f"{REGISTERED}, l’agenda et sa date"
    ),
    LetterKind.WAITING: About(
        "liste-d-attente", "Liste d’attente", "Part quand une personne entre en liste d’attente.",
        f"le rang, {REGISTERED}",
    ),
    LetterKind.OFFER: About(
        "place-proposee", "Place proposée", "Part quand une place libérée est proposée à qui attendait.",
        "le lien personnel, pour accepter ou laisser la place",
    ),
    LetterKind.PROMOTED: About(
        "place-attribuee", "Place attribuée", "Part quand une place libérée est donnée à qui attendait.",
        f"{REGISTERED}, l’agenda et sa date",
    ),
    LetterKind.CHANGE: About(
        "changement",
        "Changement",
        "Part quand vous déplacez la rencontre, aux personnes inscrites et aux invités sans réponse, et quand une"
        " session change, à qui l’a réservée.",
        f"ce que devient la place, {REGISTERED}, l’agenda et sa nouvelle date",
    ),
    LetterKind.CANCELLATION: About(
        "annulation",
        "Annulation",
        "Part quand une inscription, une session réservée ou toute la rencontre est annulée.",
        "le motif et le retrait de l’agenda",
    ),
    LetterKind.PRACTICAL: About(
        "note-pratique",
        "Note pratique",
        "Part quand vous l’envoyez ou à la date que vous programmez, aux personnes inscrites.",
        "le lien personnel",
    ),
    LetterKind.THANKS: About(
        "remerciements",
        "Remerciements",
        "Part quand vous l’envoyez ou à la date que vous programmez, après la rencontre.",
        "le lien du compte rendu, une fois publié",
    ),
}  # fmt: skip
TITLES = {kind: about.title for kind, about in KINDS.items()}
BY_SLUG = {about.slug: kind for kind, about in KINDS.items()}
