"""Exceptions to the number of places per structure."""

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventapp.database import Base
from eventapp.events.models import Event
from eventapp.network.models import Structure


class StructureAllowance(Base):
    """How many places one structure may have, instead of the event's `per_structure`."""

    __tablename__ = "structure_allowance"
    outlives_hold = True

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    structure_id: Mapped[int] = mapped_column(ForeignKey("structure.id"))
    places: Mapped[int]

    event: Mapped[Event] = relationship()
    structure: Mapped[Structure] = relationship(lazy="joined")

    __table_args__ = (
        UniqueConstraint("event_id", "structure_id", name="one_allowance_per_structure"),
        CheckConstraint("places >= 0", name="allowance_is_not_negative"),
    )
