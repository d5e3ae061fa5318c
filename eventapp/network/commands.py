"""`flask network import FILE`."""

import sys
from pathlib import Path

import click

from eventapp.clock import utcnow
from eventapp.console import Group
from eventapp.errors import Refused
from eventapp.extensions import db
from eventapp.network import importing, opendata

LISTED = 50


@click.group(cls=Group)
def network() -> None:
    """Le réseau France services."""


@network.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_file(file: Path) -> None:
    """Charge la liste officielle des structures (données ouvertes, CSV)."""
    try:
        data = opendata.read(file.read_bytes())
    except (opendata.Unusable, OSError) as refusal:
        raise Refused(f"{file.name} : {refusal}. Rien n’a été importé.") from None
    if data.unknown_columns:
        click.echo(f"Colonnes inconnues, ignorées : {', '.join(name or '(sans nom)' for name in data.unknown_columns)}")
    with click.progressbar(data.lines(), length=len(data), label="Structures", file=sys.stderr) as lines:
        outcome = importing.apply(db.session(), lines, now=utcnow())
    db.session.commit()
    _report(outcome)


COMMANDS = (network,)


def _report(outcome: importing.Outcome) -> None:
    click.echo(
        f"Créées : {outcome.created}. Mises à jour : {outcome.updated}. Inchangées : {outcome.unchanged}. "
        f"Rejetées : {len(outcome.rejected)}."
    )
    for rejected in outcome.rejected:
        click.echo(f"ligne {rejected.number} : {rejected.reason}")
    for number, remark in outcome.remarks[:LISTED]:
        click.echo(f"ligne {number} : {remark} (structure importée)")
    if len(outcome.remarks) > LISTED:
        click.echo(f"… et {len(outcome.remarks) - LISTED} autres remarques.")
    if outcome.absent:
        click.echo(f"Connues mais absentes de ce fichier, conservées : {outcome.absent}.")
