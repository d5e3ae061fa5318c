"""`/gestion/evenements/<slug>/envois/nouveau`: choose a letter and its people; `campaign_review` sends it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import abort, render_template, request
from werkzeug.datastructures import MultiDict

from eventapp import access
from eventapp.clock import utcnow
from eventapp.errors import Refused
from eventapp.events.models import Event
from eventapp.invitations import audiences, campaigns, listing, registered_segments
from eventapp.invitations.listing import QUERY_NAMES, Choice
from eventapp.invitations.models import GuestKind
from eventapp.invitations.segments import Standing
from eventapp.invitations.views.organiser import bp, filter_choices, managed
from eventapp.letters import writing
from eventapp.letters.kinds import BY_SLUG, KINDS
from eventapp.letters.models import LetterKind

# Whoever these filters find has this letter coming: the first that finds somebody is proposed.
LIKELY = (
    (LetterKind.INVITATION, Standing.NOT_INVITED.value, GuestKind.PERSON.value),
    (LetterKind.STRUCTURE, Standing.NOT_INVITED.value, GuestKind.STRUCTURE.value),
    (LetterKind.REMINDER, Standing.SILENT.value, ""),
)


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
    def ticked(self) -> list[int]:
        """The people ticked in the list."""
        return [number for number in self.segment.get("guests", ()) if number != listing.NOBODY]

    @property
    def nobody_is_ticked(self) -> bool:
        """The list's button was pressed without a box, or with nothing that names a guest."""
        return "guests" in self.segment and not self.ticked

    @property
    def kept_guests(self) -> list[tuple[str, int]]:
        """The people ticked in the list, as hidden fields."""
        return [(QUERY_NAMES["guests"], number) for number in self.segment.get("guests", ())]

    def query_of(self, kind: LetterKind) -> dict[str, Any]:
        """The same people with another letter; those registered are others than the guests."""
        is_same = (kind in audiences.TO_REGISTERED) == self.is_for_registered
        return {**(self.filters if is_same else {}), "lettre": KINDS[kind].slug}

    @property
    def filters(self) -> Mapping[str, Any]:
        return {name: value for name, value in self.query.items() if name != "lettre"}


@bp.get("/gestion/evenements/<slug>/envois/nouveau")
@access.member
def compose(slug: str) -> str:
    event = managed(slug)
    composed = composed_of(event, request.args)
    return render_template(
        "invitations/organiser/campaign_new.html",
        event=event,
        organisation=event.organisation,
        composed=composed,
        kinds={kind: KINDS[kind] for kind in audiences.KINDS},
        plan=audiences.plan(event, composed.kind, composed.segment, now=utcnow()),
        refusal=refusal_of(event, composed.kind),
        is_worded=composed.kind in writing.worded(event),
        **_filters(event, composed),
    )


def composed_of(event: Event, values: "MultiDict[str, str]") -> Composed:
    wanted = values.get("lettre", "")
    kind = BY_SLUG.get(wanted) if wanted else _likely(event, Choice.from_query(values))
    if kind not in audiences.KINDS:
        abort(404)
    if kind in audiences.TO_GUESTS:
        return Composed(kind, Choice.from_query(values).as_dict())
    return Composed(kind, registered_segments.read(values))


def _likely(event: Event, choice: Choice) -> LetterKind:
    """What an organiser who says nothing probably comes for, with these people in mind: never a letter to others."""
    now = utcnow()
    if choice.is_everything and event.has_ended(now):
        return LetterKind.THANKS
    if choice.is_everything and event.registration_has_closed(now):
        return LetterKind.PRACTICAL
    for letter, state, kind in LIKELY:
        if listing.count(listing.listed(event, replace(choice, state=state, kind=kind))):
            return letter
    return LetterKind.PRACTICAL if choice.is_everything else LetterKind.REMINDER


def _filters(event: Event, composed: Composed) -> dict[str, Any]:
    if not composed.is_for_registered:
        return {"choice": Choice.from_dict(composed.segment)} | filter_choices(event)
    return registered_segments.choices(event)


def refusal_of(event: Event, kind: LetterKind) -> str:
    """Why this letter cannot leave now; a later date may suit it."""
    try:
        campaigns.check_moment(event, kind, utcnow())
    except Refused as refusal:
        return str(refusal)
    return ""
