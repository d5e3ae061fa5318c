"""The guest list: `/gestion/evenements/<slug>/invites`."""

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, Response, g, render_template, request

from eventapp import access, downloads
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.invitations import listing
from eventapp.invitations.models import Guest, GuestState
from eventapp.pagination import Order, page

bp = Blueprint("invitations_organiser", __name__)

ORDERS = {
    "nom": Order((Guest.name_folded, Guest.id), lambda guest: (guest.name_folded, guest.id)),
    "-nom": Order((Guest.name_folded, Guest.id), lambda guest: (guest.name_folded, guest.id), descending=True),
    "ajout": Order((Guest.created_at, Guest.id), lambda guest: (guest.created_at, guest.id)),
    "-ajout": Order((Guest.created_at, Guest.id), lambda guest: (guest.created_at, guest.id), descending=True),
}
EXPORTED = (
    "Nom",
    "Prénom",
    "Adresse électronique",
    "Structure",
    "id_fs",
    "Département",
    "Fonction",
    "Catégorie",
    "État",
    "Invité le",
    "Répondu le",
    "Motif",
)


def managed(slug: str) -> Event:
    """The signed-in organiser's event, or 404."""
    event: Event = db.first_or_404(Event.managed_by(g.user).where(Event.slug == slug.replace("\0", "")))
    return event


@bp.get("/gestion/evenements/<slug>/invites")
@access.member
def guests(slug: str) -> str:
    event = managed(slug)
    choice = choice_made()
    query = listing.listed(event, choice)
    sort = request.args.get("tri", "nom")
    order = ORDERS.get(sort, ORDERS["nom"])
    return render_template(
        "invitations/organiser/guests.html",
        event=event,
        organisation=event.organisation,
        page=page(query, order, after=request.args.get("apres"), before=request.args.get("avant")),
        sort=sort if sort in ORDERS else "nom",
        choice=choice,
        total=listing.count(query),
        states=listing.states(event),
        **filter_choices(event),
        kinds=GuestState,
        exports=downloads.links(".export", slug=slug),
    )


@bp.get("/gestion/evenements/<slug>/invites/liste.<kind>")
@access.member
def export(slug: str, kind: str) -> Response:
    event = managed(slug)
    rows = db.session.scalars(listing.listed(event, choice_made())).unique()
    return downloads.spreadsheet(kind, f"Invités {event.title}", EXPORTED, _cells(event, rows))


def choice_made() -> listing.Choice:
    return listing.Choice.from_query(request.args)


def filter_choices(event: Event) -> dict[str, list[tuple[str, str]]]:
    """The values that the filters offer, with their words."""
    return {
        "departement_choices": [(d.code, f"{d.code} {d.name}") for d in listing.departements(event)],
        "category_choices": [(c.slug, c.name) for c in event.categories],
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
            guest.state.label,
            invitation.invited_at.astimezone(event.zone).date() if invitation else None,
            invitation.replied_at.astimezone(event.zone).date() if invitation and invitation.replied_at else None,
            invitation.decline_reason if invitation else "",
        )
