"""`flask demo`."""

import click

from eventapp.clock import utcnow
from eventapp.console import Command
from eventapp.demonstration import EMAIL, PASSWORD, building, life
from eventapp.extensions import db


@click.command("demo", cls=Command)
def demo() -> None:
    """Charge la démonstration dans une base vide."""
    event = building.build(utcnow())
    click.echo(f"{event.title} : {life.summary(event)}.")
    db.session.commit()
    click.echo(f"Se connecter : {EMAIL}\nMot de passe : {PASSWORD}")


COMMANDS = (demo,)
