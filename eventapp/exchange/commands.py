"""`event import` and `event export`."""

from pathlib import Path

import click

from eventapp.clock import utcnow
from eventapp.console import Group
from eventapp.errors import Refused
from eventapp.events.models import Event, Status
from eventapp.exchange import applying, reading, taking, writing
from eventapp.exchange.faults import BadFile
from eventapp.extensions import db
from eventapp.formats import plural
from eventapp.registrations.places.over_limits import warnings

STATES = {Status.DRAFT: "brouillon", Status.PUBLISHED: "publié", Status.CANCELLED: "annulé"}

event_group = Group("event", help="Fichier d’événement : importer, exporter.")


@event_group.command("import")
@click.argument("file", metavar="FILE.json", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--publish", is_flag=True, help="Publier l’événement, et prévenir les personnes concernées.")
@click.option("--update", is_flag=True, help="Appliquer le fichier à l’événement qui existe déjà.")
def import_event(file: Path, publish: bool, update: bool) -> None:
    """Importer un événement, ou mettre à jour celui du même nom."""
    try:
        parsed = reading.read_bytes(_bounded(file))
        outcome = applying.import_file(parsed, publish=publish, update=update, now=utcnow())
    except BadFile as refusal:
        raise Refused("\n".join([str(refusal), *map(str, refusal.faults)])) from None
    db.session.commit()
    click.echo(_in_words(outcome))
    for sentence in [] if outcome.is_draft else warnings(outcome.event, now=utcnow()):
        click.echo(sentence)


@event_group.command("export")
@click.argument("slug")
def export_event(slug: str) -> None:
    """Écrire le fichier d’un événement sur la sortie standard."""
    event = db.session.scalar(db.select(Event).where(Event.slug == slug))
    if event is None:
        raise Refused(f"Aucun événement ne porte l’adresse «\u00a0{slug}\u00a0».")
    click.echo(writing.as_text(taking.take(event)).encode(), nl=False)


def _bounded(file: Path) -> bytes:
    with file.open("rb") as opened:
        return opened.read(reading.LARGEST_FILE + 1)


def _in_words(outcome: applying.Outcome) -> str:
    if outcome.is_draft:
        return f"Brouillon enregistré pour «\u00a0{outcome.event.title}\u00a0»\u00a0: publiez-le (--publish)."
    act = "créé" if outcome.is_new else "mis à jour"
    state = STATES[outcome.event.status]
    told = plural(outcome.told, "personne prévenue", "personnes prévenues")
    return f"Événement «\u00a0{outcome.event.title}\u00a0» {act} ({state}), {told}."


COMMANDS: tuple[click.Command, ...] = (event_group,)
