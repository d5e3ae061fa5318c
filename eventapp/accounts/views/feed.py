"""`/gestion/organisations/<organisation_slug>/calendrier`: the organiser's own secret calendar of the team's events."""

from collections.abc import Callable
from typing import Any

from flask import flash, g, redirect, url_for

from eventapp import access
from eventapp.accounts import feeds
from eventapp.accounts.models import Membership
from eventapp.accounts.views.organiser import bp, find_organisation
from eventapp.clock import utcnow
from eventapp.errors import Refused
from eventapp.extensions import db

FEED = "/gestion/organisations/<organisation_slug>/calendrier"


@bp.post(FEED)
@access.member
def renew_feed(organisation_slug: str) -> Any:
    done = "Voici votre adresse d’abonnement. S’il y en avait une autre, elle ne fonctionne plus."
    return _done(organisation_slug, lambda own: feeds.renew(own, now=utcnow()), done)


@bp.post(f"{FEED}/arret")
@access.member
def stop_feed(organisation_slug: str) -> Any:
    done = "L’abonnement est arrêté\u00a0: l’adresse ne fonctionne plus."
    return _done(organisation_slug, lambda own: feeds.stop(own, now=utcnow()), done)


def _done(organisation_slug: str, verb: Callable[[Membership], None], sentence: str) -> Any:
    organisation = find_organisation(organisation_slug)
    own = next(m for m in g.user.memberships if m.organisation_id == organisation.id)
    try:
        verb(own)
    except Refused as refusal:
        db.session.rollback()
        flash(str(refusal), "error")
    else:
        db.session.commit()
        flash(sentence, "success")
    return redirect(url_for("accounts_organiser.settings", organisation_slug=organisation.slug) + "#calendrier", 303)
