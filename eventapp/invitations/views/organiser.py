"""The guest list: `/gestion/evenements/<slug>/invites`."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from flask import Blueprint, Response, g, render_template, request
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from eventapp import access, downloads
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.formats import person as name_of
from eventapp.invitations import listing
from eventapp.invitations.models import Guest, GuestKind, Invitation
from eventapp.invitations.segments import Before, Standing
from eventapp.network.models import Structure
from eventapp.pagination import Order, page

bp = Blueprint("invitations_organiser", __name__)

STRUCTURE = func.coalesce(
    select(Structure.sort_key).where(Structure.id == Guest.structure_id).correlate(Guest).scalar_subquery(), ""
)
COLUMNS: dict[str, tuple[Any, Any]] = {
    "nom": ((Guest.name_folded, Guest.id), lambda guest: (guest.name_folded, guest.id)),
    "structure": (
        (STRUCTURE, Guest.name_folded, Guest.id),
        lambda guest: (guest.structure.sort_key if guest.structure else "", guest.name_folded, guest.id),
    ),
    "ajout": ((Guest.created_at, Guest.id), lambda guest: (guest.created_at, guest.id)),
}
ORDERS = {name: Order(*how) for name, how in COLUMNS.items()}
ORDERS |= {f"-{name}": Order(*how, descending=True) for name, how in COLUMNS.items()}
KINDS = {GuestKind.PERSON: "Personnes", GuestKind.STRUCTURE: "Structures"}
SHOWN_WITH = selectinload(Guest.invitations).joinedload(Invitation.registration), selectinload(Guest.named_by)
EXPORTED = (
    "Nom",
    "Prénom",
    "Adresse électronique",
    "Structure",
    "id_fs",
    "Département",
    "Fonction",
    "Catégorie",
    "Places",
    "Nommé par",
    "État",
    "Invité le",
    "Répondu le",
    "Motif",
    "Adresse en échec",
    "Origine de l’adresse",
)


def managed(slug: str) -> Event:
    """The signed-in organiser's event, or 404."""
    event: Event = db.first_or_404(Event.managed_by(g.user).where(Event.slug == slug.replace("\0", "")))
    return event


@bp.get("/gestion/evenements/<slug>/invites")
@access.member
def guests(slug: str) -> str:
    return list_page(managed(slug))


@bp.get("/gestion/evenements/<slug>/invites/liste.<kind>")
@access.member
def export(slug: str, kind: str) -> Response:
    event = managed(slug)
    rows = db.session.scalars(listing.listed(event, choice_made()).options(*SHOWN_WITH)).unique()
    return downloads.spreadsheet(kind, f"Invités {event.title}", EXPORTED, _cells(event, rows))


def list_page(event: Event, choice: listing.Choice | None = None, faults: Mapping[int, tuple[str, str]] = {}) -> str:
    """`faults`: guest → the address typed beside them, and what is wrong with it."""
    choice = choice_made() if choice is None else choice
    query = listing.listed(event, choice).options(*SHOWN_WITH)
    sort = request.args.get("tri", "nom")
    sort = sort if sort in ORDERS else "nom"
    return render_template(
        "invitations/organiser/guests.html",
        event=event,
        organisation=event.organisation,
        page=page(query, ORDERS[sort], after=request.args.get("apres"), before=request.args.get("avant")),
        sort=sort,
        choice=choice,
        total=listing.count(listing.listed(event, choice)),
        everyone=listing.count(Guest.of(event)),
        standings=listing.standings(event),
        Standing=Standing,
        **filter_choices(event),
        faults=faults,
        form={"errors": faults},
        exports=downloads.links(".export", slug=event.slug),
    )


def choice_made() -> listing.Choice:
    return listing.Choice.from_query(request.args)


def filter_choices(event: Event) -> dict[str, list[tuple[str, str]]]:
    """The values that the filters offer, with their words."""
    return {
        "departement_choices": [(d.code, f"{d.code} {d.name}") for d in listing.departements(event)],
        "category_choices": [(c.slug, c.name) for c in event.categories],
        "kind_choices": [(kind.value, word) for kind, word in KINDS.items()],
        "structure_kind_choices": [(v, v) for v in listing.structure_values(event, Structure.kind)],
        "structure_form_choices": [(v, v.replace("_", " ")) for v in listing.structure_values(event, Structure.form)],
        "former_choices": [(e.slug, f"{e.title} ({e.local_start.year})") for e in listing.former_events(event)],
        "before_choices": [(before.value, before.label) for before in Before],
    }


def _cells(event: Event, guests: Iterable[Guest]) -> Iterable[tuple[Any, ...]]:
    for guest in guests:
        invitation, structure = guest.invitation, guest.structure
        yield (
            guest.last_name,
            guest.first_name,
            guest.email,
            guest.organisation_name,
            structure.id_fs if structure else "",
            structure.departement_code if structure else "",
            guest.function,
            guest.category.name if guest.category else "",
            guest.places,
            name_of(guest.named_by) if guest.named_by else "",
            guest.state.label,
            _day(event, invitation.invited_at if invitation else None),
            _day(event, invitation.replied_at if invitation else None),
            invitation.decline_reason if invitation else "",
            guest.undeliverable_why,
            guest.origin,
        )


def _day(event: Event, at: datetime | None) -> date | None:
    return at.astimezone(event.zone).date() if at else None
