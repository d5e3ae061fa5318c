"""The letter of invitation: editor, and preview as any guest will read it."""

from typing import Any

from flask import abort, flash, g, redirect, render_template, request, url_for

from eventapp import access
from eventapp.clock import utcnow
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.invitations import notices
from eventapp.invitations.forms import LetterForm
from eventapp.invitations.models import Guest
from eventapp.invitations.views.organiser import bp, managed
from eventapp.letters.filling import PLACEHOLDERS
from eventapp.letters.models import LetterKind
from eventapp.letters.writing import current, proposal, write
from eventapp.links import absolute

SAMPLE_TOKEN = "lien-personnel-de-la-personne"  # noqa: S105 - shown in a preview, opens nothing
OFFERED = 500


@bp.route("/gestion/evenements/<slug>/lettre", methods=["GET", "POST"])
@access.member
def letter(slug: str) -> Any:
    """Saves under an address without fragment: on `#apercu` the browser would keep it, and pass over an error."""
    event = managed(slug)
    written = current(event, LetterKind.INVITATION) or proposal(event, LetterKind.INVITATION)
    form = LetterForm(data={"subject": written.subject, "body": written.body})
    if not form.validate_on_submit():
        return _letter_page(event, form), 422 if form.is_submitted() else 200
    write(event, LetterKind.INVITATION, form.subject.data or "", form.body.data or "", now=utcnow(), by=g.user)
    db.session.commit()
    flash("La lettre est enregistrée. Relisez-la ci-dessous comme la personne la lira.", "success")
    return redirect(url_for(".letter", slug=slug, invite=_number() or None, _anchor="apercu"), 303)


@bp.post("/gestion/evenements/<slug>/lettre/apercu")
@access.member
def letter_preview(slug: str) -> Any:
    """The text as it stands in the editor, as the chosen guest would read it. Writes nothing."""
    event, form = managed(slug), LetterForm()
    valid = form.validate_on_submit()
    return _letter_page(event, form, unsaved=valid), 200 if valid else 422


def _letter_page(event: Event, form: LetterForm, *, unsaved: bool = False) -> str:
    guests = db.session.scalars(Guest.of(event).limit(OFFERED)).unique().all()
    guest = _guest_chosen(event) or (guests[0] if guests else sample_guest())
    link = absolute("invitations.page", token=SAMPLE_TOKEN)
    return render_template(
        "invitations/organiser/letter.html",
        event=event,
        organisation=event.organisation,
        form=form,
        unsaved=unsaved,
        guests=guests,
        guest=guest,
        placeholders=PLACEHOLDERS,
        preview=notices.contents(event, guest, form.subject.data or "", form.body.data or "", link),
    )


def sample_guest() -> Guest:
    """Somebody to show the letter to while the list is empty; never saved."""
    guest = Guest(
        first_name="Camille",
        last_name="Exemple",
        email="camille.exemple@france-services.example",
        function="conseillère",
        organisation="France services de Saint-Exemple",
        origin="",
    )
    guest.id = 0
    return guest


def _guest_chosen(event: Event) -> Guest | None:
    number = _number()
    if not number:
        return None
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        abort(404)
    found: Guest = db.first_or_404(Guest.of(event).where(Guest.id == int(number)))
    return found


def _number() -> str:
    """Whose reading is shown: chosen beside the editor, or in the address."""
    return request.form.get("invite") or request.args.get("invite", "")
