"""`/gestion/evenements/<slug>/envois`: choose a letter and its people, read the exact list, send."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import Response, abort, flash, g, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict

from eventapp import access, downloads
from eventapp.clock import utcnow
from eventapp.errors import Refused
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.formats import french_datetime, plural
from eventapp.invitations import audiences, campaign_notices, campaigns, listing, notices, samples
from eventapp.invitations.audiences import Considered, Person, Plan
from eventapp.invitations.campaign_forms import SendForm, packed, unpacked
from eventapp.invitations.campaign_models import Campaign
from eventapp.invitations.listing import QUERY_NAMES, Choice
from eventapp.invitations.models import Guest, GuestKind
from eventapp.invitations.progress import progress
from eventapp.invitations.segments import Standing
from eventapp.invitations.views.organiser import bp, filter_choices, managed
from eventapp.letters import writing
from eventapp.letters.kinds import BY_SLUG, KINDS, TITLES
from eventapp.letters.models import LetterKind
from eventapp.links import absolute
from eventapp.registrations import seats
from eventapp.registrations.desk import selection

SHOWN = 500  # people with a box on the page that is read before sending; the file has them all
# Whoever these filters find has this letter coming: the first that finds somebody is proposed.
LIKELY = (
    (LetterKind.INVITATION, Standing.NOT_INVITED.value, GuestKind.PERSON.value),
    (LetterKind.STRUCTURE, Standing.NOT_INVITED.value, GuestKind.STRUCTURE.value),
    (LetterKind.REMINDER, Standing.SILENT.value, ""),
)
LISTED = ("Nom", "Prénom", "Adresse électronique", "Structure", "Lettre")


@dataclass(frozen=True)
class Composed:
    """What the address or the form says: a letter, and filters as `audiences.plan` takes them."""

    kind: LetterKind
    segment: dict[str, Any]

    @property
    def query(self) -> dict[str, Any]:
        """For `url_for`, and for hidden fields."""
        words = self.segment if self.is_for_registered else Choice.from_dict(self.segment).as_query()
        return {"lettre": KINDS[self.kind].slug} | words

    @property
    def is_for_registered(self) -> bool:
        return self.kind in audiences.TO_REGISTERED

    @property
    def kept_guests(self) -> list[tuple[str, int]]:
        """The people ticked in the list, as hidden fields."""
        return [(QUERY_NAMES["guests"], number) for number in self.segment.get("guests", ())]

    @property
    def filters(self) -> Mapping[str, Any]:
        return {name: value for name, value in self.query.items() if name != "lettre"}


@bp.get("/gestion/evenements/<slug>/envois/nouveau")
@access.member
def compose(slug: str) -> str:
    event = managed(slug)
    composed = _composed(event, request.args)
    return render_template(
        "invitations/organiser/campaign_new.html",
        event=event,
        organisation=event.organisation,
        composed=composed,
        kinds={kind: KINDS[kind] for kind in audiences.KINDS},
        plan=audiences.plan(event, composed.kind, composed.segment, now=utcnow()),
        refusal=_refusal(event, composed.kind),
        is_worded=composed.kind in writing.worded(event),
        **_filters(event, composed),
    )


@bp.get("/gestion/evenements/<slug>/envois/relecture")
@access.member
def review_campaign(slug: str) -> Any:
    event = managed(slug)
    composed = _composed(event, request.args)
    plan = audiences.plan(event, composed.kind, composed.segment, now=utcnow())
    if not plan.recipients:
        flash(campaigns.NobodyToWriteTo.message, "error")
        return redirect(url_for(".compose", slug=slug, **composed.query), 303)
    form = SendForm(formdata=None, people=packed(person.id for person in plan.recipients), key=secrets.token_hex(16))
    return _review_page(event, composed, plan, form)


@bp.get("/gestion/evenements/<slug>/envois/relecture/liste.<kind>")
@access.member
def review_list(slug: str, kind: str) -> Response:
    """The same list whole, as a file."""
    event = managed(slug)
    composed = _composed(event, request.args)
    plan = audiences.plan(event, composed.kind, composed.segment, now=utcnow())
    return downloads.spreadsheet(kind, f"Envoi {event.title}", LISTED, _cells(plan.people))


@bp.post("/gestion/evenements/<slug>/envois")
@access.member
def send_campaign(slug: str) -> Any:
    event, form = managed(slug), SendForm()
    composed, aside = _composed(event, request.form), _aside()
    is_valid = form.validate_on_submit()
    due_at = form.due_at(event) if is_valid else None
    if not is_valid or form.errors:
        return _again(event, composed, form)
    order = campaigns.Order(
        kind=composed.kind,
        segment=composed.segment,
        people=unpacked(form.people.data or ""),
        aside=aside,
        due_at=due_at,
        key=form.key.data,
    )
    try:
        campaign = campaigns.create(event, order, now=utcnow(), by=g.user)
    except Refused as refusal:
        db.session.rollback()
        form.attach(refusal)
        return _again(managed(slug), composed, form)
    done = _told(event, campaign), url_for(".campaign", slug=slug, campaign_id=campaign.id)
    db.session.commit()
    flash(done[0], "success")
    return redirect(done[1], 303)


def _again(event: Event, composed: Composed, form: SendForm) -> tuple[str, int]:
    """The list as it is now, with what was typed: what is sent is what this page shows."""
    plan = audiences.plan(event, composed.kind, composed.segment, now=utcnow())
    form.people.data = packed(person.id for person in plan.recipients)
    return _review_page(event, composed, plan, form), 422


def _review_page(event: Event, composed: Composed, plan: Plan, form: SendForm) -> str:
    return render_template(
        "invitations/organiser/campaign_review.html",
        event=event,
        organisation=event.organisation,
        composed=composed,
        title=TITLES[composed.kind],
        plan=plan,
        shown=SHOWN,
        aside=_aside() if request.method == "POST" else set(),
        form=form,
        refusal=_refusal(event, composed.kind),
        preview=_preview(event, composed.kind, plan.recipients[0]) if plan.recipients else None,
        exports=downloads.links(".review_list", slug=event.slug, **composed.query),
    )


def _preview(event: Event, kind: LetterKind, person: Person) -> dict[str, object]:
    """The letter as that person will read it."""
    written = writing.current_or_proposal(event, kind)
    if isinstance(person, Guest):
        link = absolute("invitations.page", token=samples.TOKEN)
        return notices.contents(event, person, written.subject, written.body, link)
    link = absolute("registrations.person", token=samples.TOKEN)
    return campaign_notices.contents_for_registered(event, person, written.subject, written.body, link)


def _composed(event: Event, values: "MultiDict[str, str]") -> Composed:
    wanted = values.get("lettre", "")
    kind = BY_SLUG.get(wanted) if wanted else _likely(event, Choice.from_query(values))
    if kind not in audiences.KINDS:
        abort(404)
    if kind in audiences.TO_GUESTS:
        return Composed(kind, Choice.from_query(values).as_dict())
    words = {name: values.get(name, "").replace("\0", "")[:200] for name in audiences.REGISTERED_FILTERS}
    return Composed(kind, {name: word for name, word in words.items() if word})


def _likely(event: Event, choice: Choice) -> LetterKind:
    """What an organiser who says nothing probably comes for, with these people in mind."""
    now = utcnow()
    if event.has_ended(now):
        return LetterKind.THANKS
    if event.registration_has_closed(now):
        return LetterKind.PRACTICAL
    for letter, state, kind in LIKELY:
        if listing.count(listing.listed(event, replace(choice, state=state, kind=kind))):
            return letter
    return LetterKind.PRACTICAL


def _filters(event: Event, composed: Composed) -> dict[str, Any]:
    if not composed.is_for_registered:
        return {"choice": Choice.from_dict(composed.segment)} | filter_choices(event)
    return {
        "departement_choices": [(d.code, f"{d.code} {d.name}") for d in selection.departements_of(event)],
        "category_choices": [(c.slug, c.name) for c in event.categories],
        "session_choices": [(session.slug, session.title) for session in seats.bookable_sessions(event)],
    }


def _refusal(event: Event, kind: LetterKind) -> str:
    """Why this letter cannot leave now; a later date may suit it."""
    try:
        campaigns.check_moment(event, kind, utcnow())
    except Refused as refusal:
        return str(refusal)
    return ""


def _aside() -> set[int]:
    return {int(text) for text in request.form.getlist("sans") if text.isascii() and text.isdigit() and len(text) < 10}


def _told(event: Event, campaign: Campaign) -> str:
    people = plural(progress([campaign])[campaign.id].people, "personne", "personnes")
    if campaign.due_at > campaign.created_at:
        return f"C’est prévu : la lettre partira à {people} le {french_datetime(campaign.due_at, event.timezone)}."
    return f"La lettre part à {people}."


def _cells(people: Iterable[Considered]) -> Iterable[tuple[str, ...]]:
    for one in people:
        person = one.person
        name = (person.last_name, person.first_name, person.email, person.organisation_name)
        yield (*name, f"non\u00a0: {one.why_not}" if one.why_not else "oui")
