"""Several people of one structure, registered at once by one of them or by a colleague."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, Select, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventapp import tokens
from eventapp.database import Base, enum_column
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.network.models import Structure
from eventapp.registrations.models import Registration


class PartyRule(StrEnum):
    """When places are short: everybody or nobody, or those that fit, in the order written."""

    ALL = "all"
    FITTING = "fitting"


class Party(Base):
    """Its own link shows who was registered; each person has a link of their own, by mail."""

    __tablename__ = "party"
    PURPOSE = "party"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    structure_id: Mapped[int | None] = mapped_column(ForeignKey("structure.id"))
    organisation: Mapped[str] = mapped_column(String(200), default="")
    contact_name: Mapped[str] = mapped_column(String(200), default="")
    email: Mapped[str] = mapped_column(String(320))
    rule: Mapped[PartyRule] = mapped_column(enum_column(PartyRule, "party_rule"))
    left_out: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)  # {"name", "why": "full" or "known"}
    idempotency_key: Mapped[str | None] = mapped_column(String(64))  # of the form and the people first sent with it
    nonce: Mapped[str] = mapped_column(String(32))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]

    event: Mapped[Event] = relationship()
    structure: Mapped[Structure | None] = relationship(lazy="joined")

    __table_args__ = (
        UniqueConstraint("event_id", "id", name="party_belongs_to_its_event"),
        UniqueConstraint("event_id", "idempotency_key", name="one_party_per_submission"),
    )

    @property
    def people(self) -> Select[Registration]:
        """As they were registered; not the colleague to whom one of them passed their place on."""
        together = Registration.event_id == self.event_id, Registration.party_id == self.id
        return select(Registration).where(*together, Registration.replaces_id.is_(None)).order_by(Registration.id)

    @property
    def organisation_name(self) -> str:
        return self.structure.name if self.structure is not None else self.organisation

    @classmethod
    def of_token(cls, token: str) -> "Party | None":
        return db.session.scalar(select(cls).where(cls.digest == tokens.digest(token)))
