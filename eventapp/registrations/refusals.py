"""Why a registration may be refused: each is the sentence to show."""

from eventapp.errors import Refused
from eventapp.registrations.models import Registration


class RegistrationNotOpen(Refused):
    message = "Les inscriptions ne sont pas encore ouvertes."


class RegistrationClosed(Refused):
    message = "Les inscriptions sont closes."


class ChangesClosed(RegistrationClosed):
    message = "La date jusqu’à laquelle vous pouviez changer votre inscription est passée."


class CancellationsClosed(RegistrationClosed):
    message = "La date jusqu’à laquelle vous pouviez annuler votre inscription est passée."


class InvitationNeeded(Refused):
    message = "Cette rencontre est réservée aux personnes invitées\u00a0: utilisez le lien reçu par courriel."


class EventCancelled(Refused):
    message = "Cette rencontre est annulée."


class Unpublished(Refused):
    message = "Cette rencontre n’est pas publiée pour le moment. Écrivez-nous."


class Full(Refused):
    message = "Il n’y a plus de place, et cette rencontre n’a pas de liste d’attente."


class OverLimits(Refused):
    """What an organiser may decide nevertheless; `limits`: why not, each without capital or full stop."""

    def __init__(self, limits: list[str]) -> None:
        sentence = "\u00a0; ".join(limits)
        super().__init__(f"{sentence[:1].upper()}{sentence[1:]}.")
        self.limits = limits


class SeatsInTheWay(Refused):
    """What an organiser may have given up; `titles`: the sessions that the person holds at the same hour."""

    def __init__(self, who: str, titles: list[str]) -> None:
        listed = " et ".join(f"«\u00a0{title}\u00a0»" for title in titles)
        super().__init__(f"{who} tient {listed} à la même heure\u00a0: cochez ce qui est rendu.")
        self.titles = titles


class AlreadyRegistered(Refused):
    """The same folded address and name is already registered; never shown to the public as such."""

    message = "Cette personne est déjà inscrite."

    def __init__(self, registration: Registration) -> None:
        super().__init__()
        self.registration = registration


class NotAcceptedHere(Refused):
    """Somebody else is registered so: nobody else's business."""

    message = "Ce nom et cette adresse ne peuvent pas être enregistrés ici. Écrivez-nous."
    field = "email"


class NotPassedOn(NotAcceptedHere):
    message = (
        "La place ne peut pas être transmise avec ce nom et cette adresse. Si cette personne est déjà inscrite, elle "
        "n’a pas besoin de votre place\u00a0: annulez la vôtre. Sinon, écrivez-nous."
    )


class NotLive(Refused):
    message = "Cette inscription est annulée."


class PassedOn(Refused):
    """The form that made a registration, sent again after the registration became somebody else's."""

    message = "Cette inscription a été transmise. Rechargez la page pour en faire une autre."


class NothingToPassOn(Refused):
    message = "Seule une place confirmée se transmet\u00a0: un rang sur la liste d’attente ne se cède pas."


class PassedOnToOneself(Refused):
    message = "Ce nom et cette adresse sont les vôtres. Écrivez ceux de la personne qui vient à votre place."


class AlreadyDecided(Refused):
    message = "Cette demande a déjà reçu une réponse, ou la personne l’a retirée."


class AskedOtherwise(Refused):
    message = "La personne a changé sa demande depuis que cette page est ouverte. Relisez-la."


class OfferEnded(Refused):
    message = "Cette proposition de place n’est plus valable."


class WishesBeingDecided(Refused):
    message = "Les places de ces sessions sont en cours d’attribution\u00a0: un courriel vous dira ce qui vous revient."
    field = "sessions"


class ToAnnounceFirst(Refused):
    message = (
        "Elle porte sur des sessions attribuées selon les souhaits, et personne n’en est encore informé\u00a0: "
        "annoncez d’abord l’attribution."
    )


class SessionNotBookable(Refused):
    message = "Une des sessions choisies n’existe pas ou ne se réserve pas."
    field = "sessions"


class SessionsClash(Refused):
    field = "sessions"


class PlaceNeeded(Refused):
    message = "Il faut d’abord une place à la rencontre pour attendre une session en gardant l’autre."
    field = "sessions"


class SeatsLeft(Refused):
    field = "sessions"


class SeatHeld(Refused):
    message = "Cette place vous est déjà réservée\u00a0: changez de sessions pour la rendre."


class ChoiceMissing(Refused):
    field = "sessions"


class AnswerRefused(Refused):
    """`field` is `question-<slug>`."""
