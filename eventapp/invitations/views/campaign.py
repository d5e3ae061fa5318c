"""Campaigns once they are made: how far each is, what became of each person, pause, resume, cancel; and the letters
that leave by themselves."""

from collections.abc import Callable, Iterable
from typing import Any

from flask import Response, flash, g, redirect, render_template, request, url_for

from eventapp import access, downloads
from eventapp.clock import utcnow
from eventapp.errors import Refused
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.invitations import automatic, campaigns, listing
from eventapp.invitations.campaign_forms import AutomaticForm
from eventapp.invitations.campaign_models import AutomaticLetter, Campaign, CampaignRecipient
from eventapp.invitations.progress import (
    GROUPS,
    LONGEST_SEARCH,
    NAME,
    STRUCTURE,
    badge,
    outcome,
    progress,
    recipients,
)
from eventapp.invitations.views.organiser import bp, managed
from eventapp.letters.models import LetterKind
from eventapp.pagination import Order, page
from eventapp.text import one_line

CAMPAIGN = "/gestion/evenements/<slug>/envois/<int(max=2147483647):campaign_id>"
AUTOMATIC = "/gestion/evenements/<slug>/envois/automatiques"
ONE_AUTOMATIC = f"{AUTOMATIC}/<int(max=2147483647):automatic_id>"
COLUMNS: dict[str, tuple[Any, Any]] = {
    "nom": ((NAME, CampaignRecipient.id), lambda row: (_person(row, "name_folded"), row.id)),
    "structure": (
        (STRUCTURE, NAME, CampaignRecipient.id),
        lambda row: (_structure(row), _person(row, "name_folded"), row.id),
    ),
}
ORDERS = {name: Order(*how) for name, how in COLUMNS.items()}
ORDERS |= {f"-{name}": Order(*how, descending=True) for name, how in COLUMNS.items()}
EXPORTED = ("Nom", "Prénom", "Adresse électronique", "Structure", "Résultat", "Envoyé le")


@bp.get("/gestion/evenements/<slug>/envois")
@access.member
def campaigns_index(slug: str) -> str:
    return _index_page(managed(slug), AutomaticForm(formdata=None))


@bp.get(CAMPAIGN)
@access.member
def campaign(slug: str, campaign_id: int) -> str:
    event = managed(slug)
    found = _find(event, campaign_id)
    return render_template(
        "invitations/organiser/campaign.html",
        event=event,
        organisation=event.organisation,
        campaign=found,
        title=campaigns.title(found),
        progress=progress([found])[found.id],
        is_live=found.state in campaigns.LIVE,
        outcome=outcome,
        badge_of=badge,
        **_listed(found),
        exports=downloads.links(".campaign_list", slug=slug, campaign_id=campaign_id),
    )


@bp.get(f"{CAMPAIGN}/liste.<kind>")
@access.member
def campaign_list(slug: str, campaign_id: int, kind: str) -> Response:
    event = managed(slug)
    found = _find(event, campaign_id)
    rows = db.session.scalars(recipients(found, *_filters())).unique()
    return downloads.spreadsheet(kind, f"{campaigns.title(found)} {event.title}", EXPORTED, _cells(event, rows))


@bp.post(f"{CAMPAIGN}/suspension")
@access.member
def pause_campaign(slug: str, campaign_id: int) -> Any:
    return _act(slug, campaign_id, campaigns.pause, "L’envoi est suspendu : rien ne part plus jusqu’à sa reprise.")


@bp.post(f"{CAMPAIGN}/reprise")
@access.member
def resume_campaign(slug: str, campaign_id: int) -> Any:
    return _act(slug, campaign_id, campaigns.resume, "L’envoi reprend.")


@bp.get(f"{CAMPAIGN}/annulation")
@access.member
def cancel_campaign(slug: str, campaign_id: int) -> Any:
    event = managed(slug)
    found = _find(event, campaign_id)
    if found.state not in campaigns.LIVE:
        return redirect(url_for(".campaign", slug=slug, campaign_id=campaign_id), 303)
    return render_template(
        "invitations/organiser/campaign_cancel.html",
        event=event,
        organisation=event.organisation,
        campaign=found,
        title=campaigns.title(found),
        progress=progress([found])[found.id],
    )


@bp.post(f"{CAMPAIGN}/annulation")
@access.member
def do_cancel_campaign(slug: str, campaign_id: int) -> Any:
    return _act(slug, campaign_id, campaigns.cancel, "L’envoi est annulé : ce qui n’était pas parti ne partira pas.")


