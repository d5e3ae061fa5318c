import click

from eventapp import console
from eventapp.errors import Refused
from eventapp.formats import plural
from eventapp.outbox.models import State
from eventapp.outbox.queue import WAITING


@click.command(cls=console.Command)
@click.option("--once", is_flag=True, help="Traite ce qui est dû maintenant, puis s’arrête.")
def worker(once: bool) -> None:
    """Envoie les courriels et fait ce qui est prévu."""
    from eventapp.worker import Worker, end_politely  # here: it knows every package, and each of them posts letters

    sentence = console.trouble()
    if sentence == console.BEHIND or (once and sentence):
        raise Refused(sentence)  # a database that is away is waited for, unless somebody is waiting for us
    postman = Worker()
    end_politely(postman.stop)
    if once:
        click.echo(_in_words(postman.drain()))
    else:
        postman.run()


COMMANDS: tuple[click.Command, ...] = (worker,)


def _in_words(tally: dict[State, int]) -> str:
    later = sum(tally.get(state, 0) for state in WAITING)
    parts = [
        plural(tally.get(State.SENT, 0), "courriel envoyé", "courriels envoyés"),
        plural(later, "reporté", "reportés"),
        plural(tally.get(State.FAILED, 0), "en échec", "en échec"),
    ]
    if tally.get(State.DROPPED):
        parts.append(plural(tally[State.DROPPED], "sans objet", "sans objet"))
    return f"{', '.join(parts)}."
