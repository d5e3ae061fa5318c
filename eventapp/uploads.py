"""A file beyond what the server reads at all: its own page again, with the sentence beside the field.

The body is never read, and so neither is its CSRF token: nothing is written, the page is only shown.
"""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from eventapp import access, errors


def explain_too_large(bp: Blueprint, view: str, page: Callable[..., Any]) -> None:
    """`page` answers with the view's arguments; the other views of the blueprint keep the usual error page."""

    def explain(error: RequestEntityTooLarge) -> Any:
        if request.endpoint != f"{bp.name}.{view}":
            return errors.http_error(error)
        try:
            return access.guard() or (page(**(request.view_args or {})), 413)
        except HTTPException as refusal:
            return errors.http_error(refusal)

    bp.register_error_handler(RequestEntityTooLarge, explain)
