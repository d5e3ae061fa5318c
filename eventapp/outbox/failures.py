"""What went wrong, in words for an organiser; and whether trying again makes sense."""

import smtplib
import socket
import ssl

from eventapp.outbox import bounces
from eventapp.outbox.models import State
from eventapp.outbox.queue import Outcome
from eventapp.text import one_line

LONGEST_REPLY = 300
# The server wants something of us (TLS, a password), not of this message: an administrator can repair that.
OUR_FAULT = frozenset({530, 534, 535, 538})


IN_WORDS: tuple[tuple[type[Exception], str], ...] = (
    (ConnectionRefusedError, "connexion refusée"),
    (ssl.SSLCertVerificationError, "son certificat n’est pas reconnu"),
    (ssl.SSLError, "la connexion chiffrée n’aboutit pas"),
    (socket.gaierror, "son nom est introuvable"),
    (TimeoutError, "délai dépassé"),
    (smtplib.SMTPNotSupportedError, "il n’accepte pas le chiffrement ou l’identification demandés"),
    (smtplib.SMTPServerDisconnected, "il a raccroché"),
)


class LineDown(Exception):
    """No conversation with the mail server could begin; the message was not offered to it."""


class InDoubt(Exception):
    """The line broke while the message was being handed over: the server may have taken it."""


def is_answer(error: Exception) -> bool:
    """Whether the server said what it thinks: smtplib has its own words, in text, for a line that it cannot read."""
    if not isinstance(error, smtplib.SMTPResponseException):
        return False
    return error.smtp_code > 0 and isinstance(error.smtp_error, bytes)


def of_line(error: LineDown, may_have_left: bool) -> Outcome:
    cause = error.__cause__
    code, reply = _reply(cause) if isinstance(cause, smtplib.SMTPResponseException) else (0, "")
    reason = f"{code} {reply}" if code else next((words for kind, words in IN_WORDS if isinstance(cause, kind)), "")
    return _later(f"Le serveur d’envoi ne répond pas{_because(reason)}. Nouvel essai automatique.", may_have_left)


def of_sending(error: Exception, may_have_left: bool) -> Outcome:
    """The outcome of a conversation that ended with `error`."""
    if isinstance(error, InDoubt):
        return _later("La connexion s’est coupée pendant l’envoi\u00a0; le courriel est peut-être parti.", True)
    code, reply = _reply(error)
    if code >= 500 and code not in OUR_FAULT:
        sentence = f"Le serveur refuse ce courriel{_because(f'{code} {reply}')}."
        is_the_address = isinstance(error, smtplib.SMTPRecipientsRefused)
        return Outcome(
            state=State.FAILED, error=sentence, dead_address=bounces.why_dead(code, reply) if is_the_address else ""
        )
    if code:
        sentence = f"Le serveur demande d’attendre{_because(f'{code} {reply}')}. Nouvel essai automatique."
        return _later(sentence, may_have_left)
    return _later("La connexion au serveur d’envoi s’est coupée. Nouvel essai automatique.", may_have_left)


def of_address() -> Outcome:
    return Outcome(
        state=State.FAILED,
        error="Cette adresse électronique n’est pas valable. Corrigez-la dans la fiche de la personne.",
        dead_address="ce n’est pas une adresse électronique valable",
    )


def of_rendering(error: Exception) -> Outcome:
    sentence = (
        "La lettre n’a pas pu être préparée{}. Prévenez l’administrateur, puis renvoyez-la une fois l’erreur corrigée."
    )
    return Outcome(state=State.FAILED, error=sentence.format(_because(type(error).__name__)))


def of_database(may_have_left: bool) -> Outcome:
    return _later("La base de données n’a pas répondu. Nouvel essai automatique.", may_have_left)


def not_yet(reason: str, may_have_left: bool) -> Outcome:
    return _later(f"{one_line(reason)[:LONGEST_REPLY]} Nouvel essai automatique.", may_have_left)


def nothing_to_say(reason: str) -> Outcome:
    reason = one_line(reason)[:LONGEST_REPLY].rstrip(".") or "cette lettre n’avait plus lieu d’être"
    return Outcome(state=State.DROPPED, error=f"Non envoyé : {reason[0].lower()}{reason[1:]}.")


def _later(sentence: str, may_have_left: bool) -> Outcome:
    return Outcome(state=State.UNCERTAIN if may_have_left else State.QUEUED, error=sentence)


def _reply(error: Exception) -> tuple[int, str]:
    """The server's code and words; 0 when there was no answer."""
    code: int
    words: bytes | str
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, words = next(iter(error.recipients.values()))
    elif isinstance(error, smtplib.SMTPResponseException) and is_answer(error):
        code, words = error.smtp_code, error.smtp_error
    elif isinstance(error, smtplib.SMTPNotSupportedError):
        code, words = 554, str(error)
    else:
        return 0, ""
    said = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return (code, said) if code > 0 else (0, "")


def _because(detail: str) -> str:
    detail = one_line(detail)[:LONGEST_REPLY].rstrip(".")
    return f" ({detail})" if detail else ""
