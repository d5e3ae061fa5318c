"""From leased rows to mails ready to leave: in one read-only transaction for all of them, before anyone speaks SMTP."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from datetime import datetime

from flask import current_app
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection

from eventapp.extensions import db
from eventapp.outbox import failures, mime, verp
from eventapp.outbox.letters import AHEAD, NothingToSay, NotYet
from eventapp.outbox.models import Message
from eventapp.outbox.queue import Lease, Outcome
from eventapp.outbox.rendering import reading, render

MOST_BYTES = 16 * 1024 * 1024  # held at once: what comes after that keeps its turn


def prepare(
    leases: Collection[Lease], clock: Callable[[], datetime], until: datetime
) -> list[tuple[Lease, mime.Mail | Outcome]]:
    """Each with its mail, or why there is none; one at least, the others as long as `until` is not reached."""
    prepared, size = [], 0
    with reading():
        wanted = db.select(Message).where(Message.id.in_([lease.id for lease in leases]))
        messages = {message.id: message for message in db.session.scalars(wanted)}
        kept = list(_read_ahead(messages.values()))
        for lease in leases:
            if lease.id not in messages:
                continue  # deleted with its event
            mail = _mail(messages[lease.id], lease, clock())
            prepared.append((lease, mail))
            size += mail.size if isinstance(mail, mime.Mail) else 0
            if size > MOST_BYTES or clock() >= until:
                break
        del kept
    return prepared


def _read_ahead(messages: Collection[Message]) -> Iterator[object]:
    """The session forgets a row that nobody holds: whoever keeps what this yields holds them."""
    numbers = defaultdict(set)
    for message in messages:
        for name in message.context.keys() & AHEAD.keys():
            numbers[name].add(message.context[name])
    for name, found in numbers.items():
        try:
            yield AHEAD[name](found)
        except Exception:
            db.session.rollback()
            current_app.logger.exception("nothing could be read ahead by %s", name)


def _mail(message: Message, lease: Lease, now: datetime) -> mime.Mail | Outcome:
    """A letter that raises stops nobody else's: the next one finds a transaction in order, without its changes."""
    number = lease.id
    try:
        envelope = mime.Envelope(
            message_id=message.message_id,
            sender=current_app.config["MAIL_DEFAULT_SENDER"],
            recipient=message.to,
            sent_at=now,
            return_path=verp.envelope_sender(number),
            calendar_method=message.calendar_method,
            attempt=max(2, message.attempts + 1) if lease.may_have_left else 1,
        )
        rendered = render(message)
        rendered.contents.check_moment(now)
        made = mime.build(envelope, rendered)
    except NotYet as reason:
        return failures.not_yet(str(reason), lease.may_have_left)
    except NothingToSay as reason:
        return failures.nothing_to_say(str(reason))
    except mime.BadAddress:
        return failures.of_address()
    except (OperationalError, InterfaceError, NoConnection):
        db.session.rollback()
        return failures.of_database(lease.may_have_left)
    except Exception as error:
        db.session.rollback()
        current_app.logger.exception("message %s could not be prepared", number)
        return failures.of_rendering(error)
    if db.session.new or db.session.dirty or db.session.deleted:
        db.session.rollback()
    return made
