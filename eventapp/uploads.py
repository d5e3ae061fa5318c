"""A file beyond what the server reads at all: its own page again, with the sentence beside the field.

The body is never read, and so neither is its CSRF token: nothing is written, the page is only shown.
"""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from eventapp import access, errors

_pages: dict[str, Callable[..., Any]] = {}  # by endpoint


def explain_too_large(bp: Blueprint, view: str, page: Callable[..., Any]) -> None:
    """`page` answers with the view's arguments; the other views of the blueprint keep the usual error page."""
    _pages[f"{bp.name}.{view}"] = page
    bp.register_error_handler(RequestEntityTooLarge, _explain)


def _explain(error: RequestEntityTooLarge) -> Any:
    page = _pages.get(request.endpoint or "")
    if page is None:
        return errors.http_error(error)
    try:
        return access.guard() or (page(**(request.view_args or {})), 413)
    except HTTPException as refusal:
        return errors.http_error(refusal)
