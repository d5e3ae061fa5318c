"""How many mails may leave in a minute, in all and to one domain, for all workers together.

Counted from the rows: a message has its `paced_at` from the moment a worker takes it to send it, and gives it back when
it did not come to that.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import func, select, text

from eventapp.extensions import db
from eventapp.outbox.models import Message, Priority

WINDOW = timedelta(minutes=1)
LOCK = 0x6D61696C  # PostgreSQL's advisory lock of those who count; on SQLite a writer is alone anyway


@dataclass(frozen=True)
class Pace:
    """Zero: no limit."""

    per_minute: int = 0
    per_domain: int = 0

    @classmethod
    def configured(cls) -> "Pace":
        return cls(current_app.config["MAIL_PER_MINUTE"], current_app.config["MAIL_PER_DOMAIN_PER_MINUTE"])

    def hold(self) -> None:
        """Until the end of the transaction nobody else counts: two workers would take the same room."""
        if self and db.session.get_bind().dialect.name == "postgresql":
            db.session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})

    def room(self, priority: Priority, now: datetime) -> "Room":
        if not self:
            return Room()
        spent = select(Message.domain, func.count()).where(Message.paced_at > now - WINDOW).group_by(Message.domain)
        domains = Counter(dict(db.session.execute(spent).all()))
        return Room(
            left=_share(self.per_minute, priority) - domains.total() if self.per_minute else None,
            per_domain=_share(self.per_domain, priority) if self.per_domain else None,
            domains=domains,
        )

    def __bool__(self) -> bool:
        return bool(self.per_minute or self.per_domain)


@dataclass
class Room:
    """What may still leave now; None: without limit. `domains`: what each of them was sent."""

    left: int | None = None
    per_domain: int | None = None
    domains: Counter[str] = field(default_factory=Counter)

    @property
    def is_none(self) -> bool:
        return self.left is not None and self.left <= 0

    @property
    def full_domains(self) -> list[str]:
        return [domain for domain in self.domains if not self._has_room(domain)]

    def take(self, candidates: Iterable[tuple[int, str]]) -> list[int]:
        """The numbers of those that fit, in their order."""
        taken = []
        for number, domain in candidates:
            if self.is_none:
                break
            if self._has_room(domain):
                taken.append(number)
                self.domains[domain] += 1
                self.left = None if self.left is None else self.left - 1
        return taken

    def _has_room(self, domain: str) -> bool:
        return self.per_domain is None or self.domains[domain] < self.per_domain


def _share(limit: int, priority: Priority) -> int:
    """Of a minute, bulk letters leave a tenth: whoever has just registered is not made to wait for the next one."""
    return limit if priority is Priority.SINGLE or limit == 1 else limit - max(1, limit // 10)
