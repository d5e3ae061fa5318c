"""What is proposed until an organiser words it otherwise, by kind of letter and by wording of the event.

What the letters to people registered say besides (state, date, place, sessions, links, calendar) is not in their
words: it surrounds them (see `templates/registrations/mails`).
"""

from typing import NamedTuple

from eventapp.events.models import Wording
from eventapp.formats import NBSP
from eventapp.letters.models import LetterKind


class Proposal(NamedTuple):
    subject: str
    body: str  # Markdown with {placeholders}


HELLO = "Bonjour {prenom} {nom},"
WHEN_AND_WHERE = """- **Quand** : {date}, {horaires}
- **Où** : {lieu}"""
ON_THE_PAGE = "Le programme et l’accès au lieu sont sur la page de la rencontre : {page}"
SIGNED = "{organisation}"


def _proposal(subject: str, *paragraphs: str) -> Proposal:
    return Proposal(subject.replace(" :", f"{NBSP}:"), "\n\n".join(paragraphs))


INVITATIONS = {
    LetterKind.INVITATION: _proposal(
        "Invitation : {evenement}, {date}",
        HELLO,
        "{organisation} a le plaisir de vous inviter.",
        WHEN_AND_WHERE,
        "Merci de nous dire avant le {date_limite} si vous serez des nôtres. Une minute suffit, sans créer de compte.",
        "Au plaisir de vous accueillir,",
        SIGNED,
    ),
    LetterKind.STRUCTURE: _proposal(
        "Invitation de votre structure : {evenement}, {date}",
        "Bonjour,",
        "{organisation} a le plaisir d’inviter **{structure}** et lui réserve {places}.",
        WHEN_AND_WHERE,
        "Merci de nous dire avant le {date_limite} qui viendra : avec le lien ci-dessous, écrivez le nom et l’adresse"
        " de vos collègues, qui recevront chacun leur lien personnel, ou répondez pour eux.",
        "Au plaisir de vous accueillir,",
        SIGNED,
    ),
    LetterKind.REMINDER: _proposal(
        "Votre réponse avant le {date_limite} : {evenement}",
        HELLO,
        "Vous avez reçu notre invitation à « {evenement} » et nous n’avons pas encore votre réponse.",
        WHEN_AND_WHERE,
        "Pourrez-vous venir ? Merci de répondre avant le {date_limite}, même pour dire non : la place ira à quelqu’un"
        " d’autre.",
        "Bien à vous,",
        SIGNED,
    ),
    LetterKind.CONFIRMATION: _proposal(
        "Place confirmée : {evenement}",
        HELLO,
        "Votre inscription à « {evenement} » est enregistrée. Nous serons heureux de vous y accueillir.",
    ),
    LetterKind.WAITING: _proposal(
        "Liste d’attente : {evenement}",
        HELLO,
        "Toutes les places de « {evenement} » qui vous conviennent sont prises.",
        "Dès qu’une place se libère pour vous, un courriel vous prévient. Le lien ci-dessous montre votre rang à tout"
        " moment.",
    ),
    LetterKind.OFFER: _proposal(
        "Une place vous est proposée : {evenement}",
        HELLO,
        "Une place s’est libérée pour « {evenement} ». Elle vous est gardée jusqu’au {delai}.",
        "Acceptez-la ou laissez-la avec le lien ci-dessous. Sans réponse, elle ira à la personne suivante et votre"
        " inscription sera annulée.",
    ),
    LetterKind.PROMOTED: _proposal(
        "Une place s’est libérée : {evenement}",
        HELLO,
        "Vous étiez sur la liste d’attente de « {evenement} ». Votre place est maintenant confirmée : vous n’avez rien"
        " à faire.",
        "Si vous ne pouvez plus venir, annulez avec le lien ci-dessous : quelqu’un d’autre en profitera.",
    ),
    LetterKind.CHANGE: _proposal(
        "Changement de date ou de lieu : {evenement}",
        HELLO,
        "« {evenement} » aura lieu à la date et au lieu écrits ci-dessus.",
    ),
    LetterKind.CANCELLATION: _proposal(
        "Inscription annulée : {evenement}",
        HELLO,
        "Votre inscription à « {evenement} » est annulée.",
    ),
    LetterKind.PRACTICAL: _proposal(
        "Pour bien préparer votre venue : {evenement}",
        HELLO,
        "« {evenement} » approche. Voici de quoi préparer votre venue.",
        WHEN_AND_WHERE,
        ON_THE_PAGE,
        "Si vous ne pouvez plus venir, annulez avec votre lien personnel : quelqu’un d’autre en profitera.",
        "À bientôt,",
        SIGNED,
    ),
    LetterKind.THANKS: _proposal(
        "Merci de votre participation : {evenement}",
        HELLO,
        "Merci d’avoir participé à « {evenement} ». Vos questions et vos retours ont nourri cette journée.",
        "Le compte rendu paraîtra sur la page de la rencontre : {page}",
        "Bien à vous,",
        SIGNED,
    ),
}

