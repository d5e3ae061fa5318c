"""`flask demo`."""

import click
from flask.cli import with_appcontext

from eventapp.clock import utcnow
from eventapp.demonstration import EMAIL, PASSWORD, building, life
from eventapp.errors import Refused
from eventapp.extensions import db


@click.command("demo")
@with_appcontext
def demo() -> None:
    """Charge la démonstration dans une base vide."""
    try:
        event = building.build(utcnow())
    except Refused as refusal:
        raise click.ClickException(str(refusal)) from None
    click.echo(f"{event.title} : {life.summary(event)}.")
    db.session.commit()
    click.echo(f"Se connecter : {EMAIL}\nMot de passe : {PASSWORD}")


COMMANDS = (demo,)
