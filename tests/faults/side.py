"""For every address, which rows of a side it names and what a rightful person sends there."""

from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from eventapp import tokens
from eventapp.accounts.models import Membership
from eventapp.agenda.models import Speaker
from eventapp.extensions import db
from eventapp.invitations.models import Invitation
from eventapp.registrations.groups.models import Party
from eventapp.registrations.models import Registration
from tests.faults.bodies import accounts, agenda, desk, events, invitations, letters, registrations
from tests.faults.rows import Rows

BODIES = (
    accounts.BODIES
    | agenda.BODIES
    | events.BODIES
    | invitations.BODIES
    | letters.BODIES
    | registrations.BODIES
    | desk.BODIES
)


class Side(Rows):
    """Those rows, and how they are asked for."""

    def values(self, rule: Rule) -> dict[str, Any]:
        """The parts of an address of this rule that name this side's rows."""
        named = SPARE.get(rule.endpoint, lambda _side: {})(self)
        if "key" in rule.arguments:
            named["key"] = self.message.id if rule.endpoint.startswith("outbox_organiser") else self.mail.id
        if "token" in rule.arguments:
            named["token"] = self.token(rule.endpoint)
        return named | {name: PARTS[name](self) for name in rule.arguments - named.keys()}

    def token(self, endpoint: str) -> str:
        package, _, name = endpoint.partition(".")
        if package == "accounts":
            return self.link.token
        if endpoint in ("invitations.names", "invitations.withdrawal"):
            return tokens.reveal(Invitation.PURPOSE, self.structure_invitation.nonce)
        if package == "invitations":
            return tokens.reveal(Invitation.PURPOSE, self.invitation.nonce)
        if name == "party":
            return tokens.reveal(Party.PURPOSE, self.party.nonce)
        if name == "feed":
            return tokens.reveal(Registration.FEED_PURPOSE, self.registration.feed_nonce)
        if name == "team":
            return tokens.reveal(Membership.FEED_PURPOSE, self.administrator.memberships[0].feed_nonce or "")
        person = self.waiting if name in ("accept", "refuse") else self.registration
        return tokens.reveal(Registration.PURPOSE, person.nonce)

    def path(self, app: Flask, rule: Rule, **other: Any) -> str:
        method = next(iter(rule.methods or {"GET"}))
        values = {name: value for name, value in (self.values(rule) | other).items() if name in rule.arguments}
        return str(app.url_map.bind("localhost").build(rule.endpoint, values, method=method))

    def body(self, endpoint: str) -> dict[str, Any]:
        """What its form sends when it is filled in rightly."""
        return BODIES.get(endpoint, lambda _side: {})(self)


# The parts of addresses, each read when it is asked for.
PARTS = {
    "slug": lambda side: side.event.slug,
    "organisation_slug": lambda side: side.organisation.slug,
    "member_id": lambda side: side.membership.id,
    "session_slug": lambda side: side.session.slug,
    "room_slug": lambda side: side.room.slug,
    "speaker_slug": lambda side: side.speaker.slug,
    "category_slug": lambda side: side.category.slug,
    "question_slug": lambda side: side.question.slug,
    "guest_id": lambda side: side.guest.id,
    "mark": lambda side: side.named.invitation.mark if side.named.invitation else "",
    "import_id": lambda side: side.draft.id,
    "import_key": lambda side: side.agenda.key,
    "template_id": lambda side: side.template.id,
    "starter": lambda _side: "journee-regionale",
    "registration_id": lambda side: side.registration.id,
    "allocation_id": lambda side: side.preview.id,
    "campaign_id": lambda side: side.campaign.id,
    "automatic_id": lambda side: side.automatic.id,
    "request_id": lambda side: side.asked.id,
    "reply_id": lambda side: side.answered.id,
    "structure_id": lambda side: side.structure.id,
    "letter_slug": lambda _side: "invitation",
    "file_id": lambda side: side.file.id,
    "id_fs": lambda side: side.structure.id_fs,
    "name": lambda _side: "agenda",
    "region_slug": lambda _side: "hauts-de-france",
    "date": lambda side: side.event.local_start.date().isoformat(),
    "half": lambda _side: "matin",
    "kind": lambda _side: "csv",
    "number": lambda _side: 1,
    "filename": lambda _side: "js/app.js",
}
# Addresses that act on a row which must not be needed by others.
SPARE = {
    "agenda_organiser.remove_session": lambda side: {"session_slug": side.spare_session.slug},
    "agenda_organiser.remove_room": lambda side: {"room_slug": side.spare_room.slug},
    "agenda_organiser.raise_room": lambda side: {"room_slug": side.spare_room.slug},
    "agenda_organiser.raise_speaker": lambda side: {
        "speaker_slug": db.session.scalars(Speaker.of(side.event)).all()[-1].slug
    },
    "events_organiser.remove_category": lambda side: {"category_slug": side.spare_category.slug},
    "events_organiser.raise_category": lambda side: {"category_slug": side.spare_category.slug},
    "invitations_organiser.correct_address": lambda side: {"guest_id": side.spare_guest.id},
    "invitations_organiser.names": lambda side: {"guest_id": side.structure_invitation.guest.id},
    "invitations_organiser.remove": lambda side: {"guest_id": side.spare_guest.id},
    "invitations_organiser.invite": lambda side: {"guest_id": side.spare_guest.id},
    "registrations.take_session": lambda side: {"session_slug": side.rival.slug},
    "registrations.decline_session": lambda side: {"session_slug": side.rival.slug},
    "registrations.leave_session_queue": lambda side: {"session_slug": side.rival.slug},
    "registrations_organiser.promote": lambda side: {"registration_id": side.waiting.id},
    "registrations_organiser.do_promote": lambda side: {"registration_id": side.waiting.id},
    "registrations_organiser.promote_in_session": lambda side: {"session_slug": side.rival.slug},
    "registrations_organiser.import_apply": lambda side: {"import_id": side.people_file.id},
    "registrations_organiser.import_leave": lambda side: {"import_id": side.people_file.id},
    "registrations_organiser.import_preview": lambda side: {"import_id": side.people_file.id},
    "registrations_organiser.restore": lambda side: {"registration_id": side.gone.id},
}
