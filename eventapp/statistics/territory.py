"""Coverage of the network: who was invited, who answered, who comes, département by département."""

from dataclasses import dataclass

from sqlalchemy import Select, func, or_, select

from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.invitations.models import Guest, Invitation
from eventapp.network.models import Departement, Structure
from eventapp.registrations.models import Registration, Status


@dataclass(frozen=True)
class DepartementFigures:
    """`structures` of the network are counted in the organisation's own région only, where they are expected;
    `represented`: those of which at least one person is confirmed."""

    code: str
    name: str
    invited: int
    replied: int
    registered: int
    structures: int
    represented: int

    @property
    def silent(self) -> int:
        return self.invited - self.replied


def by_departement(event: Event) -> tuple[DepartementFigures, ...]:
    """Those of the organisation's région, then those from where somebody else was invited or registered, by code."""
    invited, registered = _guests(event), _registrations(event)
    home: list[DepartementFigures] = []
    away: list[DepartementFigures] = []
    for departement, structures in db.session.execute(_departements(event, {*invited, *registered})):
        is_home = departement.region_code == event.organisation.region_code
        people, represented = registered.get(departement.code, (0, 0))
        figures = DepartementFigures(
            departement.code,
            departement.name,
            *invited.get(departement.code, (0, 0)),
            people,
            structures if is_home else 0,
            represented if is_home else 0,
        )
        (home if is_home else away).append(figures)
    return (*home, *away)


def _departements(event: Event, codes: set[str]) -> Select[Departement, int]:
    """With the number of their structures."""
    at_home = Structure.departement_code == Departement.code
    structures = select(func.count()).where(at_home).correlate(Departement).scalar_subquery()
    is_home = Departement.region_code == event.organisation.region_code
    return select(Departement, structures).where(or_(is_home, Departement.code.in_(codes))).order_by(Departement.code)


def _guests(event: Event) -> dict[str, tuple[int, int]]:
    """Invited and replied, by département of the guest's structure."""
    rows = (
        select(Structure.departement_code, func.count(), func.count(Invitation.reply))
        .select_from(Invitation)
        .join(Guest, Invitation.guest_id == Guest.id)
        .join(Structure, Guest.structure_id == Structure.id)
        .where(Invitation.event_id == event.id, Invitation.revoked_at.is_(None), Guest.removed_at.is_(None))
        .group_by(Structure.departement_code)
    )
    return {code: (invited, replied) for code, invited, replied in db.session.execute(rows)}


def _registrations(event: Event) -> dict[str, tuple[int, int]]:
    """People confirmed and structures they come from, by département."""
    rows = (
        select(Structure.departement_code, func.count(), func.count(Structure.id.distinct()))
        .select_from(Registration)
        .join(Structure, Registration.structure_id == Structure.id)
        .where(Registration.event_id == event.id, Registration.status == Status.CONFIRMED)
        .group_by(Structure.departement_code)
    )
    return {code: (people, structures) for code, people, structures in db.session.execute(rows)}
