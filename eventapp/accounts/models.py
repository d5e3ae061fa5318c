"""Organisations, the people who work for them, and their one-time sign-in links."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from flask_security import UserMixin
from sqlalchemy import CheckConstraint, ForeignKey, Select, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventapp import tokens
from eventapp.database import Base, enum_column
from eventapp.text import fold_email


class Role(StrEnum):
    ADMINISTRATOR = "administrator"
    ORGANISER = "organiser"
    READER = "reader"
    RECEPTION = "reception"
    DEPARTMENTAL = "departmental"


ORGANISING = (Role.ADMINISTRATOR, Role.ORGANISER)
ROLE_NAMES = {
    Role.ADMINISTRATOR: "Administrateur",
    Role.ORGANISER: "Organisateur",
    Role.READER: "Lecture",
    Role.RECEPTION: "Accueil",
    Role.DEPARTMENTAL: "Animateur départemental",
}


class Organisation(Base):
    """A préfecture de région or its SGAR: owns events, has members, answers for its legal pages."""

    __tablename__ = "organisation"
    outlives_hold = True

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    region_code: Mapped[str | None] = mapped_column(ForeignKey("region.code"))
    email: Mapped[str] = mapped_column(String(320))
    contact_name: Mapped[str] = mapped_column(String(200), default="")
    phone: Mapped[str] = mapped_column(String(20), default="")
    legal_notice: Mapped[str] = mapped_column(Text, default="")
    privacy_notice: Mapped[str] = mapped_column(Text, default="")
    accessibility_statement: Mapped[str] = mapped_column(Text, default="")
    accessibility_status: Mapped[str] = mapped_column(String(30), default="non conforme")
    consent_notice: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]

    memberships: Mapped[list["Membership"]] = relationship(back_populates="organisation")

    __table_args__ = (
        CheckConstraint(
            "accessibility_status IN ('non conforme', 'partiellement conforme', 'totalement conforme')",
            name="organisation_accessibility_status",
        ),
    )


class User(Base, UserMixin):
    """Someone who signs in. Rights come from memberships only."""

    __tablename__ = "user_account"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(320), unique=True)  # folded: see accounts.people
    name: Mapped[str] = mapped_column(String(200), default="")
    password: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]

    memberships: Mapped[list["Membership"]] = relationship(
        back_populates="user", lazy="selectin", order_by="Membership.id"
    )

    roles: list[Any] = []  # Flask-Security's own roles stay empty: rights come from memberships

    @classmethod
    def of_email(cls, address: str) -> Select["User"]:
        return select(cls).where(cls.email == fold_email(address))

    @property
    def label(self) -> str:
        """« Jeanne Martin », or the address of someone who has not given a name."""
        return self.name or self.email

    def organisation_ids(self, *roles: Role) -> list[int]:
        wanted = roles or tuple(Role)
        return [m.organisation_id for m in self.memberships if m.role in wanted]

    def reads_sensitive_of(self, organisation_id: int) -> bool:
        """Whether they may read the sensitive answers to its events: nobody does by their role alone."""
        return any(m.organisation_id == organisation_id and m.reads_sensitive for m in self.memberships)


class Membership(Base):
    __tablename__ = "membership"
    FEED_PURPOSE = "organiser-feed"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    role: Mapped[Role] = mapped_column(enum_column(Role, "membership_role"))
    reads_sensitive: Mapped[bool] = mapped_column(default=False)  # answers such as a diet or an access need
    feed_nonce: Mapped[str | None] = mapped_column(String(32))  # of the secret calendar of the organisation's events
    feed_digest: Mapped[str | None] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]

    user: Mapped[User] = relationship(back_populates="memberships")
    organisation: Mapped[Organisation] = relationship(back_populates="memberships")

    __table_args__ = (UniqueConstraint("user_id", "organisation_id", name="one_membership_per_organisation"),)

    @property
    def role_name(self) -> str:
        return ROLE_NAMES[self.role]

    @classmethod
    def team_of(cls, organisation: Organisation) -> Select["Membership"]:
        return select(cls).where(cls.organisation_id == organisation.id).order_by(cls.created_at, cls.id)


class SignInLink(Base):
    """A single-use link: GET shows a button, POST signs in, once. See eventapp/tokens.py.

    A link asked for with an unknown address is written too, without user: answering takes the same time.
    """

    __tablename__ = "sign_in_link"
    PURPOSE = "sign-in"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    nonce: Mapped[str] = mapped_column(String(32))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    user: Mapped[User | None] = relationship()

    @property
    def token(self) -> str:
        return tokens.reveal(self.PURPOSE, self.nonce, self.digest)

    def is_usable(self, now: datetime) -> bool:
        return self.user is not None and self.user.active and self.used_at is None and now < self.expires_at

    @classmethod
    def of_token(cls, token: str) -> Select["SignInLink"]:
        return select(cls).where(cls.digest == tokens.digest(token))


class EndedSession(Base):
    """A session its owner has signed out of: its cookie, even copied before, opens nothing any more."""

    __tablename__ = "ended_session"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    ended_at: Mapped[datetime] = mapped_column(index=True)
