"""Guests in two clicks: the structures of the network, and who was at a former event."""

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for

from eventapp import access
from eventapp.clock import utcnow
from eventapp.errors import Refused
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.formats import plural
from eventapp.invitations import listing, proposals
from eventapp.invitations.proposals import Line, Whom
from eventapp.invitations.views.organiser import bp, managed
from eventapp.network.models import Structure
from eventapp.network.search import departements, find_structures
from eventapp.text import fold, one_line

MOST_AT_ONCE = 450  # each may have a box and an address, and a form has at most 1,000 fields
FILTERS = ("q", "departement", "type", "format")


@bp.get("/gestion/evenements/<slug>/invites/reseau")
@access.member
def network(slug: str) -> str:
    event = managed(slug)
    return _network_page(event, _lines(event), str(proposals.USUAL_PLACES))


@bp.post("/gestion/evenements/<slug>/invites/reseau")
@access.member
def add_network(slug: str) -> Any:
    event = managed(slug)
    places = request.form.get("places", "").strip()[:10]
    lines = proposals.decide(_lines(event), *_sent())
    if any(line.fault for line in lines) or not any(line.is_ticked for line in lines):
        return _network_page(event, lines, places, "Cochez au moins une structure."), 422
    number = int(places) if places.isascii() and places.isdigit() else 0
    try:
        added = proposals.add_structures(event, lines, number, now=utcnow(), by=g.user)
    except Refused as refusal:
        db.session.rollback()
        return _network_page(managed(slug), lines, places, places_fault=str(refusal)), 422
    db.session.commit()
    flash(
        f"{plural(added, 'structure ajoutée', 'structures ajoutées')}. Aucune invitation n’est encore partie.",
        "success",
    )
    return redirect(url_for(".guests", slug=slug, etat="not_invited"), 303)


@bp.get("/gestion/evenements/<slug>/invites/rencontre-precedente")
@access.member
def former(slug: str) -> str:
    event = managed(slug)
    formers, whom = listing.former_events(event), _whom()
    chosen = _chosen(formers)
    return render_template(
        "invitations/organiser/former.html",
        event=event,
        organisation=event.organisation,
        former_choices=[(one.slug, f"{one.title} ({one.local_start.year})") for one in formers],
        whom_choices=[(one.value, one.label) for one in Whom],
        former=chosen,
        whom=whom,
        proposals=proposals.from_event(event, chosen, whom) if chosen else [],
        most=2 * MOST_AT_ONCE,
    )


@bp.post("/gestion/evenements/<slug>/invites/rencontre-precedente")
@access.member
def add_former(slug: str) -> Any:
    event = managed(slug)
    chosen = _chosen(listing.former_events(event))
    ticked = set(request.form.getlist("personnes"))
    people = [one for one in proposals.from_event(event, chosen, _whom()) if one.key in ticked] if chosen else []
    if chosen is None or not people:
        flash("Cochez au moins une personne.", "error")
        return redirect(
            url_for(".former", slug=slug, qui=_whom().value, precedent=chosen.slug if chosen else None), 303
        )
    origin = f"rencontre «\u00a0{chosen.title}\u00a0»"[:200]
    added = proposals.add(event, people, origin=origin, now=utcnow(), by=g.user)
    db.session.commit()
    flash(f"{plural(added, 'invité ajouté', 'invités ajoutés')}. Aucune invitation n’est encore partie.", "success")
    return redirect(url_for(".guests", slug=slug, etat="not_invited"), 303)


def _chosen(formers: list[Event]) -> Event | None:
    """The one that the address names, or the latest when it names none."""
    wanted = request.args.get("precedent")
    return next((one for one in formers if wanted in (None, one.slug)), None)


def _whom() -> Whom:
    return Whom.INVITED if request.args.get("qui") == Whom.INVITED.value else Whom.REGISTERED


def _filters() -> dict[str, str]:
    return {name: request.args.get(name, "").replace("\0", "")[:200] for name in FILTERS}


def _lines(event: Event) -> list[Line]:
    wanted = _filters()
    query = find_structures(
        wanted["q"], departement=wanted["departement"] or None, region=event.organisation.region_code
    )
    for column, value in ((Structure.kind, wanted["type"]), (Structure.form, wanted["format"])):
        query = query.where(column == value) if value else query
    query = query.order_by(None).order_by(Structure.departement_code, Structure.sort_key, Structure.id)
    return proposals.network(event, db.session.scalars(query.limit(MOST_AT_ONCE + 1)).unique())


def _sent() -> tuple[set[int], dict[int, str]]:
    """The ticked structures, and the addresses typed beside some."""
    ids = {listing.number(text) for text in request.form.getlist("structures")}
    typed = {name.removeprefix("adresse-"): one_line(value) for name, value in request.form.items()}
    return ids, {listing.number(key): email for key, email in typed.items()}


def _network_page(event: Event, lines: list[Line], places: str, nobody: str = "", places_fault: str = "") -> str:
    region = event.organisation.region_code
    faults = [line for line in lines if line.fault]
    return render_template(
        "invitations/organiser/network.html",
        event=event,
        organisation=event.organisation,
        lines=lines[:MOST_AT_ONCE],
        more=len(lines) > MOST_AT_ONCE,
        places=places,
        places_fault=places_fault,
        nobody="" if faults else nobody,
        faults=faults,
        form={"errors": faults or nobody or places_fault},
        wanted=_filters(),
        departement_choices=[(d.code, f"{d.code} {d.name}") for d in departements(db.session(), region)],
        kind_choices=_values(Structure.kind, region),
        form_choices=_values(Structure.form, region),
    )


def _values(column: Any, region: str | None) -> list[tuple[str, str]]:
    """What the région's structures are, for a filter."""
    here = find_structures(region=region).order_by(None).with_only_columns(column).where(column != "").distinct()
    return [(value, value.replace("_", " ")) for value in sorted(db.session.scalars(here), key=fold)]
