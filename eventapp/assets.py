"""Static files under addresses that hold their content's hash; the State's design system when DSFR_DIR brings it."""

import hashlib
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, request, send_from_directory

from eventapp import access

FOLDER = Path(__file__).parent / "static"
YEAR = 365 * 24 * 3600
OWN_LAYER = re.compile(r"^@layer own \{.*", re.MULTILINE | re.DOTALL)


def register(app: Flask) -> None:
    app.url_defaults(add_hash)
    app.after_request(keep)
    if app.config["DSFR_DIR"]:
        app.add_url_rule("/dsfr/<path:filename>", "dsfr", dsfr)
        app.add_url_rule("/complement.css", "own_stylesheet", own_stylesheet)


def add_hash(endpoint: str, values: dict[str, Any]) -> None:
    if endpoint == "static" and "filename" in values:
        fingerprint = content_hash(values["filename"])
        if fingerprint:
            values["v"] = fingerprint


def keep(response: Response) -> Response:
    """A static file asked for under its own hash never changes: kept for a year. Otherwise asked again each time."""
    if request.endpoint == "static" and response.status_code in (200, 304):
        name = (request.view_args or {}).get("filename", "")
        if request.args.get("v") == content_hash(name):
            response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
        else:
            response.headers["Cache-Control"] = "no-cache"
    return response


def content_hash(filename: str) -> str | None:
    """Ten characters that change with the file; None when there is no such file."""
    try:
        changed_at = (FOLDER / filename).stat().st_mtime_ns
        return _hash(filename, changed_at)
    except (OSError, ValueError):
        return None


@lru_cache(maxsize=256)
def _hash(filename: str, changed_at: int) -> str:  # noqa: ARG001 - part of the cache's key
    return hashlib.sha256((FOLDER / filename).read_bytes()).hexdigest()[:10]


@access.everyone
def dsfr(filename: str) -> Response:
    return send_from_directory(current_app.config["DSFR_DIR"], filename, max_age=24 * 3600)


@access.everyone
def own_stylesheet() -> Response:
    """What the State's design system does not have, in its colours."""
    own = OWN_LAYER.search((FOLDER / "css/theme.css").read_text("utf-8"))
    css = (FOLDER / "css/dsfr.css").read_text("utf-8") + (own.group() if own else "")
    response = Response(css, mimetype="text/css")
    response.headers["Cache-Control"] = "public, max-age=3600"
    response.add_etag()
    response.make_conditional(request)
    return response
