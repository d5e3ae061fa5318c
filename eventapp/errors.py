"""`Refused` (a rule said no) and the error pages, which need neither the database nor the address's host."""

from typing import Any

from flask import Flask, current_app, has_request_context, render_template
from flask.globals import request_ctx
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from sqlalchemy.orm.exc import ObjectDeletedError, StaleDataError
from werkzeug.exceptions import HTTPException

PAGES = {
    400: (
        "Demande incomprise",
        "Le formulaire envoyé n’est pas complet ou n’est plus valable. Rechargez la page précédente et recommencez.",
    ),
    403: ("Accès refusé", "Votre compte ne permet pas d’ouvrir cette page."),
    404: (
        "Page introuvable",
        "Cette adresse n’existe pas ou n’existe plus. Vérifiez le lien que vous avez reçu par courriel.",
    ),
    405: ("Action impossible", "Cette adresse ne répond pas à cette demande."),
    413: ("Envoi trop volumineux", "Le fichier ou le texte envoyé dépasse la taille permise (5 Mo)."),
    422: ("Envoi refusé", "Certaines informations sont à corriger."),
    429: (
        "Trop de demandes",
        "Vous avez fait beaucoup de demandes en peu de temps. Attendez quelques minutes puis recommencez.",
    ),
    500: (
        "Erreur de notre côté",
        "Une erreur imprévue est survenue. Ce qui était enregistré n’est pas perdu. Réessayez dans un instant.",
    ),
    503: (
        "Service momentanément indisponible",
        "Le service est très sollicité ou en maintenance. Réessayez dans quelques instants.",
    ),
}
OTHER = ("Demande refusée", "Cette demande ne peut pas aboutir. Revenez à la page précédente et recommencez.")
FORM_TOO_OLD = (
    "La page est restée ouverte trop longtemps, ou votre navigateur refuse les cookies\u00a0: rien n’a été enregistré. "
    "Revenez à la page précédente, rechargez-la, puis envoyez de nouveau le formulaire."
)
GONE = "Ce que cette page montrait vient d’être supprimé\u00a0: rien d’autre n’a changé."
KEPT_HEADERS = ("Allow", "Retry-After", "Content-Range")


class Refused(Exception):
    """A rule of the product says no; the message is the sentence to show, `field` the control it is about."""

    message = "Cette action n’est pas possible."
    field: str | None = None

    def __init__(self, message: str | None = None, *, field: str | None = None) -> None:
        super().__init__(message or self.message)
        self.field = field or self.field


def register(app: Flask) -> None:
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(CSRFError, form_too_old)
    for failure in (OperationalError, InterfaceError, PoolExhausted):
        app.register_error_handler(failure, database_busy)
    for gone in (ObjectDeletedError, StaleDataError):
        app.register_error_handler(gone, deleted_meanwhile)
    app.register_error_handler(500, crashed)


def http_error(error: HTTPException) -> Any:
    code = error.code or 500
    if code < 400 or error.response is not None:
        return error
    headers = [(name, value) for name, value in error.get_headers() if name in KEPT_HEADERS]
    return page(code), code, headers


def form_too_old(_error: CSRFError) -> Any:
    return page(400, FORM_TOO_OLD), 400


def database_busy(error: OperationalError | InterfaceError | PoolExhausted) -> Any:
    """A lock held too long or a database away: say so, and when to come back."""
    cause = getattr(error, "orig", None)
    if "readonly database" in str(cause):
        raise error  # a reading request tried to write: our mistake, not the database's state
    current_app.logger.error("database unavailable: %s", type(cause or error).__name__)
    return page(503), 503, [("Retry-After", "5")]


def deleted_meanwhile(_error: Exception) -> Any:
    """Two windows removed the same row: the second one finds nothing any more."""
    return page(404, GONE), 404


def crashed(_error: Exception) -> Any:
    return page(500), 500


def page(code: int, sentence: str | None = None) -> Any:
    title, usual = PAGES.get(code, OTHER)
    if not has_request_context() or request_ctx.url_adapter is None:
        # The Host header was refused: no address can be built for a page's links.
        return current_app.response_class(f"{title}\n{usual}\n", mimetype="text/plain")
    return render_template("errors/error.html", code=code, title=title, sentence=sentence or usual)
