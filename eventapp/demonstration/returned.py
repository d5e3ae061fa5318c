"""Mail that did not arrive: one invitation came back, another was refused at once. Both addresses wait for somebody to
correct them."""

from datetime import datetime, timedelta

from sqlalchemy import select

from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.invitations.models import Guest, GuestKind, Invitation
from eventapp.outbox import bounces
from eventapp.outbox.models import Message, State

REFUSAL = "550 5.1.2 Domain not found"
REPORT = """\
From: Mail Delivery System <MAILER-DAEMON@courriel.example>
Subject: Undelivered Mail Returned to Sender
Content-Type: multipart/report; report-type=delivery-status; boundary="=report"
MIME-Version: 1.0

--=report
Content-Type: message/delivery-status

Reporting-MTA: dns; courriel.example

Final-Recipient: rfc822; {to}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 User unknown

--=report
Content-Type: text/rfc822-headers

Message-ID: {message_id}

--=report--
"""


def come_back(event: Event, *, start: datetime) -> None:
    """Of the guests who have not answered, the last two by number."""
    returned, refused = _unanswered(event)
    returned.state, returned.sent_at, returned.attempts = State.SENT, start + timedelta(minutes=4), 1
    refused.state, refused.attempts = State.FAILED, 1
    refused.last_error = f"Le serveur refuse ce courriel\u00a0: {REFUSAL}."
    db.session.flush()
    report = REPORT.format(to=returned.to, message_id=returned.message_id)
    bounces.record(report.encode(), via=bounces.MAILBOX, now=start + timedelta(minutes=9))
    why = bounces.why_dead(550, REFUSAL.partition(" ")[2])
    bounces.refused(refused.id, why, start + timedelta(minutes=5))


def _unanswered(event: Event) -> list[Message]:
    """Their invitations."""
    silent = (
        select(Invitation.id)
        .join(Invitation.guest)
        .where(
            Invitation.event_id == event.id,
            Invitation.reply.is_(None),
            Invitation.revoked_at.is_(None),
            Guest.kind == GuestKind.PERSON,
            Guest.named_by_id.is_(None),
        )
        .order_by(Invitation.id.desc())
        .limit(2)
    )
    number = Message.context["invitation_id"].as_integer()
    letters = select(Message).where(Message.event_id == event.id, Message.letter == "invitations/invitation")
    return list(db.session.scalars(letters.where(number.in_(silent)).order_by(Message.id)))
