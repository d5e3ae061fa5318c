"""Absolute links for mails and calendars: from BASE_URL only, never from the Host header."""

from typing import Any

from flask import current_app, url_for


def absolute(endpoint: str, **values: Any) -> str:
    with current_app.test_request_context():
        path = url_for(endpoint, **values)
    return current_app.config["BASE_URL"] + path
