"""Why a registration may be refused: each is the sentence to show."""

from eventapp.errors import Refused
from eventapp.registrations.models import Registration


class RegistrationNotOpen(Refused):
    message = "Les inscriptions ne sont pas encore ouvertes."


class RegistrationClosed(Refused):
    message = "Les inscriptions sont closes."


class InvitationNeeded(Refused):
    message = "Cette rencontre est réservée aux personnes invitées\u00a0: utilisez le lien reçu par courriel."


class EventCancelled(Refused):
    message = "Cette rencontre est annulée."


class Full(Refused):
    message = "Il n’y a plus de place, et cette rencontre n’a pas de liste d’attente."


class AlreadyRegistered(Refused):
    """The same folded address and name is already registered; never shown to the public as such."""

    message = "Cette personne est déjà inscrite."

    def __init__(self, registration: Registration) -> None:
        super().__init__()
        self.registration = registration


class NotLive(Refused):
    message = "Cette inscription est annulée."


class OfferEnded(Refused):
    message = "Cette proposition de place n’est plus valable."


class SessionNotBookable(Refused):
    message = "Une des sessions choisies n’existe pas ou ne se réserve pas."
    field = "sessions"


class SessionsClash(Refused):
    field = "sessions"


class ChoiceMissing(Refused):
    field = "sessions"


class AnswerRefused(Refused):
    """`field` is `question-<slug>`."""
