"""`flask guests import EVENT FILE`, `flask guests invite EVENT`."""

from pathlib import Path

import click

from eventapp.clock import utcnow
from eventapp.console import Group
from eventapp.errors import Refused
from eventapp.events.models import Event
from eventapp.extensions import db
from eventapp.invitations import importing, sending
from eventapp.spreadsheets.reading import read


@click.group(cls=Group)
def guests() -> None:
    """Les invités d’une rencontre."""


@guests.command("import")
@click.argument("event")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--apply", "write", is_flag=True, help="Écrit ; sans elle, rien n’est enregistré.")
def import_file(event: str, file: Path, write: bool) -> None:
    """Lit un tableau d’invités (CSV, XLSX, ODS) ; par défaut, dit seulement ce qui serait fait."""
    found = _find(event)
    try:
        with file.open("rb") as stream:
            decided = importing.preview(found, read(stream))
    except Refused as refusal:
        raise Refused(f"{file.name} : {refusal}") from None
    _report(decided)
    if not write:
        click.echo("Essai seulement : ajoutez --apply pour enregistrer.")
        return
    added = importing.apply(found, decided, origin=f"fichier {file.name}"[:200], now=utcnow(), by=None)
    db.session.commit()
    click.echo(f"Invités ajoutés : {added}.")


@guests.command("invite")
@click.argument("event")
def invite(event: str) -> None:
    """Met en file la lettre d’invitation de chaque invité qui ne l’a pas encore reçue."""
    found = _find(event)
    sent = sending.invite(found, sending.not_yet_invited(found), now=utcnow(), by=None)
    db.session.commit()
    click.echo(f"Invitations mises en file : {sent}.")


COMMANDS = (guests,)


def _find(slug: str) -> Event:
    event = db.session.scalar(db.select(Event).where(Event.slug == slug.replace("\0", "")))
    if event is None:
        raise Refused(f"Aucun événement ne porte le nom « {slug} ».")
    return event


def _report(decided: importing.Preview) -> None:
    for warning in decided.warnings:
        click.echo(warning)
    if decided.unknown_columns:
        click.echo(f"Colonnes ignorées : {', '.join(decided.unknown_columns)}")
    click.echo(
        f"À créer : {len(decided.created)}. Déjà là ou en double : {len(decided.present)}. "
        f"À corriger : {len(decided.wrong)}."
    )
    if decided.doubtful:
        left = sum(not row.ticked for row in decided.doubtful)
        click.echo(f"Doublons possibles : {len(decided.doubtful)} (laissés de côté : {left}).")
    for row in decided.rows:
        if row.remark:
            click.echo(f"ligne {row.line} : {row.remark}")
