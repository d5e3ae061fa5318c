"""The events of the home page: those to come, soonest first, then past ones by pages; by region when many."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from eventapp import pagination
from eventapp.accounts.models import Organisation
from eventapp.events.models import Audience, Event
from eventapp.extensions import db
from eventapp.network.models import Region

COMING = 100  # the regions narrow them
PAST = 20
LATEST_FIRST = pagination.Order((Event.starts_at, Event.id), lambda e: (e.starts_at, e.id), descending=True)
MANY = 6  # from so many on, the region filter helps


@dataclass(frozen=True)
class Lists:
    upcoming: Sequence[Event]
    past: pagination.Page[Event]
    region: Region | None
    region_links: Sequence[tuple[str, str, bool]]  # label, slug, is it this one
    steps: dict[int, str]  # by event id, in words without figures

    @property
    def is_empty(self) -> bool:
        return not self.upcoming and not self.past.rows


def of(args: Mapping[str, str], *, now: datetime) -> Lists:
    """`args`: region, apres, avant. An unknown region counts as none."""
    visible = db.select(Event).join(Event.organisation).where(Event.published_at.is_not(None))
    owners = visible.with_only_columns(Organisation.region_code)
    regions = db.session.scalars(db.select(Region).where(Region.code.in_(owners)).order_by(Region.name)).all()
    region = next((r for r in regions if r.slug == args.get("region")), None)
    total = db.session.scalar(db.select(db.func.count()).select_from(visible.subquery())) or 0
    if region is not None:
        visible = visible.where(Organisation.region_code == region.code)
    upcoming = visible.where(Event.ends_at > now).order_by(Event.starts_at, Event.id).limit(COMING)
    past = visible.where(Event.ends_at <= now)
    coming = db.session.scalars(upcoming).all()
    return Lists(
        upcoming=coming,
        past=pagination.page(past, LATEST_FIRST, after=args.get("apres"), before=args.get("avant"), size=PAST),
        region=region,
        region_links=_links(regions, region) if total >= MANY and len(regions) > 1 else (),
        steps={event.id: step_of(event, now=now) for event in coming},
    )


def step_of(event: Event, *, now: datetime) -> str:
    """Where registration stands, as far as the event alone tells: places are counted on its own page."""
    if event.cancelled_at is not None:
        return "cancelled"
    if event.registration_has_closed(now):
        return "closed"
    if not event.registration_has_opened(now):
        return "upcoming"
    return "invited" if event.audience is Audience.INVITED else "registering"


def _links(regions: Sequence[Region], current: Region | None) -> list[tuple[str, str, bool]]:
    every = [("Toutes les régions", "", current is None)]
    return every + [(region.name, region.slug, region is current) for region in regions]
