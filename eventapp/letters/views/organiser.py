"""The letters of an event: `/gestion/evenements/<slug>/lettres`, and the editor of each."""

from typing import Any

from flask import abort, flash, g, redirect, render_template, url_for

from eventapp import access
from eventapp.clock import utcnow
from eventapp.events.models import Wording
from eventapp.extensions import db
from eventapp.formats import NBSP
from eventapp.invitations import samples
from eventapp.letters import attachments, writing
from eventapp.letters.forms import LetterForm, WordingForm
from eventapp.letters.kinds import KINDS
from eventapp.letters.views.blueprint import (
    LETTER,
    LETTERS,
    bp,
    case_chosen,
    draft,
    editor,
    kind_of,
    letter_page,
    managed,
    number_chosen,
    reader_chosen,
    text_searched,
)


@bp.get(LETTERS)
@access.member
def index(slug: str) -> str:
    """Each letter: when it leaves, whose words it carries, its files."""
    event = managed(slug)
    return render_template(
        "letters/organiser/index.html",
        event=event,
        organisation=event.organisation,
        kinds=KINDS.items(),
        worded=writing.worded(event),
        files=attachments.counts(event, at=utcnow()),
        form=WordingForm(data={"wording": event.wording.value}),
    )


@bp.post(f"{LETTERS}/ton")
@access.member
def speak(slug: str) -> Any:
    event, form = managed(slug), WordingForm()
    if not form.validate_on_submit():
        abort(400)
    writing.speak(event, Wording(form.wording.data), now=utcnow(), by=g.user)
    db.session.commit()
    spoken = writing.SPOKEN[event.wording]
    flash(f"Les textes proposés parlent d’une {spoken}. Les lettres que vous avez écrites gardent vos mots.", "success")
    return redirect(url_for(".index", slug=slug), 303)


@bp.route(LETTER, methods=["GET", "POST"])
@access.member
def letter(slug: str, letter_slug: str) -> Any:
    """Saves under an address without fragment: on `#apercu` the browser would keep it, and pass over an error."""
    event, kind = managed(slug), kind_of(letter_slug)
    form = editor(event, kind)
    if not form.validate_on_submit():
        return letter_page(event, kind, form, status=422 if form.is_submitted() else 200)
    writing.write(event, kind, form.subject.data or "", form.body.data or "", now=utcnow(), by=g.user)
    db.session.commit()
    flash("La lettre est enregistrée. Relisez-la ci-dessous comme la personne la lira.", "success")
    shown_as: dict[str, Any] = {
        "personne": number_chosen() or None,
        "qui": text_searched() or None,
        "cas": case_chosen(kind) or None,
    }
    return redirect(url_for(".letter", slug=slug, letter_slug=letter_slug, **shown_as, _anchor="apercu"), 303)


@bp.post(f"{LETTER}/apercu")
@access.member
def preview(slug: str, letter_slug: str) -> Any:
    """The text as it stands in the editor, as the chosen person would read it. Writes nothing."""
    event, kind = managed(slug), kind_of(letter_slug)
    form = LetterForm(kind)
    valid = form.validate_on_submit()
    return letter_page(event, kind, form, unsaved=valid, status=200 if valid else 422)


@bp.post(f"{LETTER}/essai")
@access.member
def test(slug: str, letter_slug: str) -> Any:
    """The text as it stands in the editor, saved or not, to the address of who asks."""
    event, kind = managed(slug), kind_of(letter_slug)
    form = LetterForm(kind)
    if not form.validate_on_submit():
        return letter_page(event, kind, form, status=422)
    sample = draft(kind, form, reader_chosen(event, kind), case_chosen(kind))
    samples.send(event, sample, now=utcnow(), to=g.user)
    db.session.commit()
    flash(f"Un essai part vers {g.user.email}{NBSP}: ses liens sont des exemples. Rien n’est enregistré.", "success")
    return letter_page(event, kind, form, unsaved=True)


@bp.post(f"{LETTER}/texte-propose")
@access.member
def reset(slug: str, letter_slug: str) -> Any:
    event, kind = managed(slug), kind_of(letter_slug)
    writing.write(event, kind, *writing.proposal(event, kind), now=utcnow(), by=g.user)
    db.session.commit()
    flash("La lettre a repris le texte proposé. Ce qui est déjà parti garde le sien.", "success")
    return redirect(url_for(".letter", slug=slug, letter_slug=letter_slug), 303)
