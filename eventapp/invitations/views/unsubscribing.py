"""`/desinscription/<token>`: stop reminders, by a mail program's one click (RFC 8058) or by hand. A GET changes
nothing, and neither does a robot that presses the button: the choice is still to be made."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from eventapp import access
from eventapp.clock import utcnow
from eventapp.extensions import csrf, db
from eventapp.invitations import unsubscribing
from eventapp.invitations.campaign_forms import UnsubscribeForm
from eventapp.invitations.models import Invitation
from eventapp.invitations.views.public import bp

ONE_CLICK = ("List-Unsubscribe", "One-Click")


@bp.get("/desinscription/<token>")
@access.token_holder
def unsubscribe(token: str) -> Any:
    return _page(_find(token), UnsubscribeForm())


@bp.post("/desinscription/<token>")
@csrf.exempt
@access.token_holder
def do_unsubscribe(token: str) -> Any:
    """Without a CSRF token for the one click of a mail program, which follows no redirect; the form carries one."""
    invitation, form = _find(token), UnsubscribeForm()
    if request.form.get(ONE_CLICK[0]) == ONE_CLICK[1]:
        unsubscribing.stop(invitation, now=utcnow())
        db.session.commit()
        return _page(invitation, UnsubscribeForm(formdata=None))
    if not form.validate_on_submit():
        return _page(invitation, form), 422
    if form.choice.data == "stop":
        unsubscribing.stop(invitation, now=utcnow())
        sentence = "C’est noté : vous ne recevrez plus de relances."
    else:
        unsubscribing.resume(invitation, now=utcnow())
        sentence = "C’est noté : vous pourrez recevoir une relance."
    db.session.commit()
    flash(sentence, "success")
    return redirect(url_for(".unsubscribe", token=token), 303)


def _find(token: str) -> Invitation:
    return db.first_or_404(unsubscribing.select_by(token))


def _page(invitation: Invitation, form: UnsubscribeForm) -> str:
    return render_template(
        "invitations/unsubscribe.html",
        event=invitation.guest.event,
        concerned=unsubscribing.concerns_someone(invitation),
        form=form,
        receives=unsubscribing.receives_reminders(invitation),
    )
