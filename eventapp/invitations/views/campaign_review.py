"""`/gestion/evenements/<slug>/envois/relecture`: read the exact list, however long, set people aside, send."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, flash, g, make_response, redirect, render_template, request, url_for

from eventapp import access, downloads
from eventapp.clock import utcnow
from eventapp.errors import Refused
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.formats import french_datetime, plural
from eventapp.invitations import audiences, campaigns, samples
from eventapp.invitations.audiences import Considered, Person, Plan
from eventapp.invitations.campaign_forms import SendForm, packed, unpacked
from eventapp.invitations.campaign_models import Campaign
from eventapp.invitations.progress import progress
from eventapp.invitations.views.campaigns import Composed, composed_of, refusal_of
from eventapp.invitations.views.organiser import bp, managed
from eventapp.letters import writing
from eventapp.letters.kinds import TITLES
from eventapp.letters.models import LetterKind
from eventapp.letters.views.blueprint import allowing
from eventapp.outbox import keeping
from eventapp.outbox.rendering import Rendered
from eventapp.text import fold

SHOWN = 50  # people with a box at a time; the others are a page or a search further, and the file has them all
LONGEST_SEARCH = 200
LISTED = ("Nom", "Prénom", "Adresse électronique", "Structure", "Lettre")


@dataclass(frozen=True)
class Part:
    """What is shown of the list: those found, from one on. Whoever is `aside` and not shown is kept in the form."""

    text: str
    found: Sequence[Person]
    start: int
    left_out: Sequence[Considered]
    aside: frozenset[int]

    @property
    def shown(self) -> Sequence[Person]:
        return self.found[self.start : self.start + SHOWN]

    @property
    def before(self) -> int | None:
        return max(0, self.start - SHOWN) if self.start else None

    @property
    def after(self) -> int | None:
        return self.start + SHOWN if self.start + SHOWN < len(self.found) else None

    @property
    def kept(self) -> str:
        return packed(self.aside - {person.id for person in self.shown})


@bp.get("/gestion/evenements/<slug>/envois/relecture")
@access.member
def review_campaign(slug: str) -> Any:
    event = managed(slug)
    composed = composed_of(event, request.args)
    plan = audiences.plan(event, composed.kind, composed.segment, now=utcnow())
    if not plan.recipients:
        flash(campaigns.NobodyToWriteTo.message, "error")
        return redirect(url_for(".compose", slug=slug, **composed.query), 303)
    form = SendForm(formdata=None, people=packed(person.id for person in plan.recipients), key=secrets.token_hex(16))
    return _review_page(event, composed, plan, form)


@bp.post("/gestion/evenements/<slug>/envois/relecture")
@access.member
def turn_review(slug: str) -> Response:
    """Another part of the list, or a search in it, with what was typed and ticked so far. Writes nothing."""
    event = managed(slug)
    return _again(event, composed_of(event, request.form), SendForm(), status=200)


@bp.get("/gestion/evenements/<slug>/envois/relecture/liste.<kind>")
@access.member
def review_list(slug: str, kind: str) -> Response:
    """The same list whole, as a file."""
    event = managed(slug)
    composed = composed_of(event, request.args)
    plan = audiences.plan(event, composed.kind, composed.segment, now=utcnow())
    return downloads.spreadsheet(kind, f"Envoi {event.title}", LISTED, _cells(plan.people))


@bp.post("/gestion/evenements/<slug>/envois")
@access.member
def send_campaign(slug: str) -> Any:
    event, form = managed(slug), SendForm()
    composed, aside = composed_of(event, request.form), _aside()
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


def _again(event: Event, composed: Composed, form: SendForm, *, status: int = 422) -> Response:
    """The list as it is now, with what was typed: what is sent is what this page shows."""
    plan = audiences.plan(event, composed.kind, composed.segment, now=utcnow())
    form.people.data = packed(person.id for person in plan.recipients)
    return _review_page(event, composed, plan, form, status=status)


def _review_page(event: Event, composed: Composed, plan: Plan, form: SendForm, *, status: int = 200) -> Response:
    shown = _shown(event, composed.kind, plan.recipients[0]) if plan.recipients else None
    page = render_template(
        "invitations/organiser/campaign_review.html",
        event=event,
        organisation=event.organisation,
        composed=composed,
        title=TITLES[composed.kind],
        plan=plan,
        part=_part(plan),
        most=SHOWN,
        form=form,
        refusal=refusal_of(event, composed.kind),
        shown=shown,
        document=keeping.as_page(shown.html) if shown else "",
        exports=downloads.links(".review_list", slug=event.slug, **composed.query),
    )
    return allowing(shown.html if shown else "", make_response(page, status))


def _shown(event: Event, kind: LetterKind, person: Person) -> Rendered:
    """The letter whole, as that person will read it."""
    written = writing.current_or_proposal(event, kind)
    draft = samples.Draft(kind=kind, subject=written.subject, body=written.body, reader_id=person.id)
    return samples.show(event, draft, now=utcnow())


def _part(plan: Plan) -> Part:
    text = request.form.get("cherche", "").replace("\0", "")[:LONGEST_SEARCH].strip()
    words = fold(text).split()
    found = [person for person in plan.recipients if all(word in person.search_text for word in words)]
    left_out = [one for one in plan.left_out if all(word in one.person.search_text for word in words)]
    wanted = request.form.get("debut", "")
    start = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 10 else 0
    aside = _aside() & {person.id for person in plan.recipients}
    return Part(text, found, start if start < len(found) else 0, left_out, aside)


def _aside() -> frozenset[int]:
    """Whose box is ticked, on this part of the list or on one read before."""
    boxes = [text for text in request.form.getlist("sans") if text.isascii() and text.isdigit() and len(text) < 10]
    return frozenset(map(int, boxes)) | unpacked(request.form.get("ecartes", ""))


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
