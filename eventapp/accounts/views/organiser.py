"""The team of an organisation, its contact and texts."""

from typing import Any

from flask import Blueprint, abort, flash, g, redirect, render_template, url_for

from eventapp import access
from eventapp.accounts import feeds, organisations, people
from eventapp.accounts.forms import ColleagueForm, RoleForm, SettingsForm
from eventapp.accounts.models import ORGANISING, Membership, Organisation, Role
from eventapp.clock import utcnow
from eventapp.errors import Refused
from eventapp.events.models import Event
from eventapp.extensions import db

bp = Blueprint("accounts_organiser", __name__)
TEAM = "/gestion/organisations/<organisation_slug>/equipe"
SETTINGS = "/gestion/organisations/<organisation_slug>/reglages"
MEMBER = "<int(max=2147483647):member_id>"


@bp.get(TEAM)
@access.member
def team(organisation_slug: str) -> str:
    return _team_page(find_organisation(organisation_slug), ColleagueForm())


@bp.post(TEAM)
@access.member
def invite(organisation_slug: str) -> Any:
    organisation, form = _administered(organisation_slug), ColleagueForm()
    if not form.validate_on_submit():
        return _team_page(organisation, form), 422
    email, name, role = form.email.data or "", form.name.data or "", Role(form.role.data)
    try:
        membership = people.invite_colleague(organisation, email, name, role, by=g.user, now=utcnow())
    except Refused as refusal:
        db.session.rollback()
        return _team_page(organisation, faulty(form, refusal)), 422
    db.session.commit()
    flash(f"Une invitation part vers {membership.user.email}.", "success")
    return _back_to_team(organisation)


@bp.get(f"{TEAM}/{MEMBER}")
@access.member
def member(organisation_slug: str, member_id: int) -> str:
    organisation = _administered(organisation_slug)
    membership = _member(organisation, member_id)
    facts = {"role": membership.role.value, "reads_sensitive": membership.reads_sensitive}
    return _member_page(membership, RoleForm(data=facts))


@bp.post(f"{TEAM}/{MEMBER}")
@access.member
def change_role(organisation_slug: str, member_id: int) -> Any:
    organisation, form = _administered(organisation_slug), RoleForm()
    membership = _member(organisation, member_id)
    if not form.validate_on_submit():
        return _member_page(membership, form), 422
    try:
        people.change_role(membership, Role(form.role.data), by=g.user, now=utcnow())
        people.open_sensitive(membership, bool(form.reads_sensitive.data), by=g.user, now=utcnow())
    except Refused as refusal:
        db.session.rollback()
        return _member_page(membership, faulty(form, refusal)), 422
    db.session.commit()
    flash(f"Les droits de {membership.user.label} sont enregistrés.", "success")
    return _back_to_team(organisation)


@bp.get(f"{TEAM}/{MEMBER}/retrait")
@access.member
def removal(organisation_slug: str, member_id: int) -> str:
    organisation = _administered(organisation_slug)
    membership = _member(organisation, member_id)
    return render_template("accounts/organiser/removal.html", organisation=organisation, membership=membership)


@bp.post(f"{TEAM}/{MEMBER}/retrait")
@access.member
def remove(organisation_slug: str, member_id: int) -> Any:
    organisation = _administered(organisation_slug)
    membership = _member(organisation, member_id)
    label = membership.user.label
    try:
        people.remove_member(membership, by=g.user, now=utcnow())
    except Refused as refusal:
        db.session.rollback()
        flash(str(refusal), "error")
        return _back_to_team(organisation)
    db.session.commit()
    flash(f"{label} ne fait plus partie de l’équipe.", "success")
    if not g.user.memberships:
        return redirect(url_for("events_organiser.index"), 303)
    return _back_to_team(organisation)


@bp.get(SETTINGS)
@access.member
def settings(organisation_slug: str) -> str:
    organisation = find_organisation(organisation_slug)
    return _settings_page(organisation, SettingsForm(obj=organisation))


@bp.post(SETTINGS)
@access.member
def describe(organisation_slug: str) -> Any:
    organisation, form = _administered(organisation_slug), SettingsForm()
    if not form.validate_on_submit():
        return _settings_page(organisation, form), 422
    try:
        organisations.describe(organisation, {n: v or "" for n, v in form.data.items()}, by=g.user, now=utcnow())
    except Refused as refusal:
        db.session.rollback()
        return _settings_page(organisation, faulty(form, refusal)), 422
    _show_on_cached_pages(organisation)
    db.session.commit()
    flash("Les réglages sont enregistrés. Les pages publiques les montrent.", "success")
    return redirect(url_for("accounts_organiser.settings", organisation_slug=organisation.slug), 303)


@bp.post(f"{SETTINGS}/apercu")
@access.member
def preview(organisation_slug: str) -> Any:
    organisation, form = _administered(organisation_slug), SettingsForm()
    if not form.validate_on_submit():
        return _settings_page(organisation, form), 422
    return _settings_page(organisation, form, preview=True)


def find_organisation(slug: str) -> Organisation:
    """One of the signed-in person's organisations; a foreign one does not exist."""
    mine = {membership.organisation.slug: membership.organisation for membership in g.user.memberships}
    return mine.get(slug) or abort(404)


def _administered(slug: str) -> Organisation:
    organisation = find_organisation(slug)
    if not _administers(organisation):
        abort(403)
    return organisation


def _administers(organisation: Organisation) -> bool:
    return organisation.id in g.user.organisation_ids(Role.ADMINISTRATOR)


def _member(organisation: Organisation, member_id: int) -> Membership:
    wanted = Membership.team_of(organisation).where(Membership.id == member_id)
    membership: Membership = db.first_or_404(wanted)
    return membership


def _show_on_cached_pages(organisation: Organisation) -> None:
    """Event pages show the contact and the accessibility status: a new revision renews them everywhere."""
    events = db.update(Event).where(Event.organisation_id == organisation.id)
    db.session.execute(events.values(revision=Event.revision + 1))


def faulty(form: Any, refusal: Refused) -> Any:
    if refusal.field in form:
        form[refusal.field].errors = [str(refusal)]
    else:
        form.form_errors.append(str(refusal))
    return form


def _team_page(organisation: Organisation, form: ColleagueForm) -> str:
    team = db.session.scalars(Membership.team_of(organisation)).all()
    return render_template(
        "accounts/organiser/team.html",
        organisation=organisation,
        team=team,
        form=form,
        administers=_administers(organisation),
    )


def _member_page(membership: Membership, form: RoleForm) -> str:
    return render_template(
        "accounts/organiser/member.html", organisation=membership.organisation, membership=membership, form=form
    )


def _settings_page(organisation: Organisation, form: SettingsForm, *, preview: bool = False) -> str:
    return render_template(
        "accounts/organiser/settings.html",
        organisation=organisation,
        form=form,
        preview=preview,
        administers=_administers(organisation),
        **_own_feed(organisation),
    )


def _own_feed(organisation: Organisation) -> dict[str, Any]:
    """The signed-in person's secret calendar of this team's events; `may_follow`: whether they may have one."""
    own = next(m for m in g.user.memberships if m.organisation_id == organisation.id)
    return {"may_follow": own.role in ORGANISING, "feed_url": feeds.address(own)}


def _back_to_team(organisation: Organisation) -> Any:
    return redirect(url_for("accounts_organiser.team", organisation_slug=organisation.slug), 303)
