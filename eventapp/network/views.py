"""`/gestion/structures`: the organiser looks a structure up by name, commune or département."""

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, Response, abort, g, render_template, request

from eventapp import access, downloads
from eventapp.extensions import db
from eventapp.network import search
from eventapp.network.models import Structure
from eventapp.network.opendata import SOURCE
from eventapp.pagination import Order, page

bp = Blueprint("network_organiser", __name__)

ORDERS = {
    "nom": Order((Structure.sort_key, Structure.id), lambda s: (s.sort_key, s.id)),
    "-nom": Order((Structure.sort_key, Structure.id), lambda s: (s.sort_key, s.id), descending=True),
    "departement": Order(
        (Structure.departement_code, Structure.sort_key, Structure.id),
        lambda s: (s.departement_code, s.sort_key, s.id),
    ),
    "-departement": Order(
        (Structure.departement_code, Structure.sort_key, Structure.id),
        lambda s: (s.departement_code, s.sort_key, s.id),
        descending=True,
    ),
}
EVERYWHERE = "toutes"


@bp.get("/gestion/structures")
@access.member
def structures() -> str:
    choice = _choice()
    sort = request.args.get("tri", "nom")
    query = _query(choice)
    found = page(
        query,
        ORDERS.get(sort, ORDERS["nom"]),
        after=request.args.get("apres"),
        before=request.args.get("avant"),
    )
    return render_template(
        "network/organiser/structures.html",
        page=found,
        total=db.session.scalar(db.select(db.func.count()).select_from(query.order_by(None).subquery())),
        choice=choice,
        sort=sort if sort in ORDERS else "nom",
        departements=search.departements(db.session(), None if choice["region"] == EVERYWHERE else choice["region"]),
        regions=search.regions(db.session()),
        exports=downloads.links(".export"),
        source=SOURCE,
    )


@bp.get("/gestion/structures/<int:structure_id>")
@access.member
def structure(structure_id: int) -> str:
    if structure_id >= 2**31:
        abort(404)
    return render_template(
        "network/organiser/structure.html", structure=db.get_or_404(Structure, structure_id), source=SOURCE
    )


@bp.get("/gestion/structures.<kind>")
@access.member
def export(kind: str) -> Response:
    rows = db.session.scalars(_query(_choice()))
    return downloads.spreadsheet(kind, "Structures France services", COLUMNS, _cells(rows))


COLUMNS = (
    "Numéro",
    "Nom",
    "Commune",
    "Code postal",
    "Département",
    "Type",
    "Format",
    "Téléphone",
    "Adresse électronique",
)


def _cells(rows: Iterable[Structure]) -> Iterable[tuple[Any, ...]]:
    for s in rows:
        yield s.id_fs, s.name, s.commune, s.postcode, s.departement_code, s.kind, s.form, s.phone, s.email


def _choice() -> dict[str, str]:
    """What the filters say; without any, the région of the organiser's first organisation."""
    own = next((m.organisation.region_code for m in g.user.memberships if m.organisation.region_code), None)
    return {
        "text": request.args.get("q", "").replace("\0", "")[:200],
        "region": request.args.get("region", own or EVERYWHERE).replace("\0", ""),
        "departement": request.args.get("departement", "").replace("\0", ""),
    }


def _query(choice: dict[str, str]) -> Any:
    region = None if choice["region"] == EVERYWHERE else choice["region"]
    return search.find_structures(choice["text"], departement=choice["departement"], region=region)
