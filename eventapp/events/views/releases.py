"""The programmes that were shown: each one again, what changed between two, and back to one through the draft."""

from typing import Any

from flask import abort, flash, g, render_template, request

from eventapp import access
from eventapp.agenda.programme import programme
from eventapp.clock import utcnow
from eventapp.errors import Refused
from eventapp.events.models import Event
from eventapp.events.views.blueprint import EVENT, back_to, bp, check_token, find_event, refused
from eventapp.exchange import drafting, reading
from eventapp.exchange.differences import differences
from eventapp.exchange.models import Release
from eventapp.exchange.releases import direct_changes, releases
from eventapp.extensions import db

LARGEST = 2**31 - 1


@bp.get(f"{EVENT}/versions")
@access.member
def versions(slug: str) -> str:
    event = find_event(slug)
    found = list(db.session.scalars(releases(event)))
    files = {release.number: reading.read(release.file) for release in found}
    pairs = {number: (files[number - 1], file) for number, file in files.items() if number - 1 in files}
    direct = direct_changes(event)
    changed = {number: _split(differences(*pair), direct.get(number, [])) for number, pair in pairs.items()}
    return render_template(
        "events/organiser/releases.html",
        event=event, organisation=event.organisation, desk_room="agenda_organiser", releases=found, changed=changed,
    )  # fmt: skip


@bp.get(f"{EVENT}/versions/<int:number>")
@access.member
def version(slug: str, number: int) -> str:
    """`?avec=`: the number of the release to compare with, else the one before."""
    event = find_event(slug)
    release = _find(event, number)
    other = _other(event, number)
    file = reading.read(release.file)
    said = differences(reading.read(other.file), file) if other is not None else []
    direct = direct_changes(event).get(number, []) if other is not None and other.number == number - 1 else []
    changes, done = _split(said, direct)
    return render_template(
        "events/organiser/release.html",
        event=event, organisation=event.organisation, desk_room="agenda_organiser", release=release, other=other,
        others=[one.number for one in db.session.scalars(releases(event)) if one.number != number],
        differences=changes, direct=done,
        days=programme(event, drafting.plan_of(event, file).sessions),
    )  # fmt: skip


@bp.post(f"{EVENT}/versions/<int:number>/reprise")
@access.member
def take_up(slug: str, number: int) -> Any:
    event = find_event(slug)
    release = _find(event, number)
    check_token()
    try:
        file, said = reading.read(release.file), f"version {number} reprise"
        changes = drafting.take_up(event, file, said, now=utcnow(), by=g.user)
    except Refused as refusal:
        return refused(event, refusal, "events_organiser.versions")
    db.session.commit()
    if not changes:
        flash("Cette version ne diffère pas du programme publié\u00a0: rien n’est à reprendre.", "info")
        return back_to(event, "events_organiser.versions")
    flash(f"La version {number} est reprise\u00a0: relisez, puis publiez.", "success")
    return back_to(event, "events_organiser.draft" if event.draft else "agenda_organiser.programme")


def _split(changes: list[str], direct: list[str]) -> tuple[list[str], list[str]]:
    """Those that the release brought, and those that were shown before it."""
    return [one for one in changes if one not in direct], [one for one in changes if one in direct]


def _find(event: Event, number: int) -> Release:
    found: Release = db.first_or_404(releases(event).where(Release.number == min(number, LARGEST)))
    return found


def _other(event: Event, number: int) -> Release | None:
    asked = request.args.get("avec", "")
    if asked:
        return _find(event, int(asked)) if asked.isascii() and asked.isdecimal() and len(asked) < 10 else abort(404)
    return db.session.scalar(releases(event).where(Release.number == number - 1))
