"""One's own account: organisations, name, password."""

from typing import Any

from flask import flash, g, redirect, render_template, url_for

from eventapp import access
from eventapp.accounts import notices, passwords, people
from eventapp.accounts import sign_in as sessions
from eventapp.accounts.forms import NameForm, PasswordForm
from eventapp.accounts.views.organiser import bp, faulty
from eventapp.clock import utcnow
from eventapp.errors import Refused
from eventapp.extensions import db


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
        return _account_page(NameForm(formdata=None, obj=g.user), faulty(form, refusal)), 422
    notices.password_changed(user, now=now)
    db.session.commit()
    sessions.begin(user, via="password", now=now)
    flash("Votre mot de passe est changé. Vos autres sessions sont fermées.", "success")
    return redirect(url_for("accounts_organiser.account"), 303)


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
