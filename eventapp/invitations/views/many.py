"""Several guests at once: their category, taking them off the list. Chosen by boxes or by the filters."""

from collections.abc import Callable
from typing import Any

from flask import abort, flash, g, redirect, render_template, request, url_for

from eventapp import access
from eventapp.clock import utcnow
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.formats import plural
from eventapp.invitations import guest_list, listing, withdrawals
from eventapp.invitations.listing import Choice
from eventapp.invitations.models import Guest
from eventapp.invitations.views.organiser import SHOWN_WITH, bp, choice_made, managed

MOST_AT_ONCE = 500


@bp.get("/gestion/evenements/<slug>/invites/categorie")
@access.member
def choose_category(slug: str) -> Any:
    return many_page(slug, "invitations/organiser/categorise.html")


@bp.post("/gestion/evenements/<slug>/invites/categorie")
@access.member
def categorise(slug: str) -> Any:
    event = managed(slug)
    people = chosen(event, ticked())
    if not people:
        return nobody(slug)
    wanted = request.form.get("categorie", "")
    category = next((c for c in event.categories if c.slug == wanted), None)
    if wanted and category is None:
        abort(404)
    changed = guest_list.categorise(event, people, category, now=utcnow(), by=g.user)
    db.session.commit()
    flash(f"Catégorie changée pour {plural(changed, 'invité', 'invités')}.", "success")
    return redirect(url_for(".guests", slug=slug), 303)


@bp.get("/gestion/evenements/<slug>/invites/retrait")
@access.member
def choose_removed(slug: str) -> Any:
    return many_page(slug, "invitations/organiser/remove_many.html", _leaving)


@bp.post("/gestion/evenements/<slug>/invites/retrait")
@access.member
def remove_many(slug: str) -> Any:
    event = managed(slug)
    removed = guest_list.remove_many(event, ticked(), now=utcnow(), by=g.user, tell="prevenir" in request.form)
    if not removed:
        return nobody(slug)
    db.session.commit()
    flash(f"{plural(removed, 'invité retiré', 'invités retirés')} de la liste.", "success")
    return redirect(url_for(".guests", slug=slug), 303)


def ticked() -> Choice:
    """The people that a form names, and nobody else."""
    return Choice(guests=Choice.from_query(request.form).guests or (listing.NOBODY,))


def chosen(event: Event, choice: Choice) -> list[Guest]:
    """By name, no more than one form sends back."""
    query = listing.listed(event, choice).options(*SHOWN_WITH)
    return list(db.session.scalars(query.limit(MOST_AT_ONCE)).unique())


def nobody(slug: str) -> Any:
    flash("Cochez au moins un invité qui puisse changer.", "error")
    return redirect(url_for(".guests", slug=slug), 303)


def many_page(slug: str, template: str, facts: Callable[[Event, list[Guest]], dict[str, Any]] = lambda *_: {}) -> Any:
    """What is about to be done to the people ticked, or found. `facts`: what else the page says of them."""
    event = managed(slug)
    choice = choice_made()
    people = chosen(event, choice)
    if not people:
        return nobody(slug)
    return render_template(
        template,
        event=event,
        organisation=event.organisation,
        people=people,
        most=MOST_AT_ONCE,
        found=listing.count(listing.listed(event, choice)),
        **facts(event, people),
    )


def _leaving(event: Event, people: list[Guest]) -> dict[str, Any]:
    stay = {guest.id: why for guest in people if (why := guest_list.why_stays(guest))}
    leaving = [guest for guest in people if guest.id not in stay]
    return {"stay": stay, "told": len(withdrawals.to_tell(event, leaving, now=utcnow()))}
