"""Absolute links for mails and calendars: from BASE_URL only, never from the Host header."""

from typing import Any

from flask import current_app
from werkzeug.routing import BuildError


def absolute(endpoint: str, **values: Any) -> str:
    """Needs no request: TRUSTED_HOSTS, which judges requests, has no say here."""
    try:
        path = current_app.url_map.bind("").build(endpoint, values)
    except BuildError as error:
        path = current_app.handle_url_build_error(error, endpoint, values)
    return current_app.config["BASE_URL"] + path