@bp.post(AUTOMATIC)
@access.member
def plan_automatic(slug: str) -> Any:
    event, form = managed(slug), AutomaticForm()
    if not form.validate_on_submit():
        return _index_page(event, form), 422
    try:
        automatic.add(event, LetterKind(form.kind.data), form.days.data or 0, now=utcnow(), by=g.user)
    except Refused as refusal:
        db.session.rollback()
        form.days.errors = [str(refusal)]
        return _index_page(managed(slug), form), 422
    db.session.commit()
    flash("C’est prévu : cette lettre partira d’elle-même.", "success")
    return redirect(url_for(".campaigns_index", slug=slug, _anchor="automatiques"), 303)


@bp.post(f"{ONE_AUTOMATIC}/arret")
@access.member
def stop_automatic(slug: str, automatic_id: int) -> Any:
    return _switch(slug, automatic_id, automatic.stop, "Cette lettre ne partira pas.")


@bp.post(f"{ONE_AUTOMATIC}/retablissement")
@access.member
def restart_automatic(slug: str, automatic_id: int) -> Any:
    return _switch(slug, automatic_id, automatic.restart, "Cette lettre partira de nouveau d’elle-même.")


def _index_page(event: Event, form: AutomaticForm) -> str:
    made = list(
        db.session.scalars(
            db.select(Campaign).where(Campaign.event_id == event.id).order_by(Campaign.id.desc())
        ).unique()
    )
    return render_template(
        "invitations/organiser/campaigns.html",
        event=event,
        organisation=event.organisation,
        campaigns=made,
        progress=progress(made),
        title=campaigns.title,
        planned=[automatic.shown(letter, now=utcnow()) for letter in automatic.of(event)],
        form=form,
    )


def _act(slug: str, campaign_id: int, verb: Callable[..., None], sentence: str) -> Any:
    found = _find(managed(slug), campaign_id)
    _do(verb, found, sentence)
    return redirect(url_for(".campaign", slug=slug, campaign_id=campaign_id), 303)


def _switch(slug: str, automatic_id: int, verb: Callable[..., None], sentence: str) -> Any:
    event = managed(slug)
    of_event = db.select(AutomaticLetter).where(AutomaticLetter.event_id == event.id)
    _do(verb, db.first_or_404(of_event.where(AutomaticLetter.id == automatic_id)), sentence)
    return redirect(url_for(".campaigns_index", slug=slug, _anchor="automatiques"), 303)


def _do(verb: Callable[..., None], row: Campaign | AutomaticLetter, sentence: str) -> None:
    try:
        verb(row, now=utcnow(), by=g.user)
        db.session.commit()
        flash(sentence, "success")
    except Refused as refusal:
        db.session.rollback()
        flash(str(refusal), "error")


def _find(event: Event, campaign_id: int) -> Campaign:
    return db.first_or_404(db.select(Campaign).where(Campaign.event_id == event.id, Campaign.id == campaign_id))


def _filters() -> tuple[str, str]:
    """The part of the campaign and the name that the address asks for."""
    group = request.args.get("etat", "")
    return (group if group in GROUPS else ""), one_line(request.args.get("q", "")[:LONGEST_SEARCH])


def _listed(campaign: Campaign) -> dict[str, Any]:
    """The people of a page of the list, and how it was asked for."""
    (group, text), sort = _filters(), request.args.get("tri", "nom")
    sort, query = sort if sort in ORDERS else "nom", recipients(campaign, group, text)
    rows = page(query, ORDERS[sort], after=request.args.get("apres"), before=request.args.get("avant"))
    return {"group": group, "text": text, "sort": sort, "page": rows, "found": listing.count(query)}


def _person(row: CampaignRecipient, what: str) -> str:
    return getattr(row.guest or row.registration, what, "")


def _structure(row: CampaignRecipient) -> str:
    person = row.guest or row.registration
    return person.structure.sort_key if person is not None and person.structure is not None else ""


def _cells(event: Event, rows: Iterable[CampaignRecipient]) -> Iterable[tuple[Any, ...]]:
    for row in rows:
        person, message = row.guest or row.registration, row.message
        if person is None:
            continue
        sent = message.sent_at.astimezone(event.zone).replace(tzinfo=None) if message and message.sent_at else None
        yield person.last_name, person.first_name, person.email, person.organisation_name, outcome(row), sent
