"""Organisations: made by command, described by their administrators."""

from collections.abc import Mapping
from datetime import datetime

from eventapp.accounts.models import Organisation, User
from eventapp.accounts.people import known_address
from eventapp.errors import Refused
from eventapp.extensions import db
from eventapp.journal import record
from eventapp.text import many_lines, normal_phone, one_line, slugify

ONE_LINE = ("name", "contact_name", "accessibility_status")
TEXTS = ("legal_notice", "privacy_notice", "accessibility_statement", "consent_notice")


def create(name: str, region_code: str | None, email: str, *, now: datetime) -> Organisation:
    name = one_line(name)
    slug = slugify(name)
    if not slug or len(name) > 200:
        raise Refused("Le nom de l’organisation est vide ou trop long.", field="name")
    if db.session.scalar(db.select(Organisation).where(Organisation.slug == slug)) is not None:
        raise Refused(f"Une organisation «\u00a0{slug}\u00a0» existe déjà.", field="name")
    organisation = Organisation(
        slug=slug, name=name, region_code=region_code, email=known_address(email), created_at=now
    )
    db.session.add(organisation)
    db.session.flush()
    record("organisation created", f"Organisation «\u00a0{name}\u00a0» créée.", now=now, organisation=organisation)
    return organisation


def describe(organisation: Organisation, facts: Mapping[str, str], *, by: User, now: datetime) -> None:
    """Contact and texts, as typed in the settings; an empty text gives the usual one."""
    for name in ONE_LINE:
        setattr(organisation, name, one_line(facts[name]))
    for name in TEXTS:
        setattr(organisation, name, many_lines(facts[name]))
    organisation.email = known_address(facts["email"])
    organisation.phone = _phone(facts["phone"])
    record("organisation described", "Réglages de l’organisation modifiés.", now=now, by=by, organisation=organisation)


def _phone(text: str) -> str:
    if not one_line(text):
        return ""
    try:
        return normal_phone(text)
    except ValueError as fault:
        raise Refused(str(fault), field="phone") from fault
