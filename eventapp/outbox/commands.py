import click
from flask.cli import with_appcontext


@click.command()
@click.option("--once", is_flag=True, help="Traite ce qui est dû maintenant, puis s’arrête.")
@with_appcontext
def worker(once: bool) -> None:
    """Envoie les courriels et fait ce qui est prévu."""
    from eventapp.worker import Worker, end_politely  # here: it knows every package, and each of them posts letters

    postman = Worker()
    end_politely(postman.stop)
    if once:
        click.echo(f"{postman.drain()} courriel(s) traité(s).")
    else:
        postman.run()


COMMANDS: tuple[click.Command, ...] = (worker,)
