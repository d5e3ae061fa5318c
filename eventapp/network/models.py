"""Régions and départements (official geographic code) and the France services structures (open data)."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from eventapp.database import Base


class Region(Base):
    __tablename__ = "region"

    code: Mapped[str] = mapped_column(String(2), primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)


class Departement(Base):
    """A territory outside the 18 régions (978, Saint-Martin) has no région."""

    __tablename__ = "departement"
    outlives_hold = True

    code: Mapped[str] = mapped_column(String(3), primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    region_code: Mapped[str | None] = mapped_column(ForeignKey("region.code"))

    region: Mapped[Region | None] = relationship()


class Structure(Base):
    """A labelled local office. Codes are text; the postcode does not give the département."""

    __tablename__ = "structure"
    outlives_hold = True

    id: Mapped[int] = mapped_column(primary_key=True)
    id_fs: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    departement_code: Mapped[str] = mapped_column(ForeignKey("departement.code"))
    insee_com: Mapped[str] = mapped_column(String(5), default="")
    commune: Mapped[str] = mapped_column(String(120), default="")
    postcode: Mapped[str] = mapped_column(String(5), default="")
    address: Mapped[str] = mapped_column(String(300), default="")
    address_extra: Mapped[str] = mapped_column(String(300), default="")
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    kind: Mapped[str] = mapped_column(String(40), default="")  # type_fs: Principal, Antenne…
    form: Mapped[str] = mapped_column(String(40), default="")  # format_fs: Fixe, Itinérante…
    group: Mapped[str] = mapped_column("fs_group", String(120), default="")
    email: Mapped[str] = mapped_column(String(320), default="")  # the first one written
    other_emails: Mapped[list[str]] = mapped_column(JSON, default=list)
    phone: Mapped[str] = mapped_column(String(20), default="")
    hours: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    appointment: Mapped[str] = mapped_column(Text, default="")
    comment: Mapped[str] = mapped_column(Text, default="")
    label: Mapped[str] = mapped_column(String(120), default="")
    match_key: Mapped[str] = mapped_column(String(1200), default="", index=True)  # folded `full_label`
    sort_key: Mapped[str] = mapped_column(String(600), default="")  # folded name
    search_text: Mapped[str] = mapped_column(Text, default="")  # folded name, commune, département, postcode
    updated_at: Mapped[datetime]

    departement: Mapped[Departement] = relationship(lazy="joined")

    __table_args__ = (
        Index("ix_structure_departement_sort", "departement_code", "sort_key", "id"),
        Index("ix_structure_sort", "sort_key", "id"),
    )

    @property
    def full_label(self) -> str:
        """What a datalist shows and a form sends back: « France services de Saint-Erme (Saint-Erme, 02) »."""
        return full_label(self.name, self.commune, self.departement_code)


def full_label(name: str, commune: str, departement_code: str) -> str:
    place = f"{commune}, {departement_code}" if commune else departement_code
    return f"{name} ({place})"
