"""The letters about a place that is passed on, and about what people ask of the organisers."""

from eventapp.extensions import db
from eventapp.links import absolute
from eventapp.outbox.letters import Contents, NothingToSay, letter
from eventapp.outbox.models import Message
from eventapp.registrations.letters import contents_of, find_registration
from eventapp.registrations.models import Registration
from eventapp.registrations.questions.completeness import missing
from eventapp.registrations.self_service.models import ChangeRequest
from eventapp.registrations.self_service.request_summaries import summary


@letter("registrations/passed_on", title="Place transmise")
def passed_on_contents(message: Message, registration_id: int, successor_id: int) -> Contents:
    registration = find_registration(registration_id)
    return contents_of(message, registration, successor=find_registration(successor_id))


@letter("registrations/received", title="Place reçue d’un collègue")
def received_contents(message: Message, registration_id: int) -> Contents:
    registration = find_registration(registration_id)
    if not registration.is_confirmed:
        raise NothingToSay("la place n’est plus confirmée")
    predecessor = db.session.get(Registration, registration.replaces_id or 0)
    if predecessor is None:
        raise NothingToSay("l’inscription a été effacée")
    return contents_of(message, registration, predecessor=predecessor, missing=missing(registration))


@letter("registrations/request_received", title="Demande d’une personne inscrite")
def request_received_contents(_message: Message, request_id: int) -> Contents:
    """To the team."""
    request = _find_request(request_id)
    registration, event = request.registration, request.registration.event
    if request.decided_at is not None:
        raise NothingToSay("la demande n’attend plus de réponse")
    context = {
        "request": request,
        "registration": registration,
        "event": event,
        "changes": summary(request),
        "requests_url": absolute("registrations_organiser.pending", slug=event.slug),
    }
    return Contents(context=context, sender_name=event.organisation.name, reply_to=registration.email)


@letter("registrations/request_answered", title="Réponse à une demande")
def request_answered_contents(message: Message, registration_id: int, request_id: int) -> Contents:
    return contents_of(message, find_registration(registration_id), request=_find_request(request_id))


def _find_request(request_id: int) -> ChangeRequest:
    request = db.session.get(ChangeRequest, request_id)
    if request is None:
        raise NothingToSay("l’inscription a été effacée")
    return request
