"""Signing in and out. Answers never say whether an address has an account."""

import re
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user

from eventapp import access, limits
from eventapp.accounts import passwords, people
from eventapp.accounts import sign_in as sessions
from eventapp.accounts.forms import EmptyForm, LinkForm, PasswordSignInForm
from eventapp.accounts.models import SignInLink
from eventapp.clock import utcnow
from eventapp.extensions import db
from eventapp.text import fold_email

bp = Blueprint("accounts", __name__)

# One slash, then neither a second one nor a backslash anywhere: our own origin only.
OWN_PATH = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")
WRONG = "L’adresse ou le mot de passe ne convient pas."


@bp.get("/connexion")
@access.visitor
def sign_in() -> Any:
    if current_user.is_authenticated:
        return redirect(own_address(request.args.get("next")), 303)
    return _page(PasswordSignInForm(data={"next": request.args.get("next", "")}))


@bp.post("/connexion")
@access.visitor
def check_password() -> Any:
    form = PasswordSignInForm()
    if not form.validate_on_submit():
        return _page(form), 422
    email, password = form.email.data or "", form.password.data or ""
    attempt = _attempt(email)
    for rule, keys in attempt:
        limits.spend(rule, *keys)
    user = passwords.owner(email, password)
    if user is None:
        form.form_errors.append(WRONG)
        return _page(form), 422
    for rule, keys in attempt:
        limits.give_back(rule, *keys)
    sessions.begin(user, via="password", now=utcnow())
    return redirect(own_address(form.next.data), 303)


@bp.post("/connexion/lien")
@access.visitor
def send_link() -> Any:
    form = LinkForm()
    if not form.validate_on_submit():
        return _page(PasswordSignInForm(formdata=None), form), 422
    email = form.email.data or ""
    limits.spend("link to an account", fold_email(email))
    people.ask_for_link(email, now=utcnow())
    db.session.commit()
    return redirect(url_for("accounts.link_sent"), 303)


@bp.get("/connexion/lien-envoye")
@access.visitor
def link_sent() -> str:
    return render_template("accounts/link_sent.html")


@bp.get("/connexion/<token>")
@access.token_holder
def link(token: str) -> Any:
    found = _find(token)
    if not found.is_usable(utcnow()):
        return render_template("accounts/link_spent.html"), 410
    return render_template("accounts/link.html", link=found, token=token, form=EmptyForm())


@bp.post("/connexion/<token>")
@access.token_holder
def use_link(token: str) -> Any:
    found = _find(token)
    now = utcnow()
    try:
        user = people.use_sign_in_link(found, now=now)
    except people.LinkSpent:
        db.session.rollback()
        return render_template("accounts/link_spent.html"), 410
    db.session.commit()
    sessions.begin(user, via="link", now=now)
    return redirect(url_for("events_organiser.index"), 303)


@bp.post("/deconnexion")
@access.visitor
def sign_out() -> Any:
    sessions.end(now=utcnow())
    db.session.commit()
    flash("Vous êtes déconnecté.", "success")
    return redirect(url_for("accounts.sign_in"), 303)


def own_address(wanted: str | None) -> str:
    """Where to go after signing in: an address of this site, else the list of events."""
    if wanted and len(wanted) <= 2000 and OWN_PATH.fullmatch(wanted):
        return wanted
    return url_for("events_organiser.index")


def _attempt(email: str) -> list[tuple[str, tuple[str, ...]]]:
    """The limits that one guess of a password counts for."""
    return [
        ("sign-in in all", ()),
        ("sign-in from an address", (limits.address(),)),
        ("sign-in of an account", (fold_email(email),)),
    ]


def _find(token: str) -> SignInLink:
    return db.session.scalar(SignInLink.of_token(token)) or abort(404)


def _page(form: PasswordSignInForm, link_form: LinkForm | None = None) -> str:
    failed = link_form if link_form is not None else form
    return render_template(
        "accounts/sign_in.html", form=failed, password_form=form, link_form=link_form or LinkForm(formdata=None)
    )
