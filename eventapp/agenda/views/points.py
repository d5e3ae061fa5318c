"""Conflicts of the programme: listed with it, accepted, taken up again."""

from collections.abc import Callable, Iterable
from typing import Any

from flask import g, request

from eventapp import access
from eventapp.agenda import accepting
from eventapp.agenda.accepting import Points
from eventapp.agenda.conflicts import Bounds, Conflict, conflicts
from eventapp.agenda.forms import DecisionForm
from eventapp.agenda.models import Session
from eventapp.agenda.views.desk import back_to, bp, find_plan, refused
from eventapp.clock import utcnow
from eventapp.errors import Refused
from eventapp.exchange.drafting import Plan
from eventapp.extensions import db

POINTS = "/gestion/evenements/<slug>/programme/points"


class GoneMeanwhile(Refused):
    message = "Ce point n’existe plus\u00a0: le programme a changé entre-temps."


def conflicts_of(plan: Plan, sessions: Iterable[Session] | None = None) -> list[Conflict]:
    """`sessions`: those that the plan would have."""
    bounds = Bounds(plan.event, plan.starts_at, plan.ends_at, plan.required, has_rooms=bool(plan.rooms))
    return conflicts(bounds, plan.sessions if sessions is None else sessions)


def appearing(plan: Plan, sessions: Iterable[Session]) -> list[str]:
    """What there would be to look at, that there is not now."""
    known = {conflict.subject for conflict in conflicts_of(plan)}
    return [conflict.sentence for conflict in conflicts_of(plan, sessions) if conflict.subject not in known]


def points_of(plan: Plan) -> Points:
    return accepting.sort_out(plan.event, conflicts_of(plan))


@bp.post(f"{POINTS}/acceptation")
@access.member
def accept_conflict(slug: str) -> Any:
    return _decided(slug, accepting.accept, "Ce point est accepté tel quel.")


@bp.post(f"{POINTS}/reprise")
@access.member
def reconsider_conflict(slug: str) -> Any:
    return _decided(slug, accepting.reconsider, "Ce point est de nouveau à vérifier.")


def _decided(slug: str, decide: Callable[..., None], sentence: str) -> Any:
    plan = find_plan(slug)
    found = next((c for c in conflicts_of(plan) if c.key == request.form.get("key")), None)
    if found is None or not DecisionForm().validate_on_submit():
        return refused("programme", plan.event, GoneMeanwhile())
    decide(plan.event, found, now=utcnow(), by=g.user)
    db.session.commit()
    return back_to("programme", plan.event, sentence, _anchor="points")
