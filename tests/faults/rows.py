"""What one side of the world is made of."""

from dataclasses import dataclass

from eventapp.accounts.models import Membership, Organisation, SignInLink, User
from eventapp.agenda.models import Room, Session, Speaker
from eventapp.events.models import Category, Event
from eventapp.exchange.models import AgendaImport, EventTemplate
from eventapp.invitations.campaign_models import AutomaticLetter, Campaign
from eventapp.invitations.models import Guest, GuestImport, Invitation
from eventapp.letters.models import LetterFile
from eventapp.network.models import Structure
from eventapp.outbox.models import KeptMail, Message
from eventapp.registrations.desk.models import RegistrationImport
from eventapp.registrations.groups.models import Party
from eventapp.registrations.models import Registration
from eventapp.registrations.questions.models import Question
from eventapp.registrations.self_service.calendar_models import CalendarReply
from eventapp.registrations.self_service.models import ChangeRequest
from eventapp.registrations.wishes.models import Allocation


@dataclass
class Rows:
    """One organisation, its people, its event and all that hangs on it; `spare_…`: what nothing else needs."""

    organisation: Organisation
    administrator: User
    organiser: User
    reader: User
    event: Event
    category: Category
    spare_category: Category
    room: Room
    spare_room: Room
    speaker: Speaker
    session: Session
    spare_session: Session
    rival: Session  # at the hour of `session`; its seat is offered to whoever holds that one
    question: Question
    guest: Guest
    spare_guest: Guest
    invitation: Invitation
    structure_invitation: Invitation
    named: Guest  # by the structure, not answered
    campaign: Campaign
    automatic: AutomaticLetter
    registration: Registration
    waiting: Registration
    party: Party
    asked: ChangeRequest
    answered: CalendarReply
    draft: GuestImport
    agenda: AgendaImport
    template: EventTemplate
    gone: Registration
    people_file: RegistrationImport
    preview: Allocation
    message: Message
    file: LetterFile
    link: SignInLink
    structure: Structure
    mail: KeptMail

    @property
    def membership(self) -> Membership:
        return self.reader.memberships[0]