CONVOCATIONS = {
    LetterKind.INVITATION: _proposal(
        "Convocation : {evenement}, {date}",
        HELLO,
        "{organisation} vous convoque à « {evenement} ».",
        WHEN_AND_WHERE,
        "Merci de confirmer votre présence avant le {date_limite}, sans créer de compte. En cas d’empêchement, le même"
        " lien permet de nous le dire ou de vous faire remplacer.",
        SIGNED,
    ),
    LetterKind.STRUCTURE: _proposal(
        "Convocation de votre structure : {evenement}, {date}",
        "Bonjour,",
        "{organisation} convoque **{structure}** à « {evenement} », qui y dispose de {places}.",
        WHEN_AND_WHERE,
        "Merci de désigner avant le {date_limite} qui viendra : avec le lien ci-dessous, écrivez le nom et l’adresse"
        " de vos collègues, qui recevront chacun leur lien personnel, ou répondez pour eux.",
        SIGNED,
    ),
    LetterKind.REMINDER: _proposal(
        "Convocation à confirmer avant le {date_limite} : {evenement}",
        HELLO,
        "Vous avez reçu notre convocation à « {evenement} » et nous n’avons pas encore votre réponse.",
        WHEN_AND_WHERE,
        "Merci de confirmer votre présence avant le {date_limite}. En cas d’empêchement, dites-le avec le même lien ou"
        " faites-vous remplacer.",
        SIGNED,
    ),
    LetterKind.CONFIRMATION: _proposal(
        "Présence enregistrée : {evenement}",
        HELLO,
        "Votre présence à « {evenement} » est enregistrée : ce courriel vaut convocation. Une feuille d’émargement sera"
        " à signer à votre arrivée.",
    ),
    LetterKind.WAITING: INVITATIONS[LetterKind.WAITING],
    LetterKind.OFFER: INVITATIONS[LetterKind.OFFER],
    LetterKind.PROMOTED: _proposal(
        "Une place s’est libérée, votre présence est attendue : {evenement}",
        HELLO,
        "Vous étiez sur la liste d’attente de « {evenement} ». Votre place est maintenant confirmée : ce courriel vaut"
        " convocation.",
        "En cas d’empêchement, annulez avec le lien ci-dessous : quelqu’un d’autre en profitera.",
    ),
    LetterKind.CHANGE: _proposal(
        "Convocation modifiée : {evenement}",
        HELLO,
        "« {evenement} » aura lieu à la date et au lieu écrits ci-dessus, qui remplacent ceux de votre convocation.",
    ),
    LetterKind.CANCELLATION: _proposal(
        "Convocation sans objet : {evenement}",
        HELLO,
        "Votre inscription à « {evenement} » est annulée : votre convocation est sans objet.",
    ),
    LetterKind.PRACTICAL: _proposal(
        "Rappel de votre convocation : {evenement}",
        HELLO,
        "Votre présence est attendue à « {evenement} ».",
        WHEN_AND_WHERE,
        ON_THE_PAGE,
        "En cas d’empêchement, annulez avec votre lien personnel : quelqu’un d’autre en profitera.",
        SIGNED,
    ),
    LetterKind.THANKS: INVITATIONS[LetterKind.THANKS],
}

PROPOSALS = {Wording.INVITATION: INVITATIONS, Wording.CONVOCATION: CONVOCATIONS}

# To a structure that has not answered: it names colleagues.
STRUCTURE_REMINDERS = {
    Wording.INVITATION: _proposal(
        "Votre réponse avant le {date_limite} : {evenement}",
        "Bonjour,",
        "Nous avons invité **{structure}** à « {evenement} » et lui réservons {places}. Nous n’avons pas encore votre"
        " réponse.",
        WHEN_AND_WHERE,
        "Merci de nous dire avant le {date_limite} qui viendra : avec le lien ci-dessous, écrivez le nom et l’adresse"
        " de vos collègues, ou répondez pour eux. Si personne ne vient, dites-le aussi : la place ira à d’autres.",
        "Bien à vous,",
        SIGNED,
    ),
    Wording.CONVOCATION: _proposal(
        "Convocation à confirmer avant le {date_limite} : {evenement}",
        "Bonjour,",
        "Nous avons convoqué **{structure}** à « {evenement} », qui y dispose de {places}, et nous n’avons pas encore"
        " votre réponse.",
        WHEN_AND_WHERE,
        "Merci de désigner avant le {date_limite} qui viendra : avec le lien ci-dessous, écrivez le nom et l’adresse"
        " de vos collègues, ou répondez pour eux. En cas d’empêchement, dites-le avec le même lien.",
        SIGNED,
    ),
}
