"""One's own account, the team of an organisation, its contact and texts."""

from typing import Any

from flask import Blueprint, abort, flash, g, redirect, render_template, url_for

from eventapp import access
from eventapp.accounts import notices, organisations, passwords, people
from eventapp.accounts import sign_in as sessions
from eventapp.accounts.forms import ColleagueForm, NameForm, PasswordForm, RoleForm, SettingsForm
from eventapp.accounts.models import Membership, Organisation, Role
from eventapp.clock import utcnow
from eventapp.errors import Refused
from eventapp.events.models import Event
from eventapp.extensions import db

bp = Blueprint("accounts_organiser", __name__)
TEAM = "/gestion/organisations/<organisation_slug>/equipe"
SETTINGS = "/gestion/organisations/<organisation_slug>/reglages"
MEMBER = "<int(max=2147483647):member_id>"


@bp.get("/gestion/compte")
@access.member
def account() -> str:
    return _account_page(NameForm(obj=g.user), PasswordForm())


@bp.post("/gestion/compte/nom")
@access.member
def rename() -> Any:
    form = NameForm()
    if not form.validate_on_submit():
        return _account_page(form, PasswordForm(formdata=None)), 422
    people.rename(g.user, form.name.data or "")
    db.session.commit()
    flash("Votre nom est enregistré.", "success")
    return redirect(url_for("accounts_organiser.account"), 303)


@bp.post("/gestion/compte/mot-de-passe")
@access.member
def change_password() -> Any:
    form = PasswordForm()
    if not form.validate_on_submit() or not _may_choose(form):
        return _account_page(NameForm(formdata=None, obj=g.user), form), 422
    user, now = g.user, utcnow()
    try:
        passwords.choose(user, form.password.data or "")
    except Refused as refusal:
        db.session.rollback()
        return _account_page(NameForm(formdata=None, obj=g.user), _faulty(form, refusal)), 422
    notices.password_changed(user, now=now)
    db.session.commit()
    sessions.begin(user, via="password", now=now)
    flash("Votre mot de passe est changé. Vos autres sessions sont fermées.", "success")
    return redirect(url_for("accounts_organiser.account"), 303)


@bp.get(TEAM)
@access.member
def team(organisation_slug: str) -> str:
    return _team_page(_organisation(organisation_slug), ColleagueForm())


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
        return _team_page(organisation, _faulty(form, refusal)), 422
    db.session.commit()
    flash(f"Une invitation part vers {membership.user.email}.", "success")
    return _back_to_team(organisation)


@bp.get(f"{TEAM}/{MEMBER}")
@access.member
def member(organisation_slug: str, member_id: int) -> str:
    organisation = _administered(organisation_slug)
    membership = _member(organisation, member_id)
    return _member_page(membership, RoleForm(data={"role": membership.role.value}))


@bp.post(f"{TEAM}/{MEMBER}")
@access.member
def change_role(organisation_slug: str, member_id: int) -> Any:
    organisation, form = _administered(organisation_slug), RoleForm()
    membership = _member(organisation, member_id)
    if not form.validate_on_submit():
        return _member_page(membership, form), 422
    try:
        people.change_role(membership, Role(form.role.data), by=g.user, now=utcnow())
    except Refused as refusal:
        db.session.rollback()
        return _member_page(membership, _faulty(form, refusal)), 422
    db.session.commit()
    flash(f"Le rôle de {membership.user.label} est enregistré.", "success")
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
    organisation = _organisation(organisation_slug)
    return _settings_page(organisation, SettingsForm(obj=organisation))


@bp.post(SETTINGS)
@access.member
def describe(organisation_slug: str) -> Any:
    organisation, form = _administered(organisation_slug), SettingsForm()
    if not form.validate_on_submit():
        return _settings_page(organisation, form), 422
    try:
        organisations.describe(organisation, form.data, by=g.user, now=utcnow())
    except Refused as refusal:
        db.session.rollback()
        return _settings_page(organisation, _faulty(form, refusal)), 422
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


def _organisation(slug: str) -> Organisation:
    """One of the signed-in person's organisations; a foreign one does not exist."""
    mine = {membership.organisation.slug: membership.organisation for membership in g.user.memberships}
    return mine.get(slug) or abort(404)


def _administered(slug: str) -> Organisation:
    organisation = _organisation(slug)
    if not _administers(organisation):
        abort(403)
    return organisation


def _administers(organisation: Organisation) -> bool:
    return organisation.id in g.user.organisation_ids(Role.ADMINISTRATOR)


def _member(organisation: Organisation, member_id: int) -> Membership:
    wanted = Membership.team_of(organisation).where(Membership.id == member_id)
    membership: Membership = db.first_or_404(wanted)
    return membership


def _may_choose(form: PasswordForm) -> bool:
    """Whoever has a password gives it; whoever has just come by a link need not: that is how one is replaced."""
    if sessions.came_by_link() and sessions.is_fresh():
        return True
    if not g.user.password:
        form.form_errors.append("Pour choisir un mot de passe, connectez-vous d’abord par un lien reçu par courriel.")
        return False
    if passwords.belongs_to(g.user, form.current.data or ""):
        return True
    form.current.errors = ["Ce n’est pas votre mot de passe actuel."]
    return False


def _show_on_cached_pages(organisation: Organisation) -> None:
    """Event pages show the contact and the accessibility status: a new revision renews them everywhere."""
    events = db.update(Event).where(Event.organisation_id == organisation.id)
    db.session.execute(events.values(revision=Event.revision + 1))


def _faulty(form: Any, refusal: Refused) -> Any:
    if refusal.field in form:
        form[refusal.field].errors = [str(refusal)]
    else:
        form.form_errors.append(str(refusal))
    return form


def _account_page(name_form: NameForm, password_form: PasswordForm) -> str:
    by_link = sessions.came_by_link() and sessions.is_fresh()
    return render_template(
        "accounts/organiser/account.html",
        form=name_form if name_form.errors else password_form,
        name_form=name_form,
        password_form=password_form,
        asks_current=bool(g.user.password) and not by_link,
        shortest=passwords.shortest(g.user),
    )


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
    )


def _back_to_team(organisation: Organisation) -> Any:
    return redirect(url_for("accounts_organiser.team", organisation_slug=organisation.slug), 303)
