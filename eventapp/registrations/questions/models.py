"""What an event asks in addition, and what each person answered."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Select, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventapp.database import Base, enum_column
from eventapp.events.models import Event
from eventapp.registrations.models import Registration

KEPT_DAYS = 7  # after the event: how long a sensitive answer is kept, where the question says nothing


class QuestionKind(StrEnum):
    YES_NO = "yes_no"
    TEXT = "text"
    LONG_TEXT = "long_text"
    CHOICE = "choice"
    CHOICES = "choices"
    NUMBER = "number"

    @property
    def label(self) -> str:
        return {
            "yes_no": "Oui ou non",
            "text": "Texte court",
            "long_text": "Texte long",
            "choice": "Un choix parmi plusieurs",
            "choices": "Plusieurs choix possibles",
            "number": "Nombre",
        }[self.value]

    @property
    def has_choices(self) -> bool:
        return self in (QuestionKind.CHOICE, QuestionKind.CHOICES)


class Question(Base):
    """What this event asks in addition. A retired question is no longer asked; its answers stay."""

    __tablename__ = "question"
    outlives_hold = True

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    slug: Mapped[str] = mapped_column(String(80))
    label: Mapped[str] = mapped_column(String(300))
    help: Mapped[str] = mapped_column(String(500), default="")
    kind: Mapped[QuestionKind] = mapped_column(enum_column(QuestionKind, "question_kind"))
    required: Mapped[bool] = mapped_column(default=False)
    choices: Mapped[list[str]] = mapped_column(JSON, default=list)
    sensitive: Mapped[bool] = mapped_column(default=False)
    consent: Mapped[str] = mapped_column(String(500), default="")  # words of its own, else the usual ones
    kept_days: Mapped[int | None]  # after the event, when sensitive; empty: the usual number
    shown_if: Mapped[dict[str, Any] | None] = mapped_column(JSON)  # {"question": slug, "is": value}
    position: Mapped[int] = mapped_column(default=0)
    retired_at: Mapped[datetime | None]

    event: Mapped[Event] = relationship()

    __table_args__ = (
        UniqueConstraint("event_id", "slug", name="question_slug_is_unique_in_its_event"),
        CheckConstraint("kept_days IS NULL OR kept_days BETWEEN 0 AND 3650", name="answers_are_kept_for_some_days"),
    )

    @property
    def days_kept(self) -> int:
        return KEPT_DAYS if self.kept_days is None else self.kept_days

    @classmethod
    def asked(cls, event: Event) -> Select["Question"]:
        return cls.asked_at(event.id)

    @classmethod
    def asked_at(cls, event_id: Any) -> Select["Question"]:
        """`event_id`: the number, or what stands for it in a statement that is written once."""
        return select(cls).where(cls.event_id == event_id, cls.retired_at.is_(None)).order_by(cls.position, cls.id)

    @classmethod
    def retired(cls, event: Event) -> Select["Question"]:
        return select(cls).where(cls.event_id == event.id, cls.retired_at.is_not(None)).order_by(cls.retired_at, cls.id)


class Answer(Base):
    """`value`: text, number, true/false or a list of texts, as the question's kind says."""

    __tablename__ = "answer"

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id", ondelete="CASCADE"))
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id", ondelete="CASCADE"))
    value: Mapped[Any] = mapped_column(JSON)
    asked_as: Mapped[str] = mapped_column(String(300), default="")  # the question's words when it was answered
    consented_at: Mapped[datetime | None]

    registration: Mapped[Registration] = relationship(back_populates="answers")
    question: Mapped[Question] = relationship(lazy="joined")

    __table_args__ = (UniqueConstraint("registration_id", "question_id", name="one_answer_per_question"),)

    @property
    def in_words(self) -> str:
        if isinstance(self.value, bool):
            return "Oui" if self.value else "Non"
        if isinstance(self.value, list):
            return ", ".join(str(item) for item in self.value)
        return str(self.value)

    @property
    def in_other_words(self) -> str:
        """Where the question was asked otherwise: what was meant may differ."""
        if self.asked_as in ("", self.question.label):
            return ""
        return f" (en réponse à «\u00a0{self.asked_as}\u00a0»)"
