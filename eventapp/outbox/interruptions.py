"""Messages whose worker died or froze while sending: sent again, but not for ever.

How many workers in a row a message has stopped is in what the board says of it: any answer of a server, and an
organiser's wish to send it again, replace that sentence, and the count with it.
"""

from datetime import datetime

from sqlalchemy import select, update

from eventapp.extensions import db
from eventapp.formats import NBSP
from eventapp.outbox.models import Message, State
from eventapp.outbox.queue import wait
from eventapp.outbox.rendering import reading

MOST = 5  # then it fails where all can see it
AT_ONCE = 2  # times that it is due again at once; later each time after that


def in_words(times: int) -> str:
    again = f" {times} fois de suite" if times > 1 else ""
    return (
        f"L’envoi a été interrompu{again}{NBSP}; le courriel est peut-être parti. Il est renvoyé avec le même"
        " identifiant."
    )


GIVEN_UP = (
    f"L’envoi de ce courriel a été interrompu {MOST} fois de suite{NBSP}; il est peut-être parti. Il n’est plus retenté"
    f"{NBSP}: prévenez l’administrateur, puis renvoyez-le une fois la cause trouvée."
)
TIMES = {in_words(times): times for times in range(1, MOST)}


def recover(now: datetime) -> int:
    """They are uncertain and due again, or given up; how many."""
    facts = Message.id, Message.attempts, Message.last_error
    lost = select(*facts).where(Message.state == State.SENDING, Message.leased_until < now)
    with reading():
        rows = db.session.execute(lost.limit(500)).all()
    for number, attempts, said in rows:
        still = Message.id == number, Message.state == State.SENDING, Message.leased_until < now
        freed = {"lease": None, "leased_until": None} | _outcome(attempts, TIMES.get(said or "", 0) + 1, now)
        db.session.execute(update(Message).where(*still).values(freed))
    if rows:
        db.session.commit()
    return len(rows)


def _outcome(attempts: int, times: int, now: datetime) -> dict[str, object]:
    if times >= MOST:
        return {"state": State.FAILED, "last_error": GIVEN_UP}
    due_at = now if attempts <= AT_ONCE else now + wait(attempts)
    return {"state": State.UNCERTAIN, "last_error": in_words(times), "due_at": due_at}
